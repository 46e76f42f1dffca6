"""The chapter of the reviewer: an own account, an approval taken back, many at once, until nothing waits."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.journey_books import Books
from tests.e2e.screen import WAIT, go_to, ready

DECISIONS_MOST = 25
REVENUE = "8000 Sales Revenue"


def opened(page: Page) -> str:
    """The payee of the open group."""
    return page.locator(".st-key-opened").get_by_role("heading").first.inner_text()


def waiting(page: Page, lines: int) -> None:
    """The page says that so many lines wait."""
    if lines:
        said = re.compile(rf"^{lines} lines? in \d+ groups?")
        expect(page.locator(".st-key-actions_review").get_by_text(said)).to_be_visible(timeout=WAIT)
        expect(page.locator(".st-key-nav").get_by_role("link", name=f"Review {lines}")).to_be_visible(timeout=WAIT)
    else:
        expect(page.get_by_text("Nothing waits here")).to_be_visible(timeout=WAIT)
    ready(page)  # the bar with its keys is drawn last


def book_elsewhere(page: Page, books: Books) -> None:
    """E opens the picker; the open group goes to the account that was searched and chosen."""
    before = books.waiting()
    waiting(page, before)
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("sales rev")
    page.get_by_role("option", name=REVENUE).click()
    dialog.get_by_role("button", name=re.compile("^Book")).click()
    expect(dialog).to_have_count(0)
    decided = books.rows(
        "select review.outcome, line.amount_minor, entry.status from reviews review"
        " join accounts account on account.id = review.account_id and account.code || ' ' || account.name = ?"
        " join journal_entries entry on entry.transaction_id = review.transaction_id"
        " join journal_lines line on line.entry_id = entry.id and line.account_id = account.id",
        REVENUE,
    )
    assert sorted(decided) == [("corrected", -3520_00, "posted"), ("corrected", -2105_00, "posted")]
    waiting(page, before - 2)
    assert books.waiting() == before - 2


def approve_and_take_back(page: Page, books: Books) -> None:
    """A posts the open group as proposed; Z reverses it, and it waits again. Nothing posted was changed."""
    before, payee = books.waiting(), opened(page)
    page.keyboard.press("a")
    expect(page.get_by_text(re.compile(rf"^{re.escape(payee)} → "))).to_be_visible()
    waiting(page, before - 1)
    assert books.waiting() == before - 1
    assert books.one("select count(*) from reviews where outcome = 'approved' and undone_at is null") == 1
    page.keyboard.press("z")
    waiting(page, before)
    expect(page.locator(".st-key-opened").get_by_role("heading").first).to_have_text(payee)
    assert books.waiting() == before
    assert books.one("select count(*) from reviews where outcome = 'approved' and undone_at is not null") == 1
    assert books.one("select count(*) from journal_entries where reverses_id is not null and status = 'posted'") == 1
    assert books.one("select count(*) from journal_entries where status = 'reversed'") == 1


def approve_the_likely(page: Page, books: Books) -> None:
    """Everything proposed at 60% or more is shown by account, then posted at once."""
    before = books.waiting()
    sure = books.one(
        "select count(*) from journal_entries entry join proposals proposal on proposal.id = entry.proposal_id"
        " where entry.status = 'needs_review' and proposal.confidence >= 0.6"
    )
    assert sure > 1
    page.get_by_role("button", name="Approve by confidence").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="60%").click()
    dialog.get_by_role("button", name=f"Approve {sure} lines").click()
    expect(dialog).to_have_count(0)
    waiting(page, before - sure)
    assert books.waiting() == before - sure


def clear_the_queue(page: Page, books: Books) -> None:
    """Group by group: the proposal where there is one, else the first alternative."""
    for _ in range(DECISIONS_MOST):
        left = books.waiting()
        if not left:
            break
        waiting(page, left)
        has_proposal = page.get_by_role("button", name=re.compile("^Approve( .*)? Shortcut A")).is_enabled()
        page.keyboard.press("a" if has_proposal else "1")
        expect(page.locator(".st-key-actions_review")).not_to_contain_text(f"{left} line", timeout=WAIT)
    waiting(page, 0)
    assert books.waiting() == 0


def review_everything(page: Page, books: Books) -> None:
    go_to(page, "Review")
    book_elsewhere(page, books)
    approve_and_take_back(page, books)
    approve_the_likely(page, books)
    clear_the_queue(page, books)
    posted = books.one(
        "select count(*) from journal_entries where status = 'posted' and transaction_id is not null"
    )  # fmt: skip
    assert posted == books.lines()
