"""The chapter of the proof: what a statement says, what the ledger says, and the close at zero."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.journey_books import Books
from tests.e2e.screen import WAIT, go_to, ready


def choose_account(page: Page, current: str, account: str) -> None:
    """Open another account's statement from the menu."""
    page.locator(".st-key-tools_reconcile").get_by_role("button", name=current).click()
    page.get_by_role("menuitem", name=account).click()
    expect(page.locator(".st-key-tools_reconcile").get_by_role("button", name=account)).to_be_visible(timeout=WAIT)
    ready(page)


def bank_side(page: Page) -> Locator:
    return page.locator(".st-key-proofbank")


def ledger_side(page: Page) -> Locator:
    return page.locator(".st-key-proofbook")


def figures_of(box: Locator) -> list[str]:
    """The figures of a proof in their order, signs left out."""
    return [text for text in box.get_by_test_id("stMetricValue").all_inner_texts() if text not in ("+", "−", "=")]


def is_proved(page: Page) -> None:
    expect(bank_side(page).get_by_text("Proved")).to_be_visible(timeout=WAIT)
    expect(ledger_side(page).get_by_text("To the cent")).to_be_visible(timeout=WAIT)


def close(page: Page, books: Books, account: str) -> None:
    page.get_by_role("button", name="Close statement").click()
    expect(page.locator(".st-key-tools_reconcile").get_by_text("Closed")).to_be_visible(timeout=WAIT)
    ready(page)
    states = books.rows(
        "select reconciliation.status, reconciliation.closed_by is not null from reconciliations reconciliation"
        " join bank_accounts bank on bank.id = reconciliation.bank_account_id where bank.name = ?",
        account,
    )
    assert states == [("closed", 1)]


def type_balances(page: Page, opening: str, closing: str) -> None:
    """For a file that states none: what stands on the paper."""
    bank_side(page).get_by_role("button", name="Type in the balances").click()
    dialog = page.get_by_role("dialog")
    fields = dialog.get_by_role("textbox")
    fields.nth(0).fill(opening)
    fields.nth(1).fill(closing)
    dialog.get_by_role("button", name="Keep the balances").click()
    expect(dialog).to_have_count(0)


def close_statements(page: Page, books: Books, checking: str, card: str, other: str) -> None:
    """The checking statement proves itself; the card's balances are typed, and what was owed before is booked."""
    go_to(page, "Reconcile")
    choose_account(page, other, checking)
    is_proved(page)
    assert figures_of(bank_side(page)) == ["0.00", "700.00", "700.00"]
    assert figures_of(ledger_side(page)) == ["700.00", "700.00", "0.00"]
    close(page, books, checking)
    choose_account(page, checking, card)
    expect(bank_side(page).get_by_text("A balance is not stated")).to_be_visible()
    type_balances(page, "-107.12", "5.00")
    expect(bank_side(page).get_by_text("5.00 apart")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="Close statement")).to_be_disabled()
    bank_side(page).get_by_role("button", name="Change the balances").click()
    page.get_by_role("dialog").get_by_role("textbox").nth(1).fill("0.00")
    page.get_by_role("dialog").get_by_role("button", name="Keep the balances").click()
    expect(bank_side(page).get_by_text("Proved")).to_be_visible(timeout=WAIT)
    ledger_side(page).get_by_role("button", name="Book the opening balance").click()
    is_proved(page)
    assert figures_of(ledger_side(page)) == ["0.00", "0.00", "0.00"]
    close(page, books, card)
