"""What people say about lines while they wait: comments, questions to the bookkeeper with their answers, deferrals.

A line that is asked about or put off leaves the queue of open lines by itself (see docs/posting-and-review.md) and
comes back with the answer or on its day. One thing said of several lines is one thread, and is taken back as one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import InvalidInput, NotFound, QuestionNotOpen
from core.posting.open_entries import OpenCompany, lock_entries, open_company
from core.posting.writing import in_portions, new_keys
from core.storage import WriteColumns
from models import EntryStatus, LineNote, NoteKind, Transaction

LONGEST = 1000  # signs of a text
LATEST_DAYS = 366  # for which a line can be put off


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of how many lines; `thread_id` is what `take_back_note` takes."""

    thread_id: UUID
    kind: NoteKind
    lines: int


def comment(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    text: str,
    *,
    write: WriteColumns,
    now: datetime,
) -> Said:
    """Write a comment to waiting lines; they stay where they are.

    Raises:
        EntryNotOpen: an entry does not wait for review any more.
        InvalidInput: the text is empty or too long.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    lines = _waiting(session, company, entry_ids)
    return _write(session, write, caller, company, lines, NoteKind.COMMENT, _checked(text, "the comment"), now, now)


def ask(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    text: str,
    *,
    write: WriteColumns,
    now: datetime,
) -> Said:
    """Ask the bookkeeper about waiting lines; they leave the queue until somebody answers.

    Raises: as `comment`.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    lines = _waiting(session, company, entry_ids)
    return _write(session, write, caller, company, lines, NoteKind.QUESTION, _checked(text, "the question"), now)


def answer(
    session: Session,
    caller: Caller,
    company_id: UUID,
    thread_id: UUID,
    text: str,
    *,
    write: WriteColumns,
    now: datetime,
) -> Said:
    """Answer a question; its lines that still wait return to the queue.

    Raises:
        QuestionNotOpen: it was answered or taken back meanwhile.
        NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    asked = [note for note in _thread(session, company_id, thread_id) if note.kind == NoteKind.QUESTION]
    if not asked:
        raise NotFound("question", str(thread_id))
    if any(note.ended_at for note in asked):
        raise QuestionNotOpen
    lines = [note.transaction_id for note in asked]
    said = _checked(text, "the answer")
    _write(session, write, caller, company, lines, NoteKind.ANSWER, said, now, now, thread_id=thread_id)
    _end(session, company_id, [note.id for note in asked], now)
    return Said(thread_id, NoteKind.ANSWER, len(lines))


def defer(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    until_on: date,
    *,
    write: WriteColumns,
    today: date,
    now: datetime,
) -> Said:
    """Put waiting lines off; they come back into the queue on that day, see `return_due`.

    Raises:
        InvalidInput: the day is not after today, or more than a year away.
        EntryNotOpen, PeriodClosed, NotFound, AccessDenied.
    """
    if not 0 < (until_on - today).days <= LATEST_DAYS:
        raise InvalidInput("Choose a day after today and within a year.")
    company = open_company(session, caller, company_id, Action.REVIEW)
    lines = _waiting(session, company, entry_ids)
    return _write(session, write, caller, company, lines, NoteKind.DEFERRAL, "", now, until_on=until_on)


def return_due(session: Session, caller: Caller, company_id: UUID, *, today: date, now: datetime) -> int:
    """Bring back the lines whose day has come; how many deferrals ended. Whoever opens the queue may do it."""
    caller.require(company_id, Action.READ)
    if not has_due(session, company_id, today=today):
        return 0
    due = [
        col(LineNote.company_id) == company_id,
        col(LineNote.kind) == NoteKind.DEFERRAL,
        col(LineNote.ended_at).is_(None),
        col(LineNote.until_on) <= today,
    ]
    open_company(session, caller, company_id, Action.READ)
    keys = session.execute(select(col(LineNote.id)).where(*due)).scalars().all()
    _end(session, company_id, keys, now)
    return len(keys)


def has_due(session: Session, company_id: UUID, *, today: date) -> bool:
    """Whether a deferral's day has come. The caller's access is checked already."""
    query = select(func.min(LineNote.until_on)).where(
        col(LineNote.company_id) == company_id,
        col(LineNote.kind) == NoteKind.DEFERRAL,
        col(LineNote.ended_at).is_(None),
    )
    first: date | None = session.execute(query).scalar_one()
    return first is not None and first <= today


def take_back_note(session: Session, caller: Caller, company_id: UUID, thread_id: UUID, *, now: datetime) -> Said:
    """Take a comment, a question or a deferral back, as long as the period of its lines is open.

    An answered question stays: what was answered was read.

    Raises:
        QuestionNotOpen: it was answered, or taken back already.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    notes = _thread(session, company_id, thread_id)
    if not notes:
        raise NotFound("note", str(thread_id))
    if notes[0].kind != NoteKind.COMMENT:
        caller.require(company_id, Action.REVIEW)
    if any(note.undone_at or note.kind == NoteKind.ANSWER for note in notes):
        raise QuestionNotOpen
    company.check_open(_days(session, [note.transaction_id for note in notes]))
    keys = [note.id for note in notes]
    _end(session, company_id, [note.id for note in notes if not note.ended_at], now)
    for portion in in_portions(keys):
        session.execute(
            update(LineNote)
            .where(col(LineNote.company_id) == company_id, col(LineNote.id).in_(portion))
            .values(undone_at=now)
            .execution_options(synchronize_session=False)
        )
    kind = NoteKind(notes[0].kind)
    _audit(session, caller, company_id, f"{kind} taken back", thread_id, len(notes), now)
    return Said(thread_id, kind, len(notes))


def _waiting(session: Session, company: OpenCompany, entry_ids: Collection[UUID]) -> list[UUID]:
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    return [entry.transaction_id for entry in entries]


def _thread(session: Session, company_id: UUID, thread_id: UUID) -> Sequence[LineNote]:
    return (
        session.execute(
            select(LineNote)
            .where(col(LineNote.company_id) == company_id, col(LineNote.thread_id) == thread_id)
            .order_by(col(LineNote.written_at), col(LineNote.id))
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )


def _days(session: Session, transaction_ids: Sequence[UUID]) -> list[date]:
    days: list[date] = []
    for portion in in_portions(transaction_ids):
        days += session.execute(select(col(Transaction.booked_on)).where(col(Transaction.id).in_(portion))).scalars()
    return days


def _end(session: Session, company_id: UUID, note_ids: Collection[UUID], now: datetime) -> None:
    for portion in in_portions(note_ids):
        session.execute(
            update(LineNote)
            .where(col(LineNote.company_id) == company_id, col(LineNote.id).in_(portion))
            .values(ended_at=now)
            .execution_options(synchronize_session=False)
        )


def _write(
    session: Session,
    write: WriteColumns,
    caller: Caller,
    company: OpenCompany,
    lines: Sequence[UUID],
    kind: NoteKind,
    text: str,
    now: datetime,
    ended_at: datetime | None = None,
    *,
    thread_id: UUID | None = None,
    until_on: date | None = None,
) -> Said:
    count, thread = len(lines), thread_id or uuid4()
    columns: dict[str, Sequence[object]] = {
        "id": new_keys(count),
        "company_id": [company.id] * count,
        "transaction_id": lines,
        "thread_id": [thread] * count,
        "kind": [str(kind)] * count,
        "text": [text] * count,
        "until_on": [until_on] * count,
        "written_by": [caller.user_id] * count,
        "written_at": [now] * count,
        "ended_at": [ended_at] * count,
    }
    write(session, LineNote, columns)
    _audit(session, caller, company.id, f"{kind} written", thread, count, now, text=text, until_on=str(until_on or ""))
    return Said(thread, kind, count)


def _checked(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(f"Write {what} first.")
    if len(text) > LONGEST:
        raise InvalidInput(f"Shorten {what}: it has {len(text):,} signs, and {LONGEST:,} are possible.")
    return text


def _audit(
    session: Session,
    caller: Caller,
    company_id: UUID,
    action: str,
    thread_id: UUID,
    lines: int,
    now: datetime,
    **facts: str,
) -> None:
    record(
        session, caller, company_id=company_id, action=action, subject="note", subject_id=thread_id, now=now,
        after={name: value for name, value in facts.items() if value}, row_count=lines,
    )  # fmt: skip
