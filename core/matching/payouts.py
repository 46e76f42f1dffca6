"""Payouts of payment processors: one line for all sales of a day, less the processor's fee."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import product

import numpy as np

from core.matching.texts import name_key
from core.matching.values import BankLines, OpenItems

SALE_KINDS = frozenset({"sale", "payout"})
LATEST_PAYOUT = 7  # days from the sales to the payout
FEE_SHARE, FEE_EACH = Decimal("0.029"), 30  # the usual card fee: 2.9 % and 30 cents a sale
MOST_FEE = Decimal("0.06")  # larger differences are no fee
EXACT, PLAUSIBLE = 0.99, 0.6  # probabilities where the fee is to the cent, or only of a plausible size


@dataclass(frozen=True, slots=True)
class Payout:
    """A line and the items that it may pay out, with the probability that it does."""

    line: int
    items: tuple[int, ...]
    probability: float
    exact: bool


def find_payouts(lines: BankLines, items: OpenItems) -> list[Payout]:
    """Payouts whose processor is named in the text and whose amount is that day's sales less a fee.

    A line that fits several days' sales, or sales that fit several lines, share the probability: never certain.
    """
    groups = _sales(items)
    if not groups:
        return []
    days = lines.booked_on.astype("datetime64[D]").astype(np.int64).tolist()
    processors = {processor for _, processor, _, _ in groups}
    found: list[Payout] = []
    for line, text in enumerate(lines.text):
        amount = int(lines.amount_minor[line])
        if amount <= 0 or (lines.transfers_only and lines.transfers_only[line]):
            continue
        for processor in processors.intersection(name_key(text).split()):
            for account, lag in product(dict.fromkeys(("", lines.account[line])), range(LATEST_PAYOUT + 1)):
                members = groups.get((lines.currency[line], processor, account, days[line] - lag))
                if members and (payout := _judged(items, line, amount, tuple(members))):
                    found.append(payout)
    return _shared(found)


def _sales(items: OpenItems) -> dict[tuple[str, str, str, int], list[int]]:
    """By currency, processor, account and day: the sales."""
    days = items.issued_on.astype("datetime64[D]").astype(np.int64).tolist()
    groups: dict[tuple[str, str, str, int], list[int]] = defaultdict(list)
    for item, kind in enumerate(items.kind):
        processor = name_key(items.counterparty[item]).partition(" ")[0]
        if kind in SALE_KINDS and processor and items.amount_minor[item] > 0:
            groups[items.currency[item], processor, items.account[item], days[item]].append(item)
    return groups


def _judged(items: OpenItems, line: int, amount: int, members: tuple[int, ...]) -> Payout | None:
    """The payout if the difference can be a fee."""
    gross = [int(items.amount_minor[item]) for item in members]
    fee = sum(gross) - amount
    each = sum(int((FEE_SHARE * one).quantize(Decimal(1), ROUND_HALF_EVEN)) for one in gross) + FEE_EACH * len(gross)
    if fee == 0 or abs(fee - each) <= max(1, len(gross) // 2):
        return Payout(line, members, EXACT, True)
    if 0 < fee <= MOST_FEE * sum(gross) + FEE_EACH * len(gross):
        return Payout(line, members, PLAUSIBLE, False)
    return None


def _shared(found: list[Payout]) -> list[Payout]:
    """Where a line or a sale is in several, exact ones beat plausible ones; equal ones share the probability."""
    rivals: dict[object, list[Payout]] = defaultdict(list)
    for payout in found:
        rivals["line", payout.line].append(payout)
        rivals["items", payout.items].append(payout)
    judged: list[Payout] = []
    for payout in found:
        others = {id(one): one for key in (("line", payout.line), ("items", payout.items)) for one in rivals[key]}
        if not payout.exact and any(one.exact for one in others.values()):
            continue
        equals = sum(one.exact == payout.exact for one in others.values())
        judged.append(Payout(payout.line, payout.items, payout.probability / equals, payout.exact and equals == 1))
    return judged
