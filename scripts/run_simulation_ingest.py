"""Load and work through the five simulated companies, and measure the result against their truth.

A second run on the same database finds the companies and all their files there already and stores nothing twice; it
looks once more for matches among the lines that wait, and measures those books.
"""

import json
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlmodel import Session

from core.access.machine import script_caller
from core.categorization.starter import load_starter
from core.founding import companies_of
from core.simulation.ingesting import equip_simulated, found_simulated, ingest_simulated
from core.simulation.measuring import Outcome, add_up, measure
from core.simulation.simulate import simulate
from core.simulation.values import SimulatedCompany
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work

app = typer.Typer(add_completion=False)
COMMAND = "run_simulation_ingest"
REPORT = Path("reports/simulation_metrics.json")


@app.command()
def main(
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Figures a company and over all, also written to reports/simulation_metrics.json."""
    load_engines()
    outcomes = [_run(company) for company in simulate()]
    report = {"companies": {o.slug: o.to_json() for o in outcomes}, "totals": add_up(outcomes).to_json()}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=1) + "\n")
    typer.echo(json.dumps(report) if as_json else _table(report))


def load_engines() -> None:
    """Load what the app has loaded once it runs, so that the seconds told are those of the work."""
    import_module("polars")
    load_starter().ranker.booster.num_trees()


def _run(company: SimulatedCompany) -> Outcome:
    now = datetime.now(UTC)
    with unit_of_work() as session:
        company_id = _company_id(session, company)
    started = perf_counter()
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        ingest_simulated(session, caller, company_id, company.files, write=write_columns, now=now)
    seconds = perf_counter() - started
    with snapshot() as session:
        return measure(session, script_caller(session, COMMAND), company_id, company, seconds=seconds)


def _company_id(session: Session, simulated: SimulatedCompany) -> UUID:
    caller = script_caller(session, COMMAND)
    for company in companies_of(session, caller):
        if company.slug == simulated.slug:
            return company.id
    founded = found_simulated(session, caller, simulated)
    equip_simulated(session, script_caller(session, COMMAND), founded.id, simulated, write=write_columns)
    return founded.id


def _table(report: dict[str, Any]) -> str:
    rows = [*report["companies"].items(), ("all", report["totals"])]
    names = (
        "transactions",
        "entries",
        "auto_approved",
        "needs_review",
        "by_match",
        "by_rule",
        "by_model",
        "accuracy_of_auto_approved",
        "seconds",
    )
    lines = ["  ".join([f"{'company':24}", *names])]
    lines += [
        "  ".join([f"{slug:24}", *(f"{figures[name]!s:>{len(name)}}" for name in names)]) for slug, figures in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    app()
