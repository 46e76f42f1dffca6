"""Taking an import back: its lines leave the books, the file and what it said stay in the history."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, func, select, update
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import ImportInUse, NotFound, PeriodClosed
from core.ingestion.import_setting import load_setting
from core.posting.reversing import release_lines
from core.posting.writing import in_portions
from core.reconciliation.deciding import dismiss_match
from core.storage import WriteColumns
from models import (
    FileKind,
    FileStatus,
    Match,
    MatchMember,
    MatchStatus,
    OpenItem,
    Reconciliation,
    ReconciliationStatus,
    StatementFile,
    Transaction,
)


def revert_import(
    session: Session, caller: Caller, company_id: UUID, file_id: UUID, *, now: datetime, write: WriteColumns
) -> int:
    """Take a stored file back: posted entries of its lines are reversed, waiting ones withdrawn, open items removed.

    The same file can be imported again afterwards. Lines of it that a person deleted stay deleted.

    Returns:
        How many lines or items left the books.

    Raises:
        PeriodClosed: a line, or an entry of one, lies in the locked period.
        ImportInUse: the file is not stored (any more), its statement is reconciled, a later file counts on its lines,
            or one of its items is matched.
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.IMPORT)
    setting = load_setting(session, company_id, (), lock=True)
    file = _get_file(session, company_id, file_id)
    if file.status != FileStatus.STORED:
        raise ImportInUse(file.name, f"it is {file.status}, so nothing of it is in the books")
    if file.kind == FileKind.OPEN_ITEMS:
        count, digest = _remove_items(session, caller, company_id, file, write, now)
    else:
        count, digest = _take_back_lines(session, caller, company_id, file, setting.closed_through_on, write, now)
    session.execute(
        update(StatementFile)
        .where(col(StatementFile.company_id) == company_id, col(StatementFile.id) == file_id)
        .values(status=FileStatus.REVERTED, reverted_at=now)
        .execution_options(synchronize_session=False)
    )
    record(
        session, caller, company_id=company_id, action="file taken back", subject="statement_file",
        subject_id=file_id, before={"status": FileStatus.STORED}, after={"status": FileStatus.REVERTED},
        row_count=count, rows_digest=digest, now=now,
    )  # fmt: skip
    return count


def _get_file(session: Session, company_id: UUID, file_id: UUID) -> Row[tuple[UUID, str, str, str, datetime]]:
    file = session.execute(
        select(
            col(StatementFile.id), col(StatementFile.name), col(StatementFile.kind), col(StatementFile.status),
            col(StatementFile.uploaded_at),
        ).where(col(StatementFile.company_id) == company_id, col(StatementFile.id) == file_id)
    ).one_or_none()  # fmt: skip
    if file is None:
        raise NotFound("file", str(file_id))
    return file


def _take_back_lines(
    session: Session,
    caller: Caller,
    company_id: UUID,
    file: Row[tuple[UUID, str, str, str, datetime]],
    closed_through_on: date | None,
    write: WriteColumns,
    now: datetime,
) -> tuple[int, str]:
    lines = session.execute(
        select(col(Transaction.id), col(Transaction.bank_account_id), col(Transaction.booked_on))
        .where(_live_lines(company_id, file.id))
        .order_by(col(Transaction.booked_on), col(Transaction.id))
    ).all()
    if lines and closed_through_on and lines[0].booked_on <= closed_through_on:
        raise PeriodClosed(lines[0].booked_on, closed_through_on)
    _refuse_reconciled(session, company_id, file)
    _refuse_counted_on(session, company_id, file)
    keys = [line.id for line in lines]
    if keys:
        release_lines(session, caller, company_id, keys, write=write, now=now, action=Action.IMPORT)
    session.execute(
        update(Transaction)
        .where(_live_lines(company_id, file.id))
        .values(reverted_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Reconciliation)
        .where(col(Reconciliation.company_id) == company_id, col(Reconciliation.statement_file_id) == file.id)
        .execution_options(synchronize_session=False)
    )
    return len(keys), rows_digest([[key.hex for key in keys]])


def _live_lines(company_id: UUID, file_id: UUID) -> ColumnElement[bool]:
    """The file's lines but for those that a person deleted, which stay as they are."""
    return and_(
        col(Transaction.company_id) == company_id,
        col(Transaction.statement_file_id) == file_id,
        col(Transaction.reverted_at).is_(None),
    )


def _refuse_reconciled(session: Session, company_id: UUID, file: Row[tuple[UUID, str, str, str, datetime]]) -> None:
    closed = select(col(Reconciliation.id)).where(
        col(Reconciliation.company_id) == company_id,
        col(Reconciliation.statement_file_id) == file.id,
        col(Reconciliation.status) == ReconciliationStatus.CLOSED,
    )
    if session.execute(closed.limit(1)).first():
        raise ImportInUse(file.name, "its statement is reconciled; a manager has to reopen that first")


def _refuse_counted_on(session: Session, company_id: UUID, file: Row[tuple[UUID, str, str, str, datetime]]) -> None:
    """Lines that a later file holds too were not stored again with it, so they would be missing from then on."""
    spans = (
        select(
            col(Transaction.bank_account_id).label("account"),
            func.min(col(Transaction.booked_on)).label("first"),
            func.max(col(Transaction.booked_on)).label("last"),
        )
        .where(col(Transaction.company_id) == company_id, col(Transaction.statement_file_id) == file.id)
        .group_by(col(Transaction.bank_account_id))
        .subquery()
    )
    later = (
        select(col(StatementFile.name))
        .join(Reconciliation, col(Reconciliation.statement_file_id) == col(StatementFile.id))
        .join(spans, spans.c.account == col(Reconciliation.bank_account_id))
        .where(
            col(StatementFile.company_id) == company_id,
            col(StatementFile.status) == FileStatus.STORED,
            col(StatementFile.id) != file.id,
            col(StatementFile.uploaded_at) > file.uploaded_at,
            col(StatementFile.duplicate_count) > 0,
            col(Reconciliation.first_on) <= spans.c.last,
            col(Reconciliation.last_on) >= spans.c.first,
        )
        .order_by(col(StatementFile.uploaded_at).desc())
    )
    if name := session.execute(later.limit(1)).scalar():
        raise ImportInUse(file.name, f"{name} came later and counts on lines of it; take that file back first")


def _remove_items(
    session: Session,
    caller: Caller,
    company_id: UUID,
    file: Row[tuple[UUID, str, str, str, datetime]],
    write: WriteColumns,
    now: datetime,
) -> tuple[int, str]:
    """Remove the file's items; what was suggested for them falls."""
    items = select(col(OpenItem.id)).where(
        col(OpenItem.company_id) == company_id, col(OpenItem.statement_file_id) == file.id
    )
    keys = session.execute(items.order_by(col(OpenItem.id))).scalars().all()
    matches = session.execute(
        select(col(Match.id), col(Match.status), col(OpenItem.number))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .join(OpenItem, col(MatchMember.open_item_id) == col(OpenItem.id))
        .where(col(Match.company_id) == company_id, col(OpenItem.statement_file_id) == file.id)
    ).all()
    for _, status, number in matches:
        if status == MatchStatus.CONFIRMED:
            raise ImportInUse(file.name, f"{number} is matched with a bank line; undo that match first")
    for match in {key for key, status, _ in matches if status == MatchStatus.SUGGESTED}:
        dismiss_match(session, caller, company_id, match, write=write, now=now)
    # Proposals name the matches that they were made with, so those stay, without members.
    for portion in in_portions({match for match, _, _ in matches}):
        session.execute(delete(MatchMember).where(col(MatchMember.match_id).in_(portion)))
    session.execute(
        delete(OpenItem)
        .where(col(OpenItem.company_id) == company_id, col(OpenItem.statement_file_id) == file.id)
        .execution_options(synchronize_session=False)
    )
    return len(keys), rows_digest([[key.hex for key in keys]])
