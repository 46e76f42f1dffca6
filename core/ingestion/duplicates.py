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

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from core.ingestion.day_pairing import DayPairing
from core.ingestion.doubts import Doubt, DoubtfulPair, FilePeriods, Said, moved_lines, settle
from core.ingestion.line_facts import LineFacts
from core.period import Period

_HASH_BYTES = 13  # beside the day's three they make the 32 hex characters of a fingerprint


@dataclass(frozen=True, slots=True)
class Sorted:
    """The lines of a file, sorted into new ones and duplicates; both columns have a value a line.

    `fingerprints` holds "" for duplicates. `doubtful` are the lines of which a person should decide.
    """

    is_new: list[bool]
    fingerprints: list[str]
    doubtful: list[DoubtfulPair]


@dataclass(slots=True)
class KnownLines:
    """Lines of one bank account that are in the books, or will be when the files before are stored.

    Lines that were deleted on purpose are among them, so that no file brings them back. `files` are the periods of
    the files that the lines came from, or were found in again.
    """

    by_day: dict[date, list[LineFacts]] = field(default_factory=dict)
    fingerprints: set[str] = field(default_factory=set)
    files: FilePeriods = field(default_factory=FilePeriods)

    def add(self, lines: Iterable[LineFacts]) -> None:
        for line in lines:
            self.by_day.setdefault(line.booked_on, []).append(line)
            self.fingerprints.add(line.fingerprint)


def sort_lines(lines: Sequence[LineFacts], known: KnownLines, said: Said | None = None) -> Sorted:
    """Sort the lines of one file and one bank account into new ones and those that the known lines explain.

    Args:
        said: what a person said of doubtful lines; of others it is passed over.
    """
    is_new = [True] * len(lines)
    found: list[tuple[int, LineFacts, Doubt]] = []
    if known.by_day and lines:
        found = _pair_days(lines, known, is_new)
    doubtful = settle(found, said or Said())
    for pair in doubtful:
        is_new[pair.number] = pair.is_new
    return Sorted(is_new, _fingerprints(lines, is_new, known.fingerprints), doubtful)


def _pair_days(lines: Sequence[LineFacts], known: KnownLines, is_new: list[bool]) -> list[tuple[int, LineFacts, Doubt]]:
    """Mark the lines that known ones explain, day by day; returns the doubtful ones."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        by_day[line.booked_on].append(number)
    period = Period(min(by_day), max(by_day))
    stable = _ids_are_stable(lines, [line for day in by_day for line in known.by_day.get(day, ())])
    found: list[tuple[int, LineFacts, Doubt]] = []
    left = [line for day in known.by_day if day in period and day not in by_day for line in known.by_day[day]]
    for day, numbers in by_day.items():
        if day not in known.by_day:
            continue
        pairing = DayPairing([lines[number] for number in numbers], known.by_day[day], stable)
        for place in pairing.explained():
            is_new[numbers[place]] = False
        doubts = pairing.doubts(known.files.may_cut(day, period))
        found += [(numbers[place], stored, doubt) for place, stored, doubt in doubts]
        left += [pairing.known[k] for k in pairing.free]
    if left:
        seen = {number for number, _, _ in found}
        open_numbers = [number for number, new in enumerate(is_new) if new and number not in seen]
        found += [(number, stored, Doubt.OTHER_DAY) for number, stored in moved_lines(lines, open_numbers, left)]
    return found


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
