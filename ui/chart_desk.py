"""Dialogs of the chart of accounts."""

from datetime import UTC, datetime

import streamlit as st

from core.posting.chart_keeping import add_account, change_account_details
from db.engine import unit_of_work
from models import Account, AccountType
from ui.frame import refusals_shown
from ui.identity import Here


@st.dialog("New account", width="medium", icon=":material/add:")
def new_account(place: Here) -> None:
    with st.form("new_account", border=False):
        left, right = st.columns([0.3, 0.7])
        code = left.text_input("Code", max_chars=16, placeholder="6310")
        name = right.text_input("Name", max_chars=120)
        kind = st.selectbox("Type", [str(kind) for kind in AccountType], format_func=str.capitalize)
        with st.container(horizontal=True, horizontal_alignment="right"):
            saved = st.form_submit_button("Add the account", type="primary")
    if saved:
        with refusals_shown("No account was added"):
            with unit_of_work() as session:
                add_account(
                    session,
                    place.caller,
                    place.company_id,
                    code=code,
                    name=name,
                    type=AccountType(kind),
                    now=datetime.now(UTC),
                )
            st.rerun()


@st.dialog("Account", width="medium", icon=":material/edit:")
def change_account(place: Here, account: Account) -> None:
    """Rename or switch off; the code and the type stay, since entries refer to them."""
    with st.form("change_account", border=False):
        st.markdown(f"**{account.code}** · {str(account.type).capitalize()}")
        name = st.text_input("Name", account.name, max_chars=120)
        active = st.toggle("Can be booked to", account.is_active)
        with st.container(horizontal=True, horizontal_alignment="right"):
            saved = st.form_submit_button("Save", type="primary")
    if saved:
        with refusals_shown("The account was not changed"):
            with unit_of_work() as session:
                change_account_details(
                    session,
                    place.caller,
                    place.company_id,
                    account.id,
                    name=name,
                    is_active=active,
                    now=datetime.now(UTC),
                )
            st.rerun()
