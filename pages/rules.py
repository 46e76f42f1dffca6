"""Rules: what a person decided once and for all, in the order in which they are tried; and the names of payees."""

import streamlit as st

from core.categorization.rule_book import list_rules
from db.engine import snapshot
from ui.aliases_desk import names_of_counterparties
from ui.frame import empty, open_page, refusals_shown
from ui.identity import Here, here
from ui.rule_form import rule_form
from ui.rules_checks import findings, rules_file, suggestions, use_of_rules
from ui.rules_conflicts import conflicts
from ui.rules_desk import move_or_switch, rules_table
from ui.words import count

RULES, USE, NAMES = "Rules", "Use", "Names"


def rules_in_order(place: Here) -> None:
    with snapshot() as session:
        rules = list_rules(session, place.caller, place.company_id)
    if rules:
        in_force = sum(rule.is_active for rule in rules)
        st.caption(f"{in_force} of {count(len(rules), 'rule')} in force")
        move_or_switch(place, rules, rules_table(place, rules))
        findings(place, rules)
    else:
        empty(
            "rule",
            "No rules yet",
            "Add one for a payee that always goes to the same account, or make one under Review.",
        )
    suggestions(place)
    conflicts(place)


actions = open_page("Rules", "The first rule that holds decides; lines without one go to the model", "rules")
place = here("rules")
with actions:
    chosen = st.segmented_control(
        "What to look at", [RULES, USE, NAMES], default=RULES, required=True, key="rules_segment",
        label_visibility="collapsed",
    )  # fmt: skip
    if chosen == RULES:
        rules_file(place)
    if chosen == RULES and st.button("New rule", icon=":material/add:", type="primary", key="rules_new"):
        rule_form(place)
with refusals_shown():
    if chosen == NAMES:
        names_of_counterparties(place)
    elif chosen == USE:
        with snapshot() as session:
            every = list_rules(session, place.caller, place.company_id)
        use_of_rules(place, every)
    else:
        rules_in_order(place)
