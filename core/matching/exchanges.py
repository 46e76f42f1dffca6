"""Two lines of own accounts in different currencies that may be one exchange: near each other in time and in worth."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.matching.candidates import TRANSFER_DAYS
from core.matching.texts import speaks_of_transfer
from core.matching.values import BankLines, Decision, Kind, ProposedMatch
from core.money import decimal_text

Worth = Callable[[int, str, date], int | None]  # (minor units, currency, day) → in base currency; None: no rate known

FURTHEST = 0.03  # from the rate of the day, as banks and cards take it
_SILENT = (0.01, 2)  # the same and the days apart where no text speaks of it
_MOST = 8  # candidates of a line; among more of them nothing tells
_EXCHANGE = re.compile(
    r"\b(?:FX|FOREX|CURRENCY|EXCHANGE|CONVERSION|CONVERT(?:ED)?|DEVISEN\w*|CHANGE DE DEVISES?|CAMBIO DE DIVISAS?)\b"
)


@dataclass(frozen=True, slots=True)
class _Pair:
    out: int
    into: int
    said: int  # how many of the two texts speak of it
    days: int
    off: float | None  # share by which the two sides' worth differs, None where no rate is known

    @property
    def is_near(self) -> bool:
        """Near enough without a word; a pair without a known rate needs words at both sides."""
        if self.off is None:
            return self.said == 2 and self.days <= _SILENT[1]
        return bool(self.said) or (self.off <= _SILENT[0] and self.days <= _SILENT[1])


def find_exchanges(
    lines: BankLines, free: Sequence[int], worth: Worth, *, excluded: Collection[frozenset[str]] = ()
) -> list[ProposedMatch]:
    """Exchanges among the free lines, each line in one at most.

    One is automatic only if a text speaks of it, a rate tells that its amounts fit, and neither line has another
    candidate. The rest are suggestions, and where many fit and no text speaks, nothing is proposed.

    Args:
        free: positions of lines that nothing else explains.
        excluded: pairs of keys that a person has said do not belong together.
    """
    if len({lines.currency[i] for i in free}) < 2:
        return []
    pairs = [
        pair
        for pair in _pairs(lines, free, worth)
        if pair.is_near and frozenset((lines.key[pair.out], lines.key[pair.into])) not in excluded
    ]
    rivals = Counter(line for pair in pairs for line in (pair.out, pair.into))
    found: list[ProposedMatch] = []
    taken: set[int] = set()
    for pair in sorted(pairs, key=lambda pair: _rank(lines, pair)):
        several = max(rivals[pair.out], rivals[pair.into])
        if pair.out in taken or pair.into in taken or (several > 1 and not pair.said) or several > _MOST:
            continue
        taken |= {pair.out, pair.into}
        found.append(_proposed(lines, pair, alone=several == 1))
    return found


def _rank(lines: BankLines, pair: _Pair) -> tuple[float | str, ...]:
    return (-pair.said, 1.0 if pair.off is None else pair.off, pair.days, lines.key[pair.out], lines.key[pair.into])


def _pairs(lines: BankLines, free: Sequence[int], worth: Worth) -> Iterator[_Pair]:
    """Lines out and in of different accounts and currencies, near in time and, where rates are known, in worth."""
    speaks = _Speaking(lines)
    sizes: dict[int, int | None] = {}
    by_day: dict[tuple[int, bool], list[tuple[int, int]]] = defaultdict(list)  # worth and line, by day and direction
    unknown: dict[tuple[int, bool], list[int]] = defaultdict(list)
    days = lines.booked_on.astype("datetime64[D]").astype("int64").tolist()
    for i in free:
        minor = int(lines.amount_minor[i])
        if not minor or (lines.transfers_only and lines.transfers_only[i]):
            continue
        sizes[i] = worth(abs(minor), lines.currency[i], lines.booked_on[i].item())
        if (size := sizes[i]) is None:
            unknown[days[i], minor > 0].append(i)
        else:
            by_day[days[i], minor > 0].append((size, i))
    for known in by_day.values():
        known.sort()
    usual = Counter(lines.currency[i] for i in sizes).most_common(1)[0][0]
    for i, size in sizes.items():
        incoming = bool(lines.amount_minor[i] > 0)
        if lines.currency[i] == usual:  # the rarer currencies look for the others, so that each pair is met
            continue
        for other_day in range(days[i] - TRANSFER_DAYS, days[i] + TRANSFER_DAYS + 1):
            place = (other_day, not incoming)
            near = _within(by_day.get(place, []), size) if size is not None else []
            blind = [*unknown.get(place, []), *(j for _, j in (by_day.get(place, []) if size is None else []))]
            for j in (*near, *blind):
                one, two = lines.currency[i], lines.currency[j]
                if one == two or lines.account[i] == lines.account[j] or (two != usual and two > one):
                    continue
                other = sizes[j]
                off = abs(size - other) / max(size, other) if size is not None and other is not None else None
                out, into = (j, i) if incoming else (i, j)
                yield _Pair(out, into, speaks.of(i) + speaks.of(j), abs(days[i] - other_day), off)


def _within(known: Sequence[tuple[int, int]], size: int) -> list[int]:
    first = bisect_left(known, (int(size * (1 - FURTHEST)), -1))
    last = bisect_right(known, (int(size / (1 - FURTHEST)) + 1, -1))
    return [j for other, j in known[first:last] if other and abs(size - other) <= FURTHEST * max(size, other)]


class _Speaking:
    """Whether lines speak of a transfer or an exchange, each read once."""

    def __init__(self, lines: BankLines) -> None:
        self._lines = lines
        self._known: dict[int, bool] = {}

    def of(self, i: int) -> bool:
        if i not in self._known:
            text = self._lines.text[i]
            self._known[i] = speaks_of_transfer(text) or bool(_EXCHANGE.search(text.upper()))
        return self._known[i]


def _proposed(lines: BankLines, pair: _Pair, *, alone: bool) -> ProposedMatch:
    is_certain = alone and bool(pair.said) and pair.off is not None
    score = 0.99 if is_certain else (0.7 if pair.said else 0.6) if alone else 0.45
    amounts = [
        f"{decimal_text(abs(int(lines.amount_minor[i])), lines.currency[i])} {lines.currency[i]}"
        for i in (pair.out, pair.into)
    ]
    rate = "no rate of the day is known" if pair.off is None else f"{pair.off:.1%} from the rate of the day"
    words = "; a text speaks of a transfer" if pair.said else ""
    reason = f"{amounts[0]} exchanged for {amounts[1]}: {rate}{words}."
    decision = Decision.AUTO if is_certain else Decision.SUGGEST
    return ProposedMatch((pair.out, pair.into), (), Kind.TRANSFER, score, 0, reason, decision)
