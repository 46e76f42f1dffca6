"""What a page of the review queue costs at a length: first page, a late page, the open group, totals, a search.

python -m benchmarks.review_queue --lines 100000 [--database-url URL] [--repeat 20]
"""

import json
from collections.abc import Callable
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import func, select
from sqlmodel import Session, col

from benchmarks.books import COMMAND, NOW, found_benchmark_company
from core.access.machine import script_caller
from core.access.roles import Caller
from core.posting.group_detail import group_detail
from core.posting.queue import Order, QueueCursor, queue_totals, review_queue
from core.posting.queue_filter import QueueFilter
from core.posting.writing import NewEntries, new_keys, one_line_each, write_entries
from db.bulk import write_columns
from db.engine import migrate, snapshot, unit_of_work, use_database
from models import (
    Account,
    AccountRole,
    BankAccount,
    FileKind,
    FileStatus,
    Method,
    Proposal,
    StatementFile,
    Transaction,
    WaitingLine,
)

app = typer.Typer(add_completion=False)
LINES_A_GROUP = 8
LATE = 40  # pages turned before the late one


@app.command()
def main(
    lines: Annotated[int, typer.Option(help="waiting lines")] = 100_000,
    database_url: Annotated[str, typer.Option(help="an empty PostgreSQL database; default: a SQLite file")] = "",
    repeat: Annotated[int, typer.Option(help="readings of each; medians and the worst are told")] = 20,
) -> None:
    """Print milliseconds: median and worst of each reading."""
    with TemporaryDirectory() as folder, use_database(database_url or f"sqlite:///{folder}/books.db"):
        migrate()
        company_id = found_benchmark_company()
        started = perf_counter()
        with unit_of_work() as session:
            fill(session, company_id, lines)
        answer: dict[str, Any] = {"lines": lines, "fill_seconds": round(perf_counter() - started, 1)}
        with snapshot() as session:
            caller = script_caller(session, COMMAND)
            assert session.execute(select(func.count()).select_from(WaitingLine)).scalar_one() == lines
            answer |= {
                name: timed(repeat, read) for name, read in readings(session, caller, company_id).items()
            }  # fmt: skip
    typer.echo(json.dumps(answer, indent=1))


def readings(session: Session, caller: Caller, company_id: UUID) -> dict[str, Callable[[], object]]:
    first = review_queue(session, caller, company_id)
    late = cursor_of_page(session, caller, company_id, LATE)
    return {
        "first page": lambda: review_queue(session, caller, company_id),
        f"page {LATE + 1}": lambda: review_queue(session, caller, company_id, after=late),
        "first page by date": lambda: review_queue(session, caller, company_id, order=Order.DATE),
        "totals": lambda: queue_totals(session, caller, company_id),
        "open group": lambda: group_detail(session, caller, company_id, first.groups[0].key),
        "search with hits": lambda: review_queue(session, caller, company_id, filters=QueueFilter(text="payee 77")),
        "search without": lambda: review_queue(session, caller, company_id, filters=QueueFilter(text="nowhere")),
        "totals of a search": lambda: queue_totals(
            session, caller, company_id, filters=QueueFilter(text="payee 77")
        ),
    }  # fmt: skip


def cursor_of_page(session: Session, caller: Caller, company_id: UUID, pages: int) -> QueueCursor | None:
    cursor: QueueCursor | None = None
    for _ in range(pages):
        cursor = review_queue(session, caller, company_id, after=cursor).following or cursor
    return cursor


def timed(repeat: int, read: Callable[[], object]) -> str:
    took: list[float] = []
    for _ in range(repeat):
        started = perf_counter()
        read()
        took.append((perf_counter() - started) * 1000)
    return f"{median(took):.1f} ms, worst {max(took):.1f} ms"


def fill(session: Session, company_id: UUID, lines: int) -> None:
    """Waiting lines of many payees and amounts, proposed to the accounts of the chart in turn."""
    bank = session.execute(select(BankAccount).where(col(BankAccount.company_id) == company_id)).scalars().first()
    if bank is None:
        raise LookupError("the benchmark company has no bank account")
    accounts = session.execute(
        select(col(Account.id)).where(
            col(Account.company_id) == company_id,
            col(Account.role).is_distinct_from(AccountRole.BANK),
            col(Account.role).is_distinct_from(AccountRole.SUSPENSE),
        )
    ).scalars().all()  # fmt: skip
    file = StatementFile(
        company_id=company_id, bank_account_id=bank.id, name="bank.csv", sha256="0" * 64, size=1,
        kind=FileKind.STATEMENT, status=FileStatus.STORED, uploaded_at=NOW, line_count=lines, new_count=lines,
        content=b"x",
    )  # fmt: skip
    session.add(file)
    session.flush()
    payees = [number % max(1, lines // LINES_A_GROUP) for number in range(lines)]
    amounts = [-(1_00 + number * 7919 % 900_000) for number in range(lines)]
    keys, proposals = new_keys(lines), new_keys(lines)
    proposed = [accounts[payee % len(accounts)] for payee in payees]
    write_columns(session, Transaction, {
        "id": keys, "company_id": [company_id] * lines, "bank_account_id": [bank.id] * lines,
        "statement_file_id": [file.id] * lines, "row": range(1, lines + 1), "booked_on": [NOW.date()] * lines,
        "amount_minor": amounts, "currency": ["USD"] * lines,
        "description": [f"CARD 4411 PAYEE {payee} LINE {number}" for number, payee in enumerate(payees)],
        "counterparty": [f"payee {payee}" for payee in payees],
        "fingerprint": [f"{number:032x}" for number in range(lines)],
    })  # fmt: skip
    write_columns(session, Proposal, {
        "id": proposals, "company_id": [company_id] * lines, "transaction_id": keys, "account_id": proposed,
        "method": [Method.MODEL] * lines, "confidence": [0.3 + number % 60 / 100 for number in range(lines)],
        "hold_reason": ["the confidence is below the threshold"] * lines, "created_at": [NOW] * lines,
    })  # fmt: skip
    write_entries(session, write_columns, company_id, NewEntries(
        id=new_keys(lines), transaction_id=keys, booked_on=[NOW.date()] * lines, currency=["USD"] * lines,
        method=[Method.MODEL] * lines, lines=one_line_each([bank.account_id] * lines, proposed, amounts),
        optional={"proposal_id": proposals},
    ), now=NOW)  # fmt: skip


if __name__ == "__main__":
    app()
