"""The ASGI application: Streamlit's pages behind sign-in, beside the health probe.

Run with `streamlit run app.py` or `uvicorn app:app`.
"""

import gc
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

import settings
from api.headers import SecurityHeaders
from api.health import healthz
from api.session_guard import SessionGuard
from api.sign_in import ROUTES
from db.engine import engine, migrate

log = logging.getLogger(__name__)

WARM = ("lightgbm", "pandas", "plotly.graph_objects", "polars", "pyarrow", "sklearn", "streamlit.elements.arrow")


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:  # noqa: ARG001
    """Check the secrets, bring the embedded database up to date, load what is slow to load once."""
    settings.session_secret()
    if settings.is_embedded():
        migrate()
    engine()
    for name in WARM:
        import_module(name)
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


app = st.App(
    "ui/shell.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), *ROUTES],
    middleware=[
        Middleware(TrustedHostMiddleware, allowed_hosts=settings.allowed_hosts(), www_redirect=False),
        Middleware(SecurityHeaders),
        Middleware(SessionGuard),
    ],
    on_script_error=tell_fault,
)
