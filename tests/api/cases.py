"""The parts of the application in front of Streamlit, with an echo in Streamlit's place."""

import warnings
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from api.faults import FaultsNumbered
from api.headers import SecurityHeaders
from api.health import healthz
from api.session_guard import SessionGuard
from api.sign_in import ROUTES
from settings import SESSION_COOKIE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have another HTTP client than httpx; both do
    from starlette.testclient import TestClient

ORIGIN = "https://books.test"
PASSWORD = "correct horse battery"
FROM_HERE = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


async def echo(request: Request) -> JSONResponse:
    return JSONResponse(dict(request.headers))


async def fault(request: Request) -> JSONResponse:
    raise ZeroDivisionError("a secret of the program")


async def echo_frames(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json(dict(socket.headers))
    async for text in socket.iter_text():
        await socket.send_text(text)


def client(**options: Any) -> TestClient:
    """A browser without cookies at the parts; redirects are not followed."""
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            *ROUTES,
            WebSocketRoute("/_stcore/stream", echo_frames),
            Route("/fault", fault),
            Route("/{rest:path}", echo, methods=["GET", "PUT", "POST"]),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(FaultsNumbered), Middleware(SessionGuard)],
    )
    return TestClient(app, base_url=ORIGIN, follow_redirects=False, **options)


def with_cookie(browser: TestClient, secret: str) -> TestClient:
    browser.cookies.set(SESSION_COOKIE, secret)
    return browser
