"""Dialogs of open items: add or correct one by hand, take one off the list, put it back."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import InvalidInput
from core.flow import work_through
from core.founding import checked_currency
from core.ingestion.items.keeping import ItemDetails, add_item, change_item, remove_item, restore_item
from core.ingestion.items.listing import ListedItem
from core.ingestion.items.values import LONGEST
from core.money import Money, decimal_text
from db.bulk import write_columns
from db.engine import unit_of_work
from models import ItemKind
from ui.frame import refusals_shown
from ui.identity import here
from ui.items_words import KINDS
from ui.pickers import account_options, pick_account
from ui.words import money, plain

ADD, EDIT, REMOVE = "add", "edit", "remove"
_ASKED, _SAID = "items_dialog", "items_said"
OUT = (ItemKind.BILL, ItemKind.PAYROLL)


def open_dialog(which: str) -> None:
    """Callback: open the dialog."""
    st.session_state[_ASKED] = which


def close() -> None:
    st.session_state.pop(_ASKED, None)


def asked_for() -> str:
    return str(st.session_state.get(_ASKED, ""))


def said() -> str:
    """What became of the last step, once."""
    return str(st.session_state.pop(_SAID, ""))


def item_dialog(caller: Caller, company_id: UUID, opened: ListedItem | None) -> None:
    """The dialog that is open, if any."""
    asked = asked_for()
    if asked == ADD:
        _add(caller, company_id)
    elif asked == EDIT and opened:
        _edit(caller, company_id, opened)
    elif asked == REMOVE and opened:
        _remove(caller, company_id, opened)


def put_back(caller: Caller, company_id: UUID, item_id: UUID, number: str) -> None:
    """Callback: a removed item is on the list again."""
    with refusals_shown("Nothing was changed"), unit_of_work() as session:
        now = datetime.now(UTC)
        restore_item(session, caller, company_id, item_id, now=now)
        work_through(session, caller, company_id, write=write_columns, now=now)
        st.session_state[_SAID] = f"{plain(number)} is on the list again."


@st.dialog("Add an open item", width="medium", icon=":material/add:", on_dismiss=close)
def _add(caller: Caller, company_id: UUID) -> None:
    details = _form(caller, company_id, None)
    if details is None:
        return
    with refusals_shown("Nothing was added"):
        with unit_of_work() as session:
            now = datetime.now(UTC)
            add_item(session, caller, company_id, details(), now=now)
            matching, _ = work_through(session, caller, company_id, write=write_columns, now=now)
        _done("The item was added" + (", and a bank line settles it." if matching.confirmed_settlements else "."))


@st.dialog("Correct the open item", width="medium", icon=":material/edit:", on_dismiss=close)
def _edit(caller: Caller, company_id: UUID, item: ListedItem) -> None:
    details = _form(caller, company_id, item)
    if details is None:
        return
    with refusals_shown("Nothing was changed"):
        with unit_of_work() as session:
            now = datetime.now(UTC)
            change_item(session, caller, company_id, item.id, details(), write=write_columns, now=now)
            work_through(session, caller, company_id, write=write_columns, now=now)
        _done(f"{plain(item.number)} was changed.")


@st.dialog("Remove the open item", icon=":material/delete:", on_dismiss=close)
def _remove(caller: Caller, company_id: UUID, item: ListedItem) -> None:
    amount = plain(money(item.amount_minor, item.currency, sign=True))
    st.markdown(f"**{plain(item.number)}** · {plain(item.counterparty)} · {amount}")
    st.markdown(
        "It leaves the list and is expected no longer, also when a later file brings it. "
        "Under “Removed” it can be put back at any time."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", type="tertiary", key="items_remove_cancel"):
            close()
            st.rerun()
        pressed = st.button("Remove it", type="primary", key="items_remove_go")
    if pressed:
        with refusals_shown("Nothing was removed"):
            with unit_of_work() as session:
                remove_item(session, caller, company_id, item.id, write=write_columns, now=datetime.now(UTC))
            _done(f"{plain(item.number)} was removed. It can be put back under “Removed”.")


def _done(text: str) -> None:
    close()
    st.session_state[_SAID] = text
    st.rerun()


def _form(caller: Caller, company_id: UUID, item: ListedItem | None) -> Callable[[], ItemDetails] | None:
    """The fields of an item; once they are sent, what reads them. Kind, number and currency of a file's item stay."""
    key = f"item_{item.id.hex}" if item else "item_new"
    fixed = bool(item and item.from_file)
    kinds = list(ItemKind)
    with st.form(f"{key}_form", border=False):
        left, right = st.columns([0.4, 0.6])
        kind = left.selectbox(
            "Kind", kinds, index=kinds.index(item.kind) if item else 0, format_func=KINDS.__getitem__,
            key=f"{key}_kind", disabled=fixed,
        )  # fmt: skip
        number = right.text_input(
            "Number", item.number if item else "", max_chars=LONGEST["number"], key=f"{key}_number", disabled=fixed,
            placeholder="INV-1042",
        )  # fmt: skip
        party = st.text_input(
            "Counterparty", item.counterparty if item else "", max_chars=LONGEST["counterparty"], key=f"{key}_party",
            placeholder="Who owes it, or is owed",
        )  # fmt: skip
        left, right = st.columns(2)
        issued = left.date_input("Issued", item.issued_on if item else "today", key=f"{key}_issued")
        due = right.date_input("Due", item.due_on if item else None, key=f"{key}_due")
        left, right = st.columns([0.7, 0.3])
        written = decimal_text(abs(item.amount_minor), item.currency) if item else ""
        amount = left.text_input("Amount still open", written, key=f"{key}_amount", placeholder="1200.00")
        currency = right.text_input(
            "Currency", item.currency if item else here("upload").company.base_currency, max_chars=3,
            key=f"{key}_currency", disabled=fixed,
        )  # fmt: skip
        against = bool(item and (item.amount_minor < 0) is not (item.kind in OUT))
        is_credit = st.checkbox("It is a credit note: the money goes the other way", against, key=f"{key}_credit")
        accounts = account_options(caller, company_id)
        account = pick_account("Booked to", accounts, key=f"{key}_account", chosen=item.account_id if item else None)
        reference = st.text_input(
            "Reference", item.reference if item else "", max_chars=LONGEST["reference"], key=f"{key}_reference",
            placeholder="Order number, or what the bank text will say",
        )  # fmt: skip
        with st.container(horizontal=True, horizontal_alignment="right"):
            label = "Save" if item else "Add the item"
            pressed = st.form_submit_button(label, type="primary", key=f"{key}_go")

    def details() -> ItemDetails:
        if account is None:
            raise InvalidInput("Choose the account that the payment is booked to.")
        if issued is None:
            raise InvalidInput("Say when the item was issued.")
        code = currency.strip().upper()
        minor = abs(Money.parse(amount.replace(",", ""), checked_currency(code)).minor)
        is_out = (kind in OUT) is not is_credit
        return ItemDetails(kind, number, party, issued, due, -minor if is_out else minor, code, account, reference)

    return details if pressed else None
