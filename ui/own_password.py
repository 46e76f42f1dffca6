"""The form in which somebody changes their own password."""

from datetime import UTC, datetime

import streamlit as st
from streamlit_authenticator.utilities.hasher import Hasher

from core.access.passwords import check_password
from core.access.roles import Caller
from core.access.users import change_own_password
from core.errors import InvalidInput
from db.engine import snapshot, unit_of_work
from models import User
from ui.frame import refusals_shown


def password_form(caller: Caller) -> None:
    """Ask for the present password and twice for a new one."""
    with st.form("own_password", width=420, enter_to_submit=False):
        present = st.text_input("Present password", type="password", autocomplete="current-password")
        wanted = st.text_input("New password", type="password", autocomplete="new-password")
        again = st.text_input("The same again", type="password", autocomplete="new-password")
        sent = st.form_submit_button("Change password", type="primary")
    if not sent:
        return
    with refusals_shown():
        if wanted != again:
            raise InvalidInput("The two new passwords differ.")
        with snapshot() as session:
            user = session.get(User, caller.user_id)
        checked = check_password(present, user.password_hash if user else None, Hasher.check_pw)
        with unit_of_work() as session:
            change_own_password(session, caller, checked=checked, password=wanted, now=datetime.now(UTC))
        st.success("Changed. Use the new one at the next sign-in.", icon=":material/check_circle:", width=420)
