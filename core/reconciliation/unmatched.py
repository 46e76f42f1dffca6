"""What is in no match yet, page by page: bank lines that nothing explains, and what is open in the books."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.items.listing import Age, age_on
from core.matching.paid_twice import MOST_DAYS
from core.period import Period
from core.reconciliation.line_states import LineStates
from core.reconciliation.listing import (
    ListedItem,
    ListedLine,
    item_columns,
    line_query,
    lines_in,
    listed_item,
    place_among,
)
from core.reconciliation.loading import matched_lines
from models import ItemStatus, Match, MatchKind, MatchMember, MatchStatus, OpenItem, Transaction

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are listed. `text` is searched in texts, names and numbers; `is_money_in` None means both ways."""

    text: str = ""
    is_money_in: bool | None = None
    age: Age | None = None  # of items


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of lines; count and sum are those of all pages. `notes`: what a line may be besides, by its id."""

    lines: tuple[ListedLine, ...] = ()
    number: int = 1
    pages: int = 1
    count: int = 0
    notes: tuple[tuple[UUID, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A page of open items; the count is that of all pages."""

    items: tuple[ListedItem, ...] = ()
    number: int = 1
    pages: int = 1
    count: int = 0


def unmatched_lines(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    bank_account_id: UUID | None = None,
    but_account_id: UUID | None = None,
    currency: str = "",
    period: Period | None = None,
    wanted: Wanted | None = None,
    page: int = 1,
    rows: int = PAGE_ROWS,
) -> LinePage:
    """Live lines that nothing explains yet: no posted entry, no confirmed match, not left out. Oldest first.

    Args:
        but_account_id: lines of all other bank accounts.
        currency: only lines in it; "" for all.
        page: from 1; a page past the end answers the last one.

    Raises: NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    states = LineStates([company_id])
    conditions = [
        *lines_in(company_id, bank_account_id, period),
        states.state.in_(["waiting", "unbooked"]),
        col(Transaction.id).not_in(matched_lines(company_id)),
        *_ways(wanted, Transaction, (col(Transaction.description), col(Transaction.counterparty))),
    ]
    if but_account_id is not None:
        conditions.append(col(Transaction.bank_account_id) != but_account_id)
    if currency:
        conditions.append(col(Transaction.currency) == currency)
    counted: Any = states.joined(select(func.count()).select_from(Transaction)).where(*conditions)
    count = int(session.execute(counted).scalar_one())
    number, pages = place_among(page, count, rows)
    listed: Any = states.joined(line_query()).where(*conditions)
    found = session.execute(
        listed.order_by(col(Transaction.booked_on), col(Transaction.row), col(Transaction.id))
        .limit(rows)
        .offset((number - 1) * rows)
    )
    lines = tuple(ListedLine(*row) for row in found)
    return LinePage(lines, number, pages, count, tuple(second_payments(session, company_id, lines).items()))


def unmatched_items(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    today: date,
    currency: str = "",
    near: date | None = None,
    wanted: Wanted | None = None,
    page: int = 1,
    rows: int = PAGE_ROWS,
) -> ItemPage:
    """Items of which something is open. The oldest first, or with `near` the latest by that day, then later ones.

    Raises: NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    conditions = [
        col(OpenItem.company_id) == company_id,
        col(OpenItem.status) == ItemStatus.OPEN,
        col(OpenItem.removed_at).is_(None),
        *_ways(wanted, OpenItem, (col(OpenItem.number), col(OpenItem.counterparty), col(OpenItem.reference))),
    ]
    if currency:
        conditions.append(col(OpenItem.currency) == currency)
    if wanted is not None and wanted.age is not None:
        conditions.append(age_on(today) == str(wanted.age))
    count = int(session.execute(select(func.count()).select_from(OpenItem).where(*conditions)).scalar_one())
    number, pages = place_among(page, count, rows)
    issued_on = col(OpenItem.issued_on)
    first: tuple[Any, ...] = () if near is None else (issued_on > near, case((issued_on <= near, issued_on)).desc())
    found = session.execute(
        select(*item_columns(col(OpenItem.amount_minor) - col(OpenItem.settled_minor)))
        .where(*conditions)
        .order_by(*first, issued_on, col(OpenItem.number), col(OpenItem.id))
        .limit(rows)
        .offset((number - 1) * rows)
    )
    return ItemPage(tuple(map(listed_item, found)), number, pages, count)


def second_payments(session: Session, company_id: UUID, lines: Sequence[ListedLine]) -> dict[UUID, str]:
    """Of these open lines those that repeat account, amount and name of a line that settles something, with why."""
    if not lines:
        return {}
    again = aliased(Transaction)
    rows = session.execute(
        select(col(again.id), col(again.booked_on), col(Transaction.booked_on))
        .join(
            Transaction,
            (col(Transaction.bank_account_id) == col(again.bank_account_id))
            & (col(Transaction.amount_minor) == col(again.amount_minor))
            & (col(Transaction.counterparty) == col(again.counterparty))
            & (col(Transaction.id) != col(again.id)),
        )
        .join(MatchMember, col(MatchMember.transaction_id) == col(Transaction.id))
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .where(
            col(again.company_id) == company_id,
            col(again.id).in_([line.transaction_id for line in lines]),
            col(again.counterparty) != "",
            col(Match.status) == MatchStatus.CONFIRMED,
            col(Match.kind) == MatchKind.SETTLEMENT,
        )
    )
    days: dict[UUID, list[tuple[int, date]]] = defaultdict(list)
    for line, on, other_on in rows:
        if abs((on - other_on).days) <= MOST_DAYS:
            days[line].append((abs((on - other_on).days), other_on))
    return {
        line: f"Perhaps paid twice: the line of {min(found)[1]} with this name and amount is matched."
        for line, found in days.items()
    }


def _ways(wanted: Wanted | None, table: Any, texts: Sequence[Any]) -> list[Any]:
    if wanted is None:
        return []
    found: list[Any] = []
    if wanted.is_money_in is not None:
        amount = col(table.amount_minor)
        found.append(amount > 0 if wanted.is_money_in else amount < 0)
    if text := wanted.text.strip().lower():
        found.append(or_(*(func.lower(column).contains(text, autoescape=True) for column in texts)))
    return found
