"""Cells of workbooks as exact text, and workbooks that mean harm."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from core.errors import UnknownFormat
from core.ingestion.formats.workbook import Sheet, kind_of_workbook, sheets_of
from core.ingestion.formats.workbook_cells import cell_text
from core.ingestion.raw_file import RawFile


def workbook_bytes(**sheets: dict[str, Any]) -> bytes:
    """An xlsx with the given cells a sheet."""
    book = Workbook()
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for place, value in cells.items():
            sheet[place] = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(content: bytes) -> tuple[Sheet, ...]:
    return sheets_of(RawFile("book.xlsx", content))


def test_every_kind_of_cell_becomes_exact_text_beside_the_number_of_its_row() -> None:
    cells = {
        "B3": "  Café ", "C3": 1234.5, "D3": -7, "E3": date(2024, 2, 1), "F3": datetime(2024, 2, 1, 9, 30),  # noqa: DTZ001
        "G3": True,
        "B6": 0.1 + 0.2, "C6": 1e-7, "D6": "0,10",
    }  # fmt: skip
    (sheet,) = read(workbook_bytes(May=cells))
    assert [(record.row, record.cells) for record in sheet.records] == [
        (3, ["Café", "1234.5", "-7", "2024-02-01", "2024-02-01 09:30:00", "TRUE"]),
        (6, ["0.3", "0.0000001", "0,10", "", "", ""]),
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [(779.4, "779.4"), (-0.0, "0"), (1069.3200000000002, "1069.32"), (1e22, "1" + "0" * 22)],
)
def test_a_number_is_the_shortest_decimal_that_a_spreadsheet_program_would_show(number: float, text: str) -> None:
    assert cell_text(number) == text


def test_sheets_keep_their_order_and_say_whether_they_are_hidden() -> None:
    book = Workbook()
    book.active.title = "June"
    book.create_sheet("Lists").sheet_state = "hidden"
    written = io.BytesIO()
    book.save(written)
    assert [(sheet.name, sheet.is_visible, sheet.records) for sheet in read(written.getvalue())] == [
        ("June", True, []),
        ("Lists", False, []),
    ]


def test_a_tiny_file_that_claims_a_sheet_of_all_possible_cells_is_refused_and_the_process_lives() -> None:
    with pytest.raises(UnknownFormat, match="too large"):
        read(workbook_bytes(A={"A1": 1, "XFD1048576": 2}))


def test_an_archive_that_unpacks_to_far_more_than_a_workbook_is_refused_before_it_is_parsed() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(60):
                part.write(b" " * (10 << 20))
    assert len(bomb.getvalue()) < 1 << 20
    with pytest.raises(UnknownFormat, match="too large"):
        read(bomb.getvalue())


def test_a_damaged_workbook_is_refused_with_what_to_do() -> None:
    content = bytearray(workbook_bytes(A={"A1": "x" * 500}))
    content[len(content) // 3] ^= 0xFF
    with pytest.raises(UnknownFormat, match="damaged"):
        read(bytes(content))


def test_what_is_no_workbook_is_told_by_the_content() -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("statement.csv", "Date,Amount\n")
    assert [kind_of_workbook(one) for one in (plain.getvalue(), b"PK\x03\x04", b"Date,Amount\n", b"")] == [""] * 4
    assert kind_of_workbook(workbook_bytes(A={"A1": 1})) == "xlsx"
    with pytest.raises(UnknownFormat, match="no workbook"):
        read(plain.getvalue())
