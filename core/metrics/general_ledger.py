"""The general ledger of one account, page by page, each line down to its bank line and file."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import NotFound
from core.ingestion.shown_names import shown_name
from core.metrics.in_currency import InCurrency, in_currency
from core.metrics.statements import IN_LEDGER
from core.money import Money
from core.period import Period
from models import Account, Company, EntryStatus, JournalEntry, JournalLine, StatementFile, Transaction

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """Where a page ends: the next one begins after this line."""

    booked_on: date
    entry_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of the account: debit > 0. `balance_minor` is the account's balance after it."""

    key: LedgerKey
    status: EntryStatus
    is_reversal: bool
    memo: str
    description: str  # of the bank line, "" without one
    counterparty: str
    file_name: str
    transaction_id: UUID | None
    amount_minor: int
    balance_minor: int
    booked: Money  # as the entry has it, which may be in another currency


@dataclass(frozen=True)
class LedgerPage:
    """Part of an account's lines in a period. `opening_minor` is the balance before its first line;
    `next_after` is None on the last page."""

    account: str  # code and name
    currency: str
    opening_minor: int
    lines: tuple[LedgerLine, ...]
    next_after: LedgerKey | None


def general_ledger(
    session: Session,
    caller: Caller,
    company_id: UUID,
    account_id: UUID,
    period: Period,
    *,
    currency: str,
    after: LedgerKey | None = None,
    rows: int = PAGE_ROWS,
) -> LedgerPage:
    """The account's ledger lines of the period in order of day, entry and position, a page at a time.

    Raises:
        NotFound: no such account in this company.
        AccessDenied.
    """
    caller.require(company_id, Action.READ)
    named = session.execute(
        select(col(Account.code), col(Account.name), col(Company.base_currency))
        .join(Company, col(Company.id) == col(Account.company_id))
        .where(col(Account.company_id) == company_id, col(Account.id) == account_id)
    ).one_or_none()
    if named is None:
        raise NotFound("account", str(account_id))
    read = in_currency(session, company_id, currency, named[2])
    scope = (
        col(JournalLine.company_id) == company_id, col(JournalLine.account_id) == account_id,
        read.condition, col(JournalEntry.status).in_(IN_LEDGER),
    )  # fmt: skip
    opening = _balance_before(session, read, scope, period, after)
    found = session.execute(_page(read, scope, period, after).limit(rows + 1)).all()
    lines: list[LedgerLine] = []
    balance = opening
    for row in found[:rows]:
        balance += int(row[-1])
        lines.append(_line(row, balance))
    more = len(found) > rows
    return LedgerPage(f"{named[0]} {named[1]}", currency, opening, tuple(lines), lines[-1].key if more else None)


def _place() -> Any:
    return tuple_(col(JournalEntry.booked_on), col(JournalEntry.id), col(JournalLine.position))


def _balance_before(session: Session, read: InCurrency, scope: Any, period: Period, after: LedgerKey | None) -> int:
    """Everything before the period, and with a key everything through it."""
    earlier = col(JournalEntry.booked_on) < period.first_on
    if after is not None:
        earlier = or_(earlier, _place() <= (after.booked_on, after.entry_id, after.position))
    sums = select(func.sum(read.minor)).join_from(
        JournalLine, JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id)
    )
    total = session.execute(read.joined(sums).where(*scope, earlier)).scalar_one()
    return int(total or 0)


def _page(read: InCurrency, scope: Any, period: Period, after: LedgerKey | None) -> Any:
    query = read.joined(
        select(
            col(JournalEntry.booked_on), col(JournalEntry.id), col(JournalLine.position), col(JournalEntry.status),
            col(JournalEntry.reverses_id), col(JournalEntry.memo), col(Transaction.description),
            shown_name(), col(StatementFile.name), col(Transaction.id),
            col(JournalLine.amount_minor), col(JournalLine.currency), read.minor,
        )
        .join_from(JournalLine, JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .outerjoin(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .outerjoin(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .where(*scope, col(JournalEntry.booked_on).between(period.first_on, period.last_on))
        .order_by(col(JournalEntry.booked_on), col(JournalEntry.id), col(JournalLine.position))
    )  # fmt: skip
    if after is not None:
        query = query.where(_place() > (after.booked_on, after.entry_id, after.position))
    return query


def _line(row: Any, balance: int) -> LedgerLine:
    return LedgerLine(
        key=LedgerKey(row[0], row[1], row[2]), status=EntryStatus(row[3]), is_reversal=row[4] is not None,
        memo=row[5], description=row[6] or "", counterparty=row[7] or "", file_name=row[8] or "",
        transaction_id=row[9], amount_minor=int(row[-1]), balance_minor=balance,
        booked=Money(row[10], row[11]),
    )  # fmt: skip
