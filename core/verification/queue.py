"""What waits for review is listed whole: the projection that the queue reads equals the entries in review."""

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Scope, finding
from models import EntryStatus, JournalEntry, WaitingGroup, WaitingLine

_ENTRY = (col(JournalEntry.company_id), col(JournalEntry.id))


def waiting_lines_are_listed(scope: Scope) -> Finding:
    """Law 4: every proposed entry in review has its line in the queue, no other has, and the groups hold their sums."""
    waits = and_(
        col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
        col(JournalEntry.transaction_id).is_not(None),
        col(JournalEntry.proposal_id).is_not(None),
        ~col(JournalEntry.auto_approved),
    )
    of_scope = col(JournalEntry.company_id).in_(scope.ids)
    listed = exists().where(col(WaitingLine.entry_id) == col(JournalEntry.id))
    missing = scope.first(select(*_ENTRY).where(of_scope, waits, ~listed))
    extra = scope.first(select(*_ENTRY).where(of_scope, ~waits, listed))
    sums = (
        select(
            col(WaitingLine.group_id).label("id"), func.count().label("lines"),
            func.sum(WaitingLine.amount_minor).label("total"),
        )
        .where(col(WaitingLine.company_id).in_(scope.ids))
        .group_by(col(WaitingLine.group_id))
        .subquery()
    )  # fmt: skip
    group = WaitingGroup
    uneven = scope.first(
        select(col(group.company_id), col(group.id))
        .outerjoin(sums, sums.c.id == col(group.id))
        .where(
            col(group.company_id).in_(scope.ids),
            or_(
                func.coalesce(sums.c.lines, 0) != col(group.lines),
                func.coalesce(sums.c.total, 0) != col(group.total_minor),
            ),
        )
    )
    checked = scope.count(select(func.count()).select_from(JournalEntry).where(of_scope))
    return finding(
        checked,
        missing and Violation(4, scope.entry(*missing), "it waits for review and the queue does not list it"),
        extra and Violation(4, scope.entry(*extra), "the queue lists it although it does not wait"),
        uneven and Violation(4, scope.row("waiting group", *uneven), "its sums are not those of its lines"),
    )
