"""A file cut into preamble, header and body, with its columns read once and kept."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from statistics import median

from core.ingestion.formats.tabular.amounts import AmountColumn, is_blank, read_amount, read_column
from core.ingestion.formats.tabular.dates import DateColumn, read_parts
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.words import header_roles

_SAMPLE = 200
_MOST_SURPLUS = 4  # cells too many that thousands commas may explain
_HEAD_PART = re.compile(r"[+-]?\d{1,3}")
_MIDDLE_PART = re.compile(r"\d{2,3}")
_TAIL_PART = re.compile(r"\d{3}(?:\.\d{1,2})?")


@dataclass
class Table:
    """One file's records. `rows` are the body's, header and preamble excluded."""

    name: str
    encoding: str
    delimiter: str
    header: Record | None
    preamble: list[Record]
    rows: list[Record]
    repaired: list[int] = field(default_factory=list)  # physical rows whose cells were rejoined
    too_wide: set[int] = field(default_factory=set)  # physical rows with more cells than the header names
    carried: int = 0  # rows that got the date of the row above
    date_at: int = -1  # the date column, once it is known: money beside no date is a total, not a line
    _texts: dict[int, list[str]] = field(default_factory=dict)
    _amounts: dict[tuple[int, str], AmountColumn] = field(default_factory=dict)
    _dates: dict[int, DateColumn] = field(default_factory=dict)

    @property
    def header_is_short(self) -> bool:
        """Whether rows have more cells than the header names, too many of them to be faulty."""
        width = len(self.header.cells) if self.header else 0
        return bool(width) and any(row.row not in self.too_wide and any(row.cells[width:]) for row in self.rows)

    @property
    def width(self) -> int:
        return max((len(row.cells) for row in self.sample()), default=0)

    def header_name(self, position: int) -> str:
        return self.header.cell(position) if self.header else ""

    def texts(self, position: int) -> list[str]:
        """A whole column of the body; "" where a row is too short."""
        if position not in self._texts:
            cells = [row.cells for row in self.rows]
            self._texts[position] = [row[position] if position < len(row) else "" for row in cells]
        return self._texts[position]

    def replace(self, position: int, texts: list[str]) -> None:
        """Put other texts in the place of a column; what was read of the columns before is forgotten."""
        self._texts[position] = texts
        self._amounts.clear()
        self._dates.pop(position, None)

    def amounts(self, position: int, mark: str) -> AmountColumn:
        """A money column with one decimal mark; blank in rows that have no date (totals, footers)."""
        if (position, mark) not in self._amounts:
            texts = self.texts(position)
            undated = self._undated()
            if undated:
                texts = ["" if i in undated else text for i, text in enumerate(texts)]
            self._amounts[position, mark] = read_column(texts, mark)
        return self._amounts[position, mark]

    def _undated(self) -> set[int]:
        if self.date_at < 0:
            return set()
        column = self.dates(self.date_at)
        none = {text for text, parts in column.parts.items() if not parts and not any(map(str.isdigit, text))}
        return {i for i, text in enumerate(column.texts) if not text.strip() or text in none}

    def dates(self, position: int) -> DateColumn:
        if position not in self._dates:
            self._dates[position] = DateColumn.of(self.texts(position))
        return self._dates[position]

    def sample(self) -> Sequence[Record]:
        """Some rows from the beginning and some spread over the whole, to find candidates with; columns decide."""
        if len(self.rows) <= 2 * _SAMPLE:
            return self.rows
        return self.rows[:_SAMPLE] + self.rows[_SAMPLE :: max(1, len(self.rows) // _SAMPLE)]


def find_table(name: str, encoding: str, delimiter: str, records: list[Record]) -> Table:
    """Cut the records: by the header's words where they are known, else by where rows with date and amount begin."""
    index = _header_by_words(records)
    if index is None:
        first = _first_line(records)
        index = _header_by_shape(records, first)
        if index is None:
            return Table(name, encoding, delimiter, None, records[:first], records[first:])
    header = records[index]
    titles = header.cells
    body = [record for record in records[index + 1 :] if record.cells != titles]
    rows, repaired, too_wide = _rejoined(body, header, delimiter)
    return Table(name, encoding, delimiter, header, records[:index], rows, repaired, too_wide)


def cut_at(name: str, encoding: str, delimiter: str, records: list[Record], header_row: int) -> Table | None:
    """The table whose header stands on a physical row; without header (0) from the first line on. None: not there."""
    if header_row == 0:
        first = _first_line(records)
        return Table(name, encoding, delimiter, None, records[:first], records[first:])
    index = next((i for i, record in enumerate(records[:200]) if record.row == header_row), None)
    if index is None:
        return None
    body = [record for record in records[index + 1 :] if record.cells != records[index].cells]
    rows, repaired, too_wide = _rejoined(body, records[index], delimiter)
    return Table(name, encoding, delimiter, records[index], records[:index], rows, repaired, too_wide)


def _header_by_words(records: list[Record]) -> int | None:
    """Position of the record whose cells are header words, among them a date's and a money's; None without one."""
    best, best_score = None, 0
    for index, record in enumerate(records[:80]):
        filled = [cell for cell in record.cells if cell]
        if len(filled) < 2:
            continue
        roles: Counter[str] = Counter()
        for cell in filled:
            if len(cell) > 80 or read_parts(cell) or (cell[:1].isdigit() and not cell[-1:].isalpha()):
                roles["data"] += 1
                continue
            for role in header_roles(cell):
                roles[role] += 1
        dated = roles["booked"] + roles["dated"] + roles["value_date"]
        money = roles["amount"] + roles["debit"] + roles["credit"] + roles["gross"]
        if dated and money and roles["data"] * 4 <= len(filled):
            score = len([role for role in roles if role != "data"])
            if score > best_score + 2:
                best, best_score = index, score
    return best


def _looks_like_amount(cell: str) -> bool:
    return not is_blank(cell) and (read_amount(cell, ".") is not None or read_amount(cell, ",") is not None)


def _first_line(records: list[Record]) -> int:
    """Position of the first record with a date where dates usually stand and an amount beside it; 0 without one."""
    head = records[:300]
    counts: Counter[int] = Counter()
    for record in head:
        counts.update(i for i, cell in enumerate(record.cells) if read_parts(cell))
    if not counts:
        return 0
    usual = {position for position, count in counts.items() if count * 2 >= max(counts.values())}
    typical = median(len(record.cells) for record in head)
    for index, record in enumerate(head):
        dated = {i for i in usual if read_parts(record.cell(i))}
        if dated and len(record.cells) * 2 >= typical:
            others = (cell for i, cell in enumerate(record.cells) if i not in dated)
            if any(_looks_like_amount(cell) for cell in others):
                return index
    return 0


def _header_by_shape(records: list[Record], first: int) -> int | None:
    """The record right above the lines, if it holds nothing but words and is about as wide as they are."""
    if first == 0:
        return None
    above, line = records[first - 1], records[first]
    filled = [cell for cell in above.cells if cell]
    if len(filled) < 2 or len(above.cells) * 3 < len(line.cells) * 2:
        return None
    if any(read_parts(cell) or _looks_like_amount(cell) or len(cell) > 60 for cell in filled):
        return None
    return first - 1 if len(filled) * 2 >= len([cell for cell in line.cells if cell]) else None


def _rejoined(rows: list[Record], header: Record, delimiter: str) -> tuple[list[Record], list[int], set[int]]:
    """Rejoin "1" and "415.41" where an unquoted thousands comma made a row too wide, if only one way fits.

    Returns the rows, the physical rows that were rejoined, and those that stay too wide: their cells cannot be told
    apart. Where most rows are wider than the header, it may be the header that is short: then rows are rejoined only
    if that mends them all.
    """
    width = len(header.cells)
    wide = [row for row in rows if len(row.cells) > width and (delimiter == "," or any(row.cells[width:]))]
    most = len(wide) * 2 > len(rows)
    if most:
        wide = [row for row in wide if any(row.cells[width:])]
    joined = {row.row: _join_thousands(row.cells, len(row.cells) - width) for row in wide} if delimiter == "," else {}
    mends = {at: cells for at, cells in joined.items() if cells}
    if most and len(mends) < len(wide):
        return rows, [], set()
    mended = [Record(row.row, mends[row.row]) if row.row in mends else row for row in rows] if mends else rows
    too_wide = {row.row for row in wide if row.row not in mends and any(row.cells[width:])}
    return mended, sorted(mends), too_wide


def _join_thousands(cells: list[str], surplus: int) -> list[str] | None:
    """The cells with `surplus` fewer, joined to numbers; None unless exactly one way does it."""
    if surplus > _MOST_SURPLUS:
        return None
    runs: list[tuple[int, int]] = []
    for start, head in enumerate(cells[:-1]):
        if _HEAD_PART.fullmatch(head):
            for end in range(start + 1, min(start + surplus, len(cells) - 1) + 1):
                if _TAIL_PART.fullmatch(cells[end]):
                    runs.append((start, end))
                if not _MIDDLE_PART.fullmatch(cells[end]):
                    break
    ways = [
        chosen
        for count in range(1, surplus + 1)
        for chosen in combinations(runs[:12], count)
        if sum(end - start for start, end in chosen) == surplus and all(a[1] < b[0] for a, b in pairwise(chosen))
    ]
    if len(ways) != 1:
        return None
    joined = list(cells)
    for start, end in reversed(ways[0]):
        joined[start : end + 1] = [",".join(cells[start : end + 1])]
    return joined
