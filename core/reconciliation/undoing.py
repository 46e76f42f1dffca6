"""Taking back a decision on a match: what was confirmed or dismissed is a suggestion again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import MatchNotOpen, MatchRefused, NotFound
from core.posting.entries import book_company, rebook_lines
from core.posting.item_settling import can_hold
from core.posting.open_entries import open_company
from core.posting.settling import BY_HAND
from core.reconciliation.deciding import take_apart
from core.storage import WriteColumns
from models import Match, MatchMember, MatchStatus


def take_back(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """The decision on a match never was: a confirmed one is taken apart, and it is suggested as before.

    Suggestions that fell with its confirmation come back with it. What was matched by hand was no suggestion before,
    so it is only taken apart. Lines that wait are proposed anew.

    Raises:
        MatchNotOpen: nobody decided on it.
        MatchRefused: a line or an item of it is in another confirmed match by now.
        StatementClosed: a line lies in a closed statement.
        PeriodClosed, NotFound, AccessDenied.
    """
    open_company(session, caller, company_id, Action.RECONCILE)
    match = _locked(session, company_id, match_id)
    before = MatchStatus(match.status)
    if before is MatchStatus.SUGGESTED:
        raise MatchNotOpen(before)
    again = [match_id]
    if before is MatchStatus.CONFIRMED:
        again += _fallen_with(session, match)
        free = take_apart(session, caller, company_id, match_id, write=write, now=now)
        if match.reason == BY_HAND:
            book_company(session, caller, company_id, write=write, now=now, transaction_ids=free)
            return
    if match_id not in can_hold(session, company_id, [match_id]):
        raise MatchRefused("a line or an item is in a confirmed match by now; take that apart first")
    session.execute(
        update(Match)
        .where(col(Match.company_id) == company_id, col(Match.id).in_(again))
        .values(status=MatchStatus.SUGGESTED, decided_at=None, decided_by=None)
        .execution_options(synchronize_session=False)
    )
    record(
        session, caller, company_id=company_id, action="match decision taken back", subject="match",
        subject_id=match_id, now=now, before={"status": str(before)},
        after={"status": str(MatchStatus.SUGGESTED), "matches": len(again)},
    )  # fmt: skip
    rebook_lines(session, caller, company_id, _lines(session, company_id, again), write=write, now=now)


def _locked(session: Session, company_id: UUID, match_id: UUID) -> Match:
    match: Match | None = session.execute(
        select(Match)
        .where(col(Match.company_id) == company_id, col(Match.id) == match_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if match is None:
        raise NotFound("match", str(match_id))
    return match


def _fallen_with(session: Session, match: Match) -> list[UUID]:
    """The suggestions that its confirmation dismissed: same person, same moment, a member shared."""
    mine, theirs = aliased(MatchMember), aliased(MatchMember)
    rows = session.execute(
        select(col(Match.id))
        .join(theirs, col(theirs.match_id) == col(Match.id))
        .join(
            mine,
            (col(mine.transaction_id) == col(theirs.transaction_id))
            | (col(mine.open_item_id) == col(theirs.open_item_id)),
        )
        .where(
            col(Match.company_id) == match.company_id,
            col(Match.id) != match.id,
            col(Match.status) == MatchStatus.DISMISSED,
            col(Match.decided_at) == match.decided_at,
            col(Match.decided_by) == match.decided_by,
            col(mine.match_id) == match.id,
        )
        .distinct()
    )
    return list(rows.scalars())


def _lines(session: Session, company_id: UUID, match_ids: Sequence[UUID]) -> list[UUID]:
    rows = session.execute(
        select(col(MatchMember.transaction_id))
        .where(
            col(MatchMember.company_id) == company_id,
            col(MatchMember.match_id).in_(match_ids),
            col(MatchMember.transaction_id).is_not(None),
        )
        .distinct()
    )
    return [key for key in rows.scalars() if key is not None]
