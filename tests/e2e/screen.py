"""A browser window that notices what no user should meet, and the steps that every journey takes."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, expect

SCREENSHOTS = Path(__file__).parents[2] / "reports" / "screenshots"
SIZES = {
    "wide-light": (1440, 900, "light"),
    "wide-dark": (1440, 900, "dark"),
    "phone-light": (400, 850, "light"),
    "phone-dark": (400, 850, "dark"),
}
PASSWORD = "a long pass-phrase 42"
WAIT = 20_000  # milliseconds


@dataclass
class Window:
    """A page of a browser context, with what went wrong in it so far."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def watch(self, origin: str) -> None:
        host = urlsplit(origin).netloc

        def noted(message: ConsoleMessage) -> None:
            # Streamlit probes for its address below deep links; those answers (404) are its own business.
            if message.type == "error" and "Content Security Policy" in message.text:
                self.problems.append(message.text)

        def crashed(error: Error) -> None:
            self.problems.append(f"script error: {error}")

        def asked(request: Request) -> None:
            address = urlsplit(request.url)
            if address.scheme.startswith(("http", "ws")) and address.netloc != host:
                self.problems.append(f"request to another site: {request.url}")

        self.page.on("console", noted)
        self.page.on("pageerror", crashed)
        self.page.on("request", asked)

    def check(self) -> None:
        """Fails if anything of that happened, or if an exception stands on the page."""
        self.problems += [box.inner_text()[:400] for box in self.page.get_by_test_id("stException").all()]
        assert self.problems == []


def open_window(browser: Browser, origin: str, size: str = "wide-light") -> Window:
    """A window without any cookie."""
    width, height, scheme = SIZES[size]
    context: BrowserContext = browser.new_context(
        base_url=origin, viewport={"width": width, "height": height}, color_scheme=scheme
    )
    context.set_default_timeout(WAIT)
    window = Window(context.new_page())
    window.watch(origin)
    return window


def ready(page: Page) -> None:
    """Wait until the script has run to its end and nothing is being drawn. Follow an action with an expectation."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=WAIT)


def fill_sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, username: str, password: str = PASSWORD, path: str = "/") -> None:
    """From wherever the window is to a page of the workbench."""
    page.goto(path)
    expect(page).to_have_url(re.compile("/sign-in"))
    fill_sign_in(page, username, password)
    ready(page)


def go_to(page: Page, title: str) -> None:
    """To another page by the sidebar; a count may stand after the link's title."""
    page.locator(".st-key-nav").get_by_role("link", name=re.compile(rf"^{re.escape(title)}( [\d,]+)?$")).click()
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible(timeout=WAIT)
    ready(page)


def choose_company(page: Page, name: str) -> None:
    """Switch to the company in the sidebar."""
    page.get_by_test_id("stSidebar").get_by_role("combobox").click()
    page.get_by_role("option", name=name, exact=True).click()
    ready(page)


def screenshot(page: Page, name: str, *, whole: bool = False) -> Path:
    """A picture of what is on the screen under reports/screenshots; `whole` scrolls plain pages to their end."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.wait_for_timeout(600)  # fonts, charts and transitions settle
    page.screenshot(path=path, full_page=whole)
    return path
