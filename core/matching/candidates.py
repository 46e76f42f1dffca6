"""Which lines may settle which items, or be the other side of which lines: same amount, sign, currency, near days."""

import numpy as np

from core.matching.joining import same_number, within
from core.matching.reading import Read, Side
from core.matching.values import Integers

EARLIEST, LATEST = -5, 90  # days from an item's issue to the line that settles it
TRANSFER_DAYS = 5  # most days between the two sides of a transfer


def settlement_pairs(read: Read) -> tuple[Integers, Integers]:
    """Positions of lines and of items, pair by pair: same currency and amount, days in the window, same account
    where the item names one."""
    line, item = read.line, read.item
    named = bool(item.account.all())  # then the account can join the block, which leaves far fewer pairs
    lines = np.flatnonzero(read.settling)
    line_block, item_block = _numbered(
        [line.unit[lines], line.amount[lines], line.account[lines] * named],
        [item.unit, item.amount, item.account * named],
    )
    i, j = within(line_block, line.day[lines], item_block, item.day, -LATEST, -EARLIEST)
    i = lines[i]
    here = same_account(line, item, i, j)
    return i[here], j[here]


def transfer_pairs(read: Read) -> tuple[Integers, Integers]:
    """Positions of lines out and of lines in, pair by pair: opposite amounts on different accounts within the days."""
    line = read.line
    out, into = np.flatnonzero(~line.incoming & (line.amount > 0)), np.flatnonzero(line.incoming)
    out_block, in_block = _numbered([line.unit[out] // 2, line.amount[out]], [line.unit[into] // 2, line.amount[into]])
    i, j = within(out_block, line.day[out], in_block, line.day[into], -TRANSFER_DAYS, TRANSFER_DAYS)
    left, right = out[i], into[j]
    apart = line.account[left] != line.account[right]
    return left[apart], right[apart]


def same_account(line: Side, item: Side, i: Integers, j: Integers) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Pair by pair: the item may be settled on the line's account."""
    return np.asarray((item.account[j] == 0) | (item.account[j] == line.account[i]), np.bool_)


def _numbered(left: list[Integers], right: list[Integers]) -> tuple[Integers, Integers]:
    """One number for each row of two tables; equal rows get equal numbers."""
    numbers = same_number(*(np.concatenate(both) for both in zip(left, right, strict=True)))
    return numbers[: len(left[0])], numbers[len(left[0]) :]
