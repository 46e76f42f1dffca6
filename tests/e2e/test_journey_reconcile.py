"""A month reconciled in the browser: keys, a batch and a difference by hand, the proof, the close, the reopening."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from db.engine import unit_of_work, use_database
from models import AccountPurpose, DefaultAccount, Role
from tests import builders
from tests.e2e.conftest import people
from tests.e2e.journey_books import Books, books_of
from tests.e2e.journey_reconcile import bank_side, is_proved, ledger_side
from tests.e2e.journey_upload import card_of, drop, store
from tests.e2e.screen import WAIT, Window, go_to, ready, screenshot, sign_in
from tests.e2e.servers import running

pytestmark = pytest.mark.browser

ITEMS = b"""number,kind,counterparty,issued_on,due_on,amount,currency,reference,account_code
INV-1,invoice,Acme Ltd,2025-09-20,2025-10-04,120.00,USD,,8000
INV-2,invoice,Acme Ltd,2025-09-21,2025-10-05,120.00,USD,,8000
A-7,invoice,Lakeside Weddings,2025-09-25,2025-10-09,40.00,USD,,8000
A-8,invoice,Harbor Books,2025-09-26,2025-10-10,51.00,USD,,8000
B-3,invoice,Millstone Bakery,2025-05-02,2025-06-01,65.00,USD,,8000
"""
STATEMENT = b"""Date,Description,Amount,Balance
2025-10-03,CREDIT ACME LTD,120.00,1120.00
2025-10-06,CREDIT ACME LTD,120.00,1240.00
2025-10-07,DEPOSIT,65.00,1305.00
2025-10-08,WIRE ON ACCOUNT,90.50,1395.50
"""


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, windows: Callable[..., Window]) -> Iterator[tuple[Page, Books]]:
    """The Upload page of a company with one bank account and nothing in its books."""
    path = tmp_path / "desk.db"
    shutil.copyfile(sqlite_template, path)
    with use_database(f"sqlite:///{path}"), unit_of_work() as session:
        company_id, users = people(session)
        name_accounts(session, company_id)
    with running(f"sqlite:///{path}", tmp_path) as server:
        page = windows(server.url).page
        sign_in(page, users[Role.MANAGER], path="/upload")
        yield page, books_of(server)


def name_accounts(session: Session, company_id: object) -> None:
    small = builders.account(session, company_id, code="6990", name="Small differences")
    builders.account(session, company_id, code="3000", name="Owner's Equity", type="equity", role="owner")
    builders.stored(
        session, DefaultAccount(company_id=company_id, purpose=AccountPurpose.ADJUSTMENTS, account_id=small.id)
    )


def test_a_month_is_matched_proved_closed_and_reopened(desk: tuple[Page, Books]) -> None:
    page, books = desk
    both_files_are_stored(page)
    go_to(page, "Reconcile")
    suggestions_are_confirmed_with_keys(page, books)
    a_line_is_matched_by_hand(page, books)
    a_batch_is_matched_by_hand_and_its_rest_written_off(page, books)
    the_statement_is_printed_closed_and_reopened(page, books)
    assert books.verify()["violations"] == []


def both_files_are_stored(page: Page) -> None:
    page.get_by_role("radio", name="Open items").click()
    expect(page.get_by_text("Nothing is open")).to_be_visible(timeout=WAIT)
    ready(page)
    drop(page, ("invoices.csv", ITEMS))
    page.get_by_role("button", name="Store 5 new items").click()
    expect(page.get_by_text("1 to 5 of 5 items")).to_be_visible(timeout=WAIT)
    ready(page)
    page.get_by_role("radio", name="Bank files").click()
    expect(page.get_by_text("Drop the files of this month into the field")).to_be_visible(timeout=WAIT)
    ready(page)
    drop(page, ("october.csv", STATEMENT))
    expect(card_of(page, "october.csv").get_by_text("Ready to store")).to_be_visible(timeout=WAIT)
    store(page, "Store 4 new lines")


def suggestions_are_confirmed_with_keys(page: Page, books: Books) -> None:
    """Two payments and two invoices alike: the older payment is offered for the older invoice, then the others."""
    expect(page.get_by_text("Probably belong together 1 of 2")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("2 payments and 2 items are alike, paired in the order of their days.")).to_have_count(2)
    ready(page)
    screenshot(page, "reconcile-suggested")
    page.locator("body").press("a")
    expect(page.get_by_text("Last: Confirmed")).to_be_visible(timeout=WAIT)
    ready(page)
    assert paid_on(books, "INV-1") == "2025-10-03"
    page.locator("body").press("a")
    expect(page.get_by_text("No suggestion waits here")).to_be_visible(timeout=WAIT)
    ready(page)
    assert paid_on(books, "INV-2") == "2025-10-06"
    assert books.rows("select distinct settled_minor from open_items where number like 'INV%'") == [(12_000,)]


def paid_on(books: Books, number: str) -> object:
    """The day of the line that settles an item."""
    return books.one(
        "select line.booked_on from transactions line"
        " join match_members mine on mine.transaction_id = line.id"
        " join matches on matches.id = mine.match_id and matches.status = 'confirmed'"
        " join match_members its on its.match_id = matches.id"
        " join open_items item on item.id = its.open_item_id where item.number = ?",
        number,
    )


def choose(page: Page, table: int, row: int) -> None:
    """Tick a row of the list left (0) or right (1); the first row is 0."""
    box = page.get_by_test_id("stDataFrame").nth(table).bounding_box()
    assert box
    page.mouse.click(box["x"] + 16, box["y"] + 46 + 30.5 * row)
    ready(page)


def a_line_is_matched_by_hand(page: Page, books: Books) -> None:
    """An invoice far too old to be suggested."""
    choose(page, 0, 0)
    choose(page, 1, 2)
    expect(page.get_by_text("65.00 − 65.00 = 0.00")).to_be_visible(timeout=WAIT)
    page.locator("body").press("m")
    expect(page.get_by_text("Last: Matched by hand")).to_be_visible(timeout=WAIT)
    ready(page)
    assert books.one("select settled_minor from open_items where number = 'B-3'") == 6_500


def a_batch_is_matched_by_hand_and_its_rest_written_off(page: Page, books: Books) -> None:
    """90.50 for invoices of 91.00: both are settled, the fifty cents are written off."""
    for table, row in ((0, 0), (1, 0), (1, 1)):
        choose(page, table, row)
    expect(page.get_by_text("90.50 − 91.00 = −0.50")).to_be_visible(timeout=WAIT)
    screenshot(page, "reconcile-difference")
    expect(page.get_by_role("button", name="Match the selected")).to_be_disabled()
    page.locator("body").press("w")
    expect(page.get_by_text("Every line of this statement is booked or matched")).to_be_visible(timeout=WAIT)
    assert books.rows("select distinct status from open_items") == [("settled",)]
    assert books.one("select amount_minor from match_differences") == -50


def the_statement_is_printed_closed_and_reopened(page: Page, books: Books) -> None:
    ledger_side(page).get_by_role("button", name="Book the opening balance").click()
    is_proved(page)
    with page.expect_download() as kept:
        bank_side(page).get_by_role("button", name="Print").click()
    assert kept.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Close statement").click()
    expect(page.locator(".st-key-tools_reconcile").get_by_text("Closed")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Reopen").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("The bank sent a correction")
    dialog.get_by_role("button", name="Reopen it").click()
    expect(page.get_by_text("Reopened: The bank sent a correction")).to_be_visible(timeout=WAIT)
    assert books.rows("select status, reopened_reason from reconciliations") == [("open", "The bank sent a correction")]
    screenshot(page, "reconcile-proved")
