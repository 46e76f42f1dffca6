"""Beside the list of rules: their faults, rules that decisions speak for, their use, and rules as a file."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.categorization.rule_book import NAME_MAX, RuleRow, add_rule
from core.categorization.rule_dismissals import dismiss_suggestion, dismissed_suggestions, suggest_again
from core.categorization.rule_file import export_rules, import_rules
from core.categorization.rule_findings import last_used, rule_findings, rule_runs, suggest_rules
from core.categorization.rule_json import condition_to_dict
from core.categorization.rule_suggestions import RuleSuggestion
from core.money import decimal_text
from db.engine import snapshot, unit_of_work
from ui.frame import empty, refusals_shown, section
from ui.identity import Here
from ui.tables import frame, table
from ui.words import NONE, count, day, plain

MOST_TOLD = 5


def findings(place: Here, rules: Sequence[RuleRow]) -> None:
    """Faults of rules, each with the sentence that says what to do."""
    with snapshot() as session:
        found = rule_findings(session, place.caller, place.company_id)
    if not found:
        return
    number = {rule.id: at for at, rule in enumerate(rules, 1)}
    names = {rule.id: rule.name for rule in rules}
    section("To be mended", f"{count(len(found), 'rule')} with a fault")
    for one in found[:MOST_TOLD]:
        st.warning(
            f"**{number[one.rule_id]} {plain(names[one.rule_id])}** is {one.finding.fault}: "
            f"{plain(one.finding.sentence)}",
            icon=":material/rule_settings:",
        )
    if len(found) > MOST_TOLD:
        st.caption(f"{len(found) - MOST_TOLD:,} more when these are mended.")


def suggestions(place: Here) -> None:
    """Rules that consistent decisions speak for, to be made or dismissed; dismissed ones can come back."""
    with snapshot() as session:
        found = suggest_rules(session, place.caller, place.company_id)
        dismissed = dismissed_suggestions(session, place.caller, place.company_id)
    if not found and not dismissed:
        return
    section("Suggested by decisions", "People always booked these to one account, and no rule does yet.")
    for at, one in enumerate(found[:MOST_TOLD]):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"rule_suggested_{at}"):
            agreed = f"{one.decisions:,} of {count(one.decisions, 'decision')}"
            st.markdown(f"{_suggested(one, place.company.base_currency)} &ensp;:gray[{agreed}]")
            accepted = st.button("Make it a rule", key=f"rule_accept_{at}")
            unwanted = st.button("Dismiss", key=f"rule_dismiss_{at}", type="tertiary")
        if accepted or unwanted:
            with refusals_shown("No rule was added" if accepted else "Nothing was dismissed"):
                (_accept if accepted else _dismiss)(place, one)
                st.rerun()
    if len(found) > MOST_TOLD:
        st.caption(f"{len(found) - MOST_TOLD:,} more when these are answered.")
    if dismissed:
        _dismissed(place, dismissed)


def _suggested(one: RuleSuggestion, currency: str) -> str:
    way = f"money {'in' if one.money_in else 'out'}"
    if one.most_minor is not None:
        most = decimal_text(one.most_minor, currency)
        way += f" of exactly {most}" if one.least_minor == one.most_minor else f" up to {most}"
    return f"**{plain(one.counterparty)}**, {way}, to **{plain(one.account)}**"


def _dismissed(place: Here, found: Sequence[RuleSuggestion]) -> None:
    with st.expander(f"Dismissed: {len(found):,}", key="rules_dismissed"):
        for at, one in enumerate(found):
            with st.container(horizontal=True, vertical_alignment="center", key=f"rule_dismissed_{at}"):
                st.markdown(_suggested(one, place.company.base_currency))
                wanted = st.button("Suggest it again", key=f"rule_again_{at}", type="tertiary")
            if wanted:
                with refusals_shown("It is not suggested again"):
                    with unit_of_work() as session:
                        suggest_again(session, place.caller, place.company_id, one, now=datetime.now(UTC))
                    st.rerun()


def _dismiss(place: Here, one: RuleSuggestion) -> None:
    with unit_of_work() as session:
        dismiss_suggestion(session, place.caller, place.company_id, one, now=datetime.now(UTC))


def _accept(place: Here, one: RuleSuggestion) -> None:
    with unit_of_work() as session:
        add_rule(
            session, place.caller, place.company_id, name=one.counterparty[:NAME_MAX], account_id=one.account_id,
            conditions=[condition_to_dict(condition) for condition in one.conditions], now=datetime.now(UTC),
        )  # fmt: skip


def use_of_rules(place: Here, rules: Sequence[RuleRow]) -> None:
    """When each rule decided a line last, and the log of the booking runs."""
    with snapshot() as session:
        used = last_used(session, place.caller, place.company_id)
        runs = rule_runs(session, place.caller, place.company_id)
    if not rules:
        empty("rule", "No rules yet", "Their use is told here once they have decided lines.")
        return
    section("Use", f"{len(used):,} of {count(len(rules), 'rule')} decided a line so far")
    last = [(rule, used.get(rule.id, (None, 0))) for rule in rules]
    table(
        frame(
            [(at, rule.name, lines, day(on.date(), year=True) if on else NONE)
             for at, (rule, (on, lines)) in enumerate(last, 1)],
            "#", "Name", "Lines", "Last used",
        ),
        key="rules_use",
    )  # fmt: skip
    if runs:
        names = {rule.id: rule.name for rule in rules}
        section("Run log", "Which rule decided how many lines in which booking run, the newest first.")
        table(
            frame(
                [(f"{run.booked_at:%Y-%m-%d %H:%M}", names[run.rule_id], run.lines, run.posted_alone) for run in runs],
                "Booked", "Rule", "Lines", "Posted alone",
            ),
            key="rules_runs",
        )  # fmt: skip


def rules_file(place: Here) -> None:
    """Save all rules as a file; take rules in from one."""
    with st.popover("File", icon=":material/file_save:", key="rules_file"), refusals_shown("No rule was taken in"):
        with snapshot() as session:
            content = export_rules(session, place.caller, place.company_id)
        st.download_button("Save the rules as a file", content, f"rules-{place.company.slug}.json", "application/json",
                           key="rules_save_file")  # fmt: skip
        file = st.file_uploader("Take rules in from a file", type="json", key="rules_take_file")
        st.caption("They are tried after the rules there are; those that are there already are left out.")
        if file and st.button("Take them in", key="rules_take", type="primary"):
            with unit_of_work() as session:
                added = import_rules(session, place.caller, place.company_id, file.getvalue(), now=datetime.now(UTC))
            st.success(f"{count(added, 'rule')} added.", icon=":material/check:")
