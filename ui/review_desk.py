"""The reviewer's place in the queue: which group is open, what was put off, what is asked for and carried out.

Everything remembered between two runs are ids, numbers and choices. A decision is asked for by a key or a button and
carried out at the start of the run that follows, before the queue is read again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from uuid import UUID

import streamlit as st
from sqlmodel import Session
from streamlit.errors import StreamlitAPIException

from core.access.roles import Action, Caller
from core.posting.group_detail import GroupDetail, group_detail
from core.posting.queue import GroupKey, Level, Order, QueueFilter, QueuePage, review_queue
from core.posting.reviewing import Decision, approve, change_account
from core.posting.undoing import LastDecision, last_decision, undo
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown

ROWS = {"20 rows": 20, "50 rows": 50}  # 20 fit without scrolling: a selection made by key does not scroll the table
LEVELS: dict[str, Level | None] = {
    "All": None,
    "Likely": Level.LIKELY,
    "Unsure": Level.UNSURE,
    "Guess": Level.GUESS,
    "No basis": Level.NO_BASIS,
}
ORDERS = {"Stake × doubt": Order.STAKE, "Amount": Order.AMOUNT, "Date": Order.DATE, "Payee": Order.PAYEE}
PUT_OFF_MOST, WAYS_BACK_MOST = 200, 50

# Keys of session_state. The first four are widgets', which Streamlit forgets when another page is opened.
LEVEL, WANTED, ROWS_CHOSEN, LIST = "review_level", "review_wanted", "review_rows", "review_list"
ORDER, PAGE, AT, OPEN = "review_order", "review_page", "review_at", "review_open"
LATER, DIALOG = "review_later", "review_dialog"
ASKED, DECIDED, WAYS_BACK, NOTES, SAID, NAMED = (
    "review_asked", "review_decided", "review_ways_back", "review_notes", "review_said", "review_named",
)  # fmt: skip
COMPANY = "review_company"

BODY, SIDEBAR = "review", "nav"  # fragments of this page and of the shell


@dataclass(frozen=True)
class Sight:
    """What the page shows in this run. `detail` is None where nothing waits."""

    caller: Caller
    company_id: UUID
    filters: QueueFilter
    page: QueuePage
    at: int
    detail: GroupDetail | None
    last: LastDecision | None

    @property
    def may_decide(self) -> bool:
        return self.caller.may(self.company_id, Action.REVIEW)

    @property
    def may_configure(self) -> bool:
        return self.caller.may(self.company_id, Action.CONFIGURE)

    @property
    def is_filtered(self) -> bool:
        return self.filters != QueueFilter()


@dataclass(frozen=True)
class Asked:
    """A decision that somebody asked for on what they saw: the entries, or for an undo the reviews."""

    what: str  # "approve", "account" or "undo"
    ids: tuple[UUID, ...]
    token: str = ""  # of the group
    account_id: UUID | None = None


def begin(company_id: UUID) -> None:
    """Forget the place when another company, or this page after another one, is opened."""
    state = st.session_state
    if state.get(COMPANY) != str(company_id):
        for name in (LATER, NOTES, WAYS_BACK, DECIDED, ASKED, SAID, NAMED):
            state.pop(name, None)
    if LEVEL not in state or state.get(COMPANY) != str(company_id):
        close_dialog()
        to_first_page()
    state[COMPANY] = str(company_id)


def filters() -> QueueFilter:
    """The filter as it is set in the toolbar."""
    level, wanted = st.session_state.get(LEVEL) or "All", st.session_state.get(WANTED) or ""
    return QueueFilter(level=LEVELS[level], text=wanted.strip())


def look(caller: Caller, company_id: UUID) -> Sight:
    """Read a page of the queue and the open group, both from one view of the books."""
    state, chosen = st.session_state, filters()
    with snapshot() as session:
        page = review_queue(
            session, caller, company_id,
            filters=chosen, order=ORDERS[state.get(ORDER, "Stake × doubt")], page=state.get(PAGE, 1),
            rows=ROWS[state.get(ROWS_CHOSEN) or "20 rows"],
            last=[GroupKey.read(token) for token in state.get(LATER, [])],
        )  # fmt: skip
        at = _place(page)
        detail = group_detail(session, caller, company_id, page.groups[at].key, filters=chosen) if page.groups else None
        last = last_decision(session, caller, company_id)
    return Sight(caller, company_id, chosen, page, at, detail, last)


def _place(page: QueuePage) -> int:
    """The row of the open group: the group itself if it still waits, else the one that took its place."""
    tokens = [group.key.token for group in page.groups]
    opened = st.session_state.get(OPEN)
    at = tokens.index(opened) if opened in tokens else min(st.session_state.get(AT, 0), len(tokens) - 1)
    at = max(0, at)
    st.session_state[AT] = at
    if tokens:
        st.session_state[OPEN] = tokens[at]
        st.session_state[LIST] = {"selection": {"rows": [at], "columns": [], "cells": []}}
    st.session_state[PAGE] = page.number
    return at


# --- moving -----------------------------------------------------------------------------------


def go_to(row: int) -> None:
    """Open the group in this row of the page, whichever it turns out to be."""
    st.session_state[AT] = max(0, row)
    st.session_state.pop(OPEN, None)


def turn_to(widget: str) -> None:
    """To the first group of the page chosen in this widget."""
    st.session_state[PAGE] = st.session_state[widget]
    go_to(0)


def to_first_page() -> None:
    """After a change of filter or order: what was open may be anywhere."""
    st.session_state.pop(PAGE, None)
    go_to(0)


def picked() -> None:
    """A click on the radio or on any cell opens that group."""
    chosen = st.session_state[LIST]["selection"]
    if chosen["cells"] or chosen["rows"]:
        go_to(chosen["cells"][0][0] if chosen["cells"] else chosen["rows"][0])


def move(step: int, page: QueuePage) -> None:
    """To the next or previous group, over the edge of a page if need be; at the ends the place stays."""
    at = st.session_state.get(AT, 0) + step
    if at >= len(page.groups):
        if page.number == page.pages:
            return
        st.session_state[PAGE], at = page.number + 1, 0
    elif at < 0:
        if page.number == 1:
            return
        st.session_state[PAGE], at = page.number - 1, ROWS[st.session_state.get(ROWS_CHOSEN) or "20 rows"] - 1
    go_to(at)


def put_off(token: str, page: QueuePage) -> None:
    """Later: to the end of the queue for as long as this browser session lasts."""
    later = st.session_state.setdefault(LATER, [])
    if token in later:
        move(1, page)
        return
    st.session_state[LATER] = [*later, token][-PUT_OFF_MOST:]
    st.session_state.pop(OPEN, None)


# --- deciding ---------------------------------------------------------------------------------


def key_for(name: str, what: str) -> str:
    """A widget key of its own for what a button acts on.

    A key pressed twice in haste then hits a button that is gone, instead of the next group before it was seen.
    """
    return f"{name}_{blake2s(what.encode(), digest_size=6).hexdigest()}"


def ask_for(asked: Asked) -> None:
    """Called by a key or a button; see `carry_out`. The page's body runs, and then the sidebar with its count."""
    st.session_state.setdefault(ASKED, []).append(asked)
    try:
        st.rerun([BODY, SIDEBAR])
    except StreamlitAPIException:
        return  # the page stands alone, without the shell: then just its body runs


def carry_out(caller: Caller, company_id: UUID) -> None:
    """Do what was asked for. A key pressed twice on the same lines counts once."""
    for asked in st.session_state.pop(ASKED, []):
        if frozenset(asked.ids) == st.session_state.get(DECIDED):
            continue
        with refusals_shown("Nothing was changed"):
            if asked.what == "undo":
                _take_back(caller, company_id, asked.ids)
            else:
                decide(asked.token, _decision(caller, company_id, asked))


def _decision(caller: Caller, company_id: UUID, asked: Asked) -> Callable[[Session, datetime], Decision]:
    comment = note_of(asked.token)
    if asked.account_id is None:
        return lambda session, now: approve(
            session, caller, company_id, asked.ids, write=write_columns, now=now, comment=comment
        )
    account_id = asked.account_id
    return lambda session, now: change_account(
        session, caller, company_id, asked.ids, account_id, write=write_columns, now=now, comment=comment
    )


def decide(token: str, decision: Callable[[Session, datetime], Decision]) -> Decision:
    """Carry a decision through, commit, and let the group that follows take the focus.

    Raises what `decision` raises; nothing is changed then.
    """
    with unit_of_work() as session:
        made = decision(session, datetime.now(UTC))
    state = st.session_state
    state[DECIDED] = frozenset(made.entry_ids)
    ways = {**state.get(WAYS_BACK, {}), str(min(made.review_ids)): token}
    state[WAYS_BACK] = dict(list(ways.items())[-WAYS_BACK_MOST:])
    state.get(NOTES, {}).pop(token, None)
    state.pop(SAID, None)
    state.pop(NAMED, None)
    state.pop(OPEN, None)
    return made


def _take_back(caller: Caller, company_id: UUID, review_ids: tuple[UUID, ...]) -> None:
    with unit_of_work() as session:
        undo(session, caller, company_id, review_ids, write=write_columns, now=datetime.now(UTC))
    state = st.session_state
    state.pop(DECIDED, None)
    if token := state.get(WAYS_BACK, {}).get(str(min(review_ids))):
        state[OPEN] = token


# --- notes and dialogs ------------------------------------------------------------------------


def note_of(token: str) -> str:
    """The note that goes with the decision on this group."""
    return str(st.session_state.get(NOTES, {}).get(token, ""))


def keep_note(token: str, text: str) -> None:
    st.session_state[NOTES] = {**st.session_state.get(NOTES, {}), token: text.strip()}


def say(text: str) -> None:
    """A sentence for the next run, until the next decision."""
    st.session_state[SAID] = text
    st.session_state.pop(NAMED, None)


def open_dialog(name: str) -> None:
    st.session_state[DIALOG] = name


def close_dialog() -> None:
    st.session_state.pop(DIALOG, None)


def shortcut(letter: str) -> str | None:
    """No shortcuts under an open dialog: they would fire, and approve what nobody sees."""
    return None if st.session_state.get(DIALOG) else letter
