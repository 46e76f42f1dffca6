"""Exact, bounded search for the parts of a pool of amounts that add up to a target."""

from collections.abc import Sequence

import numpy as np

from core.matching.values import Integers

MOST_POOL = 24  # amounts searched; more would take 2^12 × 2^12 sums and find chance sums everywhere
MOST_FOUND = 40  # combinations after which a target counts as hopelessly ambiguous
_COUNTS = np.bitwise_count(np.arange(1 << MOST_POOL // 2))  # how many amounts each set of half a pool has


def subsets_with_sum(amounts: Sequence[int], target: int, *, most: int, least: int = 2) -> list[tuple[int, ...]]:
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
    return [_positions(int(mask)) for mask in masks[np.lexsort((masks, sizes))[:MOST_FOUND]]]


def _sums(amounts: Sequence[int], target: int, most: int) -> tuple[Integers, Integers]:
    """Sums of the sets of up to `most` amounts that do not exceed the target, and the sets as bits."""
    sums = np.zeros(1, np.int64)
    for amount in amounts:
        sums = np.concatenate([sums, sums + amount])
    masks = np.flatnonzero((sums <= target) & (_COUNTS[: len(sums)] <= most))
    return sums[masks], masks


def _positions(mask: int) -> tuple[int, ...]:
    return tuple(place for place in range(mask.bit_length()) if mask >> place & 1)
