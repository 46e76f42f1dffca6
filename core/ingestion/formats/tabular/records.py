"""From text to records: the delimiter, quoted cells, and the physical row on which each record began."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from core.errors import UnknownFormat
from core.ingestion.formats.tabular.dates import is_date

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
    ranked = rank_delimiters(text)
    return ranked[0][1] if ranked else ""


def rank_delimiters(text: str) -> list[tuple[float, str]]:
    """Every delimiter that cuts lines, with its score, the best first: the share of lines alike times their cells."""
    lines = [line for line in text[:60_000].splitlines() if line.strip()][:_SAMPLE_LINES]
    if lines and (named := _SEP_LINE.match(lines[0])):
        return [(1.0, named[1])]
    if sum(map(_is_quoted_whole, lines)) > 0.8 * len(lines):
        lines = [line.strip()[1:-1].replace('""', '"') for line in lines]
    ranked = []
    head = "\n".join(lines)
    for delimiter in DELIMITERS:
        if delimiter not in head:
            continue
        cut = _parsed(lines, delimiter)
        widths = [len(record) for record in cut if record]
        counted = Counter(width for width in widths if width > 1)
        if not counted:
            continue
        width, alike = max(counted.items(), key=lambda item: (item[1] * min(item[0], 6), item[0]))
        score = alike / len(lines) * min(width, 6) + (0.5 if width >= 3 else 0) + 0.01 * min(width, 30)
        # A delimiter that stands within dates ("Feb 1, 2020") or not beside them is none.
        score += any(is_date(cell.strip()) for record in cut if len(record) > 2 for cell in record)
        ranked.append((score, delimiter))
    return sorted(ranked, key=lambda one: -one[0])


def _is_quoted_whole(line: str) -> bool:
    """Whether a line is one quoted cell that holds all the others."""
    plain = line.strip()
    return len(plain) > 2 and plain[0] == plain[-1] == '"' and '"' not in plain[1:-1].replace('""', "")


def _parsed(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def split_records(name: str, text: str, delimiter: str) -> list[Record]:
    """All records that are not blank.

    A quote that is never closed would swallow the rows after it as one cell; then every physical line is a record of
    its own. Raises UnknownFormat where even that leaves a cell of more than 100,000 characters.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        records = _split(text, delimiter)
        if any(len(record.cells) > _MOST_CELLS for record in records[:100]):
            raise UnknownFormat(name, f"A row of it has more than {_MOST_CELLS} cells, which no statement has.")
        if not any(_swallows(cell, record, delimiter) for record in records for cell in record.cells if "\n" in cell):
            return records
    except csv.Error:
        pass
    try:
        return _split_lines(text, delimiter)
    except csv.Error:
        raise UnknownFormat(name, "A cell of it is longer than any statement's; it is damaged or no table.") from None


def _swallows(cell: str, record: Record, delimiter: str) -> bool:
    """Whether a cell over several lines holds whole rows: too many lines, or lines with a date and further cells."""
    lines = cell.split("\n")
    if len(lines) > _MAX_CELL_LINES + 1:
        return True
    return any(
        line.count(delimiter) >= max(1, min(len(record.cells), 3) - 1)
        and any(is_date(part.strip(' "')) for part in line.split(delimiter))
        for line in lines[1:]
    )


def _split(text: str, delimiter: str) -> list[Record]:
    source = (line[0] for line in _LINES.finditer(text))  # a StringIO would hold the text again, at four bytes a sign
    reader = csv.reader(source, delimiter=delimiter, skipinitialspace=delimiter != "\t")
    records, began = [], 1
    for cells in reader:
        trimmed = [cell.strip() for cell in cells]
        if any(trimmed):
            records.append(Record(began, trimmed))
        began = reader.line_num + 1
    return _unwrapped(records, delimiter)


def _split_lines(text: str, delimiter: str) -> list[Record]:
    """Every physical line by itself; in one with an odd number of quotes they are plain characters."""
    records = []
    for row, line in enumerate(text.splitlines(), 1):
        if len(line) > _MAX_CELL:
            raise csv.Error("a line is too long")
        if line.count('"') % 2:
            cells = [cell.strip(' "') for cell in line.split(delimiter)]
        else:
            cells = [c.strip() for c in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]
        if any(cells):
            records.append(Record(row, cells))
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
