"""The Upload page: what is previewed is what is stored, one bad file stops no other, and each way back works."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import col, func, select
from streamlit.testing.v1 import AppTest

from core.verifying import verify_books
from db.engine import snapshot, unit_of_work
from models import (
    BankAccount,
    BankAccountKind,
    FileStatus,
    ItemStatus,
    JournalEntry,
    Layout,
    OpenItem,
    Role,
    StatementFile,
    Transaction,
)
from tests import builders

SHELL = Path(__file__).parents[2] / "ui/shell.py"

GOOD = b"Date,Description,Amount,Balance\n2026-10-01,COFFEE BEANS,-120.00,880.00\n2026-10-02,SALES,900.00,1780.00\n"
LATER = b"Date,Description,Amount,Balance\n2026-10-02,SALES,900.00,1780.00\n2026-10-03,RENT,-500.00,1280.00\n"
BROKEN = b"Date,Description,Amount\n2026-10-01,BEANS,-1.00\n2026-13-45,RENT,-2.00\n2026-10-03,SALES,9.00\n"
OPEN_DATES = b"Date,Description,Amount\n10/03/2026,SQUARE,2140.90\n10/07/2026,COMCAST,-45.00\n03/10/2026,WEB,-318.55\n"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"
ITEMS = (
    b"number,kind,counterparty,issued_on,due_on,amount,currency,reference,account_code\n"
    b"INV-1,invoice,Blue Cafe,2026-09-01,2026-09-30,1200.00,USD,,8000\n"
)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_FOLDER", str(tmp_path / "var"))


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, name="Hamilton Coffee Co.")


def opened(sign_in_as, books: builders.Books, role: Role = Role.MANAGER) -> AppTest:
    sign_in_as(role, books.company_id)
    page = check(AppTest.from_file(SHELL, default_timeout=30).run())
    return check(page.switch_page("../pages/upload.py").run())


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def drop(page: AppTest, **files: bytes) -> AppTest:
    """Names with __ for the dot: may__csv."""
    named = [(name.replace("__", "."), content, "text/csv") for name, content in files.items()]
    return check(page.file_uploader[0].set_value(named).run())


def press(page: AppTest, label: str) -> AppTest:
    (found,) = [each for each in page.button if each.label == label]
    return check(found.click().run())


def choose(page: AppTest, segment: str) -> AppTest:
    return check(page.segmented_control(key="upload_segment").set_value(segment).run())


def sums(page: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in page.metric if each.label not in ("plus", "equals")}


def heads(page: AppTest) -> list[str]:
    return [each.label.replace("\\", "") for each in page.expander]


def count_of(table: type, **equal: object) -> int:
    with snapshot() as session:
        conditions = [getattr(table, name) == value for name, value in equal.items()]
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def assert_the_books_hold(books: builders.Books) -> None:
    with snapshot() as session:
        found = verify_books(session, builders.caller(books.company_id), [books.company_id])
    assert not found.violations


def test_three_files_of_which_one_has_invalid_dates_lose_nothing_and_double_nothing(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), may__csv=GOOD, june__csv=LATER, bad__csv=BROKEN)

    assert count_of(StatementFile) == count_of(Transaction) == 0  # a look stores nothing
    assert sums(page) == {"Lines in 3 files": "7", "New": "3", "Already stored": "1", "Refused": "3"}
    assert [each.title for each in page.error] == ["Nothing was stored from this file"]
    assert "row 3: the date “2026-13-45” is no date" in page.error[0].value.replace("\\", "")

    page = press(page, "Store 3 new lines")
    assert sums(page) == {"Lines in 3 files": "7", "New, stored": "3", "Already stored": "1", "Refused": "3"}
    assert count_of(Transaction) == count_of(JournalEntry) == 3
    with snapshot() as session:
        rows = session.exec(select(StatementFile.name, StatementFile.status, StatementFile.content)).all()
    assert sorted(rows) == [
        ("bad.csv", FileStatus.REFUSED, BROKEN), ("june.csv", FileStatus.STORED, LATER),
        ("may.csv", FileStatus.STORED, GOOD),
    ]  # fmt: skip
    assert_the_books_hold(books)

    again = drop(page, may__csv=GOOD)
    assert sums(again) == {"Lines in 1 file": "2", "New": "0", "Already stored": "2", "Refused": "0"}
    assert "Already stored" in heads(again)[0]


def test_the_receipt_is_told_in_money_too(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), may__csv=GOOD, june__csv=LATER)
    (told,) = [each.value.replace("\\", "") for each in page.caption if "In money" in each.value]
    assert told == "In money, USD: 1,180.00 = 280.00 new + 900.00 already stored + 0.00 refused"


def test_an_ambiguous_file_asks_and_the_answer_is_used_and_saved(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), export__csv=OPEN_DATES, scan__pdf=PDF)
    assert "Needs an answer" in heads(page)[0]
    assert {"Day first", "Month first"} <= {each.label for each in page.button}
    read = [each.value["Read as"].tolist() for each in page.dataframe if "Read as" in each.value]
    assert read == [
        [date(2026, 3, 10), date(2026, 7, 10), date(2026, 10, 3)],
        [date(2026, 10, 3), date(2026, 10, 7), date(2026, 3, 10)],
    ]
    page = press(page, "Month first")
    page = press(page, "Store 3 new lines")
    with snapshot() as session:
        days = session.exec(select(Transaction.booked_on).order_by(col(Transaction.row))).all()
        (layout,) = session.exec(select(Layout.definition)).all()
    assert days == [date(2026, 10, 3), date(2026, 10, 7), date(2026, 3, 10)]
    assert layout["date_order"] == "MDY"

    another = OPEN_DATES.replace(b"10/07", b"10/08")
    assert "Needs an answer" not in heads(drop(page, next__csv=another))[0]


def test_a_file_that_waits_for_an_answer_stays_while_the_others_are_stored(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), export__csv=OPEN_DATES, may__csv=GOOD)
    page = press(page, "Store 2 new lines")
    assert count_of(Transaction) == 2
    assert ["Needs an answer" in head for head in heads(page)].count(True) == 1
    page = press(page, "Day first")
    page = press(page, "Store 3 new lines")
    assert count_of(Transaction) == 5


def test_where_the_bank_account_is_unclear_it_is_asked_and_can_be_created_in_place(sign_in_as, books) -> None:
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="1020", name="Savings", type="asset", role="bank")
        builders.bank_account(session, ledger, code="savings", name="Savings")
    page = drop(opened(sign_in_as, books), may__csv=GOOD)
    assert "Needs an answer" in heads(page)[0]
    page = press(page, "New bank account")
    page.text_input(key="upload_account_name").set_value("Amex")
    page.selectbox(key="upload_account_kind").set_value(BankAccountKind.CARD)
    page = press(page, "Add the account")
    page = press(page, "Store 2 new lines")
    with snapshot() as session:
        (amex,) = session.exec(select(BankAccount.id).where(BankAccount.name == "Amex")).all()
    assert count_of(Transaction, bank_account_id=amex) == 2


def test_a_bookkeeper_may_choose_but_not_add_a_bank_account(sign_in_as, books) -> None:
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="1020", name="Savings", type="asset", role="bank")
        savings: UUID = builders.bank_account(session, ledger, code="savings", name="Savings").id
    page = drop(opened(sign_in_as, books, Role.BOOKKEEPER), may__csv=GOOD)
    assert "New bank account" not in [each.label for each in page.button]
    (picker,) = [each for each in page.selectbox if each.label == "Bank account"]
    page = check(picker.set_value(savings).run())
    page = press(page, "Store 2 new lines")
    assert count_of(Transaction, bank_account_id=savings) == 2


def test_lines_that_came_in_meanwhile_are_not_stored_twice_and_the_file_is_looked_at_again(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), may__csv=GOOD)
    colleague = press(drop(opened(sign_in_as, books), june__csv=LATER), "Store 2 new lines")
    assert count_of(Transaction) == 2
    page = press(page, "Store 2 new lines")
    assert any("the books changed" in each.value for each in page.error)
    assert count_of(Transaction) == 2
    page = press(page, "Store 1 new line")
    assert count_of(Transaction) == 3
    assert not colleague.exception


def test_an_import_is_taken_back_after_a_question_and_can_come_again(sign_in_as, books) -> None:
    page = press(drop(opened(sign_in_as, books), may__csv=GOOD), "Store 2 new lines")
    page = press(page, "Take back this import")
    assert count_of(Transaction, reverted_at=None) == 2  # only asked so far
    page = press(page, "Take back 2 lines")
    assert count_of(Transaction, reverted_at=None) == 0
    assert_the_books_hold(books)
    table = choose(page, "Earlier imports").dataframe[0].value
    assert table["File"].tolist() == ["may.csv"]
    assert table["State"].tolist() == [["Taken back"]]
    page = press(drop(choose(page, "Bank files"), may__csv=GOOD), "Store 2 new lines")
    assert count_of(Transaction, reverted_at=None) == 2


def test_open_items_are_previewed_then_stored(sign_in_as, books) -> None:
    page = choose(opened(sign_in_as, books), "Open items")
    page = drop(page, items__csv=ITEMS, bad__csv=ITEMS.replace(b"2026-09-01", b"2026-09-41"))
    assert count_of(OpenItem) == 0
    assert "the date “2026-09-41” is no date" in page.error[0].value.replace("\\", "")
    page = press(page, "Store 1 new item")
    assert count_of(OpenItem, status=ItemStatus.OPEN) == 1
    assert page.success[0].value.startswith("1 new item stored, 1 file refused")
    assert listed_numbers(page) == ["INV-1"]


def listed_numbers(page: AppTest) -> list[str]:
    return [number for each in page.dataframe if "Booked to" in each.value for number in each.value["Number"]]


BILLS = b"Vendor,Bill No.,Bill Date,Due Date,Amount\nAdobe,A-1,03/04/2026,04/05/2026,99.90\n"


def test_a_bill_list_of_another_program_is_asked_about_and_remembered(sign_in_as, books) -> None:
    page = drop(choose(opened(sign_in_as, books), "Open items"), bills__csv=BILLS)
    assert "Needs an answer" in heads(page)[0]
    page = press(page, "Month first")
    assert "to which account each bill is booked" in page.markdown[-1].value or any(
        "to which account each bill is booked" in each.value for each in page.markdown
    )
    (picker,) = [each for each in page.selectbox if each.label == "Bill booked to"]
    page = check(picker.set_value("6300").run())
    page = press(page, "Read it so")
    page = press(page, "Store 1 new item")
    with snapshot() as session:
        stored = session.exec(select(OpenItem.amount_minor, OpenItem.issued_on)).all()
    assert stored == [(-9_990, date(2026, 3, 4))]
    page = drop(page, next__csv=BILLS.replace(b"A-1", b"A-2"))
    assert "Ready to store" in heads(page)[0]


def test_columns_are_mapped_by_hand_with_the_outcome_in_sight(sign_in_as, books) -> None:
    odd = b"Kto,Was,Ref X,Wert\nAcme,2026-03-04,A-1,99.90\nZeta,2026-03-05,A-2,10.00\n"
    page = drop(choose(opened(sign_in_as, books), "Open items"), odd__csv=odd)
    page = press(page, "Map the columns by hand")
    for label, at in (("Number", 2), ("Counterparty", 0), ("Issued", 1), ("Whole amount", 3)):
        (field,) = [each for each in page.selectbox if each.label == label]
        page = check(field.set_value(at).run())
    (kind,) = [each for each in page.selectbox if each.label == "All rows are"]
    page = check(kind.set_value("invoice").run())
    (account,) = [each for each in page.selectbox if each.label == "Invoice booked to"]
    page = check(account.set_value("8000").run())
    page = press(page, "Use this mapping")
    page = press(page, "Store 2 new items")
    assert count_of(OpenItem, status=ItemStatus.OPEN) == 2


def test_an_item_is_added_changed_removed_and_put_back_by_hand(sign_in_as, books) -> None:
    page = press(choose(opened(sign_in_as, books), "Open items"), "Add an item")
    page.text_input(key="item_new_number").set_value("INV-7")
    page.text_input(key="item_new_party").set_value("Blue Cafe")
    page.text_input(key="item_new_amount").set_value("1,200.50")
    page.selectbox(key="item_new_account").set_value(books.revenue.id)
    page = press(page, "Add the item")
    assert "The item was added" in page.success[0].value
    with snapshot() as session:
        (stored,) = session.exec(select(OpenItem.amount_minor)).all()
    assert stored == 120_050
    page = press(choose(page, "Open items"), "Add an item")
    page = press(page, "Add the item")
    assert any("needs a number" in each.value or "Choose the account" in each.value for each in page.error)
    assert count_of(OpenItem) == 1
    assert_the_books_hold(books)


def test_files_that_do_not_fit_are_named(sign_in_as, books, monkeypatch) -> None:
    monkeypatch.setattr("ui.upload_desk.MOST_FILES", 1)
    page = drop(opened(sign_in_as, books), may__csv=GOOD, june__csv=LATER)
    assert "june.csv" in page.warning[0].value.replace("\\", "")
    assert sums(page)["Lines in 1 file"] == "2"


def test_the_calendar_says_which_months_are_missing_and_what_to_do(sign_in_as, books) -> None:
    page = choose(opened(sign_in_as, books), "Calendar")
    assert "No statement yet" in " ".join(one.value for one in page.markdown)
    for month in (1, 3):
        with unit_of_work() as session:
            file = builders.statement_file(session, books, name=f"{month}.csv", new_count=1)
            builders.transaction(session, books, file=file, amount_minor=0, booked_on=date(2024, month, 10))
            builders.reconciliation(
                session, books, file, first_on=date(2024, month, 1), last_on=date(2024, month, 30),
                opening_minor=month * 100, closing_minor=month * 100, lines_minor=0, line_count=1,
            )  # fmt: skip
    check(page.run())
    row = page.dataframe[0].value.iloc[0]
    assert (row["Bank account"], list(row["Jan"]), list(row["Feb"])) == ("Checking", ["Proved"], ["No file"])
    sentences = " ".join(one.value for one in page.markdown)
    assert "Jan 31 to Feb 29, 2024: no statement for 30 days, and the balance moved by \\$2.00" in sentences
