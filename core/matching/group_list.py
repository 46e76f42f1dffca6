"""Groups of all kinds in one list, with their probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.matching.choosing import group_probabilities
from core.matching.groups import Groups
from core.matching.texts import Bools, Floats
from core.matching.values import Integers, Kind


@dataclass(frozen=True)
class GroupList:
    """n groups. `numbers`: of each its lines and then its items, those numbered behind the lines."""

    found: Sequence[tuple[Groups, int]]
    numbers: Sequence[Sequence[int]]
    score: Floats

    @classmethod
    def none(cls) -> "GroupList":
        """An empty list."""
        return cls([], [], np.zeros(0))

    @classmethod
    def of(cls, found: Sequence[Groups], lines: int, rival: Floats) -> "GroupList":
        """Weighs the groups against each other.

        Args:
            lines: how many lines there are.
            rival: by number, the odds of what else a movement could belong to.
        """
        places = [(groups, place) for groups in found for place in range(len(groups.odds))]
        if not places:
            return cls.none()
        numbers = [
            [*members, *[item + lines for item in items]]
            for groups in found
            for members, items in zip(groups.lines, groups.items, strict=True)
        ]
        wholes = [
            side[0] if groups.kind is Kind.BATCH else side[-1]
            for (groups, _), side in zip(places, numbers, strict=True)
        ]
        group, member = _flat(numbers)
        odds = np.concatenate([groups.odds for groups in found])
        score = group_probabilities(odds, np.array(wholes, np.int64), group, member, rival)
        return cls(places, numbers, score)

    @cached_property
    def members(self) -> list[tuple[Kind, tuple[int, ...], tuple[int, ...]]]:
        """Of each its kind, lines and items."""
        return [(groups.kind, groups.lines[place], groups.items[place]) for groups, place in self.found]

    def at(self, places: Integers) -> "GroupList":
        """The groups at these places."""
        chosen = places.tolist()
        return GroupList([self.found[at] for at in chosen], [self.numbers[at] for at in chosen], self.score[places])

    def all_of(self, mask: Bools) -> Bools:
        """Groups of which the mask has every member."""
        group, member = _flat(self.numbers)
        return np.asarray(np.bincount(group, ~mask[member], minlength=len(self.numbers)) == 0, np.bool_)

    def any_of(self, mask: Bools) -> Bools:
        """Groups of which the mask has a member."""
        return ~self.all_of(~mask)


def _flat(numbers: Sequence[Sequence[int]]) -> tuple[Integers, Integers]:
    group = np.repeat(np.arange(len(numbers)), [len(members) for members in numbers])
    return group, np.array([number for members in numbers for number in members], np.int64)
