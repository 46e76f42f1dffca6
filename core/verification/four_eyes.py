"""That nobody approved what they had prepared for somebody else to approve."""

from sqlalchemy import func, or_, select
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Scope, finding
from models import EntryStatus, JournalEntry, Preparation


def prepared_entries_have_two_people(scope: Scope) -> Finding:
    """Law 2: an entry that one person prepared was posted by another."""
    prepared = (
        col(JournalEntry.company_id).in_(scope.ids),
        col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.REVERSED]),
    )
    of_entry = col(Preparation.proposal_id) == col(JournalEntry.proposal_id)
    alone = scope.first(
        select(col(JournalEntry.company_id), col(JournalEntry.id))
        .join(Preparation, of_entry)
        .where(
            *prepared,
            or_(col(JournalEntry.posted_by).is_(None), col(JournalEntry.posted_by) == col(Preparation.prepared_by)),
        )
        .order_by(col(JournalEntry.id))
    )
    checked = scope.count(select(func.count()).select_from(JournalEntry).join(Preparation, of_entry).where(*prepared))
    return finding(
        checked, alone and Violation(2, scope.entry(*alone), "who prepared it also posted it, or nobody is named")
    )
