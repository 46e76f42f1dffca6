"""Statements as tables of text: CSV and its relatives with any delimiter."""

from dataclasses import replace

from core.errors import AmbiguousStatement, InvalidLines, LayoutRefused, UnknownFormat
from core.ingestion.formats.signatures import is_ofx
from core.ingestion.formats.tabular.date_order import runs_newest_first
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.detecting import Detected, detect
from core.ingestion.formats.tabular.lines import Lines, read_lines
from core.ingestion.formats.tabular.records import Record, find_delimiter, split_records
from core.ingestion.formats.tabular.signs import chain
from core.ingestion.formats.tabular.table import Table, cut_at, find_table
from core.ingestion.layout import Column, Layout
from core.ingestion.layout_checks import check_layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import Statement
from core.problems import Problem, Severity

_HEAD = 2_000
_MOST_FAULTY = 0.2  # share of faulty rows beyond which a saved layout no longer describes the file


class BankCsv:
    """The format object of delimited text."""

    name = "csv"

    def recognises(self, file: RawFile) -> bool:
        if is_ofx(file.content):
            return False
        head = file.content[:_HEAD]
        head = head[: head.rfind(b"\n") + 1] or head  # whole lines, so that no character is cut
        return bool(find_delimiter(decode(head)[0]) or find_delimiter(decode(file.content[: 20 * _HEAD])[0]))

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:
        """The statement, by the given layout where it still fits, else by one that is detected.

        Raises:
            UnknownFormat: there is no table with dates and amounts. AmbiguousStatement: more than one reading is left.
            InvalidLines: there are rows, but none can be read.
        """
        answers = layout or Layout()
        if answers.by_hand:
            return _by_hand(file, answers, currency)
        if answers.complete and (known := _by_known_layout(file, answers, currency)):
            return known
        stale = answers if answers.complete else None
        if stale:
            answers = Layout()
        text, encoding = decode(file.content, answers.encoding)
        delimiter = answers.delimiter or find_delimiter(text)
        records = split_records(file.name, text, delimiter)
        table = find_table(file.name, encoding, delimiter, records)
        if not table.rows:
            raise UnknownFormat(file.name, "It has a header but no lines." if table.header else "It has no lines.")
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
        if stale:
            message = "The file no longer follows the saved layout; it was read afresh. Check the columns."
            notes.insert(0, Problem(0, message, Severity.WARNING))
        return _statement(file.name, detected.layout, lines, notes)


def _by_known_layout(file: RawFile, layout: Layout, currency: str) -> Statement | None:
    """The statement as a saved layout reads it; None where the file does not follow that layout."""
    text, encoding = decode(file.content, layout.encoding)
    records = split_records(file.name, text, layout.delimiter)
    table = cut_at(file.name, encoding, layout.delimiter, records, layout.header_row or 0) if records else None
    placed = _placed(table.header, layout) if table else None
    if not table or not placed or not table.rows:
        return None
    dates = table.dates(placed.position("date"))
    if dates.written - dates.readable(placed.date_order):
        return None  # dates that another order would read: the bank has changed it
    lines = read_lines(table, placed, currency)
    read = sum(len(account.lines) for account in lines.accounts)
    if not read or lines.faulty > _MOST_FAULTY * (read + lines.faulty) or _disproved(lines):
        return None
    return _statement(file.name, placed, lines, [])


def _by_hand(file: RawFile, layout: Layout, currency: str) -> Statement:
    """The statement exactly as a person drew its layout; what that cannot read is a problem by row.

    Raises LayoutRefused where the layout does not fit the file at all.
    """
    check_layout(layout)
    text, encoding = decode(file.content, layout.encoding)
    records = split_records(file.name, text, layout.delimiter)
    table = cut_at(file.name, encoding, layout.delimiter, records, layout.header_row or 0)
    if table is None:
        raise LayoutRefused(f"{file.name} has no row {layout.header_row} that could be its header. Choose another row.")
    placed = _placed(table.header, replace(layout, encoding=encoding, by_hand=False))
    if placed is None:
        raise LayoutRefused(f"{file.name} has not all of the chosen columns in row {layout.header_row}. Choose again.")
    lines = read_lines(table, placed, currency)
    runs = runs_newest_first(table.dates(placed.position("date")).days(placed.date_order))
    return _statement(file.name, replace(placed, newest_first=runs), lines, [])


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
    stored = {**layout.to_dict(), "positions": {}}
    made = Layout.from_dict(stored)
    return Layout(
        made.delimiter, made.encoding, made.header_row, made.date_order, made.decimal, made.sign, made.newest_first,
        made.currency, columns,
    )  # fmt: skip


def _notes(table: Table, detected: Detected) -> list[Problem]:
    notes = [Problem(0, message, Severity.WARNING) for message in detected.warnings]
    if table.header_is_short:
        message = "Rows have more cells than the header names; check that the amounts stand in their column."
        notes.append(Problem(0, message, Severity.WARNING))
    for index in detected.clashes:
        row = table.rows[index]
        message = "the sign of the amount and the word for in or out disagree; the sign was taken"
        notes.append(Problem(row.row, message, Severity.WARNING, row.text))
    notes += [Problem(row, "a thousands comma without quotes was rejoined", Severity.WARNING) for row in table.repaired]
    return notes


def _statement(name: str, layout: Layout, lines: Lines, notes: list[Problem]) -> Statement:
    problems = (*notes, *lines.problems)
    if not lines.accounts:
        faulty = [(p.row, p.message) for p in problems if p.severity is Severity.ERROR]
        if faulty:
            raise InvalidLines(name, faulty)
        raise UnknownFormat(name, "It has no row with both a date and an amount.")
    return Statement("csv", tuple(lines.accounts), layout.to_dict(), problems)
