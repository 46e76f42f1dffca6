"""Nothing but sign-in, the health probe and the program's own public files is reachable without a session.

The identity is bound to the websocket: the guard sets headers that Streamlit keeps as `st.user` and compares when a
browser resumes a session (`server.trustedUserHeaders`), so a session id of somebody else opens nothing. Each frame
that arrives is checked again, so that signing out ends tabs that are already open.
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
from settings import session_cookie

PUBLIC = frozenset(
    {"/sign-in", "/set-up", "/auth/sign-in", "/auth/set-up", "/auth/logout", "/healthz", "/_stcore/health"}
)
PUBLIC_FILES = ("/static/", "/app/static/")  # Streamlit's own scripts, our font and sign: the same for everybody
USER, SESSION = b"x-books-user", b"x-books-session"
RECHECK_SECONDS = 2.0
POLICY_VIOLATION = 1008  # websocket close code

Identity = tuple[str, str]


def identity_of(secret: str | None) -> Identity | None:
    """User id and session id behind a cookie's secret, both in hex, or None."""
    if not secret:
        return None
    with snapshot() as session:
        found = user_of(session, secret, datetime.now(UTC))
    return (found[0].id.hex, found[1].id.hex) if found else None


class SessionGuard:
    """ASGI middleware in front of everything Streamlit serves. Pure ASGI, since it has to see websockets."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        if scope["type"] == "http" and _is_public(scope["path"]):
            return await self.app(_bound(scope, None), receive, send)
        connection = HTTPConnection(scope)
        secret = connection.cookies.get(session_cookie())
        identity = await run_in_threadpool(identity_of, secret)
        if scope["type"] == "http":
            answer = self.app if identity else _to_sign_in(connection)
            return await answer(_bound(scope, identity), receive, send)
        # Streamlit lets a missing Origin pass; a browser always sends one.
        if identity is None or connection.headers.get("origin") is None:
            return await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return await self.app(_bound(scope, identity), _rechecked(receive, send, secret, identity), send)


def _is_public(path: str) -> bool:
    return path in PUBLIC or path.startswith(PUBLIC_FILES)


def _to_sign_in(connection: HTTPConnection) -> Response:
    if "text/html" not in connection.headers.get("accept", ""):
        return PlainTextResponse("Sign in first.", 401)
    target = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
    where = "/sign-in" if target == "/" else f"/sign-in?next={quote(target, safe='')}"
    return RedirectResponse(where, 303, {"cache-control": "no-store"})


def _bound(scope: Scope, identity: Identity | None) -> Scope:
    """The scope with our identity headers in place of whatever the client sent under their names."""
    kept = [(name, value) for name, value in scope["headers"] if name.lower() not in (USER, SESSION)]
    ours = [(USER, identity[0].encode()), (SESSION, identity[1].encode())] if identity else []
    return {**scope, "headers": kept + ours}


def _rechecked(receive: Receive, send: Send, secret: str | None, identity: Identity) -> Receive:
    """Receive that closes the websocket once the session does not stand any more; looked up every few seconds."""
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
