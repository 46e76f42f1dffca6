"""The rules page: the list in its order, and the bar that changes, switches and moves the chosen rule."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.categorization.rule_book import RuleRow, change_rule, move_rule
from db.engine import unit_of_work
from ui.identity import Here
from ui.rule_form import bank_names, rule_form
from ui.rule_words import in_words, outcome_in_words
from ui.tables import frame, table

LIST, MOVED_TO = "rules_list", "rules_moved_to"


def rules_table(place: Here, rules: Sequence[RuleRow]) -> int | None:
    """The rules in their order, one of which can be chosen. The position of the chosen one."""
    banks = bank_names(place)
    rows = [
        (
            at,
            rule.name,
            in_words(rule.conditions, place.company.base_currency, banks),
            outcome_in_words(rule),
            state_of(rule),
        )
        for at, rule in enumerate(rules, 1)
    ]
    if (moved_to := st.session_state.pop(MOVED_TO, None)) is not None:
        st.session_state[LIST] = {"selection": {"rows": [moved_to], "columns": [], "cells": []}}
    picked = table(
        frame(rows, "#", "Name", "When", "Book to", "State"),
        columns={
            "#": st.column_config.NumberColumn(width=40),
            "Name": st.column_config.TextColumn(width=190),
            "When": st.column_config.TextColumn(width=470),
            "Book to": st.column_config.TextColumn(width=260),
            "State": st.column_config.TextColumn(width=90),
        },
        key=LIST, on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    return next((at for at in picked.selection.rows if at < len(rules)), None)


def state_of(rule: RuleRow) -> str:
    """In force, Off, or Account off: then the rule is passed over although it is in force."""
    if not rule.is_active:
        return "Off"
    return "In force" if rule.account_is_active else "Account off"


def move_or_switch(place: Here, rules: Sequence[RuleRow], at: int | None) -> None:
    """The bar: change, switch, and the place in the order. The chosen rule stays chosen where it goes."""
    rule = None if at is None else rules[at]
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="xsmall"):
        if st.button("Change", key="rules_change", disabled=rule is None, icon=":material/edit:"):
            rule_form(place, rule)
        label = "Switch on" if rule and not rule.is_active else "Switch off"
        switched = st.button(label, key="rules_switch", disabled=rule is None)
        up = st.button("Earlier", key="rules_up", disabled=not at, icon=":material/arrow_upward:")
        last = at is None or at == len(rules) - 1
        down = st.button("Later", key="rules_down", disabled=last, icon=":material/arrow_downward:")
        if rule is None:
            st.caption("Choose a rule to change it.", width="content")
    if rule is None or at is None or not (switched or up or down):
        return
    now = datetime.now(UTC)
    to = at + (1 if down else -1 if up else 0)
    with unit_of_work() as session:
        if switched:
            change_rule(session, place.caller, place.company_id, rule.id, is_active=not rule.is_active, now=now)
        else:
            move_rule(session, place.caller, place.company_id, rule.id, to=to + 1, now=now)
    st.session_state[MOVED_TO] = to
    st.rerun()
