"""Lines of one payer that add up to an item whose own name says nothing: found by amount, shown as suggestions."""

from itertools import combinations

import numpy as np

from core.matching.candidates import EARLIEST, LATEST, same_account
from core.matching.joining import joined, same_number
from core.matching.reading import Read
from core.matching.texts import Bools
from core.matching.values import Integers

NEXT = 5  # later lines of the same payer that a line is added to
MOST_DAYS = 60  # from the first to the last
MOST_WHOLES = 5  # items of the amount; where more have it, it says nothing


def sibling_payments(read: Read, lines: Bools, items: Bools, most: int) -> list[tuple[int, tuple[int, ...], int]]:
    """Items and the 2 … `most` lines of one account and payer that add up to them, with how many lines were tried."""
    line, item = read.line, read.item
    rows, block = _payers(read, lines)
    wholes = np.flatnonzero(items)
    code = item.amount[wholes] * read.units + item.unit[wholes]
    values, place, count = np.unique(code, return_inverse=True, return_counts=True)
    rare = count[place] <= MOST_WHOLES if len(values) else np.zeros(0, np.bool_)
    wholes, code = wholes[rare], code[rare]
    later = [_follows(line.day[rows], block, step) for step in range(NEXT + 1)]
    tried = np.sum(later, axis=0)
    found: list[tuple[int, tuple[int, ...], int]] = []
    for steps in (steps for size in range(1, most) for steps in combinations(range(1, NEXT + 1), size)):
        first = np.flatnonzero(later[steps[-1]])
        parts = np.stack([rows[first + step] for step in (0, *steps)], axis=1)
        sums = line.amount[parts].sum(axis=1) * read.units + line.unit[rows[first]]
        group, which = joined(sums, code)
        fits = _timely(read, parts[group], wholes[which])
        for at, whole in zip(group[fits].tolist(), wholes[which][fits].tolist(), strict=True):
            found.append((whole, tuple(sorted(parts[at].tolist())), int(tried[first[at]])))
    return found


def _payers(read: Read, lines: Bools) -> tuple[Integers, Integers]:
    """Lines by payer, account and direction, then by day; and a number for each payer, account and direction."""
    side = read.line
    named = np.array([bool(name) for name in side.name.keys], np.bool_)
    rows = np.flatnonzero(lines)
    rows = rows[named[side.name.of_row[rows]]] if len(rows) else rows
    block = same_number(side.name.of_row[rows], side.account[rows], side.unit[rows])
    order = np.lexsort((rows, side.day[rows], block))
    return rows[order], block[order]


def _follows(day: Integers, block: Integers, step: int) -> Bools:
    """Rows whose next but so many is of the same payer and not too late."""
    found = np.zeros(len(day), np.bool_)
    count = max(len(day) - step, 0)
    found[:count] = (block[:count] == block[step:]) & (day[step:] - day[:count] <= MOST_DAYS)
    return found


def _timely(read: Read, parts: Integers, wholes: Integers) -> Bools:
    line, item = read.line, read.item
    early = line.day[parts[:, 0]] - item.day[wholes] >= EARLIEST
    late = line.day[parts[:, -1]] - item.day[wholes] <= LATEST
    return np.asarray(early & late & same_account(line, item, parts[:, 0], wholes), np.bool_)
