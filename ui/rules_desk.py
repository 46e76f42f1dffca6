"""The rules page: the list in its order, and the form whose fields are a rule's conditions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import streamlit as st

from core.categorization.rule_book import NAME_MAX, RuleRow, add_rule, change_rule, move_rule
from core.categorization.rule_conditions import AmountIs, BankAccountIs, Condition, DirectionIs, TextIs
from core.categorization.rule_json import condition_from_dict, condition_to_dict
from core.categorization.rule_rehearsal import Rehearsal, rehearse_rule
from core.errors import InvalidAmount, InvalidInput
from core.founding import bank_accounts_of
from core.money import to_decimal, to_minor
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown
from ui.identity import Here
from ui.pickers import account_options, pick_account
from ui.tables import frame, table
from ui.words import count, money, plain, span

LIST, MOVED_TO = "rules_list", "rules_moved_to"

TESTS: Mapping[str, tuple[str, str]] = {
    "Bank text contains": ("text", "contains"),
    "Bank text starts with": ("text", "starts_with"),
    "Bank text equals": ("text", "equals"),
    "Bank text matches the pattern": ("text", "regex"),
    "Counterparty is": ("counterparty", "equals"),
    "Counterparty contains": ("counterparty", "contains"),
}
WAYS = {"Either way": "", "Money in": "in", "Money out": "out"}


def in_words(conditions: Sequence[Mapping[str, Any]], currency: str, banks: Mapping[str, str]) -> str:
    """The conditions as a phrase; `banks` are the names of bank accounts by code."""
    phrase = " · ".join(_phrase(condition_from_dict(values), currency, banks) for values in conditions)
    return phrase[:1].upper() + phrase[1:]


def _phrase(condition: Condition, currency: str, banks: Mapping[str, str]) -> str:
    match condition:
        case TextIs(value, test, field):
            words = next((words for words, kind in TESTS.items() if kind == (field, test)), f"{field} {test}")
            return f"{words.lower()} “{value}”"
        case AmountIs(None, most):
            return f"at most {money(most, currency)}"
        case AmountIs(least, None):
            return f"at least {money(least, currency)}"
        case AmountIs(least, most):
            return f"{money(least, currency)} to {money(most, currency)}"
        case DirectionIs(way):
            return f"money {way}"
        case BankAccountIs(code):
            return f"on {banks.get(code, code)}"


def bank_names(place: Here) -> dict[str, str]:
    """The company's bank accounts, code → name."""
    with snapshot() as session:
        return {a.code: a.name for a in bank_accounts_of(session, place.caller, place.company_id)}


def rules_table(place: Here, rules: Sequence[RuleRow]) -> int | None:
    """The rules in their order, one of which can be chosen. The position of the chosen one."""
    banks = bank_names(place)
    rows = [
        (at, rule.name, in_words(rule.conditions, place.company.base_currency, banks), rule.account, state_of(rule))
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


@dataclass(frozen=True)
class Fields:
    """What the form shows of a rule; `others` are conditions that it has no fields for and leaves as they are."""

    text: TextIs | None
    amount: AmountIs
    way: str
    bank: str
    others: tuple[Condition, ...]


def fields_of(conditions: Sequence[Condition]) -> Fields:
    """The first condition of each kind goes to its fields."""
    text = next((c for c in conditions if isinstance(c, TextIs) and (c.field, c.test) in TESTS.values()), None)
    amount = next((c for c in conditions if isinstance(c, AmountIs)), None)
    way = next((c for c in conditions if isinstance(c, DirectionIs)), None)
    bank = next((c for c in conditions if isinstance(c, BankAccountIs)), None)
    shown = [id(c) for c in (text, amount, way, bank) if c is not None]
    others = tuple(c for c in conditions if id(c) not in shown)
    return Fields(text, amount or AmountIs(), way.way if way else "", bank.code if bank else "", others)


@st.dialog("Rule", width="medium", icon=":material/rule:")
def rule_form(place: Here, rule: RuleRow | None = None) -> None:
    """Add a rule, or change the one given. It holds for lines that come from now on."""
    key = f"rule_{rule.id.hex if rule else 'new'}"
    currency = place.company.base_currency
    known = fields_of([condition_from_dict(values) for values in rule.conditions] if rule else [])
    with st.form(f"{key}_form", border=False):
        name = st.text_input("Name", rule.name if rule else "", max_chars=NAME_MAX, key=f"{key}_name")
        conditions = _condition_fields(place, known, key)
        account = pick_account("Book to", account_options(place.caller, place.company_id), key=f"{key}_account",
                               chosen=rule.account_id if rule else None)  # fmt: skip
        if known.others:
            kept = in_words([condition_to_dict(c) for c in known.others], currency, bank_names(place))
            st.caption(f"Stays as it is, besides: {plain(kept)}")
        with st.container(horizontal=True, horizontal_alignment="right"):
            tried = st.form_submit_button("Try it", key=f"{key}_try", icon=":material/experiment:")
            saved = st.form_submit_button("Save the rule", type="primary", key=f"{key}_save")
    if not (tried or saved):
        return
    with refusals_shown("The rule was not saved" if saved else ""):
        wanted = [*read_conditions(*conditions, currency), *(condition_to_dict(c) for c in known.others)]
        if saved:
            _save(place, rule, name, wanted, account)
            st.rerun()
        with snapshot() as session:
            found = rehearse_rule(
                session, place.caller, place.company_id, conditions=wanted, account_id=account,
                rule_id=rule.id if rule else None,
            )  # fmt: skip
        st.info(rehearsal_words(found), icon=":material/experiment:")


def rehearsal_words(found: Rehearsal) -> str:
    """What a rule would have done, as sentences."""
    if not found.lines:
        return "There are no bank lines yet to try it on."
    said = f"Fits {found.fitting:,} of {count(found.lines, 'line')} from {span(found.first_on, found.last_on)}."
    if found.taken_earlier:
        said += f" An earlier rule takes {found.taken_earlier:,} of them first."
    if found.booked_elsewhere:
        said += f" Posted to another account now: {found.booked_elsewhere:,}."
    return said


def _condition_fields(place: Here, known: Fields, key: str) -> tuple[str, str, tuple[str, str], str, str]:
    """The arguments of `read_conditions` up to the currency."""
    currency = place.company.base_currency
    banks = {"": "Any bank account"} | bank_names(place)
    if known.bank:
        banks.setdefault(known.bank, known.bank)  # switched off since; the condition stays until it is changed
    left, right = st.columns([0.45, 0.55])
    tests, codes, ways = list(TESTS), list(banks), list(WAYS)
    chosen = [(known.text.field, known.text.test) == kind for kind in TESTS.values()].index(True) if known.text else 0
    test = left.selectbox("When", tests, index=chosen, key=f"{key}_test")
    value = right.text_input("Text", known.text.value if known.text else "", key=f"{key}_text")
    left, middle, right = st.columns(3)
    least = left.text_input(f"At least, {currency}", _plain(known.amount.least_minor, currency), key=f"{key}_least")
    most = middle.text_input(f"At most, {currency}", _plain(known.amount.most_minor, currency), key=f"{key}_most")
    way = right.selectbox("Direction", ways, index=list(WAYS.values()).index(known.way), key=f"{key}_way")
    code = st.selectbox(
        "Bank account", codes, index=codes.index(known.bank), format_func=banks.__getitem__, key=f"{key}_bank"
    )
    return test, value, (least, most), WAYS[way], code


def read_conditions(
    test: str, value: str, limits: tuple[str, str], way: str, code: str, currency: str
) -> list[dict[str, Any]]:
    """The fields as conditions; empty ones are none. Raises InvalidAmount."""
    field, kind = TESTS[test]
    found: list[dict[str, Any]] = []
    if value.strip():
        found.append({"kind": "text", "field": field, "test": kind, "value": value.strip()})
    least, most = (_minor(text, currency) for text in limits)
    if least is not None or most is not None:
        found.append(condition_to_dict(AmountIs(least, most)))
    if way:
        found.append({"kind": "direction", "way": way})
    if code:
        found.append(condition_to_dict(BankAccountIs(code)))
    return found


def _save(place: Here, rule: RuleRow | None, name: str, conditions: list[dict[str, Any]], account: UUID | None) -> None:
    if account is None:
        raise InvalidInput("Choose the account that the rule books to.")
    now = datetime.now(UTC)
    with unit_of_work() as session:
        if rule is None:
            add_rule(
                session, place.caller, place.company_id, name=name, conditions=conditions, account_id=account, now=now
            )
        else:
            change_rule(session, place.caller, place.company_id, rule.id, name=name, conditions=conditions,
                        account_id=account, now=now)  # fmt: skip


def _plain(minor: int | None, currency: str) -> str:
    return "" if minor is None else str(to_decimal(minor, currency))


def _minor(text: str, currency: str) -> int | None:
    if not text.strip():
        return None
    try:
        return to_minor(Decimal(text.strip().replace(",", "")), currency)
    except InvalidOperation:
        raise InvalidAmount(text) from None
