"""What a decision needs before it changes anything: the company unlocked, the entries in the expected state, the
account one that a bank line can go to. Rows are locked, so that of two people who decide at once one wins."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import AccountNotBookable, EntryNotOpen, InvalidInput, NotFound, PeriodClosed
from core.outside_ids import Prefix, write_id
from core.posting.writing import in_portions
from models import (
    Account,
    AccountRole,
    BankAccount,
    Company,
    EntryStatus,
    JournalEntry,
    Method,
    Preparation,
    Proposal,
    Transaction,
)

STATUS_WORDS = {EntryStatus.NEEDS_REVIEW: "waiting for review"}


@dataclass(frozen=True, slots=True)
class OpenCompany:
    """What posting needs of a company."""

    id: UUID
    slug: str
    base_currency: str
    closed_through_on: date | None
    four_eyes_minor: int | None = None  # see core.categorization.policy

    def needs_second(self, amount_minor: int, currency: str) -> bool:
        """Whether nobody may approve a line of this amount as they made it; the limit is one of the base currency."""
        limit = self.four_eyes_minor
        return limit is not None and (currency != self.base_currency or abs(amount_minor) > limit)

    def check_open(self, days: Iterable[date]) -> None:
        """Raises PeriodClosed for the earliest of the days that falls in a closed period."""
        earliest = min(days, default=None)
        if self.closed_through_on and earliest and earliest <= self.closed_through_on:
            raise PeriodClosed(earliest, self.closed_through_on)

    def name_of(self, entry_id: UUID) -> str:
        return write_id(Prefix.ENTRY, self.slug, entry_id)


@dataclass(frozen=True, slots=True)
class LockedEntry:
    """An entry of a bank line, its row locked until the end of the unit of work."""

    id: UUID
    transaction_id: UUID
    proposal_id: UUID
    booked_on: date
    method: Method
    auto_approved: bool
    amount_minor: int  # of the bank line, money in > 0
    currency: str
    bank_account_id: UUID  # the ledger account that the bank account feeds
    proposed_account_id: UUID
    proposed_method: Method
    match_id: UUID | None
    memo: str
    preparation_id: UUID | None  # where a person made the proposal by hand for another to approve
    prepared_by: UUID | None

    def waits_for_other_than(self, person: UUID | None) -> bool:
        """Whether this person prepared it, so that somebody else approves it; a script is no second person."""
        return self.preparation_id is not None and person in (None, self.prepared_by)


def open_company(
    session: Session,
    caller: Caller,
    company_id: UUID,
    action: Action,
    *,
    lock: bool = True,
) -> OpenCompany:
    """The company, its row locked: whoever changes its books or closes a period waits until this is through.

    Args:
        lock: False where nothing is going to be written.

    Raises:
        NotFound, AccessDenied: the caller may not do this here.
    """
    caller.require(company_id, action)
    query = select(
        col(Company.id), col(Company.slug), col(Company.base_currency), col(Company.closed_through_on),
        col(Company.policy),
    ).where(col(Company.id) == company_id)  # fmt: skip
    row = session.execute(query.with_for_update(key_share=True) if lock else query).one_or_none()
    if row is None:
        raise NotFound("company", str(company_id))
    key, slug, currency, closed, policy = row
    return OpenCompany(key, slug, currency, closed, policy.get("four_eyes_minor"))


def lock_entries(
    session: Session, company: OpenCompany, entry_ids: Collection[UUID], status: EntryStatus
) -> list[LockedEntry]:
    """The entries of bank lines in this state, by id, all or none.

    Raises:
        InvalidInput: no entries are given.
        NotFound: there is no such entry of a bank line in this company.
        EntryNotOpen: an entry is in another state; it is named.
    """
    wanted = sorted(set(entry_ids))  # one order for everybody, so that two people cannot wait for each other
    if not wanted:
        raise InvalidInput("Choose at least one entry.")
    found: list[LockedEntry] = []
    for portion in in_portions(wanted):
        rows = session.execute(_locking(company.id, portion, status))
        found.extend(LockedEntry(*row) for row in rows)
    if len(found) < len(wanted):
        _refuse_missing(session, company, sorted(set(wanted) - {entry.id for entry in found}))
    return found


def _locking(company_id: UUID, portion: Sequence[UUID], status: EntryStatus):  # type: ignore[no-untyped-def]
    return (
        select(
            col(JournalEntry.id), col(JournalEntry.transaction_id), col(JournalEntry.proposal_id),
            col(JournalEntry.booked_on), col(JournalEntry.method), col(JournalEntry.auto_approved),
            col(Transaction.amount_minor), col(Transaction.currency), col(BankAccount.account_id),
            col(Proposal.account_id), col(Proposal.method), col(Proposal.match_id), col(JournalEntry.memo),
            col(Preparation.id), col(Preparation.prepared_by),
        )
        .join(Transaction, col(JournalEntry.transaction_id) == col(Transaction.id))
        .join(BankAccount, col(Transaction.bank_account_id) == col(BankAccount.id))
        .join(Proposal, col(JournalEntry.proposal_id) == col(Proposal.id))
        .outerjoin(Preparation, col(Preparation.proposal_id) == col(Proposal.id))
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.id).in_(portion),
            col(JournalEntry.status) == status,
        )
        .order_by(col(JournalEntry.id))
        .with_for_update(of=JournalEntry)
    )  # fmt: skip


def _refuse_missing(session: Session, company: OpenCompany, missing: Sequence[UUID]) -> None:
    first = missing[0]
    status = session.execute(
        select(col(JournalEntry.status)).where(
            col(JournalEntry.company_id) == company.id,
            col(JournalEntry.id) == first,
            col(JournalEntry.transaction_id).is_not(None),
        )
    ).scalar_one_or_none()
    if status is None:
        raise NotFound("entry", company.name_of(first))
    raise EntryNotOpen(company.name_of(first), STATUS_WORDS.get(EntryStatus(status), str(status)))


def check_bookable(session: Session, company_id: UUID, account_ids: Collection[UUID]) -> None:
    """Bank lines may be booked to these accounts.

    Raises:
        NotFound: there is no such account in this company.
        AccountNotBookable: suspense, an inactive account, or one that has its own statements.
    """
    rows = session.execute(
        select(
            col(Account.id), col(Account.code), col(Account.name), col(Account.role), col(Account.is_active),
            col(BankAccount.id),
        )
        .outerjoin(BankAccount, col(BankAccount.account_id) == col(Account.id))
        .where(col(Account.company_id) == company_id, col(Account.id).in_(set(account_ids)))
    ).all()  # fmt: skip
    for _, code, name, role, is_active, bank_account in rows:
        label = f"{code} {name}"
        if role == AccountRole.SUSPENSE:
            raise AccountNotBookable(label, "it is where undecided lines wait; choose the account the money belongs to")
        if not is_active:
            raise AccountNotBookable(label, "it is switched off; choose another, or switch it on in the chart")
        if bank_account is not None:
            raise AccountNotBookable(
                label,
                "its own statements fill it, and the amount would count twice; choose the transfer clearing account",
            )
    if missing := set(account_ids) - {row[0] for row in rows}:
        raise NotFound("account", str(min(missing)))


def account_with_role(session: Session, company_id: UUID, role: AccountRole) -> UUID:
    """The first active account, by code, that has the role. Raises NotFound."""
    found: UUID | None = session.execute(
        select(col(Account.id))
        .where(col(Account.company_id) == company_id, col(Account.role) == role, col(Account.is_active))
        .order_by(col(Account.code))
        .limit(1)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("active account for", role.replace("_", " "))
    return found
