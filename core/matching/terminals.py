"""Settlements of card terminals: one line for the sales of several days in a row, less what customers brought back."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.matching.fees import MOST_SHARE, WHOLE, FeeRule, slack
from core.matching.reading import Read
from core.matching.texts import Bools

MOST_DAYS = 4  # with sales that one line settles: a weekend and the holidays around it
MOST_APART = 3  # days from one of them to the next
LOOKED_AT = 200  # lines that a share is learned from
LEAST_LINES = 4  # that it has to explain
STEP = 5  # hundredths of a percent in which shares are tried

Day = tuple[int, str, int, int]  # sign and currency, processor, account, day of the sales
Days = Mapping[Day, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Together:
    """A line and the days whose sales it settles to the cent; `rivals`: other such ways for the line or for a day."""

    line: int
    days: tuple[Day, ...]
    items: tuple[int, ...]
    rivals: int


def settled_together(
    read: Read,
    sales: Days,
    returns: Days,
    near: Mapping[Day, Sequence[int]],
    rules: Mapping[str, FeeRule],
    busy: Collection[int],
) -> list[Together]:
    """Lines that settle the sales of up to MOST_DAYS days in a row, with what was brought back on them or without.

    Args:
        sales, returns: of days that no line settles alone, the items by day.
        near: by day the lines that may pay it.
        busy: lines that settle a day alone.
    """
    found = [
        (line, run, items)
        for line, run, items in _candidates(sales, returns, _days_of_lines(near, sales, busy))
        if (len(run) > 1 or len(items) > len(sales[run[0]]))
        and _explains(rules[run[0][1]], _signed(read, items), int(read.line.amount[line]))
    ]
    of_line = Counter(line for line, _, _ in found)
    of_day = Counter(day for _, run, _ in found for day in run)
    return [
        Together(line, run, items, max(of_line[line], *(of_day[day] for day in run)) - 1) for line, run, items in found
    ]


def learned_shares(
    read: Read, sales: Days, returns: Days, near: Mapping[Day, Sequence[int]], processors: Collection[str]
) -> dict[str, FeeRule]:
    """What these processors keep of each sale, where one share explains most of their lines to the cent.

    Only shares in steps of 0.05 % are tried, because the many ways to put days together would confirm any other.
    """
    rules: dict[str, FeeRule] = {}
    for processor in sorted(processors):
        own = {day: members for day, members in sales.items() if day[1] == processor}
        days = dict(sorted(_days_of_lines(near, own, ()).items())[:LOOKED_AT])
        rows = [(line, _signed(read, items)) for line, _, items in _candidates(own, returns, days)]
        if not rows:
            continue
        line = np.array([line for line, _ in rows], np.int64)
        sold = np.array([sum(amount for amount in amounts if amount > 0) for _, amounts in rows], np.int64)
        whole = np.array([sum(amounts) for _, amounts in rows], np.int64)
        loose = np.array([slack(len(amounts)) for _, amounts in rows], np.int64)
        kept = whole - read.line.amount[line]
        shares = np.arange(0, MOST_SHARE + 1, STEP)
        fees = np.stack([sold, whole])[:, :, np.newaxis] * shares / WHOLE
        fits = np.asarray((np.abs(kept[:, np.newaxis] - fees) <= loose[:, np.newaxis]).any(axis=0), np.bool_)
        explained = np.array([len(np.unique(line[fits[:, place]])) for place in range(len(shares))])
        best = int(explained.argmax())
        if explained[best] >= max(LEAST_LINES, len(days) / 2, 2 * np.delete(explained, best).max()):
            rules[processor] = FeeRule(int(shares[best]), 0)
    return rules


def _candidates(
    sales: Days, returns: Days, days_of_lines: Mapping[int, Sequence[Day]]
) -> Iterator[tuple[int, tuple[Day, ...], tuple[int, ...]]]:
    """A line, days in a row that it may settle, and their sales, with and without what was brought back on them."""
    for line, days in sorted(days_of_lines.items()):
        for run in _runs(days):
            sold = tuple(item for day in run for item in sales[day])
            yield line, run, sold
            if back := tuple(item for day in run for item in returns.get(day, ())):
                yield line, run, (*sold, *back)


def _signed(read: Read, items: Sequence[int]) -> list[int]:
    """The amounts of sales, and below zero of what was brought back."""
    rows = list(items)
    signed = np.where(read.item.incoming[rows], read.item.amount[rows], -read.item.amount[rows])
    return [int(amount) for amount in signed]


def sale_days(read: Read, is_sale: Bools, *, brought_back: bool) -> dict[Day, tuple[int, ...]]:
    """Sales, or what was brought back, by currency, processor, account and day."""
    item, names = read.item, [processor_of(name) for name in read.item.name.keys]
    groups: dict[Day, list[int]] = defaultdict(list)
    for row in np.flatnonzero(is_sale & (item.incoming != brought_back)).tolist():
        if processor := names[item.name.of_row[row]]:
            unit = int(item.unit[row]) | 1  # what was brought back is held against money in
            groups[unit, processor, int(item.account[row]), int(item.day[row])].append(row)
    return {day: tuple(members) for day, members in groups.items()}


def processor_of(name: str) -> str:
    """The processor of a sale, by the name key of its counterparty: the first word."""
    return name.partition(" ")[0]


def _days_of_lines(near: Mapping[Day, Sequence[int]], sales: Days, busy: Collection[int]) -> dict[int, list[Day]]:
    days: dict[int, list[Day]] = defaultdict(list)
    for day in sorted(sales):
        for line in near.get(day, ()):
            if line not in busy:
                days[line].append(day)
    return days


def _runs(days: Sequence[Day]) -> Iterator[tuple[Day, ...]]:
    """Days of one processor and account that follow each other; single ones too."""
    for start in range(len(days)):
        run = [days[start]]
        yield tuple(run)
        for day in days[start + 1 : start + MOST_DAYS]:
            if day[:3] != run[-1][:3] or day[3] - run[-1][3] > MOST_APART:
                break
            run.append(day)
            yield tuple(run)


def _explains(rule: FeeRule, amounts: Sequence[int], paid: int) -> bool:
    """To the cent; the fee on what was brought back may be given back or kept."""
    kept = sum(rule.of(amount) for amount in amounts if amount > 0)
    given_back = sum(rule.of(-amount) - rule.each for amount in amounts if amount < 0)
    off = sum(amounts) - paid
    return any(abs(off - fee) <= slack(len(amounts)) for fee in {kept, kept - given_back})
