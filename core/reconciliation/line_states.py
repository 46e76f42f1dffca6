"""Where bank lines stand: posted, waiting, left out or unbooked; the same words in every list and figure.

Entries and decisions are grouped by line once and joined: asking for each line by itself would scan them again and
again, since entries are indexed by their line only as long as they are live.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlmodel import col

from models import EntryStatus, JournalEntry, Method, Outcome, Review, Transaction

IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0."""
    return case((condition, 1), else_=0)


def any_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 if the condition holds for a row of the group, else 0."""
    return func.max(flag(condition))


class LineStates:
    """Two tables to be joined to transactions: what their entries and the decisions on them say."""

    def __init__(self, company_ids: Collection[UUID]) -> None:
        self.entries: Subquery = _entries(company_ids)
        self.decisions: Subquery = _decisions(company_ids)

    def joined(self, query: Any) -> Any:
        """The query over transactions with both tables joined; every line stays."""
        return query.outerjoin(self.entries, self.entries.c.transaction_id == col(Transaction.id)).outerjoin(
            self.decisions, self.decisions.c.transaction_id == col(Transaction.id)
        )

    def entry(self, name: str) -> ColumnElement[bool]:
        """Whether an entry of the line says so: posted, waiting, automatic, by_match, by_rule or by_model."""
        return func.coalesce(self.entries.c[name], 0) == 1

    def decision(self, name: str) -> ColumnElement[bool]:
        """Whether a decision in force says so: reviewed, approved, corrected or rejected."""
        return func.coalesce(self.decisions.c[name], 0) == 1

    @property
    def state(self) -> ColumnElement[str]:
        """posted, waiting, left_out or unbooked."""
        return case(
            (self.entry("posted"), "posted"),
            (self.entry("waiting"), "waiting"),
            (self.decision("rejected"), "left_out"),
            else_="unbooked",
        )


def _entries(company_ids: Collection[UUID]) -> Subquery:
    status, automatic = col(JournalEntry.status), col(JournalEntry.auto_approved) & _in_ledger()
    return (
        select(
            col(JournalEntry.transaction_id).label("transaction_id"),
            any_of(status == EntryStatus.POSTED).label("posted"),
            any_of(status == EntryStatus.NEEDS_REVIEW).label("waiting"),
            any_of(automatic).label("automatic"),
            *(
                any_of(automatic & (col(JournalEntry.method) == method)).label(f"by_{method}")
                for method in (Method.MATCH, Method.RULE, Method.MODEL)
            ),
        )
        .where(col(JournalEntry.company_id).in_(company_ids), col(JournalEntry.transaction_id).is_not(None))
        .group_by(col(JournalEntry.transaction_id))
        .subquery()
    )


def _in_ledger() -> ColumnElement[bool]:
    return col(JournalEntry.status).in_(IN_LEDGER)


def _decisions(company_ids: Collection[UUID]) -> Subquery:
    outcome = col(Review.outcome)
    return (
        select(
            col(Review.transaction_id).label("transaction_id"),
            func.max(1).label("reviewed"),
            any_of(outcome == Outcome.APPROVED).label("approved"),
            any_of(outcome.in_([Outcome.CORRECTED, Outcome.SPLIT])).label("corrected"),
            any_of(outcome == Outcome.REJECTED).label("rejected"),
        )
        .where(col(Review.company_id).in_(company_ids), col(Review.undone_at).is_(None))
        .group_by(col(Review.transaction_id))
        .subquery()
    )
