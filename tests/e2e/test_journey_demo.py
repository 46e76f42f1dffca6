"""The demo as each of its four people finds it: every page, both themes, a phone, and what a role may not open."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import accessible
from tests.e2e.journey_demo import LISTED, PAGES, REFUSED, WIDE, Demo, drawn, fits_a_phone, links, loaded, pictures
from tests.e2e.journey_figures import cards, share, year_of_lines
from tests.e2e.screen import WAIT, Window, choose_company, go_to, ready, screenshot, sign_in

pytestmark = pytest.mark.browser
Windows = Callable[..., Window]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with loaded(tmp_path_factory.mktemp("demo")) as running_demo:
        yield running_demo


@pytest.mark.parametrize("username", LISTED)
def test_a_role_walks_through_all_its_pages(demo: Demo, windows: Windows, username: str) -> None:
    page = windows(demo.url).page
    sign_in(page, username, demo.password)
    drawn(page, "Companies")
    assert links(page) == LISTED[username]
    for name, title in PAGES.items():
        if title not in LISTED[username]:
            continue
        page.set_viewport_size(WIDE)
        go_to(page, title)
        drawn(page, title)
        if username == "admin":
            accessible(page, title)
            pictures(page, f"demo-{name or 'home'}")
        else:
            fits_a_phone(page, name)


@pytest.mark.parametrize("username", [name for name, pages in REFUSED.items() if pages])
def test_a_page_beyond_the_role_says_so_and_shows_nothing(demo: Demo, windows: Windows, username: str) -> None:
    page = windows(demo.url).page
    sign_in(page, username, demo.password)
    for name in REFUSED[username]:
        page.goto(f"/{name}")
        main = page.get_by_test_id("stMain")
        expect(main.get_by_role("alert")).to_have_text(
            re.compile(f"You may not .* as {username} in this company"), timeout=WAIT
        )
        expect(main.get_by_test_id("stDataFrame")).to_have_count(0)
        expect(main.get_by_role("button")).to_have_count(0)


def test_the_manager_sees_over_all_companies_what_the_database_holds(demo: Demo, windows: Windows) -> None:
    page, books = windows(demo.url).page, demo.books
    sign_in(page, "manager", demo.password)
    drawn(page, "Companies")
    companies = books.one("select count(*) from companies")
    assert cards(page, "home_figures")["Lines to review"] == (
        f"{books.waiting():,}", f"in {companies} of {companies} companies"
    )  # fmt: skip
    alone = books.one(
        "select count(*) from transactions line join journal_entries entry on entry.transaction_id = line.id"
        " where line.booked_on between ? and ? and entry.auto_approved and entry.status = 'posted'",
        *year_of_lines(books),
    )
    total = books.one("select count(*) from transactions where booked_on between ? and ?", *year_of_lines(books))
    go_to(page, "Metrics")
    page.get_by_role("radio", name="All my companies").click()
    booked_alone = page.locator(".st-key-metrics_figures").get_by_test_id("stMetricDelta").first
    expect(booked_alone).to_have_text(share(alone, total)[1], timeout=WAIT)
    ready(page)
    assert cards(page, "metrics_figures")["Booked alone"] == share(alone, total)


def test_j_walks_down_the_whole_queue_and_stops_at_its_end(demo: Demo, windows: Windows) -> None:
    page = windows(demo.url).page
    sign_in(page, "reviewer", demo.password)
    choose_company(page, "Contreras RE Group")
    go_to(page, "Review")
    summary = page.locator(".st-key-actions_review").get_by_text(re.compile(r"in \d+ groups")).inner_text()
    groups = int(re.findall(r"in (\d+) groups", summary)[0])
    several = page.get_by_role("button", name=re.compile(r"^Approve \d+ lines"))
    opened, pictured = page.locator(".st-key-opened"), False
    seen: list[list[str]] = []
    for number in range(groups):
        ready(page)
        seen.append(opened.get_by_test_id("stHeading").all_inner_texts())
        if not pictured and several.count() and opened.get_by_text("Most similar past lines").count():
            screenshot(page, "readme-review")
            pictured = True
        page.keyboard.press("j")
        if number + 1 < groups:
            expect(opened.get_by_test_id("stHeading")).not_to_have_text(seen[-1], timeout=WAIT)
    assert pictured
    page.keyboard.press("k")  # one back from the last: the J before it went nowhere
    expect(opened.get_by_test_id("stHeading")).to_have_text(seen[-2], timeout=WAIT)


def test_a_bookkeeper_confirms_a_suggested_match_and_takes_it_back(demo: Demo, windows: Windows) -> None:
    page, books = windows(demo.url).page, demo.books
    suggested = "select count(*) from matches where status = 'suggested'"
    confirmed = "select count(*) from matches where status = 'confirmed' and decided_by is not null"
    before = books.one(suggested), books.one(confirmed)
    sign_in(page, "bookkeeper", demo.password)
    go_to(page, "Reconcile")
    page.locator(".st-key-choices").get_by_role("button").first.click()
    card = page.locator("[class*=st-key-active_]")
    expect(card).to_be_visible(timeout=WAIT)
    ready(page)
    page.keyboard.press("a")
    expect(page.get_by_text("Last: Confirmed")).to_be_visible(timeout=WAIT)
    ready(page)
    assert (books.one(suggested), books.one(confirmed)) == (before[0] - 1, before[1] + 1)
    page.keyboard.press("z")
    expect(page.get_by_text("Last: Confirmed")).to_have_count(0, timeout=WAIT)
    expect(card).to_be_visible(timeout=WAIT)
    ready(page)
    assert (books.one(suggested), books.one(confirmed)) == before
    assert books.verify()["violations"] == []
