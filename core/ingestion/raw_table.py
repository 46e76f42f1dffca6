"""A table file as it is, row by row and cell by cell, for a person who says how to read it."""

from dataclasses import dataclass, replace

from core.errors import UnknownFormat
from core.ingestion.formats.bank_workbook import CELLS, main_sheet
from core.ingestion.formats.signatures import name_of_unreadable, signature
from core.ingestion.formats.tabular.columns import find_roles, profile
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.records import DELIMITERS, Record, find_delimiter, split_records
from core.ingestion.formats.tabular.table import find_table
from core.ingestion.formats.workbook import kind_of_workbook, sheets_of
from core.ingestion.layout import Column, Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement

ROWS_SHOWN = 30
_HEAD = 200_000  # bytes from the beginning that are looked at, so that a file of any size is drawn at once
_MOST_COLUMNS = 60  # shown of a table


@dataclass(frozen=True)
class RawTable:
    """The first rows of a table, or of a workbook's longest visible sheet.

    `rows` count the file's physical lines, or the sheet's rows, from 1 and leave out blank ones.
    """

    delimiter: str
    encoding: str
    rows: tuple[Record, ...]
    is_whole: bool  # whether the file ends with these rows

    @property
    def is_text(self) -> bool:
        """Whether delimiter and encoding are a choice; the cells of a workbook have neither."""
        return self.delimiter != CELLS

    @property
    def width(self) -> int:
        """Columns of the widest row that is shown."""
        return min(_MOST_COLUMNS, max((len(row.cells) for row in self.rows), default=0))

    def row(self, number: int) -> Record | None:
        """The row that begins on this physical line; None where none of the shown ones does."""
        return next((row for row in self.rows if row.row == number), None)


def is_table(file: RawFile) -> bool:
    """Whether the file's rows and columns can be shown, so that a person can draw its layout."""
    if kind_of_workbook(file.content):
        return True
    return not name_of_unreadable(file.content) and not signature(file.content)


def read_raw_table(file: RawFile, *, delimiter: str = "", encoding: str = "", most: int = ROWS_SHOWN) -> RawTable:
    """The first rows of a table as the file has them.

    Args:
        delimiter, encoding: as a person says; without them they are found in the content.

    Raises:
        UnknownFormat: the file is no table.
    """
    if kind_of_workbook(file.content):
        return _sheet_shown(file, most)
    if not is_table(file):
        raise UnknownFormat(file.name, name_of_unreadable(file.content) or "It has no rows and columns to choose from.")
    head = head_of(file)
    text, encoding = decode(head.content, encoding)
    delimiter = delimiter or find_delimiter(text) or DELIMITERS[0]
    records = split_records(file.name, text, delimiter)
    whole = len(head.content) == len(file.content) and len(records) <= most
    return RawTable(delimiter, encoding, tuple(records[:most]), whole)


def _sheet_shown(file: RawFile, most: int) -> RawTable:
    sheet = main_sheet(sheets_of(file))
    if sheet is None:
        raise UnknownFormat(file.name, "None of its visible sheets holds anything.")
    return RawTable(CELLS, CELLS, tuple(sheet.records[:most]), len(sheet.records) <= most)


def first_guess(file: RawFile, raw: RawTable) -> Layout:
    """What a person starts from where nothing was detected: header, date and texts as they look; the rest is open."""
    table = find_table(file.name, raw.encoding, raw.delimiter, list(raw.rows))
    roles = find_roles(profile(table))
    found = {"date": roles.date[:1], "description": roles.descriptions, "balance": roles.balances[:1]}
    columns = {
        role: tuple(Column(at, table.header_name(at)) for at in positions)
        for role, positions in found.items()
        if positions and not (role == "balance" and not roles.named_amount)
    }
    header_row = table.header.row if table.header else 0
    return Layout(delimiter=raw.delimiter, encoding=raw.encoding, header_row=header_row, columns=columns)


def head_of(file: RawFile) -> RawFile:
    """The beginning of a long file, cut after a whole line; a short file, or a workbook, as it is."""
    if len(file.content) <= _HEAD or kind_of_workbook(file.content):
        return file
    head = file.content[:_HEAD]
    return RawFile(file.name, head[: head.rfind(b"\n") + 1] or head, file.received_on)


def try_layout(file: RawFile, layout: Layout, currency: str = "") -> Statement:
    """What a layout drawn by hand makes of the beginning of a file, with its problems by row.

    Raises:
        LayoutRefused: something is still to be chosen, or does not fit the file. InvalidLines, UnknownFormat: no row
        can be read so.
    """
    return read_statement(head_of(file), replace(layout, by_hand=True), currency)
