"""From weights to decisions: a probability for each pair, and the choice that is best for all pairs together."""

from typing import Any

import numpy as np
from scipy import optimize
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from core.matching.texts import Bools, Floats
from core.matching.values import Integers

CHANCE = 0.05  # weight of "no partner is in the books", from the share of lines without one
WORTH = 0.1  # probability below which a pair is not even suggested
CERTAIN = 0.95  # probability from which a clear pair is in force without a person
CROWD = 1_000_000  # lines × items of a block from which the best pair goes first, to bound time and memory


def probabilities(weight: Floats, i: Integers, j: Integers, rival_i: Floats, rival_j: Floats) -> Floats:
    """Probability of each pair: its weight against all other pairs of its two sides and the chance that none is right.

    Args:
        rival_i, rival_j: weights by line and by item of what else it could belong to, beyond these pairs.
    """
    if not len(weight):
        return np.zeros(0)
    of_i = np.bincount(i, weight, minlength=len(rival_i)) + rival_i
    of_j = np.bincount(j, weight, minlength=len(rival_j)) + rival_j
    others = np.maximum(of_i[i] - weight, 0) + np.maximum(of_j[j] - weight, 0)
    return np.asarray(weight / (CHANCE + others + weight), np.float64)


def choose(weight: Floats, probability: Floats, i: Integers, j: Integers) -> Bools:
    """The pairs whose log weights over chance sum to the most, each line and each item in one pair at most.

    Exact (a linear assignment within each connected block) as long as a block is no crowd; in a crowd the best pair
    goes first. Ties are broken by position, so callers sort rows by something stable.
    """
    chosen = np.zeros(len(weight), np.bool_)
    worth = np.flatnonzero((probability >= WORTH) & (weight > CHANCE))
    if not len(worth):
        return chosen
    for block in _connected(i[worth], j[worth]):
        pairs = worth[block]
        if len(pairs) == 1:
            chosen[pairs] = True
            continue
        rows, row = np.unique(i[pairs], return_inverse=True)
        cols, col = np.unique(j[pairs], return_inverse=True)
        solve = _best_first if len(rows) * len(cols) > CROWD else _assigned
        chosen[pairs[solve(np.log(weight[pairs] / CHANCE), row, col)]] = True
    return chosen


def _connected(i: Integers, j: Integers) -> list[Integers]:
    """Positions of pairs, grouped by whether they share lines or items."""
    rows, i = np.unique(i, return_inverse=True)
    cols, j = np.unique(j, return_inverse=True)
    size = len(rows) + len(cols)
    graph: Any = coo_matrix((np.ones(len(i), np.int8), (i, j + len(rows))), shape=(size, size))  # type: ignore[no-untyped-call]
    _, label = connected_components(graph, directed=False)
    of_pair = label[i]
    order = np.argsort(of_pair, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(of_pair[order])) + 1)


def _assigned(gain: Floats, row: Integers, col: Integers) -> Integers:
    """Positions of the pairs with the largest sum of gains, all of which are positive."""
    matrix = np.zeros((int(row.max()) + 1, int(col.max()) + 1))
    which = np.full(matrix.shape, -1, np.int64)
    matrix[row, col], which[row, col] = gain, np.arange(len(gain))
    found = which[optimize.linear_sum_assignment(matrix, maximize=True)]  # type: ignore[attr-defined]
    return np.asarray(found[found >= 0])


def _best_first(gain: Floats, row: Integers, col: Integers) -> Integers:
    """Positions of pairs taken by falling gain, each row and column once."""
    free_rows, free_cols = np.ones(int(row.max()) + 1, np.bool_), np.ones(int(col.max()) + 1, np.bool_)
    taken: list[int] = []
    for pair in np.argsort(-gain, kind="stable").tolist():
        if free_rows[row[pair]] and free_cols[col[pair]]:
            free_rows[row[pair]] = free_cols[col[pair]] = False
            taken.append(pair)
    return np.array(taken, np.int64)
