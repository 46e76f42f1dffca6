"""Write the whole ledger of a company for another program: beancount, hledger, GnuCash or Excel.

For GnuCash the account tree is written beside it, as NAME.accounts.csv: import that first.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn
from uuid import UUID

import typer
from sqlmodel import Session

from core.access.machine import script_caller
from core.access.roles import Caller
from core.errors import BookkeepingError, NotFound
from core.exporting.formats import ExportFormat, export_ledger
from core.exporting.gnucash import write_gnucash_accounts
from core.exporting.ledger import read_ledger
from core.founding import companies_of
from db.engine import snapshot

app = typer.Typer(add_completion=False)
COMMAND = "export_ledger"


@app.command()
def main(
    company: Annotated[str, typer.Option(help="The company's short name.", metavar="SLUG")],
    form: Annotated[ExportFormat, typer.Option("--format", help="What the file is for.")],
    out: Annotated[Path, typer.Option(help="The file to write; one that is there is replaced.", metavar="FILE")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Every posted entry with its accounts, its bank line and its reversal, in the order of days."""
    try:
        with snapshot() as session:
            answer = _export(session, company, form, out)
    except BookkeepingError as refused:
        _refuse(str(refused), as_json)
    except OSError as fault:
        _refuse(f"{fault.filename or out} cannot be written: {fault.strerror}.", as_json)
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else _sentence(answer))


def _export(session: Session, slug: str, form: ExportFormat, out: Path) -> dict[str, Any]:
    caller = script_caller(session, COMMAND)
    company_id = _company_id(session, caller, slug)
    ledger = read_ledger(session, caller, company_id)
    with _replacing(out) as target:
        exported = export_ledger(ledger, form, target)
    answer = {
        "company": slug,
        "format": str(form),
        "file": str(out),
        "entries": exported.entries,
        "lines": exported.lines,
        "accounts": len(ledger.accounts),
        "currencies": ledger.currencies,
        "first_date": str(ledger.first_on) if ledger.first_on else None,
        "last_date": str(ledger.last_on) if ledger.last_on else None,
    }
    if form is ExportFormat.GNUCASH_CSV:
        tree = out.with_name(f"{out.stem}.accounts.csv")
        with _replacing(tree) as target:
            for piece in write_gnucash_accounts(ledger):
                target.write(piece.encode())
        answer["accounts_file"] = str(tree)
    return answer


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears when it is whole; what was there before stays until then."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as target:
            yield target
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _company_id(session: Session, caller: Caller, slug: str) -> UUID:
    for company in companies_of(session, caller):
        if company.slug == slug:
            return company.id
    raise NotFound("company", slug)


def _refuse(why: str, as_json: bool) -> NoReturn:
    typer.echo(json.dumps({"error": why}, ensure_ascii=False) if as_json else why)
    raise typer.Exit(1) from None


def _sentence(answer: dict[str, Any]) -> str:
    beside = f" Its accounts: {answer['accounts_file']}." if "accounts_file" in answer else ""
    return f"{answer['file']}: {answer['entries']} entries, {answer['lines']} lines.{beside}"


if __name__ == "__main__":
    app()
