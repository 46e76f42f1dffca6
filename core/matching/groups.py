"""One line for several items, and one item paid in parts: what adds up exactly among what names or numbers tie."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log

import numpy as np

from core.matching.candidates import EARLIEST, LATEST
from core.matching.evidence import settlement_evidence
from core.matching.named import Ties
from core.matching.pools import Found, Search
from core.matching.quoting import Quoted
from core.matching.reading import Read
from core.matching.siblings import sibling_payments
from core.matching.texts import Bools, Floats
from core.matching.values import Kind

MOST_ITEMS, MOST_PARTS = 6, 3  # items of a batch, payments of an item

# What a combination shows, and what it adds to the log odds that it is right: fitted by logistic regression on sets
# with known truth, each measured by the weights of the others, then rounded. `benchmarks/matching_cases.py` made half.
FEATURES = ("size", "unclear", "strange", "quoted", "other", "chance", "sets", "spread", "last", "early")
_BATCH = np.array([0.8, -1.1, -1.5, 0.0, 0.0, -0.25, -1.7, -1.7, -0.25, -2.0])
_PARTS = np.array([1.4, -0.7, -1.2, 1.5, -0.7, -0.95, -2.8, -0.5, -0.9, -1.2])
_BASE = 4.6  # log odds before them, of both
STRANGE = 0.55  # similarity below which names have nothing in common


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


def find_groups(read: Read, lines: Bools, items: Bools) -> list[Groups]:
    """Of these lines and items: lines that may pay several items, and items that several lines may pay."""
    ties = Ties.of(read, lines, items)
    return [_batches(read, ties, items), _partial_payments(read, ties, lines, items)]


def _batches(read: Read, ties: Ties, items: Bools) -> Groups:
    """Lines that may pay 2 … MOST_ITEMS items at once."""
    i, j = ties.pairs(by_line=True)
    found = Search(read, read.line, read.item, items, MOST_ITEMS, (-LATEST, -EARLIEST)).run(i, j)
    return _weighed(Kind.BATCH, read, found, [(one.whole,) for one in found], [one.parts for one in found])


def _partial_payments(read: Read, ties: Ties, lines: Bools, items: Bools) -> Groups:
    """Items that may be paid by 2 … MOST_PARTS lines of one account."""
    i, j = ties.pairs(by_line=False)
    account = read.line.account
    found = [
        one
        for one in Search(read, read.item, read.line, lines, MOST_PARTS, (EARLIEST, LATEST)).run(j, i)
        if len({int(account[k]) for k in one.parts}) == 1
    ]
    known = {(one.whole, one.parts) for one in found}
    for whole, parts, pool in sibling_payments(read, lines, items, MOST_PARTS):
        if (whole, parts) not in known:
            known.add((whole, parts))
            found.append(Found(whole, parts, pool, 1))
    return _weighed(Kind.PARTS, read, found, [one.parts for one in found], [(one.whole,) for one in found])


def _weighed(
    kind: Kind,
    read: Read,
    found: Sequence[Found],
    line_sets: Sequence[tuple[int, ...]],
    item_sets: Sequence[tuple[int, ...]],
) -> Groups:
    pairs = [(i, j) for left, right in zip(line_sets, item_sets, strict=True) for i in left for j in right]
    pair = np.array(pairs, np.int64).reshape(-1, 2)
    table = _features(read, found, pair[:, 0], pair[:, 1])
    odds = np.exp(_BASE + table @ (_BATCH if kind is Kind.BATCH else _PARTS))
    sole = (table[:, FEATURES.index("unclear")] == 0) & (table[:, FEATURES.index("sets")] == 0)
    return Groups(kind, line_sets, item_sets, odds, sole, table)


def _features(read: Read, found: Sequence[Found], i: np.ndarray, j: np.ndarray) -> Floats:
    """A row a group, from the pairs of its members, which stand together."""
    if not found:
        return np.zeros((0, len(FEATURES)))
    evidence = settlement_evidence(read, i, j)
    lag = read.line.day[i] - read.item.day[j]
    sizes = np.array([len(one.parts) for one in found], np.int64)
    starts = np.cumsum(sizes) - sizes
    unclear = ~evidence.clear
    least, most = np.minimum.reduceat(lag, starts), np.maximum.reduceat(lag, starts)
    tried = {key: log(sum(comb(key[0], size) for size in range(2, key[1] + 1))) for key in _searches(found)}
    columns = [
        sizes,
        np.add.reduceat(unclear, starts, dtype=np.int64),
        np.add.reduceat(unclear & (evidence.similarity < STRANGE), starts, dtype=np.int64),
        np.maximum.reduceat(evidence.quoted, starts) >= Quoted.SWAPPED,
        np.add.reduceat(evidence.quoted == Quoted.OTHER, starts, dtype=np.int64),
        [tried[key] for key in _searches(found)],
        np.log([one.sets for one in found]),
        np.log(1 + most - least),
        np.log(1 + np.maximum(least, 0)),
        np.add.reduceat(lag < 0, starts, dtype=np.int64),
    ]
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def _searches(found: Sequence[Found]) -> list[tuple[int, int]]:
    return [(one.pool, len(one.parts)) for one in found]
