"""Signing in, in Chromium against the real server: the first visit, deep links, open tabs, sessions of others."""

import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlmodel import select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect
from websockets.typing import Origin

from core.access.sessions import ATTEMPTS, end_sessions_of
from db.engine import open_engine, snapshot, unit_of_work, use_database
from models import Role, User
from settings import SESSION_COOKIE
from tests.builders import NOW
from tests.e2e.conftest import COMPANY, Office, people
from tests.e2e.screen import PASSWORD, SIZES, Window, fill_sign_in, ready, screenshot, sign_in
from tests.e2e.servers import Server

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))
Windows = Callable[..., Window]


def sidebar(page: Page) -> Any:
    return page.get_by_test_id("stSidebar")


def cookie_of(page: Page) -> dict[str, Any]:
    [found] = [cookie for cookie in page.context.cookies() if cookie["name"] == SESSION_COOKIE]
    return dict(found)


def test_a_page_opened_by_deep_link_on_a_fresh_server_lands_on_sign_in(
    empty_server: Server, windows: Windows, office: Office
) -> None:
    fresh = windows(empty_server.url).page
    for name in PAGES:
        fresh.goto(f"/{name}")
        expect(fresh).to_have_url(re.compile("/set-up$"))
        expect(fresh.get_by_test_id("stApp")).to_have_count(0)
    stranger = windows(office.url).page
    for name in PAGES:
        stranger.goto(f"/{name}")
        expect(stranger).to_have_url(re.compile(f"/sign-in\\?next=%2F{name}$"))
        expect(stranger.get_by_test_id("stApp")).to_have_count(0)


def test_the_first_visitor_becomes_administrator_and_is_guided_to_the_first_company(
    empty_server: Server, windows: Windows
) -> None:
    page = windows(empty_server.url).page
    page.goto("/")
    page.get_by_label("Your name").fill("Dana Whitfield")
    page.get_by_label("Username").fill("dana")
    page.get_by_label("Password", exact=True).fill("too short")
    page.get_by_label("The same password again").fill("too short")
    page.get_by_role("button", name="Create and sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("12 characters")
    expect(page.get_by_label("Username")).to_have_value("dana")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Create and sign in").click()
    ready(page)
    expect(page.get_by_role("heading", name="Companies")).to_be_visible()
    expect(sidebar(page).get_by_role("link", name="Upload")).to_have_count(0)
    page.goto("/upload")
    ready(page)
    expect(page.get_by_text("no company that you can see")).to_be_visible()


def test_signing_in_leads_to_the_page_that_was_asked_for(window: Window, office: Office) -> None:
    page = window.page
    sign_in(page, office.users[Role.ADMINISTRATOR], path="/users")
    expect(page).to_have_url(re.compile("/users$"))
    expect(page.get_by_role("heading", name="Users")).to_be_visible()
    expect(page).to_have_title("Users · AI Bookkeeper")
    cookie = cookie_of(page)
    assert cookie["httpOnly"]
    assert cookie["secure"]
    assert cookie["sameSite"] == "Lax"
    assert cookie["value"] not in page.evaluate("document.cookie")
    page.reload()
    ready(page)
    expect(page.get_by_role("heading", name="Users")).to_be_visible()


def test_every_page_opens_for_the_administrator_without_a_fault(window: Window, office: Office) -> None:
    page = window.page
    sign_in(page, office.users[Role.ADMINISTRATOR])
    for name in PAGES:
        page.goto(f"/{name}")
        ready(page)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        expect(page.get_by_test_id("stHeading").first).to_be_visible()
        expect(page.get_by_text("Something went wrong on our side")).to_have_count(0)
        window.check()


def test_an_administrator_adds_somebody_who_then_may_do_just_that(windows: Windows, office: Office) -> None:
    page = windows(office.url).page
    sign_in(page, office.users[Role.ADMINISTRATOR], path="/users")
    page.get_by_role("button", name="Add a user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Username").fill("noor")
    dialog.get_by_label("Name", exact=True).fill("Noor Haddad")
    dialog.get_by_label("First password", exact=True).fill("short")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_text("it needs at least 12 characters")).to_be_visible()
    dialog.get_by_label("First password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Noor Haddad sees this company now, as bookkeeper")).to_be_visible()
    screenshot(page, "users-added-wide-light")
    theirs = windows(office.url).page
    sign_in(theirs, "noor")
    expect(sidebar(theirs).get_by_role("combobox", name="Company")).to_have_value(COMPANY)
    expect(sidebar(theirs).get_by_role("link", name="Upload")).to_be_visible()
    expect(sidebar(theirs).get_by_role("link", name="Review")).to_have_count(0)
    page.goto("/audit")
    ready(page)
    page.get_by_text("Users and sign-ins").click()
    expect(page.get_by_text(re.compile("Chain proved, [0-9]+ events"))).to_be_visible()
    screenshot(page, "audit-events-wide-light")


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.REVIEWER, Role.MANAGER])
def test_a_role_is_told_what_it_may_not_see(windows: Windows, office: Office, role: Role) -> None:
    page = windows(office.url).page
    sign_in(page, office.users[role], path="/users")
    expect(page.get_by_text("You may not give or take access")).to_be_visible()
    expect(page.get_by_role("button", name="Add a user")).to_have_count(0)
    expect(sidebar(page).get_by_role("link", name="Users")).to_have_count(0)
    expect(sidebar(page).get_by_role("link", name="Upload")).to_be_visible()
    expect(sidebar(page).get_by_role("combobox", name="Company")).to_have_value(COMPANY)


def test_signing_out_in_the_menu_ends_the_other_tab_too(windows: Windows, office: Office) -> None:
    page = windows(office.url).page
    sign_in(page, office.users[Role.MANAGER], path="/rules")
    secret = cookie_of(page)["value"]
    other = page.context.new_page()
    other.goto("/rules")
    ready(other)
    page.get_by_role("button", name="Mara Whitfield").click()
    page.get_by_text("Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    assert SESSION_COOKIE not in {cookie["name"] for cookie in page.context.cookies()}
    time.sleep(2.5)  # as long as an open websocket may go unchecked
    other.get_by_role("button", name="New rule").click()
    expect(other.get_by_role("dialog").get_by_label("Account")).to_have_count(0)
    expect(other.get_by_text(re.compile("signed out|Connection error")).first).to_be_visible()
    kept = {"cookie": f"{SESSION_COOKIE}={secret}", "accept": "text/html"}
    answer = other.request.get("/rules", headers=kept, max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?next=%2Frules"), "the old cookie is worthless"


def test_a_session_ended_by_others_stops_the_open_tab(windows: Windows, office: Office) -> None:
    page = windows(office.url).page
    sign_in(page, office.users[Role.REVIEWER], path="/review")
    with use_database(office.server.database_url), unit_of_work() as session:
        user = session.exec(select(User).where(User.username == office.users[Role.REVIEWER])).one()
        end_sessions_of(session, user.id, NOW)
    time.sleep(2.5)
    sidebar(page).get_by_role("link", name="Companies").click()
    expect(page.get_by_text(re.compile("signed out|Connection error")).first).to_be_visible()
    expect(page.get_by_role("heading", name="Companies")).to_have_count(0)


def test_a_bug_shows_a_number_that_the_log_knows(empty_server: Server, windows: Windows) -> None:
    with use_database(empty_server.database_url):
        with unit_of_work() as session:
            people(session)
        opened = open_engine(empty_server.database_url)
        with opened.begin() as connection:
            connection.execute(text("DROP TABLE match_members"))
            connection.execute(text("DROP TABLE matches"))
        opened.dispose()
    page = windows(empty_server.url).page
    sign_in(page, "ada", path="/reports")
    told = page.get_by_text(re.compile("Tell your administrator the number [0-9a-f]{8}"))
    expect(told.first).to_be_visible()
    number = re.search("[0-9a-f]{8}", told.first.inner_text())
    assert number
    expect(page.get_by_text("OperationalError")).to_have_count(0)
    written = empty_server.log.read_text()
    assert number[0] in written
    assert "no such table: matches" in written


def test_wrong_passwords_lock_the_account_and_the_lock_stands_in_the_database(
    windows: Windows, empty_server: Server
) -> None:
    page = windows(empty_server.url).page
    page.goto("/")
    for label, typed in (("Your name", "Dana"), ("Username", "dana"), ("The same password again", PASSWORD)):
        page.get_by_label(label).fill(typed)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create and sign in").click()
    ready(page)
    attacker = windows(empty_server.url).page
    attacker.goto("/sign-in")
    for _ in range(ATTEMPTS):
        fill_sign_in(attacker, "dana", "not the password")
        expect(attacker.get_by_role("alert")).to_contain_text("wrong")
    fill_sign_in(attacker, "dana", PASSWORD)
    expect(attacker.get_by_role("alert")).to_contain_text("locked for a while")
    with use_database(empty_server.database_url), snapshot() as session:
        assert session.exec(select(User)).one().locked_until_at is not None
    page.reload()
    ready(page)
    expect(page.get_by_role("heading", name="Companies")).to_be_visible()


def first_run(server: Server, secret: str, resume: str = "", **headers: str) -> tuple[str, str]:
    """Open Streamlit's websocket as a browser with this cookie would; the session's id and the text it was shown."""
    host = server.url.removeprefix("http://")
    offered: Any = ["streamlit", "no-token", resume] if resume else ["streamlit"]
    sent = {"Cookie": f"{SESSION_COOKIE}={secret}", **headers}
    with connect(
        f"ws://{host}/_stcore/stream", origin=Origin(server.url), subprotocols=offered, max_size=None,
        additional_headers=sent,
    ) as stream:  # fmt: skip
        message = BackMsg()
        message.rerun_script.query_string = ""
        stream.send(message.SerializeToString())
        session_id, shown = "", ""
        while True:
            raw = stream.recv(20, decode=False)
            shown += raw.decode("utf-8", "ignore")
            told = ForwardMsg()
            told.ParseFromString(raw)
            kind = told.WhichOneof("type")
            if kind == "new_session":
                session_id = told.new_session.initialize.session_id
            if kind == "script_finished":
                return session_id, shown


def test_the_session_of_somebody_else_cannot_be_taken_over(windows: Windows, office: Office) -> None:
    secrets = {}
    for role in (Role.ADMINISTRATOR, Role.BOOKKEEPER):
        page = windows(office.url).page
        sign_in(page, office.users[role])
        secrets[role] = cookie_of(page)["value"]
    victim, shown = first_run(office.server, secrets[Role.ADMINISTRATOR])
    assert "Ada Moreno" in shown
    again, _ = first_run(office.server, secrets[Role.ADMINISTRATOR], resume=victim)
    assert again == victim, "the owner resumes it, so the attack below is a real one"
    attacker, seen = first_run(office.server, secrets[Role.BOOKKEEPER], resume=victim)
    assert attacker != victim
    assert "Bo Lindqvist" in seen
    assert "Ada Moreno" not in seen


def test_a_websocket_cannot_claim_an_identity_or_a_host(windows: Windows, office: Office) -> None:
    page = windows(office.url).page
    sign_in(page, office.users[Role.BOOKKEEPER])
    secret = cookie_of(page)["value"]
    _, seen = first_run(office.server, secret, **{"X-Books-User": "ada", "x-books-session": "0"})
    assert "Bo Lindqvist" in seen
    with pytest.raises(InvalidHandshake):
        first_run(office.server, "invented")


def test_the_workbench_answers_under_its_own_names_only(windows: Windows, office: Office) -> None:
    page = windows(office.url).page
    sign_in(page, office.users[Role.BOOKKEEPER])
    port = int(office.url.rsplit(":", 1)[1])
    forged = f"evil.test:{port}"  # as a name that an attacker lets point to this machine would send it
    with socket.create_connection(("localhost", port)) as opened, pytest.raises(InvalidHandshake):
        connect(
            f"ws://{forged}/_stcore/stream", sock=opened, origin=Origin(f"http://{forged}"),
            additional_headers={"Cookie": f"{SESSION_COOKIE}={cookie_of(page)['value']}"},
        )  # fmt: skip
    answer = page.request.get("/sign-in", headers={"host": forged})
    assert answer.status == 400
    assert "x-frame-options" in answer.headers


@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_sign_in_and_of_the_pages_around_it(windows: Windows, office: Office, size: str) -> None:
    page = windows(office.url, size).page
    page.goto("/")
    assert screenshot(page, f"sign-in-{size}").stat().st_size > 5_000
    fill_sign_in(page, office.users[Role.ADMINISTRATOR])
    ready(page)
    for name in ("users", "audit", "password"):
        page.goto(f"/{name}")
        ready(page)
        screenshot(page, f"{name}-{size}")
        wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wider, f"{name} scrolls sideways"


@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_set_up(windows: Windows, empty_server: Server, size: str) -> None:
    page = windows(empty_server.url, size).page
    page.goto("/")
    assert screenshot(page, f"set-up-{size}", whole=True).stat().st_size > 5_000
