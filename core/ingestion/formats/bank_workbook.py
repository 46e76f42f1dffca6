"""Statements in workbooks: the sheets that hold one are found, each is read as a table, and they are put together."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from core.errors import AmbiguousStatement, InvalidLines, StatementRefused, UnknownFormat
from core.ingestion.formats.tabular.dates import read_parts
from core.ingestion.formats.tabular.reading import Source, read_known, read_table
from core.ingestion.formats.workbook import Sheet, kind_of_workbook, sheets_of
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import AccountStatement, Statement
from core.problems import Problem, Severity

CELLS = "cells"  # stands for delimiter and encoding in a saved layout
_ACCOUNT_NUMBER = re.compile(r"(?:[A-Z]{2}\d{2}[A-Z0-9 ]{8,30}|\d[\d ./-]{4,}\d)")


@dataclass(slots=True)
class _Reading:
    """One sheet and what became of it."""

    sheet: Sheet
    statement: Statement | None = None
    refusal: StatementRefused | None = None


class Workbook:
    """The format object of Excel and OpenDocument workbooks; a statement's format is the kind, such as `xlsx`."""

    name = "workbook"

    def recognises(self, file: RawFile) -> bool:
        return bool(kind_of_workbook(file.content))

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:
        """The statement of all visible sheets that hold lines; sheets that hold none are named in a warning.

        A layout drawn by hand is one of `main_sheet`; the others are left out with a warning.

        Raises:
            UnknownFormat: it cannot be opened safely, or no sheet holds dates and amounts.
            AmbiguousStatement, InvalidLines: as for a table; of several sheets, where no other sheet settles it.
        """
        kind = kind_of_workbook(file.content)
        sheets = [sheet for sheet in sheets_of(file) if sheet.records]
        shown = [sheet for sheet in sheets if sheet.is_visible]
        if layout and layout.by_hand and shown:
            return _drawn(file, kind, shown, layout, currency)
        readings = [_read(file, kind, sheet, layout, currency) for sheet in shown]
        _settle_by_others(file, kind, readings, currency)
        for reading in readings:
            if isinstance(reading.refusal, AmbiguousStatement):
                raise reading.refusal
        read = [reading.statement for reading in readings if reading.statement]
        if not read:
            raise _why_none(file.name, readings)
        hidden = [sheet.name for sheet in sheets if not sheet.is_visible]
        return _together(kind, readings, read, hidden)


def main_sheet(sheets: Sequence[Sheet]) -> Sheet | None:
    """The visible sheet with the most rows, the first of several; None where no visible one holds anything."""
    shown = [sheet for sheet in sheets if sheet.is_visible and sheet.records]
    return max(shown, key=lambda sheet: len(sheet.records), default=None)


def _drawn(file: RawFile, kind: str, shown: list[Sheet], layout: Layout, currency: str) -> Statement:
    main = max(shown, key=lambda sheet: len(sheet.records))
    read = read_table(_source(file, kind, main), layout, currency)
    if others := [sheet.name for sheet in shown if sheet is not main]:
        left = _warning(f"The layout is of “{main.name}”; left out were {_quoted(others)}.")
        return replace(read, problems=(left, *read.problems))
    return read


def _source(file: RawFile, kind: str, sheet: Sheet) -> Source:
    return Source(kind, file.name, CELLS, CELLS, sheet.records, made_by=file.made_by)


def _read(file: RawFile, kind: str, sheet: Sheet, layout: Layout | None, currency: str) -> _Reading:
    try:
        return _Reading(sheet, read_table(_source(file, kind, sheet), layout, currency))
    except StatementRefused as refusal:
        return _Reading(sheet, None, refusal)


def _settle_by_others(file: RawFile, kind: str, readings: list[_Reading], currency: str) -> None:
    """Read sheets that leave something open (a month without a day after the 12th) as their neighbours are written."""
    settled = [Layout.from_dict(one.statement.layout) for one in readings if one.statement]
    for reading in readings:
        if not isinstance(reading.refusal, AmbiguousStatement):
            continue
        for layout in settled:
            alike = _with_header_of(layout, reading.sheet)
            if alike and (known := read_known(_source(file, kind, reading.sheet), alike, currency)):
                reading.statement, reading.refusal = known, None
                break


def _with_header_of(layout: Layout, sheet: Sheet) -> Layout | None:
    """The layout for a sheet with the same header words, wherever they stand in it; None where it has no such row."""
    names = [column.name for columns in layout.columns.values() for column in columns]
    for record in sheet.records:
        if all(name and name in record.cells for name in names):
            return replace(layout, header_row=record.row)
    return None


def _why_none(name: str, readings: list[_Reading]) -> StatementRefused:
    """The refusal that says most: faulty rows before no table."""
    refusals = [reading.refusal for reading in readings if reading.refusal]
    faulty = [one for one in refusals if isinstance(one, InvalidLines)]
    if faulty or len(refusals) == 1:
        return (faulty or refusals)[0]
    return UnknownFormat(
        name, "None of its sheets holds a table with dates and amounts." if readings else "It is empty."
    )


def _together(kind: str, readings: list[_Reading], read: list[Statement], hidden: list[str]) -> Statement:
    problems: list[Problem] = []
    if left := [one.sheet.name for one in readings if isinstance(one.refusal, UnknownFormat)]:
        problems.append(_warning(f"No statement lines were found on {_quoted(left)}."))
    if hidden:
        problems.append(_warning(f"Hidden sheets were left out: {_quoted(hidden)}."))
    for one in readings:
        where = f"sheet “{one.sheet.name}”: " if len(readings) > 1 else ""
        if isinstance(one.refusal, InvalidLines):
            problems += [Problem(row, where + message, Severity.ERROR) for row, message in one.refusal.rows]
        elif one.statement and len(read) > 1:
            problems += [replace(problem, message=where + problem.message) for problem in one.statement.problems]
        elif one.statement:
            problems += one.statement.problems
    if len(read) == 1:
        return replace(read[0], problems=tuple(problems))
    filled = [one for one in readings if one.statement]
    befores = list(accumulate((one.sheet.records[-1].row for one in filled[:-1]), initial=0))
    begins = ", ".join(f"“{one.sheet.name}” from {before + 1}" for one, before in zip(filled, befores, strict=True))
    problems.insert(0, _warning(f"Lines were taken from several sheets, their rows counted on: {begins}."))
    problems += _copies(filled)
    accounts = [account for one, before in zip(filled, befores, strict=True) for account in _named(one, before)]
    return Statement(kind, tuple(accounts), read[0].layout, tuple(problems))


def _named(reading: _Reading, before: int) -> list[AccountStatement]:
    """The sheet's accounts; where it states no number and its name is one, that.

    `before` are the rows of the sheets before it: what a person says of a row must mean one line of the file.
    """
    title = reading.sheet.name.strip()
    found = None if read_parts(title) else _ACCOUNT_NUMBER.search(title)
    accounts = [
        replace(one, lines=tuple(replace(line, row=line.row + before) for line in one.lines)) if before else one
        for one in (reading.statement.accounts if reading.statement else ())
    ]
    if not found:
        return accounts
    return [replace(one, account_number=one.account_number or found[0].strip()) for one in accounts]


def _copies(readings: list[_Reading]) -> list[Problem]:
    """A warning for each pair of sheets of which one holds all lines of the other: a copy would count twice."""
    lines = [
        Counter((line.booked_on, line.amount_minor) for line in one.statement.lines) if one.statement else Counter()
        for one in readings
    ]
    return [
        _warning(f"{_quoted([readings[i].sheet.name, readings[j].sheet.name])} hold the same lines; is one a copy?")
        for i in range(len(lines))
        for j in range(i + 1, len(lines))
        if lines[i] <= lines[j] or lines[j] <= lines[i]
    ]


def _warning(message: str) -> Problem:
    return Problem(0, message, Severity.WARNING)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
