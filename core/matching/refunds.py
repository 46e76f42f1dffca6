"""Which earlier payment a line turns back: refunds of customers and of vendors, chargebacks with or without their fee.

A line that gives money back has the other sign, the same counterparty and currency, and comes later. What it turns
back stays matched as it is: a refund points at its payment, it does not take it from what it settles.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.matching.calibration import share_right
from core.matching.choosing import CERTAIN, WORTH
from core.matching.evidence import CLEAR_NAME
from core.matching.joining import same_number, within
from core.matching.money_back import Movements
from core.matching.texts import Floats, name_similarity
from core.matching.values import Decision, Integers
from core.money import decimal_text, minor_digits

LATEST = 120  # days from a payment to what turns it back
MOST_FEE = 40  # whole units of the currency that a chargeback may cost
NEAREST = 48  # payments of one name, or of one amount, looked at for a line
REFUND = "refund"  # the kind under which scores are calibrated

# Weights multiply likelihood ratios, stated from what such payments look like; what the sum is worth is measured.
_NAME_EDGES, _NAME = np.array([0.75, CLEAR_NAME, 0.95]), np.array([0.05, 1.0, 10.0, 30.0])  # below: only by number
_LAG_EDGES, _LAG = np.array([15, 46]), np.array([3.0, 1.5, 0.6])
_WORD, _NO_WORD = 15.0, 0.2
_SAME_NUMBER, _OTHER_NUMBER = 200.0, 0.3
_WHOLE, _WITH_FEE, _PART = 20.0, 3.0, 1.0  # by how much is turned back
_CHANCE = 5.0  # weight of "its payment is not here"


@dataclass(frozen=True, slots=True)
class Refund:
    """`line` (a position among the later movements) turns back `minor` of `target` (one among the earlier ones).

    `minor` has the sign of the line; with the fee of a chargeback, `fee_minor`, in the same sign, it is the line.
    `stated` is the weight that decided, `score` the share of like ones that were right.
    """

    line: int
    target: int
    minor: int
    fee_minor: int
    stated: float
    score: float
    reason: str
    decision: Decision


@dataclass(frozen=True)
class _Pairs:
    """Lines i that may turn back payments j, with what speaks for it."""

    i: Integers
    j: Integers
    alike: Floats
    numbered: Integers  # 1: a number of both; -1: each has its own; 0: nothing
    fee: Integers  # without sign
    probability: Floats


def find_refunds(
    later: Movements, earlier: Movements, sales: Movements, *, excluded: Collection[tuple[str, str]] = ()
) -> list[Refund]:
    """Each line's likeliest payment, at most as much of each payment as it is, in the order of the lines.

    Automatic where name or number ties it, a word or a number says that it gives back, and no other comes near; never
    for a part of a payment that has another number.

    Args:
        later: lines that nothing else explains.
        earlier: lines that may be turned back, with what is left of them; `later` ones may be among them.
        sales: a processor's sales, turned back by the processor; their positions follow those of `earlier`.
        excluded: keys of a line and a payment that a person has said do not belong together.
    """
    if not len(later):
        return []
    pairs = _weighed(later, earlier, sales, excluded)
    left = np.abs(np.concatenate([earlier.amount, sales.amount])).tolist()
    taken: set[int] = set()
    found: list[Refund] = []
    for place in _best_first(later, earlier, sales, pairs):
        i, j = int(pairs.i[place]), int(pairs.j[place])
        back = abs(int(later.amount[i])) - int(pairs.fee[place])
        if i in taken or back > left[j]:
            continue
        taken.add(i)
        left[j] -= back
        found.append(_described(later, earlier, sales, pairs, place))
    return sorted(found, key=lambda one: one.line)


def _best_first(later: Movements, earlier: Movements, sales: Movements, pairs: _Pairs) -> list[int]:
    """Places of what is worth a look, by falling probability and then by keys."""
    places = np.flatnonzero(pairs.probability >= WORTH).tolist()
    keys = [*earlier.key, *sales.key]
    return sorted(places, key=lambda at: (-pairs.probability[at], later.key[int(pairs.i[at])], keys[int(pairs.j[at])]))


def _weighed(later: Movements, earlier: Movements, sales: Movements, excluded: Collection[tuple[str, str]]) -> _Pairs:
    i, j = _candidates(later, earlier)
    si, sj, s_numbered = _sale_candidates(later, sales)
    alike = np.concatenate([_alike(later, earlier, i, j), np.ones(len(si))])
    numbered = np.concatenate([_numbered(later, earlier, i, j), s_numbered])
    i, j = np.concatenate([i, si]), np.concatenate([j, sj + len(earlier)])
    tied = (alike >= _NAME_EDGES[0]) | (numbered > 0)
    i, j, alike, numbered = i[tied], j[tied], alike[tied], numbered[tied]
    amount = np.abs(np.concatenate([earlier.amount, sales.amount]))
    day = np.concatenate([earlier.day, sales.day])
    paid, back = amount[j], np.abs(later.amount[i])
    fee = np.maximum(back - paid, 0)
    worded = (later.refund | later.chargeback)[i]
    weight = (
        _NAME[np.searchsorted(_NAME_EDGES, alike, "right")]
        * _LAG[np.searchsorted(_LAG_EDGES, later.day[i] - day[j], "right")]
        * np.where(worded, _WORD, _NO_WORD)
        * np.select([numbered > 0, numbered < 0], [_SAME_NUMBER, _OTHER_NUMBER], 1.0)
        * np.select([back == paid, fee > 0], [_WHOLE, _WITH_FEE], _PART)
    )
    if excluded:
        keys = [*earlier.key, *sales.key]
        barred = [(later.key[a], keys[b]) in excluded for a, b in zip(i.tolist(), j.tolist(), strict=True)]
        weight = np.where(np.array(barred, np.bool_), 0.0, weight)
    of_line = np.bincount(i, weight, minlength=len(later)) if len(i) else np.zeros(len(later))
    big = np.where(2 * back > paid, weight, 0.0)  # two of these cannot both be of one payment
    of_paid = np.bincount(j, big, minlength=len(amount)) if len(j) else np.zeros(len(amount))
    probability = weight / (_CHANCE + of_line[i] + np.maximum(of_paid[j] - big, 0)) if len(i) else np.zeros(0)
    return _Pairs(i, j, alike, numbered, fee, probability)


def _candidates(later: Movements, earlier: Movements) -> tuple[Integers, Integers]:
    """Payments of the same amount, and for lines with a word of it also larger ones, or smaller by a fee, of who is
    named alike from the first letters on."""
    both = [*later.currency, *earlier.currency]
    known = {name: place for place, name in enumerate(dict.fromkeys(both))}
    signed = np.concatenate([-later.amount, earlier.amount])
    unit = np.array([known[name] for name in both], np.int64) * 2 + (signed > 0)
    whole = same_number(unit, np.abs(signed))
    stems: dict[str, int] = {}
    stem = [stems.setdefault(name[:4], len(stems)) for name in (*later.name, *earlier.name)]
    named = same_number(unit, np.array(stem, np.int64))
    a, b = _near(later, earlier, whole, np.arange(len(later)))
    worded = np.flatnonzero((later.refund | later.chargeback) & np.array([bool(name) for name in later.name], np.bool_))
    c, d = _near(later, earlier, named, worded)
    over = np.abs(later.amount[c]) - np.abs(earlier.amount[d])
    most = np.array([MOST_FEE * 10 ** minor_digits(name) for name in later.currency], np.int64)
    fits = (over < 0) | ((over > 0) & later.chargeback[c] & (over <= most[c]))
    i, j = np.concatenate([a, c[fits]]), np.concatenate([b, d[fits]])
    same = np.array([later.key[x] == earlier.key[y] for x, y in zip(i.tolist(), j.tolist(), strict=True)], np.bool_)
    return i[~same], j[~same]


def _near(later: Movements, earlier: Movements, block: Integers, rows: Integers) -> tuple[Integers, Integers]:
    i, j = within(
        block[: len(later)][rows], later.day[rows], block[len(later) :], earlier.day, -LATEST, 0, last_of=NEAREST
    )  # fmt: skip
    return rows[i], j


def _sale_candidates(later: Movements, sales: Movements) -> tuple[Integers, Integers, Integers]:
    """Sales whose processor a line with a word of it names, by number, or by amount where none is quoted."""
    by_number: dict[str, list[int]] = defaultdict(list)
    by_amount: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for sale in np.argsort(sales.day, kind="stable").tolist():
        by_amount[sales.name[sale].partition(" ")[0], sales.currency[sale], int(sales.amount[sale])].append(sale)
        for number in sales.numbers[sale]:
            by_number[number].append(sale)
    found: list[tuple[int, int, int]] = []
    for line in np.flatnonzero((later.refund | later.chargeback) & (later.amount < 0)).tolist():
        words = set(later.words[line].split())
        quoted = {sale for number in later.numbers[line] for sale in by_number.get(number, ())}
        alike = [
            sale
            for word in words
            for sale in by_amount.get((word, later.currency[line], -int(later.amount[line])), ())[-NEAREST:]
        ]
        for sale in _could_be(later, sales, line, words, sorted(quoted | set(alike))):
            found.append((line, sale, 1 if sale in quoted else -1 if later.marked[line] else 0))
    table = np.array(found, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _could_be(
    later: Movements, sales: Movements, line: int, words: Collection[str], among: Sequence[int]
) -> Iterator[int]:
    most = MOST_FEE * 10 ** minor_digits(later.currency[line]) if later.chargeback[line] else 0
    for sale in among:
        named = sales.name[sale].partition(" ")[0] in words and sales.currency[sale] == later.currency[line]
        timely = 0 <= later.day[line] - sales.day[sale] <= LATEST
        if named and timely and sales.amount[sale] > 0 and -later.amount[line] - sales.amount[sale] <= most:
            yield sale


def _alike(later: Movements, earlier: Movements, i: Integers, j: Integers) -> Floats:
    pairs = [(later.name[a], earlier.name[b]) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    distinct = list(dict.fromkeys(pairs))
    measured = name_similarity([left for left, _ in distinct], [right for _, right in distinct])
    known = dict(zip(distinct, measured.tolist(), strict=True))
    return np.array([known[pair] for pair in pairs], np.float64)


def _numbered(later: Movements, earlier: Movements, i: Integers, j: Integers) -> Integers:
    said = [
        1 if later.numbers[a] & earlier.numbers[b] else -1 if later.marked[a] and earlier.marked[b] else 0
        for a, b in zip(i.tolist(), j.tolist(), strict=True)
    ]
    return np.array(said, np.int64)


def _described(later: Movements, earlier: Movements, sales: Movements, pairs: _Pairs, place: int) -> Refund:
    i, j, fee = int(pairs.i[place]), int(pairs.j[place]), int(pairs.fee[place])
    of, at = (earlier, j) if j < len(earlier) else (sales, j - len(earlier))
    back, paid = abs(int(later.amount[i])) - fee, abs(int(of.amount[at]))
    sign = 1 if later.amount[i] > 0 else -1
    numbered, worded = bool(pairs.numbered[place] > 0), bool(later.refund[i] or later.chargeback[i])
    tied = (numbered or pairs.alike[place] >= CLEAR_NAME) and (worded or numbered) and (numbered or not fee)
    told_apart = back < paid and not numbered and later.numbers[i] and of.numbers[at]
    sure = tied and not told_apart and pairs.probability[place] >= CERTAIN
    decision = Decision.AUTO if sure else Decision.SUGGEST
    amount = decimal_text(back, later.currency[i])
    facts = [
        f"{'Charges' if later.chargeback[i] else 'Gives'} back"
        + (" all" if back == paid else f" {amount}")
        + f" of the {'sale' if of is sales else 'payment'} of {np.datetime64(int(of.day[at]), 'D')}",
        *(["its number is in the text"] if numbered else []),
        "same name" if pairs.alike[place] >= CLEAR_NAME else f"names {round(100 * float(pairs.alike[place]))}% alike",
        *([] if worded else ["no word of a refund in the text"]),
        *([f"{decimal_text(fee, later.currency[i])} more, as a fee"] if fee else []),
    ]
    stated = float(pairs.probability[place])
    score = share_right(REFUND, decision, stated)
    return Refund(i, j, sign * back, sign * fee, stated, score, ", ".join(facts) + ".", decision)
