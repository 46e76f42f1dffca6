"""Like lines that wait, proposed anew as soon as a person corrects one: history knows the decision, the queue shows it.

Like are lines of the same counterparty, or of the same text where the bank names nobody, and of the same direction.
They go on waiting: what waits for a person is never posted by another line's decision.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from core.access.roles import Caller
from core.ingestion.shown_names import shown_names
from core.posting.entries import rebook_lines
from core.posting.open_entries import OpenCompany
from core.posting.writing import in_portions
from core.storage import WriteColumns
from models import EntryStatus, JournalEntry, Method, Proposal, Transaction

MOST_LINES = 500  # proposed anew after one decision, the newest first
HELD = "a like line was just decided"
LEARNED = (Method.MODEL, Method.NONE)  # rules and matches do not change with history


def propose_like_lines(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    transaction_ids: Sequence[UUID],
    *,
    write: WriteColumns,
    now: datetime,
) -> int:
    """Propose anew for the waiting lines that are like these decided ones; how many there were.

    The old proposals are kept, and the audit log tells of both.

    Args:
        transaction_ids: lines of this company, decided and written in this unit of work.
    """
    if not transaction_ids:
        return 0
    waiting = session.execute(_waiting(company, _like(session, company.id, transaction_ids))).scalars().all()
    if waiting:
        rebook_lines(session, caller, company.id, waiting, write=write, now=now, hold=HELD)
    return len(waiting)


def _like(session: Session, company_id: UUID, transaction_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition on transactions of being like one of these."""
    names = shown_names(session, company_id)
    printed: dict[str, set[str]] = {}
    for name, shown in names.items():
        printed.setdefault(shown, {shown}).add(name)
    payees: dict[bool, set[str]] = {True: set(), False: set()}
    texts: dict[bool, set[str]] = {True: set(), False: set()}
    for portion in in_portions(transaction_ids):
        rows = session.execute(
            select(col(Transaction.counterparty), col(Transaction.description), col(Transaction.amount_minor)).where(
                col(Transaction.company_id) == company_id, col(Transaction.id).in_(portion)
            )
        )
        for counterparty, description, amount in rows:
            if counterparty:
                shown = names.get(counterparty, counterparty)
                payees[amount > 0] |= printed.get(shown, {shown})
            else:
                texts[amount > 0].add(description)
    counterparty, description = col(Transaction.counterparty), col(Transaction.description)
    return or_(*(
        and_(
            (col(Transaction.amount_minor) > 0) == money_in,
            or_(counterparty.in_(payees[money_in]), and_(counterparty == "", description.in_(texts[money_in]))),
        )
        for money_in in (True, False)
    ))  # fmt: skip


def _waiting(company: OpenCompany, like: ColumnElement[bool]) -> Select[Any]:
    """Selects the newest like lines that wait with a proposal of the model, or with none."""
    query = (
        select(col(Transaction.id))
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .where(
            col(Transaction.company_id) == company.id,
            col(JournalEntry.company_id) == company.id,
            col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
            col(Proposal.method).in_(LEARNED),
            like,
        )
    )
    if company.closed_through_on is not None:
        query = query.where(col(Transaction.booked_on) > company.closed_through_on)
    return query.order_by(col(Transaction.booked_on).desc(), col(Transaction.id)).limit(MOST_LINES)
