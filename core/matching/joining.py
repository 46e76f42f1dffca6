"""Joins of columns of numbers, by sorting."""

import numpy as np

from core.matching.values import Integers

_DAYS = 1 << 23  # more than the days of 20,000 years, so that block and day fit into one sortable number


def joined(left: Integers, right: Integers) -> tuple[Integers, Integers]:
    """Positions of equal values, pair by pair, in the order of the left ones and then of the right ones."""
    order = np.argsort(right, kind="stable")
    keys = right[order]
    first = np.searchsorted(keys, left, "left")
    return _spread(first, np.searchsorted(keys, left, "right"), order)


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
        left_block, right_block: numbers from 0.
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
    return _spread(first, last, order)


def _spread(first: Integers, last: Integers, order: Integers) -> tuple[Integers, Integers]:
    """Each left row once for every place from `first` to before `last`, with what stands there."""
    counts = last - first
    rows = np.repeat(np.arange(len(first)), counts)
    starts = np.repeat(first - (np.cumsum(counts) - counts), counts)
    return rows, order[np.arange(len(rows)) + starts]


def same_number(*columns: Integers) -> Integers:
    """One number a row, equal where all columns are equal; numbers are dense from 0."""
    number = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        _, number = np.unique(number * max(len(values), 1) + place, return_inverse=True)
    return number.astype(np.int64)


def rank_within(block: Integers) -> Integers:
    """Of each row how many rows of its block stand before it; rows of a block stand together."""
    if not len(block):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], block[1:] != block[:-1]]))
    return np.arange(len(block)) - np.repeat(starts, np.diff(np.append(starts, len(block))))
