"""A reviewer clears a hundred mixed lines with the keyboard alone; every page and dialog passes axe-core."""

from collections.abc import Callable
from statistics import median

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import accessible
from tests.e2e.journey_books import Books
from tests.e2e.journey_keyboard import (
    Clearing,
    another_account,
    open_review,
    rule_of_this,
    split_in_two,
    undo_and_again,
)
from tests.e2e.screen import WAIT, Window, ready, screenshot
from tests.e2e.servers import Server

pytestmark = pytest.mark.browser
LINES = 100


def test_a_hundred_mixed_lines_are_cleared_with_the_keyboard_alone(
    desk: Server, windows: Callable[..., Window], capsys: pytest.CaptureFixture[str]
) -> None:
    page, books = windows(desk.url).page, Books(desk.database_url)
    assert books.waiting() == LINES
    open_review(page)
    hands = Clearing(page)
    screenshot(page, "keyboard-1-begin")
    undo_and_again(hands)
    ready(page)
    another_account(hands, "soft")
    ready(page)
    rule_of_this(hands)
    ready(page)
    hands.decide("1")
    page.keyboard.press("j")
    ready(page)
    screenshot(page, "keyboard-2-underway")
    while left := books.waiting():
        ready(page)
        group = page.locator(".st-key-opened")
        proposed = page.locator(".st-key-bar button[kind=primary]").is_enabled()
        single = group.get_by_text("1 line ·").count() == 1
        last = page.get_by_text("1 group", exact=True).count() == 1
        if single and not books.one("select count(*) from reviews where outcome = 'split' and undone_at is null"):
            split_in_two(hands)
        else:
            hands.decide("a" if proposed else "2" if left % 2 else "1", last=last)
    screenshot(page, "keyboard-3-done")
    posted = books.one("select count(*) from journal_entries where status = 'posted' and transaction_id is not null")
    outcomes = dict(books.rows("select outcome, count(*) from reviews where undone_at is null group by outcome"))
    assert posted == LINES
    assert sum(outcomes.values()) == LINES
    assert set(outcomes) == {"approved", "corrected", "split"}
    assert books.one("select count(*) from rules") == 1
    assert books.one("select count(*) from reviews where undone_at is not null") == 3
    with capsys.disabled():
        seconds = sorted(hands.seconds)
        print(
            f"\n{LINES} lines in {sum(seconds):.1f} s of waiting and typing: {sum(seconds) / LINES:.2f} s a line;"
            f" a decision {median(seconds):.2f} s (median), {seconds[int(len(seconds) * 0.95)]:.2f} s (p95)"
        )


def test_review_and_every_dialog_of_it_pass_axe(desk: Server, windows: Callable[..., Window]) -> None:
    page = windows(desk.url).page
    open_review(page)
    accessible(page, "Review")
    for key in "esmqnxly?":
        page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_be_visible(timeout=WAIT)
        ready(page)
        page.wait_for_timeout(400)  # it fades in, and half-way its contrast is low
        accessible(page, f"the dialog of {key}")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0, timeout=WAIT)
        ready(page)
