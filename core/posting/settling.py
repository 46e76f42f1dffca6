"""What matches mean for the books: which accounts a line goes to that settles open items."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import Session, col

from core.posting.item_settling import take_matches_back
from core.posting.lines import allocate, parts_by_weight
from core.posting.named_accounts import default_account
from core.posting.turned_back import turned_back_amounts, turned_back_payments
from core.posting.writing import in_portions
from models import (
    AccountPurpose,
    Match,
    MatchDifference,
    MatchKind,
    MatchMember,
    MatchStatus,
    OpenItem,
    Transaction,
)

BY_HAND = "Matched by hand."  # the reason of a match that a person put together


@dataclass(slots=True)
class LineMatch:
    """A match as one of its lines sees it.

    `items`: account and amount of whatever it settles or turns back, fees and other differences included; together they
    come to the sum of its lines. `lines`: all of them with their amounts, by day. Both are empty for a transfer.
    """

    match_id: UUID
    kind: MatchKind
    status: MatchStatus
    score: float
    reason: str
    decided_by: UUID | None  # None: the machine was certain
    items: list[tuple[UUID, int]] = field(default_factory=list)
    lines: list[tuple[UUID, int]] = field(default_factory=list)
    turns_back: tuple[UUID, int] | None = None  # a bank line and how much of it, in this line's sign

    @property
    def waits_for_payment(self) -> bool:
        """It turns back a line that is not posted, so that nothing says yet which accounts it lowers."""
        placed = sum(minor for _, minor in self.items)
        return self.turns_back is not None and placed != sum(minor for _, minor in self.lines)

    def parts_of(self, transaction_id: UUID) -> list[tuple[UUID, int]]:
        """What each account takes of this line, in the line's sign; [] for a transfer.

        Several lines take their shares one after the other, so that they come to the amounts of the items to the cent.
        """
        if not self.items or self.waits_for_payment:
            return []
        before = 0
        for line_id, amount_minor in self.lines:
            if line_id == transaction_id:
                return self._share(before, amount_minor)
            before += amount_minor
        return []

    def _share(self, before: int, amount_minor: int) -> list[tuple[UUID, int]]:
        if sum(weight for _, weight in self.items) == 0:
            return parts_by_weight(amount_minor, self.items)
        shares = dict(parts_by_weight(before + amount_minor, self.items))
        for account_id, share in parts_by_weight(before, self.items) if before else []:
            shares[account_id] = shares.get(account_id, 0) - share
        return [(key, share) for key, share in shares.items() if share] or [(self.items[0][0], amount_minor)]


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
    settling = {match.match_id for match in of_line.values() if match.kind is MatchKind.SETTLEMENT}
    for match_id, account_id, amount_minor in settled_amounts(session, company_id, settling):
        matches[match_id].items.append((account_id, amount_minor))
    for match_id, turned_back in turned_back_payments(session, company_id, settling).items():
        matches[match_id].turns_back = turned_back
    for match_id, transaction_id, amount_minor in _all_lines(session, company_id, settling):
        matches[match_id].lines.append((transaction_id, amount_minor))
    return of_line


def settled_amounts(session: Session, company_id: UUID, match_ids: Iterable[UUID]) -> Iterable[tuple[UUID, UUID, int]]:
    """(match, account, amount) of all that these matches settle, turn back and differ by, in the lines' sign.

    An item from which a processor held back its fee counts with the whole sale, and the fee against it.
    """
    keys = list(match_ids)
    fees_id = default_account(session, company_id, AccountPurpose.FEES)
    for portion in in_portions(keys):
        rows = session.execute(
            select(
                col(MatchMember.match_id), col(OpenItem.account_id), col(MatchMember.settled_minor),
                col(OpenItem.amount_minor), col(OpenItem.fee_minor),
            )
            .join(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
            .where(col(OpenItem.company_id) == company_id, col(MatchMember.match_id).in_(portion))
            .order_by(col(OpenItem.issued_on), col(OpenItem.number), col(OpenItem.id))
        )  # fmt: skip
        for match_id, account_id, settled, amount, fee in rows:
            if fee and amount and fees_id:
                gross, held_back = allocate(settled, [amount + fee, -fee])
                yield from ((match_id, account_id, gross), (match_id, fees_id, held_back))
            else:
                yield match_id, account_id, settled
    for portion in in_portions(keys):
        differences = session.execute(
            select(col(MatchDifference.match_id), col(MatchDifference.account_id), col(MatchDifference.amount_minor))
            .where(col(MatchDifference.company_id) == company_id, col(MatchDifference.match_id).in_(portion))
            .order_by(col(MatchDifference.id))
        )
        yield from ((match_id, account_id, minor) for match_id, account_id, minor in differences)
    yield from turned_back_amounts(session, company_id, keys)


def _all_lines(session: Session, company_id: UUID, match_ids: Iterable[UUID]) -> Iterable[tuple[UUID, UUID, int]]:
    for portion in in_portions(match_ids):
        rows = session.execute(
            select(col(MatchMember.match_id), col(Transaction.id), col(Transaction.amount_minor))
            .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
            .where(col(Transaction.company_id) == company_id, col(MatchMember.match_id).in_(portion))
            .order_by(col(Transaction.booked_on), col(Transaction.row), col(Transaction.id))
        )
        yield from ((match_id, line, minor) for match_id, line, minor in rows)


def confirmed_matches(session: Session, company_id: UUID, transaction_ids: Iterable[UUID]) -> set[UUID]:
    """The confirmed matches that these lines are in."""
    return _matches_with(session, company_id, transaction_ids, [MatchStatus.CONFIRMED])


def live_matches(session: Session, company_id: UUID, transaction_ids: Iterable[UUID]) -> set[UUID]:
    """The matches that these lines are in, confirmed and suggested ones."""
    return _matches_with(session, company_id, transaction_ids, [MatchStatus.CONFIRMED, MatchStatus.SUGGESTED])


def _matches_with(
    session: Session, company_id: UUID, transaction_ids: Iterable[UUID], states: list[MatchStatus]
) -> set[UUID]:
    found: set[UUID] = set()
    for portion in in_portions(transaction_ids):
        found |= set(
            session.execute(
                select(col(Match.id))
                .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
                .where(
                    col(Match.company_id) == company_id,
                    col(Match.status).in_(states),
                    col(MatchMember.transaction_id).in_(portion),
                )
            ).scalars()
        )
    return found


def overrule_matches(
    session: Session, company_id: UUID, transaction_ids: Iterable[UUID], *, now: datetime, by: UUID | None
) -> None:
    """A person booked these lines otherwise than matched, or left them out: their confirmed matches fall."""
    matched = confirmed_matches(session, company_id, transaction_ids)
    take_matches_back(session, company_id, matched, now=now, by=by)
