"""Payouts of payment processors: one line for all sales of a day, or for a part of them, less the processor's fee."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from core.matching.fees import FeeRule, can_be_fee, explains, learned_rule, slack
from core.matching.subsets import MOST_POOL, subsets_with_sum
from core.matching.texts import name_key
from core.matching.values import BankLines, OpenItems

SALE_KINDS = frozenset({"sale", "payout"})
LATEST_PAYOUT = 7  # days from the sales to the payout
EXACT, PLAUSIBLE = 0.99, 0.6  # probabilities where the fee is to the cent, or only of a plausible size
PART = 0.6  # that some of a day's sales add up, shared among the ways that they do
MOST_TOGETHER = 3  # payouts that pay one day's sales between them

_Day = tuple[str, str, str, int]  # currency, processor, account, day of the sales


@dataclass(frozen=True, slots=True)
class Payout:
    """A line and the items that it may pay out, with the probability that it does."""

    line: int
    items: tuple[int, ...]
    probability: float
    exact: bool


def find_payouts(lines: BankLines, items: OpenItems) -> list[Payout]:
    """Payouts whose processor is named in the text and whose amount is that day's sales less a fee.

    What the fee is, each processor's own payouts say (see fees.py). Where no line pays a whole day, lines that pay it
    between them are looked for, and then lines that pay a part. A line that fits several days' sales, or sales that
    fit several lines, share the probability: never certain.
    """
    days = _sales(items)
    if not days:
        return []
    near = _lines_near(lines, days)
    rules = _rules(lines, items, days, near)
    found = [
        payout
        for day, members in days.items()
        for line in near.get(day, ())
        if (payout := _judged(lines, items, line, members, rules[day[1]]))
    ]
    judged = _shared(found)
    settled = {payout.items for payout in judged if payout.exact}
    busy = {payout.line for payout in judged if payout.exact}
    for day, members in sorted(days.items()):
        if members not in settled:
            free = [line for line in near.get(day, ()) if line not in busy]
            judged += _parts_of(lines, items, free, members, rules[day[1]])
    return _one_day_each(judged)


def _sales(items: OpenItems) -> dict[_Day, tuple[int, ...]]:
    days = items.issued_on.astype("datetime64[D]").astype(int).tolist()
    groups: dict[_Day, list[int]] = defaultdict(list)
    for item, kind in enumerate(items.kind):
        processor = name_key(items.counterparty[item]).partition(" ")[0]
        if kind in SALE_KINDS and processor and items.amount_minor[item] > 0:
            groups[items.currency[item], processor, items.account[item], days[item]].append(item)
    return {day: tuple(members) for day, members in groups.items()}


def _lines_near(lines: BankLines, days: dict[_Day, tuple[int, ...]]) -> dict[_Day, list[int]]:
    """For each day's sales the lines in that name the processor within the days."""
    booked = lines.booked_on.astype("datetime64[D]").astype(int).tolist()
    processors = {processor for _, processor, _, _ in days}
    near: dict[_Day, list[int]] = defaultdict(list)
    for line, text in enumerate(lines.text):
        if lines.amount_minor[line] <= 0 or (lines.transfers_only and lines.transfers_only[line]):
            continue
        for processor in processors.intersection(name_key(text).split()):
            for account in dict.fromkeys(("", lines.account[line])):
                for lag in range(LATEST_PAYOUT + 1):
                    day = (lines.currency[line], processor, account, booked[line] - lag)
                    if day in days:
                        near[day].append(line)
    return near


def _rules(
    lines: BankLines, items: OpenItems, days: dict[_Day, tuple[int, ...]], near: dict[_Day, list[int]]
) -> dict[str, FeeRule]:
    seen: dict[str, list[tuple[list[int], int]]] = {day[1]: [] for day in days}
    for day, members in sorted(days.items()):
        gross = [int(items.amount_minor[item]) for item in members]
        seen[day[1]] += [(gross, int(lines.amount_minor[line])) for line in near.get(day, ())]
    return {processor: learned_rule(observed) for processor, observed in seen.items()}


def _judged(lines: BankLines, items: OpenItems, line: int, members: tuple[int, ...], rule: FeeRule) -> Payout | None:
    """The payout of all of a day's sales, if the difference can be a fee."""
    gross = [int(items.amount_minor[item]) for item in members]
    paid = int(lines.amount_minor[line])
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


def _parts_of(
    lines: BankLines, items: OpenItems, free: Sequence[int], members: tuple[int, ...], rule: FeeRule
) -> list[Payout]:
    """Lines that pay the day between them, certain if there is one way to share it out; else each what it may pay."""
    if not 2 <= len(members) <= MOST_POOL:
        return []
    net = {item: (gross := int(items.amount_minor[item])) - rule.of(gross) for item in members}
    paid = {line: int(lines.amount_minor[line]) for line in free}
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
