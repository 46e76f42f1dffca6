"""The latest thing a person did in the queue that can be taken back: decided, prepared, or said."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.shown_names import shown_name
from core.posting.prepared import LastPreparation, last_preparation
from core.posting.undoing import LastDecision, last_decision
from models import LineNote, NoteKind, Transaction


@dataclass(frozen=True, slots=True)
class LastNote:
    """The caller's latest comment, question or deferral, as the undo button names it."""

    thread_id: UUID
    kind: NoteKind
    until_on: date | None
    lines: int
    counterparty: str  # of its first line
    written_at: datetime


LastAction = LastDecision | LastPreparation | LastNote


def last_action(session: Session, caller: Caller, company_id: UUID) -> LastAction | None:
    """What undo takes back for this person: their latest decision, preparation or note that is in force.

    A question that was answered, and a deferral whose day has come, cannot be taken back any more.
    """
    found: list[tuple[datetime, LastAction]] = []
    if decision := last_decision(session, caller, company_id):
        found.append((decision.decided_at, decision))
    if prepared := last_preparation(session, caller, company_id):
        found.append((prepared.prepared_at, prepared))
    if note := _last_note(session, caller, company_id):
        found.append((note.written_at, note))
    return max(found, key=lambda each: each[0])[1] if found else None


def _last_note(session: Session, caller: Caller, company_id: UUID) -> LastNote | None:
    caller.require(company_id, Action.READ)
    mine = (
        col(LineNote.company_id) == company_id,
        col(LineNote.written_by) == caller.user_id,
        col(LineNote.undone_at).is_(None),
        (col(LineNote.kind) == NoteKind.COMMENT)
        | (col(LineNote.kind).in_((NoteKind.QUESTION, NoteKind.DEFERRAL)) & col(LineNote.ended_at).is_(None)),
    )
    latest = session.execute(
        select(col(LineNote.thread_id)).where(*mine).order_by(col(LineNote.written_at).desc()).limit(1)
    ).scalar_one_or_none()
    if latest is None:
        return None
    rows = session.execute(
        select(col(LineNote.kind), col(LineNote.until_on), col(LineNote.written_at), shown_name())
        .join(Transaction, col(Transaction.id) == col(LineNote.transaction_id))
        .where(*mine, col(LineNote.thread_id) == latest)
        .order_by(col(LineNote.id))
    ).all()
    kind, until_on, at, counterparty = rows[0]
    return LastNote(latest, NoteKind(kind), until_on, len(rows), counterparty, at)
