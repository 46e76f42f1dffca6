"""A month's files as somebody uploads them who has a deadline: questions, a broken file, doubts, and ways back."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journey_books import Books
from tests.e2e.journey_upload import card_of, drop, figure, store
from tests.e2e.screen import WAIT, ready, screenshot

pytestmark = pytest.mark.browser

# Both orders give the same two days, once forwards and once backwards: nothing can settle it.
OPEN_DATES = b"Date,Description,Amount\n04/05/2026,SQUARE,2140.90\n05/04/2026,COMCAST,-45.00\n"
FOLLOWING = b"Date,Description,Amount\n06/07/2026,SQUARE,1999.00\n07/06/2026,COMCAST,-46.00\n"
BROKEN = b"Date,Description,Amount\n2026-10-01,BEANS,-1.00\n2026-13-45,RENT,-2.00\n"


def month(number: int) -> tuple[str, bytes]:
    rows = (
        f"2025-{number:02d}-05,SUPPLIER {number},-10.0{number}\n2025-{number:02d}-20,CUSTOMER {number},20.0{number}\n"
    )
    return f"month-{number}.csv", b"Date,Description,Amount\n" + rows.encode()


def test_a_month_of_files_goes_in_without_a_guess_and_without_a_loss(upload_desk: tuple[Page, Books]) -> None:
    page, books = upload_desk
    an_open_question_is_asked_once(page, books)
    a_broken_file_among_ten_is_named(page, books)
    a_doubtful_line_is_decided(page, books)
    a_layout_is_drawn(page, books)
    an_import_is_taken_back(page, books)
    assert books.verify()["violations"] == []


def an_open_question_is_asked_once(page: Page, books: Books) -> None:
    """The answer to the first file reads the next one, and the page says so."""
    drop(page, ("april.csv", OPEN_DATES))
    card = card_of(page, "april.csv")
    expect(card.get_by_text("Which reading is right?")).to_be_visible()
    screenshot(page, "upload-question")
    card.get_by_role("button", name="Month first").click()
    expect(card.get_by_text("Ready to store")).to_be_visible(timeout=WAIT)
    store(page, "Store 2 new lines")
    drop(page, ("june.csv", FOLLOWING))
    card = card_of(page, "june.csv")
    expect(card.get_by_text("Ready to store")).to_be_visible(timeout=WAIT)
    expect(card.get_by_text("as last time: month first")).to_be_visible()
    store(page, "Store 2 new lines")
    assert books.rows("select distinct booked_on from transactions order by 1") == [
        ("2026-04-05",), ("2026-05-04",), ("2026-06-07",), ("2026-07-06",),
    ]  # fmt: skip


def a_broken_file_among_ten_is_named(page: Page, books: Books) -> None:
    """Nine land, the tenth is named with its row; its readable line goes in by an explicit choice alone."""
    drop(page, *map(month, range(1, 10)), ("broken.csv", BROKEN))
    broken = card_of(page, "broken.csv")
    expect(broken.get_by_text("row 3: the date “2026-13-45” is no date")).to_be_visible(timeout=WAIT)
    store(page, "Store 18 new lines")
    expect(figure(page, "New, stored")).to_have_text("18")
    expect(figure(page, "Refused")).to_have_text("2")
    assert books.lines() == 22


def a_doubtful_line_is_decided(page: Page, books: Books) -> None:
    """A line of a stored day and amount with another text is shown beside that one."""
    drop(page, ("again.csv", b"Date,Description,Amount\n2025-03-05,WHOLESALE SHOP,-10.03\n"))
    card = card_of(page, "again.csv")
    expect(card.get_by_text("1 line in doubt")).to_be_visible(timeout=WAIT)
    expect(card.get_by_text("SUPPLIER 3")).to_be_visible()
    card.get_by_role("radio", name="It is the stored one").click()
    expect(card_of(page, "again.csv").get_by_text("Nothing new")).to_be_visible(timeout=WAIT)
    store(page, "Store the statement, no new lines")
    assert books.lines() == 22


def a_layout_is_drawn(page: Page, books: Books) -> None:
    """The sign said by hand shows at once what it makes of the lines."""
    drop(page, ("card.csv", b"Date,Description,Amount\n2025-11-05,PRINTER,80.00\n2025-11-06,REFUND,-5.00\n"))
    card = card_of(page, "card.csv")
    expect(card.get_by_role("button", name="Read it differently")).to_be_visible(timeout=WAIT)
    card.get_by_role("button", name="Read it differently").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amounts stand in").click()
    page.get_by_role("option", name="One column, positive is money out").click()
    expect(dialog.get_by_text("in 5.00, out −80.00")).to_be_visible(timeout=WAIT)
    screenshot(page, "upload-drawn")
    dialog.get_by_role("button", name="Use this reading").click()
    expect(card.get_by_text("drawn by hand")).to_be_visible(timeout=WAIT)
    store(page, "Store 2 new lines")
    assert books.rows("select amount_minor from transactions where booked_on like '2025-11%' order by 1") == [
        (-80_00,), (5_00,),
    ]  # fmt: skip


def an_import_is_taken_back(page: Page, books: Books) -> None:
    """What leaves the books is told first; the receipt can be kept."""
    card = card_of(page, "card.csv")
    card.get_by_text("card.csv").click()
    with page.expect_download() as kept:
        card.get_by_role("button", name="Download the receipt").click()
    assert "card.csv" in kept.value.path().read_text()
    card.get_by_role("button", name="Take back this import").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("2 lines out of the books")).to_be_visible()
    dialog.get_by_role("button", name="Take back 2 lines").click()
    expect(page.get_by_text("2 lines of card.csv left the books.")).to_be_visible(timeout=WAIT)
    assert books.one("select count(*) from transactions where reverted_at is null") == 22
    ready(page)
