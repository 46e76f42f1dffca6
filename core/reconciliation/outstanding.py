"""What stands between a bank's balance and the books': the lines and entries that make up each cause, listed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.ingestion.shown_names import shown_name
from core.reconciliation.line_states import LineStates
from core.reconciliation.statement_proof import Cause
from models import BankAccount, DeletedLine, EntryStatus, JournalEntry, JournalLine, Transaction

_Query = Callable[[UUID, UUID, date, date], Any]  # company, bank account, first and last day: a SELECT

MOST_LISTED = 500  # of one cause; its sum counts all


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A line or entry that explains a part of the difference; `amount_minor` leads from the bank to the books."""

    booked_on: date
    text: str
    counterparty: str
    amount_minor: int


def list_outstanding(
    session: Session, company_id: UUID, bank_account_id: UUID, cause: Cause, *, first_on: date, last_on: date
) -> list[Outstanding]:
    """The first rows of a cause, by day; [] for a cause that is one figure. The caller's access is checked already.

    Args:
        first_on: of the account's first statement; entries of no line count from there on.
        last_on: the day of the balance.
    """
    query = _QUERIES.get(cause)
    if query is None:
        return []
    found = query(company_id, bank_account_id, first_on, last_on)
    rows = session.execute(found.limit(MOST_LISTED)).all()
    return [Outstanding(row[0], row[1], row[2], int(row[3])) for row in rows]


def _of_account(company_id: UUID, bank_account_id: UUID, last_on: date) -> list[ColumnElement[bool]]:
    return [
        col(Transaction.company_id) == company_id,
        col(Transaction.bank_account_id) == bank_account_id,
        col(Transaction.booked_on) <= last_on,
    ]


def _line_columns(company_id: UUID) -> list[Any]:
    name = shown_name(company_id)
    return [col(Transaction.booked_on), col(Transaction.description), name, -col(Transaction.amount_minor)]


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(col(Transaction.booked_on), col(Transaction.row), col(Transaction.id))


def _lines_that_are(state: str) -> _Query:
    def query(company_id: UUID, bank_account_id: UUID, first_on: date, last_on: date) -> Select[Any]:  # noqa: ARG001
        states = LineStates([company_id])
        lines: Select[Any] = states.joined(select(*_line_columns(company_id))).where(
            *_of_account(company_id, bank_account_id, last_on),
            col(Transaction.reverted_at).is_(None),
            states.state == state,
        )
        return _in_order(lines)

    return query


def _deleted(company_id: UUID, bank_account_id: UUID, first_on: date, last_on: date) -> Select[Any]:  # noqa: ARG001
    return _in_order(
        select(*_line_columns(company_id))
        .join(DeletedLine, col(DeletedLine.transaction_id) == col(Transaction.id))
        .where(*_of_account(company_id, bank_account_id, last_on), col(DeletedLine.restored_at).is_(None))
    )


def _ledger(company_id: UUID, bank_account_id: UUID, last_on: date) -> tuple[Select[Any], ColumnElement[bool]]:
    """Ledger lines on the account through the day, and whether a line of this bank account led to them."""
    reversed_entry = aliased(JournalEntry)
    line_id = func.coalesce(col(JournalEntry.transaction_id), col(reversed_entry.transaction_id))
    own = and_(
        col(Transaction.id).is_not(None),
        col(Transaction.bank_account_id) == bank_account_id,
        col(Transaction.reverted_at).is_(None),
    )
    query: Select[Any] = (
        select(col(JournalEntry.booked_on))
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(
            BankAccount,
            and_(
                col(BankAccount.account_id) == col(JournalLine.account_id),
                col(BankAccount.currency) == col(JournalLine.currency),
            ),
        )
        .outerjoin(reversed_entry, col(reversed_entry.id) == col(JournalEntry.reverses_id))
        .outerjoin(Transaction, col(Transaction.id) == line_id)
        .where(
            col(JournalEntry.company_id) == company_id,
            col(BankAccount.id) == bank_account_id,
            col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.REVERSED]),
            col(JournalEntry.booked_on) <= last_on,
        )
    )
    return query, own


def _other_entries(company_id: UUID, bank_account_id: UUID, first_on: date, last_on: date) -> Any:
    query, own = _ledger(company_id, bank_account_id, last_on)
    return (
        query.with_only_columns(
            col(JournalEntry.booked_on), col(JournalEntry.memo), func.coalesce(Transaction.counterparty, ""),
            col(JournalLine.amount_minor),
        )
        .where(or_(~own, col(Transaction.id).is_(None)), col(JournalEntry.booked_on) > first_on - timedelta(days=1))
        .order_by(col(JournalEntry.booked_on), col(JournalEntry.id), col(JournalLine.position))
    )  # fmt: skip


def _other_days(company_id: UUID, bank_account_id: UUID, first_on: date, last_on: date) -> Select[Any]:  # noqa: ARG001
    """Lines whose entries through the day come to something else than the line does by then."""
    query, own = _ledger(company_id, bank_account_id, last_on)
    booked = (
        query.with_only_columns(
            col(Transaction.id).label("line"), func.sum(col(JournalLine.amount_minor)).label("minor")
        )
        .where(own)
        .group_by(col(Transaction.id))
        .subquery()
    )
    states = LineStates([company_id])
    by_now = states.entry("posted") & (col(Transaction.booked_on) <= last_on)
    off = func.coalesce(booked.c.minor, 0) - case((by_now, col(Transaction.amount_minor)), else_=0)
    lines: Select[Any] = (
        states.joined(select(*_line_columns(company_id)[:3], off))
        .outerjoin(booked, booked.c.line == col(Transaction.id))
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.bank_account_id) == bank_account_id,
            col(Transaction.reverted_at).is_(None),
            off != 0,
        )
    )
    return _in_order(lines)


_QUERIES: dict[Cause, _Query] = {
    Cause.WAITING: _lines_that_are("waiting"),
    Cause.UNBOOKED: _lines_that_are("unbooked"),
    Cause.LEFT_OUT: _lines_that_are("left_out"),
    Cause.DELETED: _deleted,
    Cause.OTHER_ENTRIES: _other_entries,
    Cause.OTHER_DAYS: _other_days,
}
