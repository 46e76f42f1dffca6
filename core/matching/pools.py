"""Adding up parts for wholes: first those that names or numbers tie, then with what stands near them in time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.matching.joining import rank_within
from core.matching.reading import Read, Side
from core.matching.subsets import MOST_POOL, subsets_of_each, subsets_with_sum
from core.matching.texts import Bools
from core.matching.values import Integers

FILLED_POOL = 14  # amounts searched when names alone do not add up: what stands near in time fills the pool
NEAR_DAYS = 4  # how near, from the first and the last that is named
_NEAREST = 200  # rows looked at on each side of the middle of a pool, so that a busy day costs no more than others
_DAYS = 1 << 23  # more than any day


@dataclass(frozen=True, slots=True)
class Found:
    whole: int
    parts: tuple[int, ...]
    pool: int  # movements searched
    sets: int  # combinations found for the whole


class Search:
    """Searches parts of one side for wholes of the other.

    Args:
        free: which rows of `parts` there are to choose from.
        most: parts of a whole.
        window: days from a whole to its parts, first and last.
    """

    def __init__(self, read: Read, wholes: Side, parts: Side, free: Bools, most: int, window: tuple[int, int]) -> None:
        self._wholes, self._parts, self._most, self._window = wholes, parts, most, window
        self._accounts, self._names = read.accounts, len(parts.name.keys)
        rows = np.flatnonzero(free)
        area = parts.unit[rows] * self._accounts + parts.account[rows]
        self._by_area = _Sorted(area, parts.day[rows], rows)
        self._by_name = _Sorted(area * self._names + parts.name.of_row[rows], parts.day[rows], rows)

    def run(self, whole: Integers, part: Integers) -> list[Found]:
        """What adds up, for each whole, of the parts tied to it, pair by pair; filled up where nothing does."""
        tops, pools = self._pools(whole, part)
        amounts = [self._parts.amount[pool] for pool in pools]
        targets = self._wholes.amount[tops].tolist()
        tried = [place for place, pool in enumerate(amounts) if len(pool) > 1 and pool.sum() >= targets[place]]
        sets = subsets_of_each(
            [amounts[place] for place in tried], [targets[place] for place in tried], most=self._most
        )
        adding_up = dict(zip(tried, sets, strict=True))
        found: list[Found] = []
        for place, (top, tied) in enumerate(zip(tops.tolist(), pools, strict=True)):
            pool, ways = tied, adding_up.get(place, [])
            if not ways and len(pool) < FILLED_POOL:
                pool = self._filled(top, tied)
                ways = subsets_with_sum(self._parts.amount[pool], targets[place], most=self._most)
            found += [Found(top, tuple(sorted(pool[list(way)].tolist())), len(pool), len(ways)) for way in ways]
        return found

    def _pools(self, whole: Integers, part: Integers) -> tuple[Integers, list[Integers]]:
        """Wholes, and for each the parts below its amount, the nearest in time first, MOST_POOL at most."""
        below = self._parts.amount[part] < self._wholes.amount[whole]
        whole, part = whole[below], part[below]
        order = np.lexsort((part, np.abs(self._parts.day[part] - self._wholes.day[whole]), whole))
        whole, part = whole[order], part[order]
        kept = rank_within(whole) < MOST_POOL
        whole, part = whole[kept], part[kept]
        tops, starts = np.unique(whole, return_index=True)
        return tops, np.split(part, starts[1:]) if len(tops) else []

    def _filled(self, whole: int, pool: Integers) -> Integers:
        """The pool, then what has the same name as one of it, then what stands near it in time."""
        parts, days = self._parts, self._parts.day[pool]
        middle, here = float(days.mean()), int(self._wholes.day[whole])
        accounts = {0, int(self._wholes.account[whole]), *parts.account[pool].tolist()}
        areas = [int(self._wholes.unit[whole]) * self._accounts + account for account in sorted(accounts)]
        names = np.unique(parts.name.of_row[pool])
        first, last = here + self._window[0], here + self._window[1]
        near = max(first, int(days.min()) - NEAR_DAYS), min(last, int(days.max()) + NEAR_DAYS)
        more = np.unique(
            np.concatenate(
                [
                    *(
                        self._by_name.between(area * self._names + name, first, last, int(middle))
                        for area in areas
                        for name in names.tolist()
                    ),
                    *(self._by_area.between(area, *near, int(middle)) for area in areas),
                ]
            )
        )
        more = more[(parts.amount[more] < self._wholes.amount[whole]) & ~np.isin(more, pool)]
        strange = ~np.isin(parts.name.of_row[more], names)
        ranked = more[np.lexsort((more, np.abs(parts.day[more] - middle), strange))]
        return np.concatenate([pool, ranked[: FILLED_POOL - len(pool)]])


class _Sorted:
    """Rows by a key and the day."""

    def __init__(self, key: Integers, day: Integers, rows: Integers) -> None:
        places = key * _DAYS + day
        order = np.argsort(places, kind="stable")
        self._places, self._rows = places[order], rows[order]

    def between(self, key: int, first: int, last: int, middle: int) -> Integers:
        """The rows of a key within the days, the _NEAREST before and after the middle at most."""
        asked: Sequence[int] = [key * _DAYS + first, key * _DAYS + last + 1, key * _DAYS + middle]
        start, end, centre = np.searchsorted(self._places, asked, "left").tolist()
        return self._rows[max(start, centre - _NEAREST) : min(end, max(start, centre) + _NEAREST)]
