"""Dialogs of the chart of accounts."""

from datetime import UTC, datetime

import streamlit as st

from core.errors import InvalidInput
from core.posting.chart_keeping import NAME_MAX, add_account, change_account_details
from db.engine import unit_of_work
from models import Account, AccountRole, AccountType
from ui.frame import refusals_shown
from ui.identity import Here
from ui.words import plain

ROLE_WORDS = {  # what the machine uses the account for
    AccountRole.BANK: "Bank statements",
    AccountRole.TRANSFER_CLEARING: "Own transfers under way",
    AccountRole.SUSPENSE: "Lines not decided yet",
    AccountRole.RECEIVABLE: "Open invoices",
    AccountRole.PAYABLE: "Open bills",
    AccountRole.OWNER: "Owner",
    AccountRole.LOAN: "Loans",
    AccountRole.TAX: "Taxes",
    AccountRole.PAYROLL: "Payroll",
}


@st.dialog("New account", width="medium", icon=":material/add:")
def new_account(place: Here) -> None:
    """Code, name and type; the code and the type stay for good."""
    with st.form("new_account", border=False):
        left, right = st.columns([0.3, 0.7])
        code = left.text_input("Code", max_chars=16, placeholder="6310", key="chart_code")
        name = right.text_input("Name", max_chars=NAME_MAX, key="chart_name")
        kind = st.selectbox(
            "Type", [str(kind) for kind in AccountType], index=None, format_func=str.capitalize, key="chart_kind",
            placeholder="Choose a type",
        )  # fmt: skip
        with st.container(horizontal=True, horizontal_alignment="right"):
            saved = st.form_submit_button("Add the account", type="primary", key="chart_add")
    if saved:
        with refusals_shown("No account was added"):
            if kind is None:
                raise InvalidInput("Choose the type: it says on which report the account stands.")
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
        st.markdown(f"**{plain(account.code)}** · {str(account.type).capitalize()}")
        key = account.id.hex
        name = st.text_input("Name", account.name, max_chars=NAME_MAX, key=f"chart_name_{key}")
        active = st.toggle("Can be booked to", account.is_active, key=f"chart_active_{key}")
        st.caption("What is booked there stays, and reports keep it. Rules to an account that is off are passed over.")
        with st.container(horizontal=True, horizontal_alignment="right"):
            saved = st.form_submit_button("Save", type="primary", key="chart_save")
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
