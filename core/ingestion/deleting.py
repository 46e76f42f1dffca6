"""Deleting one bank line on purpose, and restoring it. The line stays known, so that no file brings it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import InvalidInput, LineGone, NotFound
from core.posting.closed_statements import check_statements_open
from core.posting.open_entries import OpenCompany, open_company
from core.posting.reversing import release_lines
from core.storage import WriteColumns
from models import DeletedLine, ItemStatus, Match, MatchMember, MatchStatus, OpenItem, Transaction


def delete_line(
    session: Session,
    caller: Caller,
    company_id: UUID,
    transaction_id: UUID,
    *,
    reason: str,
    now: datetime,
    write: WriteColumns,
) -> None:
    """Take a bank line out of the books: its posted entry is reversed, a waiting one withdrawn, its match falls.

    Files that hold the line count it as a duplicate from then on, also if its own file is taken back and comes again.

    Raises:
        InvalidInput: no reason is given.
        LineGone: the line is out of the books already.
        PeriodClosed: the line, or its entry, lies in the locked period.
        StatementClosed: the line lies in a closed statement.
        NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    why = reason.replace("\x00", "").strip()
    if not why:
        raise InvalidInput("Say why the line is deleted; the reason is kept.")
    line = _changeable(session, company, transaction_id)
    if line.reverted_at is not None:
        raise LineGone(line.booked_on)
    release_lines(session, caller, company_id, [transaction_id], write=write, now=now, action=Action.IMPORT)
    _set_reverted(session, company_id, transaction_id, now)
    row = DeletedLine(
        company_id=company_id, transaction_id=transaction_id, reason=why, deleted_by=caller.user_id, deleted_at=now
    )
    session.add(row)
    session.flush()
    record(
        session, caller, company_id=company_id, action="bank line deleted", subject="transaction",
        subject_id=transaction_id, now=now, before=_facts(line), after={"reason": why},
    )  # fmt: skip


def restore_line(session: Session, caller: Caller, company_id: UUID, transaction_id: UUID, *, now: datetime) -> None:
    """Undo a deletion: the line is in the books again, to be booked anew, and its fallen matches are suggested.

    That holds also where its file was taken back meanwhile, since later files may count on the line.

    Raises:
        NotFound: nobody deleted the line, or it is restored already. AccessDenied.
        PeriodClosed: the line lies in the locked period.
        StatementClosed: the line lies in a closed statement.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    line = _changeable(session, company, transaction_id)
    deletion: DeletedLine | None = session.execute(
        select(DeletedLine)
        .where(
            col(DeletedLine.company_id) == company_id,
            col(DeletedLine.transaction_id) == transaction_id,
            col(DeletedLine.restored_at).is_(None),
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if deletion is None:
        raise NotFound("deleted bank line", str(transaction_id))
    deletion.restored_at, deletion.restored_by = now, caller.user_id
    session.add(deletion)
    session.flush()
    _set_reverted(session, company_id, transaction_id, None)
    _suggest_again(session, company_id, transaction_id)
    record(
        session, caller, company_id=company_id, action="bank line restored", subject="transaction",
        subject_id=transaction_id, now=now, before={"reason": deletion.reason}, after=_facts(line),
    )  # fmt: skip


def _changeable(session: Session, company: OpenCompany, transaction_id: UUID) -> Any:
    """The line, provided that neither its period nor a statement that it lies in is closed."""
    line = session.execute(
        select(
            col(Transaction.booked_on), col(Transaction.amount_minor), col(Transaction.currency),
            col(Transaction.description), col(Transaction.reverted_at),
        ).where(col(Transaction.company_id) == company.id, col(Transaction.id) == transaction_id)
    ).one_or_none()  # fmt: skip
    if line is None:
        raise NotFound("bank line", str(transaction_id))
    company.check_open([line.booked_on])
    check_statements_open(session, company.id, [transaction_id])
    return line


def _facts(line: Any) -> dict[str, Any]:
    return {
        "booked_on": line.booked_on,
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "description": line.description,
    }


def _set_reverted(session: Session, company_id: UUID, transaction_id: UUID, at: datetime | None) -> None:
    session.execute(
        update(Transaction)
        .where(col(Transaction.company_id) == company_id, col(Transaction.id) == transaction_id)
        .values(reverted_at=at)
        .execution_options(synchronize_session=False)
    )


def _suggest_again(session: Session, company_id: UUID, transaction_id: UUID) -> None:
    """The line's matches that fell with a deletion, where all that they match is there and in no confirmed match."""
    mine, theirs, other = aliased(MatchMember), aliased(MatchMember), aliased(Match)
    fell = exists().where(
        col(mine.match_id) == col(Match.id),
        col(DeletedLine.transaction_id) == col(mine.transaction_id),
        col(DeletedLine.deleted_at) == col(Match.decided_at),
    )
    line_gone = exists().where(
        col(mine.match_id) == col(Match.id),
        col(Transaction.id) == col(mine.transaction_id),
        col(Transaction.reverted_at).is_not(None),
    )
    item_gone = exists().where(
        col(mine.match_id) == col(Match.id),
        col(OpenItem.id) == col(mine.open_item_id),
        col(OpenItem.removed_at).is_not(None) | (col(OpenItem.status) == ItemStatus.SETTLED),
    )
    taken = exists().where(
        col(mine.match_id) == col(Match.id),
        col(theirs.match_id) == col(other.id),
        col(mine.transaction_id) == col(theirs.transaction_id),
        col(other.status) == MatchStatus.CONFIRMED,
    )
    members = select(col(MatchMember.match_id)).where(col(MatchMember.transaction_id) == transaction_id)
    session.execute(
        update(Match)
        .where(
            col(Match.company_id) == company_id,
            col(Match.id).in_(members),
            col(Match.status) == MatchStatus.DISMISSED,
            fell,
            ~line_gone,
            ~item_gone,
            ~taken,
        )
        .values(status=MatchStatus.SUGGESTED, decided_at=None, decided_by=None)
        .execution_options(synchronize_session=False)
    )
