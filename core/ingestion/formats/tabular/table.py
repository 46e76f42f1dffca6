"""A file cut into preamble, header and body, with its columns read once and kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from core.ingestion.formats.tabular.amounts import AmountColumn, read_column
from core.ingestion.formats.tabular.dates import DateColumn
from core.ingestion.formats.tabular.headers import first_line, header_by_shape, header_by_words, whole_header
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.rejoining import rejoined
from core.ingestion.formats.tabular.words import counts_in_hundredths

_SAMPLE = 200


@dataclass
class Table:
    """One file's records. `rows` are the body's, header and preamble excluded."""

    name: str
    encoding: str
    delimiter: str
    header: Record | None
    preamble: list[Record]
    rows: list[Record]
    repaired: dict[int, str] = field(default_factory=dict)  # by physical row, how its cells were rejoined
    too_wide: set[int] = field(default_factory=set)  # physical rows with more cells than the header names
    carried: int = 0  # rows that got the date of the row above
    date_at: int = -1  # the date column, once it is known: money beside no date is a total, not a line
    made_by: date | None = None  # the last day on which the file can have been made; its lines are no later
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

    def forget(self) -> None:
        """Forget what was read of the columns, because the rows are others now."""
        self._texts.clear()
        self._amounts.clear()
        self._dates.clear()

    def amounts(self, position: int, mark: str) -> AmountColumn:
        """A money column with one decimal mark; blank in rows that have no date (totals, footers)."""
        if (position, mark) not in self._amounts:
            texts = self.texts(position)
            undated = self._undated()
            if undated:
                texts = ["" if i in undated else text for i, text in enumerate(texts)]
            column = read_column(texts, mark)
            if counts_in_hundredths(self.header_name(position)) and not any("." in t or "," in t for t in texts):
                column.values = [value and value // 100 for value in column.values]
            self._amounts[position, mark] = column
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
    header, first, last = whole_header(records, index)
    own = {tuple(record.cells) for record in records[first : last + 1]}
    body = [record for record in records[last + 1 :] if tuple(record.cells) not in own]
    mended = rejoined(body, header, delimiter)
    preamble = records[:first]
    return Table(name, encoding, delimiter, header, preamble, mended.rows, mended.notes, mended.too_wide)
