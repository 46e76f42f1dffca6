"""What a person decides about matches: confirm, dismiss, take apart. Matching by hand is in by_hand.py."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import MatchNotOpen, NotFound
from core.posting.closed_statements import check_statements_open
from core.posting.entries import book_company, rebook_lines
from core.posting.item_settling import reckon_items
from core.posting.open_entries import OpenCompany, open_company
from core.posting.reversing import release_lines
from core.reconciliation.booked_lines import booked_otherwise
from core.reconciliation.exchanges import check_exchange
from core.reconciliation.members import Members, check_free, members_of, sharing
from core.storage import WriteColumns
from models import ItemStatus, Match, MatchMember, MatchStatus, OpenItem


def confirm_match(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """A suggested match holds: its lines are booked by it and its items are settled.

    Lines that somebody booked just so in the meantime stay as they are. Other suggestions for the same lines, or for
    items of which nothing is left, are dismissed with it.

    Raises:
        MatchNotOpen: it is confirmed or dismissed already.
        MatchRefused: a line is booked otherwise or left out, or too little of an item is open by now.
        RateMissing, ExchangeAccountMissing: see core.posting.valuing.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.RECONCILE)
    match = _locked(session, company_id, match_id, MatchStatus.SUGGESTED)
    members = members_of(session, company_id, match_id)
    check_free(session, company, match_id, members)
    if len({line.currency for line in members.lines}) > 1:
        check_exchange(session, company_id, company.base_currency, members.lines)
    put_in_force(session, caller, company, match, members, write=write, now=now, action="match confirmed")


def dismiss_match(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """A suggested match does not hold; it is never proposed again. Its waiting lines get a proposal without it.

    Raises:
        MatchNotOpen: it is confirmed or dismissed already.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.RECONCILE)
    match = _locked(session, company_id, match_id, MatchStatus.SUGGESTED)
    lines = members_of(session, company_id, match_id).lines
    company.check_open(line.booked_on for line in lines if not line.is_posted)
    _set_status(session, company_id, [match_id], MatchStatus.DISMISSED, caller, now)
    _audit(session, caller, match, "match dismissed", MatchStatus.SUGGESTED, MatchStatus.DISMISSED, now)
    waiting = [line.id for line in lines if not line.is_posted and not line.is_rejected]
    if waiting:
        rebook_lines(session, caller, company_id, waiting, write=write, now=now)


def unmatch(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """Take a confirmed match apart: what it booked is reversed, its items are open again, its lines are proposed anew.

    Entries that were booked before it was confirmed stay.

    Raises:
        MatchNotOpen: the match is not confirmed.
        StatementClosed: a line lies in a closed statement.
        PeriodClosed, NotFound, AccessDenied.
    """
    keys = take_apart(session, caller, company_id, match_id, write=write, now=now)
    book_company(session, caller, company_id, write=write, now=now, transaction_ids=keys)


def take_apart(
    session: Session, caller: Caller, company_id: UUID, match_id: UUID, *, write: WriteColumns, now: datetime
) -> list[UUID]:
    """All of `unmatch` but the new proposals: the lines that wait for them."""
    open_company(session, caller, company_id, Action.RECONCILE)
    match = _locked(session, company_id, match_id, MatchStatus.CONFIRMED)
    lines = members_of(session, company_id, match_id).lines
    kept = booked_otherwise(session, company_id, [line.id for line in lines])
    keys = [line.id for line in lines if line.id not in kept]
    check_statements_open(session, company_id, keys)
    release_lines(session, caller, company_id, keys, write=write, now=now, action=Action.RECONCILE)
    _set_status(session, company_id, [match_id], MatchStatus.DISMISSED, caller, now)
    reckon_items(session, company_id, [match_id])
    _audit(session, caller, match, "match taken apart", MatchStatus.CONFIRMED, MatchStatus.DISMISSED, now)
    return keys


def put_in_force(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    match: Match,
    members: Members,
    *,
    write: WriteColumns,
    now: datetime,
    action: str,
    **facts: object,
) -> None:
    """Confirm a match whose members were found free: settle, dismiss its rivals, book its lines."""
    _set_status(session, company.id, [match.id], MatchStatus.CONFIRMED, caller, now)
    reckon_items(session, company.id, [match.id])
    rivals = _rivals(session, company.id, match.id, members)
    _set_status(session, company.id, rivals, MatchStatus.DISMISSED, caller, now)
    before, after = MatchStatus.SUGGESTED, MatchStatus.CONFIRMED
    _audit(session, caller, match, action, before, after, now, dismissed=len(rivals), **facts)
    waiting = [line.id for line in members.lines if not line.is_posted]
    if waiting:
        rebook_lines(session, caller, company.id, waiting, write=write, now=now)


def _locked(session: Session, company_id: UUID, match_id: UUID, status: MatchStatus) -> Match:
    match: Match | None = session.execute(
        select(Match)
        .where(col(Match.company_id) == company_id, col(Match.id) == match_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if match is None:
        raise NotFound("match", str(match_id))
    if match.status != status:
        raise MatchNotOpen(match.status)
    return match


def _rivals(session: Session, company_id: UUID, match_id: UUID, members: Members) -> list[UUID]:
    """Other suggestions that share a line, or an item of which too little is open now."""
    short = (
        select(col(MatchMember.match_id))
        .join(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
        .where(
            col(OpenItem.id).in_([item.id for item in members.items]),
            (col(OpenItem.status) == ItemStatus.SETTLED)
            | (
                (col(MatchMember.settled_minor) > col(OpenItem.amount_minor) - col(OpenItem.settled_minor))
                & (col(OpenItem.amount_minor) > 0)
            )
            | (
                (col(MatchMember.settled_minor) < col(OpenItem.amount_minor) - col(OpenItem.settled_minor))
                & (col(OpenItem.amount_minor) < 0)
            ),
        )
    )
    query = (
        select(col(Match.id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status) == MatchStatus.SUGGESTED,
            col(Match.id) != match_id,
            col(Match.id).in_(sharing([line.id for line in members.lines], ())) | col(Match.id).in_(short),
        )
        .order_by(col(Match.id))
    )
    return list(session.execute(query).scalars())


def _set_status(
    session: Session, company_id: UUID, match_ids: Sequence[UUID], status: MatchStatus, caller: Caller, now: datetime
) -> None:
    session.execute(
        update(Match)
        .where(col(Match.company_id) == company_id, col(Match.id).in_(match_ids))
        .values(status=status, decided_at=now, decided_by=caller.user_id)
        .execution_options(synchronize_session=False)
    )


def _audit(
    session: Session,
    caller: Caller,
    match: Match,
    action: str,
    before: MatchStatus,
    after: MatchStatus,
    now: datetime,
    **facts: object,
) -> None:
    record(
        session, caller, company_id=match.company_id, action=action, subject="match", subject_id=match.id, now=now,
        before={"status": str(before)}, after={"status": str(after), "kind": str(match.kind), **facts},
    )  # fmt: skip
