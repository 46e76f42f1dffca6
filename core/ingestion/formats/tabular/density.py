"""The order of day and month as the density of the days suggests it: strong evidence, no proof."""

import re
from datetime import date
from math import log10

from core.ingestion.formats.tabular.amounts import is_zero
from core.ingestion.formats.tabular.table import Table

_OVERWHELMING = 3.0  # decimal logarithm of how much likelier one order must be
_FEWEST_DAYS = 3
_SATURDAY = 5
_MONEY = re.compile(r"\D{0,3}[\d.,' ]*[.,]\d{2}\D{0,3}")


def by_density(table: Table, position: int, orders: list[str]) -> list[str]:
    """A statement covers a stretch of time. Read the wrong way round, a few days of one month jump through the year.

    Two orders are weighed by how likely days that lie anywhere within their span are, and by weekends, on which banks
    seldom book. One has to be a thousand times likelier; lines that recur (a rent on the first of each month) are why
    lines may lie far apart, so then nothing is said.
    """
    weights = {order: _likelihood({day for day in table.dates(position).days(order) if day}) for order in orders}
    ranked = sorted(orders, key=lambda order: -weights[order])
    if weights[ranked[0]] - weights[ranked[1]] < _OVERWHELMING or _recurring(table, position):
        return orders
    return ranked[:1]


def _likelihood(days: set[date]) -> float:
    """Decimal logarithm; the first day is free."""
    if len(days) < _FEWEST_DAYS:
        return 0.0
    span = (max(days) - min(days)).days + 1
    weekends = sum(day.weekday() >= _SATURDAY for day in days)
    # A tenth of the bookings on weekends is what exports of cards, which book there too, reach.
    return -(len(days) - 1) * log10(span) + weekends * log10(0.1 / 2) + (len(days) - weekends) * log10(0.9 / 5)


def _recurring(table: Table, position: int) -> bool:
    """Whether the texts of a line or one of its amounts come back on another day."""
    seen: dict[object, str] = {}
    columns = [table.texts(at) for at in range(table.width) if at != position]
    varied = [column for column in columns if len(set(column)) > 1]
    for day, *cells in zip(table.texts(position), *varied, strict=True):
        texts = "".join(re.sub(r"[\d\W_]+", "", cell) for cell in cells)
        numbers = [(at, cell) for at, cell in enumerate(cells) if _MONEY.fullmatch(cell) and not is_zero(cell)]
        if day and any(seen.setdefault(key, day) != day for key in [texts, *numbers]):
            return True
    return False
