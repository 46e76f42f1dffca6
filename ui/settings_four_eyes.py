"""The section of the settings page for four eyes: above which amount a second person has to approve."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import streamlit as st

from core.categorization.company_policy import policy_of, set_policy
from core.errors import InvalidAmount
from core.money import to_decimal, to_minor
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown, section
from ui.identity import Here


def four_eyes(place: Here) -> None:
    """One amount; empty where one person is enough."""
    section(
        "Four eyes",
        "Above this amount, whoever books a line to an account of their choice, splits it, matches it by hand or "
        "corrects it only prepares it, and someone else approves. Empty: one person is enough.",
    )
    currency = place.company.base_currency
    with snapshot() as session:
        policy = policy_of(session, place.caller, place.company_id)
    limit = policy.four_eyes_minor
    shown = "" if limit is None else f"{to_decimal(limit, currency):,}"
    with st.form("four_eyes", border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            f"A second person above, {currency}", shown, key="policy_four_eyes", width=280, placeholder="never"
        )
        saved = st.form_submit_button("Save", key="policy_four_eyes_save")
    if saved:
        with refusals_shown("The policy was not changed"):
            changed = replace(policy, four_eyes_minor=_minor(typed, currency) if typed.strip() else None)
            with unit_of_work() as session:
                set_policy(session, place.caller, place.company_id, changed, now=datetime.now(UTC))
            st.rerun()


def _minor(text: str, currency: str) -> int:
    try:
        return to_minor(Decimal(text.replace(",", "").strip()), currency)
    except InvalidOperation:
        raise InvalidAmount(text) from None
