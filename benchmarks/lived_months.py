"""The five simulated companies month by month, as a firm lives them: how much is posted alone, how much of it is wrong.

    python -m benchmarks.lived_months [--always-review owner,loan,tax,payroll] [--no-standing-rules] [--json]

Each month's files are imported, matched, categorised and posted by policy. Before the next month suggested matches are
decided and what they miss is matched by hand, what waits is reviewed by the truth, drawn lines are re-reviewed,
suggested rules are accepted, and a model is trained whenever the product finds it due. The year begins cold, with the
shipped starter. The companies let standing rules decide, unless told otherwise. Errors are counted against the truth of
every line posted alone, which the firm itself learns only of the drawn ones. Entry ids are random, so which lines are
drawn differs between runs, and a figure by a line or two with it. Also written to reports/simulation_months.json.
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import select
from sqlmodel import Session, col

from core.access.machine import script_caller
from core.access.roles import Caller
from core.access.users import create_user
from core.assurance.evidence import evidence_of
from core.categorization.company_policy import set_policy
from core.categorization.policy import Policy
from core.categorization.rule_book import NAME_MAX, add_rule
from core.categorization.rule_findings import suggest_rules
from core.categorization.rule_json import condition_to_dict
from core.categorization.training import is_training_due, train_company
from core.period import Period
from core.simulation.ingesting import FOUNDED_AT, equip_simulated, found_simulated
from core.simulation.living import LivedLine, MonthLived, booked_lines, by_month, re_review_drawn
from core.simulation.measuring import share
from core.simulation.rehearsing import MONTHS, review_until, upload_month
from core.simulation.settling import settle_until
from core.simulation.simulate import simulate
from core.simulation.values import SimulatedCompany
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work, use_database
from models import User

COMMAND, PERSON = "lived_months", "reviewer"
JUDGED = 6  # the last months, over which the firm is judged
REPORT = Path("reports/simulation_months.json")
ROLES = Policy().always_review_roles

app = typer.Typer(add_completion=False)


@app.command()
def main(
    always_review: Annotated[
        str, typer.Option(help="roles of accounts that a person always looks at, by commas")
    ] = ",".join(ROLES),
    standing_rules: Annotated[
        bool, typer.Option(help="rules that state the largest amount decide on amount and account too")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Print the curve by month, the last six months, and why the rest waited."""
    roles = tuple(role for role in always_review.split(",") if role)
    policy = replace(Policy(), always_review_roles=roles, standing_rules=standing_rules)
    with TemporaryDirectory() as folder, use_database(f"sqlite:///{folder}/books.db"):
        report = lived_report(founded(policy))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=1) + "\n")
    typer.echo(json.dumps(report) if as_json else table(report))


def founded(policy: Policy) -> dict[UUID, SimulatedCompany]:
    """The companies with their charts, bank accounts, rules, items and this policy, still without lines."""
    companies = {}
    with unit_of_work() as session:
        create_user(
            session, script_caller(session, COMMAND), username=PERSON, display_name="Simulated reviewer",
            password=token_urlsafe(), now=FOUNDED_AT,
        )  # fmt: skip
    for simulated in simulate():
        with unit_of_work() as session:
            company = found_simulated(session, script_caller(session, COMMAND), simulated)
            companies[company.id] = simulated
        with unit_of_work() as session:
            caller = script_caller(session, COMMAND)
            equip_simulated(session, caller, company.id, simulated, write=write_columns)
            set_policy(session, caller, company.id, policy, now=FOUNDED_AT)
    return companies


def person(session: Session) -> Caller:
    """Who reviews: what a person decides counts otherwise than what a script does."""
    user_id = session.execute(select(col(User.id)).where(col(User.username) == PERSON)).scalar_one()
    return replace(script_caller(session, COMMAND), user_id=user_id)


def live_month(company_id: UUID, simulated: SimulatedCompany, month: Period, lines: list[LivedLine]) -> list[str]:
    """Live one month of one company and add its lines; what was trained, in words."""
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        uploaded_at = upload_month(session, caller, company_id, simulated, month, write=write_columns)
    with snapshot() as session:
        known = {line.place for line in lines}
        lines += booked_lines(session, script_caller(session, COMMAND), company_id, simulated, known)
    with unit_of_work() as session:
        caller, now = person(session), uploaded_at + timedelta(days=1)
        settle_until(session, caller, company_id, simulated, month.last_on, write=write_columns, now=now)
        review_until(session, caller, company_id, simulated, month, write=write_columns, now=now)
        re_review_drawn(session, caller, company_id, simulated, write=write_columns, now=now + timedelta(hours=1))
        for one in suggest_rules(session, caller, company_id):
            conditions = [condition_to_dict(condition) for condition in one.conditions]
            add_rule(
                session, caller, company_id, name=one.counterparty[:NAME_MAX], conditions=conditions,
                account_id=one.account_id, now=now + timedelta(hours=1),
            )  # fmt: skip
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        if not is_training_due(session, caller, company_id):
            return []
        result = train_company(session, caller, company_id, now=now + timedelta(hours=2))
        return [f"{simulated.slug} {month.first_on:%Y-%m}: {result.active} is in use; {result.reason}"]


def lived_report(companies: dict[UUID, SimulatedCompany]) -> dict[str, Any]:
    """Live all months of these companies, one month of all before the next; the curve and what holds the rest."""
    lines: dict[UUID, list[LivedLine]] = {key: [] for key in companies}
    trained: list[str] = []
    for month in MONTHS:
        for company_id, simulated in companies.items():
            trained += live_month(company_id, simulated, month, lines[company_id])
    with snapshot() as session:
        audited = evidence_of(session, script_caller(session, COMMAND), list(companies)).by_count
    months = by_month(line for of in lines.values() for line in of)
    judged = list(months)[-JUDGED:]
    last = [line for of in lines.values() for line in of if f"{line.booked_on:%Y-%m}" in judged]
    return {
        "months": {month: figures(lived) for month, lived in months.items()},
        "last_months": figures(sum((months[month] for month in judged), MonthLived())),
        "last_months_by_company": {
            simulated.slug: figures(
                sum((by_month(lines[key]).get(month, MonthLived()) for month in judged), MonthLived())
            )
            for key, simulated in companies.items()
        },
        "posted_alone_by": dict(Counter(line.method for line in last if line.alone).most_common()),
        "waits_because": dict(Counter(line.hold_reason for line in last if not line.alone).most_common()),
        "waits_though_right": dict(
            Counter(line.hold_reason for line in last if not line.alone and line.right).most_common()
        ),
        "re_reviewed": {"right": audited.numerator, "of": audited.denominator},
        "trained": trained,
    }


def figures(lived: MonthLived) -> dict[str, Any]:
    """Counts and shares: of all lines, and of those that the policy's guards leave to the confidence."""
    free = lived.lines - lived.guarded
    return {
        "lines": lived.lines,
        "posted_alone": lived.alone,
        "wrong": lived.wrong_alone,
        "guarded": lived.guarded,
        "rate": share(lived.alone, lived.lines),
        "rate_of_unguarded": share(lived.alone, free),
        "error": share(lived.wrong_alone, lived.alone),
    }


def table(report: dict[str, Any]) -> str:
    """The curve as text."""
    names = ("lines", "posted_alone", "wrong", "guarded", "rate", "rate_of_unguarded", "error")
    rows = [*report["months"].items(), (f"last {JUDGED}", report["last_months"])]
    rows += report["last_months_by_company"].items()
    told = ["  ".join([f"{'month':24}", *names])]
    told += ["  ".join([f"{name:24}", *(f"{of[each]!s:>{len(each)}}" for each in names)]) for name, of in rows]
    told += [f"waits, {why}: {number}" for why, number in report["waits_because"].items()]
    told += report["trained"]
    return "\n".join(told)


if __name__ == "__main__":
    app()
