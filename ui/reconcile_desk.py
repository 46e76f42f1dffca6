"""The bookkeeper's place in Reconcile: which account, statement and suggestion are open; what is asked and carried out.

Everything remembered between two runs are ids, numbers and choices. A decision is asked for by a key or a button and
carried out at the start of the run that follows, before anything is read again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2s
from uuid import UUID

import streamlit as st
from sqlmodel import Session
from streamlit.errors import StreamlitAPIException

from core.access.roles import Action, Caller
from core.period import Period
from core.reconciliation.bank_reconciliation import reconcile_day, reconcile_statement
from core.reconciliation.bank_reconciliation_pdf import reconciliation_pdf
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.closing import (
    StatementLine,
    balances_to_type,
    close_reconciliation,
    statement_lines,
)
from core.reconciliation.deciding import confirm_match, dismiss_match, unmatch
from core.reconciliation.listing import (
    ListedItem,
    ListedLine,
    ListedMatch,
    list_matches,
    unmatched_items,
    unmatched_lines,
)
from core.reconciliation.opening import post_opening_balance
from core.reconciliation.proofs import StatementProof, statement_proofs
from core.reconciliation.undoing import take_back
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import MatchStatus, ReconciliationStatus
from ui.frame import refusals_shown

TO_MATCH, MATCHED, LINES, STATEMENTS = "To match", "Matched", "All lines", "Statements"
VIEWS = [TO_MATCH, MATCHED, LINES, STATEMENTS]
DAYS_APART = timedelta(days=10)  # lines of other own accounts that may be the other side of a transfer
WAYS_BACK_MOST = 50

# Keys of session_state. The view is a widget's, which Streamlit forgets when another page is opened.
VIEW, ACCOUNT, STATEMENT, CARD = "reconcile_view", "reconcile_account", "reconcile_statement", "reconcile_card"
ROUND, ASKED, WAYS_BACK, DIALOG = "reconcile_round", "reconcile_asked", "reconcile_ways_back", "reconcile_dialog"
COMPANY, DONE = "reconcile_company", "reconcile_done"
BODY, SIDEBAR = "reconcile", "nav"  # fragments of this page and of the shell


@dataclass(frozen=True)
class Asked:
    """A step that somebody asked for on what they saw. `ids`: match, statement or lines; `others`: open items."""

    what: str
    ids: tuple[UUID, ...]
    others: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Sight:
    """What the page shows in this run, all from one view of the books. Lists that the view does not show are empty."""

    caller: Caller
    company_id: UUID
    view: str
    proofs: tuple[StatementProof, ...]  # of all accounts
    one: StatementProof  # the open one
    typed: frozenset[str]  # balances that a person states, see closing.balances_to_type
    suggested: tuple[ListedMatch, ...]
    at: int  # which suggestion the keys act on
    lines_left: tuple[ListedLine, ...]
    other_lines: tuple[ListedLine, ...]  # of other own accounts, around the statement's days
    items: tuple[ListedItem, ...]
    confirmed: tuple[ListedMatch, ...]
    lines: tuple[StatementLine, ...]
    elsewhere: tuple[tuple[StatementProof, int], ...]  # where suggestions wait if none does here, and how many

    @property
    def card(self) -> ListedMatch | None:
        return self.suggested[self.at] if self.suggested else None

    @property
    def is_closed(self) -> bool:
        return self.one.status is ReconciliationStatus.CLOSED

    @property
    def may_work(self) -> bool:
        return self.caller.may(self.company_id, Action.RECONCILE)

    @property
    def may_reopen(self) -> bool:
        return self.caller.may(self.company_id, Action.CLOSE)

    @property
    def may_book(self) -> bool:
        return self.caller.may(self.company_id, Action.REVIEW)


def begin(company_id: UUID) -> None:
    """Forget the place when another company, or this page after another one, is opened."""
    state = st.session_state
    if state.get(COMPANY) != str(company_id):
        for name in (ACCOUNT, STATEMENT, CARD, ASKED, DONE, WAYS_BACK):
            state.pop(name, None)
    if VIEW not in state or state.get(COMPANY) != str(company_id):
        close_dialog()
    state[COMPANY] = str(company_id)


def look(caller: Caller, company_id: UUID) -> Sight | None:
    """Read the open statement and what its view shows; None while the company has no statement."""
    view = st.session_state.get(VIEW) or TO_MATCH
    with snapshot() as session:
        proofs = tuple(statement_proofs(session, caller, company_id))
        if not proofs:
            return None
        one = _open(proofs)
        stated = one.proof.stated
        days = Period(stated.first_on, stated.last_on)
        here = {"bank_account_id": one.bank_account_id, "period": days}
        suggested = tuple(list_matches(session, caller, company_id, **here))  # type: ignore[arg-type]
        matching = view == TO_MATCH
        others = list_matches(session, caller, company_id) if matching and not suggested else []
        around = Period(days.first_on - DAYS_APART, days.last_on + DAYS_APART)
        return Sight(
            caller, company_id, view, proofs, one,
            frozenset(balances_to_type(session, caller, company_id, one.reconciliation_id)),
            suggested, _place(suggested),
            lines_left=tuple(unmatched_lines(session, caller, company_id, **here)) if matching else (),  # type: ignore[arg-type]
            other_lines=tuple(
                line
                for line in (unmatched_lines(session, caller, company_id, period=around) if matching else ())
                if line.bank_account_id != one.bank_account_id and line.currency == one.currency
            ),
            items=_likely_first(unmatched_items(session, caller, company_id) if matching else [], one),
            elsewhere=_by_statement(proofs, others),
            confirmed=tuple(
                list_matches(session, caller, company_id, status=MatchStatus.CONFIRMED, **here)  # type: ignore[arg-type]
                if view == MATCHED
                else ()
            ),
            lines=tuple(
                statement_lines(session, caller, company_id, one.reconciliation_id)
                if view == LINES or (matching and suggested)
                else ()
            ),
        )  # fmt: skip


def _open(proofs: Sequence[StatementProof]) -> StatementProof:
    """The chosen statement; else the oldest that is not closed, of the chosen account if there is one."""
    state = st.session_state
    for one in proofs:
        if one.reconciliation_id == state.get(STATEMENT):
            return one
    of_account = [one for one in proofs if one.bank_account_id == state.get(ACCOUNT)] or list(proofs)
    waiting = [one for one in of_account if one.status is not ReconciliationStatus.CLOSED]
    chosen = min(waiting, key=lambda one: one.proof.stated.first_on) if waiting else of_account[-1]
    state[STATEMENT], state[ACCOUNT] = chosen.reconciliation_id, chosen.bank_account_id
    return chosen


def _likely_first(items: Sequence[ListedItem], one: StatementProof) -> tuple[ListedItem, ...]:
    """Items in the statement's currency: the latest that it can have paid first, then those issued after it."""
    fitting = [item for item in items if item.currency == one.currency]
    last_on = one.proof.stated.last_on
    by_then = [item for item in fitting if item.issued_on <= last_on]
    return (*reversed(by_then), *(item for item in fitting if item.issued_on > last_on))


def _by_statement(
    proofs: Sequence[StatementProof], suggested: Sequence[ListedMatch]
) -> tuple[tuple[StatementProof, int], ...]:
    """The statements that hold a line of these suggestions, the latest first, each with how many."""
    found: dict[UUID, int] = {}
    for match in suggested:
        for one in proofs:
            stated = one.proof.stated
            if any(
                line.bank_account_id == one.bank_account_id and stated.first_on <= line.booked_on <= stated.last_on
                for line in match.lines
            ):
                found[one.reconciliation_id] = found.get(one.reconciliation_id, 0) + 1
    latest = sorted(proofs, key=lambda one: one.proof.stated.last_on, reverse=True)
    return tuple((one, found[one.reconciliation_id]) for one in latest if one.reconciliation_id in found)


def _place(suggested: Sequence[ListedMatch]) -> int:
    at: int = max(0, min(st.session_state.get(CARD, 0), len(suggested) - 1))
    st.session_state[CARD] = at
    return at


# --- moving -----------------------------------------------------------------------------------


def choose_account(bank_account_id: UUID) -> None:
    """Open the statement of this account that is to be worked on next."""
    state = st.session_state
    state[ACCOUNT] = bank_account_id
    state.pop(STATEMENT, None)
    state.pop(CARD, None)


def choose_statement(one: StatementProof) -> None:
    state = st.session_state
    state[ACCOUNT], state[STATEMENT] = one.bank_account_id, one.reconciliation_id
    state.pop(CARD, None)


def move(step: int) -> None:
    st.session_state[CARD] = max(0, st.session_state.get(CARD, 0) + step)


# --- deciding ---------------------------------------------------------------------------------


def key_for(name: str, what: object) -> str:
    """A widget key of its own for what a button acts on: pressed twice in haste, the second press meets nothing."""
    return f"{name}_{blake2s(str(what).encode(), digest_size=6).hexdigest()}"


def list_key(name: str, sight: Sight) -> str:
    """A table's key; after each decision its rows are others, so what was selected there is forgotten."""
    return f"{name}_{sight.one.reconciliation_id.hex}_{st.session_state.get(ROUND, 0)}"


def ask_for(asked: Asked) -> None:
    """Called by a key or a button; see `carry_out`. The page's body runs, and then the sidebar with its count."""
    st.session_state.setdefault(ASKED, []).append(asked)
    try:
        st.rerun([BODY, SIDEBAR])
    except StreamlitAPIException:
        return  # the page stands alone, without the shell: then just its body runs


def carry_out(caller: Caller, company_id: UUID) -> None:
    """Do what was asked for. A key pressed twice on the same thing counts once."""
    for asked in st.session_state.pop(ASKED, []):
        if asked == st.session_state.get(DONE):
            continue
        with refusals_shown("Nothing was changed"):
            _STEPS[asked.what](caller, company_id, asked)
            st.session_state[DONE] = asked
            st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def _confirm(caller: Caller, company_id: UUID, asked: Asked) -> None:
    with unit_of_work() as session:
        confirm_match(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))
    _remember("Confirmed", asked.ids[0])


def _dismiss(caller: Caller, company_id: UUID, asked: Asked) -> None:
    with unit_of_work() as session:
        dismiss_match(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))
    _remember("Not this", asked.ids[0])


def _by_hand(caller: Caller, company_id: UUID, asked: Asked) -> None:
    with unit_of_work() as session:
        match_id = match_by_hand(
            session, caller, company_id, asked.ids, asked.others, write=write_columns, now=datetime.now(UTC)
        )
    _remember("Matched by hand", match_id)


def _unmatch(caller: Caller, company_id: UUID, asked: Asked) -> None:
    with unit_of_work() as session:
        for match_id in asked.ids:
            unmatch(session, caller, company_id, match_id, write=write_columns, now=datetime.now(UTC))
    st.session_state[WAYS_BACK] = [way for way in ways_back() if way[1] not in asked.ids]


def _take_back(caller: Caller, company_id: UUID, asked: Asked) -> None:
    st.session_state[WAYS_BACK] = [way for way in ways_back() if way[1] != asked.ids[0]]
    with unit_of_work() as session:
        take_back(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))


def _close(caller: Caller, company_id: UUID, asked: Asked) -> None:
    with unit_of_work() as session:
        close_reconciliation(session, caller, company_id, asked.ids[0], now=datetime.now(UTC))


def _book_opening(caller: Caller, company_id: UUID, asked: Asked) -> None:
    with unit_of_work() as session:
        post_opening_balance(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))


_STEPS: dict[str, Callable[[Caller, UUID, Asked], None]] = {
    "confirm": _confirm, "dismiss": _dismiss, "by_hand": _by_hand, "unmatch": _unmatch, "undo": _take_back,
    "close": _close, "opening": _book_opening,
}  # fmt: skip


def commit(step: Callable[[Session, datetime], object]) -> None:
    """Carry a dialog's step through and commit it. Raises what it raises; nothing is changed then."""
    with unit_of_work() as session:
        step(session, datetime.now(UTC))
    st.session_state.pop(DONE, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def printed(caller: Caller, company_id: UUID, one: StatementProof) -> bytes:
    """The bank reconciliation statement of one statement as a PDF."""
    with snapshot() as session:
        found = reconcile_statement(session, caller, company_id, one.reconciliation_id)
    return reconciliation_pdf([found], printed_at=datetime.now(UTC))


def printed_on(caller: Caller, company_id: UUID, as_of: date) -> bytes:
    """The bank reconciliation statements of all bank accounts on a day as one PDF."""
    with snapshot() as session:
        found = reconcile_day(session, caller, company_id, as_of)
    return reconciliation_pdf(found, printed_at=datetime.now(UTC))


def ways_back() -> list[tuple[str, UUID]]:
    """What this person did here and can take back, the latest last: words and the match's id."""
    return list(st.session_state.get(WAYS_BACK, []))


def _remember(words: str, match_id: UUID) -> None:
    st.session_state[WAYS_BACK] = [*ways_back(), (words, match_id)][-WAYS_BACK_MOST:]


# --- dialogs ----------------------------------------------------------------------------------


def open_dialog(name: str) -> None:
    st.session_state[DIALOG] = name


def close_dialog() -> None:
    st.session_state.pop(DIALOG, None)


def shortcut(letter: str) -> str | None:
    """No shortcuts under an open dialog: they would fire on what nobody sees."""
    return None if st.session_state.get(DIALOG) else letter
