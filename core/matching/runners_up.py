"""For each line that has no automatic match the best suggestions beside the chosen one."""

from collections.abc import Collection, Sequence

import numpy as np

from core.matching.group_list import GroupList
from core.matching.proposing import Pairs, Proposer
from core.matching.texts import Bools
from core.matching.values import Kind, ProposedMatch

BEST_OF_LINE = 3  # suggestions shown for a line, the chosen one included
FAINT = 0.02  # probability below which an alternative is not worth a look

Members = tuple[Kind, tuple[int, ...], tuple[int, ...]]  # what a match is, its lines and its items


def runners_up(
    propose: Proposer,
    groups: GroupList,
    kinds: Sequence[Pairs],
    decided: tuple[Bools, Bools],
    shown: Collection[Members],
) -> list[ProposedMatch]:
    """Groups and pairs whose members are not decided, the likeliest first for each line.

    Args:
        decided: lines and items that have an automatic match.
        shown: suggestions that are listed anyhow.
    """
    done, lines = np.concatenate(decided), len(decided[0])
    groups = groups.at(np.flatnonzero(~groups.any_of(done)))
    faint = [_undecided(pairs, done, lines) for pairs in kinds]
    score = np.concatenate([groups.score, *(pairs.probability for pairs in faint)])
    members = [*groups.members, *(one for pairs in faint for one in _members(pairs))]
    listed: dict[int, list[int]] = {}
    known = set(shown)
    for place in np.argsort(-score, kind="stable").tolist():
        if (one := members[place]) in known:
            continue
        of_lines = [listed.setdefault(line, []) for line in one[1]]
        if any(len(places) < BEST_OF_LINE - 1 for places in of_lines):
            known.add(one)
            of_lines[0].append(place)
    return _described(propose, groups, faint, [place for _, places in sorted(listed.items()) for place in places])


def _undecided(pairs: Pairs, decided: Bools, lines: int) -> Pairs:
    partner = pairs.j if pairs.kind is Kind.TRANSFER else pairs.j + lines
    return pairs.of((pairs.probability >= FAINT) & ~decided[pairs.i] & ~decided[partner])


def _members(pairs: Pairs) -> list[Members]:
    sides = zip(pairs.i.tolist(), pairs.j.tolist(), strict=True)
    if pairs.kind is Kind.TRANSFER:
        return [(pairs.kind, (i, j), ()) for i, j in sides]
    return [(pairs.kind, (i,), (j,)) for i, j in sides]


def _described(
    propose: Proposer, groups: GroupList, faint: Sequence[Pairs], places: Sequence[int]
) -> list[ProposedMatch]:
    """The matches at these places in the row of groups and then of pairs of each kind."""
    row = np.array(places, np.int64)
    described: list[ProposedMatch | None] = [None] * len(places)
    start = len(groups.found)
    for at in np.flatnonzero(row < start).tolist():
        of, place = groups.found[row[at]]
        described[at] = propose.group(of, place, float(groups.score[row[at]]))
    for pairs in faint:
        here = np.flatnonzero((row >= start) & (row < start + len(pairs.i)))
        for at, match in zip(here.tolist(), propose.pairs(pairs.at(row[here] - start), decide=False), strict=True):
            described[at] = match
        start += len(pairs.i)
    return [match for match in described if match]
