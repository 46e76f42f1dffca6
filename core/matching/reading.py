"""What the matching reads out of lines and items, once: days, numbers for what has to agree, names, quoted numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.matching.quoting import Quotes
from core.matching.texts import Bools, read_text
from core.matching.values import BankLines, Integers, OpenItems
from core.matching.words import Rarity, WordTable


@dataclass(frozen=True)
class Names:
    """Distinct name keys, and by row which of them it has."""

    keys: Sequence[str]
    of_row: Integers

    @classmethod
    def of(cls, names: Sequence[str], rows: Integers) -> "Names":
        """The names at these places, those that rows have, each once and in order."""
        used, place = np.unique(rows, return_inverse=True)
        known: dict[str, int] = {}
        number = np.array([known.setdefault(names[name], len(known)) for name in used.tolist()], np.int64)
        keys = sorted(known)
        rank = np.empty(len(keys), np.int64)
        rank[[known[key] for key in keys]] = np.arange(len(keys))
        return cls(keys, rank[number][place] if len(used) else rows)


@dataclass(frozen=True)
class Side:
    """Lines or items as columns of numbers. Equal `unit`s mean equal sign and currency; account 0 means any."""

    day: Integers
    amount: Integers  # without sign
    unit: Integers
    account: Integers
    name: Names

    def __len__(self) -> int:
        return len(self.day)

    @cached_property
    def incoming(self) -> Bools:
        """Rows of money in."""
        return np.asarray(self.unit % 2 == 1, np.bool_)


@dataclass(frozen=True)
class Read:
    """Both sides read, in the order of their days and then of their keys: the order in which rows are given never
    matters, and of what ties the oldest stands first.

    `line_order`, `item_order`: of each row the position at which it was given. `settling`: lines that may settle
    items; `party`: names of the lines' counterparties. `rarity`: how rare the words of the lines' and the items' names
    are; `party_rarity`: those of the lines' counterparties and the items' names.
    """

    lines: BankLines  # as given
    items: OpenItems
    line_order: Integers
    item_order: Integers
    line: Side
    item: Side
    party: Names | None
    quotes: Quotes
    settling: Bools
    accounts: int  # numbers of accounts are below it
    units: int  # numbers of sign and currency are below it
    rarity: Rarity
    party_rarity: Rarity

    @classmethod
    def of(cls, lines: BankLines, items: OpenItems) -> "Read":
        """Reads every text once."""
        line_order, item_order = _by_day(lines.booked_on, lines.key), _by_day(items.issued_on, items.key)
        text, party = _Texts(lines.text), _Texts([*lines.counterparty, *items.counterparty])
        party_of_line, party_of_item = np.split(party.of_row, [len(lines)])
        accounts, currencies = {"": 0}, dict[str, int]()
        sides = [
            Side(
                day_numbers(days)[order],
                np.abs(table.amount_minor)[order],
                (_coded(table.currency, currencies) * 2 + (table.amount_minor > 0))[order],
                _coded(table.account, accounts)[order],
                Names.of(read.names, rows[order]),
            )
            for table, days, read, rows, order in (
                (lines, lines.booked_on, text, text.of_row, line_order),
                (items, items.issued_on, party, party_of_item, item_order),
            )
        ]
        named = Names.of(party.names, party_of_line[line_order]) if any(lines.counterparty) else None
        asked = sides[1].name.keys
        return cls(
            lines, items, line_order, item_order, sides[0], sides[1], named,
            Quotes.of(text.numbers, text.of_row[line_order], [items.references[row] for row in item_order.tolist()]),
            ~np.array(lines.transfers_only or [False] * len(lines), np.bool_)[line_order],
            len(accounts), 2 * max(len(currencies), 1),
            Rarity.of(sides[0].name.keys, asked), Rarity.of(named.keys if named else [], asked),
        )  # fmt: skip

    def text(self, row: int) -> str:
        """The bank's text of a line."""
        return self.lines.text[int(self.line_order[row])]

    def keys(self, lines: Sequence[int], items: Sequence[int]) -> frozenset[str]:
        """The keys of these lines and items."""
        of_lines = [self.lines.key[row] for row in self.line_order[list(lines)].tolist()]
        return frozenset([*of_lines, *(self.items.key[row] for row in self.item_order[list(items)].tolist())])

    @cached_property
    def words(self) -> WordTable:
        """The words of the lines' and of the items' names."""
        return WordTable(self.line.name.keys, self.item.name.keys, self.rarity)

    @cached_property
    def party_words(self) -> WordTable:
        """The words of the lines' counterparties and of the items' names."""
        return WordTable(self.party.keys if self.party else [], self.item.name.keys, self.party_rarity)


def day_numbers(days: npt.NDArray[np.datetime64]) -> Integers:
    """Days since the epoch."""
    return days.astype("datetime64[D]").astype(np.int64)


class _Texts:
    """A column of texts, each distinct one read once: its name, its document numbers, and by row which it is."""

    def __init__(self, texts: Sequence[str]) -> None:
        known: dict[str, int] = {}
        self.of_row = np.array([known.setdefault(text, len(known)) for text in texts], np.int64)
        self.names: list[str] = []
        self.numbers: list[Sequence[str]] = []
        for text in known:
            name, numbers = read_text(text)
            self.names.append(name)
            self.numbers.append(numbers)


def _by_day(days: npt.NDArray[np.datetime64], keys: Sequence[str]) -> Integers:
    """Positions by day and then by key."""
    return np.lexsort((np.array(keys, np.str_), day_numbers(days))) if len(keys) else np.zeros(0, np.int64)


def _coded(column: Sequence[str], known: dict[str, int]) -> Integers:
    return np.array([known.setdefault(value, len(known)) for value in column], np.int64)
