"""How much of one name's words another has, counting words by how rare they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from core.matching.texts import Floats
from core.matching.values import Integers

STEM = 4  # first letters by which words are compared
TELLING = 4.0  # weight that the words of a name need together to say anything: one word that 1 name in 55 has
_PAIRS_AT_ONCE = 500_000  # of the sparse product, to bound memory


@dataclass(frozen=True)
class Rarity:
    """In how many of so many distinct names each word stands, words by their first letters."""

    counts: Mapping[str, int]
    names: int

    @classmethod
    def of(cls, left: Sequence[str], right: Sequence[str]) -> "Rarity":
        """Among two columns of distinct names."""
        return cls(Counter(stem for name in chain(left, right) for stem in stems(name)), len(left) + len(right))

    def weight(self, stem: str) -> float:
        """How much it says that two names share a word of these names."""
        return log(self.names / self.counts[stem]) + 0.1


class WordTable:
    """The words of two columns of distinct names, by their first letters, because banks cut them.

    Words count by how rare they are, so that "family" or "company" says little and a surname much.
    """

    def __init__(self, left: Sequence[str], right: Sequence[str], rarity: Rarity) -> None:
        words = [[stems(name) for name in names] for names in (left, right)]
        known = dict.fromkeys(stem for names in words for stems in names for stem in stems)
        place = {stem: column for column, stem in enumerate(known)}
        weight = np.array([rarity.weight(stem) for stem in known], np.float64)
        self.left, asks = (incidence(names, place) for names in words)
        self._asks = asks.multiply(weight[np.newaxis, :]).tocsr() if len(known) else asks
        self._asked = np.maximum(np.asarray(self._asks.sum(axis=1)).ravel(), TELLING)

    def shared(self, a: Integers, b: Integers) -> Floats:
        """Of the words of the right name b how much stands in the left name a, pair by pair: 0 … 1.

        A name of common words alone stays low.
        """
        shared = np.zeros(len(a))
        for start in range(0, len(a), _PAIRS_AT_ONCE):
            part = slice(start, start + _PAIRS_AT_ONCE)
            shared[part] = np.asarray(self.left[a[part]].multiply(self._asks[b[part]]).sum(axis=1)).ravel()
        return np.asarray(shared / self._asked[b], np.float64)


def stems(name: str) -> list[str]:
    """The words of a name by their first letters, each once; words of one or two letters say nothing."""
    return list(dict.fromkeys([word[:STEM] for word in name.split() if len(word) > 2]))


def incidence(rows: Sequence[Sequence[str]], place: dict[str, int]) -> Any:
    """A row a name, a column a sign that has a place, 1 where the name has it."""
    columns = np.array([place.get(sign, -1) for signs in rows for sign in signs], np.int64)
    row = np.repeat(np.arange(len(rows)), [len(signs) for signs in rows])
    kept = columns >= 0
    ones = np.ones(int(kept.sum()), np.float32)
    return csr_matrix((ones, (row[kept], columns[kept])), shape=(len(rows), max(len(place), 1)))  # type: ignore[no-untyped-call]
