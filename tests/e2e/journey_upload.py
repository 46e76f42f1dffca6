"""The first chapters of the journey: from the first visit to stored lines."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.screen import PASSWORD, WAIT, ready

STATEMENTS = Path(__file__).parents[1] / "data" / "statements"
COMPANY = "Riverside Web Studio"
CHECKING, CARD = "SunTrust checking", "Chase card"
PATIENT = 60_000  # milliseconds: storing matches and books as well


def set_up_administrator(page: Page) -> None:
    """The first visit: whatever address was asked for, the form for the administrator comes."""
    page.goto("/review")
    expect(page).to_have_url(re.compile("/set-up"))
    page.get_by_label("Your name").fill("Ada Moreno")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Create and sign in").click()
    expect(page.get_by_role("heading", name="Companies", exact=True)).to_be_visible(timeout=PATIENT)


def found_company(page: Page) -> None:
    """The guided way: details, chart, two bank accounts; the first file comes next."""
    page.get_by_role("button", name="Add the first company").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(COMPANY)
    dialog.get_by_role("button", name="Continue to the chart").click()
    expect(dialog.get_by_text(f"{COMPANY} starts with these")).to_be_visible()
    dialog.get_by_role("button", name="Continue to bank accounts").click()
    dialog.get_by_label("Name", exact=True).fill(CHECKING)
    dialog.get_by_role("button", name="Add and name another").click()
    expect(dialog.get_by_text(CHECKING)).to_be_visible()
    dialog.get_by_label("Another account").fill(CARD)
    dialog.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Credit card").click()
    dialog.get_by_role("button", name="Create the company").click()
    expect(page.get_by_role("heading", name="Upload", exact=True)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text(f"{COMPANY} is ready")).to_be_visible()


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Drop files at once on the field."""
    field = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    field.set_input_files([{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files])


def card_of(page: Page, name: str) -> Locator:
    """The box of one uploaded file."""
    return page.get_by_test_id("stExpander").filter(has_text=name)


def choose_account(page: Page, name: str, account: str, then: str = "Ready to store") -> None:
    """Answer which bank account a file belongs to; `then` is what the file's badge says after that."""
    card_of(page, name).get_by_role("combobox").click()
    page.get_by_role("option", name=account, exact=True).click()
    expect(card_of(page, name).get_by_text(then)).to_be_visible(timeout=WAIT)


def add_account(page: Page, name: str, account: str) -> None:
    """Answer with a bank account that is not there yet."""
    card_of(page, name).get_by_role("button", name="New bank account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(account)
    dialog.get_by_role("button", name="Add the account").click()
    expect(card_of(page, name).get_by_text("Ready to store")).to_be_visible(timeout=WAIT)


def figure(page: Page, label: str) -> Locator:
    """The figure under this label in a sum."""
    return (
        page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True)).get_by_test_id("stMetricValue")
    )


def store(page: Page, verb: str) -> None:
    """Press the button that stores, and wait for the receipt."""
    page.get_by_role("button", name=verb).click()
    expect(page.get_by_text("The bytes of every file are kept")).to_be_visible(timeout=PATIENT)
    ready(page)
