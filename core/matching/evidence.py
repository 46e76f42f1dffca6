"""How much more likely a pair is to belong together than to meet by chance: one weight a pair.

A weight multiplies likelihood ratios (share of true pairs that show the evidence / share of chance pairs that do).
The ratios were counted on three public-text matching sets with known truth (easy, medium, hard; 6,669 true pairs and
62,178 chance pairs with equal amounts) and then rounded towards 1, because other books differ from those.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.matching.quoting import Quoted
from core.matching.reading import Names, Read
from core.matching.texts import Bools, Floats, account_tails, name_similarity, speaks_of_transfer
from core.matching.values import Integers, OwnAccounts
from core.matching.words import WordTable

_QUOTED = np.array([1.0, 0.1, 150.0, 1000.0])
_NAME_EDGES = np.array([0.0, 0.45, 0.55, 0.75, 0.85, 0.95])
_NAME = np.array([0.5, 0.07, 0.3, 0.5, 10.0, 80.0, 200.0])  # by the edges; first: one side names nobody
_SHARED_EDGES = np.array([0.45, 0.6])
_SHARED = np.array([0.0, 2.0, 40.0])  # by the edges: how much of the item's name stands in the text
_LAG_EDGES = np.array([0, 5, 15, 30, 46])  # days from issue to payment
_LAG = np.array([0.1, 3.0, 1.2, 0.6, 0.3, 0.15])
CLEAR_NAME = 0.85  # similarity from which names count as proof beside an equal amount
CLEAR_WORDS = 0.6  # share of the item's words in the text from which they count as proof too


@dataclass(frozen=True)
class Evidence:
    """Of n pairs. `clear`: a name or a number, not the amount alone, ties the pair."""

    weight: Floats
    clear: Bools
    similarity: Floats  # of names, NO_NAME where one is missing
    shared: Floats  # of the words of the item's name, how much stands in the text
    quoted: Integers  # see Quoted


def settlement_evidence(read: Read, i: Integers, j: Integers) -> Evidence:
    """The evidence of the pairs (line i, item j), whose amounts are equal already."""
    similarity, shared = _names_compared(read, i, j)
    quoted = read.quotes.of_pairs(i, j)
    lag = read.line.day[i] - read.item.day[j]
    name = np.maximum(
        _NAME[np.searchsorted(_NAME_EDGES, similarity, "right")],
        _SHARED[np.searchsorted(_SHARED_EDGES, shared, "right")],
    )
    weight = name * _QUOTED[quoted] * _LAG[np.searchsorted(_LAG_EDGES, lag, "right")]
    named = (similarity >= CLEAR_NAME) | (shared >= CLEAR_WORDS)
    clear = (quoted >= Quoted.SWAPPED) | (named & (quoted != Quoted.OTHER))
    return Evidence(weight, clear, similarity, shared, quoted)


def transfer_evidence(read: Read, own: OwnAccounts, i: Integers, j: Integers) -> Evidence:
    """The evidence of the pairs (line out i, line in j), whose amounts are opposite and accounts different."""
    speaks = np.zeros(len(read.line), np.int64)
    for row in np.unique(np.concatenate([i, j])).tolist():
        speaks[row] = speaks_of_transfer(read.text(row))
    said = speaks[i] + speaks[j]
    named = _named_accounts(read, own, i, j)
    apart = np.abs(read.line.day[i] - read.line.day[j])
    weight = (
        np.array([0.3, 20.0, 400.0])[said]
        * np.array([0.02, 1.0, 50.0, 1000.0])[np.clip(named, -1, 2) + 1]
        * np.array([2.0, 2.0, 1.5, 1.0, 0.6, 0.6])[np.minimum(apart, 5)]
    )
    none = np.zeros(len(i))
    return Evidence(weight, (said > 0) | (named > 0), none, none, none.astype(np.int64))


def _named_accounts(read: Read, own: OwnAccounts, i: Integers, j: Integers) -> Integers:
    """How many of a pair's two texts name the other's account by its tail; -1 where one names a third own account."""
    found = np.zeros(len(i), np.int64)
    known = frozenset[str]().union(*own.tails.values())
    if not known:
        return found
    said: dict[int, frozenset[str]] = {}
    telling = np.zeros(len(read.line), np.bool_)
    for row in np.unique(np.concatenate([i, j])).tolist():
        said[row] = account_tails(read.text(row)) & known
        telling[row] = bool(said[row])
    for pair in np.flatnonzero(telling[i] | telling[j]).tolist():
        found[pair] = _named(read, own, said, int(i[pair]), int(j[pair]))
    return found


def _named(read: Read, own: OwnAccounts, said: dict[int, frozenset[str]], i: int, j: int) -> int:
    none: frozenset[str] = frozenset()
    tails = {row: own.tails.get(read.lines.account[int(read.line_order[row])], none) for row in (i, j)}
    found = 0
    for here, there in ((i, j), (j, i)):
        if said[here] & (tails[there] - tails[here]):
            found += 1
        elif said[here] - tails[here] - tails[there] and speaks_of_transfer(read.text(here)):
            return -1
    return found


def _names_compared(read: Read, i: Integers, j: Integers) -> tuple[Floats, Floats]:
    """How alike the item's counterparty and the line are, and how much of its words the line has.

    The line speaks by its text and by its normalised counterparty; the better one counts.
    """
    alike, shared = _pairwise(read.line.name, read.item.name, read.words, i, j)
    if read.party is not None:
        more = _pairwise(read.party, read.item.name, read.party_words, i, j)
        alike, shared = np.maximum(alike, more[0]), np.maximum(shared, more[1])
    return alike, shared


def _pairwise(left: Names, right: Names, words: WordTable, i: Integers, j: Integers) -> tuple[Floats, Floats]:
    """Similarity and shared words; each distinct pair of names is measured once."""
    width = max(len(right.keys), 1)
    distinct, where = np.unique(left.of_row[i] * width + right.of_row[j], return_inverse=True)
    a, b = distinct // width, distinct % width
    alike = name_similarity(_taken(left.keys, a), _taken(right.keys, b))
    return alike[where], words.shared(a, b)[where]


def _taken(names: Sequence[str], places: Integers) -> list[str]:
    return [names[place] for place in places.tolist()]
