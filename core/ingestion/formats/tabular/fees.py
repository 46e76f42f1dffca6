"""Gross, fee and net: of three money columns that add up in every row, the net is what the account moves by."""

from collections.abc import Sequence
from itertools import pairwise, permutations

_LARGEST = 3  # a fee is less than a third of the gross amount
_MOST_COLUMNS = 8


def net_of(columns: dict[int, Sequence[int | None]], named: set[int]) -> int:
    """Position of the net column, -1 where no three columns are gross, fee and net.

    Args:
        columns: amounts in millionths by position.
        named: positions that a header calls gross or fee; without one of them a single row proves nothing.
    """
    positions = list(columns)[:_MOST_COLUMNS]
    for gross, fee, net in permutations(positions, 3):
        rows = [
            (g, f, n)
            for g, f, n in zip(columns[gross], columns[fee], columns[net], strict=True)
            if g is not None and n is not None and f is not None
        ]
        charged = sum(f != 0 for _, f, _ in rows)
        if not charged or (charged < 2 and not named & {gross, fee}):
            continue
        # A balance before, an amount and a balance after add up as well.
        if sum(after[0] == before[2] for before, after in pairwise(rows)) * 2 > len(rows):
            continue
        if all(g - abs(f) == n and abs(f) * _LARGEST < abs(g) for g, f, n in rows if g or n):
            return net
    return -1
