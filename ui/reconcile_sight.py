"""What Reconcile shows: read in one go, from one view of the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import streamlit as st
from sqlmodel import Session

from core.access.roles import Action, Caller
from core.categorization.company_policy import policy_of
from core.ingestion.items.listing import AgeSum, ageing
from core.period import Period
from core.reconciliation.closing import StatementLine, balances_to_type, statement_lines
from core.reconciliation.listing import ListedLine, ListedMatch, MatchPage, match_page, suggested_days
from core.reconciliation.proofs import StatementProof, statement_proofs
from core.reconciliation.unmatched import ItemPage, LinePage, unmatched_items, unmatched_lines
from db.engine import snapshot
from models import Company, MatchStatus, ReconciliationStatus
from ui.reconcile_desk import (
    ACCOUNT,
    CARD,
    ITEMS_PAGE,
    LINES,
    LINES_PAGE,
    MATCHED,
    MATCHES_PAGE,
    ROUND,
    STATEMENT,
    TO_MATCH,
    VIEW,
    wanted,
)

DAYS_APART = timedelta(days=10)  # lines of other own accounts that may be the other side of a transfer


@dataclass(frozen=True)
class Sight:
    """What the page shows in this run, all from one view of the books. Lists that the view does not show are empty."""

    caller: Caller
    company_id: UUID
    view: str
    proofs: tuple[StatementProof, ...]  # of all accounts
    one: StatementProof  # the open one
    typed: frozenset[str]  # balances that a person states, see closing.balances_to_type
    suggested: tuple[ListedMatch, ...]  # the surest of them
    suggested_count: int  # of all of them
    at: int  # which suggestion the keys act on
    lines_left: LinePage
    other_lines: tuple[ListedLine, ...]  # of other own accounts in any currency, around the statement's days
    items: ItemPage
    ages: tuple[AgeSum, ...]  # what is open altogether, in the statement's currency
    write_off_limit: int | None  # minor units; None where nothing can be written off
    confirmed: MatchPage
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
        waiting = match_page(session, caller, company_id, status=MatchStatus.SUGGESTED, **here)  # type: ignore[arg-type]
        suggested, matching = waiting.matches, view == TO_MATCH
        others = suggested_days(session, caller, company_id) if matching and not suggested else []
        around = Period(days.first_on - DAYS_APART, days.last_on + DAYS_APART)
        return Sight(
            caller, company_id, view, proofs, one,
            frozenset(balances_to_type(session, caller, company_id, one.reconciliation_id)),
            suggested, waiting.count, _place(suggested),
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
            confirmed=match_page(
                session, caller, company_id, status=MatchStatus.CONFIRMED,
                page=st.session_state.get(MATCHES_PAGE, 1), **here,  # type: ignore[arg-type]
            ) if view == MATCHED else MatchPage(),
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
    proofs: Sequence[StatementProof], suggested: Sequence[tuple[UUID, UUID, date]]
) -> tuple[tuple[StatementProof, int], ...]:
    """The statements that hold a line of suggestions, the latest first, each with how many suggestions.

    Args:
        suggested: match, bank account and day of each line.
    """
    found: dict[UUID, set[UUID]] = {}
    for match_id, bank_account_id, day in suggested:
        for one in proofs:
            stated = one.proof.stated
            if one.bank_account_id == bank_account_id and stated.first_on <= day <= stated.last_on:
                found.setdefault(one.reconciliation_id, set()).add(match_id)
    latest = sorted(proofs, key=lambda one: one.proof.stated.last_on, reverse=True)
    return tuple((one, len(found[key])) for one in latest if (key := one.reconciliation_id) in found)


def _place(suggested: Sequence[ListedMatch]) -> int:
    at: int = max(0, min(st.session_state.get(CARD, 0), len(suggested) - 1))
    st.session_state[CARD] = at
    return at


def list_key(name: str, sight: Sight) -> str:
    """A table's key; after each decision its rows are others, so what was selected there is forgotten."""
    return f"{name}_{sight.one.reconciliation_id.hex}_{st.session_state.get(ROUND, 0)}"
