"""What matches mean for the books: the accounts that a settled line goes to, and items that become settled or open."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
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


@dataclass(slots=True)
class LineMatch:
    """A match as one of its lines sees it. `items`: account and amount of each open item that it settles."""

    match_id: UUID
    kind: MatchKind
    status: MatchStatus
    score: float
    reason: str
    decided_by: UUID | None  # None: the machine was certain
    items: list[tuple[UUID, int]] = field(default_factory=list)


def matches_of_lines(session: Session, company_id: UUID, lines: Select[Any]) -> dict[UUID, LineMatch]:
    """The match of each line that is in one: the confirmed one, else the best suggested.

    Args:
        lines: selects the ids of the transactions asked about.
    """
    rows = session.execute(
        select(
            col(MatchMember.transaction_id), col(Match.id), col(Match.kind), col(Match.status), col(Match.score),
            col(Match.reason), col(Match.decided_by),
        )
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status).in_([MatchStatus.CONFIRMED, MatchStatus.SUGGESTED]),
            col(MatchMember.transaction_id).in_(lines),
        )
        .order_by((col(Match.status) == MatchStatus.CONFIRMED).desc(), col(Match.score).desc(), col(Match.id))
    )  # fmt: skip
    matches: dict[UUID, LineMatch] = {}
    of_line: dict[UUID, LineMatch] = {}
    for transaction_id, match_id, kind, status, score, reason, decided_by in rows:
        match = matches.setdefault(
            match_id, LineMatch(match_id, MatchKind(kind), MatchStatus(status), score, reason, decided_by)
        )
        of_line.setdefault(transaction_id, match)
    settling = [match.match_id for match in of_line.values() if match.kind is MatchKind.SETTLEMENT]
    for match_id, account_id, amount_minor in _items(session, company_id, settling):
        matches[match_id].items.append((account_id, amount_minor))
    return of_line


def _items(session: Session, company_id: UUID, match_ids: Iterable[UUID]) -> Iterable[tuple[UUID, UUID, int]]:
    for portion in in_portions(dict.fromkeys(match_ids)):
        rows = session.execute(
            select(col(MatchMember.match_id), col(OpenItem.account_id), col(OpenItem.amount_minor))
            .join(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
            .where(col(OpenItem.company_id) == company_id, col(MatchMember.match_id).in_(portion))
            .order_by(col(OpenItem.issued_on), col(OpenItem.number), col(OpenItem.id))
        )
        yield from ((match_id, account_id, amount_minor) for match_id, account_id, amount_minor in rows)


def confirmed_matches(session: Session, company_id: UUID, transaction_ids: Iterable[UUID]) -> set[UUID]:
    """The confirmed matches that these lines are in."""
    found: set[UUID] = set()
    for portion in in_portions(transaction_ids):
        found |= set(
            session.execute(
                select(col(Match.id))
                .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
                .where(
                    col(Match.company_id) == company_id,
                    col(Match.status) == MatchStatus.CONFIRMED,
                    col(MatchMember.transaction_id).in_(portion),
                )
            ).scalars()
        )
    return found


def revive_matches(
    session: Session, company_id: UUID, match_ids: Collection[UUID], *, now: datetime, by: UUID | None
) -> None:
    """What let these matches fall is taken back: they hold again, and their items are settled.

    Those stay fallen of which a line or an item is in another confirmed match by now, or a line is booked elsewhere.
    """
    mine, theirs = aliased(MatchMember), aliased(MatchMember)
    taken: set[UUID] = set()
    for portion in in_portions(match_ids):
        rows = session.execute(
            select(col(mine.match_id))
            .join(
                theirs,
                (col(mine.transaction_id) == col(theirs.transaction_id))
                | (col(mine.open_item_id) == col(theirs.open_item_id)),
            )
            .join(Match, col(Match.id) == col(theirs.match_id))
            .where(
                col(Match.company_id) == company_id,
                col(Match.status) == MatchStatus.CONFIRMED,
                col(mine.match_id).in_(portion),
                col(theirs.match_id) != col(mine.match_id),
            )
        )
        taken |= set(rows.scalars())
    free = set(match_ids) - taken - _booked_elsewhere(session, company_id, match_ids)
    _set_status(session, company_id, free, MatchStatus.CONFIRMED, now=now, by=by)
    settle_items(session, company_id, free)


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


def overrule_matches(
    session: Session, company_id: UUID, transaction_ids: Iterable[UUID], *, now: datetime, by: UUID | None
) -> None:
    """A person booked these lines otherwise than matched, or left them out: their confirmed matches fall."""
    matched = confirmed_matches(session, company_id, transaction_ids)
    take_matches_back(session, company_id, matched, now=now, by=by)


def take_matches_back(
    session: Session, company_id: UUID, match_ids: Collection[UUID], *, now: datetime, by: UUID | None
) -> None:
    """The matches hold no longer, and the items that they had settled are open again."""
    _set_status(session, company_id, match_ids, MatchStatus.DISMISSED, now=now, by=by)
    _set_items(session, company_id, match_ids, ItemStatus.OPEN)


def settle_items(session: Session, company_id: UUID, match_ids: Collection[UUID]) -> None:
    """The open items of these matches are paid."""
    _set_items(session, company_id, match_ids, ItemStatus.SETTLED)


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


def _set_items(session: Session, company_id: UUID, match_ids: Collection[UUID], status: ItemStatus) -> None:
    for portion in in_portions(match_ids):
        members = select(col(MatchMember.open_item_id)).where(
            col(MatchMember.match_id).in_(portion), col(MatchMember.open_item_id).is_not(None)
        )
        session.execute(
            update(OpenItem)
            .where(col(OpenItem.company_id) == company_id, col(OpenItem.id).in_(members))
            .values(status=status)
            .execution_options(synchronize_session=False)
        )
