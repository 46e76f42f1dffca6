"""Open items from files: every fault of a row is named, a file with one stores nothing, each item is stored once."""

from datetime import date
from time import process_time

import pytest
from sqlmodel import select

from core.errors import AmbiguousStatement, ImportInUse, ItemsUnclear, NoTable
from core.ingestion.evidence import original_bytes
from core.ingestion.importing import revert_import
from core.ingestion.items.layout import ItemLayout
from core.ingestion.items.listing import ItemFilter, ListedItem, list_items
from core.ingestion.items.previewing import OpenItemsPreview, preview_open_items
from core.ingestion.open_items import store_items_preview, store_open_items
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import ImportReceipt
from core.problems import Severity
from db.bulk import write_columns
from db.engine import unit_of_work
from models import FileStatus, ItemKind, Match, MatchKind, MatchMember, MatchStatus, OpenItem
from tests import builders
from tests.builders import Books
from tests.unit.ingestion.items_reading import read

HEADER = "number,kind,counterparty,issued_on,due_on,amount,currency,reference,account_code"
INVOICE = "INV-1,invoice,Acme,2024-03-01,2024-03-31,120.50,USD,PO 7,8000"
BILL = "B-9,bill,Adobe,2024-03-05,,-99.90,,,6300"


def items_file(*rows: str, header: str = HEADER, name: str = "items.csv") -> RawFile:
    return RawFile(name, "\n".join([header, *rows, ""]).encode())


def faults(*rows: str) -> list[tuple[int, str]]:
    problems = read(items_file(*rows)).problems
    return [(problem.row, problem.message) for problem in problems if problem.severity is Severity.ERROR]


def test_a_row_gives_an_item_with_its_amount_in_minor_units() -> None:
    found = read(items_file(INVOICE, BILL))
    invoice, bill = found.items
    assert found.problems == ()
    assert (invoice.kind, invoice.number, invoice.amount_minor) == (ItemKind.INVOICE, "INV-1", 12_050)
    assert (invoice.issued_on, invoice.due_on) == (date(2024, 3, 1), date(2024, 3, 31))
    assert (bill.amount_minor, bill.currency, bill.due_on, bill.account_code) == (-9_990, "USD", None, "6300")


def test_columns_may_stand_in_any_order_and_with_semicolons() -> None:
    file = items_file(
        "8000;INV-1;12.00;Acme;Invoice;2024-03-01", header="account_code;number;Amount;counterparty;kind;issued on"
    )
    (item,) = read(file).items
    assert (item.amount_minor, item.kind) == (1200, ItemKind.INVOICE)


def test_a_number_that_stands_in_thousands_of_rows_takes_no_minutes() -> None:
    rows = [f"INV-1,invoice,{'Acme' if at % 2 else 'Deli'},2024-03-01,,1.00,USD,,8000" for at in range(8_000)]
    began = process_time()
    found = read(items_file(*rows), ItemLayout(repeats="same"))
    assert process_time() - began < 4
    assert (len(found.items), found.faulty_count) == (1, 4_000)


def test_rows_of_nothing_but_an_amount_below_thousands_of_items_take_no_minutes() -> None:
    rows = [f"INV-{at},invoice,Acme,2024-03-01,,1.00,USD,,8000" for at in range(10_100)]
    began = process_time()
    found = read(items_file(*rows, *[",,,,,10100.00,,,"] * 10_000))
    assert process_time() - began < 5
    assert (len(found.items), found.passed_over) == (10_100, 10_000)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("INV-1,parcel,Acme,2024-03-01,,1.00,,,8000", "the kind “parcel” is none of invoice, bill, payout, payroll"),
        (",invoice,Acme,2024-03-01,,1.00,,,8000", "the number is missing"),
        ("INV-1,invoice,,2024-03-01,,1.00,,,8000", "the counterparty is missing"),
        ("INV-1,invoice,Acme,2024-02-30,,1.00,,,8000", "the date “2024-02-30” is no date from 1970 to 2099"),
        ("INV-1,invoice,Acme,2024-03-01,soon,1.00,,,8000", "the due date “soon” is no date from 1970 to 2099"),
        ("INV-1,invoice,Acme,2024-03-01,,1.005,,,8000", "the amount is finer than USD, which has 2 decimals"),
        ("INV-1,invoice,Acme,2024-03-01,,0.00,,,8000", "the amount is zero"),
        ("INV-1,invoice,Acme,2024-03-01,,,,,8000", "the amount is missing"),
        ("INV-1,invoice,Acme,2024-03-01,,1E99,,,8000", "“1E99” is no amount"),
        ("INV-1,invoice,Acme,2024-03-01,,1.00,XXZ,,8000", "“XXZ” is no currency"),
        ("INV-1,invoice,Acme,2024-03-01,,1.00,,,7999", "the chart has no account 7999 to book to"),
        ("INV-1,invoice,Acme,2024-03-01,,1.00,,", "the account is missing"),
    ],
)
def test_a_fault_is_named_with_its_row(row: str, message: str) -> None:
    (found,) = faults(INVOICE.replace("INV-1", "INV-0"), INVOICE.replace("INV-1", "INV-00"), row)
    assert found[0] == 4
    assert message in found[1]


def test_a_month_13_is_a_fault_of_its_row_and_no_reason_to_read_days_as_months() -> None:
    assert faults(INVOICE, BILL.replace("2024-03-05", "2024-13-05")) == [
        (3, "the date “2024-13-05” is no date from 1970 to 2099")
    ]


def test_a_number_that_stands_twice_is_asked_about() -> None:
    with pytest.raises(AmbiguousStatement, match="INV-1 stands in row 2 and again in row 4"):
        read(items_file(INVOICE, BILL, INVOICE))
    parts = read(items_file(INVOICE, BILL, INVOICE), ItemLayout(repeats="sum"))
    assert [item.amount_minor for item in parts.items] == [24_100, -9_990]
    same = read(items_file(INVOICE, BILL, INVOICE), ItemLayout(repeats="same"))
    assert [item.amount_minor for item in same.items] == [12_050, -9_990]


def test_what_is_no_table_of_items_is_refused() -> None:
    with pytest.raises(ItemsUnclear, match="which column holds the date"):
        read(items_file("1,2,3.00", header="number,kind,amount"))
    with pytest.raises(NoTable):
        read(RawFile("empty.csv", b""))
    with pytest.raises(NoTable):
        read(RawFile("letter.txt", b"Dear Sir,\nplease pay.\n"))


def found_books() -> Books:
    with unit_of_work() as session:
        return builders.books(session)


def store(books: Books, file: RawFile) -> ImportReceipt:
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        return store_open_items(session, caller, books.company_id, file, write=write_columns, now=builders.NOW)


def listed(books: Books) -> tuple[ListedItem, ...]:
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        return list_items(session, caller, books.company_id, ItemFilter(), today=builders.DAY).items


def numbers(books: Books) -> list[str]:
    return sorted((item.number for item in listed(books)), reverse=True)


def preview(books: Books, file: RawFile, answer: ItemLayout | None = None) -> OpenItemsPreview:
    with unit_of_work() as session:
        return preview_open_items(session, builders.caller(books.company_id), books.company_id, file, answer)


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
    (problem,) = preview(books, items_file(INVOICE.replace("120.50", "99.00"))).problems
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
    looked_at = preview(books, items_file(INVOICE, BILL))
    store(books, items_file(INVOICE))
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        receipt = store_items_preview(
            session, caller, books.company_id, looked_at, write=write_columns, now=builders.NOW
        )
    assert "Look at the preview again" in receipt.refusal
    assert numbers(books) == ["INV-1"]


@pytest.mark.parametrize("status", [MatchStatus.SUGGESTED, MatchStatus.CONFIRMED])
def test_items_can_be_taken_back_unless_one_is_matched(database: str, status: MatchStatus) -> None:
    books = found_books()
    receipt = store(books, items_file(INVOICE, BILL))
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        item = session.exec(select(OpenItem).where(OpenItem.number == "INV-1")).one()
        line = builders.transaction(session, books, amount_minor=12_050)
        builders.match(session, books, line, item, kind=MatchKind.SETTLEMENT, status=status)
    if status is MatchStatus.CONFIRMED:
        with pytest.raises(ImportInUse, match="INV-1"), unit_of_work() as session:
            revert_import(session, caller, books.company_id, receipt.file_id, now=builders.NOW, write=write_columns)
        assert numbers(books) == ["B-9"]  # the other one is settled, and still there
        return
    with unit_of_work() as session:
        revert_import(session, caller, books.company_id, receipt.file_id, now=builders.NOW, write=write_columns)
        assert session.exec(select(Match.status)).all() == [MatchStatus.DISMISSED]
        assert session.exec(select(MatchMember)).all() == []
    assert numbers(books) == []
    assert store(books, items_file(INVOICE, BILL)).new_count == 2


BILLS = "Vendor,Bill No.,Bill Date,Due Date,Amount\n"


def test_a_layout_is_asked_for_once_and_known_again(database: str) -> None:
    books = found_books()
    january = RawFile("jan.csv", (BILLS + "Adobe,A-1,2025-01-02,2025-02-01,99.90\n").encode())
    first = preview(books, january)
    assert isinstance(first.error, ItemsUnclear)
    assert first.error.missing == ["to which account each bill is booked"]
    answered = preview(books, january, ItemLayout(accounts={"bill": "6300"}))
    assert [item.account_code for item in answered.new_items] == ["6300"]
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        store_items_preview(session, caller, books.company_id, answered, write=write_columns, now=builders.NOW)
    later = preview(books, RawFile("feb.csv", (BILLS + "Adobe,A-2,03/02/2025,03/03/2025,12.00\n").encode()))
    assert isinstance(later.error, AmbiguousStatement)  # the saved date order does not fit any more
    later = preview(books, RawFile("feb.csv", (BILLS + "Adobe,A-2,2025-02-03,2025-03-05,12.00\n").encode()))
    assert later.is_known_layout
    assert [item.amount_minor for item in later.new_items] == [-1_200]


def test_the_receipt_adds_up_and_names_what_was_left_out(database: str) -> None:
    books = found_books()
    rows = (
        "number,kind,counterparty,issued_on,amount,account_code,status\n"
        "1,invoice,Acme,2025-01-02,10.00,8000,open\n"
        "2,invoice,Acme,2025-01-03,20.00,8000,paid\n"
        "3,invoice,Acme,2025-01-04,40.00,8000,void\n"
        "Total,,,,70.00,,\n"
    )
    found = preview(books, RawFile("list.csv", rows.encode()))
    assert [problem.message for problem in found.problems] == [
        "1 row (20.00 USD) is paid already, and left out.",
        "1 row (40.00 USD) is void, a draft or failed, and left out.",
    ]
    receipt = store(books, RawFile("list.csv", rows.encode()))
    assert (receipt.new_count, receipt.line_count, receipt.lines_minor) == (1, 1, 1_000)


def test_a_removed_item_stays_removed_when_a_later_file_brings_it(database: str) -> None:
    books = found_books()
    store(books, items_file(INVOICE))
    with unit_of_work() as session:
        item = session.exec(select(OpenItem)).one()
        item.removed_at = builders.NOW
        session.add(item)
    again = preview(books, items_file(INVOICE, BILL))
    assert again.is_new == (False, True)
    assert "stays removed" in again.problems[0].message
