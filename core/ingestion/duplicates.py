"""Which lines of a file are in the books already: pairing by what the bank gave, counted, never collapsed.

Every stored line explains at most one line of a file, so two truly equal lines need two stored ones. The evidence, in
the order in which it is used, all of it within one bank account and one day:

1. the bank's own id of the line (OFX FITID) with the same amount;
2. the running balance after the line with the same amount;
3. the amount and the text, where the file was written the same way as the one the stored line came from;
4. the amount alone, where it was written another way (CSV after OFX): the texts differ, the money does not. Of several
   candidates the most similar text goes first.

Ids or running balances that differ keep lines apart that look equal, with the exceptions named below. The decision
record docs/decisions/0003-duplicates.md says why, and what stays undecidable.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b
from itertools import product
from typing import Any, NamedTuple

_MOST_COMPARED = 2_500  # pairs of texts that are compared for likeness; beyond that the order of the file decides
_HASH_BYTES = 13  # beside the day's three they make the 32 hex characters of a fingerprint
_TEXT_ROLES = ("date", "description", "counterparty", "kind", "reference")


class Source(NamedTuple):
    """Where a line's words come from: two files with the same source write the same line with the same text."""

    format: str  # csv, ofx
    columns: str = ""  # the columns that day and text were read from


class LineFacts(NamedTuple):
    """What a line is recognised by. `text` is an `identity_text`; the fingerprint is "" until the line is stored."""

    booked_on: date
    amount_minor: int
    text: str
    bank_id: str
    balance_minor: int | None
    source: Source
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The lines of a file, sorted into new ones and duplicates; both columns have a value a line.

    `fingerprints` holds "" for duplicates. `look_alikes` are numbers of new lines beside which a stored line of the
    same day and amount remains that has another text.
    """

    is_new: list[bool]
    fingerprints: list[str]
    look_alikes: list[int]


@dataclass(slots=True)
class KnownLines:
    """Lines of one bank account that are in the books, or will be when the files before are stored."""

    by_day: dict[date, list[LineFacts]] = field(default_factory=dict)
    fingerprints: set[str] = field(default_factory=set)

    def add(self, lines: Iterable[LineFacts]) -> None:
        for line in lines:
            self.by_day.setdefault(line.booked_on, []).append(line)
            self.fingerprints.add(line.fingerprint)


def source_of(format_name: str, layout: dict[str, Any]) -> Source:
    """The source of a file as read; `layout` is the stored description (core.ingestion.layout)."""
    columns = layout.get("columns") or {}
    return Source(format_name, "|".join(f"{role}={columns[role]}" for role in _TEXT_ROLES if role in columns))


def identity_text(description: str, reference: str) -> str:
    """The words of a line without what exports change: case, width of letters, runs of spaces."""
    text = f"{description} {reference}" if reference else description
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def sort_lines(lines: Sequence[LineFacts], known: KnownLines) -> Sorted:
    """Sort the lines of one file and one bank account into new ones and those that the known lines explain."""
    by_day: dict[date, list[int]] = defaultdict(list)
    if known.by_day:
        for number, line in enumerate(lines):
            by_day[line.booked_on].append(number)
    is_new = [True] * len(lines)
    look_alikes: list[int] = []
    stable = _ids_are_stable(lines, [line for day in by_day for line in known.by_day.get(day, ())])
    for day, numbers in by_day.items():
        if day not in known.by_day:
            continue
        pairing = _Pairing([lines[number] for number in numbers], known.by_day[day], stable)
        for place in pairing.explained():
            is_new[numbers[place]] = False
        look_alikes += [numbers[place] for place in pairing.look_alikes()]
    return Sorted(is_new, _fingerprints(lines, is_new, known.fingerprints), sorted(look_alikes))


def _fingerprints(lines: Sequence[LineFacts], is_new: Sequence[bool], used: set[str]) -> list[str]:
    """32 hex characters a new line, unlike any of the account's: day, content, and which of the equal lines it is.

    The day goes first and in plain, so that lines of one time stand together in the database's index.
    """
    prints = [""] * len(lines)
    counts: dict[tuple[object, ...], int] = {}
    for number, line in enumerate(lines):
        if not is_new[number]:
            continue
        content = line[:5]
        occurrence = counts.get(content, 0)
        while (made := _hash(line, occurrence)) in used:
            occurrence += 1
        counts[content] = occurrence + 1
        prints[number] = made
    return prints


def _hash(line: LineFacts, occurrence: int) -> str:
    content = f"{line.amount_minor}\x1f{line.bank_id}\x1f{line.balance_minor}\x1f{line.text}\x1f{occurrence}"
    digest = blake2b(content.encode(errors="surrogatepass"), digest_size=_HASH_BYTES).hexdigest()
    return f"{line.booked_on.toordinal():06x}{digest}"


def _ids_are_stable(lines: Sequence[LineFacts], known: Sequence[LineFacts]) -> bool:
    """Whether the bank's ids name lines: one that stands for two days or amounts proves that they are no names."""
    meant: dict[tuple[str, str], tuple[date, int]] = {}
    for line in (*lines, *known):
        if line.bank_id:
            facts = (line.booked_on, line.amount_minor)
            if meant.setdefault((line.source.format, line.bank_id), facts) != facts:
                return False
    return True


class _Pairing:
    """The lines of one day in a file beside the known ones of that day. Each known line is taken at most once."""

    def __init__(self, lines: list[LineFacts], known: list[LineFacts], stable_ids: bool) -> None:
        self.lines, self.known, self.stable_ids = lines, known, stable_ids
        self.waiting, self.free = list(range(len(lines))), list(range(len(known)))
        self.source = lines[0].source

    def explained(self) -> set[int]:
        """Places of the lines that known ones explain, by the kinds of evidence in turn."""
        for key in (_by_id_and_text, _by_id):
            self._pair(key, self._has_id, self._has_id)
        if self._balances_tell_apart():
            self._pair_by_balance()
            self._pair_by_text(balances_tell_apart=True)
        else:
            self._pair_by_text(balances_tell_apart=False)
            self._pair_by_balance()
        for with_id in (True, False):
            self._pair_by_likeness(with_id)
        return set(range(len(self.lines))) - set(self.waiting)

    def look_alikes(self) -> list[int]:
        """Places of unexplained lines whose amount a known line of the same source still waits with."""
        amounts = {self.known[k].amount_minor for k in self.free if self.known[k].source == self.source}
        return [i for i in self.waiting if self.lines[i].amount_minor in amounts]

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
        start = _day_start(self.lines)
        known = [line for line in self.known if line.source == self.source]
        if start is None or start.total() > 1 or any(line.balance_minor is None for line in known):
            return False
        return start != _day_start(known)

    def _pair_by_balance(self) -> None:
        for key in (_by_balance_and_text, _by_balance):
            for with_id in (True, False):
                self._pair(key, partial(self._line_is, with_id, True), partial(self._may_have, with_id, False))

    def _pair_by_text(self, balances_tell_apart: bool) -> None:
        for with_id, with_balance in product((True, False), repeat=2):
            takes = partial(self._is_free_alike, with_id, with_balance and balances_tell_apart)
            self._pair(_by_text, partial(self._line_is, with_id, with_balance), takes)

    def _pair(
        self,
        key: Callable[[LineFacts], Hashable],
        line_takes_part: Callable[[LineFacts], bool],
        known_takes_part: Callable[[LineFacts], bool],
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
                taken.add(shelf.pop())
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
        taken_lines, taken = set(), set()
        for amount, places in lines.items():
            for i, k in self._most_alike(places, known.get(amount, [])):
                taken_lines.add(i)
                taken.add(k)
        self._settle([i for i in self.waiting if i not in taken_lines], taken)

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


def _day_start(lines: Sequence[LineFacts]) -> Counter[int] | None:
    """The balances from which the lines' chain begins, whatever their order; None where a line has no balance."""
    before: Counter[int] = Counter()
    after: Counter[int] = Counter()
    for line in lines:
        if line.balance_minor is None:
            return None
        before[line.balance_minor - line.amount_minor] += 1
        after[line.balance_minor] += 1
    return before - after


def _likeness(left: set[str], right: set[str]) -> float:
    """Share of common words among all words of both texts."""
    return len(left & right) / len(left | right) if left or right else 1.0
