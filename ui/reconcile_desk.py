"""The bookkeeper's place in Reconcile: which account, statement and suggestion are open; what is asked and carried out.

Everything remembered between two runs are ids, numbers and choices. A decision is asked for by a key or a button and
carried out at the start of the run that follows, before anything is read again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from uuid import UUID

import streamlit as st
from sqlmodel import Session
from streamlit.errors import StreamlitAPIException

from core.access.roles import Action, Caller
from core.categorization.company_policy import policy_of
from core.ingestion.items.listing import AgeSum, ageing
from core.period import Period
from core.reconciliation.by_hand import Rest
from core.reconciliation.closing import (
    StatementLine,
    balances_to_type,
    statement_lines,
)
from core.reconciliation.listing import (
    ListedLine,
    ListedMatch,
    list_matches,
)
from core.reconciliation.proofs import StatementProof, statement_proofs
from core.reconciliation.unmatched import ItemPage, LinePage, Wanted, unmatched_items, unmatched_lines
from db.engine import snapshot, unit_of_work
from models import Company, MatchStatus, ReconciliationStatus

TO_MATCH, MATCHED, LINES, STATEMENTS = "To match", "Matched", "All lines", "Statements"
VIEWS = [TO_MATCH, MATCHED, LINES, STATEMENTS]
DAYS_APART = timedelta(days=10)  # lines of other own accounts that may be the other side of a transfer
WAYS_BACK_MOST = 50

# Keys of session_state. The view is a widget's, which Streamlit forgets when another page is opened.
VIEW, ACCOUNT, STATEMENT, CARD = "reconcile_view", "reconcile_account", "reconcile_statement", "reconcile_card"
ROUND, ASKED, WAYS_BACK, DIALOG = "reconcile_round", "reconcile_asked", "reconcile_ways_back", "reconcile_dialog"
COMPANY, DONE = "reconcile_company", "reconcile_done"
TEXT, WAY, AGE = "reconcile_text", "reconcile_way", "reconcile_age"
LINES_PAGE, ITEMS_PAGE = "reconcile_lines_page", "reconcile_items_page"
WAYS = {"Money in": True, "Money out": False}
BODY, SIDEBAR = "reconcile", "nav"  # fragments of this page and of the shell


@dataclass(frozen=True)
class Asked:
    """A step that somebody asked for on what they saw. `ids`: match, statement or lines; `others`: open items."""

    what: str
    ids: tuple[UUID, ...]
    others: tuple[UUID, ...] = ()
    rest: Rest = Rest.NONE


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
    lines_left: LinePage
    other_lines: tuple[ListedLine, ...]  # of other own accounts in any currency, around the statement's days
    items: ItemPage
    ages: tuple[AgeSum, ...]  # what is open altogether, in the statement's currency
    write_off_limit: int | None  # minor units; None where nothing can be written off
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
        for name in (ACCOUNT, STATEMENT, CARD, ASKED, DONE, WAYS_BACK, TEXT, WAY, AGE, LINES_PAGE, ITEMS_PAGE):
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
            lines_left=_lines_left(session, caller, company_id, one) if matching else LinePage(),
            other_lines=unmatched_lines(
                session, caller, company_id, but_account_id=one.bank_account_id, period=around,
            ).lines if matching else (),
            items=_items(session, caller, company_id, one) if matching else ItemPage(),
            ages=tuple(
                age for age in ageing(session, caller, company_id, today=datetime.now(UTC).date())
                if age.currency == one.currency
            ) if matching else (),
            write_off_limit=_limit(session, caller, company_id, one),
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


def wanted() -> Wanted:
    """What the lists at the sides are narrowed to."""
    state = st.session_state
    return Wanted(str(state.get(TEXT) or ""), WAYS.get(state.get(WAY) or ""), state.get(AGE))


def _lines_left(session: Session, caller: Caller, company_id: UUID, one: StatementProof) -> LinePage:
    stated = one.proof.stated
    return unmatched_lines(
        session, caller, company_id, bank_account_id=one.bank_account_id,
        period=Period(stated.first_on, stated.last_on), wanted=wanted(), page=st.session_state.get(LINES_PAGE, 1),
    )  # fmt: skip


def _items(session: Session, caller: Caller, company_id: UUID, one: StatementProof) -> ItemPage:
    """Items in the statement's currency: the latest that it can have paid first, then those issued after it."""
    return unmatched_items(
        session, caller, company_id, today=datetime.now(UTC).date(), currency=one.currency,
        near=one.proof.stated.last_on, wanted=wanted(), page=st.session_state.get(ITEMS_PAGE, 1),
    )  # fmt: skip


def _limit(session: Session, caller: Caller, company_id: UUID, one: StatementProof) -> int | None:
    """What may be written off here; the limit is an amount of the company's own currency."""
    base = session.get_one(Company, company_id).base_currency
    return policy_of(session, caller, company_id).adjustment_limit_minor if one.currency == base else None


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
    first_pages()


def first_pages() -> None:
    """Both lists from their beginning, as after another filter."""
    for name in (LINES_PAGE, ITEMS_PAGE):
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
