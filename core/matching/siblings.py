"""Lines of one payer that add up to an item whose own name says nothing: found by amount, shown as suggestions."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from core.matching.candidates import EARLIEST, LATEST
from core.matching.joining import same_number
from core.matching.reading import Read
from core.matching.texts import Bools

NEXT = 5  # later lines of the same payer that a line is added to
MOST_DAYS = 60  # from the first to the last
MOST_WHOLES = 5  # items of the amount; where more have it, it says nothing


def sibling_payments(read: Read, lines: Bools, items: Bools, most: int) -> list[tuple[int, tuple[int, ...], int]]:
    """Items and the 2 … `most` lines of one account and payer that add up to them, with how many lines were tried."""
    line, item = read.line, read.item
    wholes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in np.flatnonzero(items).tolist():
        wholes[int(item.unit[row]), int(item.amount[row])].append(row)
    found: list[tuple[int, tuple[int, ...], int]] = []
    for first, later in _siblings(read, lines):
        unit, day, account = int(line.unit[first]), int(line.day[first]), int(line.account[first])
        amounts = line.amount[[first, *later]].tolist()
        for count in range(1, most):
            for others in combinations(range(1, len(amounts)), count):
                fitting = wholes.get((unit, amounts[0] + sum([amounts[other] for other in others])), ())
                parts = (first, *(later[other - 1] for other in others))
                found += [
                    (whole, tuple(sorted(parts)), len(amounts))
                    for whole in (fitting if len(fitting) <= MOST_WHOLES else ())
                    if item.account[whole] in (0, account)
                    and day - item.day[whole] >= EARLIEST
                    and line.day[parts[-1]] - item.day[whole] <= LATEST
                ]
    return found


def _siblings(read: Read, lines: Bools) -> Iterator[tuple[int, list[int]]]:
    """Each line with the next ones of its account, direction and payer."""
    side = read.line
    named = np.array([bool(name) for name in side.name.keys], np.bool_)
    rows = np.flatnonzero(lines & named[side.name.of_row]) if len(named) else np.zeros(0, np.int64)
    block = same_number(side.name.of_row[rows], side.account[rows], side.unit[rows])
    several = np.bincount(block)[block] > 1 if len(block) else np.zeros(0, np.bool_)
    rows, block = rows[several], block[several]
    order = np.lexsort((rows, side.day[rows], block))
    for group in np.split(rows[order], np.flatnonzero(np.diff(block[order])) + 1):
        booked = side.day[group].tolist()
        members = group.tolist()
        for place, line in enumerate(members):
            later = [
                other
                for other, day in zip(members[place + 1 : place + 1 + NEXT], booked[place + 1 :], strict=False)
                if day - booked[place] <= MOST_DAYS
            ]
            if later:
                yield line, later
