"""Who gets whom, step by step: what is certain first, then what adds up, then suggestions with their runners-up."""

from collections.abc import Collection, Sequence

import numpy as np

from core.matching.choosing import CHANCE, choose, choose_groups
from core.matching.group_list import GroupList
from core.matching.groups import find_groups
from core.matching.interchangeable import paired_in_order
from core.matching.paid_twice import paid_twice
from core.matching.payouts import Payout
from core.matching.proposing import Pairs, Proposer
from core.matching.reading import Read
from core.matching.runners_up import FAINT, Members, runners_up
from core.matching.texts import Floats
from core.matching.values import Decision, Kind, Matching, ProposedMatch


class Choice:
    """The matches taken so far, and which lines and items are still free."""

    def __init__(self, read: Read, propose: Proposer) -> None:
        self._read, self._propose, count = read, propose, len(read.line)
        self._free = np.ones(count + len(read.item), np.bool_)  # lines and then items
        self._free_lines, self._free_items = self._free[:count], self._free[count:]  # views of it
        self._decided_lines, self._decided_items = (np.zeros(len(side), np.bool_) for side in (read.line, read.item))
        self._paying: list[int] = []  # lines that settle something alone
        self._taken: list[ProposedMatch] = []
        self._shown: set[Members] = set()  # what is taken as a suggestion
        self._groups = GroupList.none()

    def take_pairs(self, pairs: Pairs, *, least: float) -> None:
        """Choose among the free pairs of at least this probability."""
        transfers = pairs.kind is Kind.TRANSFER
        partners = self._free_lines if transfers else self._free_items
        free = pairs.of(self._free_lines[pairs.i] & partners[pairs.j] & (pairs.probability >= least))
        picked = free.of(choose(free.evidence.weight, free.probability, free.i, free.j))
        self._take_pairs(picked, self._propose.pairs(picked))

    def take_in_order(self, settlements: Pairs) -> None:
        """Of lines and items that are alike the oldest with the oldest, however faint each pair is among so many."""
        free = settlements.of(self._free_lines[settlements.i] & self._free_items[settlements.j])
        found = paired_in_order(self._read, free)
        picked = free.at(found.places)
        self._take_pairs(picked, self._propose.in_order(picked, found.lines, found.items))

    def _take_pairs(self, picked: Pairs, matches: Sequence[ProposedMatch]) -> None:
        transfers = picked.kind is Kind.TRANSFER
        partners = self._free_lines if transfers else self._free_items
        self._free_lines[picked.i] = partners[picked.j] = False
        decided = np.array([match.decision is Decision.AUTO for match in matches], np.bool_)
        self._decided_lines[picked.i[decided]] = True
        (self._decided_lines if transfers else self._decided_items)[picked.j[decided]] = True
        for i, j in zip(picked.i[~decided].tolist(), picked.j[~decided].tolist(), strict=True):
            self._shown.add((picked.kind, (i, j), ()) if transfers else (picked.kind, (i,), (j,)))
        self._paying += [] if transfers else picked.i.tolist()
        self._taken += matches

    def take_payouts(self, payouts: Sequence[Payout], *, exact: bool) -> None:
        """The payouts whose fee is to the cent, or those where it is only plausible, the likeliest first."""
        for payout in sorted(payouts, key=lambda one: (-one.probability, one.line, one.items)):
            members = (Kind.PAYOUT, (payout.line,), payout.items)
            if payout.exact == exact and self._free_lines[payout.line] and self._free_items[list(payout.items)].all():
                self._take(members, self._propose.payout(payout))

    def search_groups(self, settlements: Pairs, excluded: Collection[frozenset[str]]) -> None:
        """Find batches and partial payments among what is free now."""
        found = find_groups(self._read, self._free_lines & self._read.settling, self._free_items)
        groups = GroupList.of(found, len(self._read.line), self._single_odds(settlements))
        worth = groups.score >= FAINT
        if excluded:
            allowed = [self._read.keys(lines, items) not in excluded for _, lines, items in groups.members]
            worth &= np.array(allowed, np.bool_)
        self._groups = groups.at(np.flatnonzero(worth))

    def take_groups(self, *, least: float) -> None:
        """Choose among the free groups of at least this probability, the best sum of what speaks for them."""
        groups = self._groups.at(np.flatnonzero((self._groups.score >= least) & self._groups.all_of(self._free)))
        gain = np.log(groups.score / (1 - groups.score) / CHANCE)
        for place in choose_groups(gain.tolist(), groups.numbers):
            self._take(groups.members[place], self._propose.group(*groups.found[place], float(groups.score[place])))

    def result(self, kinds: Sequence[Pairs]) -> Matching:
        """What was taken, what is open, and the runners-up, at the positions as given."""
        given_line, given_item = self._read.line_order, self._read.item_order
        decided = self._decided_lines, self._decided_items
        notes = paid_twice(self._read, self._paying, self._free_lines)
        return Matching(
            tuple(self._taken),
            tuple(np.sort(given_line[self._free_lines]).tolist()),
            tuple(np.sort(given_item[self._free_items]).tolist()),
            tuple(runners_up(self._propose, self._groups, kinds, decided, self._shown)),
            {int(given_line[line]): note for line, note in notes.items()},
        )

    def _take(self, members: Members, match: ProposedMatch) -> None:
        _, lines, items = members
        self._free_lines[list(lines)] = self._free_items[list(items)] = False
        if match.decision is Decision.AUTO:
            self._decided_lines[list(lines)] = self._decided_items[list(items)] = True
        else:
            self._shown.add(members)
        if len(lines) == 1 and items:
            self._paying.append(lines[0])
        self._taken.append(match)

    def _single_odds(self, settlements: Pairs) -> Floats:
        """By line and then item: the odds that one free partner of equal amount and name or number settles it."""
        clear = settlements.of(
            settlements.evidence.clear & self._free_lines[settlements.i] & self._free_items[settlements.j]
        )
        count = len(self._read.line) + len(self._read.item)
        numbers = np.concatenate([clear.i, clear.j + len(self._read.line)])
        odds = np.concatenate([clear.evidence.weight, clear.evidence.weight]) / CHANCE
        return np.asarray(np.bincount(numbers, odds, minlength=count), np.float64)
