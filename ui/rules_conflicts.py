"""Conflicting decisions on the Rules page: like lines with several accounts, and the choice that ends it."""

from datetime import UTC, datetime

import streamlit as st

from core.categorization.conflicts import Choice, Conflict, conflicting_decisions
from core.categorization.rule_book import NAME_MAX, add_rule
from db.engine import snapshot, unit_of_work
from ui import posted_desk
from ui.frame import refusals_shown, section
from ui.identity import Here
from ui.navigation import LINKS
from ui.words import count, day, money, plain

MOST_TOLD = 5


def conflicts(place: Here) -> None:
    """Each conflict with its accounts, a way to the lines, and a button that makes the chosen account a rule."""
    with snapshot() as session:
        found = conflicting_decisions(session, place.caller, place.company_id)
    if not found:
        return
    section(
        "Decided in different ways",
        "Like lines went to several accounts. A rule says which it is from now on; where both are right, leave it.",
    )
    for at, one in enumerate(found[:MOST_TOLD]):
        with st.container(border=True, key=f"conflict_{at}", gap="xsmall"):
            _conflict(place, at, one)
    if len(found) > MOST_TOLD:
        st.caption(f"{len(found) - MOST_TOLD:,} more with fewer lines.")


def _conflict(place: Here, at: int, one: Conflict) -> None:
    way = "in" if one.money_in else "out"
    sizes = " to ".join(
        dict.fromkeys(money(size, place.company.base_currency) for size in (one.least_minor, one.most_minor))
    )
    st.markdown(
        f"**{plain(one.counterparty)}**, money {way}, {plain(sizes)} &ensp;:gray[{count(one.lines, 'decision')}]"
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Account from now on", one.choices, format_func=_said, key=f"conflict_account_{at}",
            label_visibility="collapsed", width=420,
        )  # fmt: skip
        pressed = st.button("Make it a rule", key=f"conflict_rule_{at}")
        if st.button("See the lines", key=f"conflict_lines_{at}", type="tertiary", icon=":material/arrow_forward:"):
            st.session_state[posted_desk.WANTED] = one.counterparty
            st.session_state[posted_desk.WHICH] = posted_desk.ALL
            st.switch_page(LINKS["posted"].path)
    if pressed and chosen is not None:
        with refusals_shown("No rule was added"):
            with unit_of_work() as session:
                add_rule(
                    session, place.caller, place.company_id, name=one.counterparty[:NAME_MAX],
                    conditions=one.conditions, account_id=chosen.account_id, now=datetime.now(UTC),
                )  # fmt: skip
            st.rerun()


def _said(choice: Choice) -> str:
    return f"{choice.account}: {count(choice.lines, 'time')}, last {day(choice.last_on, year=True)}"
