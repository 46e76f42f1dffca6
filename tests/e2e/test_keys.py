"""What is typed faster than the page is drawn is held, does what it was meant to do, and nothing else.

The browser is slowed down, so that every key meets a page or a dialog that is still being drawn.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journey_books import Books
from tests.e2e.journey_keyboard import HEADING, open_review
from tests.e2e.screen import WAIT, Window, ready
from tests.e2e.servers import Server

pytestmark = pytest.mark.browser
SLOWER = 4  # times


@pytest.fixture
def review(desk: Server, windows: Callable[..., Window]) -> tuple[Page, Books]:
    """Review with "payee 21" open, in a browser that is slow from now on."""
    page = windows(desk.url).page
    open_review(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page, Books(desk.database_url)


def opens(page: Page, payee: str) -> None:
    expect(page.locator(HEADING).first).to_have_text(payee, timeout=WAIT)


def dialog_is_gone(page: Page) -> None:
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=WAIT)
    ready(page)


def test_no_key_is_lost_while_the_page_is_being_drawn(review: tuple[Page, Books]) -> None:
    page, _ = review
    page.keyboard.type("jojvjj")  # nothing has the keys O and V
    opens(page, "payee 25")
    page.keyboard.press("e")
    expect(page.get_by_role("dialog").locator(":focus")).to_have_count(1, timeout=WAIT)
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    opens(page, "payee 24")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text("Take back your last action")).to_be_visible(timeout=WAIT)


def test_an_account_is_typed_and_booked_before_its_dialog_is_there(review: tuple[Page, Books]) -> None:
    page, books = review
    page.keyboard.type("etravel\n")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("j")
    opens(page, "payee 23")  # 22 took the place of 21, and J went on from there
    booked = books.rows(
        "select distinct accounts.name from reviews join accounts on accounts.id = reviews.account_id"
        " where outcome = 'corrected'"
    )
    assert booked == [("Travel",)]


@pytest.mark.parametrize("path", ["/review", "/posted"])
def test_a_tag_is_typed_before_its_field_is_there(review: tuple[Page, Books], path: str) -> None:
    page, books = review
    if path == "/posted":
        page.keyboard.press("2")
        opens(page, "payee 22")
        page.goto(path)
        page.get_by_role("radio", name="All").click()
        expect(page.locator(".st-key-posted_line")).to_be_visible(timeout=WAIT)
        ready(page)
    page.keyboard.type("tfair-26\n")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("fair-26").first).to_be_visible(timeout=WAIT)
    dialog_is_gone(page)
    assert books.rows("select name from tags") == [("fair-26",)]


def test_what_was_typed_for_a_dialog_decides_nothing_once_it_is_left(review: tuple[Page, Books]) -> None:
    page, books = review
    waiting = books.waiting()
    page.keyboard.type("ea1")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_be_visible(timeout=WAIT)
    page.keyboard.press("Escape")
    dialog_is_gone(page)
    page.keyboard.press("j")
    opens(page, "payee 22")
    ready(page)
    assert books.waiting() == waiting


def test_ctrl_enter_presses_no_dialog_but_the_one_it_was_meant_for(review: tuple[Page, Books]) -> None:
    page, books = review
    page.keyboard.press("l")
    page.keyboard.type("Paid twice")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")  # pressed twice in haste
    page.keyboard.press("l")
    opens(page, "payee 22")
    expect(page.get_by_role("dialog").get_by_label("Why")).to_be_focused(timeout=WAIT)
    page.wait_for_timeout(1000)
    expect(page.get_by_role("dialog").get_by_label("Why")).to_have_value("")
    assert books.rows("select count(distinct transaction_id) from reviews where outcome = 'rejected'") == [(3,)]


def test_a_key_that_is_held_down_decides_once(review: tuple[Page, Books]) -> None:
    page, books = review
    waiting = books.waiting()
    for _ in range(30):
        page.keyboard.down("1")
        page.wait_for_timeout(50)
    page.keyboard.up("1")
    opens(page, "payee 22")
    ready(page)
    assert books.waiting() == waiting - 3


def test_letters_typed_into_the_filter_are_no_keys(review: tuple[Page, Books]) -> None:
    page, _ = review
    page.locator(".st-key-review_filter").get_by_role("button").click()
    page.get_by_label("Proposed account").click()
    page.keyboard.type("soft")
    expect(page.get_by_role("option", name="6300 Software Subscriptions")).to_be_visible(timeout=WAIT)
    expect(page.get_by_label("Proposed account")).to_have_value("soft")
    expect(page.locator(".stDialog")).to_have_count(0)
