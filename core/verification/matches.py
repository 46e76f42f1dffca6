"""Laws 4 and 10 on matches: items are settled by what is in force, and both sides of a match come to the same."""

from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Scope, finding
from models import Match, MatchDifference, MatchKind, MatchMember, MatchRefund, MatchStatus, OpenItem, Transaction


def items_are_settled_by_their_matches(scope: Scope) -> Finding:
    """Law 4: what is settled of an item is what the confirmed matches settle of it, and never more than it is."""
    settled = (
        select(col(MatchMember.open_item_id).label("item"), func.sum(col(MatchMember.settled_minor)).label("minor"))
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .where(col(Match.status) == MatchStatus.CONFIRMED, col(MatchMember.open_item_id).is_not(None))
        .group_by(col(MatchMember.open_item_id))
        .subquery()
    )
    items = (
        select(col(OpenItem.company_id), col(OpenItem.number))
        .outerjoin(settled, settled.c.item == col(OpenItem.id))
        .where(col(OpenItem.company_id).in_(scope.ids))
    )
    off = scope.first(items.where(col(OpenItem.settled_minor) != func.coalesce(settled.c.minor, 0)))
    amount, part = col(OpenItem.amount_minor), col(OpenItem.settled_minor)
    beyond = scope.first(items.where(~case((amount < 0, part.between(amount, 0)), else_=part.between(0, amount))))
    return finding(
        scope.count(select(func.count()).select_from(items.subquery())),
        off and Violation(4, scope.row("open item", *off), "what is settled of it is not what its matches settle"),
        beyond and Violation(4, scope.row("open item", *beyond), "more is settled of it than it is"),
    )


def matches_add_up(scope: Scope) -> Finding:
    """Law 10: the lines of a settlement in force come to what it settles, turns back and books as a difference."""
    sides: Any = [
        select(col(MatchMember.match_id).label("match"), func.sum(minor).label("minor"))
        .join(table, on)
        .group_by(col(MatchMember.match_id))
        .subquery()
        for table, on, minor in (
            (Transaction, col(Transaction.id) == col(MatchMember.transaction_id), col(Transaction.amount_minor)),
            (OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id), col(MatchMember.settled_minor)),
        )
    ]
    for table in (MatchDifference, MatchRefund):
        sides.append(
            select(col(table.match_id).label("match"), func.sum(col(table.amount_minor)).label("minor"))
            .group_by(col(table.match_id))
            .subquery()
        )
    matches = select(col(Match.company_id), col(Match.id)).where(
        col(Match.company_id).in_(scope.ids),
        col(Match.kind) == MatchKind.SETTLEMENT,
        col(Match.status) == MatchStatus.CONFIRMED,
    )
    for side in sides:
        matches = matches.outerjoin(side, side.c.match == col(Match.id))
    lines, items, differences, turned_back = (func.coalesce(side.c.minor, 0) for side in sides)
    off = scope.first(matches.where(lines != items + differences + turned_back))
    return finding(
        scope.count(select(func.count()).select_from(matches.subquery())),
        off and Violation(10, scope.row("match", *off), "its lines do not come to what it settles"),
    )
