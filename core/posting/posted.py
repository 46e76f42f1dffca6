"""What stands in the books, bank line by bank line, for a second look: what led to it, and whether somebody looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.posting.line_search import mentions, payee
from core.posting.writing import BANK_POSITION
from models import (
    Account,
    EntryStatus,
    JournalEntry,
    JournalLine,
    LineTag,
    Method,
    Outcome,
    Proposal,
    Review,
    Transaction,
)


class Look(StrEnum):
    """What a person said of a posted line."""

    NONE = "none"  # nobody looked
    RIGHT = "right"  # posted alone, found right afterwards
    CORRECTED = "corrected"  # reversed and booked anew by a person
    REVIEWED = "reviewed"  # decided by a person before it was posted


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A bank line with the entry that is in the books for it now."""

    entry_id: UUID  # what core.posting.correcting takes
    transaction_id: UUID
    booked_on: date  # the bank's day
    entry_on: date  # the day in the books; later than the bank's where a correction was
    payee: str  # counterparty, or the bank's text where it names nobody
    description: str  # as the bank wrote it
    amount_minor: int  # money in > 0
    currency: str
    accounts: tuple[str, ...]  # code and name of each counter account; several where it was split
    method: Method  # what led to the accounts
    confidence: float | None  # of the proposal, in [0, 1]; None where a person chose
    reason: str  # of the proposal; "" where a person chose
    alone: bool  # the policy had posted it, also where it was corrected since
    look: Look

    @property
    def may_be_confirmed(self) -> bool:
        return self.alone and self.look is Look.NONE


@dataclass(frozen=True, slots=True)
class PostedPage:
    """A page of posted lines, those nobody looked at first, then the newest first.

    `line_count` covers all pages of the filter; the last three cover the company, whatever the filter.
    """

    lines: tuple[PostedLine, ...]
    number: int  # from 1
    pages: int  # at least 1
    line_count: int
    alone_count: int  # lines that the policy posted
    looked_count: int  # of these, that a person looked at afterwards
    right_count: int  # of these, that were found right


def posted_lines(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    alone_only: bool = True,
    text: str = "",
    tag_id: UUID | None = None,
    page: int = 1,
    rows: int = 50,
) -> PostedPage:
    """Bank lines whose entry is in the books. A page past the end answers the last one.

    Args:
        alone_only: just the lines that the policy posted without a person, also those corrected since.
        text: searched in description and counterparty, and as an amount.
        tag_id: just the lines that have this tag.
        rows: lines a page.

    Raises:
        NotFound, AccessDenied: the caller may not see this company.
    """
    caller.require(company_id, Action.READ)
    alone, looked, right = session.execute(_measured(company_id)).one()
    conditions = [_posted_alone()] if alone_only else []
    if wanted := text.strip():
        conditions.append(mentions(session, company_id, wanted))
    if tag_id is not None:
        marked = select(col(LineTag.transaction_id)).where(col(LineTag.tag_id) == tag_id)
        conditions.append(col(JournalEntry.transaction_id).in_(marked))
    found = int(session.execute(_posted(company_id, func.count()).where(*conditions)).scalar_one())
    pages = max(1, -(-found // rows))
    number = min(max(1, page), pages)
    listed = session.execute(
        _posted(company_id, *_columns(company_id))
        .where(*conditions)
        .order_by(
            case((col(Review.id).is_(None), 0), else_=1),
            col(Transaction.booked_on).desc(),
            col(JournalEntry.id).desc(),
        )
        .limit(rows)
        .offset((number - 1) * rows)
    ).all()
    accounts = _counter_accounts(session, company_id, [row.entry_id for row in listed])
    lines = tuple(_line(row, accounts[row.entry_id]) for row in listed)
    return PostedPage(lines, number, pages, found, int(alone), int(looked or 0), int(right or 0))


def _posted(company_id: UUID, *columns: ColumnElement[Any]) -> Select[Any]:
    """Posted entries of bank lines, each with the decision in force on it or on the entry it replaces."""
    return (
        select(*columns)
        .select_from(JournalEntry)
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .outerjoin(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .outerjoin(
            Review,
            and_(
                col(Review.company_id) == company_id,
                col(Review.transaction_id) == col(JournalEntry.transaction_id),
                col(Review.undone_at).is_(None),
                or_(
                    col(Review.entry_id) == col(JournalEntry.id),
                    col(Review.entry_id) == col(JournalEntry.replaces_id),
                ),
            ),
        )
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.status) == EntryStatus.POSTED,
        )
    )


def _posted_alone() -> ColumnElement[bool]:
    """A corrected line's new entry is a person's, but its decision remembers that the policy had posted the first."""
    return or_(col(JournalEntry.auto_approved), col(Review.was_automatic).is_(True))


def _measured(company_id: UUID) -> Select[Any]:
    right = and_(col(Review.id).is_not(None), col(Review.outcome) == Outcome.APPROVED)
    return _posted(
        company_id, func.count(), func.count(col(Review.id)), func.sum(case((right, 1), else_=0))
    ).where(_posted_alone())  # fmt: skip


def _columns(company_id: UUID) -> Sequence[ColumnElement[Any]]:
    return (
        col(JournalEntry.id).label("entry_id"),
        col(Transaction.id).label("transaction_id"),
        col(Transaction.booked_on).label("booked_on"),
        col(JournalEntry.booked_on).label("entry_on"),
        payee(company_id).label("payee"),
        col(Transaction.description).label("description"),
        col(Transaction.amount_minor).label("amount_minor"),
        col(Transaction.currency).label("currency"),
        col(JournalEntry.method).label("method"),
        col(JournalEntry.auto_approved).label("auto_approved"),
        col(Proposal.confidence).label("confidence"),
        col(Proposal.reason).label("reason"),
        col(Review.outcome).label("outcome"),
        col(Review.was_automatic).label("was_automatic"),
        case((col(Review.entry_id) == col(JournalEntry.replaces_id), 1), else_=0).label("replaced"),
    )


def _counter_accounts(session: Session, company_id: UUID, entry_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The accounts against which each bank line is booked, in the order of the entry's lines."""
    found: dict[UUID, tuple[str, ...]] = dict.fromkeys(entry_ids, ())
    rows = session.execute(
        select(col(JournalLine.entry_id), col(Account.code), col(Account.name))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalLine.company_id) == company_id,
            col(JournalLine.entry_id).in_(entry_ids),
            col(JournalLine.position) > BANK_POSITION,
        )
        .order_by(col(JournalLine.entry_id), col(JournalLine.position))
    )
    for entry_id, code, name in rows:
        found[entry_id] += (f"{code} {name}",)
    return found


def _line(row: Any, accounts: tuple[str, ...]) -> PostedLine:
    chosen = row.method in (Method.MANUAL, Method.NONE)  # what the machine said was about another account
    return PostedLine(
        entry_id=row.entry_id,
        transaction_id=row.transaction_id,
        booked_on=row.booked_on,
        entry_on=row.entry_on,
        payee=row.payee,
        description=row.description,
        amount_minor=row.amount_minor,
        currency=row.currency,
        accounts=accounts,
        method=Method(row.method),
        confidence=None if chosen else row.confidence,
        reason="" if chosen else row.reason or "",
        alone=bool(row.auto_approved or row.was_automatic),
        look=_look(row),
    )


def _look(row: Any) -> Look:
    if row.outcome is None:
        return Look.NONE
    if row.replaced or (row.was_automatic and row.outcome != Outcome.APPROVED):  # the latter waited for a second person
        return Look.CORRECTED
    return Look.RIGHT if row.was_automatic else Look.REVIEWED
