"""The demo as `make demo` loads it, once for all tests, and what each of its four people sees."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.journey_books import Books, run_script
from tests.e2e.screen import WAIT, ready, screenshot
from tests.e2e.servers import Server, running

PAGES = {
    "": "Companies",
    "upload": "Upload",
    "review": "Review",
    "re_review": "Re-review",
    "posted": "Posted",
    "reconcile": "Reconcile",
    "metrics": "Metrics",
    "reports": "Reports",
    "recurring": "Recurring",
    "audit": "Audit log",
    "rules": "Rules",
    "chart": "Chart of accounts",
    "settings": "Settings",
    "users": "Users",
}
DAILY = ["Companies", "Upload", "Reconcile", "Reports"]
DECIDING = ["Companies", "Upload", "Review", "Re-review", "Posted", "Reconcile", "Metrics", "Reports", "Recurring"]
RUNNING = [*DECIDING, "Audit log", "Rules", "Chart of accounts", "Settings"]
LISTED = {"bookkeeper": DAILY, "reviewer": DECIDING, "manager": RUNNING, "admin": [*RUNNING, "Users"]}
REFUSED = {
    "bookkeeper": ["re_review", "audit", "rules", "chart", "settings", "users"],
    "reviewer": ["audit", "rules", "chart", "settings", "users"],
    "manager": ["users"],
    "admin": [],
}
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 400, "height": 850}
SLIDES = 50  # tenths of a second
OVERFLOW = """() => [document.documentElement, ...document.querySelectorAll('.stMain, [data-testid=stBottom]')]
    .filter(node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0)
    .map(node => `${node.tagName}.${node.className} is ${node.scrollWidth} wide`)"""


@dataclass(frozen=True)
class Demo:
    """A running workbench on the demo, and the password that its four people share."""

    server: Server
    password: str

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def books(self) -> Books:
        return Books(self.server.database_url)


@contextmanager
def loaded(folder: Path) -> Iterator[Demo]:
    """Load the demo into a database of its own and run the workbench on it; no page may log a fault."""
    database_url = f"sqlite:///{folder / 'demo.db'}"
    done = run_script("scripts.load_demo", database_url)
    assert done.returncode == 0, done.stderr
    password = re.search(r"all with the password (\S+)", done.stdout)
    assert password, done.stdout
    with running(database_url, folder) as server:
        yield Demo(server, password[1])
        log = server.log.read_text()
    assert "Traceback" not in log, log


def links(page: Page) -> list[str]:
    """The titles in the sidebar, without their counts."""
    texts = page.locator(".st-key-nav").get_by_role("link").locator("p").all_inner_texts()
    return [re.sub(r"\s+[\d,]+$", "", text.strip()) for text in texts]


def drawn(page: Page, title: str) -> None:
    """The page is there, whole and without a fault."""
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible(timeout=WAIT)
    ready(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Something went wrong")).to_have_count(0)


def fits_a_phone(page: Page, name: str) -> None:
    """At 400 pixels nothing scrolls sideways but tables inside themselves. Leaves the window that narrow."""
    page.set_viewport_size(PHONE)
    ready(page)
    for _ in range(SLIDES):  # the sidebar slides away first; our policy forbids the eval of wait_for_function
        wide = page.evaluate(OVERFLOW)
        if not wide:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{name}: {wide}")


def pictures(page: Page, name: str) -> None:
    """Wide in light and in dark, then on a phone: the theme follows the system without another run."""
    screenshot(page, f"{name}-wide-light")
    page.emulate_media(color_scheme="dark")
    screenshot(page, f"{name}-wide-dark")
    page.emulate_media(color_scheme="light")
    fits_a_phone(page, name)
    screenshot(page, f"{name}-phone-light")
