"""What was said and done about bank lines: open questions, the notes of lines, and a line's whole history."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.shown_names import shown_name
from models import (
    Account,
    Attachment,
    BankAccount,
    EntryStatus,
    JournalEntry,
    LineNote,
    NoteKind,
    Outcome,
    Preparation,
    Proposal,
    Review,
    Transaction,
    User,
    WaitingLine,
)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for an answer, with the facts of its largest line."""

    thread_id: UUID
    text: str
    asked_by: str  # display name; "" for a script
    asked_at: datetime
    lines: int
    booked_on: date
    counterparty: str
    description: str
    amount_minor: int
    currency: str
    bank_account: str  # its name


@dataclass(frozen=True, slots=True)
class Note:
    """A comment, question, answer or deferral."""

    kind: NoteKind
    text: str
    until_on: date | None
    written_by: str  # display name; "" for a script
    written_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One step in the life of a bank line. `what` is a noun or a verb; `detail` is "" where there is no more to say."""

    at: datetime
    what: str
    detail: str
    who: str  # display name; "" for the machine or a script


OUTCOME_WORDS = {
    Outcome.APPROVED: "Approved",
    Outcome.CORRECTED: "Booked to another account",
    Outcome.SPLIT: "Split",
    Outcome.REJECTED: "Left out of the books",
}
NOTE_WORDS = {
    NoteKind.COMMENT: "Comment",
    NoteKind.QUESTION: "Question",
    NoteKind.ANSWER: "Answer",
    NoteKind.DEFERRAL: "Put off",
}


def open_questions(session: Session, caller: Caller, company_id: UUID) -> list[OpenQuestion]:
    """The questions that wait for an answer and whose lines still wait for a decision, the oldest first."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(
            col(LineNote.thread_id), col(LineNote.text), col(User.display_name), col(LineNote.written_at),
            col(Transaction.booked_on), shown_name(company_id), col(Transaction.description),
            col(Transaction.amount_minor), col(Transaction.currency), col(BankAccount.name),
        )
        .select_from(LineNote)
        .join(WaitingLine, col(WaitingLine.transaction_id) == col(LineNote.transaction_id))
        .join(Transaction, col(Transaction.id) == col(LineNote.transaction_id))
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .outerjoin(User, col(User.id) == col(LineNote.written_by))
        .where(
            col(LineNote.company_id) == company_id,
            col(LineNote.kind) == NoteKind.QUESTION,
            col(LineNote.ended_at).is_(None),
        )
        .order_by(col(LineNote.written_at), func.abs(Transaction.amount_minor).desc())
    ).all()  # fmt: skip
    threads: dict[UUID, list[Any]] = {}
    for row in rows:
        threads.setdefault(row[0], []).append(row)
    return [OpenQuestion(key, of[0][1], of[0][2] or "", of[0][3], len(of), *of[0][4:]) for key, of in threads.items()]


def notes_of(session: Session, caller: Caller, company_id: UUID, transaction_ids: Collection[UUID]) -> list[Note]:
    """What was said about these lines and not taken back, each thing once, the oldest first."""
    caller.require(company_id, Action.READ)
    query = _notes(company_id, transaction_ids).where(col(LineNote.undone_at).is_(None))
    seen: dict[tuple[Any, ...], Note] = {}
    for thread, *facts in session.execute(query):
        note = _note(facts)
        seen.setdefault((thread, note.kind, note.written_at), note)
    return list(seen.values())


def line_history(session: Session, caller: Caller, company_id: UUID, transaction_id: UUID) -> list[Happening]:
    """Everything that happened to a bank line since it came in, the oldest first.

    A line of another company has no history here, so that ids reveal nothing.
    """
    caller.require(company_id, Action.READ)
    found = [
        *_proposed(session, company_id, transaction_id),
        *_booked(session, company_id, transaction_id),
        *_decided(session, company_id, transaction_id),
        *_said(session, company_id, transaction_id),
        *_attached(session, company_id, transaction_id),
    ]
    return sorted(found, key=lambda step: step.at)


def _notes(company_id: UUID, transaction_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(LineNote.thread_id), col(LineNote.kind), col(LineNote.text), col(LineNote.until_on),
            col(User.display_name), col(LineNote.written_at), col(LineNote.undone_at),
        )
        .outerjoin(User, col(User.id) == col(LineNote.written_by))
        .where(col(LineNote.company_id) == company_id, col(LineNote.transaction_id).in_(transaction_ids))
        .order_by(col(LineNote.written_at), col(LineNote.id))
    )  # fmt: skip


def _note(facts: Any) -> Note:
    kind, text, until_on, by, at, undone_at = facts
    return Note(NoteKind(kind), text, until_on, by or "", at, undone_at)


def _said(session: Session, company_id: UUID, transaction_id: UUID) -> list[Happening]:
    steps: list[Happening] = []
    for _, *facts in session.execute(_notes(company_id, [transaction_id])):
        note = _note(facts)
        detail = f"until {note.until_on}" if note.until_on else note.text
        steps.append(Happening(note.written_at, NOTE_WORDS[note.kind], detail, note.written_by))
        if note.undone_at:
            steps.append(Happening(note.undone_at, f"{NOTE_WORDS[note.kind]} taken back", "", note.written_by))
    return steps


def _attached(session: Session, company_id: UUID, transaction_id: UUID) -> list[Happening]:
    rows = session.execute(
        select(col(Attachment.attached_at), col(Attachment.name), col(User.display_name))
        .outerjoin(User, col(User.id) == col(Attachment.attached_by))
        .where(col(Attachment.company_id) == company_id, col(Attachment.transaction_id) == transaction_id)
    )
    return [Happening(at, "Receipt", name, by or "") for at, name, by in rows]


def _proposed(session: Session, company_id: UUID, transaction_id: UUID) -> list[Happening]:
    rows = session.execute(
        select(
            col(Proposal.created_at), col(Account.code), col(Account.name), col(Proposal.reason), col(Preparation.id),
            col(User.display_name),
        )
        .join(Account, col(Account.id) == col(Proposal.account_id))
        .outerjoin(Preparation, col(Preparation.proposal_id) == col(Proposal.id))
        .outerjoin(User, col(User.id) == col(Preparation.prepared_by))
        .where(col(Proposal.company_id) == company_id, col(Proposal.transaction_id) == transaction_id)
    )  # fmt: skip
    return [
        Happening(
            at, "Prepared" if prepared else "Proposed", ": ".join(filter(None, (f"{code} {name}", why))), by or ""
        )
        for at, code, name, why, prepared, by in rows
    ]


def _booked(session: Session, company_id: UUID, transaction_id: UUID) -> list[Happening]:
    reversal, poster, reverser = aliased(JournalEntry), aliased(User), aliased(User)
    rows = session.execute(
        select(
            col(JournalEntry.status), col(JournalEntry.booked_on), col(JournalEntry.posted_at),
            col(JournalEntry.auto_approved), col(poster.display_name), col(reversal.posted_at),
            col(reversal.booked_on), col(reverser.display_name),
        )
        .outerjoin(reversal, col(reversal.reverses_id) == col(JournalEntry.id))
        .outerjoin(poster, col(poster.id) == col(JournalEntry.posted_by))
        .outerjoin(reverser, col(reverser.id) == col(reversal.posted_by))
        .where(col(JournalEntry.company_id) == company_id, col(JournalEntry.transaction_id) == transaction_id)
    ).all()  # fmt: skip
    steps: list[Happening] = []
    for status, day, posted_at, alone, by, reversed_at, reversal_day, reversed_by in rows:
        if posted_at and status in (EntryStatus.POSTED, EntryStatus.REVERSED):
            steps.append(Happening(posted_at, "Posted", f"on {day}" + (" by the policy" if alone else ""), by or ""))
        if reversed_at:
            steps.append(Happening(reversed_at, "Reversed", f"on {reversal_day}", reversed_by or ""))
    return steps


def _decided(session: Session, company_id: UUID, transaction_id: UUID) -> list[Happening]:
    rows = session.execute(
        select(
            col(Review.decided_at), col(Review.outcome), col(Account.code), col(Account.name), col(Review.comment),
            col(User.display_name), col(Review.undone_at),
        )
        .outerjoin(Account, col(Account.id) == col(Review.account_id))
        .outerjoin(User, col(User.id) == col(Review.reviewer_id))
        .where(col(Review.company_id) == company_id, col(Review.transaction_id) == transaction_id)
    )  # fmt: skip
    steps: list[Happening] = []
    for at, outcome, code, name, said, by, undone_at in rows:
        detail = ": ".join(filter(None, (f"{code} {name}" if code else "", said)))
        steps.append(Happening(at, OUTCOME_WORDS[Outcome(outcome)], detail, by or ""))
        if undone_at:
            steps.append(Happening(undone_at, "Decision taken back or replaced", "", ""))
    return steps
