"""Statements in workbooks: which sheets hold one, and how several become one file's accounts."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from core.errors import AmbiguousStatement, InvalidLines, UnknownFormat
from core.ingestion.layout import Column, Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.raw_table import is_table, read_raw_table, try_layout
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement
from core.problems import Severity

HEADER = ("Date", "Text", "Amount", "Balance")
MAY = [HEADER, (date(2024, 5, 2), "Rent", -800, 200), (date(2024, 5, 3), "Sale", 50.5, 250.5)]
JUNE = [HEADER, (date(2024, 6, 4), "Fee", -0.5, 250), (date(2024, 6, 5), "Sale", 10, 260)]


def workbook(hidden: Sequence[str] = (), **sheets: Sequence[Sequence[Any]]) -> RawFile:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    written = io.BytesIO()
    book.save(written)
    return RawFile("book.xlsx", written.getvalue())


def lines(statement: Statement) -> list[tuple[int, str, int, str]]:
    return [(line.row, line.booked_on.isoformat(), line.amount_minor, line.description) for line in statement.lines]


def warnings(statement: Statement) -> str:
    return " ".join(problem.message for problem in statement.problems)


def test_a_table_below_titles_and_right_of_column_a_is_read_with_the_rows_of_the_sheet() -> None:
    rows = [("", "Bank of Somewhere"), (), ("", "", "Period", "May"), (), *(("", "", *row) for row in MAY)]
    statement = read_statement(workbook(Statement=rows))
    assert lines(statement) == [(6, "2024-05-02", -80000, "Rent"), (7, "2024-05-03", 5050, "Sale")]
    assert (statement.format, statement.accounts[0].proved) == ("xlsx", True)


def test_cells_that_are_all_text_with_decimal_commas_are_read_as_such() -> None:
    rows = [HEADER, ("02/05/2024", "Rent", "-1 800,10", "200,00"), ("13/05/2024", "Sale", "50,00", "250,00")]
    assert lines(read_statement(workbook(S=rows))) == [
        (2, "2024-05-02", -180010, "Rent"),
        (3, "2024-05-13", 5000, "Sale"),
    ]


def test_cells_that_are_dates_leave_no_question_of_day_and_month() -> None:
    rows = [("Date", "Text", "Amount"), (date(2024, 5, 6), "a", -1), (date(2024, 7, 5), "b", -2)]
    assert [line.booked_on for line in read_statement(workbook(S=rows)).lines] == [date(2024, 5, 6), date(2024, 7, 5)]


def test_months_on_sheets_of_their_own_are_all_read_and_a_sheet_without_lines_is_named() -> None:
    statement = read_statement(workbook(May=MAY, June=JUNE, Notes=[("Call the bank",)], Empty=[]))
    assert [account.sum_minor for account in statement.accounts] == [-74950, 950]
    assert "“May” from 1, “June” from 4" in warnings(statement)
    assert [line.row for line in statement.lines] == [2, 3, 5, 6], "a row names one line of the file"
    assert "No statement lines were found on “Notes”" in warnings(statement)


def test_a_sheet_named_for_an_account_gives_its_lines_that_number() -> None:
    found = read_statement(workbook(**{"4711 0815 22": MAY, "DE02120300000000202051": JUNE, "2024-07-31": JUNE[:2]}))
    assert [account.account_number for account in found.accounts] == ["4711 0815 22", "DE02120300000000202051", ""]


def test_hidden_sheets_are_left_out_and_named() -> None:
    statement = read_statement(workbook(["June"], May=MAY, June=JUNE))
    assert len(statement.lines) == 2
    assert "Hidden sheets were left out: “June”" in warnings(statement)


def test_a_sheet_that_repeats_the_lines_of_another_is_pointed_out() -> None:
    assert "hold the same lines" in warnings(read_statement(workbook(May=MAY, Copy=MAY)))
    assert "hold the same lines" not in warnings(read_statement(workbook(May=MAY, June=JUNE)))


def test_a_month_that_leaves_the_order_of_dates_open_is_read_as_its_neighbour_is_written() -> None:
    open_month = [("Date", "Text", "Amount"), ("05/06/2024", "a", "-1.00"), ("03/07/2024", "b", "-2.00")]
    settled = [("Date", "Text", "Amount"), ("05/06/2024", "a", "-1.00"), ("13/07/2024", "b", "-2.50")]
    with pytest.raises(AmbiguousStatement):
        read_statement(workbook(A=open_month))
    found = read_statement(workbook(A=open_month, B=[(), *settled]))
    assert [line.booked_on for line in found.accounts[0].lines] == [date(2024, 6, 5), date(2024, 7, 3)]


def test_a_faulty_row_of_one_sheet_is_an_error_that_names_the_sheet() -> None:
    found = read_statement(workbook(May=MAY, Bad=[*JUNE, (date(2024, 6, 6), "Fee", "12x4", 300)]))
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    assert [(problem.row, "“Bad”" in problem.message) for problem in errors] == [(4, True)]


def test_a_saved_layout_reads_the_next_workbook_alike() -> None:
    saved = Layout.from_dict(read_statement(workbook(May=MAY)).layout)
    assert saved.complete
    moved = [("", *row) for row in JUNE]
    read = read_statement(workbook(June=[("Title",), *moved]), saved)
    assert [line[1:] for line in lines(read)] == [("2024-06-04", -50, "Fee"), ("2024-06-05", 1000, "Sale")]


@pytest.mark.parametrize("sheets", [{"Empty": []}, {"Notes": [("Call the bank", "soon")]}, {"A": [], "B": [("x",)]}])
def test_a_workbook_without_a_statement_is_refused(sheets: dict[str, Any]) -> None:
    with pytest.raises((UnknownFormat, InvalidLines), match=r"book\.xlsx"):
        read_statement(workbook(**sheets))


def test_a_layout_drawn_by_hand_reads_the_longest_sheet_and_names_the_others() -> None:
    rows = [["wann", "was", "wieviel"], ["2024-02-01", "Miete", "800,00"], ["2024-02-03", "Kunde", "-1.250,00"]]
    file = workbook(Notes=[["seen by Jane"]], Bank=rows)
    raw = read_raw_table(file)
    assert (is_table(file), raw.is_text, [row.cells for row in raw.rows]) == (True, False, rows)
    columns = {"date": (Column(0, "wann"),), "description": (Column(1, "was"),), "amount": (Column(2, "wieviel"),)}
    drawn = Layout(raw.delimiter, raw.encoding, 1, "YMD", ",", "inverted", columns=columns)
    read = try_layout(file, drawn)
    assert lines(read) == [(2, "2024-02-01", -80_000, "Miete"), (3, "2024-02-03", 125_000, "Kunde")]
    assert "left out were “Notes”" in warnings(read)
