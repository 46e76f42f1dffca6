"""Receipts on Review and Posted: attached where the line is decided, taken down as they were, refused in a sentence."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.posting.attachments import attach, list_attachments
from core.posting.line_history import line_history
from db.engine import snapshot, unit_of_work
from models import JournalEntry, Role
from tests import builders
from tests.ui.screen import button, check, press, refusals, told
from tests.unit.posting.cases import NOW, waiting
from ui import evidence, identity

PAGES = Path(__file__).parents[2] / "pages"
PDF = b"%PDF-1.7\n\x00\xff receipt\r\n%%EOF"


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, name="Hamilton Coffee Co.")


@pytest.fixture
def sign_in(books, monkeypatch: pytest.MonkeyPatch):
    def signed_in(role: Role) -> Caller:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield")
        caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: role})
        for module in ("ui.identity", "ui.posted_desk"):
            monkeypatch.setattr(f"{module}.here", lambda page: identity.Here(caller, books.company))
        return caller

    return signed_in


def line(books, *, posted: bool = False) -> JournalEntry:
    with unit_of_work() as session:
        entry = waiting(session, books, account=books.expense, counterparty="adobe")
        entry.auto_approved = posted
        return builders.post(session, entry) if posted else entry


def opened(name: str) -> AppTest:
    return check(AppTest.from_file(PAGES / name, default_timeout=20).run())


def kept(caller, books, entry) -> list[str]:
    with snapshot() as session:
        found = list_attachments(session, caller, books.company_id, [entry.transaction_id])
    return [each.name for each in found.get(entry.transaction_id, [])]


@pytest.mark.parametrize(("name", "key", "posted"), [
    ("review.py", "review_to_receipts", False), ("posted.py", "posted_receipts", True),
])  # fmt: skip
def test_receipts_are_attached_and_listed_with_the_line(books, sign_in, name, key, posted):
    caller, entry = sign_in(Role.BOOKKEEPER), line(books, posted=posted)
    page = opened(name)
    press(page, key)
    assert "Nothing is attached yet." in told(page)
    press(page, "receipts_go")
    assert refusals(page) == ["Choose a file first."]
    page.file_uploader(key="receipts_files").set_value([("receipt.pdf", PDF, "application/pdf"),
                                                        ("notes.txt", b"not a paper", "text/plain")])  # fmt: skip
    press(page, "receipts_go")
    assert refusals(page) == [
        "notes.txt cannot be attached: it is neither a PDF nor a picture (PNG, JPEG, WebP, GIF, TIFF, HEIC)."
    ]
    assert kept(caller, books, entry) == ["receipt.pdf"]
    assert "**receipt.pdf**" in told(page)
    assert evidence.size(len(PDF)) in told(page)
    with snapshot() as session:
        steps = line_history(session, caller, books.company_id, entry.transaction_id)
    assert [(step.detail, step.who) for step in steps if step.what == "Receipt"] == [("receipt.pdf", "Dana Whitfield")]


def test_the_open_group_says_how_many_receipts_its_lines_have(books, sign_in):
    caller, entry = sign_in(Role.REVIEWER), line(books)
    page = opened("review.py")
    assert button(page, "review_to_receipts").label == "Receipts"
    with unit_of_work() as session:
        attach(session, caller, books.company_id, entry.transaction_id, name="a.pdf", content=PDF, now=NOW)
    page = opened("review.py")
    assert button(page, "review_to_receipts").label == "Receipts 1"
    press(page, "review_to_receipts")
    assert button(page, "review_approve").proto.shortcut == ""


def test_what_is_taken_down_is_what_was_attached(books, sign_in):
    caller, entry = sign_in(Role.BOOKKEEPER), line(books)
    with unit_of_work() as session:
        made = attach(session, caller, books.company_id, entry.transaction_id, name="a.pdf", content=PDF, now=NOW)
    assert evidence.content_of(caller, books.company_id, made.id) == PDF


@pytest.mark.parametrize(("count", "words"), [(12, "12 bytes"), (36_864, "36 KB"), (1_468_007, "1.4 MB")])
def test_a_size_is_told_in_the_unit_that_fits(count, words):
    assert evidence.size(count) == words
