"""Rows that state a total or a balance as if it were a line, in words that nobody has listed: the sums tell."""

from collections.abc import Sequence

_FEWEST = 4  # amounts of which the last being the sum of the others is no chance
_MOST_TURNOVERS = 2  # rows between the last line and the closing balance


def summed_up(amounts: Sequence[int], proved: bool | None) -> str:
    """What a person should check where the last amount is the sum of those before it; "" where it is not.

    Nothing is left out for that: the payments of a few days may add up so by chance.

    Args:
        amounts: of one account in file order, in minor units.
        proved: whether balances prove the lines, which they do not where one of them is a total.
    """
    if proved or len(amounts) < _FEWEST or not amounts[-1]:
        return ""
    for turnovers in range(_MOST_TURNOVERS + 1):
        lines = amounts[: len(amounts) - 1 - turnovers]
        stated = amounts[len(lines) : -1]
        if len(lines) >= _FEWEST - 1 - bool(turnovers) and sum(lines) == amounts[-1] and _are_sums(stated, lines):
            return (
                "The amount of the last row is the sum of the amounts above it. If it states a total or a balance, "
                "leave it out, and the first row, too, where that states a balance."
            )
    return ""


def _are_sums(stated: Sequence[int], lines: Sequence[int]) -> bool:
    """Whether amounts are what came in or went out in all, with or without an opening balance in the first row."""
    sums = {sum(a for a in part if a * way > 0) for part in (lines, lines[1:]) for way in (1, -1)}
    return all(amount in sums for amount in stated)
