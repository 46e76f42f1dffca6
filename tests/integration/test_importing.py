"""From files to stored lines, on both databases: nothing lost, nothing doubled, one bad file touches no other."""

from collections.abc import Sequence
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import Session, col, select

from core.access.roles import Caller
from core.errors import (
    AmbiguousStatement,
    BankAccountUnclear,
    BooksChanged,
    ImportInUse,
    InvalidLines,
    NotFound,
    PeriodClosed,
    WrongBankAccount,
)
from core.ingestion.history import uploaded_files
from core.ingestion.importing import original_bytes, revert_import, store_previews
from core.ingestion.layout import Layout as FileLayout
from core.ingestion.previewing import PreviewStatus, preview_files
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import ImportReceipt
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import (
    AuditEvent,
    BankAccount,
    Company,
    FileStatus,
    JournalEntry,
    Layout,
    Reconciliation,
    Role,
    StatementFile,
    Table,
    Transaction,
)
from tests import builders
from tests.builders import Books

Line = tuple[str, str, str]  # day of March 2024, amount, text

MARCH: list[Line] = [
    ("01", "-4.50", "BLUE BOTTLE 8837"),
    ("01", "-4.50", "BLUE BOTTLE 8837"),
    ("13", "1200.00", "INVOICE 17 ACME"),
    ("20", "-99.90", "ADOBE CREATIVE"),
    ("28", "-15.00", "MONTHLY FEE"),
]


def csv_file(lines: Sequence[Line], name: str = "march.csv", month: str = "03") -> RawFile:
    rows = [f"2024-{month}-{day},{text},{amount}" for day, amount, text in lines]
    return RawFile(name, "\n".join(["Date,Description,Amount", *rows, ""]).encode())


def balanced_file(lines: Sequence[Line], name: str = "march.csv", opening: int = 100_000) -> RawFile:
    """The same with a running balance."""
    rows, balance = [], opening
    for day, amount, text in lines:
        balance += round(float(amount) * 100)
        rows.append(f"2024-03-{day},{text},{amount},{balance / 100:.2f}")
    return RawFile(name, "\n".join(["Date,Description,Amount,Balance", *rows, ""]).encode())


def ofx_file(lines: Sequence[Line], name: str = "march.ofx", number: str = "111222333", ids: str = "f") -> RawFile:
    made = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>202403{day}<TRNAMT>{amount}<FITID>{ids}{place}<NAME>{text.title()} X"
        for place, (day, amount, text) in enumerate(lines)
    )
    return RawFile(
        name,
        (
            "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD"
            f"<BANKACCTFROM><ACCTID>{number}</BANKACCTFROM><BANKTRANLIST>{made}</BANKTRANLIST>"
            "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
        ).encode(),
    )


def found_books(**given: Any) -> Books:
    with unit_of_work() as session:
        return builders.books(session, **given)


def second_account(books: Books, **given: Any) -> BankAccount:
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="2100", role="bank", type="liability")
        return builders.bank_account(session, ledger, **given)


def by(books: Books, **given: Any) -> Caller:
    return builders.caller(books.company_id, **given)


_clock = iter(builders.NOW + timedelta(minutes=minute) for minute in range(100_000))


def store(books: Books, *files: RawFile, write: Any = write_columns, **choice: Any) -> list[ImportReceipt]:
    """Preview in a snapshot and store in a unit of work, as a page does."""
    with snapshot() as session:
        previews = preview_files(session, by(books), books.company_id, files, **choice)
    with unit_of_work() as session:
        return store_previews(session, by(books), books.company_id, previews, write=write, now=next(_clock))


def live_lines(books: Books) -> list[tuple[date, int, str]]:
    with snapshot() as session:
        rows = session.exec(
            select(Transaction.booked_on, Transaction.amount_minor, Transaction.description)
            .where(col(Transaction.company_id) == books.company_id, col(Transaction.reverted_at).is_(None))
            .order_by(col(Transaction.booked_on), col(Transaction.amount_minor), col(Transaction.description))
        ).all()
    return [(day, amount, text) for day, amount, text in rows]


def expected(lines: Sequence[Line]) -> list[tuple[date, int, str]]:
    return sorted((date(2024, 3, int(day)), round(float(amount) * 100), text) for day, amount, text in lines)


def counts(receipt: ImportReceipt) -> tuple[str, int, int, int]:
    return str(receipt.status), receipt.new_count, receipt.duplicate_count, receipt.refused_count


def all_of(table: type[Table]) -> list[Any]:
    with snapshot() as session:
        return list(session.exec(select(table)).all())


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


def test_new_lines_in_a_locked_period_are_refused_and_known_ones_are_not(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH[:3], "first.csv"))
    with unit_of_work() as session:
        company = session.get_one(Company, books.company_id)
        company.closed_through_on = date(2024, 3, 15)
    (whole,) = store(books, csv_file(MARCH, "whole.csv"))
    assert counts(whole) == ("stored", 2, 3, 0)
    (late,) = store(books, csv_file([("02", "-1.00", "FORGOTTEN"), ("29", "-2.00", "FINE")], "late.csv"))
    assert isinstance(late.error, PeriodClosed)
    assert counts(late) == ("refused", 0, 0, 2)
    assert live_lines(books) == expected(MARCH)


def test_a_period_that_closes_after_the_preview_still_refuses_the_file(database: str) -> None:
    books = found_books()
    with snapshot() as session:
        previews = preview_files(session, by(books), books.company_id, [csv_file(MARCH)])
    assert previews[0].status is PreviewStatus.NEW
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).closed_through_on = date(2024, 3, 1)
    with unit_of_work() as session:
        (receipt,) = store_previews(
            session, by(books), books.company_id, previews, write=write_columns, now=next(_clock)
        )
    assert isinstance(receipt.error, PeriodClosed)
    assert live_lines(books) == []


def test_a_preview_that_is_no_longer_true_is_refused_and_one_that_still_is_gets_stored(database: str) -> None:
    books = found_books()
    changed, same = csv_file(MARCH[:3], "changed.csv"), csv_file([("27", "-3.00", "BUS")], "same.csv")
    with snapshot() as session:
        previews = preview_files(session, by(books), books.company_id, [changed, same])
    store(books, csv_file(MARCH[2:], "in-between.csv"))
    with unit_of_work() as session:
        receipts = store_previews(session, by(books), books.company_id, previews, write=write_columns, now=next(_clock))
    assert isinstance(receipts[0].error, BooksChanged)
    assert receipts[1].status is FileStatus.STORED
    assert live_lines(books) == expected([*MARCH[2:], ("27", "-3.00", "BUS")])
    store(books, changed)
    assert live_lines(books) == expected([*MARCH, ("27", "-3.00", "BUS")])


def test_leaving_out_a_file_of_an_upload_never_loses_what_another_one_shares_with_it(database: str) -> None:
    books = found_books()
    with snapshot() as session:
        previews = preview_files(
            session, by(books), books.company_id, [csv_file(MARCH[:4], "a.csv"), csv_file(MARCH[2:], "b.csv")]
        )
    with unit_of_work() as session:
        (receipt,) = store_previews(
            session, by(books), books.company_id, previews[1:], write=write_columns, now=next(_clock)
        )
    assert isinstance(receipt.error, BooksChanged)
    assert live_lines(books) == []


def test_previews_made_apart_and_stored_together_store_shared_lines_once(database: str) -> None:
    books = found_books()
    with snapshot() as session:
        previews = [
            preview_files(session, by(books), books.company_id, [file])[0]
            for file in (csv_file(MARCH[:4], "a.csv"), csv_file(MARCH[2:], "b.csv"))
        ]
    with unit_of_work() as session:
        store_previews(session, by(books), books.company_id, previews, write=write_columns, now=next(_clock))
    store(books, csv_file(MARCH[2:], "b.csv"))
    assert live_lines(books) == expected(MARCH)


class Crash(Exception):
    """Something that nobody foresaw."""


def test_a_crash_while_storing_leaves_nothing_behind(database: str) -> None:
    books = found_books()

    def failing(session: Session, table: type[Table], columns: Any) -> None:
        write_columns(session, table, columns)
        if table is Reconciliation:
            raise Crash

    with pytest.raises(Crash):
        store(books, csv_file(MARCH), write=failing)
    assert live_lines(books) == []
    assert all_of(StatementFile) == []
    assert all_of(AuditEvent) == []
    store(books, csv_file(MARCH))
    assert live_lines(books) == expected(MARCH)


def test_a_file_that_is_refused_in_the_middle_of_storing_rolls_back_alone(database: str) -> None:
    books = found_books()

    def refusing(session: Session, table: type[Table], columns: Any) -> None:
        write_columns(session, table, columns)
        if table is Transaction and columns["description"] == [MARCH[2][2]]:
            raise BooksChanged("1.csv")

    files = [csv_file([line], f"{place}.csv") for place, line in enumerate(MARCH[1:4])]
    receipts = store(books, *files, write=refusing)
    assert [str(receipt.status) for receipt in receipts] == ["stored", "refused", "stored"]
    assert live_lines(books) == expected([MARCH[1], MARCH[3]])


def test_two_people_who_import_the_same_file_at_once_store_it_once(database: str) -> None:
    books, file = found_books(), csv_file(MARCH)
    barrier = Barrier(2)
    receipts: list[ImportReceipt] = []

    def upload() -> None:
        with snapshot() as session:
            previews = preview_files(session, by(books), books.company_id, [file])
        barrier.wait(10)
        with unit_of_work() as session:
            receipts.extend(
                store_previews(session, by(books), books.company_id, previews, write=write_columns, now=builders.NOW)
            )

    threads = [Thread(target=upload) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(str(receipt.status) for receipt in receipts) == ["duplicate", "stored"]
    assert live_lines(books) == expected(MARCH)


def test_two_people_who_import_overlapping_files_at_once_store_shared_lines_once(database: str) -> None:
    books = found_books()
    files = [csv_file(MARCH[:4], "a.csv"), ofx_file(MARCH[2:], "b.ofx")]
    barrier = Barrier(2)
    receipts: list[ImportReceipt] = []

    def upload(file: RawFile) -> None:
        with snapshot() as session:
            previews = preview_files(session, by(books), books.company_id, [file])
        barrier.wait(10)
        with unit_of_work() as session:
            receipts.extend(
                store_previews(session, by(books), books.company_id, previews, write=write_columns, now=builders.NOW)
            )

    threads = [Thread(target=upload, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(str(receipt.status) for receipt in receipts) == ["refused", "stored"]
    store(books, *files)
    assert [line[:2] for line in live_lines(books)] == [line[:2] for line in expected(MARCH)]


def test_an_import_can_be_taken_back_and_imported_again(database: str) -> None:
    books, file = found_books(), csv_file(MARCH)
    (receipt,) = store(books, file)
    with unit_of_work() as session:
        count = revert_import(
            session, by(books), books.company_id, receipt.file_id, now=next(_clock), write=write_columns
        )
    assert count == 5
    assert live_lines(books) == []
    assert all_of(Reconciliation) == []
    (again,) = store(books, file)
    assert counts(again) == ("stored", 5, 0, 0)
    assert live_lines(books) == expected(MARCH)
    with pytest.raises(ImportInUse), unit_of_work() as session:
        revert_import(session, by(books), books.company_id, receipt.file_id, now=next(_clock), write=write_columns)


def test_an_import_on_whose_lines_a_later_file_counts_is_taken_back_after_that_one_only(database: str) -> None:
    books = found_books()
    first, second = store(books, csv_file(MARCH[:4], "a.csv"), csv_file(MARCH[2:], "b.csv"))
    with pytest.raises(ImportInUse, match=r"b\.csv"), unit_of_work() as session:
        revert_import(session, by(books), books.company_id, first.file_id, now=next(_clock), write=write_columns)
    for receipt in (second, first):
        with unit_of_work() as session:
            revert_import(session, by(books), books.company_id, receipt.file_id, now=next(_clock), write=write_columns)
    assert live_lines(books) == []


def test_an_import_with_lines_in_a_locked_period_cannot_be_taken_back(database: str) -> None:
    books = found_books()
    (receipt,) = store(books, csv_file(MARCH))
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).closed_through_on = date(2024, 3, 1)
    with pytest.raises(PeriodClosed), unit_of_work() as session:
        revert_import(session, by(books), books.company_id, receipt.file_id, now=next(_clock), write=write_columns)
    assert live_lines(books) == expected(MARCH)


def test_taking_back_reverses_what_is_posted_and_withdraws_what_waits(database: str) -> None:
    books = found_books()
    (receipt,) = store(books, csv_file(MARCH[2:4]))
    with unit_of_work() as session:
        lines = session.exec(select(Transaction).order_by(col(Transaction.booked_on))).all()
        entries = []
        for line, posted in zip(lines, (True, False), strict=True):
            proposal = builders.proposal(session, books, line)
            entry = builders.entry(session, books, transaction=line, proposal_id=proposal.id, posted=posted)
            entries.append(entry.id)
    with unit_of_work() as session:
        revert_import(session, by(books), books.company_id, receipt.file_id, now=next(_clock), write=write_columns)
    with snapshot() as session:
        statuses = [str(session.get_one(JournalEntry, key).status) for key in entries]
    assert statuses == ["reversed", "rejected"]
    assert live_lines(books) == []


def test_the_history_lists_every_upload_the_newest_first(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"), RawFile("nothing.csv", b"\x00\x01"))
    store(books, csv_file(MARCH, "a.csv"))
    with snapshot() as session:
        listed = uploaded_files(session, by(books), books.company_id)
        assert uploaded_files(session, by(books), books.company_id, first=2, count=1) == listed[2:]
    assert [(one.name, str(one.status), one.new_count) for one in listed] == [
        ("a.csv", "duplicate", 0),
        ("nothing.csv", "refused", 0),
        ("a.csv", "stored", 5),
    ]
    assert listed[1].refusal.startswith("nothing.csv")
    assert (listed[2].bank_account, listed[2].new_minor) == ("Checking", 107_610)


def test_each_file_is_one_audit_event_with_the_count_and_digest_of_its_lines(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH), RawFile("nothing.csv", b"\x00\x01"))
    stored, refused = sorted(all_of(AuditEvent), key=lambda event: event.sequence)
    assert (stored.action, stored.row_count, len(stored.rows_digest)) == ("file stored", 5, 64)
    assert (refused.action, refused.row_count) == ("file refused", 0)


def test_only_who_may_import_previews_and_stores_and_only_in_their_companies(database: str) -> None:
    books, other = found_books(), found_books()
    stranger = builders.caller(other.company_id)
    with snapshot() as session:
        with pytest.raises(NotFound):
            preview_files(session, stranger, books.company_id, [csv_file(MARCH)])
        with pytest.raises(NotFound):
            preview_files(session, stranger, other.company_id, [csv_file(MARCH)], bank_account_id=books.checking.id)
        previews = preview_files(session, by(books, role=Role.BOOKKEEPER), books.company_id, [csv_file(MARCH)])
    with unit_of_work() as session:
        with pytest.raises(NotFound):
            store_previews(session, stranger, other.company_id, previews, write=write_columns, now=next(_clock))
        (receipt,) = store_previews(
            session, by(books), books.company_id, previews, write=write_columns, now=next(_clock)
        )
    with snapshot() as session, pytest.raises(NotFound):
        original_bytes(session, stranger, other.company_id, receipt.file_id)
