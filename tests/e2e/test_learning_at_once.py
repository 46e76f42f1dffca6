"""One correction, and the next like line is proposed as the person decided: without training, in the browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.journey_books import Books
from tests.e2e.journey_upload import card_of, drop, store
from tests.e2e.screen import WAIT, go_to, ready, screenshot

pytestmark = pytest.mark.browser

PAYEE = "ZENDLY TOOLING"
FIRST = b"Date,Description,Amount\n2026-01-05,ZENDLY TOOLING,-12.34\n2026-01-19,ZENDLY TOOLING,-56.78\n"
SECOND = b"Date,Description,Amount\n2026-02-05,ZENDLY TOOLING,-13.99\n"
GUESSED = "6300 Software Subscriptions"
CHOSEN = "8000 Sales Revenue"  # no machine would propose it for a payment


def test_a_correction_changes_the_proposal_of_the_next_like_line_at_once(upload_desk: tuple[Page, Books]) -> None:
    page, books = upload_desk
    imported(page, "january.csv", FIRST, lines=2)
    go_to(page, "Review")
    expect(choices(page).first).to_contain_text(GUESSED)
    correct_the_one_of(page, "12.34")
    shows_what_was_learned(page)
    assert books.waiting() == 1
    go_to(page, "Upload")
    imported(page, "february.csv", SECOND, lines=1)
    go_to(page, "Review")
    expect(page.get_by_text("2 lines in 1 group")).to_be_visible(timeout=WAIT)
    shows_what_was_learned(page)
    screenshot(page, "review-learned")
    assert books.rows("select description from transactions where booked_on like '2026-01%'") == [(PAYEE,)] * 2
    assert books.one("select count(*) from model_versions") == 0
    assert books.verify()["violations"] == []


def imported(page: Page, name: str, content: bytes, *, lines: int) -> None:
    drop(page, (name, content))
    expect(card_of(page, name).get_by_text("Ready to store")).to_be_visible(timeout=WAIT)
    store(page, f"Store {lines} new line{'s' if lines > 1 else ''}")


def opened(page: Page) -> Locator:
    """The open group: its lines with all that a decision needs."""
    return page.locator(".st-key-opened")


def correct_the_one_of(page: Page, amount: str) -> None:
    """Search the line of this amount and book it to another account, then look at the whole queue again."""
    search = page.get_by_placeholder("Search text, payee, amount")
    search.fill(amount)
    search.press("Enter")
    expect(page.get_by_text("1 line in 1 group")).to_be_visible(timeout=WAIT)
    ready(page)
    search.blur()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("sales rev")
    page.get_by_role("option", name=CHOSEN).click()
    dialog.get_by_role("button", name="Book 1 line").click()
    expect(dialog).to_have_count(0, timeout=WAIT)
    ready(page)
    search.fill("")
    search.press("Enter")
    expect(page.get_by_text("1 line in 1 group")).to_be_visible(timeout=WAIT)
    ready(page)


def choices(page: Page) -> Locator:
    """The accounts to choose from, the proposed one first."""
    return opened(page).locator(".st-key-choices").get_by_role("button")


def shows_what_was_learned(page: Page) -> None:
    """The account proposed first with the reason, another to choose, and the line that speaks for it."""
    expect(choices(page).first).to_contain_text(CHOSEN, timeout=WAIT)
    expect(choices(page).nth(1)).to_contain_text(GUESSED)
    group = opened(page)
    expect(group.get_by_text(f"booked 1 of 1 times to {CHOSEN}")).to_be_visible()
    expect(group.get_by_text("Of 1 such line a person decided, 1 went to the first account.")).to_be_visible()
    expect(group.get_by_text("Most similar past lines")).to_be_visible()
    past = group.get_by_test_id("stDataFrame").first
    expect(past).to_contain_text(CHOSEN)
    expect(past).to_contain_text("2026-01-05")
