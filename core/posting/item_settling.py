"""Open items become settled, wholly or in part, by the matches in force, and open again when those fall."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.posting.writing import in_portions
from models import (
    Account,
    AccountRole,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    Method,
    OpenItem,
    Proposal,
)


def reckon_items(session: Session, company_id: UUID, match_ids: Collection[UUID]) -> None:
    """Of every item of these matches: what the confirmed matches settle of it is settled, the rest is open."""
    member, match = aliased(MatchMember), aliased(Match)
    settled = (
        select(func.coalesce(func.sum(col(member.settled_minor)), 0))
        .join(match, col(match.id) == col(member.match_id))
        .where(col(member.open_item_id) == col(OpenItem.id), col(match.status) == MatchStatus.CONFIRMED)
        .correlate(OpenItem)
        .scalar_subquery()
    )
    for portion in in_portions(match_ids):
        items = select(col(MatchMember.open_item_id)).where(
            col(MatchMember.match_id).in_(portion), col(MatchMember.open_item_id).is_not(None)
        )
        session.execute(
            update(OpenItem)
            .where(col(OpenItem.company_id) == company_id, col(OpenItem.id).in_(items))
            .values(
                settled_minor=settled,
                status=case((settled == col(OpenItem.amount_minor), ItemStatus.SETTLED), else_=ItemStatus.OPEN),
            )
            .execution_options(synchronize_session=False)
        )


def take_matches_back(
    session: Session, company_id: UUID, match_ids: Collection[UUID], *, now: datetime, by: UUID | None
) -> None:
    """The matches hold no longer, and what they had settled is open again."""
    _set_status(session, company_id, match_ids, MatchStatus.DISMISSED, now=now, by=by)
    reckon_items(session, company_id, match_ids)


def revive_matches(
    session: Session, company_id: UUID, match_ids: Collection[UUID], *, now: datetime, by: UUID | None
) -> None:
    """What let these matches fall is taken back: they hold again, and their items are settled.

    Those stay fallen of which a line is in another confirmed match by now, an item has too little open, or a line is
    booked elsewhere.
    """
    wanted = set(match_ids) - _booked_elsewhere(session, company_id, match_ids)
    free = can_hold(session, company_id, sorted(wanted))
    _set_status(session, company_id, free, MatchStatus.CONFIRMED, now=now, by=by)
    reckon_items(session, company_id, free)


@dataclass
class _Needs:
    lines: set[UUID] = field(default_factory=set)
    items: dict[UUID, int] = field(default_factory=dict)  # item → how much of it the match settles


def can_hold(session: Session, company_id: UUID, match_ids: Collection[UUID]) -> list[UUID]:
    """Those of the matches that can be in force together with all that are, the earlier ones first.

    Every line is in one match, and of every item no more is settled than it is.
    """
    needs = _needs(session, company_id, match_ids)
    taken = _confirmed_lines(session, company_id, {line for need in needs.values() for line in need.lines}, match_ids)
    left = _open_amounts(session, company_id, {item for need in needs.values() for item in need.items})
    free: list[UUID] = []
    for match_id in match_ids:
        need = needs[match_id]
        fits = all(_is_part(minor, left.get(item, 0)) for item, minor in need.items.items())
        if fits and not need.lines & taken:
            free.append(match_id)
            taken |= need.lines
            for item, minor in need.items.items():
                left[item] -= minor
    return free


def _is_part(part: int, whole: int) -> bool:
    return min(whole, 0) <= part <= max(whole, 0)


def _needs(session: Session, company_id: UUID, match_ids: Collection[UUID]) -> dict[UUID, _Needs]:
    needs: dict[UUID, _Needs] = defaultdict(_Needs)
    for portion in in_portions(match_ids):
        rows = session.execute(
            select(
                col(MatchMember.match_id), col(MatchMember.transaction_id), col(MatchMember.open_item_id),
                col(MatchMember.settled_minor),
            ).where(col(MatchMember.company_id) == company_id, col(MatchMember.match_id).in_(portion))
        )  # fmt: skip
        for match_id, line, item, settled in rows:
            if line is not None:
                needs[match_id].lines.add(line)
            if item is not None:
                needs[match_id].items[item] = settled
    return needs


def _confirmed_lines(
    session: Session, company_id: UUID, lines: Collection[UUID], but: Collection[UUID]
) -> set[UUID | None]:
    """Those of the lines that are in a confirmed match other than these."""
    own, found = set(but), set()
    for portion in in_portions(lines):
        rows = session.execute(
            select(col(MatchMember.transaction_id), col(Match.id))
            .join(Match, col(Match.id) == col(MatchMember.match_id))
            .where(
                col(Match.company_id) == company_id,
                col(Match.status) == MatchStatus.CONFIRMED,
                col(MatchMember.transaction_id).in_(portion),
            )
        )
        found |= {line for line, match_id in rows if match_id not in own}
    return found


def _open_amounts(session: Session, company_id: UUID, items: Collection[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for portion in in_portions(items):
        rows = session.execute(
            select(col(OpenItem.id), col(OpenItem.amount_minor) - col(OpenItem.settled_minor)).where(
                col(OpenItem.company_id) == company_id,
                col(OpenItem.id).in_(portion),
                col(OpenItem.removed_at).is_(None),
            )
        )
        found |= {key: int(minor) for key, minor in rows}
    return found


def _booked_elsewhere(session: Session, company_id: UUID, match_ids: Collection[UUID]) -> set[UUID]:
    """The matches with a line in the books that is not booked by them; in clearing it still meets its transfer."""
    in_clearing = (
        select(col(JournalLine.entry_id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalLine.entry_id) == col(JournalEntry.id),
            col(Account.company_id) == company_id,
            col(Account.role) == AccountRole.TRANSFER_CLEARING,
        )
        .exists()
    )
    found: set[UUID] = set()
    for portion in in_portions(match_ids):
        rows = session.execute(
            select(col(Match.id))
            .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
            .join(JournalEntry, col(JournalEntry.transaction_id) == col(MatchMember.transaction_id))
            .outerjoin(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
            .where(
                col(Match.company_id) == company_id,
                col(Match.id).in_(portion),
                col(JournalEntry.status) == EntryStatus.POSTED,
                (col(JournalEntry.method) != Method.MATCH) | col(Proposal.match_id).is_distinct_from(col(Match.id)),
                (col(Match.kind) != MatchKind.TRANSFER) | ~in_clearing,
            )
        )
        found |= set(rows.scalars())
    return found


def _set_status(
    session: Session,
    company_id: UUID,
    match_ids: Collection[UUID],
    status: MatchStatus,
    *,
    now: datetime,
    by: UUID | None,
) -> None:
    for portion in in_portions(match_ids):
        session.execute(
            update(Match)
            .where(col(Match.company_id) == company_id, col(Match.id).in_(portion), col(Match.status) != status)
            .values(status=status, decided_at=now, decided_by=by)
            .execution_options(synchronize_session=False)
        )
