"""Laws 3, 4, 6 and 9 on files and their lines: raw SQL and ORM try to break them on both databases."""

from datetime import timedelta

import pytest

from db.bulk import write_columns
from db.engine import unit_of_work
from models import EntryStatus, FileStatus, StatementFile, Transaction
from tests import builders
from tests.builders import DAY, NOW
from tests.laws import impossible, raw, refused


@pytest.mark.parametrize("days", [-1, 0])
def test_nothing_is_imported_into_a_closed_period(database: str, days: int) -> None:
    with unit_of_work() as session:
        books = builders.books(session, closed_through_on=DAY)
        file = builders.statement_file(session, books, new_count=1, new_minor=-1250)
        with refused(session, 3):
            builders.transaction(session, books, file=file, booked_on=DAY + timedelta(days=days))
        row = Transaction.model_validate(
            builders.transaction(session, books, file=file, booked_on=DAY + timedelta(days=1)).model_dump()
        )
        columns = {name: [value] for name, value in row.model_dump().items()}
        columns |= {"id": [row.company_id], "fingerprint": ["other"], "booked_on": [DAY + timedelta(days=days)]}
        with refused(session, 3):
            write_columns(session, Transaction, columns)


def test_nothing_is_taken_back_from_a_closed_period(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        line = builders.transaction(session, books)
        raw(session, "UPDATE companies SET closed_through_on = :day WHERE id = :id", day=DAY, id=books.company_id)
        with refused(session, 3):
            raw(session, "UPDATE transactions SET reverted_at = :now WHERE id = :id", now=NOW, id=line.id)


def test_a_bank_line_has_one_live_entry(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        line = builders.transaction(session, books)
        first = builders.entry(session, books, transaction=line)
        with impossible(session):
            builders.entry(session, books, transaction=line)
        builders.post(session, first)
        with impossible(session):
            builders.entry(session, books, transaction=line)
        builders.reversal(session, books, first, [(books.bank, 1250), (books.expense, -1250)])
        second = builders.entry(session, books, transaction=line)
        raw(session, "UPDATE journal_entries SET status = 'rejected' WHERE id = :id", id=second.id)
        builders.entry(session, books, transaction=line)
        with impossible(session):
            raw(session, "UPDATE journal_entries SET status = 'needs_review' WHERE id = :id", id=second.id)


@pytest.mark.parametrize("status", [EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED])
def test_a_bank_line_with_a_live_entry_is_not_taken_back(database: str, status: EntryStatus) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        line = builders.transaction(session, books)
        builders.entry(session, books, transaction=line, posted=status == EntryStatus.POSTED)
        with refused(session, 4):
            raw(session, "UPDATE transactions SET reverted_at = :now WHERE id = :id", now=NOW, id=line.id)
        with refused(session, 4):
            line.reverted_at = NOW


def test_a_bank_line_that_was_taken_back_gets_no_entry(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        line = builders.transaction(session, books)
        rejected = builders.entry(session, books, transaction=line)
        raw(session, "UPDATE journal_entries SET status = 'rejected' WHERE id = :id", id=rejected.id)
        raw(session, "UPDATE transactions SET reverted_at = :now WHERE id = :id", now=NOW, id=line.id)
        with refused(session, 4):
            builders.entry(session, books, transaction=line)
        with refused(session, 4):
            raw(session, "UPDATE journal_entries SET status = 'needs_review' WHERE id = :id", id=rejected.id)
        with refused(session, 4):
            raw(session, "UPDATE transactions SET reverted_at = NULL WHERE id = :id", id=line.id)


def test_a_live_fingerprint_is_stored_once_for_a_bank_account_but_again_after_it_was_taken_back(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        line = builders.transaction(session, books, fingerprint="same")
        with impossible(session):
            builders.transaction(session, books, fingerprint="same")
        savings = builders.bank_account(session, builders.account(session, books.company_id))
        builders.transaction(session, books, fingerprint="same", bank_account_id=savings.id)
        raw(session, "UPDATE transactions SET reverted_at = :now WHERE id = :id", now=NOW, id=line.id)
        builders.transaction(session, books, fingerprint="same")


@pytest.mark.parametrize("status", [FileStatus.DUPLICATE, FileStatus.REFUSED])
def test_a_file_that_is_not_stored_has_no_lines(database: str, status: FileStatus) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        file = builders.statement_file(session, books, status=status)
        with refused(session, 6):
            builders.transaction(session, books, file=file)


def test_a_file_is_stored_duplicate_or_refused_and_then_at_most_reverted(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        with refused(session, 6):
            builders.statement_file(session, books, status=FileStatus.REVERTED)
        files = {status: builders.statement_file(session, books, status=status) for status in list(FileStatus)[:3]}
        for status, file in files.items():
            for target in FileStatus:
                if target != status and (status, target) != (FileStatus.STORED, FileStatus.REVERTED):
                    with refused(session, 6):
                        raw(session, "UPDATE statement_files SET status = :to WHERE id = :id", to=target, id=file.id)
        stored = files[FileStatus.STORED]
        with refused(session, 6):
            raw(session, "UPDATE statement_files SET reverted_at = :now WHERE id = :id", now=NOW, id=stored.id)
        revert = "UPDATE statement_files SET status = 'reverted', reverted_at = :now WHERE id = :id"
        assert raw(session, revert, now=NOW, id=stored.id) == 1
        with refused(session, 6):
            raw(
                session, "UPDATE statement_files SET status = 'stored', reverted_at = NULL WHERE id = :id", id=stored.id
            )


def test_a_receipt_that_does_not_conserve_lines_or_money_is_impossible(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        for receipt in ({"line_count": 3, "new_count": 2}, {"lines_minor": 5, "new_minor": 4}):
            with impossible(session):
                builders.statement_file(session, books, **receipt)


def test_a_stored_file_has_its_bytes(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        for wrong in ({"size": 3}, {"size": 0, "content": b"abc"}):
            with refused(session, 9):
                builders.statement_file(session, books, **wrong)
        with refused(session, 9):
            file = StatementFile(
                company_id=books.company_id,
                name="a.csv",
                sha256="0" * 64,
                size=0,
                content=None,
                kind="statement",
                status=FileStatus.STORED,
                uploaded_at=NOW,
            )
            builders.stored(session, file)


def test_the_bytes_come_back_as_they_went_in(database: str) -> None:
    content = bytes(range(256)) * 3 + b"\r\n\\N\t"
    with unit_of_work() as session:
        key = builders.statement_file(session, builders.books(session), content=content).id
    with unit_of_work() as session:
        assert session.get_one(StatementFile, key).content == content


def test_the_same_bytes_are_stored_once_for_a_company(database: str) -> None:
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        builders.statement_file(session, books, content=b"same")
        with impossible(session):
            builders.statement_file(session, books, content=b"same")
        builders.statement_file(session, books, content=b"same", status=FileStatus.DUPLICATE)
        builders.statement_file(session, others, content=b"same")
