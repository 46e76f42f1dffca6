"""Bank accounts where files go: their names in lists, the fields of a new one, adding one while uploading."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.errors import InvalidInput
from core.founding import NAME_LENGTH, NUMBER_LENGTH, add_bank_account, bank_accounts_of
from db.engine import snapshot, unit_of_work
from models import BankAccount, BankAccountKind
from ui import upload_answers as answers
from ui import upload_desk as desk
from ui.frame import refusals_shown

ASKED = "upload_new_account"  # in session_state: SHA-256 of the file for which the dialog is open

KINDS = {
    BankAccountKind.BANK: "Bank account",
    BankAccountKind.CARD: "Credit card",
    BankAccountKind.PROCESSOR: "Payment processor",
}


def bank_account_label(account: BankAccount) -> str:
    """Chase checking ••4821."""
    ending = "".join(sign for sign in account.number if sign.isalnum())[-4:]
    return f"{account.name} ••{ending}" if ending else account.name


def bank_account_options(caller: Caller, company_id: UUID) -> dict[UUID, str]:
    """Active bank accounts as id → name with the last digits, by code."""
    with snapshot() as session:
        return {one.id: bank_account_label(one) for one in bank_accounts_of(session, caller, company_id)}


def account_fields(key: str, given: Mapping[str, str], first: bool = True) -> dict[str, Any]:
    """The fields of a new bank account inside a form; answers what was typed, as add_bank_account takes it."""
    name = st.text_input(
        "Name" if first else "Another account", given.get("name", ""), max_chars=NAME_LENGTH, key=f"{key}_name",
        placeholder="Chase checking",
    )  # fmt: skip
    kinds = list(KINDS)
    left, middle, right = st.columns([0.36, 0.24, 0.4])
    kind = left.selectbox("Kind", kinds, format_func=KINDS.__getitem__, key=f"{key}_kind")
    currency = middle.text_input("Currency", given.get("currency", "USD"), max_chars=3, key=f"{key}_currency")
    number = right.text_input(
        "Number", given.get("number", ""), max_chars=NUMBER_LENGTH, key=f"{key}_number",
        placeholder="Whole, or the last digits",
    )  # fmt: skip
    return {"name": " ".join(name.split()), "kind": kind, "currency": currency, "number": number}


def ask_new_account(digest: str) -> None:
    """Callback: open the dialog for this file."""
    st.session_state[ASKED] = digest


def is_asked(digest: str) -> bool:
    return st.session_state.get(ASKED) == digest


def _close() -> None:
    st.session_state.pop(ASKED, None)


@st.dialog("New bank account", icon=":material/account_balance:", on_dismiss=_close)
def add_account(caller: Caller, company_id: UUID, digest: str, given: Mapping[str, str], decides: bool) -> None:
    """Adds the account; with `decides` the file goes there, else its own account number decides."""
    with st.form("upload_account_form", border=False):
        typed = account_fields("upload_account", given)
        with st.container(horizontal=True, horizontal_alignment="right"):
            cancelled = st.form_submit_button("Cancel", type="tertiary", key="upload_account_cancel")
            pressed = st.form_submit_button("Add the account", type="primary", key="upload_account_go")
    if cancelled:
        _close()
        st.rerun()
    if pressed:
        with refusals_shown("Nothing was added"):
            if not typed["name"]:
                raise InvalidInput("Type the bank account's name first.")
            with unit_of_work() as session:
                added = add_bank_account(session, caller, company_id, **typed, now=datetime.now(UTC))
            if decides:
                answers.answer(digest, bank_account_id=added.id)
            desk.read_again()
            _close()
            st.rerun()


def may_add(caller: Caller, company_id: UUID) -> bool:
    return caller.may(company_id, Action.CONFIGURE)
