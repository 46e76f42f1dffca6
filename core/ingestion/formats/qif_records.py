"""The records of a QIF file that are lines of bank, card and cash accounts, each with the account it stands in."""

import re
from collections import Counter
from dataclasses import dataclass, field

from core.errors import UnknownFormat

_HEADER = re.compile(r"!\s*(Type:|Account|Option:|Clear:)\s*(.*)", re.IGNORECASE)
_LINES_OF = {"bank", "ccard", "cash", "oth a", "oth l"}
# Lists of the program's own, which no bank line stands in; of any other list a person is told.
_LISTS = {"cat", "class", "memorized", "security", "prices", "tag", "budget", "account"}
_MOST = 2_000_000  # lines of a file


@dataclass(slots=True)
class Split:
    """One part of a record: category, memo, amount as written."""

    category: str
    memo: str = ""
    amount: str = ""

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.category, self.memo, self.amount) if part)


@dataclass(slots=True)
class Record:
    """One record. `row` is the physical line it begins on; texts are as written, "" where absent."""

    row: int
    account: str
    tags: dict[str, str] = field(default_factory=dict)
    splits: list[Split] = field(default_factory=list)

    @property
    def date(self) -> str:
        return self.tags.get("D", "")

    @property
    def amount(self) -> str:
        return self.tags.get("T") or self.tags.get("U", "")

    @property
    def amounts(self) -> list[str]:
        """Every amount of it, of the whole first."""
        return [text for text in (self.amount, *(split.amount for split in self.splits)) if text]

    @property
    def payee(self) -> str:
        return self.tags.get("P", "")

    @property
    def number(self) -> str:
        return self.tags.get("N", "")

    @property
    def opens(self) -> bool:
        """Whether it is the record with which Quicken begins an account, with an amount."""
        amount = any(digit in self.amount for digit in "123456789")
        return amount and self.payee.casefold() == "opening balance" and self.tags.get("L", "").startswith("[")

    @property
    def description(self) -> str:
        """Payee, memo and category, then the parts."""
        category = "" if self.splits else self.tags.get("L", "")
        parts = [self.payee, self.tags.get("M", ""), category, *(split.text for split in self.splits)]
        return " ".join(dict.fromkeys(part for part in parts if part))

    @property
    def text(self) -> str:
        return " | ".join(f"{tag}{value}" for tag, value in self.tags.items())[:500]


def records_of(name: str, text: str) -> tuple[list[Record], Counter[str]]:
    """The records, and how many there are in lists that are neither bank lines nor the program's own.

    Records before any header count as bank lines: some banks leave it out.

    Raises:
        UnknownFormat: there are more lines than can be read at once.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > _MOST:
        raise UnknownFormat(name, "It holds too much to be read at once; export a shorter time.")
    records: list[Record] = []
    skipped: Counter[str] = Counter()
    kind, account, current = "bank", "", None
    for row, line in enumerate(map(str.strip, text.split("\n")), 1):
        if found := _HEADER.match(line):
            kind, current = _kind(found, kind), None
        elif line == "^":
            if current is not None and kind not in _LINES_OF | _LISTS:
                skipped[kind] += 1
            current = None
        elif kind == "account":
            account = line[1:].strip() if line[:1].upper() == "N" else account
        elif line and (kind in _LINES_OF or kind not in _LISTS):
            if current is None:
                current = Record(row, account)
                if kind in _LINES_OF and not line.startswith("#"):
                    records.append(current)
            _keep(current, line[0].upper(), line[1:].strip())
    return records, skipped


def _kind(header: re.Match[str], before: str) -> str:
    word = header[1].casefold()
    if word == "type:":
        return " ".join(header[2].casefold().split())
    return "account" if word == "account" else before


def _keep(record: Record, tag: str, value: str) -> None:
    if tag == "S":
        record.splits.append(Split(value))
    elif tag in "E$" and record.splits:
        split = record.splits[-1]
        split.memo, split.amount = (value, split.amount) if tag == "E" else (split.memo, value)
    elif value:
        record.tags.setdefault(tag, value)
