"""Lines that a program cannot tell for sure to be new or stored already: they are shown, and a person decides.

Each doubt has a way in which the line counts as long as nobody said otherwise, see docs/decisions/0003-duplicates.md.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from core.ingestion.line_facts import LineFacts
from core.period import Period

MOVED_DAYS = 5  # a line that turns up this near to a stored one that the file lacks may be that one
_NEAREST_FIRST = sorted(map(timedelta, range(-MOVED_DAYS, MOVED_DAYS + 1)), key=abs)
_TELLING = 4  # letters from which a word inside another one says something


class Doubt(StrEnum):
    """Why a line of a file may, or may not, be the stored one that it resembles."""

    OTHER_TEXT = "other_text"  # same day and amount
    OTHER_ID = "other_id"  # same day, amount and text
    OTHER_BALANCE = "other_balance"  # same day, amount and text
    OTHER_DAY = "other_day"  # same amount and text; the file lacks the stored line on its day
    CUT_DAY = "cut_day"  # one file ends and the other begins on this day, and nothing tells equal lines apart
    UNLIKE_TEXTS = "unlike_texts"  # another format or layout, same day and amount, not a word in common

    @property
    def counts_as_new(self) -> bool:
        """Whether the line is stored unless a person says that it is the stored one."""
        return self not in (Doubt.CUT_DAY, Doubt.UNLIKE_TEXTS)

    @property
    def sentence(self) -> str:
        """For a person, to be followed by what the line counts as."""
        return _SENTENCES[self]


_SENTENCES = {
    Doubt.OTHER_TEXT: "the books hold a line of this day and amount with another text",
    Doubt.OTHER_ID: "the books hold the same line with another id of the bank",
    Doubt.OTHER_BALANCE: "the books hold the same line with another balance after it",
    Doubt.OTHER_DAY: "the books hold the same line a few days apart, where this file has none",
    Doubt.CUT_DAY: "this file and a stored one share only a part of this day, and both hold such a line",
    Doubt.UNLIKE_TEXTS: "another file brought this amount on this day with quite another text",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of doubtful lines, by their numbers: these are stored ones, those are new."""

    known: frozenset[int] = frozenset()
    new: frozenset[int] = frozenset()


class DoubtfulPair(NamedTuple):
    """The number of a line, the stored one that it resembles, and whether the line counts as new, as said or unsaid."""

    number: int
    stored: LineFacts
    doubt: Doubt
    is_new: bool
    is_answered: bool = False


@dataclass(slots=True)
class FilePeriods:
    """From the first to the last line of each file that brought, or confirmed, lines of one bank account."""

    periods: list[Period] = field(default_factory=list)

    def may_cut(self, day: date, file: Period) -> bool:
        """Whether the file and a stored one may each hold only a part of this day.

        A file with lines before and after a day has the whole of it, and two files that both begin, or both end, on a
        day hold parts of which one includes the other. That leaves files that meet on a day from both sides.
        """
        if _is_inside(day, file) or any(_is_inside(day, period) for period in self.periods):
            return False
        return any(
            (day == file.first_on and day == one.last_on) or (day == file.last_on and day == one.first_on)
            for one in self.periods
        )


def _is_inside(day: date, period: Period) -> bool:
    return period.first_on < day < period.last_on


def may_continue(lines: Sequence[LineFacts], known: Sequence[LineFacts]) -> bool:
    """Whether one of two parts of a day may begin where the other ends, by the running balances; True without them."""
    left, right = day_ends(lines), day_ends(known)
    if left is None or right is None or left[0].total() > 1 or right[0].total() > 1:
        return True
    return left[0] == right[1] or right[0] == left[1]


def day_ends(lines: Sequence[LineFacts]) -> tuple[Counter[int], Counter[int]] | None:
    """The balances from which the lines' chain begins and at which it ends, whatever their order; None without them."""
    before: Counter[int] = Counter()
    after: Counter[int] = Counter()
    for line in lines:
        if line.balance_minor is None:
            return None
        before[line.balance_minor - line.amount_minor] += 1
        after[line.balance_minor] += 1
    return before - after, after - before


def are_unlike(left: str, right: str) -> bool:
    """Whether two texts have nothing in common. An empty one contradicts nothing."""
    words, others = set(left.split()), set(right.split())
    if not words or not others or not words.isdisjoint(others):
        return False
    runs = ("".join(left.split()), "".join(right.split()))
    return not any(len(word) >= _TELLING and word in runs[1] for word in words) and not any(
        len(word) >= _TELLING and word in runs[0] for word in others
    )


def doubt_of_equal_amounts(line: LineFacts, stored: LineFacts) -> Doubt:
    """Why a line is not taken for a stored one of its day and amount."""
    if line.text != stored.text:
        return Doubt.OTHER_TEXT
    return Doubt.OTHER_ID if line.bank_id and stored.bank_id else Doubt.OTHER_BALANCE


def moved_lines(
    lines: Sequence[LineFacts], numbers: Iterable[int], left: Iterable[LineFacts]
) -> list[tuple[int, LineFacts]]:
    """New lines beside stored ones of the same amount and text a few days apart that the file should hold but lacks.

    Args:
        numbers: the new lines.
        left: the stored lines of the file's days that no line of it explains.
    """
    shelves: dict[tuple[int, str, date], LineFacts] = {}
    for stored in left:
        shelves.setdefault((stored.amount_minor, stored.text, stored.booked_on), stored)
    found: list[tuple[int, LineFacts]] = []
    if not shelves:
        return found
    for number in numbers:
        line = lines[number]
        days = (line.booked_on + away for away in _NEAREST_FIRST)
        near = (shelves.get((line.amount_minor, line.text, day)) for day in days)
        if nearest := next((stored for stored in near if stored), None):
            found.append((number, nearest))
    return found


def settle(found: Iterable[tuple[int, LineFacts, Doubt]], said: Said) -> list[DoubtfulPair]:
    """The doubtful lines as they count once a person's word is heard. A stored line is claimed at most once."""
    claimed: set[str] = set()
    pairs: list[DoubtfulPair] = []
    for number, stored, doubt in sorted(found, key=lambda one: one[0]):
        is_new, answered = doubt.counts_as_new, False
        if number in said.new:
            is_new, answered = True, True
        elif number in said.known and not (is_new and stored.fingerprint in claimed):
            is_new, answered = False, True
            claimed.add(stored.fingerprint)
        pairs.append(DoubtfulPair(number, stored, doubt, is_new, answered))
    return pairs
