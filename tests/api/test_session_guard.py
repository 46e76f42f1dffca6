"""The guard in front of Streamlit: nothing without a session, and the identity is ours to set."""

from datetime import UTC, datetime

import pytest
from starlette.websockets import WebSocketDisconnect

from api import session_guard
from core.access.sessions import open_session, sign_out, user_of
from db.engine import snapshot, unit_of_work
from models import User
from settings import SESSION_COOKIE
from tests.api.cases import ORIGIN, client, with_cookie

STREAM = "/_stcore/stream"


@pytest.fixture
def secret(dana: User) -> str:
    with unit_of_work() as session:
        return open_session(session, dana, datetime.now(UTC))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/review",
        "/media/abc.csv",
        "/_stcore/metrics",
        "/_stcore/host-config",
        "/_stcore/agent/interact",
        "/component/x/index.html",
        "/sign-in/../review",
        "/sign-inn",
        "/auth/other",
        "/healthz/x",
        "/app/media/x",
        "/static",
    ],
)
def test_without_a_session_there_is_nothing_to_read(sqlite_database: str, path: str) -> None:
    page = client().get(path, headers={"accept": "text/html,*/*"})
    assert page.status_code == 303
    assert page.headers["location"].startswith("/sign-in")
    assert client().get(path, headers={"accept": "*/*"}).status_code == 401
    assert client().put(path, headers={"accept": "*/*"}).status_code == 401


def test_a_deep_link_is_remembered(sqlite_database: str) -> None:
    answer = client().get("/reports?month=2025-10", headers={"accept": "text/html"})
    assert answer.headers["location"] == "/sign-in?next=%2Freports%3Fmonth%3D2025-10"


@pytest.mark.parametrize("cookie", ["", "x", "a" * 4000, "%00", "é".encode().decode("latin-1")])
def test_an_invented_cookie_opens_nothing(dana: User, cookie: str) -> None:
    headers = {"cookie": f"{SESSION_COOKIE}={cookie}".encode("latin-1"), "accept": b"*/*"}
    assert client().get("/review", headers=headers).status_code == 401  # type: ignore[arg-type]


def test_identity_headers_of_the_client_are_thrown_away(dana: User, secret: str) -> None:
    forged = {"X-Books-User": "somebody", "x-books-session": "else"}
    heard = with_cookie(client(), secret).get("/anything", headers=forged).json()
    assert heard["x-books-user"] == dana.id.hex
    with snapshot() as session:
        found = user_of(session, secret, datetime.now(UTC))
    assert found is not None
    assert heard["x-books-session"] == found[1].id.hex
    unknown = client().get("/static/x", headers=forged).json()
    assert not {"x-books-user", "x-books-session"} & set(unknown), "nor do they pass where no session is asked for"


def test_a_websocket_carries_our_identity_and_not_the_clients(dana: User, secret: str) -> None:
    forged = {"x-books-user": "somebody", "X-Books-Session": "else", "origin": ORIGIN}
    with with_cookie(client(), secret).websocket_connect(STREAM, headers=forged) as socket:
        heard = socket.receive_json()
    assert heard["x-books-user"] == dana.id.hex
    assert heard["x-books-session"] not in ("else", "")


def test_a_websocket_without_a_session_or_an_origin_is_not_opened(dana: User, secret: str) -> None:
    with pytest.raises(WebSocketDisconnect), client().websocket_connect(STREAM, headers={"origin": ORIGIN}):
        pass
    with pytest.raises(WebSocketDisconnect), with_cookie(client(), secret).websocket_connect(STREAM):
        pass


def test_a_tab_that_is_open_is_closed_once_the_session_ended(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_guard, "RECHECK_SECONDS", 0.0)
    with with_cookie(client(), secret).websocket_connect(STREAM, headers={"origin": ORIGIN}) as socket:
        socket.receive_json()
        socket.send_text("approve")
        assert socket.receive_text() == "approve"
        with unit_of_work() as session:
            sign_out(session, secret, datetime.now(UTC))
        socket.send_text("approve another")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 1008


def test_the_session_is_looked_up_every_few_seconds_and_not_for_each_frame(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str | None] = []
    ours = session_guard.identity_of
    monkeypatch.setattr(session_guard, "identity_of", lambda given: looked.append(given) or ours(given))
    with with_cookie(client(), secret).websocket_connect(STREAM, headers={"origin": ORIGIN}) as socket:
        socket.receive_json()
        for _ in range(20):
            socket.send_text("x")
            socket.receive_text()
    assert len(looked) == 1
    assert session_guard.RECHECK_SECONDS <= 5
