"""Taking a decision back: what it posted is reversed, and the line waits again with the same proposal."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import DecisionTakenBack, InvalidInput, NotFound
from core.ingestion.shown_names import shown_name
from core.posting.closed_statements import check_statements_open
from core.posting.item_settling import revive_matches
from core.posting.open_entries import LockedEntry, OpenCompany, lock_entries, open_company
from core.posting.prepared import as_prepared
from core.posting.reversing import reopen_rejected, write_reversals
from core.posting.settling import matches_of_lines
from core.posting.writing import NewEntries, in_portions, new_keys, one_line_each, write_entries
from core.storage import WriteColumns
from models import Account, EntryStatus, JournalEntry, Method, Outcome, Review, Transaction


@dataclass(frozen=True, slots=True)
class LastDecision:
    """The caller's latest decision still in force, as the undo button names it."""

    review_ids: tuple[UUID, ...]
    outcome: Outcome
    account: str  # code and name; "" where there is not one
    counterparty: str  # of its first line
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """`entry_ids` wait for review now; `confirmations` counts decisions that had changed nothing in the books."""

    entry_ids: tuple[UUID, ...]
    confirmations: int


def last_decision(session: Session, caller: Caller, company_id: UUID) -> LastDecision | None:
    """What `undo` would take back for this person: all reviews of their latest decision, or None."""
    caller.require(company_id, Action.READ)
    mine = (
        col(Review.company_id) == company_id,
        col(Review.reviewer_id) == caller.user_id,
        col(Review.undone_at).is_(None),
    )
    latest = session.execute(
        select(col(Review.decided_at)).where(*mine).order_by(col(Review.decided_at).desc()).limit(1)
    ).scalar_one_or_none()
    if latest is None:
        return None
    rows = session.execute(
        select(col(Review.id), col(Review.outcome), col(Account.code), col(Account.name), shown_name())
        .join(Transaction, col(Transaction.id) == col(Review.transaction_id))
        .outerjoin(Account, col(Account.id) == col(Review.account_id))
        .where(*mine, col(Review.decided_at) == latest)
        .order_by(col(Review.id))
    ).all()
    _, outcome, code, name, counterparty = rows[0]
    account = f"{code} {name}" if code and len({row[2] for row in rows}) == 1 else ""
    return LastDecision(tuple(row[0] for row in rows), Outcome(outcome), account, counterparty, latest)


def undo(
    session: Session,
    caller: Caller,
    company_id: UUID,
    review_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
) -> Undone:
    """Take decisions back, all or none. Each line returns to the queue with the proposal it had.

    Raises:
        DecisionTakenBack: one of them is not in force any more.
        PeriodClosed: a line falls in a closed period.
        StatementClosed: a line that would leave the books lies in a closed statement.
        EntryNotOpen: what was posted has been reversed since.
        NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    reviews = _lock_reviews(session, company_id, review_ids)
    confirmed = [r for r in reviews if r.was_automatic and r.outcome == Outcome.APPROVED]
    rejected = [r for r in reviews if r.outcome == Outcome.REJECTED]
    decided = [r for r in reviews if r not in confirmed and r not in rejected]
    posted_ids = _posted_by(session, company_id, [r.entry_id for r in decided])
    posted = lock_entries(session, company, posted_ids, EntryStatus.POSTED) if posted_ids else []
    company.check_open(entry.booked_on for entry in posted)
    check_statements_open(session, company_id, [entry.transaction_id for entry in posted])
    left_out = _left_out(session, company, [r.entry_id for r in rejected])
    write_reversals(session, caller, company, posted, write=write, now=now)
    again = [
        entry.match_id for entry in (*posted, *left_out) if entry.match_id and entry.proposed_method == Method.MATCH
    ]
    revive_matches(session, company_id, set(again), now=now, by=caller.user_id)
    waiting = propose_again(session, write, company, posted, now)
    waiting += reopen_rejected(session, company_id, [entry.id for entry in left_out])
    _take_back(session, company_id, [r.id for r in reviews], now)
    record(
        session, caller, company_id=company_id, action="decisions taken back", subject="review", now=now,
        subject_id=reviews[0].id if len(reviews) == 1 else None, row_count=len(reviews),
        after={"waiting_again": len(waiting)}, rows_digest=rows_digest((r.id.hex, r.entry_id.hex) for r in reviews),
    )  # fmt: skip
    return Undone(tuple(waiting), len(confirmed))


@dataclass(frozen=True, slots=True)
class _InForce:
    id: UUID
    entry_id: UUID
    outcome: Outcome
    was_automatic: bool


def _lock_reviews(session: Session, company_id: UUID, review_ids: Collection[UUID]) -> list[_InForce]:
    wanted = sorted(set(review_ids))
    if not wanted:
        raise InvalidInput("There is no decision to take back.")
    found: list[_InForce] = []
    count = 0
    for portion in in_portions(wanted):
        rows = session.execute(
            select(
                col(Review.id), col(Review.entry_id), col(Review.outcome), col(Review.was_automatic),
                col(Review.undone_at),
            )
            .where(col(Review.company_id) == company_id, col(Review.id).in_(portion))
            .order_by(col(Review.id))
            .with_for_update()
        ).all()  # fmt: skip
        count += len(rows)
        found += [
            _InForce(key, entry, Outcome(outcome), auto) for key, entry, outcome, auto, undone in rows if not undone
        ]
    if count < len(wanted):
        raise NotFound("decision", str(next(iter(set(wanted) - {r.id for r in found}))))
    if len(found) < count:
        raise DecisionTakenBack
    return found


def _posted_by(session: Session, company_id: UUID, entry_ids: Iterable[UUID]) -> list[UUID]:
    """The entry that each decision left in the books: its replacement where the decision corrected a posted one."""
    keys = list(entry_ids)
    replacement: dict[UUID, UUID] = {}
    for portion in in_portions(keys):
        rows = session.execute(
            select(col(JournalEntry.replaces_id), col(JournalEntry.id)).where(
                col(JournalEntry.company_id) == company_id, col(JournalEntry.replaces_id).in_(portion)
            )
        )
        replacement |= dict(iter(rows))
    return [replacement.get(key, key) for key in keys]


def _left_out(session: Session, company: OpenCompany, entry_ids: Sequence[UUID]) -> list[LockedEntry]:
    """The rejected entries, provided that their lines are still there and their period is open."""
    if not entry_ids:
        return []
    entries = lock_entries(session, company, entry_ids, EntryStatus.REJECTED)
    company.check_open(entry.booked_on for entry in entries)
    for portion in in_portions(entry.transaction_id for entry in entries):
        gone = session.execute(
            select(col(Transaction.id))
            .where(col(Transaction.id).in_(portion), col(Transaction.reverted_at).is_not(None))
            .limit(1)
        ).scalar_one_or_none()
        if gone is not None:
            raise InvalidInput("The file of this line was taken back, so there is nothing left to review.")
    return entries


def propose_again(
    session: Session,
    write: WriteColumns,
    company: OpenCompany,
    entries: Sequence[LockedEntry],
    now: datetime,
) -> list[UUID]:
    """New entries waiting for review with the proposals that these entries had."""
    if not entries:
        return []
    keys = new_keys(len(entries))
    days: list[date] = _line_days(session, [entry.transaction_id for entry in entries])
    company.check_open(days)
    new = NewEntries(
        id=keys,
        transaction_id=[entry.transaction_id for entry in entries],
        booked_on=days,
        currency=[entry.currency for entry in entries],
        method=[entry.proposed_method for entry in entries],
        lines=as_prepared(
            session,
            company.id,
            entries,
            one_line_each(
                [entry.bank_account_id for entry in entries],
                [entry.proposed_account_id for entry in entries],
                [entry.amount_minor for entry in entries],
                _matched_parts(session, company.id, entries),
            ),
        ),
        optional={"proposal_id": [entry.proposal_id for entry in entries]},
    )
    write_entries(session, write, company.id, new, now=now)
    return keys


def _line_days(session: Session, transaction_ids: Sequence[UUID]) -> list[date]:
    """The bank's day of each line: a corrected entry may have been booked on a later one."""
    days: dict[UUID, date] = {}
    for portion in in_portions(transaction_ids):
        rows = session.execute(
            select(col(Transaction.id), col(Transaction.booked_on)).where(col(Transaction.id).in_(portion))
        )
        days |= dict(iter(rows))
    return [days[key] for key in transaction_ids]


def _matched_parts(
    session: Session, company_id: UUID, entries: Sequence[LockedEntry]
) -> dict[int, list[tuple[UUID, int]]]:
    """The several accounts of those lines whose match settles items of several accounts."""
    numbers = {
        entry.transaction_id: number
        for number, entry in enumerate(entries)
        if entry.match_id and entry.proposed_method == Method.MATCH
    }
    parts: dict[int, list[tuple[UUID, int]]] = {}
    for portion in in_portions(numbers):
        lines = select(col(Transaction.id)).where(
            col(Transaction.company_id) == company_id, col(Transaction.id).in_(portion)
        )
        for transaction_id, match in matches_of_lines(session, company_id, lines).items():
            number = numbers[transaction_id]
            if match.match_id == entries[number].match_id and (shares := match.parts_of(transaction_id)):
                parts[number] = shares
    return parts


def _take_back(session: Session, company_id: UUID, review_ids: Iterable[UUID], now: datetime) -> None:
    for portion in in_portions(review_ids):
        session.execute(
            update(Review)
            .where(col(Review.company_id) == company_id, col(Review.id).in_(portion))
            .values(undone_at=now)
            .execution_options(synchronize_session=False)
        )
