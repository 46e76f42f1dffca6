"""The lines of a file, a page at a time, and what taking the file back would undo."""

import pytest

from core.errors import NotFound
from core.flow import take_in_files
from core.ingestion.deleting import delete_line
from core.ingestion.file_lines import (
    FileLinesPage,
    LineState,
    RevertingEffects,
    effects_of_reverting,
    list_file_lines,
)
from core.ingestion.importing import revert_import
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from tests import builders
from tests.integration.importing_cases import MARCH, by, csv_file, found_books


def stored(books: builders.Books):
    with unit_of_work() as session:
        intake = take_in_files(
            session, by(books), books.company_id, [csv_file(MARCH)], write=write_columns, now=builders.NOW
        )
    return intake.receipts[0].file_id


def page_of(books: builders.Books, file_id, **given) -> FileLinesPage:
    with snapshot() as session:
        return list_file_lines(session, by(books), books.company_id, file_id, **given)


def effects(books: builders.Books, file_id) -> RevertingEffects:
    with snapshot() as session:
        return effects_of_reverting(session, by(books), books.company_id, file_id)


def test_lines_come_in_the_order_of_the_file_a_page_at_a_time(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.ingestion.file_lines.PAGE", 2)
    books = found_books()
    file_id = stored(books)
    first, last = page_of(books, file_id), page_of(books, file_id, page=9)
    assert [line.row for line in first.lines] == [2, 3]
    assert [line.row for line in last.lines] == [6]
    assert (first.line_count, first.pages, last.number) == (5, 3, 3)


def test_lines_are_found_by_their_text_and_amount(database: str) -> None:
    books = found_books()
    file_id = stored(books)
    assert [line.row for line in page_of(books, file_id, search="adobe").lines] == [5]
    assert [line.row for line in page_of(books, file_id, search="1,200.00").lines] == [4]


def test_a_deleted_line_says_why_and_does_not_count_among_what_leaves(database: str) -> None:
    books = found_books()
    file_id = stored(books)
    line = page_of(books, file_id).lines[0]
    with unit_of_work() as session:
        delete_line(
            session, by(books), books.company_id, line.transaction_id, reason="the bank's error", now=builders.NOW,
            write=write_columns,
        )  # fmt: skip
    gone = page_of(books, file_id).lines[0]
    assert (gone.state, gone.reason) == (LineState.DELETED, "the bank's error")
    would = effects(books, file_id)
    assert (would.lines, would.posted + would.waiting) == (4, 4)


def test_what_is_told_before_is_what_leaves_the_books(database: str) -> None:
    books = found_books()
    file_id = stored(books)
    would = effects(books, file_id)
    with unit_of_work() as session:
        gone = revert_import(session, by(books), books.company_id, file_id, now=builders.NOW, write=write_columns)
    assert would.lines == gone == 5
    assert {line.state for line in page_of(books, file_id).lines} == {LineState.TAKEN_BACK}
    assert effects(books, file_id) == RevertingEffects(0, 0, 0, 0)


def test_lines_of_another_company_do_not_exist(database: str) -> None:
    books, other = found_books(), found_books()
    file_id = stored(books)
    with pytest.raises(NotFound):
        page_of(other, file_id)
    with pytest.raises(NotFound):
        effects(other, file_id)
