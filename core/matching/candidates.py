"""Which lines may settle which items, or be the other side of which lines: same amount, sign, currency, near days."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.matching.values import BankLines, Integers, OpenItems

EARLIEST, LATEST = -5, 90  # days from an item's issue to the line that settles it
TRANSFER_DAYS = 5  # most days between the two sides of a transfer
_DAYS = 1_000_000  # more than any day number, so that block and day fit into one sortable number


def settlement_pairs(lines: BankLines, items: OpenItems) -> tuple[Integers, Integers]:
    """Positions of lines and of items, pair by pair: same currency and amount, days in the window, same account
    where the item names one."""
    named = all(items.account)  # then the account can join the block, which leaves far fewer pairs
    line_account, item_account = (lines.account, items.account) if named else ([""] * len(lines), [""] * len(items))
    line_block, item_block = blocks(
        [lines.currency, lines.amount_minor.tolist(), line_account],
        [items.currency, items.amount_minor.tolist(), item_account],
    )
    i, j = within(
        line_block, day_numbers(lines.booked_on), item_block, day_numbers(items.issued_on), -LATEST, -EARLIEST
    )
    if not len(i):
        return i, j
    kept = np.array([not held for held in lines.transfers_only] or [True] * len(lines), np.bool_)[i]
    if not named:
        of_line, of_item = blocks([lines.account], [items.account])
        anywhere = np.array([not account for account in items.account], np.bool_)
        kept &= anywhere[j] | (of_line[i] == of_item[j])
    return i[kept], j[kept]


def transfer_pairs(lines: BankLines) -> tuple[Integers, Integers]:
    """Positions of lines out and of lines in, pair by pair: opposite amounts on different accounts within the days."""
    out, into = np.flatnonzero(lines.amount_minor < 0), np.flatnonzero(lines.amount_minor > 0)
    currency = np.asarray(lines.currency, object)
    out_block, in_block = blocks(
        [currency[out].tolist(), (-lines.amount_minor[out]).tolist()],
        [currency[into].tolist(), lines.amount_minor[into].tolist()],
    )
    day = day_numbers(lines.booked_on)
    i, j = within(out_block, day[out], in_block, day[into], -TRANSFER_DAYS, TRANSFER_DAYS)
    account, _ = blocks([lines.account], [[]])
    left, right = out[i], into[j]
    apart = account[left] != account[right]
    return left[apart], right[apart]


def blocks(left: Sequence[Sequence[object]], right: Sequence[Sequence[object]]) -> tuple[Integers, Integers]:
    """Numbers for the rows of two tables given as columns; equal rows get equal numbers."""
    known: dict[tuple[object, ...], int] = {}
    numbers = [[known.setdefault(row, len(known)) for row in zip(*table, strict=True)] for table in (left, right)]
    return np.array(numbers[0], np.int64), np.array(numbers[1], np.int64)


def day_numbers(days: npt.NDArray[np.datetime64]) -> Integers:
    """Days as numbers above 0."""
    return days.astype("datetime64[D]").astype(np.int64) + _DAYS // 4  # positive from long before any statement


def within(
    left_block: Integers,
    left_day: Integers,
    right_block: Integers,
    right_day: Integers,
    least: int,
    most: int,
    *,
    first_of: int | None = None,
    last_of: int | None = None,
) -> tuple[Integers, Integers]:
    """All pairs of one block whose days satisfy least <= right - left <= most, by sorted search.

    Args:
        first_of, last_of: of each left row take only that many of the earliest or of the latest.
    """
    keys = right_block * _DAYS + right_day
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.searchsorted(keys, left_block * _DAYS + left_day + least, "left")
    last = np.searchsorted(keys, left_block * _DAYS + left_day + most, "right")
    if last_of is not None:
        first = np.maximum(first, last - last_of)
    if first_of is not None:
        last = np.minimum(last, first + first_of)
    counts = last - first
    i = np.repeat(np.arange(len(left_block)), counts)
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) if len(counts) else first
    j = order[np.arange(len(i)) + starts] if len(i) else np.zeros(0, np.int64)
    return i.astype(np.int64), j.astype(np.int64)
