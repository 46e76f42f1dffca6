"""Write the five simulated companies: statements, open items, rules, and the truth beside them."""

import json
import sys
from pathlib import Path

import typer

from core.simulation.simulate import company_json, rules_json, simulate, truth_csv
from core.simulation.values import SimulatedCompany

DEFAULT_OUT = Path(__file__).resolve().parents[1] / "data" / "simulated"


def main(
    out: Path = typer.Option(DEFAULT_OUT, help="Folder to write to; one folder a company is made in it."),
    seed: int = typer.Option(42, help="Another seed gives other companies' years of the same shape."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document instead of a table."),
) -> None:
    """The same seed writes the same bytes at every run; files of the same name are overwritten."""
    companies = simulate(seed)
    try:
        for company in companies:
            write_company(company, out / company.slug)
    except OSError as fault:
        refuse(f"{out} cannot be written: {fault.strerror}. Choose another folder with --out.", as_json)
    counts = [
        {"company": company.slug, "transactions": len(company.truth), "files": len(company.files)}
        for company in companies
    ]
    if as_json:
        print(json.dumps({"out": str(out), "seed": seed, "companies": counts}))
        return
    for count in counts:
        print(f"{count['company']:<26}{count['transactions']:>6} lines in {count['files']} files")
    print(f"{sum(len(company.truth) for company in companies)} lines written to {out}")


def write_company(company: SimulatedCompany, folder: Path) -> None:
    """Statements under statements/, and company.json, rules.json, open_items.csv and truth.csv. Raises OSError."""
    statements = folder / "statements"
    statements.mkdir(parents=True, exist_ok=True)
    for file in company.files:
        (statements / file.name).write_bytes(file.content)
    (folder / "company.json").write_bytes(company_json(company))
    (folder / "rules.json").write_bytes(rules_json(company))
    (folder / "open_items.csv").write_bytes(company.open_items_csv)
    (folder / "truth.csv").write_bytes(truth_csv(company.truth))


def refuse(reason: str, as_json: bool) -> None:
    """Say why on stdout as JSON or on stderr as a sentence, and exit with 1."""
    if as_json:
        print(json.dumps({"error": reason}))
    else:
        print(reason, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
