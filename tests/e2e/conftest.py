"""Browser fixtures: `office` is a server with a company and a user for each role, `window` looks at it, signed out."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlmodel import Session

from core.access.passwords import hash_password
from db.engine import unit_of_work, use_database
from models import Role
from tests import builders
from tests.e2e.journey_books import Books, books_of
from tests.e2e.journey_keyboard import mixed_lines
from tests.e2e.screen import PASSWORD, Window, open_window, sign_in
from tests.e2e.servers import Server, running

COMPANY = "Hamilton Coffee Co."


@dataclass(frozen=True)
class Office:
    """A running workbench with one company; `users` maps each role to its username, all with `screen.PASSWORD`."""

    server: Server
    company_id: UUID
    users: dict[Role, str]

    @property
    def url(self) -> str:
        return self.server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture
def empty_server(sqlite_template: Path, tmp_path: Path) -> Iterator[Server]:
    """A server on a database without a single user."""
    path = tmp_path / "empty.db"
    shutil.copyfile(sqlite_template, path)
    with running(f"sqlite:///{path}", tmp_path) as server:
        yield server


@pytest.fixture
def upload_desk(sqlite_template: Path, tmp_path: Path, windows: Callable[..., Window]) -> Iterator[tuple[Page, Books]]:
    """The Upload page of a company with one bank account and nothing in its books."""
    path = tmp_path / "desk.db"
    shutil.copyfile(sqlite_template, path)
    with use_database(f"sqlite:///{path}"), unit_of_work() as session:
        _, users = people(session)
    with running(f"sqlite:///{path}", tmp_path) as server:
        page = windows(server.url).page
        sign_in(page, users[Role.MANAGER], path="/upload")
        yield page, books_of(server)


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Server]:
    """A workbench with a hundred mixed lines that wait, and Mara to decide them, a manager."""
    path = tmp_path / "desk.db"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    with use_database(url), unit_of_work() as session:
        books = builders.books(session, name=COMPANY)
        kept = hash_password("nobody", PASSWORD)
        user = builders.user(session, username="mara", display_name="Mara Whitfield", password_hash=kept)
        builders.access(session, user.id, books.company_id, Role.MANAGER)
        mixed_lines(session, books)
    with running(url, tmp_path) as server:
        yield server
        assert "Traceback" not in server.log.read_text()


@pytest.fixture(scope="session")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    path = folder / "office.db"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    with use_database(url), unit_of_work() as session:
        company_id, users = people(session)
    with running(url, folder) as server:
        yield Office(server, company_id, users)


def people(session: Session) -> tuple[UUID, dict[Role, str]]:
    """A company and a user for each role in it, the administrator first: company id, usernames."""
    names = {
        Role.ADMINISTRATOR: ("ada", "Ada Moreno"),
        Role.MANAGER: ("mara", "Mara Whitfield"),
        Role.REVIEWER: ("rui", "Rui Tanaka"),
        Role.BOOKKEEPER: ("bo", "Bo Lindqvist"),
    }
    kept = hash_password("nobody", PASSWORD)
    books = builders.books(session, name=COMPANY)
    for number, (role, (username, name)) in enumerate(names.items()):
        created_at = builders.NOW + timedelta(minutes=number)
        user = builders.user(session, username=username, display_name=name, password_hash=kept, created_at=created_at)
        builders.access(session, user.id, books.company_id, role)
    return books.company_id, {role: username for role, (username, _) in names.items()}


@pytest.fixture
def windows(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Opens windows: windows(origin, size). Each is checked for faults and closed when the test ends."""
    opened: list[Window] = []

    def open_one(origin: str, size: str = "wide-light") -> Window:
        opened.append(open_window(browser, origin, size))
        return opened[-1]

    yield open_one
    try:
        for window in opened:
            window.check()
    finally:
        for window in opened:
            window.page.context.close()


@pytest.fixture
def window(windows: Callable[..., Window], office: Office) -> Window:
    """A window of nobody, at the office's workbench."""
    return windows(office.url)
