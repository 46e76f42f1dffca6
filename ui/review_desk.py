"""The reviewer's place in the queue: what is looked at, which group and which dialog are open.

Everything remembered between two runs are ids, numbers and choices.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from uuid import UUID

import streamlit as st
from sqlmodel import Session
from streamlit.errors import StreamlitAPIException

from core.access.roles import Action, Caller
from core.posting.group_detail import GroupDetail, group_detail
from core.posting.last_action import LastAction, last_action
from core.posting.line_history import Note, notes_of
from core.posting.line_notes import has_due, return_due
from core.posting.queue import (
    Order,
    QueueCursor,
    QueuePage,
    QueueTotals,
    queue_totals,
    review_queue,
    waiting_count,
)
from core.posting.queue_filter import QueueFilter
from db.engine import snapshot, unit_of_work
from models import QueueState

ROWS = {"20 rows": 20, "50 rows": 50}  # 20 fit without scrolling: a selection made by key does not scroll the table
ORDERS = {"Stake × doubt": Order.STAKE, "Amount": Order.AMOUNT, "Date": Order.DATE, "Payee": Order.PAYEE}

# Keys of session_state. The first two are widgets', which Streamlit forgets when another page is opened.
ROWS_CHOSEN, LIST = "review_rows", "review_list"
ORDER, CURSORS, AT, OPEN = "review_order", "review_cursors", "review_at", "review_open"
DIALOG, TOTALS = "review_dialog", "review_totals"
ASKED, DECIDED, WAYS_BACK, SAID, NAMED = (
    "review_asked", "review_decided", "review_ways_back", "review_said", "review_named",
)  # fmt: skip
COMPANY = "review_company"

BODY, TOOLS, SIDEBAR = "review", "review_tools", "nav"  # fragments of this page and of the shell


@dataclass(frozen=True)
class Sight:
    """What the page shows in this run. `detail` is None where nothing waits."""

    caller: Caller
    company_id: UUID
    filters: QueueFilter
    page: QueuePage
    totals: QueueTotals
    number: int  # of the page, from 1
    at: int
    detail: GroupDetail | None
    notes: tuple[Note, ...]  # on the lines of the open group
    last: LastAction | None

    @property
    def may_decide(self) -> bool:
        return self.caller.may(self.company_id, Action.REVIEW)

    @property
    def may_configure(self) -> bool:
        return self.caller.may(self.company_id, Action.CONFIGURE)

    @property
    def is_filtered(self) -> bool:
        return self.filters != QueueFilter(state=self.filters.state)


def begin(caller: Caller, company_id: UUID, chosen: QueueFilter) -> None:
    """Forget the place when another company, or this page after another one, is opened, or the filter is another."""
    state = st.session_state
    another = state.get(COMPANY) != str(company_id)
    if another:
        for name in (WAYS_BACK, DECIDED, ASKED, SAID, NAMED):
            state.pop(name, None)
    if another or ROWS_CHOSEN not in state:
        forget_dialog()
        state.pop(TOTALS, None)
        bring_back_due(caller, company_id)
    if another or state.get(CURSORS, (None,))[0] != chosen:
        state[CURSORS] = (chosen, ())
        go_to(0)
    state.setdefault(ROWS_CHOSEN, "20 rows")
    state[COMPANY] = str(company_id)


def bring_back_due(caller: Caller, company_id: UUID) -> None:
    """The lines that were put off until today or a day before wait again."""
    now = datetime.now(UTC)
    with snapshot() as session:
        due = has_due(session, company_id, today=now.date())
    if due:
        with unit_of_work() as session:
            return_due(session, caller, company_id, today=now.date(), now=now)


def look(caller: Caller, company_id: UUID, chosen: QueueFilter) -> Sight:
    """Read a page of the queue and the open group, both from one view of the books."""
    state = st.session_state
    with snapshot() as session:
        page = _page(session, caller, company_id, chosen)
        at = _place(page)
        detail = group_detail(session, caller, company_id, page.groups[at].key, filters=chosen) if page.groups else None
        return Sight(
            caller, company_id, chosen, page,
            _totals(session, caller, company_id, chosen), len(state[CURSORS][1]) + 1, at, detail,
            _said(session, caller, company_id, detail),
            last_action(session, caller, company_id),
        )  # fmt: skip


def aside(caller: Caller, company_id: UUID) -> dict[QueueState, int]:
    """How many lines are asked about and how many are put off."""
    with snapshot() as session:
        return {
            each: waiting_count(session, caller, company_id, state=each)
            for each in (QueueState.ASKED, QueueState.DEFERRED)
        }


def _page(session: Session, caller: Caller, company_id: UUID, chosen: QueueFilter) -> QueuePage:
    """The page of the reviewer's place; where everything on it and behind it was decided, the one before."""
    state = st.session_state
    while True:
        cursors = state[CURSORS][1]
        page = review_queue(
            session, caller, company_id, filters=chosen, order=ORDERS[state.get(ORDER, "Stake × doubt")],
            after=cursors[-1] if cursors else None, rows=ROWS[state[ROWS_CHOSEN]],
        )  # fmt: skip
        if page.groups or not cursors:
            return page
        state[CURSORS] = (chosen, cursors[:-1])


def _totals(session: Session, caller: Caller, company_id: UUID, chosen: QueueFilter) -> QueueTotals:
    """Summed over lines they are kept until the filter or the books change; moving about changes neither."""
    kept = st.session_state.get(TOTALS)
    if kept is None or kept[0] != chosen or not chosen.narrows_lines:
        kept = (chosen, queue_totals(session, caller, company_id, filters=chosen))
        st.session_state[TOTALS] = kept
    totals: QueueTotals = kept[1]
    return totals


def _said(session: Session, caller: Caller, company_id: UUID, detail: GroupDetail | None) -> tuple[Note, ...]:
    if detail is None:
        return ()
    return tuple(notes_of(session, caller, company_id, [line.transaction_id for line in detail.lines]))


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
    return at


# --- moving -----------------------------------------------------------------------------------


def go_to(row: int) -> None:
    """Open the group in this row of the page, whichever it turns out to be."""
    st.session_state[AT] = max(0, row)
    st.session_state.pop(OPEN, None)


def to_first_page() -> None:
    """After a change of order or of the rows a page: what was open may be anywhere."""
    st.session_state.pop(CURSORS, None)
    go_to(0)


def turn(step: int, following: QueueCursor | None) -> None:
    """To the first group of the next page, or of the one before."""
    chosen, cursors = st.session_state[CURSORS]
    if step > 0 and following is not None:
        st.session_state[CURSORS] = (chosen, (*cursors, following))
    elif step < 0:
        st.session_state[CURSORS] = (chosen, cursors[:-1])
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
        if page.following is None:
            return
        turn(1, page.following)
    elif at < 0:
        if not st.session_state[CURSORS][1]:
            return
        turn(-1, None)
        go_to(ROWS[st.session_state[ROWS_CHOSEN]] - 1)
    else:
        go_to(at)


# --- keys and callbacks -----------------------------------------------------------------------


def key_for(name: str, what: str) -> str:
    """A widget key of its own for what a button acts on.

    A key pressed twice in haste then hits a button that is gone, instead of the next group before it was seen.
    """
    return f"{name}_{blake2s(what.encode(), digest_size=6).hexdigest()}"


def draw(*others: str) -> None:
    """In a callback: the page's body runs, and then these fragments."""
    try:
        st.rerun([BODY, *others])
    except StreamlitAPIException:  # the page stands alone, without the shell
        st.rerun([BODY, TOOLS])


# --- dialogs ------------------------------------------------------------------------


def say(text: str) -> None:
    """A sentence for the next run, until the next decision."""
    st.session_state[SAID] = text
    st.session_state.pop(NAMED, None)


def open_dialog(name: str) -> None:
    """In a callback. The toolbar runs too: under a dialog its button has no key."""
    st.session_state[DIALOG] = name
    draw(TOOLS)


def close_dialog() -> None:
    """In a callback, when somebody leaves the dialog."""
    forget_dialog()
    draw(TOOLS)


def forget_dialog() -> None:
    st.session_state.pop(DIALOG, None)


def shortcut(letter: str) -> str | None:
    """No shortcuts under an open dialog: they would fire, and approve what nobody sees."""
    return None if st.session_state.get(DIALOG) else letter
