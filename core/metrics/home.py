"""One row a company for the start page: what needs a person, and how far it runs alone. A fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from core.access.roles import Caller
from core.metrics.automation import counts_by_month
from core.metrics.rates import Rate
from core.money import Money
from core.period import Period
from core.reconciliation.line_states import IN_LEDGER
from models import (
    BankAccount,
    Company,
    EntryStatus,
    FileKind,
    FileStatus,
    JournalEntry,
    JournalLine,
    Reconciliation,
    StatementFile,
    Transaction,
)

MONTHS = 12


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A company on the start page.

    `to_review`: lines that wait; `to_decide`: the sum of their sizes by currency. `unreconciled`: what the ledger and
    the latest statement of each bank account differ by, sizes added by currency; `accounts_apart` of `accounts` bank
    accounts differ, `accounts` being those with a statement that states its closing. `automatic`: lines posted without
    a person over the twelve months; `months`: the same for each, oldest first.
    """

    company_id: UUID
    slug: str
    name: str
    base_currency: str
    to_review: int
    to_decide: tuple[Money, ...]
    oldest_waiting_on: date | None
    unreconciled: tuple[Money, ...]
    accounts_apart: int
    accounts: int
    last_upload_at: datetime | None
    automatic: Rate
    months: tuple[Rate, ...]
    closed_through_on: date | None


def home_rows(session: Session, caller: Caller, today: date) -> list[HomeRow]:
    """The companies that the caller may see, those with the most to review first."""
    visible = caller.visible()
    companies = session.execute(
        select(
            col(Company.id), col(Company.slug), col(Company.name), col(Company.base_currency),
            col(Company.closed_through_on),
        ).where(col(Company.id).in_(visible))
    ).all()  # fmt: skip
    waiting, apart, uploads = _waiting(session, visible), _apart(session, visible), _uploads(session, visible)
    months = _months(session, visible, today)
    none = tuple(Rate(0, 0) for _ in range(MONTHS))
    rows = []
    for key, slug, name, currency, closed in companies:
        lines, sizes, oldest = waiting.get(key, (0, (), None))
        differences = apart.get(key, [])
        of_months = months.get(key, none)
        rows.append(
            HomeRow(
                company_id=key, slug=slug, name=name, base_currency=currency, to_review=lines, to_decide=sizes,
                oldest_waiting_on=oldest, unreconciled=_sizes(differences),
                accounts_apart=sum(difference.minor != 0 for difference in differences), accounts=len(differences),
                last_upload_at=uploads.get(key), automatic=sum(of_months, Rate(0, 0)), months=of_months,
                closed_through_on=closed,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-row.to_review, row.name.lower(), row.slug))


def _sizes(differences: Sequence[Money]) -> tuple[Money, ...]:
    totals: dict[str, int] = defaultdict(int)
    for difference in differences:
        totals[difference.currency] += abs(difference.minor)
    return tuple(Money(minor, currency) for currency, minor in sorted(totals.items()) if minor)


def _waiting(session: Session, visible: Sequence[UUID]) -> dict[UUID, tuple[int, tuple[Money, ...], date | None]]:
    """Per company the lines in the review queue, their sizes by currency, and the oldest one's day."""
    rows = session.execute(
        select(
            col(Transaction.company_id), col(Transaction.currency), func.count(),
            func.sum(func.abs(col(Transaction.amount_minor))), func.min(col(Transaction.booked_on)),
        )
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        .where(
            col(JournalEntry.company_id).in_(visible),
            col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
        )
        .group_by(col(Transaction.company_id), col(Transaction.currency))
        .order_by(col(Transaction.currency))
    )  # fmt: skip
    found: dict[UUID, tuple[int, tuple[Money, ...], date | None]] = {}
    for key, currency, count, size, oldest in rows:
        lines, sizes, before = found.get(key, (0, (), None))
        first = oldest if before is None else min(before, oldest)
        found[key] = (lines + count, (*sizes, Money(int(size), currency)), first)
    return found


def _apart(session: Session, visible: Sequence[UUID]) -> dict[UUID, list[Money]]:
    """Per company ledger - closing of the latest statement of each bank account that states its closing."""
    stated = session.execute(
        select(
            col(Reconciliation.bank_account_id), col(Reconciliation.last_on), col(Reconciliation.closing_minor)
        )
        .join(StatementFile, col(StatementFile.id) == col(Reconciliation.statement_file_id))
        .where(
            col(Reconciliation.company_id).in_(visible),
            col(Reconciliation.closing_minor).is_not(None),
            col(StatementFile.status) == FileStatus.STORED,
        )
        .order_by(col(Reconciliation.last_on), col(Reconciliation.first_on))
    )  # fmt: skip
    closing: dict[UUID, int] = {account_id: minor for account_id, _, minor in stated}
    found: dict[UUID, list[Money]] = defaultdict(list)
    for company_id, account_id, currency, ledger in _ledgers(session, visible):
        if account_id in closing:
            found[company_id].append(Money(int(ledger or 0) - closing[account_id], currency))
    return found


def _ledgers(session: Session, visible: Sequence[UUID]) -> Any:
    """Per bank account with a stated closing its ledger balance at the end of its latest such statement."""
    latest = (
        select(col(Reconciliation.bank_account_id), func.max(col(Reconciliation.last_on)).label("last_on"))
        .join(StatementFile, col(StatementFile.id) == col(Reconciliation.statement_file_id))
        .where(
            col(Reconciliation.company_id).in_(visible),
            col(Reconciliation.closing_minor).is_not(None),
            col(StatementFile.status) == FileStatus.STORED,
        )
        .group_by(col(Reconciliation.bank_account_id))
        .subquery()
    )
    entries = (
        select(
            col(JournalLine.account_id), col(JournalEntry.booked_on), col(JournalLine.currency),
            col(JournalLine.amount_minor),
        )
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(col(JournalEntry.company_id).in_(visible), col(JournalEntry.status).in_(IN_LEDGER))
        .subquery()
    )  # fmt: skip
    groups = (col(BankAccount.company_id), col(BankAccount.id), col(BankAccount.currency))
    return session.execute(
        select(*groups, func.sum(entries.c.amount_minor))
        .join(latest, latest.c.bank_account_id == col(BankAccount.id))
        .outerjoin(
            entries,
            and_(
                entries.c.account_id == col(BankAccount.account_id),
                entries.c.booked_on <= latest.c.last_on,
                entries.c.currency == col(BankAccount.currency),
            ),
        )
        .group_by(*groups)
    )


def _uploads(session: Session, visible: Sequence[UUID]) -> dict[UUID, datetime]:
    rows = session.execute(
        select(col(StatementFile.company_id), func.max(col(StatementFile.uploaded_at)))
        .where(
            col(StatementFile.company_id).in_(visible),
            col(StatementFile.kind) == FileKind.STATEMENT,
            col(StatementFile.status) == FileStatus.STORED,
        )
        .group_by(col(StatementFile.company_id))
    )
    return {row[0]: row[1] for row in rows}


def _months(session: Session, visible: Sequence[UUID], today: date) -> dict[UUID, tuple[Rate, ...]]:
    """Per company the automatic share of each of the twelve months that end with today's."""
    first = today.year * 12 + today.month - MONTHS
    year = Period(date(first // 12, first % 12 + 1, 1), Period.month(today.year, today.month).last_on)
    counted = counts_by_month(session, visible, (), year, only=["auto_approved"])
    return {
        key: tuple(
            next((one.counts.rate("auto_approved") for one in months if one.month == month), Rate(0, 0))
            for month in year.months()
        )
        for key, months in counted.items()
    }
