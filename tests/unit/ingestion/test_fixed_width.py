"""Printed statements whose columns nothing but their positions parts."""

import os
from pathlib import Path

import pytest

from core.errors import StatementRefused
from core.ingestion.formats.fixed_width import FixedWidth
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import FORMATS, read_statement
from core.problems import Severity

ROOT = Path(__file__).parents[3]
COPIED = ROOT / "tests" / "data" / "statements"
COLLECTION = Path(os.environ.get("STATEMENT_COLLECTION", ROOT.parent / "shared" / "data")) / "statements"

PRINT = """\
First Bank of Somewhere            Account statement

Date        Description                    Withdrawals     Deposits        Balance
----------  -----------------------------  -----------  -----------  -------------
01/15/2024  Rent May                            800.00                    1,200.00
01/16/2024  Sale of goods to a customer                      50.00        1,250.00
            in Boston
01/17/2024  Coffee                                3.50                    1,246.50
01/31/2024  Interest                                          1.00        1,247.50
"""
BARE = "\n".join(
    f"2024-03-{day:02} Card payment {day * 7:<6} {-day * 1.25:10.2f} {1000 - day * (day + 1) / 2 * 1.25:12.2f}"
    for day in range(1, 20)
)


def printed(text: str) -> RawFile:
    return RawFile("print.txt", text.encode())


def test_a_print_with_title_header_ruler_and_wrapped_lines_is_read_and_proved_by_its_balance() -> None:
    statement = read_statement(printed(PRINT), currency="USD")
    assert [
        (line.row, line.booked_on.isoformat(), line.amount_minor, line.description) for line in statement.lines
    ] == [
        (5, "2024-01-15", -80000, "Rent May"),
        (6, "2024-01-16", 5000, "Sale of goods to a customer in Boston"),
        (8, "2024-01-17", -350, "Coffee"),
        (9, "2024-01-31", 100, "Interest"),
    ]
    assert (statement.format, statement.accounts[0].proved) == ("fixed-width", True)


def test_columns_without_a_header_are_told_by_the_positions_that_are_blank_in_every_row() -> None:
    statement = read_statement(printed(BARE), currency="EUR")
    assert [line.amount_minor for line in statement.lines] == [-125 * day for day in range(1, 20)]
    assert statement.accounts[0].proved


def test_a_print_that_uses_tabs_and_page_breaks_is_read_alike() -> None:
    rows = PRINT.splitlines(keepends=True)
    paged = "".join([*rows[:6], "\f", *rows[6:]])
    plain = [(line.amount_minor, line.description) for line in read_statement(printed(PRINT)).lines]
    assert [(line.amount_minor, line.description) for line in read_statement(printed(paged)).lines] == plain


def test_a_saved_layout_reads_the_next_print_alike() -> None:
    first = read_statement(printed(PRINT), currency="USD")
    assert read_statement(printed(PRINT), Layout.from_dict(first.layout), "USD").accounts == first.accounts


@pytest.mark.parametrize(
    "text",
    [
        "On 01/02/2024 we paid 12.00 dollars for it.\n02/02/2024 was a  day with 13.00 in it, and more words\n" * 5,
        "01/02/2024 we went out  and paid 12.00\n",
        "2024-01-02  one column\n2024-01-03  of days\n" * 9,
        "",
    ],
)
def test_prose_is_not_taken_for_a_print(text: str) -> None:
    with pytest.raises(StatementRefused):
        read_statement(printed(text))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_goes_before_positions_even_where_cells_are_padded(delimiter: str) -> None:
    rows = [
        ("2024-01-15", "Rent   ", " -800.00"),
        ("2024-01-16", "Sale   ", "   50.00"),
        ("2024-01-17", "Tea", " -3.50"),
    ]
    file = printed("\n".join(delimiter.join(f"{cell:<14}" for cell in row) for row in rows))
    assert [form.name for form in FORMATS if form.recognises(file)] == ["csv"]


@pytest.mark.parametrize("path", sorted(COPIED.glob("*.*")), ids=lambda path: path.name)
def test_no_copied_file_of_another_format_is_taken_for_a_print(path: Path) -> None:
    assert not FixedWidth().recognises(RawFile(path.name, path.read_bytes()))


@pytest.mark.shared_data
@pytest.mark.skipif(not COLLECTION.is_dir(), reason="the collection of statements is not here")
def test_no_file_of_the_collection_is_taken_for_a_print_or_by_two_formats() -> None:
    claimed: dict[str, list[str]] = {}
    for path in sorted(COLLECTION.iterdir()):
        file = RawFile(path.name, path.read_bytes())
        claimed[path.name] = [form.name for form in FORMATS if form.recognises(file)]
    assert not [name for name, forms in claimed.items() if "fixed-width" in forms or len(forms) > 1]


DAYS = range(1, 15)


@pytest.mark.parametrize(("amount", "minor"), [("1234567890", 123_456_789_000), ("x1234567.00", None)])
def test_an_amount_wider_than_its_column_is_never_cut_in_two(amount: str, minor: int | None) -> None:
    rows = [
        f"2024-01-{day:02}  {'RENT' if day % 2 else 'SALE OF GOODS':<18}{f'-{day}0.00':>12}" for day in range(1, 15)
    ]
    wide = f"2024-01-20  {'SALE OF GOODS':<18}{amount:>12}"
    statement = read_statement(RawFile("printed.txt", "\n".join([*rows, wide, ""]).encode()), None, "USD")
    assert [line.amount_minor for line in statement.lines if line.row == 15] == ([] if minor is None else [minor])
    assert bool([one for one in statement.problems if one.severity is Severity.ERROR]) is (minor is None)


def test_blanks_between_thousands_part_no_columns() -> None:
    amounts = ["-950.00"] * 13 + ["1 234 567.00"]
    rows = [f"2024-01-{day:02}  {'SALE OF GOODS':<18}{amount:>14}" for day, amount in enumerate(amounts, 1)]
    statement = read_statement(RawFile("printed.txt", "\n".join([*rows, ""]).encode()), None, "USD")
    assert [line.amount_minor for line in statement.lines] == [-95_000] * 13 + [123_456_700]
