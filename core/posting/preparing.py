"""Four eyes: what one person makes above the company's limit is prepared, and waits until somebody else approves it.

The entry that waited is withdrawn, and another takes its place that carries what the person chose as its proposal. So
the queue, its history and every later decision treat it as they treat any proposal; who prepared it stays with the
proposal, and the database posts an entry of such a proposal for nobody but another person.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Caller
from core.posting.bookings import WAITS_FOR_SECOND
from core.posting.counter_lines import whole_entries
from core.posting.lines import Line
from core.posting.open_entries import LockedEntry, OpenCompany
from core.posting.prepared import BY_HAND, SPLIT
from core.posting.reversing import reject_entries
from core.posting.settling import overrule_matches
from core.posting.writing import NewEntries, digest_rows, in_portions, new_keys, write_entries
from core.storage import WriteColumns
from models import EntryStatus, JournalEntry, Method, Preparation, Proposal


def apart(company: OpenCompany, caller: Caller, entries: Sequence[LockedEntry]) -> tuple[list[LockedEntry], ...]:
    """The entries that the caller may post otherwise than proposed, and those that somebody else has to approve."""
    second = [
        company.needs_second(each.amount_minor, each.currency) or each.waits_for_other_than(caller.user_id)
        for each in entries
    ]
    alone = [entry for entry, needed in zip(entries, second, strict=True) if not needed]
    return alone, [entry for entry, needed in zip(entries, second, strict=True) if needed]


def prepare_entries(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    entries: Sequence[LockedEntry],
    counter: Sequence[Sequence[Line]],
    *,
    write: WriteColumns,
    now: datetime,
    comment: str = "",
    booked_on: date | None = None,
) -> tuple[UUID, ...]:
    """Let the entries wait with these lines besides the bank's until another person approves them; one audit event.

    Entries in review are withdrawn, and their confirmed matches fall; a posted one has to be reversed before, and the
    new one names it.

    Args:
        counter: for each entry its lines but the bank's, which add up to it.
        booked_on: the day of the new entries; without it that of the old ones.

    Returns:
        The preparations, in the order of the entries.

    Raises:
        UnbalancedEntry: the lines of an entry do not add up.
    """
    if not entries:
        return ()
    reject_entries(session, company.id, [entry.id for entry in entries])
    overrule_matches(session, company.id, [entry.transaction_id for entry in entries], now=now, by=caller.user_id)
    proposal_ids = _write_proposals(session, write, company, entries, counter, now)
    lines = whole_entries(entries, counter)
    posted = _posted_before(session, [entry.id for entry in entries])
    new = NewEntries(
        id=new_keys(len(entries)),
        transaction_id=[entry.transaction_id for entry in entries],
        booked_on=[booked_on or entry.booked_on for entry in entries],
        currency=[entry.currency for entry in entries],
        method=[Method.MANUAL] * len(entries),
        lines=lines,
        optional={
            "proposal_id": proposal_ids,
            "memo": [entry.memo for entry in entries],
            "replaces_id": [entry.id if entry.id in posted else None for entry in entries],
        },
    )
    write_entries(session, write, company.id, new, now=now)
    keys = new_keys(len(entries))
    columns: dict[str, Sequence[Any]] = {
        "id": keys,
        "company_id": [company.id] * len(entries),
        "transaction_id": new.transaction_id,
        "proposal_id": proposal_ids,
        "before_id": [entry.id for entry in entries],
        "prepared_by": [caller.user_id] * len(entries),
        "prepared_at": [now] * len(entries),
        "comment": [comment.strip()] * len(entries),
        "lines": [[_stored(line) for line in lines_of_one] for lines_of_one in counter],
    }
    write(session, Preparation, columns)
    record(
        session, caller, company_id=company.id, action="entries prepared for a second person", subject="entry", now=now,
        subject_id=new.id[0] if len(entries) == 1 else None,
        after={"entries": len(entries), "comment": comment.strip()},
        row_count=len(entries), rows_digest=rows_digest(digest_rows(new.id, lines)),
    )  # fmt: skip
    return tuple(keys)


def note_matched_by_hand(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    made: Sequence[tuple[UUID, UUID, UUID]],
    *,
    now: datetime,
) -> None:
    """Keep who made the match behind proposals that wait for a second person: (transaction, proposal, person) each."""
    if not made:
        return
    count = len(made)
    columns: dict[str, Sequence[Any]] = {
        "id": new_keys(count),
        "company_id": [company_id] * count,
        "transaction_id": [transaction_id for transaction_id, _, _ in made],
        "proposal_id": [proposal_id for _, proposal_id, _ in made],
        "prepared_by": [person for _, _, person in made],
        "prepared_at": [now] * count,
        "comment": [""] * count,
        "lines": [[]] * count,
    }
    write(session, Preparation, columns)


def _write_proposals(
    session: Session,
    write: WriteColumns,
    company: OpenCompany,
    entries: Sequence[LockedEntry],
    counter: Sequence[Sequence[Line]],
    now: datetime,
) -> list[UUID]:
    """What the person chose, with the machine's alternatives to choose from further on."""
    keys, count = new_keys(len(entries)), len(entries)
    alternatives: dict[UUID, list[dict[str, Any]]] = {}
    for portion in in_portions(entry.proposal_id for entry in entries):
        rows = session.execute(
            select(col(Proposal.id), col(Proposal.alternatives)).where(col(Proposal.id).in_(portion))
        )
        alternatives |= dict(iter(rows))
    columns: dict[str, Sequence[Any]] = {
        "id": keys,
        "company_id": [company.id] * count,
        "transaction_id": [entry.transaction_id for entry in entries],
        "account_id": [lines[0].account_id for lines in counter],
        "method": [str(Method.MANUAL)] * count,
        "confidence": [None] * count,
        "reason": [_reason(lines) for lines in counter],
        "hold_reason": [WAITS_FOR_SECOND] * count,
        "alternatives": [alternatives[entry.proposal_id] for entry in entries],
        "policy": [{"four_eyes_minor": company.four_eyes_minor}] * count,
        "created_at": [now] * count,
    }
    write(session, Proposal, columns)
    return keys


def _reason(lines: Sequence[Line]) -> str:
    """A line behind a taxed one holds its tax and is no part of its own."""
    taxes = sum(line.tax_minor != 0 for line in lines)
    return SPLIT if len(lines) - taxes > 1 else BY_HAND


def _posted_before(session: Session, entry_ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for portion in in_portions(entry_ids):
        found |= set(
            session.execute(
                select(col(JournalEntry.id)).where(
                    col(JournalEntry.id).in_(portion), col(JournalEntry.status) == EntryStatus.REVERSED
                )
            ).scalars()
        )
    return found


def _stored(line: Line) -> dict[str, Any]:
    return {
        "account_id": str(line.account_id), "amount_minor": line.amount_minor,
        "tax_code_id": str(line.tax_code_id) if line.tax_code_id else None, "tax_minor": line.tax_minor,
    }  # fmt: skip
