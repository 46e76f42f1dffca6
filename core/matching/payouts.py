"""Payouts of payment processors: one line for all sales of a day, of some days, or of a part of one, less the fee."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from core.matching.fees import USUAL, FeeRule, Observed, can_be_fee, explains, learned_rule, slack
from core.matching.reading import Read
from core.matching.subsets import MOST_POOL, subsets_with_sum
from core.matching.terminals import Day, learned_shares, sale_days, settled_together

SALE_KINDS = frozenset({"sale", "payout"})
LATEST_PAYOUT = 7  # days from the sales to the payout
EXACT, PLAUSIBLE = 0.99, 0.6  # probabilities where the fee is to the cent, or only of a plausible size
PART = 0.6  # that some of a day's sales add up, shared among the ways that they do
MOST_TOGETHER = 3  # payouts that pay one day's sales between them

Fees = Mapping[str, FeeRule]  # by the first word of the processor's name
PaidOut = Mapping[str, Sequence[Observed]]  # payouts of the past, by the same


@dataclass(frozen=True, slots=True)
class Payout:
    """A line and the items that it may pay out, with the probability that it does."""

    line: int
    items: tuple[int, ...]
    probability: float
    exact: bool


@dataclass(frozen=True)
class _Sales:
    """Sales and what was brought back by day and processor, and for each day the lines that may pay it."""

    days: dict[Day, tuple[int, ...]]
    returns: dict[Day, tuple[int, ...]]
    near: dict[Day, list[int]]

    @classmethod
    def of(cls, read: Read) -> "_Sales":
        is_sale = np.array([kind in SALE_KINDS for kind in read.items.kind], np.bool_)[read.item_order]
        days = sale_days(read, is_sale, brought_back=False)
        if not days:
            return cls({}, {}, {})
        return cls(days, sale_days(read, is_sale, brought_back=True), _lines_near(read, days))


def learned_fees(read: Read, settled: PaidOut) -> Fees:
    """By processor what it holds back, as its own payouts among these lines and those settled before say (fees.py)."""
    sales = _Sales.of(read)
    rules = _rules(read, sales.days, sales.near, settled)
    usual = [name for name, rule in rules.items() if rule == USUAL]
    return rules | learned_shares(read, sales.days, sales.returns, sales.near, usual)


def find_payouts(read: Read, fees: Fees) -> list[Payout]:
    """Payouts whose processor is named in the text and whose amount is that day's sales less a fee.

    Where no line pays a whole day, lines that settle several days in a row are looked for, then lines that pay a day
    between them, and then lines that pay a part. A line that fits several days' sales, or sales that fit several lines,
    share the probability: never certain.

    Args:
        fees: of each processor that has sales here.
    """
    sales = _Sales.of(read)
    days, near = sales.days, sales.near
    found = [
        payout
        for day, members in days.items()
        for line in near.get(day, ())
        if (payout := _judged(read, line, members, fees[day[1]]))
    ]
    judged = _shared(found)
    settled = {payout.items for payout in judged if payout.exact}
    busy = {payout.line for payout in judged if payout.exact}
    left = {day: members for day, members in days.items() if members not in settled}
    for one in settled_together(read, left, sales.returns, near, fees, busy):
        judged.append(Payout(one.line, one.items, EXACT / (1 + one.rivals), not one.rivals))
        if not one.rivals:
            settled |= {days[day] for day in one.days}
            busy.add(one.line)
    for day, members in sorted(days.items()):
        if members not in settled:
            free = [line for line in near.get(day, ()) if line not in busy]
            judged += _parts_of(read, free, members, fees[day[1]])
    return _one_day_each(judged)


def _lines_near(read: Read, days: dict[Day, tuple[int, ...]]) -> dict[Day, list[int]]:
    """For each day's sales the lines in that name the processor within the days."""
    line, processors = read.line, {processor for _, processor, _, _ in days}
    named = [processors.intersection(name.split()) for name in line.name.keys]
    telling = np.array([bool(found) for found in named], np.bool_)[line.name.of_row]
    near: dict[Day, list[int]] = defaultdict(list)
    for row in np.flatnonzero(telling & read.settling & line.incoming).tolist():
        unit, account, booked = int(line.unit[row]), int(line.account[row]), int(line.day[row])
        for processor in named[line.name.of_row[row]]:
            for where in (0, account):
                for lag in range(LATEST_PAYOUT + 1):
                    day = (unit, processor, where, booked - lag)
                    if day in days:
                        near[day].append(row)
    return near


def _rules(
    read: Read, days: dict[Day, tuple[int, ...]], near: dict[Day, list[int]], settled: PaidOut
) -> dict[str, FeeRule]:
    seen = {day[1]: list(settled.get(day[1], ())) for day in days}
    amounts = read.item.amount.tolist()
    for day, members in sorted(days.items()):
        gross = [amounts[item] for item in members]
        seen[day[1]] += [(gross, int(read.line.amount[line])) for line in near.get(day, ())]
    return {processor: learned_rule(observed) for processor, observed in seen.items()}


def _judged(read: Read, line: int, members: tuple[int, ...], rule: FeeRule) -> Payout | None:
    """The payout of all of a day's sales, if the difference can be a fee."""
    gross, paid = read.item.amount[list(members)].tolist(), int(read.line.amount[line])
    if sum(gross) == paid or explains(rule, gross, paid):
        return Payout(line, members, EXACT, True)
    if can_be_fee(sum(gross) - paid, gross):
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
        judged.append(replace(payout, probability=payout.probability / equals, exact=payout.exact and equals == 1))
    return judged


def _parts_of(read: Read, free: Sequence[int], members: tuple[int, ...], rule: FeeRule) -> list[Payout]:
    """Lines that pay the day between them, certain if there is one way to share it out; else each what it may pay."""
    if not 2 <= len(members) <= MOST_POOL:
        return []
    net = {item: (gross := int(read.item.amount[item])) - rule.of(gross) for item in members}
    paid = {line: int(read.line.amount[line]) for line in free}
    ways = list(_shared_out(paid, net))
    if len(ways) == 1:
        return [Payout(line, part, EXACT, True) for line, part in ways[0]]
    found: list[Payout] = []
    for line in free:
        sets = list(_adding_up(net, paid[line]))
        found += [Payout(line, part, PART / len(sets), False) for part in sets]
    return found


def _shared_out(paid: dict[int, int], net: dict[int, int]) -> Iterator[list[tuple[int, tuple[int, ...]]]]:
    """Ways in which 2 … MOST_TOGETHER lines pay all of a day's sales between them, two at most."""
    ways = 0
    for count in range(2, MOST_TOGETHER + 1):
        for chosen in combinations(sorted(paid), count):
            if abs(sum(paid[line] for line in chosen) - sum(net.values())) > slack(len(net)):
                continue
            for way in _split(chosen, paid, net):
                yield way
                ways += 1
                if ways > 1:
                    return


def _split(
    chosen: Sequence[int], paid: dict[int, int], net: dict[int, int]
) -> Iterator[list[tuple[int, tuple[int, ...]]]]:
    line, *others = chosen
    if not others:
        if net and abs(sum(net.values()) - paid[line]) <= slack(len(net)):
            yield [(line, tuple(sorted(net)))]
        return
    for part in _adding_up(net, paid[line]):
        rest = {item: minor for item, minor in net.items() if item not in part}
        for way in _split(others, paid, rest):
            yield [(line, part), *way]


def _adding_up(net: dict[int, int], target: int) -> Iterator[tuple[int, ...]]:
    """Sales whose net amounts are the target, within what rounding explains."""
    pool = sorted(item for item in net if 0 < net[item] <= target + 1)
    amounts = [net[item] for item in pool]
    most = len(pool)
    for off in (0, -1, 1, -2, 2):
        if target + off > 0:
            for places in subsets_with_sum(amounts, target + off, least=1, most=most):
                if abs(off) <= slack(len(places)):
                    yield tuple(sorted(pool[place] for place in places))


def _one_day_each(found: Sequence[Payout]) -> list[Payout]:
    """Certain no longer where a line would be certain for two days."""
    certain: dict[int, int] = defaultdict(int)
    for payout in found:
        certain[payout.line] += payout.exact
    return [
        replace(payout, probability=payout.probability / certain[payout.line], exact=False)
        if payout.exact and certain[payout.line] > 1
        else payout
        for payout in found
    ]
