"""A file cut into preamble, header and body, with its columns read once and kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from core.ingestion.formats.tabular.amounts import AmountColumn, read_column
from core.ingestion.formats.tabular.dates import DateColumn
from core.ingestion.formats.tabular.headers import first_line, header_by_shape, header_by_words, whole_header
from core.ingestion.formats.tabular.records import Record

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
    index = header_by_words(records)
    if index is None:
        first = first_line(records)
        index = header_by_shape(records, first)
        if index is None:
            return Table(name, encoding, delimiter, None, records[:first], records[first:])
    return _below(name, encoding, delimiter, records, index)


def cut_at(name: str, encoding: str, delimiter: str, records: list[Record], header_row: int) -> Table | None:
    """The table whose header stands on a physical row; without header (0) from the first line on. None: not there."""
    if header_row == 0:
        first = first_line(records)
        return Table(name, encoding, delimiter, None, records[:first], records[first:])
    index = next((i for i, record in enumerate(records[:200]) if record.row == header_row), None)
    return None if index is None else _below(name, encoding, delimiter, records, index)


def _below(name: str, encoding: str, delimiter: str, records: list[Record], index: int) -> Table:
    """The table below the header, which may reach over the row above it; repeated headers are no rows."""
    header, height = whole_header(records, index)
    own = {tuple(record.cells) for record in records[index + 1 - height : index + 1]}
    body = [record for record in records[index + 1 :] if tuple(record.cells) not in own]
    rows, repaired, too_wide = _rejoined(body, header, delimiter)
    return Table(name, encoding, delimiter, header, records[: index + 1 - height], rows, repaired, too_wide)


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
