"""The bookkeeper's place in Reconcile: which account, statement and suggestion are open; what is asked and carried out.

Everything remembered between two runs are ids, numbers and choices. A decision is asked for by a key or a button and
carried out at the start of the run that follows, before anything is read again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from uuid import UUID

import streamlit as st
from sqlmodel import Session
from streamlit.errors import StreamlitAPIException

from core.reconciliation.by_hand import Rest
from core.reconciliation.proofs import StatementProof
from core.reconciliation.unmatched import Wanted
from db.engine import unit_of_work

TO_MATCH, MATCHED, LINES, STATEMENTS = "To match", "Matched", "All lines", "Statements"
VIEWS = [TO_MATCH, MATCHED, LINES, STATEMENTS]
WAYS_BACK_MOST = 50

# Keys of session_state. The view is a widget's, which Streamlit forgets when another page is opened.
VIEW, ACCOUNT, STATEMENT, CARD = "reconcile_view", "reconcile_account", "reconcile_statement", "reconcile_card"
ROUND, ASKED, WAYS_BACK, DIALOG = "reconcile_round", "reconcile_asked", "reconcile_ways_back", "reconcile_dialog"
COMPANY, DONE = "reconcile_company", "reconcile_done"
TEXT, WAY, AGE = "reconcile_text", "reconcile_way", "reconcile_age"
LINES_PAGE, ITEMS_PAGE = "reconcile_lines_page", "reconcile_items_page"
MATCHES_PAGE = "reconcile_matches_page"
PAGES = (LINES_PAGE, ITEMS_PAGE, MATCHES_PAGE)
WAYS = {"Money in": True, "Money out": False}
BODY, SIDEBAR = "reconcile", "nav"  # fragments of this page and of the shell


@dataclass(frozen=True)
class Asked:
    """A step that somebody asked for on what they saw. `ids`: match, statement or lines; `others`: open items."""

    what: str
    ids: tuple[UUID, ...]
    others: tuple[UUID, ...] = ()
    rest: Rest = Rest.NONE


def begin(company_id: UUID) -> None:
    """Forget the place when another company, or this page after another one, is opened."""
    state = st.session_state
    if state.get(COMPANY) != str(company_id):
        for name in (ACCOUNT, STATEMENT, CARD, ASKED, DONE, WAYS_BACK, TEXT, WAY, AGE, *PAGES):
            state.pop(name, None)
    if VIEW not in state or state.get(COMPANY) != str(company_id):
        close_dialog()
    state[COMPANY] = str(company_id)


def wanted() -> Wanted:
    """What the lists at the sides are narrowed to."""
    state = st.session_state
    return Wanted(str(state.get(TEXT) or ""), WAYS.get(state.get(WAY) or ""), state.get(AGE))


# --- moving -----------------------------------------------------------------------------------


def choose_account(bank_account_id: UUID) -> None:
    """Open the statement of this account that is to be worked on next."""
    state = st.session_state
    state[ACCOUNT] = bank_account_id
    state.pop(STATEMENT, None)
    state.pop(CARD, None)
    first_pages()


def choose_statement(one: StatementProof) -> None:
    state = st.session_state
    state[ACCOUNT], state[STATEMENT] = one.bank_account_id, one.reconciliation_id
    state.pop(CARD, None)
    first_pages()


def first_pages() -> None:
    """All lists from their beginning, as after another filter."""
    for name in PAGES:
        st.session_state.pop(name, None)


def turn_to(name: str, widget: str) -> None:
    st.session_state[name] = st.session_state[widget]
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def move(step: int) -> None:
    st.session_state[CARD] = max(0, st.session_state.get(CARD, 0) + step)


# --- deciding ---------------------------------------------------------------------------------


def key_for(name: str, what: object) -> str:
    """A widget key of its own for what a button acts on: pressed twice in haste, the second press meets nothing."""
    return f"{name}_{blake2s(str(what).encode(), digest_size=6).hexdigest()}"


def ask_for(asked: Asked) -> None:
    """Called by a key or a button; see `carry_out`. The page's body runs, and then the sidebar with its count."""
    st.session_state.setdefault(ASKED, []).append(asked)
    try:
        st.rerun([BODY, SIDEBAR])
    except StreamlitAPIException:
        return  # the page stands alone, without the shell: then just its body runs


def commit(step: Callable[[Session, datetime], object]) -> None:
    """Carry a dialog's step through and commit it. Raises what it raises; nothing is changed then."""
    with unit_of_work() as session:
        step(session, datetime.now(UTC))
    st.session_state.pop(DONE, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def ways_back() -> list[tuple[str, UUID]]:
    """What this person did here and can take back, the latest last: words and the match's id."""
    return list(st.session_state.get(WAYS_BACK, []))


def remember(words: str, match_id: UUID) -> None:
    st.session_state[WAYS_BACK] = [*ways_back(), (words, match_id)][-WAYS_BACK_MOST:]


# --- dialogs ----------------------------------------------------------------------------------


def open_dialog(name: str) -> None:
    st.session_state[DIALOG] = name


def close_dialog() -> None:
    st.session_state.pop(DIALOG, None)


def shortcut(letter: str) -> str | None:
    """No shortcuts under an open dialog: they would fire on what nobody sees."""
    return None if st.session_state.get(DIALOG) else letter
