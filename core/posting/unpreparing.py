"""Taking back what one prepared for a second person: the line waits again as it did before."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import DecisionTakenBack, InvalidInput
from core.posting.item_settling import revive_matches
from core.posting.open_entries import LockedEntry, OpenCompany, lock_entries, open_company
from core.posting.reversing import lock_entries_of, reject_entries, reopen_rejected
from core.posting.undoing import propose_again
from core.storage import WriteColumns
from models import EntryStatus, JournalEntry, Method, Preparation


def take_back_preparations(
    session: Session,
    caller: Caller,
    company_id: UUID,
    preparation_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
) -> tuple[UUID, ...]:
    """Let the lines wait with what was proposed before, all or none; the entries that wait now.

    Raises:
        DecisionTakenBack: one of them does not wait any more: approved, changed or taken back meanwhile.
        PeriodClosed: a line falls in a closed period.
        NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    before = _before(session, company_id, preparation_ids)
    transactions = list(before)
    prepared = lock_entries_of(session, company, transactions, EntryStatus.NEEDS_REVIEW)
    if {entry.preparation_id for entry in prepared} != set(preparation_ids):
        raise DecisionTakenBack
    company.check_open(entry.booked_on for entry in prepared)
    reject_entries(session, company_id, [entry.id for entry in prepared])
    waiting = _wait_again(session, write, company, list(before.values()), now, by=caller.user_id)
    record(
        session, caller, company_id=company_id, action="preparations taken back", subject="entry", now=now,
        subject_id=prepared[0].id if len(prepared) == 1 else None, after={"waiting_again": len(waiting)},
        row_count=len(prepared), rows_digest=rows_digest((entry.id.hex,) for entry in prepared),
    )  # fmt: skip
    return tuple(waiting)


def _before(session: Session, company_id: UUID, preparation_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Transaction → the entry in whose place the prepared one came."""
    if not preparation_ids:
        raise InvalidInput("There is nothing prepared to take back.")
    rows = session.execute(
        select(col(Preparation.transaction_id), col(Preparation.before_id)).where(
            col(Preparation.company_id) == company_id,
            col(Preparation.id).in_(preparation_ids),
            col(Preparation.before_id).is_not(None),
        )
    )
    return dict(iter(rows))


def _wait_again(
    session: Session, write: WriteColumns, company: OpenCompany, before: list[UUID], now: datetime, *, by: UUID | None
) -> list[UUID]:
    """Withdrawn entries are back as they were; the line of one that was posted, and is reversed, is proposed anew."""
    reversed_ids = set(
        session.execute(
            select(col(JournalEntry.id)).where(
                col(JournalEntry.id).in_(before), col(JournalEntry.status) == EntryStatus.REVERSED
            )
        ).scalars()
    )
    withdrawn_ids = [key for key in before if key not in reversed_ids]
    withdrawn = lock_entries(session, company, withdrawn_ids, EntryStatus.REJECTED) if withdrawn_ids else []
    posted = lock_entries(session, company, reversed_ids, EntryStatus.REVERSED) if reversed_ids else []
    entries: list[LockedEntry] = [*withdrawn, *posted]
    again = {entry.match_id for entry in entries if entry.match_id and entry.proposed_method == Method.MATCH}
    revive_matches(session, company.id, again, now=now, by=by)
    return reopen_rejected(session, company.id, withdrawn_ids) + propose_again(session, write, company, posted, now)
