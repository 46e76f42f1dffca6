"""The table of open items in a file: delimited text in any encoding, or a sheet of a workbook."""

from core.errors import AmbiguousStatement, NoTable
from core.ingestion.formats.signatures import name_of_unreadable
from core.ingestion.formats.tabular.amounts import read_amount
from core.ingestion.formats.tabular.dates import read_parts
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.records import Record, find_delimiter, split_records
from core.ingestion.formats.tabular.table import Table, cut_at, find_table
from core.ingestion.formats.workbook import kind_of_workbook, sheets_of
from core.ingestion.items.layout import EXPECTED, ItemLayout
from core.ingestion.items.words import item_roles
from core.ingestion.raw_file import RawFile

_HEAD = 80  # records among which the header is looked for
_NAMING = ("number", "counterparty", "issued", "due")


def find_items(file: RawFile, answers: ItemLayout) -> tuple[Table, str]:
    """The table that holds the items, and the name of its sheet ("" in delimited text).

    Raises:
        NoTable: there is none. AmbiguousStatement: several sheets hold one.
        UnknownFormat: a damaged or protected workbook, or no table at all.
    """
    if kind_of_workbook(file.content):
        return _in_workbook(file, answers)
    if why := name_of_unreadable(file.content):
        raise NoTable(file.name, "open items", why)
    text, encoding = decode(file.content)
    delimiter = find_delimiter(text)
    if not delimiter:
        raise NoTable(file.name, "open items", "Its rows have a single cell.")
    return _cut(file.name, encoding, delimiter, split_records(file.name, text, delimiter), answers.header_row), ""


def _in_workbook(file: RawFile, answers: ItemLayout) -> tuple[Table, str]:
    sheets = [sheet for sheet in sheets_of(file) if sheet.records and sheet.is_visible]
    named = [sheet for sheet in sheets if sheet.name == answers.sheet]
    likely = named or [sheet for sheet in sheets if _header_at(sheet.records) is not None] or sheets
    if not likely:
        raise NoTable(file.name, "open items", "Its sheets are empty.")
    if len(likely) > 1:
        raise AmbiguousStatement(
            file.name, "several sheets hold a table of items.",
            [f"the sheet {sheet.name}" for sheet in likely], [{"sheet": sheet.name} for sheet in likely],
        )  # fmt: skip
    (sheet,) = likely
    return _cut(file.name, "sheet", "\t", sheet.records, answers.header_row), sheet.name


def _cut(name: str, encoding: str, delimiter: str, records: list[Record], header_row: int | None) -> Table:
    table = cut_at(name, encoding, delimiter, records, header_row) if header_row is not None else None
    if table is None:
        at = _header_at(records)
        found = cut_at(name, encoding, delimiter, records, records[at].row) if at is not None else None
        table = found or find_table(name, encoding, delimiter, records)
    if not table.rows:
        raise NoTable(
            name, "open items", "No row follows the names of the columns." if table.header else "It has no rows."
        )
    return table


def _header_at(records: list[Record]) -> int | None:
    """Position of the record whose cells are words for an amount and for what it is of; None without one."""
    best, best_score = None, 0
    for index, record in enumerate(records[:_HEAD]):
        filled = [cell for cell in record.cells if cell]
        words = [cell for cell in filled if not _is_data(cell)]
        roles = {role for cell in words for role in item_roles(cell)}
        if len(filled) < 2 or len(words) * 4 < len(filled) * 3:
            continue
        if roles.intersection(EXPECTED) and roles.intersection(_NAMING) and len(roles) > best_score:
            best, best_score = index, len(roles)
    return best


def _is_data(cell: str) -> bool:
    if len(cell) > 80 or read_parts(cell):
        return True
    return any(map(str.isdigit, cell)) and (read_amount(cell, ".") or read_amount(cell, ",")) is not None
