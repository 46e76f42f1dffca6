"""Sign-in, sign-out and the first administrator: plain HTML forms, no script, so that the cookie can be HttpOnly."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from core.access.sessions import LASTS, check_credentials, end_session, open_session
from core.access.users import first_user
from core.errors import BookkeepingError, InvalidInput, SignInRefused
from db.engine import snapshot, unit_of_work
from models import User
from settings import SESSION_COOKIE

STYLE = (Path(__file__).parent / "sign_in.css").read_text()
PAGE = (Path(__file__).parent / "sign_in.html").read_text()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

SIGN_IN_FIELDS = (
    ("username", "Username", "text", "username"),
    ("password", "Password", "password", "current-password"),
)
SET_UP_FIELDS = (
    ("display_name", "Your name", "text", "name"),
    ("username", "Username", "text", "username"),
    ("password", "Password, at least 12 characters", "password", "new-password"),
    ("again", "The same password again", "password", "new-password"),
)


async def sign_in_page(request: Request) -> Response:
    if not await run_in_threadpool(_has_users):
        return RedirectResponse("/set-up", 303)
    return _form("Sign in", "/auth/sign-in", SIGN_IN_FIELDS, next_path=request.query_params.get("next", ""))


async def set_up_page(request: Request) -> Response:  # noqa: ARG001
    if await run_in_threadpool(_has_users):
        return RedirectResponse("/sign-in", 303)
    return _form("Create the administrator", "/auth/set-up", SET_UP_FIELDS, about=SET_UP_ABOUT)


SET_UP_ABOUT = "This is the first visit. The administrator adds the others and gives each their companies."


async def sign_in(request: Request) -> Response:
    """POST: a right password opens a session; anything else shows the form again with one and the same sentence."""
    if not _same_origin(request):
        return PlainTextResponse("This form was sent from another site.", 403)
    form = await request.form()
    username, password = _text(form, "username"), _text(form, "password")
    next_path = local_path(_text(form, "next"))
    secret = await run_in_threadpool(_open, username, password)
    if secret is None:
        values = {"username": username}
        return _form(
            "Sign in", "/auth/sign-in", SIGN_IN_FIELDS, str(SignInRefused()), values, next_path=next_path, status=401
        )
    return _with_cookie(RedirectResponse(next_path, 303), secret)


async def set_up(request: Request) -> Response:
    """POST: create the first user and sign them in."""
    if not _same_origin(request):
        return PlainTextResponse("This form was sent from another site.", 403)
    form = await request.form()
    values = {name: _text(form, name) for name in ("display_name", "username")}
    try:
        secret = await run_in_threadpool(_found, values, _text(form, "password"), _text(form, "again"))
    except BookkeepingError as refusal:
        return _form(
            "Create the administrator", "/auth/set-up", SET_UP_FIELDS, str(refusal), values, SET_UP_ABOUT, status=400
        )
    return _with_cookie(RedirectResponse("/", 303), secret)


async def sign_out(request: Request) -> Response:
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        await run_in_threadpool(_end, secret)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


ROUTES = [
    Route("/sign-in", sign_in_page),
    Route("/set-up", set_up_page),
    Route("/auth/sign-in", sign_in, methods=["POST"]),
    Route("/auth/set-up", set_up, methods=["POST"]),
    Route("/auth/logout", sign_out, methods=["GET", "POST"]),
]


def local_path(text: str) -> str:
    """The path if it leads to a page of this site, else "/"; never another host, never a form's own address."""
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or not text.startswith("/") or text.startswith(("//", "/auth")) or "\\" in text:
        return "/"
    return text


def _has_users() -> bool:
    with snapshot() as session:
        return session.exec(select(User.id).limit(1)).first() is not None


def _open(username: str, password: str) -> str | None:
    now = datetime.now(UTC)
    with unit_of_work() as session:
        user = check_credentials(session, username, password, now)
        return open_session(session, user, now) if user else None


def _found(values: dict[str, str], password: str, again: str) -> str:
    if password != again:
        raise InvalidInput("The two passwords differ.")
    now = datetime.now(UTC)
    try:
        with unit_of_work() as session:
            user = first_user(session, **values, password=password, now=now)
            return open_session(session, user, now)
    except IntegrityError:
        raise InvalidInput("The administrator exists already. Sign in.") from None


def _end(secret: str) -> None:
    with unit_of_work() as session:
        end_session(session, secret, datetime.now(UTC))


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _same_origin(request: Request) -> bool:
    """Browsers say where a form came from; one that says nothing at all is not a browser's form."""
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and urlsplit(origin).netloc == request.headers.get("host", "")


def _with_cookie(response: Response, secret: str) -> Response:
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return response


def _form(
    title: str,
    action: str,
    fields: tuple[tuple[str, str, str, str], ...],
    refusal: str = "",
    values: dict[str, str] | None = None,
    about: str = "",
    next_path: str = "",
    status: int = 200,
) -> HTMLResponse:
    given = values or {}
    inputs = "\n".join(
        f'<label for="{name}">{label}</label>\n<input id="{name}" name="{name}" type="{kind}" autocomplete="{complete}"'
        f' value="{escape(given.get(name, ""))}" required{" autofocus" if number == 0 else ""}>'
        for number, (name, label, kind, complete) in enumerate(fields)
    )
    page = PAGE.format(
        style=STYLE,
        title=title,
        action=action,
        about=f"<p>{escape(about)}</p>" if about else "",
        refusal=f'<p class="refusal" role="alert">{escape(refusal)}</p>' if refusal else "",
        inputs=inputs,
        next=escape(local_path(next_path)) if next_path else "/",
        button="Create and sign in" if action.endswith("set-up") else "Sign in",
    )
    return HTMLResponse(page, status, {"content-security-policy": POLICY, "cache-control": "no-store"})
