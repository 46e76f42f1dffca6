"""Taking entries out of the books: a posted one by its exact opposite, one in review by withdrawing it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import InvalidInput
from core.posting.closed_statements import check_statements_open
from core.posting.item_settling import take_matches_back
from core.posting.open_entries import LockedEntry, OpenCompany, lock_entries, open_company
from core.posting.settling import live_matches
from core.posting.writing import (
    LineColumns,
    NewEntries,
    digest_rows,
    in_portions,
    new_keys,
    post_entries,
    write_entries,
)
from core.storage import WriteColumns
from models import EntryStatus, JournalEntry, JournalLine, Method, TaxLine


class Reversible(Protocol):
    """What reversing needs of a posted entry whose row, or whose company's row, is locked."""

    @property
    def id(self) -> UUID: ...
    @property
    def booked_on(self) -> date: ...
    @property
    def currency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Released:
    """How many entries of bank lines were taken out: posted ones reversed, those in review withdrawn."""

    reversed: int
    withdrawn: int


def reverse_entries(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
    booked_on: date | None = None,
) -> dict[UUID, UUID]:
    """Take posted entries back: for each a posted entry with the opposite lines, linked; the bank line is free again.

    Args:
        booked_on: the day of the reversals; without it each lies on the day of its entry.

    Returns:
        Entry → its reversal.

    Raises:
        PeriodClosed: the day falls in a closed period.
        StatementClosed: a bank line lies in a closed statement, which would keep an unbooked line.
        EntryNotOpen: an entry is not posted (any more); nothing was reversed.
        NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    entries = lock_entries(session, company, entry_ids, EntryStatus.POSTED)
    check_statements_open(session, company_id, [entry.transaction_id for entry in entries])
    return write_reversals(session, caller, company, entries, write=write, now=now, booked_on=booked_on)


def write_reversals(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    entries: Sequence[Reversible],
    *,
    write: WriteColumns,
    now: datetime,
    booked_on: date | None = None,
) -> dict[UUID, UUID]:
    """Reverse posted entries that are locked; one audit event. See reverse_entries."""
    if not entries:
        return {}
    for entry in entries:
        if booked_on and booked_on < entry.booked_on:
            raise InvalidInput(f"A reversal cannot lie before its entry of {entry.booked_on}; choose a later day.")
    days = [booked_on or entry.booked_on for entry in entries]
    company.check_open(days)
    keys = new_keys(len(entries))
    lines = _opposite_lines(session, entries)
    new = NewEntries(
        id=keys,
        transaction_id=[None] * len(entries),
        booked_on=days,
        currency=[entry.currency for entry in entries],
        method=[Method.REVERSAL] * len(entries),
        lines=lines,
        optional={
            "reverses_id": [entry.id for entry in entries],
            "memo": [f"Reversal of {company.name_of(entry.id)}" for entry in entries],
        },
    )
    write_entries(session, write, company.id, new, now=now)
    post_entries(session, company.id, keys, now=now, by=caller.user_id)
    _set_status(session, company.id, [entry.id for entry in entries], EntryStatus.POSTED, EntryStatus.REVERSED)
    record(
        session, caller, company_id=company.id, action="entries reversed", subject="entry", now=now,
        subject_id=entries[0].id if len(entries) == 1 else None,
        after={"entries": len(entries), "booked_on": str(booked_on) if booked_on else "as the entries"},
        row_count=len(entries), rows_digest=rows_digest(digest_rows(keys, lines)),
    )  # fmt: skip
    return dict(zip((entry.id for entry in entries), keys, strict=True))


def release_lines(
    session: Session,
    caller: Caller,
    company_id: UUID,
    transaction_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
    action: Action = Action.REVIEW,
) -> Released:
    """Take whatever is booked or proposed for these bank lines out of the books, and let all their matches fall.

    For taking an import back, and before lines are booked anew. A withdrawn entry becomes rejected without a
    person's decision, so its line may be booked again.

    Args:
        action: the permission of the operation that this is a part of.

    Raises:
        PeriodClosed: an entry falls in a closed period; nothing was taken out.
    """
    company = open_company(session, caller, company_id, action)
    posted = lock_entries_of(session, company, transaction_ids, EntryStatus.POSTED)
    write_reversals(session, caller, company, posted, write=write, now=now)
    withdrawn = withdraw_entries(session, caller, company, transaction_ids, now=now)
    matched = live_matches(session, company_id, transaction_ids)
    take_matches_back(session, company_id, matched, now=now, by=caller.user_id)
    return Released(len(posted), withdrawn)


def withdraw_entries(
    session: Session, caller: Caller, company: OpenCompany, transaction_ids: Collection[UUID], *, now: datetime
) -> int:
    """Withdraw the entries of these lines that wait for review; how many there were. One audit event."""
    waiting = lock_entries_of(session, company, transaction_ids, EntryStatus.NEEDS_REVIEW)
    if not waiting:
        return 0
    company.check_open(entry.booked_on for entry in waiting)
    keys = [entry.id for entry in waiting]
    _set_status(session, company.id, keys, EntryStatus.NEEDS_REVIEW, EntryStatus.REJECTED)
    record(
        session, caller, company_id=company.id, action="proposals withdrawn", subject="entry", now=now,
        after={"entries": len(keys)}, row_count=len(keys), rows_digest=rows_digest((key.hex,) for key in keys),
    )  # fmt: skip
    return len(keys)


def reject_entries(session: Session, company_id: UUID, entry_ids: Collection[UUID]) -> None:
    """Mark locked entries that wait for review as rejected."""
    _set_status(session, company_id, entry_ids, EntryStatus.NEEDS_REVIEW, EntryStatus.REJECTED)


def reopen_rejected(session: Session, company_id: UUID, entry_ids: Collection[UUID]) -> list[UUID]:
    """Let locked rejected entries wait for review again; their ids."""
    _set_status(session, company_id, entry_ids, EntryStatus.REJECTED, EntryStatus.NEEDS_REVIEW)
    return list(entry_ids)


def lock_entries_of(
    session: Session, company: OpenCompany, transaction_ids: Collection[UUID], status: EntryStatus
) -> list[LockedEntry]:
    """The entries of these bank lines that are in this state, locked; lines without one are passed over."""
    keys: list[UUID] = []
    for portion in in_portions(transaction_ids):
        keys += session.execute(
            select(col(JournalEntry.id)).where(
                col(JournalEntry.company_id) == company.id,
                col(JournalEntry.transaction_id).in_(portion),
                col(JournalEntry.status) == status,
            )
        ).scalars()
    return lock_entries(session, company, keys, status) if keys else []


def _opposite_lines(session: Session, entries: Sequence[Reversible]) -> LineColumns:
    number = {entry.id: i for i, entry in enumerate(entries)}
    entry: list[int] = []
    position: list[int] = []
    account_id: list[UUID] = []
    amount_minor: list[int] = []
    foreign: dict[tuple[int, int], str] = {}
    for portion in in_portions(number):
        rows = session.execute(
            select(
                col(JournalLine.entry_id), col(JournalLine.position), col(JournalLine.account_id),
                col(JournalLine.amount_minor), col(JournalLine.currency),
            ).where(col(JournalLine.entry_id).in_(portion))
        )  # fmt: skip
        for key, place, account, amount, currency in rows:
            entry.append(number[key])
            position.append(place)
            account_id.append(account)
            amount_minor.append(-amount)
            if currency != entries[number[key]].currency:
                foreign[number[key], place] = currency
    return LineColumns(entry, position, account_id, amount_minor, _opposite_taxes(session, number), foreign)


def _opposite_taxes(session: Session, number: Mapping[UUID, int]) -> dict[tuple[int, int], tuple[UUID, int]]:
    taxed: dict[tuple[int, int], tuple[UUID, int]] = {}
    for portion in in_portions(number):
        rows = session.execute(
            select(
                col(TaxLine.entry_id), col(TaxLine.position), col(TaxLine.tax_code_id), col(TaxLine.tax_minor)
            ).where(col(TaxLine.entry_id).in_(portion))
        )
        taxed |= {(number[entry_id], place): (code, -tax) for entry_id, place, code, tax in rows}
    return taxed


def _set_status(
    session: Session, company_id: UUID, entry_ids: Collection[UUID], old: EntryStatus, new: EntryStatus
) -> None:
    for portion in in_portions(entry_ids):
        session.execute(
            update(JournalEntry)
            .where(
                col(JournalEntry.company_id) == company_id,
                col(JournalEntry.id).in_(portion),
                col(JournalEntry.status) == old,
            )
            .values(status=new)
            .execution_options(synchronize_session=False)
        )
