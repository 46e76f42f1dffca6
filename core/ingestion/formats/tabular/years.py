"""Dates without a year ("12 Jan", "30.12.") get the one that the rest of the file leaves them."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from core.errors import UnknownFormat
from core.ingestion.formats.tabular.dates import certain_days, is_date, is_month, read_parts, to_date
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import header_roles

_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\.?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[-/. ]?([^\W\d_]{3,12})\.?")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.?[-/. ]?(\d{1,2})(?:st|nd|rd|th)?")
_YEAR = re.compile(r"\b(?:19[7-9]\d|20\d\d)\b")
_LOOKED_AT = 50
_SLACK = timedelta(days=7)
_MOSTLY = 0.6


def add_years(table: Table) -> bool:
    """Write years into the date column of a table that has none.

    Each day gets the year in which it lies nearest to the row's other date, else in the period that the lines above
    the table name, else at most a year before the one day that they name.

    Returns:
        Whether years were added.

    Raises:
        UnknownFormat: the dates have no year and nothing in the file says which.
    """
    at = _yearless_column(table)
    if at < 0:
        return False
    others = [i for i in range(table.width) if i != at and _share(table.texts(i)[:_LOOKED_AT], is_date) > _MOSTLY]
    above = sorted({day for record in table.preamble for cell in record.cells for day in certain_days(cell)})
    years = {int(year) for record in table.preamble for cell in record.cells for year in _YEAR.findall(cell)}
    rows = []
    for row in table.rows:
        text = row.cell(at).strip("'")
        if not _is_yearless(text):
            rows.append(row)
            continue
        found = _years_of(text, [row.cell(i) for i in others], above, years)
        if len(found) != 1:
            raise UnknownFormat(
                table.name, f"Its dates, like “{text}”, have no year, and nothing in the file says which one it is."
            )
        rows.append(Record(row.row, [*row.cells[:at], _with_year(text, next(iter(found))), *row.cells[at + 1 :]]))
    table.rows = rows
    table.forget()
    return True


def _yearless_column(table: Table) -> int:
    """Position of the date column, if a header names it and its dates have no year; else -1."""
    if not table.header:
        return -1
    found = []
    for at, name in enumerate(table.header.cells):
        roles = header_roles(name)
        weight = max(roles.get("booked", 0) + 1, roles.get("dated", 0)) if {"booked", "dated"} & roles.keys() else 0
        if weight:
            cells = [text.strip("'") for text in table.texts(at)[:_LOOKED_AT] if any(map(str.isdigit, text))]
            found.append((weight, -at, _share(cells, _is_yearless) > _MOSTLY, _share(cells, is_date) > _MOSTLY))
    dated = [one for one in found if one[2] or one[3]]
    if not dated or not max(dated)[2]:
        return -1
    return -max(dated)[1]


def _share(cells: Iterable[str], fits: Callable[[str], bool]) -> float:
    filled = [cell for cell in cells if cell]
    return sum(map(fits, filled)) / len(filled) if filled else 0.0


def _is_yearless(text: str) -> bool:
    if numbers := _NUMBERS.fullmatch(text):
        return max(int(numbers[1]), int(numbers[3])) <= 31 and min(int(numbers[1]), int(numbers[3])) <= 12
    words = _DAY_FIRST.fullmatch(text) or _MONTH_FIRST.fullmatch(text)
    return any(map(is_month, words.groups())) if words else False


def _with_year(text: str, year: int) -> str:
    if numbers := _NUMBERS.fullmatch(text):
        return f"{numbers[1]}{numbers[2]}{numbers[3]}{numbers[2]}{year}"
    return f"{text.rstrip('.')}, {year}" if text[:1].isalpha() else f"{text.rstrip('.')} {year}"


def _years_of(text: str, others: list[str], above: list[date], years: set[int]) -> set[int]:
    """The years that the date may have, in whatever order its day and month stand."""
    beside = [day for cell in others for day in _days(cell)]
    near = beside or above
    candidates = {day.year + step for day in near for step in (-1, 0, 1)} or years
    days = {(year, day) for year in candidates for day in _days(_with_year(text, year))}
    if beside:
        closest = min((abs((day - other).days) for _, day in days for other in beside), default=0)
        return {year for year, day in days if any(abs((day - other).days) == closest for other in beside)}
    if len(above) > 1:
        return {year for year, day in days if above[0] - _SLACK <= day <= above[-1] + _SLACK}
    if above:
        return {year for year, day in days if timedelta(days=-358) <= day - above[0] <= _SLACK}
    return years if len(years) == 1 else set()


def _days(text: str) -> set[date]:
    parts = read_parts(text)
    return {day for order in ("DMY", "MDY", "YMD") if parts and (day := to_date(parts, order))}
