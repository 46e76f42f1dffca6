"""Who gets whom, step by step: what is certain first, then what adds up, then suggestions with their runners-up."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.matching.choosing import CHANCE, choose, choose_groups, group_probabilities
from core.matching.groups import Groups, find_groups
from core.matching.paid_twice import paid_twice
from core.matching.payouts import Payout
from core.matching.proposing import Pairs, Proposer
from core.matching.reading import Read
from core.matching.texts import Floats
from core.matching.values import Decision, Kind, Matching, ProposedMatch

BEST_OF_LINE = 3  # suggestions shown for a line, the chosen one included
FAINT = 0.02  # probability below which an alternative is not worth a look

_Members = tuple[Kind, tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Group:
    """One of the groups found."""

    of: Groups
    place: int
    score: float

    @property
    def members(self) -> _Members:
        return self.of.kind, self.of.lines[self.place], self.of.items[self.place]


class Choice:
    """The matches taken so far, and which lines and items are still free."""

    def __init__(self, read: Read, propose: Proposer) -> None:
        self._read, self._propose = read, propose
        self._free_lines, self._free_items = (np.ones(len(side), np.bool_) for side in (read.line, read.item))
        self._decided_lines, self._decided_items = (np.zeros(len(side), np.bool_) for side in (read.line, read.item))
        self._paying: list[int] = []  # lines that settle something alone
        self._taken: list[ProposedMatch] = []
        self._shown: set[_Members] = set()  # what is taken as a suggestion
        self._groups: list[_Group] = []

    def take_pairs(self, pairs: Pairs, *, least: float) -> None:
        """Choose among the free pairs of at least this probability."""
        transfers = pairs.kind is Kind.TRANSFER
        partners = self._free_lines if transfers else self._free_items
        free = pairs.of(self._free_lines[pairs.i] & partners[pairs.j] & (pairs.probability >= least))
        picked = free.of(choose(free.evidence.weight, free.probability, free.i, free.j))
        matches = self._propose.pairs(picked)
        self._free_lines[picked.i] = partners[picked.j] = False
        decided = np.array([match.decision is Decision.AUTO for match in matches], np.bool_)
        self._decided_lines[picked.i[decided]] = True
        (self._decided_lines if transfers else self._decided_items)[picked.j[decided]] = True
        for i, j in zip(picked.i[~decided].tolist(), picked.j[~decided].tolist(), strict=True):
            self._shown.add((pairs.kind, (i, j), ()) if transfers else (pairs.kind, (i,), (j,)))
        self._paying += [] if transfers else picked.i.tolist()
        self._taken += matches

    def take_payouts(self, payouts: Sequence[Payout], *, exact: bool) -> None:
        """The payouts whose fee is to the cent, or those where it is only plausible, the likeliest first."""
        for payout in sorted(payouts, key=lambda one: (-one.probability, one.line, one.items)):
            members = (Kind.PAYOUT, (payout.line,), payout.items)
            if payout.exact == exact and self._is_free(members):
                self._take(members, self._propose.payout(payout))

    def search_groups(self, settlements: Pairs, excluded: Collection[frozenset[str]]) -> None:
        """Find batches and partial payments among what is free now."""
        found = find_groups(self._read, self._free_lines & self._read.settling, self._free_items)
        places = [(groups, place) for groups in found for place in range(len(groups.odds))]
        members = [self._numbers(_Group(groups, place, 0).members) for groups, place in places]
        if not members:
            return
        wholes = [
            groups.lines[place][0] if groups.kind is Kind.BATCH else groups.items[place][0] + len(self._read.line)
            for groups, place in places
        ]
        likely = group_probabilities(
            np.concatenate([groups.odds for groups in found]),
            np.array(wholes, np.int64),
            np.repeat(np.arange(len(members)), [len(numbers) for numbers in members]),
            np.concatenate([np.array(numbers, np.int64) for numbers in members]),
            self._single_odds(settlements),
        )
        worth = [
            _Group(groups, place, score)
            for (groups, place), score in zip(places, likely.tolist(), strict=True)
            if score >= FAINT
        ]
        self._groups = [group for group in worth if not excluded or self._read.keys(*group.members[1:]) not in excluded]

    def take_groups(self, *, least: float) -> None:
        """Choose among the free groups of at least this probability, the best sum of what speaks for them."""
        free = [group for group in self._groups if group.score >= least and self._is_free(group.members)]
        gain = [float(np.log(group.score / (1 - group.score) / CHANCE)) for group in free]
        for place in choose_groups(gain, [self._numbers(group.members) for group in free]):
            group = free[place]
            self._take(group.members, self._propose.group(group.of, group.place, group.score))

    def result(self, kinds: Sequence[Pairs]) -> Matching:
        """What was taken, what is open, and the runners-up, at the positions as given."""
        given_line, given_item = self._read.line_order, self._read.item_order
        notes = paid_twice(self._read, self._paying, self._free_lines)
        return Matching(
            tuple(self._taken),
            tuple(np.sort(given_line[self._free_lines]).tolist()),
            tuple(np.sort(given_item[self._free_items]).tolist()),
            tuple(self._alternatives(kinds)),
            {int(given_line[line]): note for line, note in notes.items()},
        )

    def _take(self, members: _Members, match: ProposedMatch) -> None:
        _, lines, items = members
        self._free_lines[list(lines)] = self._free_items[list(items)] = False
        if match.decision is Decision.AUTO:
            self._decided_lines[list(lines)] = self._decided_items[list(items)] = True
        else:
            self._shown.add(members)
        if len(lines) == 1 and items:
            self._paying.append(lines[0])
        self._taken.append(match)

    def _is_free(self, members: _Members) -> bool:
        _, lines, items = members
        free_lines, free_items = self._free_lines, self._free_items
        return all(free_lines[line] for line in lines) and all(free_items[item] for item in items)

    def _numbers(self, members: _Members) -> list[int]:
        """Lines and items of a match in one row of numbers."""
        return [*members[1], *(item + len(self._read.line) for item in members[2])]

    def _single_odds(self, settlements: Pairs) -> Floats:
        """By line and then item: the odds that one free partner of equal amount and name or number settles it."""
        clear = settlements.of(
            settlements.evidence.clear & self._free_lines[settlements.i] & self._free_items[settlements.j]
        )
        count = len(self._read.line) + len(self._read.item)
        numbers = np.concatenate([clear.i, clear.j + len(self._read.line)])
        odds = np.concatenate([clear.evidence.weight, clear.evidence.weight]) / CHANCE
        return np.asarray(np.bincount(numbers, odds, minlength=count), np.float64)

    def _alternatives(self, kinds: Sequence[Pairs]) -> list[ProposedMatch]:
        """For each line that has no automatic match the best suggestions beside the chosen one."""
        by_line: dict[int, list[Callable[[], ProposedMatch]]] = {}
        for _, members, describe in sorted(self._runners_up(kinds), key=lambda one: -one[0]):
            _, lines, items = members
            if members in self._shown or self._decided_lines[list(lines)].any():
                continue
            if self._decided_items[list(items)].any():
                continue
            listed = [by_line.setdefault(line, []) for line in lines]
            if any(len(one) < BEST_OF_LINE - 1 for one in listed):
                self._shown.add(members)
                listed[0].append(describe)
        return [describe() for _, listed in sorted(by_line.items()) for describe in listed]

    def _runners_up(self, kinds: Sequence[Pairs]) -> Iterator[tuple[float, _Members, Callable[[], ProposedMatch]]]:
        """All that is worth a look: its probability, its members and what describes it."""
        for group in self._groups:
            yield group.score, group.members, lambda one=group: self._propose.group(one.of, one.place, one.score)
        for pairs in kinds:
            worth = pairs.of((pairs.probability >= FAINT) & ~self._decided_lines[pairs.i])
            for place, (i, j) in enumerate(zip(worth.i.tolist(), worth.j.tolist(), strict=True)):
                members = (worth.kind, (i, j), ()) if worth.kind is Kind.TRANSFER else (worth.kind, (i,), (j,))
                yield float(worth.probability[place]), members, lambda of=worth, at=place: self._faint(of, at)

    def _faint(self, pairs: Pairs, place: int) -> ProposedMatch:
        only = np.zeros(len(pairs.i), np.bool_)
        only[place] = True
        return self._propose.pairs(pairs.of(only), decide=False)[0]
