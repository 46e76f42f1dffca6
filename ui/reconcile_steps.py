"""Steps of Reconcile carried out: what a key or button asked for becomes a unit of work, or a file to take away."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.reconciliation.bank_reconciliation import reconcile_day, reconcile_statement
from core.reconciliation.bank_reconciliation_pdf import reconciliation_pdf
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.closing import close_reconciliation
from core.reconciliation.deciding import confirm_match, dismiss_match, unmatch
from core.reconciliation.opening import post_opening_balance
from core.reconciliation.proofs import StatementProof
from core.reconciliation.undoing import take_back
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui import reconcile_desk as desk
from ui.frame import refusals_shown


def carry_out(caller: Caller, company_id: UUID) -> None:
    """Do what was asked for. A key pressed twice on the same thing counts once."""
    for asked in st.session_state.pop(desk.ASKED, []):
        if asked == st.session_state.get(desk.DONE):
            continue
        with refusals_shown("Nothing was changed"):
            _STEPS[asked.what](caller, company_id, asked)
            st.session_state[desk.DONE] = asked
            st.session_state[desk.ROUND] = st.session_state.get(desk.ROUND, 0) + 1


def _confirm(caller: Caller, company_id: UUID, asked: desk.Asked) -> None:
    with unit_of_work() as session:
        confirm_match(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))
    desk.remember("Confirmed", asked.ids[0])


def _dismiss(caller: Caller, company_id: UUID, asked: desk.Asked) -> None:
    with unit_of_work() as session:
        dismiss_match(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))
    desk.remember("Not this", asked.ids[0])


def _by_hand(caller: Caller, company_id: UUID, asked: desk.Asked) -> None:
    with unit_of_work() as session:
        match_id = match_by_hand(
            session, caller, company_id, asked.ids, asked.others, write=write_columns, now=datetime.now(UTC),
            rest=asked.rest,
        )  # fmt: skip
    desk.remember("Matched by hand", match_id)


def _unmatch(caller: Caller, company_id: UUID, asked: desk.Asked) -> None:
    with unit_of_work() as session:
        for match_id in asked.ids:
            unmatch(session, caller, company_id, match_id, write=write_columns, now=datetime.now(UTC))
    st.session_state[desk.WAYS_BACK] = [way for way in desk.ways_back() if way[1] not in asked.ids]


def _take_back(caller: Caller, company_id: UUID, asked: desk.Asked) -> None:
    st.session_state[desk.WAYS_BACK] = [way for way in desk.ways_back() if way[1] != asked.ids[0]]
    with unit_of_work() as session:
        take_back(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))


def _close(caller: Caller, company_id: UUID, asked: desk.Asked) -> None:
    with unit_of_work() as session:
        close_reconciliation(session, caller, company_id, asked.ids[0], now=datetime.now(UTC))


def _book_opening(caller: Caller, company_id: UUID, asked: desk.Asked) -> None:
    with unit_of_work() as session:
        post_opening_balance(session, caller, company_id, asked.ids[0], write=write_columns, now=datetime.now(UTC))


_STEPS: dict[str, Callable[[Caller, UUID, desk.Asked], None]] = {
    "confirm": _confirm, "dismiss": _dismiss, "by_hand": _by_hand, "unmatch": _unmatch, "undo": _take_back,
    "close": _close, "opening": _book_opening,
}  # fmt: skip


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
