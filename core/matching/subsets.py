"""Exact, bounded search for the parts of a pool of amounts that add up to a target."""

from collections.abc import Sequence

import numpy as np

from core.matching.values import Integers

MOST_POOL = 24  # amounts searched; more would take 2^12 × 2^12 sums and find chance sums everywhere
MOST_FOUND = 40  # combinations after which a target counts as hopelessly ambiguous
_SMALL = 10  # amounts up to which all sums of many pools are taken at once
_CELLS = 4_000_000  # sums held at a time
_COUNTS = np.bitwise_count(np.arange(1 << MOST_POOL // 2))  # how many amounts each set of half a pool has


def subsets_of_each(pools: Sequence[Integers], targets: Sequence[int], *, most: int) -> list[list[tuple[int, ...]]]:
    """`subsets_with_sum` of every pool; small pools of one size are searched together."""
    found: list[list[tuple[int, ...]]] = [[] for _ in pools]
    by_size: dict[int, list[int]] = {}
    for number, pool in enumerate(pools):
        by_size.setdefault(len(pool), []).append(number)
    for size, numbers in by_size.items():
        if size > _SMALL:
            for number in numbers:
                found[number] = subsets_with_sum(pools[number], targets[number], most=most)
        elif size > 1:
            _search_together(found, pools, targets, numbers, _sets_of(size, most))
    return found


def _sets_of(size: int, most: int) -> Integers:
    """The sets of 2 … `most` of so many amounts, as bits, smaller sets first."""
    counts = _COUNTS[: 1 << size]
    masks = np.flatnonzero((counts >= 2) & (counts <= most))
    return masks[np.lexsort((masks, counts[masks]))]


def _search_together(
    found: list[list[tuple[int, ...]]],
    pools: Sequence[Integers],
    targets: Sequence[int],
    numbers: Sequence[int],
    masks: Integers,
) -> None:
    size = len(pools[numbers[0]])
    members = (masks[np.newaxis, :] >> np.arange(size)[:, np.newaxis]) & 1
    at_once = max(1, _CELLS // len(masks))
    for start in range(0, len(numbers), at_once):
        part = numbers[start : start + at_once]
        sums = np.array([pools[number] for number in part], np.int64) @ members
        rows, columns = np.nonzero(sums == np.array([targets[number] for number in part], np.int64)[:, np.newaxis])
        for row, mask in zip(rows.tolist(), masks[columns].tolist(), strict=True):
            if len(sets := found[part[row]]) < MOST_FOUND:
                sets.append(_positions(mask))


def subsets_with_sum(
    amounts: Sequence[int] | Integers, target: int, *, most: int, least: int = 2
) -> list[tuple[int, ...]]:
    """The sets of `least` … `most` positions whose amounts sum to the target, smaller sets first.

    Both halves of the pool are summed in every way and met in the middle: at most 2 × 4,096 sums. Of more than
    MOST_FOUND sets, MOST_FOUND of the smallest size are given, the same ones for the same order of amounts.

    Args:
        amounts: all above 0, at most MOST_POOL.
        target: in the same minor units, above 0.
    """
    if len(amounts) > MOST_POOL:
        raise ValueError(f"{len(amounts)} amounts are more than the {MOST_POOL} that can be searched")
    half = len(amounts) // 2
    near, far = _sums(amounts[:half], target, most), _sums(amounts[half:], target, most)
    order = np.argsort(far[0], kind="stable")
    far_sums, far_masks = far[0][order], far[1][order]
    first = np.searchsorted(far_sums, target - near[0], "left")
    counts = np.searchsorted(far_sums, target - near[0], "right") - first
    if not counts.any():
        return []
    starts = np.cumsum(counts) - counts
    left = np.repeat(near[1], counts)
    right = far_masks[np.arange(len(left)) - np.repeat(starts - first, counts)]
    masks = left | (right << half)
    sizes = np.bitwise_count(masks)
    kept = (sizes >= least) & (sizes <= most)
    masks, sizes = masks[kept], sizes[kept]
    return [_positions(mask) for mask in masks[np.lexsort((masks, sizes))[:MOST_FOUND]].tolist()]


def _sums(amounts: Sequence[int] | Integers, target: int, most: int) -> tuple[Integers, Integers]:
    """Sums of the sets of up to `most` amounts that do not exceed the target, and the sets as bits."""
    sums = np.zeros(1, np.int64)
    for amount in amounts:
        sums = np.concatenate([sums, sums + amount])
    masks = np.flatnonzero((sums <= target) & (_COUNTS[: len(sums)] <= most))
    return sums[masks], masks


def _positions(mask: int) -> tuple[int, ...]:
    return tuple(place for place in range(mask.bit_length()) if mask >> place & 1)
