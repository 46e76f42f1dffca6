"""A hundred lines of all kinds cleared with the keyboard alone, by a reviewer who never touches the mouse."""

import time
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect
from sqlmodel import Session

from models import Account
from tests import builders
from tests.e2e.screen import WAIT, ready, sign_in
from tests.unit.posting.cases import waiting

PAIRS, TRIPLES, SINGLES = 20, 10, 30  # groups of so many lines: 40 + 30 + 30 = 100 lines
HEADING = ".st-key-opened h2"


@dataclass
class Clearing:
    """The reviewer's hands: keys pressed, lines decided, and the seconds from a key to the next group."""

    page: Page
    seconds: list[float] = field(default_factory=list)

    def opened(self) -> str:
        return self.page.locator(HEADING).first.inner_text()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def decide(self, *keys: str, last: bool = False) -> None:
        """Press the keys and wait until another group is open, or nothing waits."""
        before, started = self.opened(), time.perf_counter()
        self.press(*keys)
        if last:
            expect(self.page.get_by_text("Nothing waits here")).to_be_visible(timeout=WAIT)
        else:
            expect(self.page.locator(HEADING).first).not_to_have_text(before, timeout=WAIT)
        self.seconds.append(time.perf_counter() - started)

    def dialog(self, key: str) -> None:
        """Open a dialog by its key and wait until it can be typed into."""
        self.press(key)
        expect(self.page.get_by_role("dialog").locator(":focus")).to_have_count(1, timeout=WAIT)


def mixed_lines(session: Session, books: builders.Books) -> int:
    """Proposals, guesses and lines without any, alone and in groups; how many."""
    travel = builders.account(session, books.company_id, code="6800", name="Travel")
    number = 0

    def group(lines: int, account: Account | None, confidence: float) -> None:
        nonlocal number
        number += 1
        choices = [
            {"account_id": str(each.id), "probability": share}
            for each, share in ((books.expense, confidence), (travel, 0.2))
        ]
        for line in range(lines):
            waiting(
                session, books, account=account, confidence=confidence, alternatives=choices,
                counterparty=f"payee {number:02}", description=f"CARD {number:02}{line} PAYEE",
                amount_minor=-(100_00 * (61 - number) + line),
            )  # fmt: skip

    for _ in range(PAIRS):
        group(2, books.expense, 0.7)
    for _ in range(TRIPLES):
        group(3, None, 0.3)
    for _ in range(SINGLES):
        group(1, books.expense, 0.9)
    return PAIRS * 2 + TRIPLES * 3 + SINGLES


def open_review(page: Page) -> None:
    sign_in(page, "mara")
    page.goto("/review")
    expect(page.locator(HEADING).first).to_be_visible(timeout=WAIT)
    ready(page)


def another_account(hands: Clearing, typed: str) -> None:
    """E, a part of the account's name, Enter, Ctrl+Enter."""
    before, started = hands.opened(), time.perf_counter()
    hands.dialog("e")
    hands.page.keyboard.type(typed)
    expect(hands.page.get_by_role("option").first).to_contain_text("6300 Software", timeout=WAIT)
    hands.press("Enter", "Control+Enter")
    expect(hands.page.locator(HEADING).first).not_to_have_text(before, timeout=WAIT)
    hands.seconds.append(time.perf_counter() - started)


def split_in_two(hands: Clearing) -> None:
    """S, then by Tab through the parts: the first 60.00, the rest to travel."""
    before, started, page = hands.opened(), time.perf_counter(), hands.page
    hands.dialog("s")
    page.keyboard.type("soft")
    expect(page.get_by_role("option").first).to_contain_text("6300 Software", timeout=WAIT)
    hands.press("Enter", "Tab")
    while page.evaluate("document.activeElement.getAttribute('aria-label')") != "Amount":
        hands.press("Tab")
    left = page.get_by_role("dialog").get_by_text("Left to place")
    whole = left.inner_text()
    page.keyboard.type("60")
    hands.press("Enter")
    expect(left).not_to_have_text(whole, timeout=WAIT)  # the dialog is drawn anew, which may take the focus
    ready(page)
    hands.press("Tab")
    while page.evaluate("document.activeElement.getAttribute('aria-label')") != "Account":
        hands.press("Tab")
    page.keyboard.type("travel")
    expect(page.get_by_role("option").first).to_contain_text("6800 Travel", timeout=WAIT)
    hands.press("Enter")
    ready(page)
    expect(page.get_by_role("dialog").get_by_text("Left to place: 0.00")).to_be_visible(timeout=WAIT)
    hands.press("Control+Enter")
    expect(page.locator(HEADING).first).not_to_have_text(before, timeout=WAIT)
    hands.seconds.append(time.perf_counter() - started)


def rule_of_this(hands: Clearing) -> None:
    """M, and Ctrl+Enter takes it as it is prefilled; the lines still wait."""
    hands.dialog("m")
    hands.press("Control+Enter")
    expect(hands.page.get_by_text("books coming lines to")).to_be_visible(timeout=WAIT)


def undo_and_again(hands: Clearing) -> None:
    """1, Z, 1: what was booked by mistake is back, and is booked after another look."""
    before = hands.opened()
    hands.decide("1")
    ready(hands.page)
    hands.press("z")
    expect(hands.page.locator(HEADING).first).to_have_text(before, timeout=WAIT)
    ready(hands.page)
    hands.decide("1")
