"""Which of the waiting lines are looked at: the filter of the queue, and what it means in SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from core.posting.line_search import sizes_meant
from models import Method, QueueState, WaitingGroup, WaitingLine

LIKELY, UNSURE = 0.8, 0.6  # mean calibrated confidence from which a group counts as such
MILLION = 1_000_000


class Level(StrEnum):
    """How sure the machine is of a group."""

    LIKELY = "likely"
    UNSURE = "unsure"
    GUESS = "guess"
    NO_BASIS = "no basis"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which lines are looked at. `text` is searched in description and counterparty, and as an amount.

    State, level and account are those of a group. The others narrow its lines: shown are the groups that hold such a
    line, with the sums of these lines alone.
    """

    level: Level | None = None
    text: str = ""
    bank_account_id: UUID | None = None
    account_id: UUID | None = None  # proposed
    method: Method | None = None
    least_minor: int | None = None  # size of a line, without sign
    most_minor: int | None = None
    hold_reason: str | None = None
    first_on: date | None = None
    last_on: date | None = None
    state: QueueState = QueueState.OPEN

    @property
    def narrows_lines(self) -> bool:
        """Whether a group may hold lines that are not looked at."""
        by_line = (
            self.bank_account_id, self.method, self.least_minor, self.most_minor, self.hold_reason, self.first_on,
            self.last_on, self.text.strip() or None,
        )  # fmt: skip
        return any(chosen is not None for chosen in by_line)


def group_conditions(
    session: Session, company_id: UUID, filters: QueueFilter, *, each: bool = True
) -> list[ColumnElement[bool]]:
    """Conditions on waiting_groups. With `each`, also that a group holds a line of the filter."""
    group = WaitingGroup
    conditions = [col(group.company_id) == company_id, col(group.state) == filters.state]
    if filters.level is not None:
        conditions.append(_at_level(filters.level))
    if filters.account_id is not None:
        conditions.append(col(group.account_id) == filters.account_id)
    if each and filters.narrows_lines:
        of_lines = line_conditions(session, company_id, filters)
        if filters.text.strip():  # read through once, which finds words sooner than a look into each group
            found = select(col(WaitingLine.group_id)).where(col(WaitingLine.company_id) == company_id, *of_lines)
            conditions.append(col(group.id).in_(found))
        else:
            line = select(col(WaitingLine.entry_id)).where(col(WaitingLine.group_id) == col(group.id), *of_lines)
            conditions.append(line.correlate(WaitingGroup).exists())
    return conditions


def line_conditions(session: Session, company_id: UUID, filters: QueueFilter) -> list[ColumnElement[bool]]:
    """Conditions on waiting_lines beside their groups."""
    line = WaitingLine
    size = func.abs(line.amount_minor)
    asked: list[tuple[object, Callable[[], ColumnElement[bool]]]] = [
        (filters.bank_account_id, lambda: col(line.bank_account_id) == filters.bank_account_id),
        (filters.method, lambda: col(line.method) == filters.method),
        (filters.least_minor, lambda: size >= filters.least_minor),
        (filters.most_minor, lambda: size <= filters.most_minor),
        (filters.hold_reason, lambda: col(line.hold_reason) == filters.hold_reason),
        (filters.first_on, lambda: col(line.booked_on) >= filters.first_on),
        (filters.last_on, lambda: col(line.booked_on) <= filters.last_on),
        (filters.text.strip() or None, lambda: _mentions(session, company_id, filters.text.strip())),
    ]
    return [condition() for chosen, condition in asked if chosen is not None]


def _mentions(session: Session, company_id: UUID, text: str) -> ColumnElement[bool]:
    """As `mentions`, of the words that the queue keeps in small letters."""
    small = text.lower()
    named = select(col(WaitingGroup.id)).where(
        col(WaitingGroup.company_id) == company_id, col(WaitingGroup.sort_name).contains(small, autoescape=True)
    )
    found = [col(WaitingLine.words).contains(small, autoescape=True), col(WaitingLine.group_id).in_(named)]
    sizes = sizes_meant(session, company_id, text)
    return or_(*found, func.abs(WaitingLine.amount_minor).between(*sizes)) if sizes else or_(*found)


def _at_level(level: Level) -> ColumnElement[bool]:
    """In whole numbers, so that a mean of exactly the limit counts as such."""
    lines, sure = col(WaitingGroup.sure_lines), col(WaitingGroup.sure_millionths)
    likely, unsure = (sure >= round(limit * MILLION) * lines for limit in (LIKELY, UNSURE))
    match level:
        case Level.LIKELY:
            return and_(lines > 0, likely)
        case Level.UNSURE:
            return and_(lines > 0, unsure, ~likely)
        case Level.GUESS:
            return and_(lines > 0, ~unsure)
        case Level.NO_BASIS:
            return lines == 0


def level_of(confidence: float | None) -> Level:
    """The level word of a mean confidence."""
    if confidence is None:
        return Level.NO_BASIS
    if confidence >= LIKELY:
        return Level.LIKELY
    return Level.UNSURE if confidence >= UNSURE else Level.GUESS
