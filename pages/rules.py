"""Rules: what a person decided once and for all, in the order in which they are tried."""

from datetime import UTC, datetime

import streamlit as st

from core.categorization.rule_book import change_rule, list_rules, move_rule
from db.engine import snapshot, unit_of_work
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.rules_desk import in_words, rule_form
from ui.tables import frame, table
from ui.words import count

actions = open_page("Rules", "The first rule that holds decides; lines without one go to the model", "rules")
place = here("rules")
if actions.button("New rule", icon=":material/add:", type="primary", key="rules_new"):
    rule_form(place)
with refusals_shown():
    with snapshot() as session:
        rules = list_rules(session, place.caller, place.company_id)
    if not rules:
        empty(
            "rule",
            "No rules yet",
            "Add one for a payee that always goes to the same account, or make one under Review.",
        )
        st.stop()
    st.caption(f"{count(sum(rule.is_active for rule in rules), 'rule')} in force of {len(rules)}")
    rows = [
        (rule.position, rule.name, in_words(rule.conditions, place.company.base_currency), rule.account,
         "In force" if rule.is_active else "Off")
        for rule in rules
    ]  # fmt: skip
    picked = table(
        frame(rows, "#", "Name", "When", "Book to", "State"),
        columns={
            "#": st.column_config.NumberColumn(width=44),
            "Name": st.column_config.TextColumn(width=200),
            "When": st.column_config.TextColumn(width=430),
            "Book to": st.column_config.TextColumn(width=230),
            "State": st.column_config.TextColumn(width=80),
        },
        key="rules_list", on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    chosen = next((rules[at] for at in picked.selection.rows if at < len(rules)), None)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="xsmall"):
        off = chosen is None
        if st.button("Change", key="rules_change", disabled=off, icon=":material/edit:"):
            rule_form(place, chosen)
        label = "Switch on" if chosen and not chosen.is_active else "Switch off"
        switched = st.button(label, key="rules_switch", disabled=off)
        up = st.button("Earlier", key="rules_up", disabled=off or chosen.position == 1)
        down = st.button("Later", key="rules_down", disabled=off or chosen.position == len(rules))
        if off:
            st.caption("Choose a rule to change it.", width="content")
    if chosen and (switched or up or down):
        now = datetime.now(UTC)
        with unit_of_work() as session:
            if switched:
                change_rule(session, place.caller, place.company_id, chosen.id, is_active=not chosen.is_active, now=now)
            else:
                to = chosen.position + (1 if down else -1)
                move_rule(session, place.caller, place.company_id, chosen.id, to=to, now=now)
        st.rerun()
