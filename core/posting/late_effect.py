"""What a late correction would have changed in a closed period, account by account, before it is accepted.

The closed period stays as it is: the correction is booked on an open day. This says how far the closed figures are off
because of it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import NotFound
from core.posting.lines import Line
from core.posting.open_entries import open_company
from core.posting.tax import chosen_taxes, with_tax
from core.posting.writing import BANK_POSITION
from models import Account, EntryStatus, JournalEntry, JournalLine

IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)


@dataclass(frozen=True, slots=True)
class AccountDiff:
    """One account at the end of the closed period, in debit minus credit."""

    account_id: UUID
    account: str  # code and name
    closed_minor: int
    corrected_minor: int  # as it would be, had the entry been right from the start

    @property
    def difference_minor(self) -> int:
        return self.corrected_minor - self.closed_minor


@dataclass(frozen=True)
class LedgerDiff:
    """The accounts that differ, by code; their differences sum to zero."""

    closed_through_on: date
    currency: str
    accounts: tuple[AccountDiff, ...]


def effect_on_closed(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_id: UUID,
    account_id: UUID,
    *,
    tax_code_id: UUID | None = None,
) -> LedgerDiff | None:
    """How the closed balances would differ if the entry had been booked to this account; None where its day is open.

    Raises:
        NotFound: there is no such posted entry or account in this company.
        AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.READ, lock=False)
    lines = session.execute(
        select(
            col(JournalEntry.booked_on), col(JournalLine.currency), col(JournalLine.position),
            col(JournalLine.account_id), col(JournalLine.amount_minor),
        )
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.id) == entry_id,
            col(JournalEntry.status) == EntryStatus.POSTED,
        )
    ).all()  # fmt: skip
    if not lines:
        raise NotFound("posted entry", company.name_of(entry_id))
    closed, currency = company.closed_through_on, lines[0].currency
    if closed is None or lines[0].booked_on > closed:
        return None
    moved: Counter[UUID] = Counter()
    gross = 0
    for line in lines:
        if line.position > BANK_POSITION:
            moved[line.account_id] -= line.amount_minor
            gross += line.amount_minor
    taxes = chosen_taxes(session, company_id, [tax_code_id])
    for new in with_tax([Line(account_id, gross, tax_code_id)], taxes):
        moved[new.account_id] += new.amount_minor
    changed = {key: minor for key, minor in moved.items() if minor}
    return LedgerDiff(closed, currency, _diffs(session, company_id, closed, currency, changed))


def _diffs(
    session: Session, company_id: UUID, closed: date, currency: str, changed: dict[UUID, int]
) -> tuple[AccountDiff, ...]:
    balance = (
        select(func.coalesce(func.sum(JournalLine.amount_minor), 0))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(
            col(JournalLine.account_id) == col(Account.id),
            col(JournalLine.currency) == currency,
            col(JournalEntry.status).in_(IN_LEDGER),
            col(JournalEntry.booked_on) <= closed,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(col(Account.id), col(Account.code), col(Account.name), balance)
        .where(col(Account.company_id) == company_id, col(Account.id).in_(changed))
        .order_by(col(Account.code))
    ).all()
    if missing := changed.keys() - {row[0] for row in rows}:
        raise NotFound("account", str(min(missing)))
    return tuple(
        AccountDiff(key, f"{code} {name}", int(minor), int(minor) + changed[key]) for key, code, name, minor in rows
    )
