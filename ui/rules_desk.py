"""The rule form: conditions as fields, read back as core.categorization.rules writes them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import streamlit as st

from core.categorization.rule_book import NAME_MAX, RuleRow, add_rule, change_rule
from core.categorization.rules import (
    AmountIs,
    BankAccountIs,
    DirectionIs,
    TextIs,
    condition_from_dict,
    condition_to_dict,
)
from core.errors import InvalidAmount, InvalidInput
from core.founding import bank_accounts_of
from core.money import to_decimal, to_minor
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown
from ui.identity import Here
from ui.pickers import account_options, pick_account
from ui.words import money

TESTS: Mapping[str, tuple[str, str]] = {
    "Bank text contains": ("text", "contains"),
    "Bank text starts with": ("text", "starts_with"),
    "Bank text equals": ("text", "equals"),
    "Bank text matches the pattern": ("text", "regex"),
    "Counterparty is": ("counterparty", "equals"),
    "Counterparty contains": ("counterparty", "contains"),
}
WAYS = {"Either way": "", "Money in": "in", "Money out": "out"}


def in_words(conditions: Sequence[Mapping[str, Any]], currency: str) -> str:
    """The conditions as a sentence."""
    return " and ".join(_phrase(values, currency) for values in conditions)


def _phrase(values: Mapping[str, Any], currency: str) -> str:
    match condition_from_dict(values):
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
            return f"on {code}"


@st.dialog("Rule", width="medium", icon=":material/rule:")
def rule_form(place: Here, rule: RuleRow | None = None) -> None:
    """Add a rule, or change the one given. It holds for lines that come from now on."""
    currency = place.company.base_currency
    known = [condition_from_dict(values) for values in rule.conditions] if rule else []
    text = next((c for c in known if isinstance(c, TextIs)), None)
    amount = next((c for c in known if isinstance(c, AmountIs)), AmountIs())
    way = next((c.way for c in known if isinstance(c, DirectionIs)), "")
    bank = next((c.code for c in known if isinstance(c, BankAccountIs)), "")
    with snapshot() as session:
        banks = {"": "Any bank account"} | {
            a.code: a.name for a in bank_accounts_of(session, place.caller, place.company_id)
        }
    with st.form("rule_form", border=False):
        name = st.text_input("Name", rule.name if rule else "", max_chars=NAME_MAX)
        left, right = st.columns([0.45, 0.55])
        tests = list(TESTS)
        chosen = tests.index(next((w for w, k in TESTS.items() if text and k == (text.field, text.test)), tests[0]))
        test = left.selectbox("When", tests, index=chosen)
        value = right.text_input("Text", text.value if text else "")
        left, middle, right = st.columns(3)
        least = left.text_input(f"At least, {currency}", _plain(amount.least_minor, currency))
        most = middle.text_input(f"At most, {currency}", _plain(amount.most_minor, currency))
        one_way = right.selectbox("Direction", list(WAYS), index=list(WAYS.values()).index(way))
        left, right = st.columns([0.45, 0.55])
        codes = list(banks)
        code = left.selectbox(
            "Bank account", codes, index=codes.index(bank) if bank in codes else 0, format_func=banks.__getitem__
        )
        with right:
            account = pick_account("Book to", account_options(place.caller, place.company_id), key="rule_account",
                                   chosen=rule.account_id if rule else None)  # fmt: skip
        with st.container(horizontal=True, horizontal_alignment="right"):
            saved = st.form_submit_button("Save the rule", type="primary")
    if saved:
        with refusals_shown("The rule was not saved"):
            conditions = read_conditions(test, value, (least, most), WAYS[one_way], code, currency)
            _save(place, rule, name, conditions, account)
            st.rerun()


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
