"""Lines of one payer that add up to an item whose own name says nothing: found by amount, shown as suggestions."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from core.matching.candidates import EARLIEST, LATEST, day_numbers
from core.matching.texts import name_key
from core.matching.values import BankLines, OpenItems

NEXT = 5  # later lines of the same payer that a line is added to
MOST_DAYS = 60  # from the first to the last
MOST_WHOLES = 5  # items of the amount; where more have it, it says nothing


def sibling_payments(lines: BankLines, items: OpenItems, most: int) -> list[tuple[int, tuple[int, ...], int]]:
    """Items and the 2 … `most` lines of one account and payer that add up to them, with how many lines were tried."""
    wholes: dict[tuple[str, int], list[int]] = defaultdict(list)
    for item in range(len(items)):
        wholes[items.currency[item], int(items.amount_minor[item])].append(item)
    booked, issued = day_numbers(lines.booked_on).tolist(), day_numbers(items.issued_on).tolist()
    amount = lines.amount_minor.tolist()
    found: list[tuple[int, tuple[int, ...], int]] = []
    for first, later in _siblings(lines, booked):
        for count in range(1, most):
            for others in combinations(later, count):
                parts = (first, *others)
                fitting = wholes.get((lines.currency[first], sum(amount[line] for line in parts)), ())
                found += [
                    (item, tuple(sorted(parts)), len(later) + 1)
                    for item in (fitting if len(fitting) <= MOST_WHOLES else ())
                    if items.account[item] in ("", lines.account[first])
                    and booked[first] - issued[item] >= EARLIEST
                    and booked[parts[-1]] - issued[item] <= LATEST
                ]
    return found


def _siblings(lines: BankLines, booked: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Each line with the next ones of its account, direction and payer."""
    by_payer: dict[tuple[str, str, bool, str], list[int]] = defaultdict(list)
    for line in np.argsort(lines.booked_on, kind="stable").tolist():
        payer = name_key(lines.text[line])
        if payer:
            by_payer[payer, lines.account[line], bool(lines.amount_minor[line] > 0), lines.currency[line]].append(line)
    for group in by_payer.values():
        for place, line in enumerate(group):
            later = [one for one in group[place + 1 : place + 1 + NEXT] if booked[one] - booked[line] <= MOST_DAYS]
            if later:
                yield line, later
