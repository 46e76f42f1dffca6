"""The statement calendar: per bank account which months its statements cover, and where something is missing.

Values in, values out; core.reconciliation.calendars loads them. Statements know the days of their first and last line
alone, so days without lines are bridged: where the closing balance is the next opening one nothing lies between,
however long it was; where a balance is not stated, a week.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from core.reconciliation.statement_proof import MOST_DAYS_WITHOUT_LINES

_DAY = timedelta(days=1)
_EDGE = timedelta(days=MOST_DAYS_WITHOUT_LINES)


class Coverage(StrEnum):
    """How a month of a bank account is covered, the worst that holds."""

    MISSING = "missing"  # no statement has a day of it
    PARTLY = "partly"  # days of it lie in no statement
    DIFFERENCE = "difference"  # balances contradict the lines, or each other
    UNPROVED = "unproved"  # covered, but the balances that would prove it are not stated
    PROVED = "proved"
    BEFORE = "before"  # before the first statement
    RUNNING = "running"  # after the last one, and not over yet


class Trouble(StrEnum):
    """What is wrong between or in statements."""

    GAP = "gap"  # days, or money, between two statements
    OVERLAP = "overlap"  # two statements share days
    DIFFERENCE = "difference"  # opening + lines is not closing, or lines are missing
    UNPROVED = "unproved"  # a balance is not stated
    BEHIND = "behind"  # months that are over have no statement yet


@dataclass(frozen=True, slots=True)
class CalendarStatement:
    """One statement as stored. Money in minor units; None: the balance is not stated."""

    file_name: str
    first_on: date
    last_on: date
    opening_minor: int | None
    closing_minor: int | None
    lines_minor: int
    line_count: int
    stored_lines: int  # live lines of its days

    @property
    def is_whole(self) -> bool:
        return self.stored_lines >= self.line_count

    def difference(self, opening_minor: int | None) -> int | None:
        """Opening + lines - closing; None where a balance is not known."""
        if opening_minor is None or self.closing_minor is None:
            return None
        return opening_minor + self.lines_minor - self.closing_minor


@dataclass(frozen=True, slots=True)
class CalendarProblem:
    """Something to look after, from `first_on` to `last_on`.

    `days`: without a statement (gap, behind) or in two of them (overlap). `lines` that are not in the books any more.
    `amount_minor`: opening + lines - closing of a statement, or next opening - closing of a gap; None: not known.
    """

    trouble: Trouble
    first_on: date
    last_on: date
    days: int = 0
    lines: int = 0
    amount_minor: int | None = None
    file_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month of a bank account. `overlaps`: statements share days of it."""

    month: date  # its first day
    coverage: Coverage
    overlaps: bool
    file_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountCalendar:
    """The calendar of one bank account: every month from the company's first statement to the last or current one."""

    bank_account_id: UUID
    name: str
    code: str
    currency: str
    months: tuple[CalendarMonth, ...]
    problems: tuple[CalendarProblem, ...]


def months_between(first_on: date, last_on: date) -> list[date]:
    """The first days of all months from that of `first_on` to that of `last_on`."""
    months = [first_on.replace(day=1)]
    while (following := _next_month(months[-1])) <= last_on:
        months.append(following)
    return months


def lay_out(
    statements: Sequence[CalendarStatement], months: Sequence[date], today: date
) -> tuple[tuple[CalendarMonth, ...], tuple[CalendarProblem, ...]]:
    """The months and the problems of one bank account, whose statements stand in the order of their days."""
    chain = _chain(statements)
    problems = [*_of_each(statements), *chain, *_behind(statements, today)]
    problems.sort(key=lambda one: (one.first_on, one.last_on, one.trouble))
    covered = _covered(statements, [one for one in chain if one.trouble is Trouble.GAP])
    return tuple(_month(month, statements, covered, problems, today) for month in months), tuple(problems)


def _of_each(statements: Sequence[CalendarStatement]) -> Iterable[CalendarProblem]:
    """Statements that do not add up, or that cannot be added up. An opening not stated is the closing before it."""
    before: int | None = None
    for one in statements:
        difference = one.difference(before if one.opening_minor is None else one.opening_minor)
        before = one.closing_minor
        if difference or not one.is_whole:
            missing = max(0, one.line_count - one.stored_lines)
            yield CalendarProblem(
                Trouble.DIFFERENCE, one.first_on, one.last_on,
                lines=missing, amount_minor=difference, file_names=(one.file_name,),
            )  # fmt: skip
        elif difference is None:
            yield CalendarProblem(Trouble.UNPROVED, one.first_on, one.last_on, file_names=(one.file_name,))


def _chain(statements: Sequence[CalendarStatement]) -> list[CalendarProblem]:
    """Gaps and overlaps between a statement and the one that reached furthest before it."""
    found: list[CalendarProblem] = []
    before: CalendarStatement | None = None
    for one in statements:
        if before is not None:
            found.extend(_between(before, one))
        before = one if before is None or one.last_on >= before.last_on else before
    return found


def _between(before: CalendarStatement, after: CalendarStatement) -> Iterable[CalendarProblem]:
    names = (before.file_name, after.file_name)
    shared = (before.last_on - after.first_on).days + 1
    if shared > 0:
        last_on = min(before.last_on, after.last_on)
        both = (last_on - after.first_on).days + 1
        if both > 1:  # one day may be cut in two
            yield CalendarProblem(Trouble.OVERLAP, after.first_on, last_on, both, file_names=names)
        return
    days = -shared
    money = None
    if before.closing_minor is not None and after.opening_minor is not None:
        money = after.opening_minor - before.closing_minor
    if money or (money is None and days > MOST_DAYS_WITHOUT_LINES):
        first_on, last_on = (before.last_on + _DAY, after.first_on - _DAY) if days else (after.first_on, after.first_on)
        yield CalendarProblem(Trouble.GAP, first_on, last_on, days, amount_minor=money, file_names=names)


def _behind(statements: Sequence[CalendarStatement], today: date) -> Iterable[CalendarProblem]:
    """The months that are over since the last statement."""
    if not statements:
        return
    last_on = max(one.last_on for one in statements)
    over = today.replace(day=1) - _DAY
    if over - last_on > _EDGE:
        yield CalendarProblem(Trouble.BEHIND, last_on + _DAY, over, (over - last_on).days)


def _covered(statements: Sequence[CalendarStatement], gaps: Sequence[CalendarProblem]) -> list[tuple[date, date]]:
    """The stretches of days that statements cover, what lies between two of them counted in unless it is a gap."""
    stretches: list[tuple[date, date]] = []
    begins = {gap.last_on + _DAY if gap.days else gap.last_on for gap in gaps}
    for one in statements:
        if stretches and one.first_on not in begins:
            first_on, last_on = stretches[-1]
            stretches[-1] = (first_on, max(last_on, one.last_on))
        else:
            stretches.append((one.first_on, one.last_on))
    return stretches


def _month(
    month: date,
    statements: Sequence[CalendarStatement],
    covered: Sequence[tuple[date, date]],
    problems: Sequence[CalendarProblem],
    today: date,
) -> CalendarMonth:
    end = _next_month(month) - _DAY
    here = {
        Trouble.DIFFERENCE if one.trouble is Trouble.GAP and not one.days else one.trouble
        for one in problems
        if one.first_on <= end and one.last_on >= month
    }
    return CalendarMonth(
        month,
        _coverage(month, end, covered, here, today),
        Trouble.OVERLAP in here,
        tuple(one.file_name for one in statements if one.first_on <= end and one.last_on >= month),
    )


def _coverage(
    month: date, end: date, covered: Sequence[tuple[date, date]], here: set[Trouble], today: date
) -> Coverage:
    touching = [(first, last) for first, last in covered if first <= end and last >= month]
    if not touching:
        if not covered or end < covered[0][0]:
            return Coverage.BEFORE
        return Coverage.RUNNING if end >= today and month > covered[-1][1] else Coverage.MISSING
    if Trouble.DIFFERENCE in here:
        return Coverage.DIFFERENCE
    wanted = min(end, today)
    late, early = touching[0][0] - month > _EDGE, wanted - touching[-1][1] > _EDGE
    holes = any(later[0] - earlier[1] > _DAY for earlier, later in pairwise(touching))
    if late or early or holes:
        return Coverage.PARTLY
    return Coverage.UNPROVED if Trouble.UNPROVED in here else Coverage.PROVED


def _next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)
