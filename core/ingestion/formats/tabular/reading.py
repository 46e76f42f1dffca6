"""Records of any origin (delimited text, a sheet, columns of fixed width) become a Statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.errors import AmbiguousStatement, InvalidLines, LayoutRefused, UnknownFormat
from core.ingestion.formats.tabular.detecting import Detected, detect
from core.ingestion.formats.tabular.lines import Lines, read_lines
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.row_order import runs_newest_first
from core.ingestion.formats.tabular.signs import chain
from core.ingestion.formats.tabular.table import Table, cut_at, find_table
from core.ingestion.formats.tabular.years import add_years
from core.ingestion.layout import Column, Layout
from core.ingestion.layout_checks import check_layout
from core.ingestion.statement import Evidence, Statement
from core.problems import Problem, Severity

_MOST_FAULTY = 0.2  # share of faulty rows beyond which a saved layout no longer describes the file


@dataclass(frozen=True, slots=True)
class Source:
    """Records and where they come from.

    `format` is the name of the format, `name` the file's. `encoding` and `delimiter` say how the records were cut out
    of it; formats without either put a word of their own there, because a saved layout has to name both.
    """

    format: str
    name: str
    encoding: str
    delimiter: str
    records: Sequence[Record]
    evidence: tuple[Evidence, ...] = ()  # why they were cut out so
    made_by: date | None = None  # the last day on which the file can have been made


def read_table(source: Source, layout: Layout | None = None, currency: str = "") -> Statement:
    """The statement, by the given layout where it is complete and still fits, else by one that is detected.

    Args:
        layout: a saved one, or a person's answers to what the file leaves open.
        currency: the bank account's, for lines whose currency the file does not name.

    Raises:
        UnknownFormat: there is no table with dates and amounts. AmbiguousStatement: more than one reading is left.
        InvalidLines: there are rows, but none can be read. LayoutRefused: a layout drawn by hand does not fit the file.
    """
    answers = layout or Layout()
    if answers.by_hand:
        return _read_by_hand(source, answers, currency)
    stale = answers if answers.complete else None
    if stale:
        if known := read_known(source, stale, currency):
            return known
        answers = Layout()
    table = find_table(source.name, source.encoding, source.delimiter, list(source.records))
    table.made_by = source.made_by
    if not table.rows:
        raise UnknownFormat(source.name, "It has a header but no lines." if table.header else "It has no lines.")
    dated = add_years(table)
    try:
        detected = detect(table, answers, currency)
    except AmbiguousStatement:
        if not stale:
            raise
        # What the file leaves open, the saved layout may still answer.
        kept = Layout(date_order=stale.date_order, decimal=stale.decimal, sign=stale.sign)
        detected = detect(table, kept, currency)
    lines = read_lines(table, detected.layout, currency)
    notes = _notes(table, detected)
    if dated:
        message = (
            "The dates have no year; it was taken from the other dates of the file. Check the first and last line."
        )
        notes.append(Problem(0, message, Severity.WARNING))
    if stale:
        message = "The file no longer follows the saved layout; it was read afresh. Check the columns."
        notes.insert(0, Problem(0, message, Severity.WARNING))
    made = _statement(source, detected.layout, lines, notes)
    return replace(made, evidence=(*source.evidence, *detected.evidence))


def read_known(source: Source, layout: Layout, currency: str) -> Statement | None:
    """The statement as a saved layout reads it; None where the file does not follow that layout."""
    if not source.records:
        return None
    table = cut_at(source.name, source.encoding, source.delimiter, list(source.records), layout.header_row or 0)
    placed = _placed(table.header, layout) if table else None
    if not table or not placed or not table.rows:
        return None
    add_years(table)
    dates = table.dates(placed.position("date"))
    if dates.written - dates.readable(placed.date_order):
        return None  # dates that another order would read: the bank has changed it
    lines = read_lines(table, placed, currency)
    read = sum(len(account.lines) for account in lines.accounts)
    if not read or lines.faulty > _MOST_FAULTY * (read + lines.faulty) or _disproved(lines):
        return None
    return _statement(source, replace(placed, encoding=source.encoding, delimiter=source.delimiter), lines, [])


def _read_by_hand(source: Source, layout: Layout, currency: str) -> Statement:
    """The statement exactly as a person drew its layout; what that cannot read is a problem by row."""
    check_layout(layout)
    table = cut_at(source.name, source.encoding, source.delimiter, list(source.records), layout.header_row or 0)
    if table is None:
        raise LayoutRefused(f"{source.name} has no row {layout.header_row} for a header. Choose another row.")
    drawn = replace(layout, encoding=source.encoding, delimiter=source.delimiter, by_hand=False)
    placed = _placed(table.header, drawn)
    if placed is None:
        raise LayoutRefused(
            f"Row {layout.header_row} of {source.name} has not all of the chosen columns. Choose again."
        )
    lines = read_lines(table, placed, currency)
    runs = runs_newest_first(table.dates(placed.position("date")).days(placed.date_order))
    return _statement(source, replace(placed, newest_first=runs), lines, [])


def _disproved(lines: Lines) -> bool:
    """Whether a running balance follows the amounts only with their signs turned round."""
    for account in lines.accounts:
        if account.proved:
            continue
        balances = [line.balance_minor for line in account.lines]
        amounts = [line.amount_minor for line in account.lines]
        if not chain(amounts, balances).proved:
            turned = chain([-amount for amount in amounts], balances)
            if turned.proved and turned.agree > 2:
                return True
    return False


def _placed(header: Record | None, layout: Layout) -> Layout | None:
    """The layout with its columns where this header has them; None where a named column is gone."""
    if header is None:
        return layout if not layout.header_row else None
    columns: dict[str, tuple[Column, ...]] = {}
    for role, wanted in layout.columns.items():
        found = []
        for column in wanted:
            if header.cell(column.position) == column.name:
                found.append(column)
            elif column.name and header.cells.count(column.name) == 1:
                found.append(Column(header.cells.index(column.name), column.name))
            else:
                return None
        columns[role] = tuple(found)
    return replace(layout, columns=columns)


def _notes(table: Table, detected: Detected) -> list[Problem]:
    notes = [Problem(0, message, Severity.WARNING) for message in detected.warnings]
    if table.header_is_short:
        message = "Rows have more cells than the header names; check that the amounts stand in their column."
        notes.append(Problem(0, message, Severity.WARNING))
    for index in detected.clashes:
        row = table.rows[index]
        message = "the sign of the amount and the word for in or out disagree; the sign was taken"
        notes.append(Problem(row.row, message, Severity.WARNING, row.text))
    notes += [Problem(row, note, Severity.WARNING) for row, note in table.repaired.items()]
    return notes


def _statement(source: Source, layout: Layout, lines: Lines, notes: list[Problem]) -> Statement:
    problems = (*notes, *lines.problems)
    if not lines.accounts:
        faulty = [(p.row, p.message) for p in problems if p.severity is Severity.ERROR]
        if faulty:
            raise InvalidLines(source.name, faulty)
        raise UnknownFormat(source.name, "It has no row with both a date and an amount.")
    return Statement(source.format, tuple(lines.accounts), layout.to_dict(), problems)
