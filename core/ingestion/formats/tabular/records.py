"""From text to records: the delimiter, quoted cells, and the physical row on which each record began."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from core.errors import UnknownFormat

DELIMITERS = (",", ";", "\t", "|", "^", "~")
_MAX_CELL = 100_000  # characters; a statement's cell is far below, an unclosed quote swallows the file
_MAX_CELL_LINES = 40
_MOST_CELLS = 400
_SAMPLE_LINES = 80
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FORMULA = re.compile(r'^="(.*)"$')
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)

csv.field_size_limit(_MAX_CELL)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the physical row it began on, from 1, and its cells, trimmed."""

    row: int
    cells: list[str]

    def cell(self, position: int) -> str:
        return self.cells[position] if 0 <= position < len(self.cells) else ""

    @property
    def text(self) -> str:
        return " | ".join(cell for cell in self.cells if cell)[:500]


def find_delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of cells; "" where none cuts them."""
    lines = [line for line in text[:60_000].splitlines() if line.strip()][:_SAMPLE_LINES]
    if lines and (named := _SEP_LINE.match(lines[0])):
        return named[1]
    best, best_score = "", 0.0
    head = "\n".join(lines)
    for delimiter in DELIMITERS:
        if delimiter not in head:
            continue
        widths = [len(record) for record in _parsed(lines, delimiter) if record]
        counted = Counter(width for width in widths if width > 1)
        if not counted:
            continue
        width, alike = max(counted.items(), key=lambda item: (item[1] * min(item[0], 6), item[0]))
        score = alike / len(lines) * min(width, 6) + (0.5 if width >= 3 else 0) + 0.01 * min(width, 30)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _parsed(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def split_records(name: str, text: str, delimiter: str) -> list[Record]:
    """All records that are not blank.

    A quote that is never closed would swallow the rest of the file as one cell; then quotes are read as plain
    characters. Raises UnknownFormat where even that leaves a cell of more than 100,000 characters.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        records = _split(text, delimiter, csv.QUOTE_MINIMAL)
        if any(len(record.cells) > _MOST_CELLS for record in records[:100]):
            raise UnknownFormat(name, f"A row of it has more than {_MOST_CELLS} cells, which no statement has.")
        if not any(cell.count("\n") > _MAX_CELL_LINES for record in records for cell in record.cells if "\n" in cell):
            return records
    except csv.Error:
        pass
    try:
        return _split(text, delimiter, csv.QUOTE_NONE)
    except csv.Error:
        raise UnknownFormat(name, "A cell of it is longer than any statement's; it is damaged or no table.") from None


def _split(text: str, delimiter: str, quoting: int) -> list[Record]:
    source = (line[0] for line in _LINES.finditer(text))  # a StringIO would hold the text again, at four bytes a sign
    reader = csv.reader(source, delimiter=delimiter, quoting=quoting, skipinitialspace=delimiter != "\t")  # type: ignore[arg-type]
    records, began = [], 1
    for cells in reader:
        trimmed = [cell.strip() for cell in cells]
        if any(trimmed):
            records.append(Record(began, trimmed))
        began = reader.line_num + 1
    return _unwrapped(records, delimiter)


def _unwrapped(records: list[Record], delimiter: str) -> list[Record]:
    """Undo two habits: whole lines put in quotes, and cells written as Excel formulas (="0123")."""
    narrow = [record for record in records if len(record.cells) == 1 and delimiter in record.cells[0]]
    if records and len(narrow) > 0.8 * len(records):
        records = [
            Record(
                r.row,
                [c.strip() for c in next(csv.reader([r.cells[0]], delimiter=delimiter, skipinitialspace=True), [])],
            )
            for r in records
        ]
    if any(cell.startswith('="') for record in records[:50] for cell in record.cells):
        records = [Record(r.row, [_FORMULA.sub(r"\1", cell) for cell in r.cells]) for r in records]
    return records
