"""The lines of one day in a file beside the known ones of that day: which explains which, and what stays in doubt."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from itertools import product

from core.ingestion.doubts import Doubt, are_unlike, day_ends, doubt_of_equal_amounts, may_continue
from core.ingestion.line_facts import LineFacts

_MOST_COMPARED = 2_500  # pairs of texts that are compared for likeness; beyond that the order of the file decides


class DayPairing:
    """The lines of one day in a file beside the known ones of that day. Each known line is taken at most once."""

    def __init__(self, lines: list[LineFacts], known: list[LineFacts], stable_ids: bool) -> None:
        self.lines, self.known, self.stable_ids = lines, known, stable_ids
        self.waiting, self.free = list(range(len(lines))), list(range(len(known)))
        self.source = lines[0].source
        self.by_id: dict[int, int] = {}  # place of a line → place of the known one that explains it
        self.by_content: dict[int, int] = {}
        self.by_amount: dict[int, int] = {}
        self._pair_all()

    def _pair_all(self) -> None:
        """Pair by the kinds of evidence in turn."""
        for key in (_by_id_and_text, _by_id):
            self._pair(key, self._has_id, self._has_id, self.by_id)
        if self._balances_tell_apart():
            self._pair_by_balance()
            self._pair_by_text(balances_tell_apart=True)
        else:
            self._pair_by_text(balances_tell_apart=False)
            self._pair_by_balance()
        for with_id in (True, False):
            self._pair_by_likeness(with_id)

    def explained(self) -> Iterator[int]:
        """Places of the lines that known ones explain."""
        for pairs in (self.by_id, self.by_content, self.by_amount):
            yield from pairs

    def doubts(self, may_be_cut: bool) -> Iterator[tuple[int, LineFacts, Doubt]]:
        """Places of the day's doubtful lines with the known one that each resembles.

        Args:
            may_be_cut: the file and the books may each hold a part of the day only.
        """
        cut = may_be_cut and may_continue(self.lines, self.known)
        for pairs in (self.by_content, self.by_amount) if cut else ():
            for i, k in pairs.items():
                yield i, self.known[k], Doubt.CUT_DAY
        for i, k in () if cut else self.by_amount.items():
            if are_unlike(self.lines[i].text, self.known[k].text):
                yield i, self.known[k], Doubt.UNLIKE_TEXTS
        if self.waiting and self.free:
            yield from self._left_of_equal_amounts()

    def _left_of_equal_amounts(self) -> Iterator[tuple[int, LineFacts, Doubt]]:
        """Unexplained lines beside known ones of their amount that explain nothing; each known one is used up first."""
        shelves = _shelved(self.free, [self.known[k].amount_minor for k in self.free])
        waiting = _shelved(self.waiting, [self.lines[i].amount_minor for i in self.waiting])
        for amount, places in waiting.items():
            if left := shelves.get(amount):
                nearest = dict(self._most_alike(places, left))
                for i in places:
                    stored = self.known[nearest.get(i, left[0])]
                    yield i, stored, doubt_of_equal_amounts(self.lines[i], stored)

    def _has_id(self, line: LineFacts) -> bool:
        return self.stable_ids and bool(line.bank_id) and line.source.format == self.source.format

    def _line_is(self, with_id: bool, with_balance: bool, line: LineFacts) -> bool:
        return self._has_id(line) is with_id and (line.balance_minor is not None) is with_balance

    def _may_have(self, apart_by_id: bool, apart_by_balance: bool, known: LineFacts) -> bool:
        """Whether nothing keeps a known line apart from lines that have an id, or a balance, of their own."""
        return not (apart_by_id and self._has_id(known)) and not (apart_by_balance and known.balance_minor is not None)

    def _is_free_alike(self, apart_by_id: bool, apart_by_balance: bool, known: LineFacts) -> bool:
        return known.source == self.source and self._may_have(apart_by_id, apart_by_balance, known)

    def _is_free_unlike(self, apart_by_id: bool, known: LineFacts) -> bool:
        return known.source != self.source and self._may_have(apart_by_id, False, known)

    def _balances_tell_apart(self) -> bool:
        """Whether different running balances mean different lines on this day.

        They do where the file's balances form a chain that begins elsewhere than the known lines': one of both lacks
        the day's first lines. Where both begin alike, each has the day from its start, and a bank that sorts its
        lines anew has merely given them other balances.
        """
        ends = day_ends(self.lines)
        known = day_ends([line for line in self.known if line.source == self.source])
        return ends is not None and known is not None and ends[0].total() <= 1 and ends[0] != known[0]

    def _pair_by_balance(self) -> None:
        for key in (_by_balance_and_text, _by_balance):
            for with_id in (True, False):
                takes = partial(self._may_have, with_id, False)
                self._pair(key, partial(self._line_is, with_id, True), takes, self.by_content)

    def _pair_by_text(self, balances_tell_apart: bool) -> None:
        for with_id, with_balance in product((True, False), repeat=2):
            takes = partial(self._is_free_alike, with_id, with_balance and balances_tell_apart)
            self._pair(_by_text, partial(self._line_is, with_id, with_balance), takes, self.by_content)

    def _pair(
        self,
        key: Callable[[LineFacts], Hashable],
        line_takes_part: Callable[[LineFacts], bool],
        known_takes_part: Callable[[LineFacts], bool],
        pairs: dict[int, int],
    ) -> None:
        """Take one free known line with the same key for each waiting line, in the order of both."""
        if not self.waiting or not self.free:
            return
        shelves: dict[Hashable, list[int]] = defaultdict(list)
        for k in reversed(self.free):
            if known_takes_part(self.known[k]):
                shelves[key(self.known[k])].append(k)
        taken, waiting = set(), []
        for i in self.waiting:
            line = self.lines[i]
            shelf = shelves.get(key(line)) if shelves and line_takes_part(line) else None
            if shelf:
                pairs[i] = k = shelf.pop()
                taken.add(k)
            else:
                waiting.append(i)
        self._settle(waiting, taken)

    def _pair_by_likeness(self, with_id: bool) -> None:
        """Pair lines with known ones of another source by amount, the most similar texts first."""
        takes = partial(self._is_free_unlike, with_id)
        lines, known = defaultdict(list), defaultdict(list)
        for i in self.waiting:
            if self._has_id(self.lines[i]) is with_id:
                lines[self.lines[i].amount_minor].append(i)
        for k in self.free:
            if takes(self.known[k]):
                known[self.known[k].amount_minor].append(k)
        for amount, places in lines.items():
            self.by_amount.update(self._most_alike(places, known.get(amount, [])))
        self._settle([i for i in self.waiting if i not in self.by_amount], set(self.by_amount.values()))

    def _most_alike(self, places: list[int], known: list[int]) -> list[tuple[int, int]]:
        if len(places) * len(known) > _MOST_COMPARED or (len(places) <= len(known) and len(set(known)) == 1):
            return list(zip(places, known, strict=False))
        words = {k: set(self.known[k].text.split()) for k in known}
        ranked = sorted((-_likeness(set(self.lines[i].text.split()), words[k]), i, k) for i in places for k in known)
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for _, i, k in ranked:
            if i not in pairs and k not in taken:
                pairs[i] = k
                taken.add(k)
        return list(pairs.items())

    def _settle(self, waiting: list[int], taken: set[int]) -> None:
        self.waiting = waiting
        if taken:
            self.free = [k for k in self.free if k not in taken]


def _by_id(line: LineFacts) -> Hashable:
    return (line.bank_id, line.amount_minor)


def _by_id_and_text(line: LineFacts) -> Hashable:
    return (line.bank_id, line.amount_minor, line.text)


def _by_balance(line: LineFacts) -> Hashable:
    return (line.amount_minor, line.balance_minor)


def _by_balance_and_text(line: LineFacts) -> Hashable:
    return (line.amount_minor, line.balance_minor, line.text)


def _by_text(line: LineFacts) -> Hashable:
    return (line.amount_minor, line.text)


def _likeness(left: set[str], right: set[str]) -> float:
    """Share of common words among all words of both texts."""
    return len(left & right) / len(left | right) if left or right else 1.0


def _shelved(places: Sequence[int], amounts: Sequence[int]) -> dict[int, list[int]]:
    """The places by amount."""
    shelves: dict[int, list[int]] = defaultdict(list)
    for place, amount in zip(places, amounts, strict=True):
        shelves[amount].append(place)
    return shelves
