"""Who gets whom, step by step: what is certain first, then what adds up, then suggestions with their runners-up."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from core.matching.choosing import CHANCE, choose, choose_groups, group_probabilities
from core.matching.groups import Groups, find_groups
from core.matching.payouts import Payout
from core.matching.proposing import Pairs, Proposer
from core.matching.texts import Floats
from core.matching.values import BankLines, Decision, Kind, Matching, OpenItems, ProposedMatch

BEST_OF_LINE = 3  # suggestions shown for a line, the chosen one included
FAINT = 0.02  # probability below which an alternative is not worth a look


class Choice:
    """The matches taken so far, and which lines and items are still free."""

    def __init__(self, lines: BankLines, items: OpenItems) -> None:
        self._lines, self._items = lines, items
        self._propose = Proposer(lines, items)
        self._free_lines, self._free_items = np.ones(len(lines), np.bool_), np.ones(len(items), np.bool_)
        self._taken: list[ProposedMatch] = []
        self._groups: list[ProposedMatch] = []

    def take_pairs(self, pairs: Pairs, *, least: float) -> None:
        """Choose among the free pairs of at least this probability."""
        partners = self._free_lines if pairs.kind is Kind.TRANSFER else self._free_items
        free = pairs.of(self._free_lines[pairs.i] & partners[pairs.j] & (pairs.probability >= least))
        picked = choose(free.evidence.weight, free.probability, free.i, free.j)
        for pair in np.flatnonzero(picked).tolist():
            self._take(self._propose.pair(free, pair))

    def take_payouts(self, payouts: Sequence[Payout], *, exact: bool) -> None:
        """The payouts whose fee is to the cent, or those where it is only plausible, the likeliest first."""
        for payout in sorted(payouts, key=lambda one: (-one.probability, one.line, one.items)):
            match = self._propose.payout(payout)
            if payout.exact == exact and self._is_free(match):
                self._take(match)

    def search_groups(self, settlements: Pairs, excluded: Collection[frozenset[str]]) -> None:
        """Find batches and partial payments among what is free now."""
        settling = np.array([not held for held in self._lines.transfers_only] or [True] * len(self._lines), np.bool_)
        lines, items = np.flatnonzero(self._free_lines & settling), np.flatnonzero(self._free_items)
        found = find_groups(self._lines, self._items, lines, items)
        if not any(len(groups.odds) for groups in found):
            return
        members = [self._numbers(match) for groups in found for match in _sides(groups)]
        wholes = [
            side[0][0] if groups.kind is Kind.BATCH else side[1][0] + len(self._lines)
            for groups in found
            for side in _sides(groups)
        ]
        odds = np.concatenate([groups.odds for groups in found])
        likely = group_probabilities(odds, wholes, members, self._single_odds(settlements))
        places = [(groups, place) for groups in found for place in range(len(groups.odds))]
        proposed = [
            self._propose.group(groups, place, float(likely[number]))
            for number, (groups, place) in enumerate(places)
            if likely[number] >= FAINT
        ]
        self._groups = [match for match in proposed if not excluded or self._keys(match) not in excluded]

    def take_groups(self, *, least: float) -> None:
        """Choose among the free groups of at least this probability, the best sum of what speaks for them."""
        free = [match for match in self._groups if match.score >= least and self._is_free(match)]
        gain = [float(np.log(match.score / (1 - match.score) / CHANCE)) for match in free]
        for group in choose_groups(gain, [self._numbers((match.lines, match.items)) for match in free]):
            self._take(free[group])

    def result(self, kinds: Sequence[Pairs]) -> Matching:
        """What was taken, what is open, and the runners-up."""
        return Matching(
            tuple(self._taken),
            tuple(np.flatnonzero(self._free_lines).tolist()),
            tuple(np.flatnonzero(self._free_items).tolist()),
            tuple(self._alternatives(kinds)),
        )

    def _take(self, match: ProposedMatch) -> None:
        self._free_lines[list(match.lines)] = False
        self._free_items[list(match.items)] = False
        self._taken.append(match)

    def _is_free(self, match: ProposedMatch) -> bool:
        return bool(self._free_lines[list(match.lines)].all() and self._free_items[list(match.items)].all())

    def _numbers(self, sides: tuple[tuple[int, ...], tuple[int, ...]]) -> list[int]:
        """Lines and items of a match in one row of numbers."""
        return [*sides[0], *(item + len(self._lines) for item in sides[1])]

    def _keys(self, match: ProposedMatch) -> frozenset[str]:
        return frozenset([*(self._lines.key[i] for i in match.lines), *(self._items.key[j] for j in match.items)])

    def _single_odds(self, settlements: Pairs) -> Floats:
        """By line and then item: the odds that one free partner of equal amount and name or number settles it."""
        clear = settlements.of(
            settlements.evidence.clear & self._free_lines[settlements.i] & self._free_items[settlements.j]
        )
        count = len(self._lines) + len(self._items)
        numbers = np.concatenate([clear.i, clear.j + len(self._lines)])
        odds = np.concatenate([clear.evidence.weight, clear.evidence.weight]) / CHANCE
        return np.asarray(np.bincount(numbers, odds, minlength=count), np.float64)

    def _alternatives(self, kinds: Sequence[Pairs]) -> list[ProposedMatch]:
        """For each line that has no automatic match the best suggestions beside the chosen one."""
        settled = {line for match in self._taken if match.decision is Decision.AUTO for line in match.lines}
        done = {item for match in self._taken if match.decision is Decision.AUTO for item in match.items}
        shown = {(match.kind, match.lines, match.items) for match in self._taken}
        by_line: dict[int, list[ProposedMatch]] = {}
        for match in self._runners_up(kinds):
            if (match.kind, match.lines, match.items) in shown or not settled.isdisjoint(match.lines):
                continue
            if not done.isdisjoint(match.items):
                continue
            listed = [by_line.setdefault(line, []) for line in match.lines]
            if any(len(one) < BEST_OF_LINE - 1 for one in listed):
                shown.add((match.kind, match.lines, match.items))
                listed[0].append(match)
        return [match for _, listed in sorted(by_line.items()) for match in listed]

    def _runners_up(self, kinds: Sequence[Pairs]) -> list[ProposedMatch]:
        """All that is worth a look, the likeliest first."""
        return sorted((*self._groups, *self._faint_pairs(kinds)), key=lambda match: -match.score)

    def _faint_pairs(self, kinds: Sequence[Pairs]) -> Iterator[ProposedMatch]:
        settled = np.zeros(len(self._lines), np.bool_)
        for match in self._taken:
            if match.decision is Decision.AUTO:
                settled[list(match.lines)] = True
        for pairs in kinds:
            worth = pairs.of((pairs.probability >= FAINT) & ~settled[pairs.i])
            for pair in np.argsort(-worth.probability, kind="stable").tolist():
                yield replace(self._propose.pair(worth, pair), decision=Decision.SUGGEST)


def _sides(groups: Groups) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return list(zip(groups.lines, groups.items, strict=True))
