"""The sign-in routes: who gets in, what the cookie is like, and what other sites cannot do."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response
from sqlmodel import select

from api import sign_in
from api.sign_in import FORM_BYTES, local_path
from core.access.sessions import ATTEMPTS, open_session, user_of
from db.engine import snapshot, unit_of_work
from models import User, UserSession
from settings import SESSION_COOKIE
from tests.api.cases import FROM_HERE, ORIGIN, PASSWORD, TestClient, client, with_cookie

HTML = {"accept": "text/html"}


def send(browser: TestClient, headers: dict[str, str] = FROM_HERE, **fields: str) -> Response:
    typed = {"username": "dana", "password": PASSWORD, "next": "/", **fields}
    return browser.post("/auth/sign-in", data=typed, headers=headers)


def set_up(browser: TestClient, headers: dict[str, str] = FROM_HERE, **fields: str) -> Response:
    typed = {"display_name": "Ada", "username": "ada", "password": PASSWORD, "again": PASSWORD, **fields}
    return browser.post("/auth/set-up", data=typed, headers=headers)


def test_the_cookie_can_be_read_by_no_script_and_sent_by_no_other_site(dana: User) -> None:
    answer = send(client())
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-books=")
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)


def test_over_plain_http_the_cookie_needs_a_setting(dana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    plainly = {"origin": "http://books.test", "host": "books.test"}
    refused = send(client(), plainly)
    assert refused.status_code == 400
    assert "not encrypted" in refused.text
    assert "set-cookie" not in refused.headers
    monkeypatch.setenv("ALLOW_PLAIN_HTTP", "1")
    allowed = send(client(), plainly)
    assert allowed.headers["set-cookie"].startswith("books=")
    assert "secure" not in allowed.headers["set-cookie"].lower()


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501"])
def test_on_the_machine_itself_http_is_enough(dana: User, host: str) -> None:
    answer = send(client(), {"origin": f"http://{host}", "host": host})
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-origin"},
        {},
    ],
)
def test_a_form_of_another_site_is_refused(dana: User, headers: dict[str, str]) -> None:
    for answer in (send(client(), headers), set_up(client(), headers)):
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    with snapshot() as session:
        assert session.exec(select(UserSession)).all() == []


def test_every_refusal_reads_the_same(dana: User) -> None:
    wrong, unknown = send(client(), password="wrong"), send(client(), username="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("dana", "") == unknown.text.replace("nobody", "")
    for _ in range(ATTEMPTS - 1):
        send(client(), password="wrong")
    locked = send(client())
    assert (locked.status_code, locked.text) == (401, wrong.text)
    assert "set-cookie" not in locked.headers


def test_an_unknown_username_is_compared_like_a_known_one(dana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    ours = sign_in._compare
    monkeypatch.setattr(sign_in, "_compare", lambda password, kept: compared.append(kept) or ours(password, kept))
    send(client(), username="nobody")
    send(client(), username="dana", password="wrong")
    assert len(compared) == 2
    assert compared[0].split("$")[:3] == compared[1].split("$")[:3]


def test_what_was_typed_is_shown_again_harmless_and_passwords_never(dana: User) -> None:
    answer = send(client(), username='"><script>alert(1)</script>', password="hunter2hunter2")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "hunter2hunter2" not in answer.text


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/review", "/review"),
        ("/reports?month=2025-10&view=a,b", "/reports?month=2025-10&view=a,b"),
        ("", "/"),
        ("review", "/"),
        ("//evil.test", "/"),
        ("///evil.test", "/"),
        ("/\\evil.test", "/"),
        ("/\t/evil.test", "/"),
        ("https://evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("/auth/logout", "/"),
        ("/./auth/logout", "/"),
        ("/review/../auth/logout", "/"),
        ("/sign-in", "/"),
        ("/set-up", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
        ("/review\n", "/"),
        ("/@evil.test", "/"),
    ],
)
def test_only_a_page_of_this_site_is_led_to(dana: User, asked: str, led_to: str) -> None:
    assert local_path(asked) == led_to
    assert send(client(), next=asked).headers["location"] == led_to
    assert f'name="next" value="{led_to.replace("&", "&amp;")}"' in client().get(f"/sign-in?next={quote(asked)}").text


def test_whoever_is_signed_in_is_led_on(dana: User) -> None:
    with unit_of_work() as session:
        secret = open_session(session, dana, datetime.now(UTC))
    answer = with_cookie(client(), secret).get("/sign-in?next=/review", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")


def test_signing_out_ends_the_session_and_takes_the_cookie(dana: User) -> None:
    browser = client()
    send(browser)
    secret = browser.cookies[SESSION_COOKIE]
    assert browser.get("/review", headers=HTML).status_code == 200
    answer = browser.get("/auth/logout", headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    with snapshot() as session:
        assert user_of(session, secret, datetime.now(UTC)) is None
    assert with_cookie(client(), secret).get("/review", headers=HTML).headers["location"] == "/sign-in?next=%2Freview"


def test_another_site_cannot_sign_somebody_out(dana: User) -> None:
    browser = client()
    send(browser)
    assert browser.get("/auth/logout", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.get("/review", headers=HTML).status_code == 200


def test_the_first_visit_makes_the_administrator_and_no_later_one_does(sqlite_database: str) -> None:
    assert client().get("/sign-in").headers["location"] == "/set-up"
    browser = client()
    answer = set_up(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/review", headers=HTML).status_code == 200
    assert client().get("/set-up").headers["location"] == "/sign-in"
    late = set_up(client(), username="eve")
    assert late.status_code == 400
    assert "exists already" in late.text
    with snapshot() as session:
        assert [user.username for user in session.exec(select(User)).all()] == ["ada"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"again": "something else 1"}, "differ"),
        ({"password": "short", "again": "short"}, "12 characters"),
        ({"password": "ada and the rest", "again": "ada and the rest"}, "username"),
        ({"password": "x1é" * 20, "again": "x1é" * 20}, "72 bytes"),
        ({"username": "Ada Lovelace"}, "A username has"),
        ({"display_name": " "}, "needs a name"),
    ],
)
def test_set_up_says_what_to_change_and_keeps_what_was_typed(
    sqlite_database: str, fields: dict[str, str], why: str
) -> None:
    answer = set_up(client(), **fields)
    assert answer.status_code == 400
    assert why in answer.text
    assert 'value="Ada"' in answer.text or "display_name" in fields
    with snapshot() as session:
        assert session.exec(select(User)).all() == []


def test_a_form_without_its_fields_is_an_ordinary_refusal(dana: User) -> None:
    assert client().post("/auth/sign-in", data={}, headers=FROM_HERE | {"content-length": "0"}).status_code == 401
    bytes_of_no_form: Any = b"\xff\xfe=%zz&&&=" * 3
    assert client().post("/auth/sign-in", content=bytes_of_no_form, headers=FROM_HERE).status_code == 401


def test_a_body_that_is_no_form_of_ours_is_not_read(dana: User) -> None:
    assert send(client(), password="x" * FORM_BYTES).status_code == 413

    def endless() -> Any:
        while True:
            yield b"x" * 1024

    assert client().post("/auth/sign-in", content=endless(), headers=FROM_HERE).status_code == 413


def test_the_page_needs_no_script_and_allows_none(dana: User) -> None:
    answer = client().get("/sign-in")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|\son\w+=", answer.text)
    assert answer.headers["cache-control"] == "no-store"


def test_a_session_that_ran_out_leads_to_sign_in(dana: User) -> None:
    with unit_of_work() as session:
        secret = open_session(session, dana, datetime.now(UTC) - timedelta(hours=13))
    answer = with_cookie(client(), secret).get("/review", headers=HTML)
    assert answer.headers["location"] == "/sign-in?next=%2Freview"
