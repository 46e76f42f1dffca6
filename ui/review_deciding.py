"""Decisions on Review: asked for by a key or a button, carried out by the run that follows before the queue is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import streamlit as st
from sqlmodel import Session

from core.access.roles import Caller
from core.posting.line_notes import Said, take_back_note
from core.posting.reviewing import Decision, approve, change_account
from core.posting.undoing import undo
from core.posting.unpreparing import take_back_preparations
from db.bulk import write_columns
from db.engine import unit_of_work
from models import QueueState
from ui import review_desk as desk
from ui.frame import refusals_shown
from ui.review_words import held

WAYS_BACK_MOST = 50


@dataclass(frozen=True)
class Asked:
    """A decision that somebody asked for on what they saw: the entries, or for an undo the reviews."""

    what: str  # "approve", "account", "undo", "unprepare" or "unsay"
    ids: tuple[UUID, ...]  # of entries; to undo, of reviews; to unprepare, of preparations; to unsay, of the thread
    token: str = ""  # of the group
    account_id: UUID | None = None


def ask_for(asked: Asked) -> None:
    """Called by a key or a button; see `carry_out`. The page's body runs, and then the sidebar with its count.

    The toolbar stays as it is, unless lines may come to or leave those that are asked about or put off.
    """
    st.session_state.setdefault(desk.ASKED, []).append(asked)
    stays = asked.what in ("approve", "account") and st.session_state[desk.CURSORS][0].state is QueueState.OPEN
    desk.draw(*(() if stays else (desk.TOOLS,)), desk.SIDEBAR)


def carry_out(caller: Caller, company_id: UUID) -> None:
    """Do what was asked for. A key pressed twice on the same lines counts once."""
    for asked in st.session_state.pop(desk.ASKED, []):
        if frozenset(asked.ids) == st.session_state.get(desk.DECIDED):
            continue
        with refusals_shown("Nothing was changed"):
            if asked.what in ("undo", "unprepare"):
                _take_back(caller, company_id, asked)
            elif asked.what == "unsay":
                _unsay(caller, company_id, asked.ids[0])
            else:
                decide(asked.token, _decision(caller, company_id, asked))


def _decision(caller: Caller, company_id: UUID, asked: Asked) -> Callable[[Session, datetime], Decision]:
    if asked.account_id is None:
        return lambda session, now: approve(session, caller, company_id, asked.ids, write=write_columns, now=now)
    account_id = asked.account_id
    return lambda session, now: change_account(
        session, caller, company_id, asked.ids, account_id, write=write_columns, now=now
    )


def decide(token: str, decision: Callable[[Session, datetime], Decision]) -> Decision:
    """Carry a decision through, commit, and let the group that follows take the focus.

    Raises what `decision` raises; nothing is changed then.
    """
    with unit_of_work() as session:
        made = decision(session, datetime.now(UTC))
    st.session_state[desk.DECIDED] = frozenset((*made.entry_ids, *made.held_ids))
    _remember_way_back(min(made.review_ids or made.preparation_ids), token)
    st.session_state.pop(desk.OPEN, None)
    if made.held_ids:
        desk.say(held(len(made.held_ids)))
    return made


def speak(token: str, said: Callable[[Session, datetime], Said], *, stays: bool = False) -> None:
    """Carry through what was said about a group; unless it stays in the queue, the next one takes the focus."""
    with unit_of_work() as session:
        made = said(session, datetime.now(UTC))
    _remember_way_back(made.thread_id, token)
    if not stays:
        st.session_state.pop(desk.OPEN, None)


def _remember_way_back(key: UUID, token: str) -> None:
    state = st.session_state
    ways = {**state.get(desk.WAYS_BACK, {}), str(key): token}
    state[desk.WAYS_BACK] = dict(list(ways.items())[-WAYS_BACK_MOST:])
    for name in (desk.SAID, desk.NAMED, desk.TOTALS):
        state.pop(name, None)


def _take_back(caller: Caller, company_id: UUID, asked: Asked) -> None:
    take_back = undo if asked.what == "undo" else take_back_preparations
    with unit_of_work() as session:
        take_back(session, caller, company_id, asked.ids, write=write_columns, now=datetime.now(UTC))
    st.session_state.pop(desk.DECIDED, None)
    _go_back_to(min(asked.ids))


def _unsay(caller: Caller, company_id: UUID, thread_id: UUID) -> None:
    with unit_of_work() as session:
        take_back_note(session, caller, company_id, thread_id, now=datetime.now(UTC))
    _go_back_to(thread_id)


def _go_back_to(key: UUID) -> None:
    state = st.session_state
    state.pop(desk.TOTALS, None)
    if token := state.get(desk.WAYS_BACK, {}).get(str(key)):
        state[desk.OPEN] = token
