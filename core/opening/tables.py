"""The table of a trial balance in a file: delimited text in any encoding, or a sheet of a workbook."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import NoTable
from core.ingestion.formats.signatures import name_of_unreadable
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.records import Record, find_delimiter, split_records
from core.ingestion.formats.tabular.words import header_roles
from core.ingestion.formats.workbook import kind_of_workbook, sheets_of
from core.ingestion.raw_file import RawFile
from core.opening.words import column_role

_HEAD = 80  # records among which the header is looked for
_NAMING = ("code", "account", "name")


@dataclass(frozen=True)
class BalanceTable:
    """The rows below the header, and the position of each role's column. Cells of a workbook have plain decimals."""

    columns: Mapping[str, int]
    rows: tuple[Record, ...]
    is_workbook: bool


def find_balances(file: RawFile) -> BalanceTable:
    """The one table with an account and its balance, or its debit and credit, a row.

    Raises:
        NoTable: there is none, or more than one.
        UnknownFormat: a damaged or protected workbook.
    """
    if kind_of_workbook(file.content):
        sheets = [sheet for sheet in sheets_of(file) if sheet.is_visible]
        found = [(sheet.name, table) for sheet in sheets if (table := _cut(sheet.records, is_workbook=True))]
        if len(found) > 1:
            names = " and ".join(name for name, _ in found[:3])
            raise NoTable(file.name, "balances", f"More than one sheet holds balances: {names}. Keep one of them.")
        table = found[0][1] if found else None
    else:
        if why := name_of_unreadable(file.content):
            raise NoTable(file.name, "balances", why)
        text, _ = decode(file.content)
        table = _cut(split_records(file.name, text, find_delimiter(text) or ","), is_workbook=False)
    if table is None:
        raise NoTable(
            file.name,
            "balances",
            "Name the columns in one row: the account's code or name, and Balance, or Debit and Credit.",
        )
    return table


def _cut(records: list[Record], *, is_workbook: bool) -> BalanceTable | None:
    for index, record in enumerate(records[:_HEAD]):
        columns = _columns(record)
        if columns and records[index + 1 :]:
            return BalanceTable(columns, tuple(records[index + 1 :]), is_workbook)
    return None


def _columns(header: Record) -> dict[str, int]:
    """The columns by role, the first of a role; {} where the record is no header of a trial balance."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(header.cells):
        if role := column_role(cell):
            columns.setdefault(role, position)
    if any(header_roles(cell).get(role) == 4 for cell in header.cells if cell for role in ("booked", "dated")):
        return {}  # a day a row: movements, not balances
    has_sides = {"debit", "credit"} <= columns.keys()
    if not has_sides and "balance" not in columns:
        return {}
    if not columns.keys() & set(_NAMING):
        money = min(columns[role] for role in ("debit", "credit", "balance") if role in columns)
        unnamed = next((at for at, cell in enumerate(header.cells[:money]) if not cell), None)
        if unnamed is None:
            return {}
        columns["account"] = unnamed  # reports on paper leave the accounts' own column without a name
    if has_sides:
        columns.pop("balance", None)  # a running or a signed one beside them says the same once more
    return columns
