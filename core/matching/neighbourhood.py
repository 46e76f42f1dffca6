"""Which open lines and items news can reach: all that comparing needs lies in a bounded number of days around them."""

from dataclasses import dataclass

import numpy as np

from core.matching.candidates import EARLIEST, LATEST
from core.matching.reading import day_numbers
from core.matching.texts import Bools
from core.matching.values import BankLines, Integers, Matching, OpenItems, ProposedMatch

REACH = LATEST - EARLIEST  # days between the two payments or the two items that are farthest apart and still rivals
AROUND = 4 * REACH  # what is reached, its partners, their rivals, and what those add up with


@dataclass(frozen=True)
class Neighbourhood:
    """A part of the open lines and items to be matched alone, and the rows of it for which that says the same as
    matching all: `touched` are those that news can reach, the others are there as their rivals."""

    lines: BankLines
    items: OpenItems
    touched_lines: Bools
    touched_items: Bools

    @classmethod
    def of(cls, lines: BankLines, items: OpenItems, news: Integers | None) -> "Neighbourhood":
        """What lies around the days on which a line or an item came, changed or went; None: all, all of it touched.

        Args:
            news: days since the epoch.
        """
        if news is None:
            return cls(lines, items, np.ones(len(lines), np.bool_), np.ones(len(items), np.bool_))
        line_day, item_day = day_numbers(lines.booked_on), day_numbers(items.issued_on)
        here, there = (np.flatnonzero(_near(days, news, AROUND)) for days in (line_day, item_day))
        return cls(
            lines.at(here), items.at(there),
            _near(line_day[here], news, REACH), _near(item_day[there], news, REACH),
        )  # fmt: skip

    def touched(self, found: Matching) -> list[ProposedMatch]:
        """The matches that have a touched line or item."""
        return [
            match
            for match in found.matches
            if self.touched_lines[list(match.lines)].any() or self.touched_items[list(match.items)].any()
        ]


def _near(days: Integers, news: Integers, most: int) -> Bools:
    """Of each day whether it is at most so many days from one of the news."""
    known = np.unique(news)
    if not len(known):
        return np.zeros(len(days), np.bool_)
    after = np.searchsorted(known, days)
    later = known[np.minimum(after, len(known) - 1)]
    earlier = known[np.maximum(after - 1, 0)]
    return np.asarray(np.minimum(np.abs(days - later), np.abs(days - earlier)) <= most, np.bool_)
