"""The lines that a file brought into the books, a page at a time, and what taking them back would do."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import NotFound
from core.posting.line_search import mentions
from models import (
    DeletedLine,
    EntryStatus,
    JournalEntry,
    Match,
    MatchMember,
    MatchStatus,
    StatementFile,
    Transaction,
)

PAGE = 20  # lines


class LineState(StrEnum):
    """What became of a line since its file was stored."""

    POSTED = "posted"
    REVIEW = "review"  # waits for a person
    UNBOOKED = "unbooked"  # in the books' lines, without an entry
    DELETED = "deleted"  # on purpose, with a reason
    TAKEN_BACK = "taken back"  # with its file


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line. Money is minor units of `currency`, money in > 0; `reason` is why it was deleted, "" otherwise."""

    transaction_id: UUID
    row: int
    booked_on: date
    amount_minor: int
    currency: str
    description: str
    state: LineState
    reason: str


@dataclass(frozen=True, slots=True)
class FileLinesPage:
    """`line_count` covers all pages of the search; `number` is from 1, `pages` at least 1."""

    lines: tuple[FileLine, ...]
    line_count: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class RevertingEffects:
    """What leaves the books with a file, in counts: its lines, entries of each state, matches that were confirmed."""

    lines: int
    posted: int
    waiting: int
    matches: int


def list_file_lines(
    session: Session, caller: Caller, company_id: UUID, file_id: UUID, *, page: int = 1, search: str = ""
) -> FileLinesPage:
    """The new lines of a file in its order; duplicates belong to the file that brought them.

    Args:
        page: from 1; beyond the last one it is the last.
        search: words of the bank's text or the counterparty, or an amount.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    _check_file(session, company_id, file_id)
    chosen = [col(Transaction.company_id) == company_id, col(Transaction.statement_file_id) == file_id]
    if search.strip():
        chosen.append(mentions(session, company_id, search.strip()))
    total = session.execute(select(func.count()).select_from(Transaction).where(*chosen)).scalar_one()
    pages = max(1, -(-total // PAGE))
    number = min(max(1, page), pages)
    entry: Any = (
        select(col(JournalEntry.status))
        .where(
            col(JournalEntry.transaction_id) == col(Transaction.id),
            col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW]),
            col(JournalEntry.reverses_id).is_(None),
        )
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            col(Transaction.id), col(Transaction.row), col(Transaction.booked_on), col(Transaction.amount_minor),
            col(Transaction.currency), col(Transaction.description), col(Transaction.reverted_at),
            entry.label("entry"), col(DeletedLine.reason),
        )
        .outerjoin(
            DeletedLine,
            (col(DeletedLine.transaction_id) == col(Transaction.id)) & col(DeletedLine.restored_at).is_(None),
        )
        .where(*chosen)
        .order_by(col(Transaction.row), col(Transaction.id))
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )  # fmt: skip
    return FileLinesPage(tuple(_line(row) for row in rows), total, number, pages)


def effects_of_reverting(session: Session, caller: Caller, company_id: UUID, file_id: UUID) -> RevertingEffects:
    """What `revert_import` would undo, so that a person knows before; whether it may be done shows when it is done.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    _check_file(session, company_id, file_id)
    live = (
        col(Transaction.company_id) == company_id,
        col(Transaction.statement_file_id) == file_id,
        col(Transaction.reverted_at).is_(None),
    )
    lines = session.execute(select(func.count()).select_from(Transaction).where(*live)).scalar_one()
    posted, waiting = session.execute(
        select(
            func.count(case((col(JournalEntry.status) == EntryStatus.POSTED, 1))),
            func.count(case((col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW, 1))),
        )
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .where(*live, col(JournalEntry.reverses_id).is_(None))
    ).one()
    matches = session.execute(
        select(func.count(func.distinct(col(Match.id))))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .where(*live, col(Match.status) == MatchStatus.CONFIRMED)
    ).scalar_one()
    return RevertingEffects(lines, posted, waiting, matches)


def _check_file(session: Session, company_id: UUID, file_id: UUID) -> None:
    wanted = select(col(StatementFile.id)).where(
        col(StatementFile.company_id) == company_id, col(StatementFile.id) == file_id
    )
    if session.execute(wanted).first() is None:
        raise NotFound("file", str(file_id))


def _line(row: Any) -> FileLine:
    if row.reason:
        state = LineState.DELETED
    elif row.reverted_at is not None:
        state = LineState.TAKEN_BACK
    elif row.entry is None:
        state = LineState.UNBOOKED
    else:
        state = LineState.POSTED if row.entry == EntryStatus.POSTED else LineState.REVIEW
    return FileLine(
        row.id, row.row, row.booked_on, row.amount_minor, row.currency, row.description, state, row.reason or ""
    )
