"""Who is at the screen, and which company they look at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

import streamlit as st
import streamlit_authenticator as stauth
from sqlmodel import Session
from streamlit_authenticator.controllers import AuthenticationController
from streamlit_authenticator.utilities.encryptor import Encryptor
from streamlit_authenticator.utilities.validator import Validator

import settings
from core.access.roles import Caller
from core.access.sessions import caller_for, sign_out, user_of
from core.founding import companies_of
from db.engine import snapshot, unit_of_work
from models import Company, User

COMPANY = "company_id"  # in session_state: the chosen company's id


@dataclass(frozen=True)
class Here:
    """The caller and the company that the page is about."""

    caller: Caller
    company: Company

    @property
    def company_id(self) -> UUID:
        return self.company.id


def session_secret() -> str | None:
    """What the browser's cookie carries."""
    return st.context.cookies.get(settings.session_cookie())


def current_caller(page: str = "") -> Caller:
    """The signed-in person with their roles of this moment; anybody else is told and the run ends."""
    with snapshot() as session:
        caller = caller_for(session, session_secret(), datetime.now(UTC), page)
    if caller is None:
        _signed_out()
    return caller


def here(page: str) -> Here:
    """Caller and company of a page. Without a company the page says so and the run ends."""
    caller = current_caller(page)
    with snapshot() as session:
        companies = companies_of(session, caller)
    chosen = next((c for c in companies if c.id == st.session_state.get(COMPANY)), companies[0] if companies else None)
    if chosen is None:
        st.info("There is no company that you can see yet. Companies says what to do.", icon=":material/domain_add:")
        st.stop()
    return Here(caller, chosen)


def _signed_out() -> NoReturn:
    st.warning("You have been signed out. Nothing that you saved is lost.", icon=":material/logout:")
    st.html('<a href="/sign-in" target="_self">Sign in again</a>')
    st.stop()


class _SessionCookie:
    """streamlit-authenticator's cookie controller, replaced: the cookie is HttpOnly and only routes set it."""

    def get_cookie(self) -> dict[str, str] | None:
        user = _user()
        return {"username": user.username} if user else None

    def set_cookie(self) -> None:
        """The sign-in route has set it already."""

    def delete_cookie(self) -> None:
        secret = session_secret()
        if secret:
            with unit_of_work() as session:
                sign_out(session, secret, datetime.now(UTC))


class Authenticator(stauth.Authenticate):  # type: ignore[misc]
    """streamlit-authenticator's state (`name`, `username`, `authentication_status`) over our own sessions.

    Its constructor would mount a cookie set by script, so it is not called.
    """

    def __init__(self, credentials: dict[str, Any], key: str) -> None:
        self.api_key = self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.secret_key = key
        self.cookie_controller = _SessionCookie()
        self.authentication_controller = AuthenticationController(
            credentials, Validator(), False, None, None, key, None
        )
        self.encryptor = Encryptor(key)


def remember_in_session_state() -> None:
    """Fill streamlit-authenticator's keys of session_state from the signed-in user, once for each session."""
    if st.session_state.get("authentication_status"):
        return
    user = _user()
    if user is None:
        return
    facts = {"email": user.email, "first_name": user.display_name, "last_name": "", "password": user.password_hash}
    credentials: dict[str, Any] = {"usernames": {user.username: facts | {"roles": []}}}
    Authenticator(credentials, settings.session_secret()).login(location="unrendered")


def _user() -> User | None:
    with snapshot() as session:
        return _user_in(session)


def _user_in(session: Session) -> User | None:
    found = user_of(session, session_secret(), datetime.now(UTC))
    return found[0] if found else None
