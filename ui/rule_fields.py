"""The fields of a rule's conditions: groups of rows, each a kind of condition and its value."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import cast

import streamlit as st

from core.categorization.rule_conditions import (
    AmountIs,
    BankAccountIs,
    Condition,
    DayOfMonthIs,
    DirectionIs,
    Join,
    TextField,
    TextIs,
    TextTest,
    Way,
    WeekdayIs,
)
from core.categorization.rule_words import TESTS, WEEKDAYS
from core.errors import InvalidAmount
from core.money import to_decimal, to_minor
from ui.rule_draft import Draft, joined

AMOUNT, WAY, BANK, WEEKDAY, MONTHDAY = "Amount is from", "Direction is", "Bank account is", "Weekday is", "Day is from"
KINDS = (*TESTS, AMOUNT, WAY, BANK, WEEKDAY, MONTHDAY)
JOINS: Mapping[Join, str] = {"all": "All of these hold", "any": "Any of these holds", "none": "None of these holds"}
TOPS: Mapping[Join, str] = {"all": "All groups hold", "any": "Any group holds"}
WAYS: Mapping[Way, str] = {"in": "Money in", "out": "Money out"}


def condition_fields(draft: Draft, banks: Mapping[str, str], currency: str) -> list[Condition]:
    """Show the groups; what they stand for. Rows without a value count for nothing. Raises InvalidAmount."""
    top: Join = draft.top
    if len(draft.groups) > 1:
        top = st.segmented_control("Groups", list(TOPS), default=draft.top, format_func=lambda one: TOPS[one],
                                   required=True, key=f"{draft.key}_top") or "all"  # fmt: skip
    found = []
    for number, group in list(draft.groups.items()):
        with st.container(border=True, key=f"{draft.key}_group_{number}"):
            join = st.selectbox(
                "Group", list(JOINS), index=list(JOINS).index(group.join), format_func=lambda one: JOINS[one],
                key=f"{draft.key}_join_{number}", label_visibility="collapsed",
            )  # fmt: skip
            rows = [_row(draft, number, row, known, banks, currency) for row, known in group.rows.items()]
            st.button("Add a condition", type="tertiary", icon=":material/add:", key=f"{draft.key}_add_{number}",
                      on_click=draft.add_row, args=(number,))  # fmt: skip
            found.append((join, [one for one in rows if one is not None]))
    st.button(
        "Add a group", type="tertiary", icon=":material/add_box:", key=f"{draft.key}_add", on_click=draft.add_group
    )
    return joined(top, found, draft.others)


def _row(
    draft: Draft, group: int, row: int, known: Condition, banks: Mapping[str, str], currency: str
) -> Condition | None:
    key = f"{draft.key}_{row}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{key}_row"):
        kind = st.selectbox(
            "What", KINDS, index=KINDS.index(_kind(known)), key=f"{key}_kind", label_visibility="collapsed", width=250
        )
        condition = _value(kind, known, key, banks, currency)
        st.button("", icon=":material/close:", type="tertiary", key=f"{key}_remove", help="Remove this condition",
                  on_click=draft.remove_row, args=(group, row))  # fmt: skip
    return condition


def _kind(condition: Condition) -> str:
    match condition:
        case TextIs(_, test, field):
            return next(words for words, kind in TESTS.items() if kind == (field, test))
        case AmountIs():
            return AMOUNT
        case DirectionIs():
            return WAY
        case BankAccountIs():
            return BANK
        case WeekdayIs():
            return WEEKDAY
        case _:
            return MONTHDAY


def _value(kind: str, known: Condition, key: str, banks: Mapping[str, str], currency: str) -> Condition | None:
    if kind == AMOUNT:
        return _amount(known if isinstance(known, AmountIs) else AmountIs(), key, currency)
    if kind == WAY:
        at = list(WAYS).index(known.way) if isinstance(known, DirectionIs) else 1
        way = st.selectbox("Direction", list(WAYS), index=at, format_func=lambda one: WAYS[one], key=f"{key}_way",
                           label_visibility="collapsed")  # fmt: skip
        return DirectionIs(way)
    if kind == BANK:
        code = known.code if isinstance(known, BankAccountIs) else next(iter(banks), "")
        names = {**banks, code: banks.get(code, code)}  # one that was switched off since stays until it is changed
        return BankAccountIs(
            st.selectbox("Bank account", list(names), index=list(names).index(code), format_func=names.__getitem__,
                         key=f"{key}_bank", label_visibility="collapsed")
        )  # fmt: skip
    if kind == WEEKDAY:
        chosen = [WEEKDAYS[day - 1] for day in known.days] if isinstance(known, WeekdayIs) else []
        days = st.multiselect("Weekdays", WEEKDAYS, chosen, key=f"{key}_weekdays", label_visibility="collapsed",
                              placeholder="Choose weekdays")  # fmt: skip
        return WeekdayIs(tuple(sorted(WEEKDAYS.index(one) + 1 for one in days))) if days else None
    if kind == MONTHDAY:
        return _month_days(known if isinstance(known, DayOfMonthIs) else DayOfMonthIs(1, 31), key)
    text = st.text_input("Text", known.value if isinstance(known, TextIs) else "", key=f"{key}_text",
                         label_visibility="collapsed", placeholder="Text")  # fmt: skip
    field, test = TESTS[kind]
    return TextIs(text.strip(), cast(TextTest, test), cast(TextField, field)) if text.strip() else None


def _amount(known: AmountIs, key: str, currency: str) -> AmountIs | None:
    least = st.text_input("At least", _plain(known.least_minor, currency), key=f"{key}_least",
                            label_visibility="collapsed", placeholder=f"least, {currency}", width=120)  # fmt: skip
    most = st.text_input("At most", _plain(known.most_minor, currency), key=f"{key}_most",
                            label_visibility="collapsed", placeholder=f"most, {currency}", width=120)  # fmt: skip
    found = AmountIs(_minor(least, currency), _minor(most, currency))
    return None if found == AmountIs() else found


def _month_days(known: DayOfMonthIs, key: str) -> DayOfMonthIs:
    first = st.number_input("From day", 1, 31, known.first, key=f"{key}_first", label_visibility="collapsed", width=120)
    last = st.number_input("To day", 1, 31, known.last, key=f"{key}_last", label_visibility="collapsed", width=120)
    return DayOfMonthIs(int(first), int(last))


def _plain(minor: int | None, currency: str) -> str:
    return "" if minor is None else str(to_decimal(minor, currency))


def _minor(text: str, currency: str) -> int | None:
    if not text.strip():
        return None
    try:
        return to_minor(Decimal(text.strip().replace(",", "")), currency)
    except InvalidOperation:
        raise InvalidAmount(text) from None
