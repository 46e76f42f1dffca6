"""The place in the re-review: which line is asked, what is carried out, and what came of the last answer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.assurance.re_reviewing import BlindLine, decide_blind, pending_lines
from core.errors import InvalidInput
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.pickers import account_options

BODY = "re_review"
MOST = 50

# Keys of session_state.
ASKED, SAID, COMPANY, LATER = "re_review_asked", "re_review_said", "re_review_company", "re_review_later"


@dataclass(frozen=True)
class Said:
    """What came of the last answer: `text` for everybody, `warning` where the policy was tightened by it."""

    agreed: bool
    text: str
    warning: str


@dataclass(frozen=True)
class Sight:
    """What the page shows in this run. `line` is None where nothing waits."""

    waiting: int
    line: BlindLine | None
    accounts: dict[UUID, str]
    said: Said | None


def begin(company_id: UUID) -> None:
    """Forget everything when another company is opened."""
    if st.session_state.get(COMPANY) != str(company_id):
        for name in (ASKED, SAID, LATER):
            st.session_state.pop(name, None)
    st.session_state[COMPANY] = str(company_id)


def look(caller: Caller, company_id: UUID) -> Sight:
    """The next line: the oldest draw, those put off last."""
    with snapshot() as session:
        lines = pending_lines(session, caller, company_id, most=MOST)
    later = st.session_state.get(LATER, [])
    lines.sort(key=lambda line: later.index(str(line.re_review_id)) if str(line.re_review_id) in later else -1)
    accounts = account_options(caller, company_id)
    return Sight(len(lines), lines[0] if lines else None, accounts, st.session_state.pop(SAID, None))


def picked(line: BlindLine) -> UUID | None:
    """The account chosen for the line: from the whole chart if one is, else among the likely ones."""
    return st.session_state.get(widget("other", line)) or st.session_state.get(widget("likely", line))


def widget(name: str, line: BlindLine) -> str:
    """Widgets have a key of the line, so that an answer never moves on to the next line."""
    return f"re_review_{name}_{line.re_review_id.hex}"


def answer(line: BlindLine) -> None:
    """Called by the button; carried out in the run that follows, before the lines are read."""
    st.session_state[ASKED] = (line.re_review_id, picked(line))


def put_off(line: BlindLine) -> None:
    key = str(line.re_review_id)
    st.session_state[LATER] = [one for one in st.session_state.get(LATER, []) if one != key] + [key]


def carry_out(caller: Caller, company_id: UUID) -> None:
    """Do what was asked for. Raises what decide_blind raises; InvalidInput where no account was chosen."""
    asked = st.session_state.pop(ASKED, None)
    if asked is None:
        return
    re_review_id, account_id = asked
    if account_id is None:
        raise InvalidInput("Choose the account that you would book this line to.")
    with unit_of_work() as session:
        made = decide_blind(
            session, caller, company_id, re_review_id, account_id, write=write_columns, now=datetime.now(UTC)
        )
    text = (
        "You chose the account that had been posted. The books stay as they are."
        if made.agreed
        else "Another account had been posted: that entry was reversed, and the line is booked as you chose."
    )
    st.session_state[SAID] = Said(made.agreed, text, made.tightening.reason if made.tightening else "")
