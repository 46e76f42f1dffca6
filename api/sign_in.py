"""Sign-in, sign-out and the first administrator: plain HTML forms, no script, so that the cookie can be HttpOnly."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from api.forms import SET_UP, SIGN_IN, Form, show
from api.session_guard import identity_of
from core.access.passwords import check_password
from core.access.sessions import LASTS, kept_password, open_session, sign_in, sign_out
from core.access.users import first_user, has_users
from core.errors import BookkeepingError, InvalidInput, SignInRefused
from db.engine import snapshot, unit_of_work
from settings import plain_http_allowed, session_cookie

FORM_BYTES = 8192  # more than any form of ours can be
PATH = re.compile(r"/(?!/)[\w\-/]*(\?[\w\-./=&%+~:,]*)?", re.ASCII)  # no dots: browsers resolve /x/../auth
NO_PAGES = ("/auth", "/sign-in", "/set-up")
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
OTHER_SITE = "This form was sent from another site. Open the sign-in page and try again."
CLEAR_TEXT = (
    "This address is not encrypted, so browsers do not keep you signed in. "
    "Open it with https, or as localhost on the machine itself."
)

_hashing = CapacityLimiter(2)  # comparing passwords takes a whole core each: attempts wait for each other, pages do not
Result = TypeVar("Result")


async def sign_in_page(request: Request) -> Response:
    """GET: the form; straight on for whom is signed in; to set-up while there are no users."""
    if not await run_in_threadpool(_has_users):
        return RedirectResponse("/set-up", 303)
    next_path = local_path(request.query_params.get("next", ""))
    if await run_in_threadpool(identity_of, request.cookies.get(session_cookie())):
        return RedirectResponse(next_path, 303)
    return show(SIGN_IN, {"next": next_path})


async def set_up_page(request: Request) -> Response:  # noqa: ARG001
    """GET: the form for the first administrator, as long as there is none."""
    if await run_in_threadpool(_has_users):
        return RedirectResponse("/sign-in", 303)
    return show(SET_UP, {})


async def send_sign_in(request: Request) -> Response:
    """POST: a right password opens a session; anything else shows the form again with one and the same sentence."""
    fields = await _fields(request, SIGN_IN)
    if isinstance(fields, Response):
        return fields
    shown = {"username": fields["username"], "next": local_path(fields["next"])}
    secret = await _alone(partial(_open, fields["username"], fields["password"]))
    if secret is None:
        return show(SIGN_IN, shown, str(SignInRefused()), 401)
    return _with_cookie(RedirectResponse(shown["next"], 303), secret)


async def send_set_up(request: Request) -> Response:
    """POST: create the first user and sign them in."""
    fields = await _fields(request, SET_UP)
    if isinstance(fields, Response):
        return fields
    try:
        secret = await _alone(partial(_found, fields))
    except BookkeepingError as refusal:
        shown = {name: fields[name] for name in ("display_name", "username")}
        return show(SET_UP, shown, str(refusal), 400)
    return _with_cookie(RedirectResponse("/", 303), secret)


async def leave(request: Request) -> Response:
    """GET, where `st.logout` leads, or POST. Only from our own pages: others could sign people out otherwise."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return PlainTextResponse("Sign out from the menu of the workbench.", 403)
    secret = request.cookies.get(session_cookie())
    if secret:
        await run_in_threadpool(_end, secret)
    response = RedirectResponse("/sign-in", 303, {"cache-control": "no-store"})
    response.delete_cookie(session_cookie(), path="/", secure=not plain_http_allowed(), httponly=True, samesite="lax")
    return response


ROUTES = [
    Route("/sign-in", sign_in_page),
    Route("/set-up", set_up_page),
    Route("/auth/sign-in", send_sign_in, methods=["POST"]),
    Route("/auth/set-up", send_set_up, methods=["POST"]),
    Route("/auth/logout", leave, methods=["GET", "POST"]),
]


def local_path(text: str) -> str:
    """The path if it leads to a page of this site, else "/"; never another host, never a form's own address."""
    return text if PATH.fullmatch(text) and not text.startswith(NO_PAGES) else "/"


async def _fields(request: Request, form: Form) -> dict[str, str] | Response:
    """What was typed into the form, every field of it, or the answer to what is no form of ours."""
    if not _same_origin(request):
        return PlainTextResponse(OTHER_SITE, 403)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > FORM_BYTES:
        return PlainTextResponse("This is no sign-in form.", 413)
    body = (await request.body()).decode("utf-8", "replace")
    typed = dict(parse_qsl(body, keep_blank_values=True))
    fields = {name: typed.get(name, "") for name in (*form.names, "next")}
    if _in_clear_text(request):
        return show(form, fields | {"next": local_path(fields["next"])}, CLEAR_TEXT, 400)
    return fields


def _same_origin(request: Request) -> bool:
    """Browsers say where a form came from; one that says nothing at all is not a browser's form."""
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and urlsplit(origin).netloc == request.headers.get("host", "")


def _in_clear_text(request: Request) -> bool:
    """Whether the browser came over http from another machine, by its own word: a proxy may hold the certificate."""
    origin = urlsplit(request.headers.get("origin", ""))
    return origin.scheme != "https" and origin.hostname not in THIS_MACHINE and not plain_http_allowed()


async def _alone(work: Callable[[], Result]) -> Result:
    return await to_thread.run_sync(work, limiter=_hashing)


def _has_users() -> bool:
    with snapshot() as session:
        return has_users(session)


def _open(username: str, password: str) -> str | None:
    with snapshot() as session:
        kept = kept_password(session, username)
    checked = check_password(password, kept, _compare)
    with unit_of_work() as session:
        return sign_in(session, username, checked, datetime.now(UTC))


def _compare(password: str, kept: str) -> bool:
    from streamlit_authenticator.utilities.hasher import Hasher  # slow to load and talkative; the application warms it

    return bool(Hasher.check_pw(password, kept))


def _found(fields: dict[str, str]) -> str:
    if fields["password"] != fields["again"]:
        raise InvalidInput("The two passwords differ.")
    now, named = datetime.now(UTC), {name: fields[name] for name in ("username", "display_name", "password")}
    try:
        with unit_of_work() as session:
            return open_session(session, first_user(session, **named, now=now), now)
    except IntegrityError:
        raise InvalidInput("The administrator exists already. Sign in.") from None


def _end(secret: str) -> None:
    with unit_of_work() as session:
        sign_out(session, secret, datetime.now(UTC))


def _with_cookie(response: Response, secret: str) -> Response:
    response.headers["cache-control"] = "no-store"
    response.set_cookie(
        session_cookie(),
        secret,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=not plain_http_allowed(),
        httponly=True,
        samesite="lax",
    )
    return response
