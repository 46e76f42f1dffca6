"""Nothing but sign-in and the health probe is reachable without a session.

The identity is bound to the websocket: the guard sets headers that Streamlit keeps as `st.user` and compares when a
browser resumes a session, so a session id of somebody else opens nothing. Each frame that arrives is checked again,
so that signing out ends tabs that are already open.
"""

from datetime import UTC, datetime
from time import monotonic
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access.sessions import user_of
from db.engine import snapshot
from settings import SESSION_COOKIE

PUBLIC = ("/sign-in", "/set-up", "/auth/", "/healthz", "/_stcore/health")
USER, SESSION = b"x-books-user", b"x-books-session"
RECHECK_SECONDS = 2.0
POLICY_VIOLATION = 1008  # websocket close code


def identity_of(secret: str | None) -> tuple[str, str] | None:
    """User id and session id behind a cookie's secret, both in hex, or None."""
    if not secret:
        return None
    with snapshot() as session:
        found = user_of(session, secret, datetime.now(UTC))
        return (found[0].id.hex, found[1].id.hex) if found else None


class SessionGuard:
    """ASGI middleware in front of everything Streamlit serves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        if scope["type"] == "http" and scope["path"].startswith(PUBLIC):
            return await self.app(scope, receive, send)
        connection = HTTPConnection(scope)
        secret = connection.cookies.get(SESSION_COOKIE)
        identity = await run_in_threadpool(identity_of, secret)
        if scope["type"] == "http":
            if identity is None:
                return await _to_sign_in(connection)(scope, receive, send)
            return await self.app(_bound(scope, identity), receive, send)
        # Streamlit lets a missing Origin pass; a browser always sends one.
        if identity is None or connection.headers.get("origin") is None:
            return await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return await self.app(_bound(scope, identity), _rechecked(receive, send, secret, identity), send)


def _to_sign_in(connection: HTTPConnection) -> Response:
    if "text/html" not in connection.headers.get("accept", ""):
        return PlainTextResponse("Sign in first.", 401)
    target = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
    where = "/sign-in" if target == "/" else f"/sign-in?next={quote(target, safe='')}"
    return RedirectResponse(where, 303)


def _bound(scope: Scope, identity: tuple[str, str]) -> Scope:
    """The scope with our identity headers in place of whatever the client sent under their names."""
    kept = [(name, value) for name, value in scope["headers"] if name.lower() not in (USER, SESSION)]
    return {**scope, "headers": [*kept, (USER, identity[0].encode()), (SESSION, identity[1].encode())]}


def _rechecked(receive: Receive, send: Send, secret: str | None, identity: tuple[str, str]) -> Receive:
    checked_at = monotonic()

    async def receive_checked() -> Message:
        nonlocal checked_at
        message = await receive()
        if message["type"] == "websocket.receive" and monotonic() - checked_at > RECHECK_SECONDS:
            if await run_in_threadpool(identity_of, secret) != identity:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
            checked_at = monotonic()
        return message

    return receive_checked
