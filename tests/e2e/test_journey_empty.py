"""From an empty database to true figures, as somebody does it who opens the workbench for the first time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journey_books import Books, books_of
from tests.e2e.journey_figures import audit_log_is_whole, metrics_agree, reports_agree, sign_out
from tests.e2e.journey_reconcile import close_statements
from tests.e2e.journey_review import review_everything
from tests.e2e.journey_upload import (
    CARD,
    CHECKING,
    COMPANY,
    STATEMENTS,
    add_account,
    card_of,
    choose_account,
    drop,
    figure,
    found_company,
    set_up_administrator,
    store,
)
from tests.e2e.screen import Window
from tests.e2e.servers import Server

pytestmark = pytest.mark.browser

CHECKING_FILE, CARD_FILE = "us_suntrust.csv", "us_chase_card.csv"
BROKEN_FILE, GARBLED_FILE = "ofx_ofxparse_fail_nice_date_missing.ofx", "neg_garbled_amount.csv"
LONG_FILE, RESERVE = "us_chase_ofxdate.csv", "Chase reserve"


def real(name: str) -> tuple[str, bytes]:
    return name, (STATEMENTS / name).read_bytes()


def test_a_newcomer_gets_from_nothing_to_true_figures(empty_server: Server, windows: Callable[..., Window]) -> None:
    page, books = windows(empty_server.url).page, books_of(empty_server)
    set_up_administrator(page)
    assert books.rows("select username from users") == [("ada",)]
    found_company(page)
    assert books.rows("select name, base_currency from companies") == [(COMPANY, "USD")]
    assert books.rows("select name, kind from bank_accounts order by name") == [(CARD, "card"), (CHECKING, "bank")]
    three_files_of_which_one_is_broken(page, books)
    the_same_file_again_and_a_garbled_one(page, books)
    two_overlapping_files(page, books)
    review_everything(page, books)
    close_statements(page, books, CHECKING, CARD, RESERVE)
    metrics_agree(page, books)
    reports_agree(page, books)
    audit_log_is_whole(page, books)
    sign_out(page)
    found = books.verify()
    assert found["violations"] == []
    assert found["checked"]["law 4: bank lines are stored once"] == 21


def three_files_of_which_one_is_broken(page: Page, books: Books) -> None:
    """The preview says what each file holds; the broken one is named with row and reason and holds up no other."""
    drop(page, real(CHECKING_FILE), real(CARD_FILE), real(BROKEN_FILE))
    broken = card_of(page, BROKEN_FILE)
    expect(broken.get_by_text("Nothing was stored from this file")).to_be_visible()
    expect(broken.get_by_text(f"{BROKEN_FILE}: row 1: the date is missing")).to_be_visible()
    choose_account(page, CHECKING_FILE, CHECKING)
    expect(card_of(page, CARD_FILE).get_by_text("Ready to store")).to_be_visible()  # its name says that it is a card
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    assert (books.lines(), books.files()) == (0, [])
    store(page, "Store 12 new lines")
    expect(figure(page, "New, stored")).to_have_text("12")
    expect(figure(page, "Refused")).to_have_text("3")
    assert sorted(books.files()) == [
        (BROKEN_FILE, "refused", 3, 0, 0, 3, 0),
        (CARD_FILE, "stored", 5, 5, 0, 0, 107_12),
        (CHECKING_FILE, "stored", 7, 7, 0, 0, 700_00),
    ]
    assert books.lines() == 12


def the_same_file_again_and_a_garbled_one(page: Page, books: Books) -> None:
    """Byte for byte the same is told, not stored; an amount that nobody can read refuses its file."""
    drop(page, real(CHECKING_FILE), real(GARBLED_FILE))
    known = card_of(page, CHECKING_FILE)
    known.get_by_text("Already stored").click()
    expect(known.get_by_text("The same file, byte for byte")).to_be_visible()
    expect(card_of(page, GARBLED_FILE).get_by_text("row 3: the amount “12..34” cannot be read")).to_be_visible()
    store(page, "Keep the record of 2 files")
    expect(figure(page, "New, stored")).to_have_text("0")
    expect(figure(page, "Already stored")).to_have_text("7")
    assert books.lines() == 12
    assert sorted(books.files())[-1] == (CHECKING_FILE, "stored", 7, 7, 0, 0, 700_00)
    assert (CHECKING_FILE, "duplicate", 7, 0, 7, 0, 0) in books.files()
    assert (GARBLED_FILE, "refused", 2, 0, 0, 2, 0) in books.files()


def two_overlapping_files(page: Page, books: Books) -> None:
    """Rows 1 to 6 and rows 4 to 9 of one statement, dropped together: nine lines, none lost, none twice."""
    rows = real(LONG_FILE)[1].splitlines(keepends=True)
    first, second = "download.csv", "download (1).csv"
    drop(page, (first, b"".join(rows[:6])), (second, b"".join(rows[3:])))
    add_account(page, first, RESERVE)
    choose_account(page, second, RESERVE, "Partly new")
    store(page, "Store 9 new lines")
    expect(figure(page, "Already stored")).to_have_text("3")
    assert books.lines() == 21
    assert books.one("select sum(amount_minor) from transactions") == 107_12 + 700_00 + 6922_11
