"""The dialog of the tax codes: what there is, a new one, on and off."""

from datetime import UTC, datetime

import streamlit as st

from core.errors import InvalidInput
from core.posting.tax_codes import CODE_MAX, NAME_MAX, add_tax_code, change_tax_code, list_tax_codes
from db.engine import snapshot, unit_of_work
from models import TaxCode
from ui.frame import refusals_shown
from ui.identity import Here
from ui.pickers import account_options, pick_account
from ui.review_split import typed_number
from ui.tables import frame, table


@st.dialog("Tax codes", width="medium", icon=":material/percent:")
def tax_codes(place: Here) -> None:
    """A rate never changes, since entries were made with it; another rate is another code."""
    st.caption(
        "What a bank moves contains its taxes. A line booked with a tax code gets a line of its own for the tax. "
        "A rate stays; for another one add a code and switch the old one off."
    )
    with refusals_shown():
        with snapshot() as session:
            codes = list_tax_codes(session, place.caller, place.company_id)
        names = account_options(place.caller, place.company_id, bookable=False)
        if codes:
            _listed(place, codes, {key: names.get(key, "") for key in {code.account_id for code in codes}})
    _new(place)


def _listed(place: Here, codes: list[TaxCode], accounts: dict[object, str]) -> None:
    rows = [
        (code.code, code.name, f"{code.rate_bp / 100:g}%", accounts[code.account_id], code.is_active) for code in codes
    ]
    picked = table(
        frame(rows, "Code", "Name", "Rate", "Account", "Offered"),
        columns={
            "Code": st.column_config.TextColumn(width=80),
            "Name": st.column_config.TextColumn(width=150),
            "Rate": st.column_config.TextColumn(width=60, alignment="right"),
            "Account": st.column_config.TextColumn(width=190),
            "Offered": st.column_config.CheckboxColumn(width=70),
        },
        most=8, key="tax_list", on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    chosen = next((codes[at] for at in picked.selection.rows if at < len(codes)), None)
    verb = "Switch on" if chosen and not chosen.is_active else "Switch off"
    pressed = st.button(verb, key="tax_switch", disabled=chosen is None, type="tertiary")
    if pressed and chosen:
        with unit_of_work() as session:
            change_tax_code(
                session, place.caller, place.company_id, chosen.id, is_active=not chosen.is_active,
                now=datetime.now(UTC),
            )  # fmt: skip
        st.rerun(scope="fragment")


def _new(place: Here) -> None:
    with st.form("tax_new", border=False, clear_on_submit=False):
        left, middle, right = st.columns([0.27, 0.48, 0.25])
        code = left.text_input("Code", max_chars=CODE_MAX, placeholder="VAT20", key="tax_code")
        name = middle.text_input("Name", max_chars=NAME_MAX, placeholder="VAT 20%", key="tax_name")
        rate = right.text_input("Rate in %", placeholder="20", key="tax_rate")
        account = pick_account("Booked to", account_options(place.caller, place.company_id), key="tax_account")
        with st.container(horizontal=True, horizontal_alignment="right"):
            pressed = st.form_submit_button("Add the tax code", type="primary", key="tax_add")
    if not pressed:
        return
    with refusals_shown("No tax code was added"):
        if account is None:
            raise InvalidInput("Choose the account that the tax is booked to.")
        with unit_of_work() as session:
            add_tax_code(
                session, place.caller, place.company_id, code=code, name=name, rate_percent=typed_number(rate),
                account_id=account, now=datetime.now(UTC),
            )  # fmt: skip
        st.rerun(scope="fragment")
