"""Day first or month first: settled by evidence from the whole file, or not at all."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import AmbiguousStatement
from core.ingestion.formats.tabular.date_habits import orders_by_habit
from core.ingestion.formats.tabular.dates import DateColumn, certain_days, possible_orders, read_parts
from core.ingestion.formats.tabular.density import by_density
from core.ingestion.formats.tabular.row_order import ENOUGH_STEPS, by_sequence
from core.ingestion.formats.tabular.table import Table

_ANY_DATE = re.compile(r"\b\d{1,2}([-/.])\d{1,2}\1\d{2,4}\b")
_ORDER_WORDS = {"DMY": "day first", "MDY": "month first", "YMD": "year first", "YDM": "year, day, month"}
_LEADS = {"D": "day", "M": "month", "Y": "year"}
_LOOKED_AT = 400  # rows whose texts are searched for dates
_LONGEST_DATE = 10
_NEAR = 10  # days between a line's date and one that its text names
_SLACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DateOrder:
    """The order that holds, or the orders that remain; `reason` says by what it was settled.

    `sure` is False where the evidence is strong but no proof, so that a person should look at a line.
    """

    order: str
    reason: str
    remaining: tuple[str, ...] = ()
    sure: bool = True

    @property
    def doubt(self) -> str:
        """What a person should know of an order that nothing proves."""
        taken = f"{_ORDER_WORDS[self.order]} was taken, because {self.reason}"
        return f"Nothing proves what stands first in the dates; {taken}. Check one line."


def find_order(
    table: Table,
    position: int,
    others: Sequence[int],
    decimal: str,
    chain_newest_first: bool | None,
    currencies: Collection[str] = (),
) -> DateOrder:
    """The order of the date column.

    Args:
        others: positions of further date columns of the file.
        decimal: the decimal mark of its amounts.
        chain_newest_first: the order of rows that a running balance proves, None where none does.
        currencies: ISO codes of the lines, or of the bank account where the file names none.
    """
    column = table.dates(position)
    orders = possible_orders(column)
    if not orders:
        return DateOrder("", "no order makes dates of it")
    if len(orders) == 1 or _same_days(column, orders):
        return DateOrder(orders[0], "only this order makes dates of the whole column")
    if contradictory := _contradiction(column, orders):
        return contradictory
    for narrowed, reason in (
        (_by_other_columns(table, column, others, orders), "another date column settles it"),
        (_by_preamble(table, column, orders), "dates above the table settle it"),
        (_by_texts(table, position, orders, 2), "dates in the texts of the lines settle it"),
        (_by_dots(column, orders), "nobody writes dots with the month first"),
        (by_sequence(column, orders, chain_newest_first, ENOUGH_STEPS), "only so are the rows in order"),
    ):
        if len(narrowed) == 1:
            return DateOrder(narrowed[0], reason)
    habits = _by_habit(table, orders, decimal, currencies)
    return _likely(table, position, orders, habits, chain_newest_first)


def _likely(table: Table, position: int, orders: list[str], habits: list[str], newest_first: bool | None) -> DateOrder:
    """What strong evidence suggests that is no proof; nothing where two pieces of it disagree."""
    column = table.dates(position)
    signs = [
        (narrowed[0], reason)
        for narrowed, reason in (
            (_by_texts(table, position, orders, 1), "a date in the text of a line suggests it"),
            (by_density(table, position, orders), "only so do the lines lie close together"),
            (by_sequence(column, orders, newest_first, 1), "only so are the few rows in order"),
            (_by_latest(column, orders, table.made_by), "only so is no line later than the file itself"),
            (habits, "the language, the words, the decimal commas or the time zone suggest it"),
        )
        if len(narrowed) == 1
    ]
    if len({order for order, _ in signs}) != 1:
        return DateOrder("", "nothing in the file settles it", tuple(orders))
    return DateOrder(*signs[0], sure=False)


def date_question(name: str, column: DateColumn, order: DateOrder) -> AmbiguousStatement:
    """The refusal that asks which of the remaining orders a column of dates has."""
    sample = next(text for text, parts in column.parts.items() if parts)
    candidates = []
    for remaining in order.remaining:
        days = sorted(day for day in column.days(remaining) if day)
        candidates.append(f"{_ORDER_WORDS[remaining]}: from {days[0]} to {days[-1]}")
    leads = " or the ".join(dict.fromkeys(_LEADS[remaining[0]] for remaining in order.remaining))
    return AmbiguousStatement(
        name,
        f"dates like “{sample}” may have the {leads} first, and {order.reason}.",
        candidates,
        [{"date_order": remaining} for remaining in order.remaining],
    )


def _same_days(column: DateColumn, orders: Iterable[str]) -> bool:
    days = [column.days(order) for order in orders]
    return all(other == days[0] for other in days[1:])


def _contradiction(column: DateColumn, orders: list[str]) -> DateOrder | None:
    """Where some dates are only day first and others only month first, the column has no single order."""
    alone = {
        order: column.readable(order).difference(*(column.readable(o) for o in orders if o != order))
        for order in orders
    }
    if sum(1 for texts in alone.values() if texts) > 1:
        return DateOrder("", "some rows have the day first and others the month", tuple(orders))
    return None


def _by_other_columns(table: Table, column: DateColumn, others: Sequence[int], orders: list[str]) -> list[str]:
    """Another date column of the same shape has days above 12, or one that is certain agrees with one order only."""
    shape = _shape(column)
    for position in others:
        other = table.dates(position)
        possible = possible_orders(other)
        if _shape(other) == shape and set(orders) <= set(possible):
            # A line is booked some days after it was made, not months; read the wrong way round the days lie apart.
            apart = {order: _gaps(column.days(order), other.days(order)) for order in orders}
            near = [order for order in orders if apart[order] and max(apart[order]) <= 10]
            far = [order for order in orders if apart[order] and max(apart[order]) > 20]
            if len(near) == 1 and len(far) == len(orders) - 1:
                return near
        narrowed = [order for order in orders if order in possible]
        if _shape(other) == shape and 0 < len(narrowed) < len(orders):
            return narrowed
        if possible and (len(possible) == 1 or _same_days(other, possible)):
            days = other.days(possible[0])
            near = [order for order in orders if _near(column.days(order), days)]
            if len(near) == 1:
                return near
    return orders


def _shape(column: DateColumn) -> tuple[str, bool]:
    first = next((p for p in column.parts.values() if p and p.shape == "num"), None)
    return (first.separator, first.short_year) if first else ("", False)


def _near(left: list[date | None], right: list[date | None]) -> bool:
    gaps = _gaps(left, right)
    return bool(gaps) and sum(gap <= 10 for gap in gaps) >= 0.9 * len(gaps)


def _gaps(left: list[date | None], right: list[date | None]) -> list[int]:
    return [abs((a - b).days) for a, b in zip(left, right, strict=True) if a and b]


def _by_preamble(table: Table, column: DateColumn, orders: list[str]) -> list[str]:
    """Dates above the table that are possible in one order only; else the period that they span holds the lines."""
    texts = [m[0] for r in table.preamble for cell in r.cells for m in _ANY_DATE.finditer(cell) if read_parts(m[0])]
    found = DateColumn.of(texts)
    possible = possible_orders(found) if texts else []
    narrowed = [order for order in orders if order in possible]
    if len(narrowed) == 1:
        return narrowed
    certain = {day for r in table.preamble for cell in r.cells for day in certain_days(cell)}
    if not certain:
        return orders
    # An export is made after its last line; two dates are the period.
    last = max(certain) + _SLACK
    first = min(certain) - _SLACK if len(certain) > 1 else date.min
    within = [order for order in orders if all(first <= day <= last for day in column.days(order) if day)]
    return within if len(within) == 1 else orders


def _by_texts(table: Table, position: int, orders: list[str], least: int) -> list[str]:
    """A date in a line's text lies near the line's own date: "PURCHASE 22FEB", "2018-03-30T17:47 card 1"."""
    texts, near, far = table.texts(position), Counter[str](), Counter[str]()
    days = {order: table.dates(position).days(order) for order in orders}
    for index, row in enumerate(table.rows[:_LOOKED_AT]):
        cells = [cell for cell in row.cells if len(cell) > _LONGEST_DATE and cell != texts[index]]
        named = {day for cell in cells for day in certain_days(cell)}
        if len(named) != 1:
            continue
        for order in orders:
            day = days[order][index]
            gap = abs((day - min(named)).days) if day else 0
            near[order] += day is not None and gap <= _NEAR
            far[order] += gap > 2 * _NEAR
    fitting = [order for order in orders if near[order] >= least and not far[order]]
    return fitting if len(fitting) == 1 and all(far[o] for o in orders if o not in fitting) else orders


def _by_dots(column: DateColumn, orders: list[str]) -> list[str]:
    return [o for o in orders if o == "DMY"] or orders if _shape(column)[0] == "." else orders


def _by_habit(table: Table, orders: list[str], decimal: str, currencies: Iterable[str]) -> list[str]:
    suggested = orders_by_habit(table, decimal, currencies)
    return [order for order in orders if order in suggested] or orders if len(suggested) == 1 else orders


def _by_latest(column: DateColumn, orders: list[str], latest: date | None) -> list[str]:
    """No line is booked after the day on which the file was made; in one order alone all lines lie before it."""
    if latest is None:
        return orders
    within = [order for order in orders if all(day <= latest + _SLACK for day in column.days(order) if day)]
    return within if len(within) == 1 else orders
