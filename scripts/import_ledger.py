"""Start a company's books from a trial balance: its accounts and balances, CSV or Excel, booked as one entry, once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlmodel import Session

from core.access.machine import script_caller
from core.access.roles import Caller
from core.errors import BookkeepingError, NotFound
from core.founding import companies_of
from core.ingestion.raw_file import RawFile
from core.money import decimal_text
from core.opening.posting import OpeningReceipt, post_opening
from core.outside_ids import Prefix, write_id
from db.bulk import write_columns
from db.engine import unit_of_work

app = typer.Typer(add_completion=False)
COMMAND = "import_ledger"


@app.command()
def main(
    file: Annotated[Path, typer.Argument(help="Columns: code, name, debit and credit or balance; type for new ones.")],
    company: Annotated[str, typer.Option(help="The company's short name.", metavar="SLUG")],
    on: Annotated[
        datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The day at whose end the balances hold.")
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Reverse the opening balances that are booked already.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Book the balances of FILE as the opening balances of the day."""
    try:
        with unit_of_work() as session:
            answer = _import(session, company, file, on, replace=replace)
    except BookkeepingError as refused:
        _refuse(str(refused), as_json)
    except OSError as fault:
        _refuse(f"{file.name} cannot be read: {fault.strerror}.", as_json)
    else:
        typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else _sentence(answer))


def _import(session: Session, slug: str, path: Path, on: datetime, *, replace: bool) -> dict[str, Any]:
    caller = script_caller(session, COMMAND)
    company_id = _company_id(session, caller, slug)
    receipt = post_opening(
        session, caller, company_id, RawFile(path.name, path.read_bytes()), on.date(), replace=replace,
        write=write_columns, now=datetime.now(UTC),
    )  # fmt: skip
    return _described(slug, path, receipt)


def _described(slug: str, path: Path, receipt: OpeningReceipt) -> dict[str, Any]:
    plan = receipt.plan
    return {
        "company": slug,
        "file": path.name,
        "date": str(plan.booked_on),
        "entry": write_id(Prefix.ENTRY, slug, receipt.entry_id),
        "accounts": len(plan.lines),
        "accounts_made": receipt.accounts_made,
        "currency": plan.currency,
        "debit": decimal_text(plan.debit_minor, plan.currency),
        "credit": decimal_text(plan.credit_minor, plan.currency),
        "reversed": write_id(Prefix.ENTRY, slug, receipt.reversed_id) if receipt.reversed_id else None,
        "warnings": [problem.message for problem in plan.problems],
    }


def _company_id(session: Session, caller: Caller, slug: str) -> UUID:
    for company in companies_of(session, caller):
        if company.slug == slug:
            return company.id
    raise NotFound("company", slug)


def _refuse(why: str, as_json: bool) -> None:
    typer.echo(json.dumps({"error": why}, ensure_ascii=False) if as_json else why)
    raise typer.Exit(1) from None


def _sentence(answer: dict[str, Any]) -> str:
    made = f", {answer['accounts_made']} of them new" if answer["accounts_made"] else ""
    booked = (
        f"{answer['file']}: {answer['accounts']} accounts{made}, {answer['debit']} {answer['currency']} on either "
        f"side, booked on {answer['date']} as {answer['entry']}."
    )
    return "\n".join([booked, *answer["warnings"]])


if __name__ == "__main__":
    app()
