"""The lines and items of a match, loaded and locked, and whether they are still free for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.errors import MatchRefused, NotFound
from core.money import decimal_text
from core.posting.open_entries import OpenCompany
from core.posting.settling import settled_amounts
from core.reconciliation.booked_lines import counter_sums
from core.reconciliation.line_states import LineStates
from core.reconciliation.loading import lines_in_clearing
from models import ItemStatus, Match, MatchDifference, MatchMember, MatchStatus, OpenItem, Transaction


@dataclass(frozen=True, slots=True)
class MemberLine:
    id: UUID
    bank_account_id: UUID
    booked_on: date
    amount_minor: int
    currency: str
    is_posted: bool
    is_in_clearing: bool
    is_rejected: bool


@dataclass(frozen=True, slots=True)
class MemberItem:
    """An item as a match sees it; `open_minor` is what no match in force settles of it."""

    id: UUID
    number: str
    issued_on: date
    amount_minor: int
    open_minor: int
    currency: str
    status: ItemStatus
    account_id: UUID


@dataclass(frozen=True)
class Members:
    """Both sides of a match. `settled`: how much it settles of each item; `differences_minor`: what it books besides.

    Lines = settled + differences, to the cent.
    """

    lines: Sequence[MemberLine]
    items: Sequence[MemberItem]
    settled: Mapping[UUID, int]
    differences_minor: int = 0


def members_of(session: Session, company_id: UUID, match_id: UUID) -> Members:
    """The members of a stored match. Raises NotFound if a line or item of it is gone."""
    rows = session.execute(
        select(
            col(MatchMember.transaction_id), col(MatchMember.open_item_id), col(MatchMember.settled_minor)
        ).where(col(MatchMember.company_id) == company_id, col(MatchMember.match_id) == match_id)
    ).all()  # fmt: skip
    differences = session.execute(
        select(col(MatchDifference.amount_minor)).where(
            col(MatchDifference.company_id) == company_id, col(MatchDifference.match_id) == match_id
        )
    ).scalars()
    return Members(
        lines_with(session, company_id, [line for line, _, _ in rows if line]),
        items_with(session, company_id, [item for _, item, _ in rows if item]),
        {item: settled for _, item, settled in rows if item},
        sum(differences),
    )


def lines_with(session: Session, company_id: UUID, keys: Collection[UUID]) -> list[MemberLine]:
    """Live lines by day. Raises NotFound."""
    states = LineStates([company_id])
    query = states.joined(
        select(
            col(Transaction.id), col(Transaction.bank_account_id), col(Transaction.booked_on),
            col(Transaction.amount_minor), col(Transaction.currency), states.entry("posted"),
            col(Transaction.id).in_(lines_in_clearing(company_id)), states.decision("rejected"),
        )
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.id).in_(keys),
            col(Transaction.reverted_at).is_(None),
        )
        .order_by(col(Transaction.booked_on), col(Transaction.id))
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(query).all()
    if len(rows) < len(set(keys)):
        raise NotFound("bank line", str(min(set(keys) - {row[0] for row in rows})))
    return [MemberLine(*row) for row in rows]


def items_with(session: Session, company_id: UUID, keys: Collection[UUID]) -> list[MemberItem]:
    """Items on the list, the oldest first, their rows locked. Raises NotFound."""
    rows = session.execute(
        select(
            col(OpenItem.id), col(OpenItem.number), col(OpenItem.issued_on), col(OpenItem.amount_minor),
            col(OpenItem.amount_minor) - col(OpenItem.settled_minor), col(OpenItem.currency), col(OpenItem.status),
            col(OpenItem.account_id),
        )
        .where(
            col(OpenItem.company_id) == company_id,
            col(OpenItem.id).in_(keys),
            col(OpenItem.removed_at).is_(None),
        )
        .order_by(col(OpenItem.id))
        .with_for_update()
    ).all()  # fmt: skip
    if len(rows) < len(set(keys)):
        raise NotFound("open item", str(min(set(keys) - {row[0] for row in rows})))
    found = [
        MemberItem(row[0], row[1], row[2], row[3], int(row[4]), row[5], ItemStatus(row[6]), row[7]) for row in rows
    ]
    return sorted(found, key=lambda item: (item.issued_on, item.number, item.id))


def check_free(session: Session, company: OpenCompany, match_id: UUID, members: Members) -> None:
    """Every line can still be booked by this match, and of every item so much is still open.

    Raises: MatchRefused, PeriodClosed.
    """
    lines, items = members.lines, members.items
    company.check_open(line.booked_on for line in lines if not line.is_posted)
    booked_so = _are_booked_so(session, company.id, match_id, lines, items)
    for line in lines:
        if line.is_rejected:
            raise MatchRefused(f"a reviewer left the line of {line.booked_on} out of the books")
        if line.is_posted and not booked_so and (items or not line.is_in_clearing):
            raise MatchRefused(f"the line of {line.booked_on} is booked already; correct its entry first")
    for item in items:
        _check_open(item, members.settled[item.id])
    taken = session.execute(
        sharing([line.id for line in lines], ())
        .where(col(Match.company_id) == company.id, col(Match.status) == MatchStatus.CONFIRMED)
        .where(col(Match.id) != match_id)
        .limit(1)
    ).first()
    if taken is not None:
        raise MatchRefused("a line is in a confirmed match already; take that apart first")
    difference = sum(line.amount_minor for line in lines) - sum(members.settled.values()) - members.differences_minor
    if items and difference:
        amount = decimal_text(difference, lines[0].currency)
        raise MatchRefused(f"its two sides differ by {amount} {lines[0].currency} by now; match what is left by hand")


def _check_open(item: MemberItem, settled_minor: int) -> None:
    if item.status is ItemStatus.SETTLED:
        raise MatchRefused(f"{item.number} is settled already")
    if not min(item.open_minor, 0) <= settled_minor <= max(item.open_minor, 0):
        left = decimal_text(abs(item.open_minor), item.currency)
        raise MatchRefused(f"of {item.number} only {left} {item.currency} is open by now")


def _are_booked_so(
    session: Session, company_id: UUID, match_id: UUID, lines: Sequence[MemberLine], items: Sequence[MemberItem]
) -> bool:
    """The lines are posted to what the match settles, to the cent: only the items are left to settle."""
    if not items or not all(line.is_posted for line in lines):
        return False
    wanted: dict[UUID, int] = {}
    for _, account_id, minor in settled_amounts(session, company_id, [match_id]):
        wanted[account_id] = wanted.get(account_id, 0) - minor
    wanted = {account_id: minor for account_id, minor in wanted.items() if minor}
    return counter_sums(session, company_id, [line.id for line in lines]) == wanted


def sharing(line_ids: Collection[UUID], item_ids: Collection[UUID]) -> Any:
    """Selects the ids of matches that have one of these members."""
    return (
        select(col(Match.id))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .where(col(MatchMember.transaction_id).in_(line_ids) | col(MatchMember.open_item_id).in_(item_ids))
        .distinct()
    )
