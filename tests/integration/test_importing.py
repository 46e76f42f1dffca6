"""From files to stored lines, on both databases: nothing lost, nothing doubled, one bad file touches no other."""

from datetime import date

import pytest

from core.errors import (
    AmbiguousStatement,
    BankAccountUnclear,
    InvalidLines,
    WrongBankAccount,
)
from core.ingestion.importing import original_bytes
from core.ingestion.layout import Layout as FileLayout
from core.ingestion.previewing import preview_files
from core.ingestion.raw_file import RawFile
from db.engine import snapshot
from models import (
    FileStatus,
    Layout,
    Reconciliation,
    StatementFile,
    Transaction,
)
from tests.integration.importing_cases import (
    MARCH,
    all_of,
    balanced_file,
    by,
    counts,
    csv_file,
    expected,
    found_books,
    live_lines,
    ofx_file,
    second_account,
    store,
)


def test_every_line_of_a_file_is_stored_once_as_the_bank_wrote_it(database: str) -> None:
    books = found_books()
    (receipt,) = store(books, csv_file(MARCH))
    assert counts(receipt) == ("stored", 5, 0, 0)
    assert receipt.new_minor == receipt.lines_minor == 107_610
    assert live_lines(books) == expected(MARCH)
    (file,) = all_of(StatementFile)
    assert (file.line_count, file.lines_minor, file.bank_account_id) == (5, 107_610, books.checking.id)
    assert (file.first_on, file.last_on) == (date(2024, 3, 1), date(2024, 3, 28))
    assert {line.counterparty for line in all_of(Transaction)} >= {"Blue Bottle"}


def test_two_equal_lines_of_one_day_are_both_stored(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH[:2]))
    assert live_lines(books) == expected(MARCH[:2])


def test_the_same_file_again_is_a_duplicate_and_its_bytes_are_kept_once(database: str) -> None:
    books, file = found_books(), csv_file(MARCH)
    (first,) = store(books, file)
    (again,) = store(books, RawFile("renamed.csv", file.content))
    assert counts(again) == ("duplicate", 0, 5, 0)
    assert again.duplicate_minor == first.new_minor
    assert live_lines(books) == expected(MARCH)
    with snapshot() as session:
        assert original_bytes(session, by(books), books.company_id, again.file_id) == ("renamed.csv", file.content)
    assert [row.content is None for row in all_of(StatementFile)].count(False) == 1


def test_the_same_file_twice_in_one_upload_is_stored_once(database: str) -> None:
    books, file = found_books(), csv_file(MARCH)
    receipts = store(books, file, RawFile("copy.csv", file.content))
    assert [counts(receipt) for receipt in receipts] == [("stored", 5, 0, 0), ("duplicate", 0, 5, 0)]
    assert live_lines(books) == expected(MARCH)


@pytest.mark.parametrize("at_once", [True, False])
def test_overlapping_files_bring_each_line_once(database: str, at_once: bool) -> None:
    books = found_books()
    files = [csv_file(MARCH[:4], "first.csv"), csv_file(MARCH[2:], "second.csv")]
    receipts = store(books, *files) if at_once else [*store(books, files[0]), *store(books, files[1])]
    assert [counts(receipt) for receipt in receipts] == [("stored", 4, 0, 0), ("stored", 1, 2, 0)]
    assert receipts[1].duplicate_minor == 120_000 - 9_990
    assert live_lines(books) == expected(MARCH)


def test_of_three_files_the_one_with_invalid_dates_is_named_with_row_and_reason_and_the_others_land(
    database: str,
) -> None:
    books = found_books()
    bad = csv_file([MARCH[0], ("45", "-7.00", "NO SUCH DAY"), MARCH[3]], "broken.csv")
    good = [csv_file(MARCH[:3], "first.csv"), csv_file(MARCH[3:], "second.csv")]
    receipts = store(books, good[0], bad, good[1])
    assert [receipt.status for receipt in receipts] == [FileStatus.STORED, FileStatus.REFUSED, FileStatus.STORED]
    refused = receipts[1]
    assert isinstance(refused.error, InvalidLines)
    assert refused.error.rows == [(3, "the date “2024-03-45” is no date")]
    assert refused.refusal.startswith("broken.csv: row 3: the date “2024-03-45” is no date")
    assert counts(refused) == ("refused", 0, 0, 3)
    assert live_lines(books) == expected(MARCH)
    with snapshot() as session:
        assert original_bytes(session, by(books), books.company_id, refused.file_id) == ("broken.csv", bad.content)


@pytest.mark.parametrize("csv_first", [True, False])
def test_csv_and_ofx_of_one_statement_are_one_set_of_lines(database: str, csv_first: bool) -> None:
    books = found_books()
    files = [csv_file(MARCH), ofx_file(MARCH)]
    first, second = files if csv_first else reversed(files)
    receipts = [*store(books, first), *store(books, second)]
    assert [counts(receipt) for receipt in receipts] == [("stored", 5, 0, 0), ("stored", 0, 5, 0)]
    assert [line[:2] for line in live_lines(books)] == [line[:2] for line in expected(MARCH)]


def test_a_day_cut_in_two_by_files_with_balances_keeps_its_equal_lines(database: str) -> None:
    books = found_books()
    opening = 100_000
    store(books, balanced_file(MARCH[:1], "first.csv", opening))
    (second,) = store(books, balanced_file(MARCH[1:], "second.csv", opening - 450))
    assert counts(second) == ("stored", 4, 0, 0)
    assert live_lines(books) == expected(MARCH)


def test_a_statement_is_kept_to_be_proved_with_all_its_lines(database: str) -> None:
    books = found_books()
    store(books, balanced_file(MARCH[:3], "first.csv"), balanced_file(MARCH, "whole.csv"))
    proofs = sorted(all_of(Reconciliation), key=lambda row: row.line_count)
    assert [(row.line_count, row.lines_minor, row.opening_minor, row.closing_minor) for row in proofs] == [
        (3, 119_100, 100_000, 219_100),
        (5, 107_610, 100_000, 207_610),
    ]
    assert {row.status for row in proofs} == {"open"}


def test_the_layout_of_a_bank_account_is_saved_once_and_read_by_afterwards(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH[:2], "first.csv"), csv_file(MARCH[2:3], "second.csv"))
    store(books, csv_file(MARCH[3:], "third.csv"))
    (layout,) = all_of(Layout)
    assert layout.bank_account_id == books.checking.id
    assert layout.definition["columns"]["amount"] == "Amount"


def test_a_saved_layout_settles_dates_that_a_later_file_leaves_open(database: str) -> None:
    books = found_books()
    clear = RawFile("a.csv", b"Date,Text,Amount\n25/03/2024,ONE,-1.00\n26/03/2024,TWO,-2.00\n")
    unclear = RawFile("b.csv", b"Date,Text,Amount\n01/04/2024,ONE,-1.00\n02/04/2024,TWO,-2.00\n")
    with snapshot() as session:
        (preview,) = preview_files(session, by(books), books.company_id, [unclear])
    assert isinstance(preview.error, AmbiguousStatement)
    store(books, clear)
    (receipt,) = store(books, unclear)
    assert receipt.period is not None
    assert receipt.period.first_on == date(2024, 4, 1)


def test_a_person_can_settle_what_the_file_leaves_open(database: str) -> None:
    books = found_books()
    unclear = RawFile("b.csv", b"Date,Text,Amount\n01/04/2024,ONE,-1.00\n02/04/2024,TWO,-2.00\n")
    (receipt,) = store(books, unclear, layout=FileLayout(date_order="MDY"))
    assert receipt.period is not None
    assert receipt.period.first_on == date(2024, 1, 4)


def test_a_file_finds_its_bank_account_by_the_number_in_it_or_in_its_name(database: str) -> None:
    books = found_books()
    card = second_account(books, code="card", number="4444 7731", kind="card")
    receipts = store(books, ofx_file(MARCH, number="XXXX7731"), csv_file(MARCH, "export_7731_march.csv"))
    assert [receipt.bank_account_ids for receipt in receipts] == [(card.id,), (card.id,)]
    assert receipts[1].duplicate_count == 5


def test_a_file_that_may_be_of_two_bank_accounts_asks_which(database: str) -> None:
    books = found_books()
    card = second_account(books, code="card", kind="card")
    (unclear,) = store(books, csv_file(MARCH))
    assert isinstance(unclear.error, BankAccountUnclear)
    assert unclear.error.candidates == ["card", "checking"]
    (chosen,) = store(books, csv_file(MARCH), bank_account_id=card.id)
    assert (chosen.status, chosen.bank_account_ids) == (FileStatus.STORED, (card.id,))
    (known,) = store(books, csv_file(MARCH, "april.csv", month="04"))
    assert known.bank_account_ids == (card.id,), "the layout was seen with one of the accounts only"


def test_a_file_in_another_currency_than_the_bank_account_is_refused(database: str) -> None:
    books = found_books()
    euro = RawFile("e.csv", b"Date,Text,Amount,Currency\n2024-03-25,ONE,-1.00,EUR\n2024-03-26,TWO,-2.00,EUR\n")
    (refused,) = store(books, euro, bank_account_id=books.checking.id)
    assert isinstance(refused.error, WrongBankAccount)
    assert "EUR" in refused.refusal
    (refused,) = store(books, euro)
    assert refused.status is FileStatus.REFUSED


def test_amounts_are_read_with_the_digits_of_the_bank_accounts_currency(database: str) -> None:
    books = found_books()
    second_account(books, code="tokyo", currency="JPY")
    yen = RawFile("tokyo.csv", b"Date,Text,Amount\n2024-03-25,ONE,-100\n2024-03-26,TWO,2500\n")
    (receipt,) = store(books, yen)
    assert (receipt.currency, receipt.new_minor) == ("JPY", 2400)
