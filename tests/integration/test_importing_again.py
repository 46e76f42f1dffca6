"""Imports refused, interrupted, made at once and taken back, on both databases."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import Session, col, select

from core.errors import (
    BooksChanged,
    ImportInUse,
    NotFound,
    PeriodClosed,
)
from core.ingestion.import_history import list_imports
from core.ingestion.importing import original_bytes, revert_import, store_previews
from core.ingestion.previewing import PreviewStatus, preview_files
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import ImportReceipt
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import (
    AuditEvent,
    Company,
    FileStatus,
    JournalEntry,
    Reconciliation,
    Role,
    StatementFile,
    Table,
    Transaction,
)
from tests import builders
from tests.integration.importing_cases import (
    MARCH,
    all_of,
    by,
    clock,
    counts,
    csv_file,
    expected,
    found_books,
    live_lines,
    ofx_file,
    store,
)


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
            session, by(books), books.company_id, previews, write=write_columns, now=next(clock)
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
        receipts = store_previews(session, by(books), books.company_id, previews, write=write_columns, now=next(clock))
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
            session, by(books), books.company_id, previews[1:], write=write_columns, now=next(clock)
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
        store_previews(session, by(books), books.company_id, previews, write=write_columns, now=next(clock))
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
            session, by(books), books.company_id, receipt.file_id, now=next(clock), write=write_columns
        )
    assert count == 5
    assert live_lines(books) == []
    assert all_of(Reconciliation) == []
    (again,) = store(books, file)
    assert counts(again) == ("stored", 5, 0, 0)
    assert live_lines(books) == expected(MARCH)
    with pytest.raises(ImportInUse), unit_of_work() as session:
        revert_import(session, by(books), books.company_id, receipt.file_id, now=next(clock), write=write_columns)


def test_an_import_on_whose_lines_a_later_file_counts_is_taken_back_after_that_one_only(database: str) -> None:
    books = found_books()
    first, second = store(books, csv_file(MARCH[:4], "a.csv"), csv_file(MARCH[2:], "b.csv"))
    with pytest.raises(ImportInUse, match=r"b\.csv"), unit_of_work() as session:
        revert_import(session, by(books), books.company_id, first.file_id, now=next(clock), write=write_columns)
    for receipt in (second, first):
        with unit_of_work() as session:
            revert_import(session, by(books), books.company_id, receipt.file_id, now=next(clock), write=write_columns)
    assert live_lines(books) == []


def test_an_import_with_lines_in_a_locked_period_cannot_be_taken_back(database: str) -> None:
    books = found_books()
    (receipt,) = store(books, csv_file(MARCH))
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).closed_through_on = date(2024, 3, 1)
    with pytest.raises(PeriodClosed), unit_of_work() as session:
        revert_import(session, by(books), books.company_id, receipt.file_id, now=next(clock), write=write_columns)
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
        revert_import(session, by(books), books.company_id, receipt.file_id, now=next(clock), write=write_columns)
    with snapshot() as session:
        statuses = [str(session.get_one(JournalEntry, key).status) for key in entries]
    assert statuses == ["reversed", "rejected"]
    assert live_lines(books) == []


def test_the_history_lists_every_upload_the_newest_first(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"), RawFile("nothing.csv", b"\x00\x01"))
    store(books, csv_file(MARCH, "a.csv"))
    with snapshot() as session:
        listed = list_imports(session, by(books), books.company_id)
        assert list_imports(session, by(books), books.company_id, most=2) == listed[:2]
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
            store_previews(session, stranger, other.company_id, previews, write=write_columns, now=next(clock))
        (receipt,) = store_previews(
            session, by(books), books.company_id, previews, write=write_columns, now=next(clock)
        )
    with snapshot() as session, pytest.raises(NotFound):
        original_bytes(session, stranger, other.company_id, receipt.file_id)
