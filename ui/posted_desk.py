"""The place among the posted lines: which one is open, what is asked for and carried out.

Everything remembered between two runs are ids, numbers and choices. What is asked for names the entries that were on
the screen, so a row that changed meanwhile is refused by the books rather than acted on.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.access.roles import Action, Caller
from core.posting.correcting import confirm_posted, correct_posted
from core.posting.late_effect import LedgerDiff, effect_on_closed
from core.posting.posted import PostedLine, PostedPage, posted_lines
from core.posting.reviewing import Decision
from core.posting.tags import tags_of
from core.posting.undoing import LastDecision, last_decision, undo
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import Company
from ui.frame import refusals_shown
from ui.identity import here
from ui.words import count

ROWS = 50
ALONE, ALL = "Posted alone", "All"
DECISIONS_MOST = 50

# Keys of session_state. The first four are widgets', which Streamlit forgets when another page is opened.
WHICH, WANTED, LIST, TAG = "posted_which", "posted_wanted", "posted_list", "posted_tag"
PAGE, AT, OPEN, DIALOG = "posted_page", "posted_at", "posted_open", "posted_dialog"
ASKED, MADE, SAID, COMPANY = "posted_asked", "posted_made", "posted_said", "posted_company"

BODY, SIDEBAR = "posted", "nav"  # fragments of this page and of the shell


@dataclass(frozen=True)
class Sight:
    """What the page shows in this run. `line` is None where no line is listed."""

    caller: Caller
    company_id: UUID
    closed_through_on: date | None
    page: PostedPage
    at: int
    line: PostedLine | None
    last: LastDecision | None  # of this person, and made on this page
    tags: dict[UUID, tuple[str, ...]]  # by bank line, of the lines of the page that have any

    @property
    def may_decide(self) -> bool:
        return self.caller.may(self.company_id, Action.REVIEW)

    def first_open_day(self, line: PostedLine) -> date | None:
        """The day on which a correction is booked where the entry's own day is locked; None where it is not."""
        closed = self.closed_through_on
        return closed + timedelta(days=1) if closed is not None and line.entry_on <= closed else None


def begin(company_id: UUID) -> None:
    """Forget the place when another company, or this page after another one, is opened."""
    state = st.session_state
    if state.get(COMPANY) != str(company_id):
        for name in (ASKED, MADE, SAID):
            state.pop(name, None)
    if WHICH not in state or state.get(COMPANY) != str(company_id):
        close_dialog()
        to_first_page()
    state[COMPANY] = str(company_id)


def alone_only() -> bool:
    return (st.session_state.get(WHICH) or ALONE) == ALONE


def wanted() -> str:
    return str(st.session_state.get(WANTED) or "").strip()


def is_narrowed() -> bool:
    """Whether a search or a tag leaves lines out."""
    return bool(wanted() or st.session_state.get(TAG))


def look(caller: Caller, company: Company) -> Sight:
    """Read a page of the lines and what could be taken back, both from one view of the books."""
    with snapshot() as session:
        page = posted_lines(
            session, caller, company.id,
            alone_only=alone_only(), text=wanted(), tag_id=st.session_state.get(TAG),
            page=st.session_state.get(PAGE, 1), rows=ROWS,
        )  # fmt: skip
        last = last_decision(session, caller, company.id)
        tags = tags_of(session, caller, company.id, [line.transaction_id for line in page.lines])
    made = st.session_state.get(MADE, [])
    at = _place(page)
    return Sight(
        caller, company.id, company.closed_through_on, page, at, page.lines[at] if page.lines else None,
        last if last is not None and str(min(last.review_ids)) in made else None,
        tags,
    )  # fmt: skip


def _place(page: PostedPage) -> int:
    """The row of the open line: the line itself if it is still listed, else the one that took its place."""
    keys = [str(line.entry_id) for line in page.lines]
    opened = st.session_state.get(OPEN)
    at = keys.index(opened) if opened in keys else max(0, min(st.session_state.get(AT, 0), len(keys) - 1))
    st.session_state[AT] = at
    st.session_state[PAGE] = page.number
    if keys:
        st.session_state[OPEN] = keys[at]
        st.session_state[LIST] = {"selection": {"rows": [at], "columns": [], "cells": []}}
    return at


# --- moving -----------------------------------------------------------------------------------


def go_to(row: int) -> None:
    """Open the line in this row of the page, whichever it turns out to be."""
    st.session_state[AT] = max(0, row)
    st.session_state.pop(OPEN, None)


def turn_to(widget: str) -> None:
    """To the first line of the page chosen in this widget."""
    st.session_state[PAGE] = st.session_state[widget]
    go_to(0)


def to_first_page() -> None:
    """After a change of the filter: what was open may be anywhere."""
    st.session_state.pop(PAGE, None)
    go_to(0)


def picked(shown: tuple[UUID, ...]) -> None:
    """A click on the radio or on any cell opens that line: the one that was shown there."""
    chosen = st.session_state[LIST]["selection"]
    if chosen["cells"] or chosen["rows"]:
        row = chosen["cells"][0][0] if chosen["cells"] else chosen["rows"][0]
        st.session_state[AT], st.session_state[OPEN] = row, str(shown[row])


def move(step: int, page: PostedPage) -> None:
    """To the next or previous line, over the edge of a page if need be; at the ends the place stays."""
    at = st.session_state.get(AT, 0) + step
    if at >= len(page.lines):
        if page.number == page.pages:
            return
        st.session_state[PAGE], at = page.number + 1, 0
    elif at < 0:
        if page.number == 1:
            return
        st.session_state[PAGE], at = page.number - 1, ROWS - 1
    go_to(at)


# --- deciding ---------------------------------------------------------------------------------


def ask_for(what: str, ids: tuple[UUID, ...]) -> None:
    """Called by a key or a button, "right" on entries or "undo" on reviews; see `carry_out`."""
    st.session_state.setdefault(ASKED, []).append((what, ids))
    try:
        st.rerun([BODY, SIDEBAR])
    except StreamlitAPIException:
        return  # the page stands alone, without the shell: then just its body runs


def carry_out(caller: Caller, company_id: UUID) -> None:
    """Do what was asked for, before the lines are read again."""
    for what, ids in st.session_state.pop(ASKED, []):
        with refusals_shown("Nothing was changed"):
            if what == "undo":
                _take_back(caller, company_id, ids)
            else:
                with unit_of_work() as session:
                    now = datetime.now(UTC)
                    made = confirm_posted(session, caller, company_id, ids, write=write_columns, now=now)
                _remember(made, "")


def effect(sight: Sight, line: PostedLine, account_id: UUID, tax_code_id: UUID | None) -> LedgerDiff | None:
    """What the correction would have changed in the closed period; None where the line's day is open."""
    with snapshot() as session:
        return effect_on_closed(
            session, sight.caller, sight.company_id, line.entry_id, account_id, tax_code_id=tax_code_id
        )


def correct(
    line: PostedLine, account_id: UUID, booked_on: date | None, comment: str, tax_code_id: UUID | None = None
) -> None:
    """Reverse the entry and book the line anew, by whoever is at the screen now. Raises what correct_posted raises."""
    place = here("posted")
    with unit_of_work() as session:
        made = correct_posted(
            session, place.caller, place.company_id, line.entry_id, account_id,
            write=write_columns, now=datetime.now(UTC), booked_on=booked_on, comment=comment,
            tax_code_id=tax_code_id,
        )  # fmt: skip
    waits = "Corrected: the entry was reversed. The new one waits in Review until someone else approves it."
    _remember(made, waits if made.held_ids else "Corrected: the entry was reversed and a new one posted.")


def _remember(made: Decision, text: str) -> None:
    state = st.session_state
    if made.review_ids:
        state[MADE] = [*state.get(MADE, []), str(min(made.review_ids))][-DECISIONS_MOST:]
    state[SAID] = text
    state.pop(OPEN, None)


def _take_back(caller: Caller, company_id: UUID, review_ids: tuple[UUID, ...]) -> None:
    with unit_of_work() as session:
        undone = undo(session, caller, company_id, review_ids, write=write_columns, now=datetime.now(UTC))
    waiting = len(undone.entry_ids)
    st.session_state[SAID] = (
        f"Taken back: the correction was reversed, and {count(waiting, 'line')} "
        f"{'waits' if waiting == 1 else 'wait'} in Review."
        if waiting
        else "Taken back: the line counts as not looked at."
    )


def said() -> str:
    """What became of the last step, once."""
    return str(st.session_state.pop(SAID, ""))


def open_dialog(name: str) -> None:
    st.session_state[DIALOG] = name


def close_dialog() -> None:
    st.session_state.pop(DIALOG, None)


def shortcut(letter: str) -> str | None:
    """No shortcuts under an open dialog: they would fire on what nobody sees."""
    return None if st.session_state.get(DIALOG) else letter
