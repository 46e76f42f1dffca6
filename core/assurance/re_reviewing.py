"""Blind re-review: entries drawn of what the policy posted are decided by a person who sees the line alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.assurance.tightening import Tightening, tighten_if_broken
from core.errors import NotFound, ReReviewDecided
from core.posting.correcting import booked_as, confirm_posted, correct_posted
from core.posting.line_search import payee
from core.posting.open_entries import check_bookable, open_company
from core.posting.writing import BANK_POSITION
from core.storage import WriteColumns
from models import BankAccount, EntryStatus, JournalEntry, JournalLine, Proposal, ReReview, Review, Transaction

CHOICES = 5  # accounts offered for a line, the posted one among them


@dataclass(frozen=True, slots=True)
class BlindLine:
    """A bank line to decide on; nothing here tells which account it is booked to."""

    re_review_id: UUID
    booked_on: date
    payee: str
    description: str
    bank_account: str  # its name
    amount_minor: int  # money in > 0
    currency: str
    likely: tuple[UUID, ...]  # accounts to choose among, in an order that says nothing; others may be chosen too


@dataclass(frozen=True, slots=True)
class BlindDecision:
    """`agreed`: the person chose what had been posted; else the entry was reversed and the line booked anew."""

    agreed: bool
    entry_id: UUID
    review_ids: tuple[UUID, ...]
    tightening: Tightening | None  # what followed, where this decision showed the promise to be broken


def pending_count(session: Session, caller: Caller, company_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many drawn entries wait for a decision; companies without any are not there."""
    for company_id in company_ids:
        caller.require(company_id, Action.READ)
    rows = session.execute(
        _pending(company_ids, col(ReReview.company_id), func.count()).group_by(col(ReReview.company_id))
    )
    return {company_id: int(count) for company_id, count in rows}


def pending_lines(session: Session, caller: Caller, company_id: UUID, *, most: int = 50) -> list[BlindLine]:
    """The drawn entries that wait for a decision, the oldest draw first.

    Raises: NotFound, AccessDenied: only who may decide sees them.
    """
    caller.require(company_id, Action.REVIEW)
    rows = session.execute(
        _pending(
            [company_id],
            col(ReReview.id), col(Transaction.booked_on), payee(company_id), col(Transaction.description),
            col(BankAccount.name), col(Transaction.amount_minor), col(Transaction.currency),
            col(Proposal.account_id), col(Proposal.alternatives),
        )
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .order_by(col(ReReview.drawn_at), col(Transaction.booked_on), col(ReReview.id))
        .limit(most)
    )  # fmt: skip
    usual = _usual_accounts(session, company_id)
    return [
        BlindLine(key, on, name, text, bank, amount, currency, _likely(booked, others, usual[amount > 0]))
        for key, on, name, text, bank, amount, currency, booked, others in rows
    ]


def decide_blind(
    session: Session,
    caller: Caller,
    company_id: UUID,
    re_review_id: UUID,
    account_id: UUID,
    *,
    write: WriteColumns,
    now: datetime,
    comment: str = "",
) -> BlindDecision:
    """Keep what a person chose without seeing what was posted, confirm or correct the entry, and test the promise.

    A correction in a closed period is booked on the first open day; the tax stays as it was posted.

    Raises:
        ReReviewDecided: somebody decided on it, or on its entry, in the meantime.
        AccountNotBookable, StatementClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    drawn = session.execute(
        select(ReReview)
        .where(col(ReReview.company_id) == company_id, col(ReReview.id) == re_review_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if drawn is None:
        raise NotFound("re-review", str(re_review_id))
    entry_on = session.execute(
        _pending([company_id], col(JournalEntry.booked_on)).where(col(ReReview.id) == re_review_id)
    ).scalar_one_or_none()
    if entry_on is None:
        raise ReReviewDecided()
    check_bookable(session, company_id, [account_id])
    accounts, tax_code_id = booked_as(session, drawn.entry_id)
    agreed = accounts == [account_id]
    if agreed:
        made = confirm_posted(
            session, caller, company_id, [drawn.entry_id], write=write, now=now, comment=comment
        )  # fmt: skip
    else:
        closed = company.closed_through_on
        first_open = closed + timedelta(days=1) if closed and entry_on <= closed else None
        made = correct_posted(
            session, caller, company_id, drawn.entry_id, account_id,
            write=write, now=now, booked_on=first_open, comment=comment, tax_code_id=tax_code_id,
        )  # fmt: skip
    drawn.decided_at, drawn.decided_by, drawn.account_id, drawn.agreed = now, caller.user_id, account_id, agreed
    session.add(drawn)
    session.flush()
    record(
        session, caller, company_id=company_id, action="re-review decided", subject="entry", subject_id=drawn.entry_id,
        now=now, after={"agreed": agreed, "account_id": str(account_id)},
    )  # fmt: skip
    tightening = None if agreed else tighten_if_broken(session, caller, company_id, now=now)
    return BlindDecision(agreed, drawn.entry_id, made.review_ids, tightening)


def _pending(company_ids: Sequence[UUID], *columns: Any) -> Select[Any]:
    """Undecided draws whose entry is in the books still and on which nobody has decided otherwise."""
    return (
        select(*columns)
        .select_from(ReReview)
        .join(JournalEntry, col(JournalEntry.id) == col(ReReview.entry_id))
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .where(
            col(ReReview.company_id).in_(company_ids),
            col(ReReview.decided_at).is_(None),
            col(JournalEntry.status) == EntryStatus.POSTED,
            ~_looked_at(),
        )
    )


def _looked_at() -> ColumnElement[bool]:
    return exists().where(
        col(Review.company_id) == col(ReReview.company_id),
        col(Review.transaction_id) == col(JournalEntry.transaction_id),
        col(Review.undone_at).is_(None),
    )


def _likely(booked: UUID, alternatives: Sequence[dict[str, Any]], usual: Sequence[UUID]) -> tuple[UUID, ...]:
    """What was posted among as many others: where the machine saw no alternative, usual accounts stand in for them."""
    others = dict.fromkeys((*(UUID(one["account_id"]) for one in alternatives), *usual))
    others.pop(booked, None)
    return tuple(sorted([booked, *list(others)[: CHOICES - 1]]))


def _usual_accounts(session: Session, company_id: UUID) -> dict[bool, list[UUID]]:
    """The accounts that lines of money in, and of money out, are booked to most often."""
    rows = session.execute(
        select(col(JournalLine.account_id), col(JournalLine.amount_minor) < 0)
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(
            col(JournalLine.company_id) == company_id,
            col(JournalLine.position) > BANK_POSITION,
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(JournalEntry.transaction_id).is_not(None),
        )
        .group_by(col(JournalLine.account_id), col(JournalLine.amount_minor) < 0)
        .order_by(func.count().desc(), col(JournalLine.account_id))
    ).all()
    return {money_in: [key for key, is_in in rows if bool(is_in) is money_in] for money_in in (True, False)}
