"""In which direction of time the rows run, and what that says of the order of day and month."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from core.ingestion.formats.tabular.dates import DateColumn, possible_orders

ENOUGH_STEPS = 5


def by_sequence(column: DateColumn, orders: list[str], newest_first: bool | None, least: int) -> list[str]:
    """Bank files run in one direction. An order in which they do, beside one in which they do not, is the right one."""
    running = []
    for order in orders:
        days = [day for day in column.days(order) if day]
        steps = [(b - a).days for a, b in pairwise(days) if a != b]
        up, down = sum(s > 0 for s in steps), sum(s < 0 for s in steps)
        wrong = up if newest_first else down if newest_first is False else min(up, down)
        running.append((order, wrong, len(steps)))
    if newest_first is None:
        least = max(least, ENOUGH_STEPS)
    straight = [order for order, wrong, steps in running if wrong == 0 and steps >= least]
    crooked = [order for order, wrong, _ in running if wrong >= (1 if least < ENOUGH_STEPS else 2)]
    return straight if len(straight) == 1 and len(crooked) == len(orders) - 1 else orders


def runs_newest_first(days: Iterable[date | None]) -> bool | None:
    """Whether more neighbouring rows step back in time than forwards; None where neither prevails."""
    known = [day for day in days if day]
    ups = sum(later > day for day, later in pairwise(known))
    downs = sum(later < day for day, later in pairwise(known))
    return downs > ups if ups != downs else None


def directions(column: DateColumn) -> set[bool]:
    """Whether the rows run newest first, in each order that could be meant; empty where they run in no direction."""
    runs = {runs_newest_first(column.days(order)) for order in possible_orders(column)}
    return {newest_first for newest_first in runs if newest_first is not None}


def breaks(column: DateColumn) -> int:
    """How often the rows turn back in time in the order of day and month in which they do so least."""
    fewest = []
    for order in possible_orders(column):
        days = [day for day in column.days(order) if day]
        ups = sum(later > day for day, later in pairwise(days))
        downs = sum(later < day for day, later in pairwise(days))
        fewest.append(min(ups, downs))
    return min(fewest, default=0)
