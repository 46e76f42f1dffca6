"""The dialog that makes and changes a rule: name, groups of conditions, where it books to and for how long."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.categorization.rule_book import NAME_MAX, RuleRow, Terms, add_rule, change_rule
from core.categorization.rule_json import condition_to_dict, part_to_dict
from core.categorization.rule_rehearsal import Rehearsal, rehearse_rule
from core.categorization.rules import MEMO_MAX, MOST_PARTS
from core.errors import InvalidInput
from core.founding import bank_accounts_of
from db.engine import snapshot, unit_of_work
from ui import rule_draft
from ui.frame import refusals_shown
from ui.identity import Here
from ui.pickers import account_options, pick_account, pick_tax_code
from ui.rule_fields import condition_fields
from ui.rule_words import in_words
from ui.tables import frame, table
from ui.words import NONE, count, day, plain, span


def bank_names(place: Here) -> dict[str, str]:
    """The company's bank accounts, code → name."""
    with snapshot() as session:
        return {a.code: a.name for a in bank_accounts_of(session, place.caller, place.company_id)}


@st.dialog("Rule", width="large", icon=":material/rule:", on_dismiss=rule_draft.forget)
def rule_form(place: Here, rule: RuleRow | None = None) -> None:
    """Add a rule, or change the one given. It holds for lines that come from now on."""
    key, currency = f"rule_{rule.id.hex if rule else 'new'}", place.company.base_currency
    draft = rule_draft.current(key, rule)
    name = st.text_input("Name", rule.name if rule else "", max_chars=NAME_MAX, key=f"{key}_name")
    banks = bank_names(place)
    with refusals_shown("This cannot be a rule yet"):
        conditions = [condition_to_dict(one) for one in condition_fields(draft, banks, currency)]
        if draft.others:
            kept = in_words([condition_to_dict(one) for one in draft.others], currency, banks)
            st.caption(f"Stays as it is, besides: {plain(kept)}")
        account, terms = _outcome(place, draft, rule, currency)
        with st.container(horizontal=True, horizontal_alignment="right"):
            tried = st.button("Try it", key=f"{key}_try", icon=":material/experiment:")
            saved = st.button("Save the rule", type="primary", key=f"{key}_save")
        if saved:
            _save(place, rule, name, conditions, account, terms)
            rule_draft.forget()
            st.rerun()
        if tried:
            with snapshot() as session:
                found = rehearse_rule(
                    session, place.caller, place.company_id, conditions=conditions, account_id=account, terms=terms,
                    rule_id=rule.id if rule else None,
                )  # fmt: skip
            st.info(rehearsal_words(found), icon=":material/experiment:")
            if found.decided:
                _entry_by_entry(found, currency)


def _outcome(place: Here, draft: rule_draft.Draft, rule: RuleRow | None, currency: str) -> tuple[UUID | None, Terms]:
    """Where the rule books to and what else it says. Raises InvalidInput, InvalidAmount."""
    key, options = draft.key, account_options(place.caller, place.company_id)
    account, parts = None, []
    if draft.parts:
        parts = rule_draft.read_rule_parts(_part_rows(draft, options, currency), currency)
        account = UUID(parts[0].account) if parts else None
    else:
        account = pick_account("Book to", options, key=f"{key}_account", chosen=rule.account_id if rule else None)
    st.button("Add a part" if draft.parts else "Split over accounts", type="tertiary", icon=":material/call_split:",
              key=f"{key}_split", on_click=draft.add_part, disabled=len(draft.parts) >= MOST_PARTS)  # fmt: skip
    known = Terms() if rule is None else Terms(
        rule.parts, rule.memo, rule.first_on, rule.last_on, rule.goes_on, rule.tax_code
    )  # fmt: skip
    with st.expander("More", expanded=replace(known, parts=()) != Terms(), key=f"{key}_more"):
        tax_code = ""
        if not draft.parts:
            tax_code = pick_tax_code(place.caller, place.company_id, key=f"{key}_tax", chosen=known.tax_code)
        memo = st.text_input("Memo of the entry", known.memo, max_chars=MEMO_MAX, key=f"{key}_memo")
        left, right = st.columns(2)
        first = left.date_input("From", known.first_on, key=f"{key}_from")
        last = right.date_input("To", known.last_on, key=f"{key}_to")
        goes_on = st.checkbox("Go on: later rules that hold replace what this one says", known.goes_on,
                              key=f"{key}_goes_on")  # fmt: skip
    return account, Terms([part_to_dict(part) for part in parts], memo.strip(), first, last, goes_on, tax_code)


def _part_rows(draft: rule_draft.Draft, options: dict[UUID, str], currency: str) -> list[tuple[UUID | None, str]]:
    st.caption("40% or 12.50 each; one without a figure takes the rest. Percentages share what fixed amounts leave.")
    rows = []
    for number, part in enumerate(draft.parts):
        left, right = st.columns([0.7, 0.3])
        with left:
            chosen = pick_account("Account", options, key=f"{draft.key}_part_{number}", collapsed=True,
                                  chosen=UUID(part.account) if part.account else None)  # fmt: skip
        text = right.text_input("Share", rule_draft.part_text(part, currency), key=f"{draft.key}_share_{number}",
                                label_visibility="collapsed", placeholder="the rest")  # fmt: skip
        rows.append((chosen, text))
    return rows


def _entry_by_entry(found: Rehearsal, currency: str) -> None:
    """The lines that the rule would decide, the newest first, with what they are booked to now."""
    rows = [
        (day(one.booked_on, year=True), one.description, one.amount_minor, " + ".join(one.accounts_now) or NONE,
         "Posted" if one.is_posted else "Waiting")
        for one in found.decided
    ]  # fmt: skip
    table(frame(rows, "Date", "Bank text", "Amount", "Booked now to", "State"), ["Amount"], currency=currency, most=8)


def rehearsal_words(found: Rehearsal) -> str:
    """What a rule would have done, as sentences."""
    if not found.lines:
        return "There are no bank lines yet to try it on."
    said = f"Fits {found.fitting:,} of {count(found.lines, 'line')} from {span(found.first_on, found.last_on)}."
    if found.taken_earlier:
        said += f" An earlier rule takes {found.taken_earlier:,} of them first."
    if found.booked_elsewhere:
        said += f" Posted to another account now: {found.booked_elsewhere:,}."
    if found.not_fitting_split:
        said += f" Too small for the fixed amounts of the split, so they would wait: {found.not_fitting_split:,}."
    return said


def _save(
    place: Here, rule: RuleRow | None, name: str, conditions: list[dict[str, Any]], account: UUID | None, terms: Terms
) -> None:
    if account is None:
        raise InvalidInput("Choose the account that the rule books to.")
    given: dict[str, Any] = {"name": name, "conditions": conditions, "account_id": account, "terms": terms}
    now = datetime.now(UTC)
    with unit_of_work() as session:
        if rule is None:
            add_rule(session, place.caller, place.company_id, **given, now=now)
        else:
            change_rule(session, place.caller, place.company_id, rule.id, **given, now=now)
