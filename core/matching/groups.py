"""One line for several items, and one item paid in parts: what adds up exactly among what names or numbers tie."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb, log

import numpy as np

from core.matching.candidates import EARLIEST, LATEST
from core.matching.evidence import Evidence, Quoted, settlement_evidence
from core.matching.named import Ties
from core.matching.siblings import sibling_payments
from core.matching.subsets import MOST_POOL, subsets_with_sum
from core.matching.texts import Bools, Floats, name_key
from core.matching.values import BankLines, Integers, Kind, OpenItems

MOST_ITEMS, MOST_PARTS = 6, 3  # items of a batch, payments of an item
FILLED_POOL = 14  # amounts searched when names alone do not add up: what stands near in time fills the pool
NEAR_DAYS = 4  # how near, from the first and the last that is named

# What a combination shows, and what it adds to the log odds that it is right: fitted by logistic regression on sets
# with known truth, each measured by the weights of the others, then rounded. `benchmarks/matching_cases.py` made half.
FEATURES = ("size", "unclear", "strange", "quoted", "other", "chance", "sets", "spread", "last", "early")
_BATCH = np.array([0.8, -1.1, -1.5, 0.0, 0.0, -0.25, -1.7, -1.7, -0.25, -2.0])
_PARTS = np.array([1.4, -0.7, -1.2, 1.5, -0.7, -0.95, -2.8, -0.5, -0.9, -1.2])
_BASE = 4.6  # log odds before them, of both


@dataclass(frozen=True)
class Groups:
    """n candidates. `odds`: that one is right, before what else its members could be; `sole`: a name or a number ties
    every member to the whole, and nothing else that is tied adds up to it."""

    kind: Kind
    lines: Sequence[tuple[int, ...]]
    items: Sequence[tuple[int, ...]]
    odds: Floats
    sole: Bools
    features: Floats  # n × FEATURES


_NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class _Side:
    """The movements on one side that may be part of a whole on the other."""

    amount: Integers  # without sign
    day: Integers
    key: Sequence[tuple[object, ...]]  # sign, currency
    account: Sequence[str]
    name: Sequence[str]

    @classmethod
    def of(cls, table: BankLines | OpenItems) -> "_Side":
        if isinstance(table, BankLines):
            days, names = table.booked_on, table.text
        else:
            days, names = table.issued_on, table.counterparty
        signs = (table.amount_minor > 0).tolist()
        return cls(
            np.abs(table.amount_minor), days.astype("datetime64[D]").astype(np.int64),
            list(zip(signs, table.currency, strict=True)), table.account,
            [name_key(name) for name in names],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    whole: int
    parts: tuple[int, ...]
    pool: int  # movements searched
    sets: int  # combinations found for the whole


def find_groups(lines: BankLines, items: OpenItems, free_lines: Integers, free_items: Integers) -> list[Groups]:
    """Lines that may pay several of the free items, and items that several of the free lines may pay."""
    i, j = free_lines, free_items
    lines, items = lines.at(i), items.at(j)  # the rest of the search knows only what is free
    ties, sides = Ties.of(lines, items), (_Side.of(lines), _Side.of(items))
    found = (
        _batches(lines, items, sides, ties.pairs(by_line=True)),
        _partial_payments(lines, items, sides, ties.pairs(by_line=False)),
    )
    return [
        replace(groups, lines=[_at(i, rows) for rows in groups.lines], items=[_at(j, rows) for rows in groups.items])
        for groups in found
    ]


def _at(order: Integers, rows: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(order[list(rows)].tolist())


def _batches(
    lines: BankLines, items: OpenItems, sides: tuple["_Side", "_Side"], tied: tuple[Integers, Integers]
) -> Groups:
    """Lines that may pay 2 … MOST_ITEMS items at once."""
    i, j = tied
    search = _Search(sides[0], sides[1], MOST_ITEMS, -LATEST, -EARLIEST)
    found = search.run(_pools(i, j))
    return _weighed(Kind.BATCH, lines, items, found, [(one.whole,) for one in found], [one.parts for one in found])


def _partial_payments(
    lines: BankLines, items: OpenItems, sides: tuple["_Side", "_Side"], tied: tuple[Integers, Integers]
) -> Groups:
    """Items that may be paid by 2 … MOST_PARTS lines of one account."""
    i, j = tied
    search = _Search(sides[1], sides[0], MOST_PARTS, EARLIEST, LATEST)
    found = [one for one in search.run(_pools(j, i)) if len({lines.account[k] for k in one.parts}) == 1]
    known = {(one.whole, one.parts) for one in found}
    for whole, parts, pool in sibling_payments(lines, items, MOST_PARTS):
        if (whole, parts) not in known:
            known.add((whole, parts))
            found.append(_Found(whole, parts, pool, 1))
    return _weighed(Kind.PARTS, lines, items, found, [one.parts for one in found], [(one.whole,) for one in found])


def _pools(whole: Integers, part: Integers) -> dict[int, list[int]]:
    pools: dict[int, list[int]] = defaultdict(list)
    for a, b in zip(whole.tolist(), part.tolist(), strict=True):
        pools[a].append(b)
    return pools


class _Search:
    """Adds up parts for wholes: first those that names or numbers tie, then with what stands near them in time."""

    def __init__(self, wholes: _Side, parts: _Side, most: int, earliest: int, latest: int) -> None:
        self._wholes, self._parts, self._most = wholes, parts, most
        self._earliest, self._latest = earliest, latest
        by_key: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for part in np.argsort(parts.day, kind="stable").tolist():
            key = (*parts.key[part], parts.account[part])
            by_key[key].append(part)
            by_key[*key, parts.name[part]].append(part)
        self._free = {key: (parts.day[rows], np.array(rows, np.int64)) for key, rows in by_key.items()}

    def run(self, pools: dict[int, list[int]]) -> list[_Found]:
        found: list[_Found] = []
        for whole, tied in sorted(pools.items()):
            pool = [part for part in tied if self._parts.amount[part] < self._wholes.amount[whole]]
            pool = sorted(pool, key=lambda part: (abs(int(self._parts.day[part] - self._wholes.day[whole])), part))
            pool = pool[:MOST_POOL]
            sets = self._adding_up(whole, pool) if len(pool) > 1 else []
            if not sets and pool and len(pool) < FILLED_POOL:
                sets = self._adding_up(whole, pool := self._filled(whole, pool))
            found += [_Found(whole, parts, len(pool), len(sets)) for parts in sets]
        return found

    def _adding_up(self, whole: int, pool: Sequence[int]) -> list[tuple[int, ...]]:
        amounts = self._parts.amount[list(pool)].tolist()
        target = int(self._wholes.amount[whole])
        return [
            tuple(sorted(pool[place] for place in places))
            for places in subsets_with_sum(amounts, target, most=self._most)
        ]

    def _filled(self, whole: int, pool: Sequence[int]) -> list[int]:
        """The pool, then what has the same name as one of it, then what stands near it in time."""
        days = self._parts.day[list(pool)]
        middle, here = float(days.mean()), int(self._wholes.day[whole])
        accounts = dict.fromkeys(("", self._wholes.account[whole], *(self._parts.account[part] for part in pool)))
        names = {self._parts.name[part] for part in pool}
        window = here + self._earliest, here + self._latest
        near = max(window[0], int(days.min()) - NEAR_DAYS), min(window[1], int(days.max()) + NEAR_DAYS)
        keys = [(*self._wholes.key[whole], account) for account in accounts]
        more = [part for key in keys for name in names for part in self._between((*key, name), *window)]
        more += [part for key in keys for part in self._between(key, *near)]
        fitting = {p for p in more if self._parts.amount[p] < self._wholes.amount[whole]}.difference(pool)
        ranked = sorted(
            fitting, key=lambda p: (self._parts.name[p] not in names, abs(float(self._parts.day[p]) - middle), p)
        )
        return [*pool, *ranked[: FILLED_POOL - len(pool)]]

    def _between(self, key: tuple[object, ...], first: int, last: int) -> list[int]:
        """The free parts under a key within the days."""
        days, rows = self._free.get(key, _NONE)
        start, end = np.searchsorted(days, [first, last + 1], "left")
        return list(map(int, rows[start:end]))


def _weighed(
    kind: Kind,
    lines: BankLines,
    items: OpenItems,
    found: Sequence[_Found],
    line_sets: Sequence[tuple[int, ...]],
    item_sets: Sequence[tuple[int, ...]],
) -> Groups:
    pairs = [(i, j) for left, right in zip(line_sets, item_sets, strict=True) for i in left for j in right]
    pair = np.array(pairs, np.int64).reshape(-1, 2)
    used_lines, i = np.unique(pair[:, 0], return_inverse=True)
    used_items, j = np.unique(pair[:, 1], return_inverse=True)
    evidence = settlement_evidence(lines.at(used_lines), items.at(used_items), i, j)
    lag = (lines.booked_on[pair[:, 0]] - items.issued_on[pair[:, 1]]).astype(np.int64)
    sizes = [len(one.parts) for one in found]
    ends = np.cumsum([0, *sizes])
    features = [
        _features(one, evidence, lag, int(start), int(end))
        for one, start, end in zip(found, ends[:-1], ends[1:], strict=True)
    ]
    table = np.array(features, np.float64).reshape(-1, len(FEATURES))
    odds = np.exp(_BASE + table @ (_BATCH if kind is Kind.BATCH else _PARTS))
    sole = (table[:, FEATURES.index("unclear")] == 0) & (table[:, FEATURES.index("sets")] == 0)
    return Groups(kind, line_sets, item_sets, odds, sole, table)


def _features(one: _Found, evidence: Evidence, lag: Integers, start: int, end: int) -> list[float]:
    part = slice(start, end)
    clear, alike, quoted = evidence.clear[part], evidence.similarity[part], evidence.quoted[part]
    lags = lag[part]
    return [
        float(len(one.parts)),
        float((~clear).sum()),
        float((~clear & (alike < 0.55)).sum()),
        float((quoted >= Quoted.SWAPPED).any()),
        float((quoted == Quoted.OTHER).sum()),
        log(sum(comb(one.pool, size) for size in range(2, len(one.parts) + 1))),
        log(one.sets),
        log(1 + float(np.ptp(lags))),
        log(1 + max(float(lags.min()), 0.0)),
        float((lags < 0).sum()),
    ]
