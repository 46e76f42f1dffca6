"""Writing matches: their members with what they settle, what they turn back, the differences that they book."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from core.matching.values import BankLines, Kind, OpenItems, ProposedMatch
from core.posting.item_settling import reckon_items
from core.posting.writing import in_portions, new_keys
from core.reconciliation.planning import Plan
from core.storage import WriteColumns
from models import DifferenceKind, Match, MatchDifference, MatchKind, MatchMember, MatchRefund, MatchStatus, Table

Member = tuple[UUID, UUID | None, UUID | None, int]  # match, line or item, how much of the item is settled
Difference = tuple[UUID, DifferenceKind, UUID, int]  # match, kind, account, amount in the lines' sign

Refund = tuple[UUID, UUID | None, UUID | None, int]  # match, payment or sale that it turns back, how much


def write_matches(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    keys: Sequence[UUID],
    columns: Mapping[str, Sequence[object]],
    now: datetime,
) -> None:
    """Insert matches of these kinds, states, scores, differences and reasons; those in force are decided now."""
    write(
        session,
        Match,
        {
            "id": keys,
            "company_id": [company_id] * len(keys),
            **columns,
            "created_at": [now] * len(keys),
            "decided_at": [now if status == MatchStatus.CONFIRMED else None for status in columns["status"]],
        },
    )


def write_members(session: Session, write: WriteColumns, company_id: UUID, members: Sequence[Member]) -> None:
    """Insert members of matches."""
    _write_rows(
        session, write, company_id, MatchMember,
        ("match_id", "transaction_id", "open_item_id", "settled_minor"), members,
    )  # fmt: skip


def write_differences(
    session: Session, write: WriteColumns, company_id: UUID, differences: Sequence[Difference]
) -> None:
    """Insert what matches book besides their items."""
    _write_rows(
        session, write, company_id, MatchDifference, ("match_id", "kind", "account_id", "amount_minor"), differences
    )


def write_refunds(session: Session, write: WriteColumns, company_id: UUID, refunds: Sequence[Refund]) -> None:
    """Insert what matches turn back."""
    _write_rows(
        session, write, company_id, MatchRefund, ("match_id", "transaction_id", "open_item_id", "amount_minor"), refunds
    )


def _write_rows(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    table: type[Table],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    if rows:
        values = dict(zip(columns, zip(*rows, strict=True), strict=True))
        write(session, table, {"id": new_keys(len(rows)), "company_id": [company_id] * len(rows), **values})


def store_plan(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    plan: Plan,
    keys: Sequence[UUID],
    lines: BankLines,
    items: OpenItems,
    fees_id: UUID | None,
    now: datetime,
) -> None:
    """Write the plan's new matches under these keys, and settle the items of those in force.

    Args:
        lines, items: those that the plan's positions refer to.
        fees_id: the account that fees of processors go to.
    """
    _write(session, write, company_id, plan, keys, now)
    _upgrade(session, company_id, plan, now)
    stored = [*zip(keys, (match for match, _ in plan.new), strict=True), *plan.upgraded]
    _write_sides(session, write, company_id, stored, lines, items, fees_id)
    reckon_items(session, company_id, [key for key, _ in stored])


def _write(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    plan: Plan,
    keys: Sequence[UUID],
    now: datetime,
) -> None:
    if not plan.new:
        return
    matches = [match for match, _ in plan.new]
    states = [status for _, status in plan.new]
    columns: dict[str, Sequence[object]] = {
        "kind": [_stored_kind(match) for match in matches],
        "status": states,
        "score": [min(max(match.score, 0.0), 1.0) for match in matches],
        "difference_minor": [match.difference_minor for match in matches],
        "reason": [match.reason for match in matches],
    }
    write_matches(session, write, company_id, keys, columns, now)


def _write_sides(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    stored: Sequence[tuple[UUID, ProposedMatch]],
    lines: BankLines,
    items: OpenItems,
    fees_id: UUID | None,
) -> None:
    """Members and fees of these matches."""
    members: list[Member] = []
    fees: list[Difference] = []
    for key, match in stored:
        members += [(key, UUID(lines.key[i]), None, 0) for i in match.lines]
        members += [(key, None, UUID(items.key[j]), int(items.amount_minor[j])) for j in match.items]
        if match.difference_minor and fees_id:
            fees.append((key, DifferenceKind.FEE, fees_id, match.difference_minor))
    if members:
        write_members(session, write, company_id, members)
    write_differences(session, write, company_id, fees)


def _stored_kind(match: ProposedMatch) -> MatchKind:
    return MatchKind.TRANSFER if match.kind is Kind.TRANSFER else MatchKind.SETTLEMENT


def _upgrade(session: Session, company_id: UUID, plan: Plan, now: datetime) -> None:
    for match_id, match in plan.upgraded:
        session.execute(
            update(Match)
            .where(col(Match.company_id) == company_id, col(Match.id) == match_id)
            .values(
                status=MatchStatus.CONFIRMED,
                score=match.score,
                difference_minor=match.difference_minor,
                reason=match.reason,
                decided_at=now,
            )
            .execution_options(synchronize_session=False)
        )
    for portion in in_portions(match_id for match_id, _ in plan.upgraded):
        for table in (MatchMember, MatchDifference):  # more or less of an item may be open by now
            session.execute(delete(table).where(col(table.match_id).in_(portion)))
    for portion in in_portions(plan.replaced):
        session.execute(
            update(Match)
            .where(col(Match.company_id) == company_id, col(Match.id).in_(portion))
            .values(status=MatchStatus.DISMISSED, decided_at=now)
            .execution_options(synchronize_session=False)
        )
