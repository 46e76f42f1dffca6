"""The toolbar over the queue: which lines are looked at, in which order."""

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from core.access.roles import Action
from core.errors import InvalidAmount
from core.founding import bank_accounts_of
from core.money import Money
from core.posting.queue_filter import Level, QueueFilter
from db.engine import snapshot
from models import Method, QueueState
from ui import identity
from ui import review_desk as desk
from ui.identity import Here
from ui.pickers import account_options
from ui.review_words import HOLDS
from ui.words import count

LEVELS: Mapping[str, Level | None] = {
    "All": None,
    "Likely": Level.LIKELY,
    "Unsure": Level.UNSURE,
    "Guess": Level.GUESS,
    "No basis": Level.NO_BASIS,
}
STATES: Mapping[QueueState, str] = {
    QueueState.OPEN: "To decide",
    QueueState.ASKED: "Asked",
    QueueState.DEFERRED: "Later",
}
METHODS: Mapping[Method, str] = {
    Method.MATCH: "Match",
    Method.RULE: "Rule",
    Method.MODEL: "Model",
    Method.NONE: "No proposal",
    Method.MANUAL: "A person",
}
MONTHS = 24  # that can be chosen

# Widgets' keys; Streamlit forgets them when another page is opened.
STATE, WANTED, LEVEL = "review_state", "review_wanted", "review_level"
BANK, ACCOUNT, METHOD, HOLD, MONTH = (
    "review_bank", "review_for_account", "review_method", "review_hold", "review_month",
)  # fmt: skip
LEAST, MOST = "review_least", "review_most"
NARROWING = (BANK, ACCOUNT, METHOD, HOLD, MONTH, LEAST, MOST)


def chosen_filter(currency: str) -> QueueFilter:
    """The filter as the toolbar is set. An amount that is none is not looked at; its field says so."""
    state = st.session_state
    first_on, last_on = _month(state.get(MONTH))
    return QueueFilter(
        level=LEVELS[state.get(LEVEL) or "All"],
        text=(state.get(WANTED) or "").strip(),
        bank_account_id=state.get(BANK),
        account_id=state.get(ACCOUNT),
        method=state.get(METHOD),
        least_minor=_minor(state.get(LEAST), currency),
        most_minor=_minor(state.get(MOST), currency),
        hold_reason=state.get(HOLD),
        first_on=first_on,
        last_on=last_on,
        state=state.get(STATE) or QueueState.OPEN,
    )


@st.fragment(key=desk.TOOLS)
def toolbar() -> None:
    """Segments and menus in the row: selectboxes keep the focus, and keys would type into them.

    A fragment of its own, which most decisions leave alone; whatever is changed in it runs the page's body.
    """
    place = identity.here("review")
    aside = desk.aside(place.caller, place.company_id)
    with st.container(horizontal=True, vertical_alignment="center", key="tools", gap="small"):
        st.segmented_control(
            "State", list(STATES), default=QueueState.OPEN, required=True, key=STATE, label_visibility="collapsed",
            format_func=lambda state: _state(aside, state), on_change=_changed,
        )  # fmt: skip
        st.text_input(
            "Search", placeholder="Search text, payee, amount", key=WANTED, type="search",
            icon=":material/search:", label_visibility="collapsed", width=240, on_change=_changed,
        )  # fmt: skip
        _narrow(place)
        _order()
        st.space("stretch")
        st.button(
            "Approve by confidence", key="review_sure", icon=":material/done_all:", type="tertiary",
            on_click=desk.open_dialog, args=("sure",),
            disabled=not place.caller.may(place.company_id, Action.REVIEW),
        )  # fmt: skip
        with st.container(width="content", key="review_keys"):
            st.button(
                "Keys", key="review_to_keys", icon=":material/keyboard:", type="tertiary", shortcut=desk.shortcut("H"),
                on_click=desk.open_dialog, args=("keys",),
            )  # fmt: skip


def _changed() -> None:
    desk.draw(desk.TOOLS)


def _state(aside: Mapping[QueueState, int], state: QueueState) -> str:
    lines = aside.get(state)
    return f"{STATES[state]} {lines:,}" if lines else STATES[state]


def _narrow(place: Here) -> None:
    active = sum(st.session_state.get(name) not in (None, "", "All") for name in (LEVEL, *NARROWING))
    with (
        st.container(width="content", key="review_filter"),
        st.popover(f"Filter · {active}" if active else "Filter", icon=":material/filter_alt:"),
    ):
        st.segmented_control("Confidence", list(LEVELS), default="All", required=True, key=LEVEL, on_change=_changed)
        left, right = st.columns(2)
        accounts = account_options(place.caller, place.company_id, bookable=False)
        with snapshot() as session:
            banks = {one.id: one.name for one in bank_accounts_of(session, place.caller, place.company_id)}
        with left:
            _choice("Bank account", banks, BANK)
            _choice("Proposed by", METHODS, METHOD)
            st.text_input("Amount from", key=LEAST, placeholder="0.00", on_change=_changed)
        with right:
            _choice("Proposed account", accounts, ACCOUNT)
            _choice("Why it waits", HOLDS, HOLD)
            st.text_input("Amount to", key=MOST, placeholder="any", on_change=_changed)
        _choice("Month", {month: f"{month:%B %Y}" for month in _months()}, MONTH)
        st.button("Clear the filter", key="review_clear", type="tertiary", on_click=_clear, disabled=not active)


def _choice(label: str, options: Mapping[Any, str], key: str) -> None:
    st.selectbox(
        label, list(options), index=None, format_func=options.__getitem__, key=key, placeholder="any",
        on_change=_changed,
    )  # fmt: skip


def _clear() -> None:
    st.session_state[LEVEL] = "All"
    for name in NARROWING:
        st.session_state[name] = "" if name in (LEAST, MOST) else None
    _changed()


def _months() -> list[date]:
    """The first days of this month and those before, the latest first."""
    today = datetime.now(UTC).date()
    months = (today.year * 12 + today.month - 1 - back for back in range(MONTHS))
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _month(first_on: date | None) -> tuple[date | None, date | None]:
    if first_on is None:
        return None, None
    return first_on, first_on.replace(day=calendar.monthrange(first_on.year, first_on.month)[1])


def _minor(text: str | None, currency: str) -> int | None:
    try:
        return abs(Money.parse(text.replace(",", "").strip(), currency).minor) if text and text.strip() else None
    except InvalidAmount:
        return None


def _order() -> None:
    chosen = st.session_state.get(desk.ORDER, "Stake × doubt")
    st.menu_button(
        f"Sort: {chosen}", list(desk.ORDERS), key="review_sort", icon=":material/swap_vert:", on_click=_sorted
    )


def _sorted() -> None:
    asked = st.session_state.get("review_sort")
    if asked:
        st.session_state[desk.ORDER] = asked
        desk.to_first_page()
    _changed()


def asked_or_put_off(sight: desk.Sight) -> str:
    """3 lines asked about, 2 put off; "" where there are none."""
    aside = desk.aside(sight.caller, sight.company_id)
    asked, put_off = aside[QueueState.ASKED], aside[QueueState.DEFERRED]
    parts = [f"{count(asked, 'line')} asked about" if asked else "", f"{put_off:,} put off" if put_off else ""]
    return ", ".join(part for part in parts if part)
