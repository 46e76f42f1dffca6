"""Make a rule of a group: like lines that come from now on go to this account by themselves."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.categorization.rule_book import NAME_MAX, add_rule
from core.categorization.rule_conditions import DirectionIs, TextIs
from core.categorization.rule_json import condition_to_dict
from core.posting.group_detail import GroupDetail
from db.engine import unit_of_work
from ui import review_desk as desk
from ui.frame import refusals_shown
from ui.pickers import pick_account
from ui.review_dialogs import bookable, buttons, finish, object_line
from ui.words import count, plain

TESTS: Mapping[str, TextIs] = {
    "Counterparty is": TextIs("", "equals", "counterparty"),
    "Counterparty contains": TextIs("", "contains", "counterparty"),
    "Bank text contains": TextIs("", "contains", "text"),
}


def conditions_of(test: str, value: str, *, money_in: bool, one_way: bool) -> list[dict[str, Any]]:
    """The conditions that the dialog's fields stand for, as core.categorization.rules writes them."""
    kind = TESTS[test]
    conditions = [condition_to_dict(TextIs(value.strip(), kind.test, kind.field))]
    if one_way:
        conditions.append(condition_to_dict(DirectionIs("in" if money_in else "out")))
    return conditions


@st.dialog("Make a rule", width="medium", icon=":material/rule:", on_dismiss=desk.close_dialog)
def rule_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    """Prefilled with the group's counterparty and its first account."""
    object_line(detail)
    names = bookable(sight)
    first = detail.options[0].account_id if detail.options else None
    payee, money_in = detail.group.key.payee, detail.group.key.money_in
    known = bool(detail.lines[0].counterparty)
    with st.form("review_rule_form", border=False, enter_to_submit=False):
        test = st.segmented_control(
            "When", list(TESTS), default="Counterparty is" if known else "Bank text contains", required=True,
            key="review_rule_test",
        )  # fmt: skip
        value = st.text_input("Text", payee, key="review_rule_value")
        one_way = st.checkbox(f"Only money {'in' if money_in else 'out'}", True, key="review_rule_way")
        account = pick_account("Book to", names, key="review_rule_account", chosen=first)
        name = st.text_input("Name of the rule", payee[:NAME_MAX], max_chars=NAME_MAX, key="review_rule_name")
        st.caption("It is tried after the rules there are, on lines that come from now on. Nothing booked changes.")
        pressed = buttons("Add the rule", "review_rule")
    if not pressed:
        return
    if account is None:
        st.error("Choose the account first.", icon=":material/block:")
        return
    with refusals_shown("No rule was added"):
        conditions = conditions_of(test or "Counterparty is", value, money_in=money_in, one_way=one_way)
        with unit_of_work() as session:
            add_rule(
                session, sight.caller, sight.company_id,
                name=name, conditions=conditions, account_id=account, now=datetime.now(UTC),
            )  # fmt: skip
        lines = (
            "This line still waits"
            if detail.group.lines == 1
            else f"These {count(detail.group.lines, 'line')} still wait"
        )
        desk.say(f"The rule “{plain(name)}” books coming lines to {plain(names[account])}. {lines} for your decision.")
        finish()
