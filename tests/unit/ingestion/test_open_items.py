"""Open items from CSV: every fault of a row is named, and a file with one stores nothing."""

from datetime import date

import pytest
from sqlmodel import select

from core.errors import ImportInUse, InvalidLines, UnknownFormat
from core.ingestion.evidence import original_bytes
from core.ingestion.importing import revert_import
from core.ingestion.item_rows import read_item_rows
from core.ingestion.open_items import list_open_items, preview_open_items, store_items_preview, store_open_items
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import ImportReceipt
from core.problems import Severity
from db.bulk import write_columns
from db.engine import unit_of_work
from models import FileStatus, ItemKind, Match, MatchKind, MatchStatus
from tests import builders
from tests.builders import Books

HEADER = "number,kind,counterparty,issued_on,due_on,amount,currency,reference,account_code"
INVOICE = "INV-1,invoice,Acme,2024-03-01,2024-03-31,120.50,USD,PO 7,8000"
BILL = "B-9,bill,Adobe,2024-03-05,,-99.90,,,6300"
CODES = frozenset({"8000", "6300"})


def items_file(*rows: str, header: str = HEADER, name: str = "items.csv") -> RawFile:
    return RawFile(name, "\n".join([header, *rows, ""]).encode())


def faults(*rows: str) -> list[tuple[int, str]]:
    _, problems = read_item_rows(items_file(*rows), "USD", CODES)
    return [(problem.row, problem.message) for problem in problems if problem.severity is Severity.ERROR]


def test_a_row_gives_an_item_with_its_amount_in_minor_units() -> None:
    (invoice, bill), problems = read_item_rows(items_file(INVOICE, BILL), "USD", CODES)
    assert problems == []
    assert (invoice.kind, invoice.number, invoice.amount_minor) == (ItemKind.INVOICE, "INV-1", 12_050)
    assert (invoice.issued_on, invoice.due_on) == (date(2024, 3, 1), date(2024, 3, 31))
    assert (bill.amount_minor, bill.currency, bill.due_on, bill.account_code) == (-9_990, "USD", None, "6300")


def test_columns_may_stand_in_any_order_and_with_semicolons() -> None:
    file = items_file(
        "8000;INV-1;12.00;Acme;Invoice;2024-03-01", header="account_code;number;Amount;counterparty;kind;issued on"
    )
    (item,), problems = read_item_rows(file, "USD", CODES)
    assert (item.amount_minor, item.kind, problems) == (1200, ItemKind.INVOICE, [])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("INV-1,receipt,Acme,2024-03-01,,1.00,,,8000", "the kind “receipt” is none of invoice, bill, payout, payroll"),
        (",invoice,Acme,2024-03-01,,1.00,,,8000", "the number is missing"),
        ("INV-1,invoice,Acme,03/01/2024,,1.00,,,8000", "the issued_on “03/01/2024” is no date such as 2024-01-31"),
        ("INV-1,invoice,Acme,2024-03-01,soon,1.00,,,8000", "the due_on “soon” is no date such as 2024-01-31"),
        ("INV-1,invoice,Acme,2024-03-01,,1.005,,,8000", "USD has 2 digits after the point"),
        ('INV-1,invoice,Acme,2024-03-01,,"1,005.00",,,8000', "it is not a number"),
        ("INV-1,invoice,Acme,2024-03-01,,0.00,,,8000", "the amount is zero"),
        ("INV-1,invoice,Acme,2024-03-01,,1E99,,,8000", "it is too large"),
        ("INV-1,invoice,Acme,2024-03-01,,1.00,XXZ,,8000", "“XXZ” is no currency"),
        ("INV-1,invoice,Acme,2024-03-01,,1.00,,,7999", "the chart has no account 7999 to book to"),
        ("INV-1,invoice,Acme,2024-03-01,,1.00,,", "the account_code is missing"),
    ],
)
def test_a_fault_is_named_with_its_row(row: str, message: str) -> None:
    (found,) = faults(INVOICE.replace("INV-1", "INV-0"), row)
    assert found[0] == 3
    assert message in found[1]


def test_a_number_that_stands_twice_in_a_file_is_a_fault() -> None:
    assert faults(INVOICE, BILL, INVOICE) == [(4, "invoice INV-1 stands in row 2 already")]


def test_a_bill_with_money_in_is_read_with_a_warning() -> None:
    _, (problem,) = read_item_rows(items_file(BILL.replace("-99.90", "99.90")), "USD", CODES)
    assert problem.severity is Severity.WARNING


def test_what_is_no_table_of_items_is_refused() -> None:
    with pytest.raises(UnknownFormat, match="counterparty"):
        read_item_rows(items_file("1,2", header="number,kind"), "USD", CODES)
    with pytest.raises(UnknownFormat):
        read_item_rows(RawFile("empty.csv", b""), "USD", CODES)
    with pytest.raises(InvalidLines):
        read_item_rows(items_file('INV-1,"invoice'), "USD", CODES)


def found_books() -> Books:
    with unit_of_work() as session:
        return builders.books(session)


def store(books: Books, file: RawFile) -> ImportReceipt:
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        return store_open_items(session, caller, books.company_id, file, write=write_columns, now=builders.NOW)


def numbers(books: Books) -> list[str]:
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        return [item.number for item in list_open_items(session, caller, books.company_id)]


def test_items_are_stored_once_whatever_file_brings_them(database: str) -> None:
    books = found_books()
    first = store(books, items_file(INVOICE))
    again = store(books, items_file(INVOICE, name="same.csv"))
    more = store(books, items_file(INVOICE.replace("120.50", "99.00"), BILL))
    assert [receipt.status for receipt in (first, again, more)] == ["stored", "duplicate", "stored"]
    assert (more.new_count, more.duplicate_count, more.line_count) == (1, 1, 2)
    assert (more.new_minor, more.duplicate_minor, more.lines_minor) == (-9_990, 9_900, -90)
    assert numbers(books) == ["INV-1", "B-9"]


def test_an_item_whose_amount_changed_is_pointed_out_and_stays(database: str) -> None:
    books = found_books()
    store(books, items_file(INVOICE))
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        preview = preview_open_items(session, caller, books.company_id, items_file(INVOICE.replace("120.50", "99.00")))
    (problem,) = preview.problems
    assert "120.50 USD" in problem.message


def test_a_file_with_one_faulty_row_stores_nothing_and_keeps_its_bytes(database: str) -> None:
    books, file = found_books(), items_file(INVOICE, BILL.replace("6300", "1"))
    receipt = store(books, file)
    assert receipt.status is FileStatus.REFUSED
    assert receipt.refusal.startswith("items.csv: row 3: the chart has no account 1")
    assert (receipt.refused_count, receipt.line_count) == (2, 2)
    assert numbers(books) == []
    with unit_of_work() as session:
        kept = original_bytes(session, builders.caller(books.company_id), books.company_id, receipt.file_id)
    assert kept == ("items.csv", file.content)


def test_a_preview_that_is_no_longer_true_is_not_stored(database: str) -> None:
    books = found_books()
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        preview = preview_open_items(session, caller, books.company_id, items_file(INVOICE, BILL))
    store(books, items_file(INVOICE))
    with unit_of_work() as session:
        receipt = store_items_preview(session, caller, books.company_id, preview, write=write_columns, now=builders.NOW)
    assert "Look at the preview again" in receipt.refusal
    assert numbers(books) == ["INV-1"]


@pytest.mark.parametrize("status", [MatchStatus.SUGGESTED, MatchStatus.CONFIRMED])
def test_items_can_be_taken_back_unless_one_is_matched(database: str, status: MatchStatus) -> None:
    books = found_books()
    receipt = store(books, items_file(INVOICE, BILL))
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        item = list_open_items(session, caller, books.company_id)[0]
        line = builders.transaction(session, books, amount_minor=12_050)
        builders.match(session, books, line, item, kind=MatchKind.SETTLEMENT, status=status)
    if status is MatchStatus.CONFIRMED:
        with pytest.raises(ImportInUse, match="INV-1"), unit_of_work() as session:
            revert_import(session, caller, books.company_id, receipt.file_id, now=builders.NOW, write=write_columns)
        assert numbers(books) == ["INV-1", "B-9"]
        return
    with unit_of_work() as session:
        revert_import(session, caller, books.company_id, receipt.file_id, now=builders.NOW, write=write_columns)
        assert session.exec(select(Match)).all() == []
    assert numbers(books) == []
    assert store(books, items_file(INVOICE, BILL)).new_count == 2
