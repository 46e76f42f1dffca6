"""From weights to decisions: a probability for each pair, and the choice that is best for all pairs together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import optimize
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from core.matching.texts import Bools, Floats
from core.matching.values import Integers

CHANCE = 0.05  # weight of "no partner is in the books", from the share of lines without one
WORTH = 0.1  # probability below which a pair is not even suggested
CERTAIN = 0.97  # probability from which a clear pair is in force without a person
CERTAIN_GROUP = 0.9  # the same for a batch or partial payments, whose sum is proof in itself
MOST_EXACT = 16  # groups that hang together and are still chosen by trying
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
    rivalled = has_rival(i[worth], j[worth])
    chosen[worth[~rivalled]] = True  # most pairs have none
    worth = worth[rivalled]
    for block in connected(i[worth], j[worth]):
        pairs = worth[block]
        rows, row = np.unique(i[pairs], return_inverse=True)
        cols, col = np.unique(j[pairs], return_inverse=True)
        solve = best_first if len(rows) * len(cols) > CROWD else _assigned
        chosen[pairs[solve(np.log(weight[pairs] / CHANCE), row, col)]] = True
    return chosen


def group_probabilities(odds: Floats, whole: Integers, group: Integers, member: Integers, rival: Floats) -> Floats:
    """Probability of each group: combinations for one whole share it, and what else its members could be counts too.

    Args:
        whole: of each group the number of the movement that the others add up to.
        group, member: a row a movement of a group, the whole among them.
        rival: by number, the odds of what else a movement could belong to beyond these groups.
    """
    if not len(odds):
        return np.zeros(0)
    count = len(rival)
    of_whole = np.bincount(whole, odds / (1 + odds), minlength=count)
    of_member = np.bincount(member, odds[group], minlength=count) + rival
    _, place = np.unique(member * count + whole[group], return_inverse=True)
    within = np.bincount(place, odds[group])  # odds of a movement in the groups of one whole
    others = np.zeros(len(odds))
    np.maximum.at(others, group, of_member[member] - within[place])
    return np.asarray(odds / (1 + odds + others) / np.maximum(of_whole[whole], 1.0), np.float64)


def choose_groups(gain: Sequence[float], members: Sequence[Sequence[int]]) -> list[int]:
    """Positions of groups with the largest sum of gains of which no two share a member.

    Exact where up to MOST_EXACT groups hang together; where more do, the best goes first. Equal sums are decided by
    position.
    """
    if not members:
        return []
    group = np.repeat(np.arange(len(members)), [len(numbers) for numbers in members])
    number = np.array([one for numbers in members for one in numbers], np.int64)
    shared = np.zeros(len(members), np.bool_)
    _, place, count = np.unique(number, return_inverse=True, return_counts=True)
    shared[group[count[place] > 1]] = True
    chosen = np.flatnonzero(~shared & (np.asarray(gain) > 0)).tolist()  # most groups share no member
    of_shared = shared[group]
    for block in connected(group[of_shared], number[of_shared]):
        together = set(group[of_shared][block].tolist())
        ranked = sorted((one for one in together if gain[one] > 0), key=lambda one: (-gain[one], one))
        exact = len(ranked) <= MOST_EXACT
        chosen += _best_packing(ranked, gain, members) if exact else _first_fitting(ranked, members)
    return sorted(chosen)


def _best_packing(ranked: Sequence[int], gain: Sequence[float], members: Sequence[Sequence[int]]) -> list[int]:
    """The best by trying: take or leave each, as long as all that is left could still beat the best."""
    left = [0.0]
    for group in reversed(ranked):
        left.append(left[-1] + gain[group])
    left.reverse()
    best: tuple[float, list[int]] = (0.0, [])

    def go_on(place: int, total: float, taken: list[int], used: frozenset[int]) -> None:
        nonlocal best
        if total > best[0] + 1e-12:
            best = (total, taken)
        if place == len(ranked) or total + left[place] <= best[0] + 1e-12:
            return
        group = ranked[place]
        if used.isdisjoint(members[group]):
            go_on(place + 1, total + gain[group], [*taken, group], used.union(members[group]))
        go_on(place + 1, total, taken, used)

    go_on(0, 0.0, [], frozenset())
    return best[1]


def _first_fitting(ranked: Sequence[int], members: Sequence[Sequence[int]]) -> list[int]:
    used: set[int] = set()
    taken: list[int] = []
    for group in ranked:
        if used.isdisjoint(members[group]):
            used.update(members[group])
            taken.append(group)
    return taken


def has_rival(i: Integers, j: Integers) -> Bools:
    """Which of these pairs share their line or their item with another."""
    if not len(i):
        return np.zeros(0, np.bool_)
    return np.asarray((np.bincount(i)[i] > 1) | (np.bincount(j)[j] > 1), np.bool_)


def connected(i: Integers, j: Integers) -> list[Integers]:
    """Positions of pairs, grouped by whether they share lines or items."""
    if not len(i):
        return []
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


def best_first(gain: Floats, row: Integers, col: Integers) -> Integers:
    """Positions of pairs taken by falling gain, each row and column once."""
    free_rows, free_cols = np.ones(int(row.max()) + 1, np.bool_), np.ones(int(col.max()) + 1, np.bool_)
    taken: list[int] = []
    for pair in np.argsort(-gain, kind="stable").tolist():
        if free_rows[row[pair]] and free_cols[col[pair]]:
            free_rows[row[pair]] = free_cols[col[pair]] = False
            taken.append(pair)
    return np.array(taken, np.int64)
