"""The review queue: groups of like lines that wait for a person, the most at stake first; and one group opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, distinct, func, literal, select, tuple_
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import InvalidInput, NotFound
from core.posting.queue_filter import MILLION, Level, QueueFilter, group_conditions, level_of, line_conditions
from models import Account, AccountRole, QueueState, WaitingGroup, WaitingLine


class Order(StrEnum):
    """What stands first in the queue."""

    STAKE = "stake"  # amount × doubt, largest first
    AMOUNT = "amount"  # size of the sum, largest first
    DATE = "date"  # oldest line first
    PAYEE = "payee"  # by name


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the lines of a group have in common."""

    payee: str  # counterparty as the company calls it, or the bank's text where it names nobody
    account_id: UUID  # proposed; suspense where the machine abstains
    money_in: bool
    currency: str

    @property
    def token(self) -> str:
        """The key as one string, for a page to remember."""
        return f"{self.account_id.hex}{'+' if self.money_in else '-'}{self.currency}{self.payee}"

    @classmethod
    def read(cls, token: str) -> "GroupKey":
        """Raises InvalidInput for what `token` never wrote."""
        try:
            if token[32] not in "+-" or not token[33:36].isalpha():
                raise ValueError(token)
            return cls(token[36:], UUID(token[:32]), token[32] == "+", token[33:36])
        except (ValueError, IndexError):
            raise InvalidInput("That group of the queue is not known; reload the page.") from None


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """Like lines that wait. The confidence lies in [0, 1]; None where the machine has no basis."""

    key: GroupKey
    account: str  # code and name of the proposed account; "" where the machine abstains
    lines: int
    sum_minor: int  # money in > 0
    mean_confidence: float | None  # of all lines of the group, filtered or not
    level: Level
    hold_reason: str  # of its oldest line
    stake_minor: int  # size × (1 - mean confidence)
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class QueueCursor:
    """Where a page ends: the value that it is ordered by, and the key of the last group."""

    value: int | str
    group_id: UUID


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. `following` is where the next one begins; None on the last."""

    groups: tuple[QueueGroup, ...]
    following: QueueCursor | None


@dataclass(frozen=True, slots=True)
class QueueTotals:
    """What a filter leaves, over all pages."""

    groups: int
    lines: int
    sizes_minor: dict[str, int]  # currency → sum of the sizes of all lines


def review_queue(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    filters: QueueFilter | None = None,
    order: Order = Order.STAKE,
    after: QueueCursor | None = None,
    rows: int = 20,
) -> QueuePage:
    """A page of the groups that wait for review, read from where the last one ended: no page costs more for its number.

    Args:
        after: the `following` of the page before, read in the same order; None for the first page.
        rows: groups a page.

    Raises:
        NotFound, AccessDenied: the caller may not see this company.
    """
    caller.require(company_id, Action.READ)
    chosen = filters or QueueFilter()
    value, descending = _ORDERS[order]
    key: Any = col(WaitingGroup.id)
    query = _with_account(select(*_GROUP, value.label("value"))).where(*group_conditions(session, company_id, chosen))
    if after is not None:
        start = date.fromisoformat(str(after.value)) if order is Order.DATE else after.value
        place, mark = tuple_(value, key), tuple_(literal(start, value.type), literal(after.group_id, key.type))
        query = query.where(place < mark if descending else place > mark)
    query = query.order_by(value.desc(), key.desc()) if descending else query.order_by(value, key)
    found = session.execute(query.limit(rows + 1)).all()
    listed = found[:rows]
    narrowed = _narrowed(session, company_id, chosen, [row.id for row in listed])
    following = None
    if len(found) > rows:
        last = listed[-1]
        following = QueueCursor(last.value.isoformat() if order is Order.DATE else last.value, last.id)
    return QueuePage(tuple(_group(row, narrowed.get(row.id)) for row in listed), following)


def queue_totals(
    session: Session, caller: Caller, company_id: UUID, *, filters: QueueFilter | None = None
) -> QueueTotals:
    """How much the filter leaves. Summed over groups, or over their lines where the filter narrows those."""
    caller.require(company_id, Action.READ)
    chosen = filters or QueueFilter()
    conditions = group_conditions(session, company_id, chosen, each=False)
    group, line = WaitingGroup, WaitingLine
    if chosen.narrows_lines:
        query = (
            select(col(group.currency), func.count(distinct(col(group.id))), func.count(),
                   func.sum(func.abs(line.amount_minor)))
            .join(line, col(line.group_id) == col(group.id))
            .where(*conditions, *line_conditions(session, company_id, chosen))
        )  # fmt: skip
    else:
        sums = func.count(), func.sum(col(group.lines)), func.sum(col(group.size_minor))
        query = select(col(group.currency), *sums).where(*conditions)
    rows = session.execute(query.group_by(col(group.currency))).all()
    return QueueTotals(
        sum(groups for _, groups, _, _ in rows), sum(int(lines) for _, _, lines, _ in rows),
        {currency: int(size) for currency, _, _, size in rows},
    )  # fmt: skip


def waiting_count(session: Session, caller: Caller, company_id: UUID, *, state: QueueState = QueueState.OPEN) -> int:
    """How many lines of the company wait for a decision and are neither asked about nor put off."""
    caller.require(company_id, Action.READ)
    group = WaitingGroup
    query = select(func.coalesce(func.sum(group.lines), 0)).where(
        col(group.company_id) == company_id, col(group.state) == state
    )
    return int(session.execute(query).scalar_one())


def get_group(
    session: Session, caller: Caller, company_id: UUID, key: GroupKey, *, filters: QueueFilter | None = None
) -> QueueGroup:
    """One group of the queue as it stands now. Raises NotFound when all of its lines are decided."""
    caller.require(company_id, Action.READ)
    chosen = filters or QueueFilter()
    conditions = (*group_conditions(session, company_id, chosen, each=False), *of_key(key))
    row = session.execute(_with_account(select(*_GROUP)).where(*conditions)).one_or_none()
    if row is None:
        raise NotFound("waiting group", key.payee)
    narrowed = _narrowed(session, company_id, chosen, [row.id])
    if chosen.narrows_lines and not narrowed:
        raise NotFound("waiting group", key.payee)
    return _group(row, narrowed.get(row.id))


def of_key(key: GroupKey) -> list[ColumnElement[bool]]:
    """Conditions on waiting_groups: it is the group of this key, in whatever state."""
    group = WaitingGroup
    return [
        col(group.payee) == key.payee,
        col(group.account_id) == key.account_id,
        col(group.money_in) == key.money_in,
        col(group.currency) == key.currency,
    ]


def waiting_lines(
    session: Session, company_id: UUID, filters: QueueFilter, key: GroupKey | None = None
) -> list[ColumnElement[bool]]:
    """Conditions on waiting_lines joined with waiting_groups: waiting, filtered, of the group."""
    of_group = [] if key is None else of_key(key)
    return [
        *group_conditions(session, company_id, filters, each=False),
        *line_conditions(session, company_id, filters),
        *of_group,
    ]


_GROUP = (
    col(WaitingGroup.id), col(WaitingGroup.payee), col(WaitingGroup.account_id), col(WaitingGroup.money_in),
    col(WaitingGroup.currency), col(WaitingGroup.lines), col(WaitingGroup.total_minor), col(WaitingGroup.size_minor),
    col(WaitingGroup.sure_lines), col(WaitingGroup.sure_millionths), col(WaitingGroup.first_on),
    col(Account.code), col(Account.name), col(Account.role),
)  # fmt: skip
_ORDERS: dict[Order, tuple[Any, bool]] = {  # what is ordered by, and whether the largest stands first
    Order.STAKE: (col(WaitingGroup.stake_minor), True),
    Order.AMOUNT: (col(WaitingGroup.size_minor), True),
    Order.DATE: (col(WaitingGroup.first_on), False),
    Order.PAYEE: (col(WaitingGroup.sort_name), False),
}


def _with_account(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """With the account's name, the hold reason of the oldest line and the day of the youngest."""
    line = WaitingLine
    of_group = col(line.group_id) == col(WaitingGroup.id)
    reason = select(col(line.hold_reason)).where(of_group).order_by(col(line.booked_on)).limit(1)
    youngest = select(func.max(line.booked_on)).where(of_group)
    return query.add_columns(
        reason.correlate(WaitingGroup).scalar_subquery().label("hold_reason"),
        youngest.correlate(WaitingGroup).scalar_subquery().label("last_on"),
    ).join(Account, col(Account.id) == col(WaitingGroup.account_id))


def _narrowed(session: Session, company_id: UUID, filters: QueueFilter, group_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """What the filter leaves of these groups, for a filter that narrows their lines."""
    if not filters.narrows_lines or not group_ids:
        return {}
    line, group = WaitingLine, WaitingGroup
    rows = session.execute(
        select(
            col(line.group_id), func.count().label("lines"), func.sum(line.amount_minor).label("total_minor"),
            func.min(line.booked_on).label("first_on"), func.max(line.booked_on).label("last_on"),
            func.min(line.hold_reason).label("hold_reason"),
        )
        .join(group, col(group.id) == col(line.group_id))
        .where(col(line.group_id).in_(group_ids), *line_conditions(session, company_id, filters))
        .group_by(col(line.group_id))
    )  # fmt: skip
    return {row.group_id: row for row in rows}


def _group(row: Any, narrowed: Any) -> QueueGroup:
    mean = row.sure_millionths / (MILLION * row.sure_lines) if row.sure_lines else None
    shown = narrowed or row
    total = int(shown.total_minor)
    return QueueGroup(
        key=GroupKey(row.payee, row.account_id, bool(row.money_in), row.currency),
        account="" if row.role == AccountRole.SUSPENSE else f"{row.code} {row.name}",
        lines=shown.lines,
        sum_minor=total,
        mean_confidence=mean,
        level=level_of(mean),
        hold_reason=shown.hold_reason or "",
        stake_minor=round(abs(total) * (1 - (mean or 0))),
        first_on=shown.first_on,
        last_on=shown.last_on,
    )
