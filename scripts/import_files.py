"""Store statement files in a company's books: what is new of each, once, all or nothing; then match and book it."""

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
from core.flow import take_in_files
from core.founding import bank_accounts_of, companies_of
from core.ingestion.archives import unpack
from core.ingestion.describing import describe_refusal
from core.ingestion.describing_imports import describe_missing, describe_receipt
from core.ingestion.raw_file import RawFile
from db.bulk import write_columns
from db.engine import unit_of_work

app = typer.Typer(add_completion=False)
COMMAND = "import_files"


@app.command()
def main(
    files: Annotated[list[Path], typer.Argument(help="Statement files, or ZIP archives of them.", metavar="FILE…")],
    company: Annotated[str, typer.Option(help="The company's short name.", metavar="SLUG")],
    bank_account: Annotated[
        str, typer.Option(help="Code of the bank account; without it each file tells.", metavar="CODE")
    ] = "",
    leave_out_faulty: Annotated[
        bool, typer.Option("--leave-out-faulty", help="Store the readable lines of files with rows that are not.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Import FILEs one by one; a refused one stops no other. Exit code 1 if any was refused."""
    found = [path for path in files if path.is_file()]
    try:
        with unit_of_work() as session:
            described = _import(session, company, bank_account, found, leave_out_faulty=leave_out_faulty)
    except BookkeepingError as refused:
        typer.echo(json.dumps({"error": str(refused)}, ensure_ascii=False) if as_json else str(refused))
        raise typer.Exit(1) from None
    answers = iter(described)
    answer = [each for path in files for each in (next(answers) if path in found else [describe_missing(path.name)])]
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=1) if as_json else "\n".join(map(_sentence, answer)))
    raise typer.Exit(1 if any(each["status"] == "refused" for each in answer) else 0)


def _import(
    session: Session, slug: str, code: str, paths: list[Path], *, leave_out_faulty: bool
) -> list[list[dict[str, Any]]]:
    """Per path its answers: one, or for a ZIP archive one a member."""
    caller = script_caller(session, COMMAND)
    company_id = _company_id(session, caller, slug)
    account_id = _bank_account_id(session, caller, company_id, code) if code else None
    unpacked = [_unpacked(path) for path in paths]
    files = [file for members, _ in unpacked for file in members]
    now = datetime.now(UTC)
    intake = take_in_files(
        session, caller, company_id, files, bank_account_id=account_id, leave_out_faulty=leave_out_faulty,
        write=write_columns, now=now,
    )  # fmt: skip
    receipts = iter(intake.receipts)
    return [[describe_receipt(next(receipts)) for _ in members] + refused for members, refused in unpacked]


def _unpacked(path: Path) -> tuple[list[RawFile], list[dict[str, Any]]]:
    """The files of a path, or the answer why it cannot be unpacked."""
    try:
        return unpack(RawFile(path.name, path.read_bytes(), datetime.now(UTC).date())), []
    except BookkeepingError as refused:
        return [], [describe_refusal(path.name, refused)]


def _company_id(session: Session, caller: Caller, slug: str) -> UUID:
    for company in companies_of(session, caller):
        if company.slug == slug:
            return company.id
    raise NotFound("company", slug)


def _bank_account_id(session: Session, caller: Caller, company_id: UUID, code: str) -> UUID:
    for account in bank_accounts_of(session, caller, company_id):
        if account.code == code:
            return account.id
    raise NotFound("bank account", code)


def _sentence(described: dict[str, Any]) -> str:
    if described["status"] == "refused":
        return f"{described['file']}: refused. {described['error']}"
    rejected = f", {described['rejected']} left out" if described["rejected"] else ""
    apart = described.get("currencies", [described])
    sums = " and ".join(f"{one['new_sum']} {one['currency'] or ''}".rstrip() for one in apart if one["new_sum"])
    return (
        f"{described['file']}: {described['status']}; {described['new']} new, {described['duplicate']} known{rejected}"
        f" of {described['lines']} lines, new sum {sums}"
    )


if __name__ == "__main__":
    app()
