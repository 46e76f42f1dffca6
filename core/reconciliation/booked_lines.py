"""How bank lines are booked already when a match comes to them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import EntryStatus, JournalEntry, JournalLine, Method


def counter_sums(session: Session, company_id: UUID, line_ids: Collection[UUID]) -> dict[UUID, int]:
    """What the posted entries of these lines book to accounts beside the bank's own: account → minor units,
    without zeros."""
    rows = session.execute(
        select(col(JournalLine.account_id), func.sum(col(JournalLine.amount_minor)))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.transaction_id).in_(line_ids),
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(JournalLine.position) > 1,  # the first is the bank's own
        )
        .group_by(col(JournalLine.account_id))
    )
    return {account_id: int(minor) for account_id, minor in rows if minor}


def booked_otherwise(session: Session, company_id: UUID, line_ids: Collection[UUID]) -> set[UUID]:
    """Those of the lines whose posted entry was not made by a match."""
    rows = session.execute(
        select(col(JournalEntry.transaction_id)).where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.transaction_id).in_(line_ids),
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(JournalEntry.method) != Method.MATCH,
        )
    )
    return {key for key in rows.scalars() if key is not None}
