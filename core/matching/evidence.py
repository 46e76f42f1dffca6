"""How much more likely a pair is to belong together than to meet by chance: one weight a pair.

A weight multiplies likelihood ratios (share of true pairs that show the evidence / share of chance pairs that do).
The ratios were counted on three public-text matching sets with known truth (easy, medium, hard; 6,669 true pairs and
62,178 chance pairs with equal amounts) and then rounded towards 1, because other books differ from those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.matching.texts import (
    Bools,
    Floats,
    account_tails,
    document_numbers,
    is_marked,
    name_key,
    name_similarity,
    neighbours_swapped,
    reference_key,
    speaks_of_transfer,
    words_shared,
)
from core.matching.values import BankLines, Integers, OpenItems, OwnAccounts


class Quoted(IntEnum):
    """What the line's text says of the item's number."""

    NOT = 0
    OTHER = 1  # it quotes another document
    SWAPPED = 2  # two neighbouring digits in the other order
    EXACT = 3


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


def settlement_evidence(lines: BankLines, items: OpenItems, i: Integers, j: Integers) -> Evidence:
    """The evidence of the pairs (line i, item j), whose amounts are equal already."""
    similarity, shared = _names_compared(lines, items, i, j)
    quoted = _quoted(lines.text, items.references, i, j)
    lag = (lines.booked_on[i] - items.issued_on[j]).astype(np.int64)
    name = np.maximum(
        _NAME[np.searchsorted(_NAME_EDGES, similarity, "right")],
        _SHARED[np.searchsorted(_SHARED_EDGES, shared, "right")],
    )
    weight = name * _QUOTED[quoted] * _LAG[np.searchsorted(_LAG_EDGES, lag, "right")]
    named = (similarity >= CLEAR_NAME) | (shared >= CLEAR_WORDS)
    clear = (quoted >= Quoted.SWAPPED) | (named & (quoted != Quoted.OTHER))
    return Evidence(weight, clear, similarity, shared, quoted)


def transfer_evidence(lines: BankLines, own: OwnAccounts, i: Integers, j: Integers) -> Evidence:
    """The evidence of the pairs (line out i, line in j), whose amounts are opposite and accounts different."""
    speaks = np.array([speaks_of_transfer(text) for text in lines.text], np.int64)
    said = speaks[i] + speaks[j] if len(i) else np.zeros(0, np.int64)
    named = _named_accounts(lines, own, i, j)
    apart = np.abs((lines.booked_on[i] - lines.booked_on[j]).astype(np.int64))
    weight = (
        np.array([0.3, 20.0, 400.0])[said]
        * np.array([0.02, 1.0, 50.0, 1000.0])[np.clip(named, -1, 2) + 1]
        * np.array([2.0, 2.0, 1.5, 1.0, 0.6, 0.6])[np.minimum(apart, 5)]
    )
    none = np.zeros(len(i))
    return Evidence(weight, (said > 0) | (named > 0), none, none, none.astype(np.int64))


def _named_accounts(lines: BankLines, own: OwnAccounts, i: Integers, j: Integers) -> Integers:
    """How many of a pair's two texts name the other's account by its tail; -1 where one names a third own account."""
    known = frozenset().union(*own.tails.values())
    said = [account_tails(text) & known for text in lines.text]
    found = np.zeros(len(i), np.int64)
    telling = np.array([bool(tails) for tails in said], np.bool_)
    for pair in np.flatnonzero(telling[i] | telling[j]).tolist():
        found[pair] = _named(lines, own, said, int(i[pair]), int(j[pair]))
    return found


def _named(lines: BankLines, own: OwnAccounts, said: Sequence[frozenset[str]], i: int, j: int) -> int:
    none: frozenset[str] = frozenset()
    found = 0
    for here, there in ((i, j), (j, i)):
        mine, other = own.tails.get(lines.account[here], none), own.tails.get(lines.account[there], none)
        if said[here] & (other - mine):
            found += 1
        elif said[here] - mine - other and speaks_of_transfer(lines.text[here]):
            return -1
    return found


def _names_compared(lines: BankLines, items: OpenItems, i: Integers, j: Integers) -> tuple[Floats, Floats]:
    """How alike the item's counterparty and the line are, and how much of its words the line has.

    The line speaks by its text and by its normalised counterparty; the better one counts.
    """
    item_names = [name_key(name) for name in items.counterparty]
    alike, shared = _pairwise([name_key(text) for text in lines.text], item_names, i, j)
    if any(lines.counterparty):
        more = _pairwise([name_key(name) for name in lines.counterparty], item_names, i, j)
        alike, shared = np.maximum(alike, more[0]), np.maximum(shared, more[1])
    return alike, shared


def _pairwise(left: Sequence[str], right: Sequence[str], i: Integers, j: Integers) -> tuple[Floats, Floats]:
    """Similarity and shared words; each distinct pair of names is measured once."""
    left_known = {name: number for number, name in enumerate(dict.fromkeys(left))}
    right_known = {name: number for number, name in enumerate(dict.fromkeys(right))}
    width = max(len(right_known), 1)
    of_left = np.array([left_known[name] for name in left], np.int64)[i]
    of_right = np.array([right_known[name] for name in right], np.int64)[j]
    distinct, where = np.unique(of_left * width + of_right, return_inverse=True)
    a, b = distinct // width, distinct % width
    left_names, right_names = list(left_known), list(right_known)
    alike = name_similarity([left_names[k] for k in a.tolist()], [right_names[k] for k in b.tolist()])
    return alike[where], words_shared(left_names, right_names, a, b)[where]


def _quoted(texts: Sequence[str], references: Sequence[Sequence[str]], i: Integers, j: Integers) -> Integers:
    """What each line says of each item's numbers; see Quoted."""
    keys = [[key for reference in of if (key := reference_key(reference))] for of in references]
    codes = {key: number for number, key in enumerate(dict.fromkeys(key for of in keys for key in of), 1)}
    width = len(codes) + 1
    exact, swapped = _said(texts, codes, width)
    marked = np.array([any(is_marked(number) for number in document_numbers(text)) for text in texts], np.bool_)
    result = np.where(marked[i], Quoted.OTHER, Quoted.NOT) if len(i) else np.zeros(0, np.int64)
    most = max((len(of) for of in keys), default=0)
    for place in range(most):
        code = np.array([codes[of[place]] if place < len(of) else 0 for of in keys], np.int64)[j]
        asked = i * width + code
        result = np.where((code > 0) & np.isin(asked, swapped), np.maximum(result, Quoted.SWAPPED), result)
        result = np.where((code > 0) & np.isin(asked, exact), Quoted.EXACT, result)
    return result.astype(np.int64)


def _said(texts: Sequence[str], codes: Mapping[str, int], width: int) -> tuple[Integers, Integers]:
    """The items' numbers that texts quote, as line * width + code: exactly, and with swapped digits."""
    exact: list[int] = []
    swapped: list[int] = []
    for line, text in enumerate(texts):
        for number in document_numbers(text):
            if number in codes:
                exact.append(line * width + codes[number])
            swapped += [line * width + codes[near] for near in neighbours_swapped(number) if near in codes]
    return np.array(exact, np.int64), np.array(swapped, np.int64)
