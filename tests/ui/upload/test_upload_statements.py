"""The Upload page with bank files: what is previewed is what is stored, and one bad file stops no other."""

import io
import zipfile
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from db.engine import snapshot, unit_of_work
from models import (
    BankAccount,
    BankAccountKind,
    FileStatus,
    JournalEntry,
    Layout,
    Role,
    StatementFile,
    Transaction,
)
from tests import builders
from tests.ui.upload.page import (
    BROKEN,
    GOOD,
    LATER,
    OPEN_DATES,
    PDF,
    PLAIN,
    UNLIKE,
    assert_the_books_hold,
    check,
    choose,
    count_of,
    drop,
    heads,
    look_into,
    opened,
    pick,
    press,
    submit,
    sums,
    told,
)


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
        [date(2026, 5, 4), date(2026, 4, 5)],
        [date(2026, 4, 5), date(2026, 5, 4)],
    ]
    page = press(page, "Month first")
    page = press(page, "Store 2 new lines")
    with snapshot() as session:
        days = session.exec(select(Transaction.booked_on).order_by(col(Transaction.row))).all()
        (layout,) = session.exec(select(Layout.definition)).all()
    assert days == [date(2026, 4, 5), date(2026, 5, 4)]
    assert layout["date_order"] == "MDY"

    another = drop(page, next__csv=OPEN_DATES.replace(b"COMCAST", b"VERIZON"))
    assert "Needs an answer" not in heads(another)[0]
    assert ["Date", "Date", "as last time: month first"] in [row for each in another.table for row in told(each)]


def test_a_file_that_waits_for_an_answer_stays_while_the_others_are_stored(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), export__csv=OPEN_DATES, may__csv=GOOD)
    page = press(page, "Store 2 new lines")
    assert count_of(Transaction) == 2
    assert ["Needs an answer" in head for head in heads(page)].count(True) == 1
    page = press(page, "Day first")
    page = press(page, "Store 2 new lines")
    assert count_of(Transaction) == 4


def test_files_with_the_same_header_and_question_are_answered_together(sign_in_as, books) -> None:
    may, june = OPEN_DATES, OPEN_DATES.replace(b"04/05", b"06/07").replace(b"05/04", b"07/06")
    other = OPEN_DATES.replace(b"Description", b"Payee")
    page = drop(opened(sign_in_as, books), may__csv=may, june__csv=june, other__csv=other)
    assert [each.label for each in page.button].count("Month first") == 2  # once for may and june, once for the other
    assert any("The same question as **may.csv**" in each.value.replace("\\", "") for each in page.markdown)
    page = check(next(each for each in page.button if each.label == "Month first").click().run())
    assert ["Needs an answer" in head for head in heads(page)] == [False, False, True]


def test_a_file_answered_for_itself_alone_leaves_the_others_asking(sign_in_as, books) -> None:
    june = OPEN_DATES.replace(b"04/05", b"06/07").replace(b"05/04", b"07/06")
    page = drop(opened(sign_in_as, books), may__csv=OPEN_DATES, june__csv=june)
    page = check(page.checkbox[0].uncheck().run())
    page = check(next(each for each in page.button if each.label == "Day first").click().run())
    assert ["Needs an answer" in head for head in heads(page)] == [False, True]


def test_readings_stand_beside_each_other_with_what_each_would_bring(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), may__csv=OPEN_DATES.replace(b"05/04", b"11/05"))
    day_first, month_first = [dict(row) for row in map(told, page.table)]
    assert day_first["Period"] == "May 4 to 11, 2026"
    assert month_first["Period"] == "Apr 5 to Nov 5, 2026"
    assert day_first["Money in"] == month_first["Money in"] == "2,140.90"


def test_a_row_that_cannot_be_read_is_left_out_only_where_a_person_says_so(sign_in_as, books) -> None:
    page = press(drop(opened(sign_in_as, books), bad__csv=BROKEN), "Store 2 readable lines without 1 faulty row")
    assert sums(page) == {"Lines in 1 file": "3", "New": "2", "Already stored": "0", "Refused": "1"}
    page = press(page, "Store 2 new lines")
    assert count_of(Transaction) == 2
    mended = drop(page, mended__csv=BROKEN.replace(b"2026-13-45", b"2026-10-02"))
    assert sums(mended) == {"Lines in 1 file": "3", "New": "1", "Already stored": "2", "Refused": "0"}


def test_a_choice_to_leave_rows_out_can_be_taken_back(sign_in_as, books) -> None:
    page = press(drop(opened(sign_in_as, books), bad__csv=BROKEN), "Store 2 readable lines without 1 faulty row")
    page = press(look_into(page, "bad.csv"), "Keep the whole file back")
    assert sums(page)["Refused"] == "3"


def test_a_doubtful_line_is_shown_beside_the_stored_one_and_decided(sign_in_as, books) -> None:
    page = press(drop(opened(sign_in_as, books), may__csv=PLAIN), "Store 2 new lines")
    page = drop(page, other__csv=UNLIKE)
    assert "1 line in doubt" in heads(page)[0]
    (pair,) = [told(each) for each in page.table if "In the books" in str(told(each))]
    assert [row[3] for row in pair] == ["BEANS AND MORE", "COFFEE ROASTERY"]
    assert sums(page)["New"] == "2"  # as long as nobody says otherwise
    (decision,) = [each for each in page.segmented_control if each.label == "Row 2"]
    page = check(decision.set_value("It is new").run())
    assert "Ready to store" in heads(page)[0]  # saying what it counts as anyway settles it too
    page = look_into(page, "other.csv")
    (decision,) = [each for each in page.segmented_control if each.label == "Row 2"]
    page = check(decision.set_value("It is the stored one").run())
    assert sums(page) == {"Lines in 1 file": "2", "New": "1", "Already stored": "1", "Refused": "0"}
    page = press(page, "Store 1 new line")
    assert count_of(Transaction) == 3


def test_a_layout_is_drawn_by_hand_and_used_for_the_next_file(sign_in_as, books) -> None:
    page = drop(opened(sign_in_as, books), may__csv=PLAIN)
    page = press(look_into(page, "may.csv"), "Read it differently")
    (sign,) = [each for each in page.selectbox if each.label == "Amounts stand in"]
    page = check(sign.set_value("inverted").run())
    assert any("in 120.00, out −900.00" in each.value for each in page.caption)  # at once, before it is used
    page = press(page, "Use this reading")
    assert any("In money, USD: −780.00" in each.value.replace("\\", "") for each in page.caption)
    page = press(page, "Store 2 new lines")
    with snapshot() as session:
        amounts = session.exec(select(Transaction.amount_minor).order_by(col(Transaction.row))).all()
        (layout,) = session.exec(select(Layout.definition)).all()
    assert amounts == [120_00, -900_00]
    assert layout["sign"] == "inverted"
    following = drop(page, june__csv=PLAIN.replace(b"2026-10", b"2026-11"))
    assert any("In money, USD: −780.00" in each.value.replace("\\", "") for each in following.caption)


def test_a_drawn_layout_is_given_up_for_what_was_detected(sign_in_as, books) -> None:
    page = press(look_into(drop(opened(sign_in_as, books), may__csv=PLAIN), "may.csv"), "Read it differently")
    (sign,) = [each for each in page.selectbox if each.label == "Amounts stand in"]
    page = press(check(sign.set_value("inverted").run()), "Use this reading")
    page = press(look_into(page, "may.csv"), "Read it differently")
    page = press(page, "Back to what was detected")
    assert any("In money, USD: 780.00" in each.value.replace("\\", "") for each in page.caption)


def test_a_table_that_nothing_recognised_can_be_drawn(sign_in_as, books) -> None:
    content = b"when;what;plus\nMon 5;BEANS;x\n"
    page = drop(opened(sign_in_as, books), odd__csv=content)
    assert "Refused" in heads(page)[0]
    page = press(page, "Say how it is written")
    (use,) = [each for each in page.button if each.label == "Use this reading"]
    assert use.disabled
    assert any("Choose the" in each.value for each in page.caption)


def test_an_archive_brings_its_files_one_by_one(sign_in_as, books) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("may.csv", GOOD)
        archive.writestr("june.csv", LATER)
    page = drop(opened(sign_in_as, books), all__zip=packed.getvalue(), broken__zip=packed.getvalue()[:90])
    assert [name for head in heads(page) if (name := head.split("**")[1])] == [
        "all.zip/may.csv", "all.zip/june.csv", "broken.zip",
    ]  # fmt: skip
    page = press(page, "Store 3 new lines")
    assert count_of(Transaction) == 3


def test_one_line_is_deleted_with_a_reason_and_restored(sign_in_as, books) -> None:
    page = press(drop(opened(sign_in_as, books), may__csv=GOOD), "Store 2 new lines")
    page = choose(page, "Earlier imports")
    page = pick(page, "earlier_imports")
    with snapshot() as session:
        (file_id,) = session.exec(select(StatementFile.id)).all()
    lines = f"lines_{file_id.hex[:12]}_1"
    page = press(pick(page, lines), "Delete the line")
    page.text_input(key="line_reason").set_value(" ")
    page = submit(page, "line_go")
    assert "Say why" in page.error[0].value
    page.text_input(key="line_reason").set_value("The bank's error")
    page = submit(page, "line_go")
    assert count_of(Transaction, reverted_at=None) == 1
    page = press(pick(page, lines), "Restore the line")
    assert count_of(Transaction, reverted_at=None) == 2
    assert_the_books_hold(books)


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
