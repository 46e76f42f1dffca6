"""What people prepared for somebody else to approve: who did, with which lines, and what can be taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.shown_names import shown_name
from core.posting.counter_lines import whole_entries
from core.posting.lines import Line
from core.posting.open_entries import LockedEntry
from core.posting.writing import LineColumns, in_portions
from models import Account, EntryStatus, JournalEntry, Method, Preparation, Proposal, Transaction, User

BY_HAND, SPLIT = "booked by hand", "split by hand"  # the reasons of such proposals


@dataclass(frozen=True, slots=True)
class Prepared:
    """Who prepared an entry that waits, and how."""

    prepared_by: UUID | None
    name: str  # display name; "" for a script
    prepared_at: datetime
    is_split: bool
    comment: str
    parts: tuple[tuple[UUID, int], ...]  # account and amount in the bank line's sign; () for a match, which tells it


@dataclass(frozen=True, slots=True)
class LastPreparation:
    """What the caller prepared latest and nobody has decided on yet, as the undo button names it."""

    preparation_ids: tuple[UUID, ...]
    account: str  # code and name; "" for a split or where there are several
    counterparty: str  # of its first line
    prepared_at: datetime


def prepared_of(
    session: Session, caller: Caller, company_id: UUID, entry_ids: Collection[UUID]
) -> dict[UUID, Prepared]:
    """Who prepared these entries; entries that nobody prepared are left out."""
    caller.require(company_id, Action.READ)
    found: dict[UUID, Prepared] = {}
    for portion in in_portions(entry_ids):
        rows = session.execute(
            select(
                col(JournalEntry.id), col(Preparation.prepared_by), col(User.display_name),
                col(Preparation.prepared_at), col(Proposal.reason), col(Preparation.comment), col(Preparation.lines),
            )
            .join(Preparation, col(Preparation.proposal_id) == col(JournalEntry.proposal_id))
            .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
            .outerjoin(User, col(User.id) == col(Preparation.prepared_by))
            .where(col(JournalEntry.company_id) == company_id, col(JournalEntry.id).in_(portion))
        )  # fmt: skip
        for key, by, name, at, why, said, lines in rows:
            parts = tuple((line.account_id, -line.amount_minor) for line in map(_line, lines))
            found[key] = Prepared(by, name or "", at, why == SPLIT, said, parts)
    return found


def prepared_corrections(session: Session, entries: Sequence[LockedEntry]) -> set[UUID]:
    """Those of the entries that were prepared as the correction of one that the policy had posted."""
    wanted = {entry.preparation_id: entry.id for entry in entries if entry.preparation_id is not None}
    found: set[UUID] = set()
    for portion in in_portions(key for key in wanted if key is not None):
        rows = session.execute(
            select(col(Preparation.id))
            .join(JournalEntry, col(JournalEntry.id) == col(Preparation.before_id))
            .where(col(Preparation.id).in_(portion), col(JournalEntry.auto_approved))
        )
        found |= {wanted[key] for key in rows.scalars()}
    return found


def last_preparation(session: Session, caller: Caller, company_id: UUID) -> LastPreparation | None:
    """What `take_back_preparations` would take back for this person: all of their latest that waits still, or None."""
    caller.require(company_id, Action.READ)
    mine = (
        col(Preparation.company_id) == company_id,
        col(Preparation.prepared_by) == caller.user_id,
        col(Preparation.before_id).is_not(None),
        col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
    )
    of_entry = col(JournalEntry.proposal_id) == col(Preparation.proposal_id)
    on_line = col(JournalEntry.transaction_id) == col(Preparation.transaction_id)
    latest = session.execute(
        select(col(Preparation.prepared_at))
        .join(JournalEntry, on_line & of_entry)
        .where(*mine)
        .order_by(col(Preparation.prepared_at).desc())
        .limit(1)
    ).scalar_one_or_none()
    if latest is None:
        return None
    rows = session.execute(
        select(col(Preparation.id), col(Proposal.reason), col(Account.code), col(Account.name), shown_name())
        .join(JournalEntry, on_line & of_entry)
        .join(Proposal, col(Proposal.id) == col(Preparation.proposal_id))
        .join(Account, col(Account.id) == col(Proposal.account_id))
        .join(Transaction, col(Transaction.id) == col(Preparation.transaction_id))
        .where(*mine, col(Preparation.prepared_at) == latest)
        .order_by(col(Preparation.id))
    ).all()
    accounts = {"" if why == SPLIT else f"{code} {name}" for _, why, code, name, _ in rows}
    return LastPreparation(
        tuple(row[0] for row in rows), accounts.pop() if len(accounts) == 1 else "", rows[0][4], latest
    )


def as_prepared(
    session: Session, company_id: UUID, entries: Sequence[LockedEntry], proposed: LineColumns
) -> LineColumns:
    """These lines, but of what a person prepared the lines that they prepared."""
    prepared = _lines(session, company_id, entries)
    if not prepared:
        return proposed
    numbers = [i for i, entry in enumerate(entries) if entry.id in prepared]
    own = whole_entries([entries[i] for i in numbers], [prepared[entries[i].id] for i in numbers])
    kept = [i for i, number in enumerate(proposed.entry) if number not in set(numbers)]
    return LineColumns(
        [*(proposed.entry[i] for i in kept), *(numbers[i] for i in own.entry)],
        [*(proposed.position[i] for i in kept), *own.position],
        [*(proposed.account_id[i] for i in kept), *own.account_id],
        [*(proposed.amount_minor[i] for i in kept), *own.amount_minor],
        {**proposed.taxed, **{(numbers[i], place): tax for (i, place), tax in own.taxed.items()}},
    )


def _lines(session: Session, company_id: UUID, entries: Sequence[LockedEntry]) -> dict[UUID, list[Line]]:
    """By entry, the lines but the bank's as they were prepared, of those whose proposal a person made."""
    wanted = {entry.preparation_id: entry.id for entry in entries if entry.proposed_method == Method.MANUAL}
    found: dict[UUID, list[Line]] = {}
    for portion in in_portions(key for key in wanted if key is not None):
        rows = session.execute(
            select(col(Preparation.id), col(Preparation.lines)).where(
                col(Preparation.company_id) == company_id, col(Preparation.id).in_(portion)
            )
        )
        found |= {wanted[key]: [_line(stored) for stored in lines] for key, lines in rows}
    return found


def _line(stored: dict[str, Any]) -> Line:
    code = stored["tax_code_id"]
    return Line(UUID(stored["account_id"]), stored["amount_minor"], UUID(code) if code else None, stored["tax_minor"])
