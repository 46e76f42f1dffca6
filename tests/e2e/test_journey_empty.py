"""From an empty database to true figures, as somebody does it who opens the workbench for the first time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journey_books import Books, books_of
from tests.e2e.journey_upload import (
    CARD,
    CHECKING,
    COMPANY,
    STATEMENTS,
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
BROKEN_FILE = "ofx_ofxparse_fail_nice_date_missing.ofx"


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


def three_files_of_which_one_is_broken(page: Page, books: Books) -> None:
    drop(page, real(CHECKING_FILE), real(CARD_FILE), real(BROKEN_FILE))
    broken = card_of(page, BROKEN_FILE)
    expect(broken.get_by_text("Nothing was stored from this file")).to_be_visible()
    expect(broken.get_by_text("the date is missing").first).to_be_visible()
    choose_account(page, CHECKING_FILE, CHECKING)
    choose_account(page, CARD_FILE, CARD)
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    assert books.lines() == 0
    assert books.files() == []
    store(page, "Store 12 new lines")
    assert books.lines() == 12
    print(books.files())
    page.screenshot(path="/tmp/j/e1.png", full_page=True)
