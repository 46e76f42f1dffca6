"""Saved layouts: listed, taken in, forgotten, each change in the audit log and none across companies."""

from typing import Any

import pytest
from sqlmodel import select

from core.errors import AccessDenied, LayoutRefused, NotFound
from core.ingestion.importing import store_previews
from core.ingestion.layout import Column, Layout
from core.ingestion.previewing import preview_files
from core.ingestion.saved_layouts import SavedLayout, forget_layout, list_layouts, save_layout
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import AuditEvent, Role
from tests import builders
from tests.integration.importing_cases import by, csv_file, found_books

LAYOUT = Layout(",", "utf-8", 1, "MDY", ".", "signed", columns={"date": (Column(0),), "amount": (Column(1),)})


def listed(books: builders.Books) -> list[SavedLayout]:
    with snapshot() as session:
        return list_layouts(session, by(books), books.company_id)


def save(books: builders.Books, layout: Layout = LAYOUT, minute: int = 0, **given: Any) -> None:
    with unit_of_work() as session:
        save_layout(
            session, by(books, **given), books.company_id, books.checking.id, layout,
            now=builders.NOW.replace(minute=minute),
        )  # fmt: skip


def test_an_import_saves_the_layout_and_the_newest_one_is_told(database: str) -> None:
    books = found_books()
    with unit_of_work() as session:
        previews = preview_files(session, by(books), books.company_id, [csv_file([("01", "-4.50", "COFFEE")])])
        store_previews(session, by(books), books.company_id, previews, write=write_columns, now=builders.NOW)
    save(books, minute=30)
    newer, older = listed(books)
    assert (newer.layout, newer.is_newest, older.is_newest) == (LAYOUT, True, False)
    assert older.layout.columns["amount"] == (Column(2, "Amount"),)


def test_a_layout_that_was_saved_reads_the_next_file(database: str) -> None:
    books = found_books()
    save(books, Layout.from_dict({**LAYOUT.to_dict(), "positions": {"date": [[0, "Date"]], "amount": [[2, "Amount"]],
         "description": [[1, "Description"]]}, "date_order": "YMD", "sign": "inverted"}))  # fmt: skip
    with snapshot() as session:
        (preview,) = preview_files(session, by(books), books.company_id, [csv_file([("01", "-4.50", "COFFEE")])])
    assert preview.lines_minor == 450


def test_forgetting_takes_the_layout_away_and_says_so_in_the_audit_log(database: str) -> None:
    books = found_books()
    save(books)
    (one,) = listed(books)
    with unit_of_work() as session:
        forget_layout(session, by(books), books.company_id, one.id, now=builders.NOW)
    assert listed(books) == []
    with snapshot() as session:
        events = session.exec(select(AuditEvent.action).where(AuditEvent.company_id == books.company_id)).all()
    assert [action for action in events if "layout" in action] == ["layout saved", "layout forgotten"]


def test_a_bookkeeper_sees_layouts_and_changes_none(database: str) -> None:
    books = found_books()
    save(books)
    with pytest.raises(AccessDenied):
        save(books, role=Role.BOOKKEEPER)
    with unit_of_work() as session, pytest.raises(AccessDenied):
        forget_layout(session, by(books, role=Role.BOOKKEEPER), books.company_id, listed(books)[0].id, now=builders.NOW)
    assert len(listed(books)) == 1


def test_layouts_of_another_company_do_not_exist(database: str) -> None:
    books, other = found_books(), found_books()
    save(books)
    assert listed(other) == []
    with unit_of_work() as session, pytest.raises(NotFound):
        forget_layout(session, by(other), other.company_id, listed(books)[0].id, now=builders.NOW)
    with unit_of_work() as session, pytest.raises(NotFound):
        save_layout(session, by(other), other.company_id, books.checking.id, LAYOUT, now=builders.NOW)


def test_a_layout_that_cannot_read_anything_is_not_saved(database: str) -> None:
    books = found_books()
    with pytest.raises(LayoutRefused):
        save(books, Layout())
    assert listed(books) == []
