"""The ASGI application: Streamlit's pages behind sign-in, beside the health probe.

Run with `streamlit run app.py` or `uvicorn app:app`.
"""

import gc
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules

import streamlit as st
from sqlalchemy.orm import configure_mappers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

import settings
import ui
from api.faults import FaultsNumbered
from api.headers import SecurityHeaders
from api.health import healthz
from api.session_guard import SessionGuard
from api.sign_in import ROUTES
from core.errors import SettingRefused
from db.engine import engine, migrate

log = logging.getLogger(__name__)

MAIN_SCRIPT = "ui.shell"
WARM = ("lightgbm", "pandas", "plotly.graph_objects", "polars", "pyarrow", "sklearn", "streamlit.elements.arrow")


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:  # noqa: ARG001
    """Bring the embedded database up to date, load once what is slow to load."""
    if settings.is_embedded():
        migrate()
    engine()
    logging.disable(logging.WARNING)  # some warn that they are loaded outside a page
    pages = (found.name for found in iter_modules(ui.__path__, "ui.") if found.name != MAIN_SCRIPT)
    for name in (*WARM, *pages):
        import_module(name)
    configure_mappers()
    logging.disable(logging.NOTSET)
    # Every rerun ends with a full collection; what is loaded now never becomes garbage, so it need not be walked.
    gc.collect()
    gc.freeze()
    yield


def tell_fault(fault: Exception) -> bool:
    """A bug: the log gets the traceback, the page an id to tell the administrator."""
    number = secrets.token_hex(4)
    log.error("fault %s", number, exc_info=fault)
    st.error(f"Something went wrong on our side. Tell your administrator the number {number}.", icon=":material/error:")
    return True


async def home(request: Request) -> RedirectResponse:  # noqa: ARG001
    """Streamlit shows its default page under "/" and under no name of its own."""
    return RedirectResponse("/", 303)


def hosts() -> list[str]:
    """Tell Streamlit what it has to know of the settings; the host names under which the app answers."""
    allowed = settings.allowed_hosts()
    try:
        secret = settings.session_secret()
    except SettingRefused as refusal:
        raise SystemExit(str(refusal)) from None
    st.config.set_option("server.cookieSecret", secret)  # processes share it, so that XSRF tokens hold everywhere
    st.config.set_option("server.allowedHosts", allowed)
    return allowed


# Streamlit's command line recognises the application by this very form of assignment.
app = st.App(
    "ui/shell.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), Route("/home", home), *ROUTES],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts(), www_redirect=False),
        Middleware(FaultsNumbered),
        Middleware(SessionGuard),
    ],
    on_script_error=tell_fault,
)
