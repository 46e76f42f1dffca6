"""The other parts under the proof: what is matched, every line of the statement, every statement."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from core.reconciliation.listing import ListedMatch
from ui import reconcile_desk as desk
from ui.frame import empty
from ui.reconcile_sides import pages
from ui.reconcile_sight import Sight, list_key
from ui.reconcile_steps import printed_on
from ui.reconcile_words import STATES_OF, item_text, line_text, period_of, state_of, title_of
from ui.tables import frame, height, table
from ui.words import STATES, count, day, money

STATE_WORDS = {"posted": "Booked", "waiting": "Waits", "left_out": "Left out", "unbooked": "No entry"}
BY_WORDS = {"match": "Match", "rule": "Rule", "model": "Model", "person": "Person"}


def matched(sight: Sight) -> tuple[UUID, ...]:
    """The matches in force that touch the statement; the ids of those selected."""
    if not sight.confirmed.matches:
        empty("link_off", "Nothing is matched here", "Confirm a suggestion or match lines by hand under To match.")
        return ()
    rows = [
        (
            title_of(match),
            sum(line.amount_minor for line in match.lines if line.bank_account_id == sight.one.bank_account_id),
            match.lines[0].booked_on,
            *_both_sides(match, sight.one.bank_account_id),
            "Person" if match.by_person else "Machine",
            match.reason,
        )
        for match in sight.confirmed.matches
    ]
    chosen = table(
        frame(rows, "Match", "Amount", "Date", "Bank", "Books", "By", "Why"), ["Amount"],
        {
            "Match": st.column_config.TextColumn(width=160),
            "Amount": st.column_config.NumberColumn(width=96, alignment="right"),
            "Date": st.column_config.DateColumn(format="MMM D", width=60),
            "Bank": st.column_config.TextColumn(width=250),
            "Books": st.column_config.TextColumn(width=240),
            "By": st.column_config.TextColumn(width=70),
            "Why": st.column_config.TextColumn(width=230),
        },
        currency=sight.one.currency, key=list_key("reconcile_matched", sight),
        on_select="rerun", selection_mode="multi-row",
    )  # fmt: skip
    pages(desk.MATCHES_PAGE, sight.confirmed.number, sight.confirmed.pages)
    if sight.confirmed.pages > 1:
        st.caption(f"{count(sight.confirmed.count, 'match', 'matches')} in all, the surest first.")
    selected = chosen["selection"]["rows"]
    return tuple(sight.confirmed.matches[row].match_id for row in selected if row < len(sight.confirmed.matches))


def _both_sides(match: ListedMatch, bank_account_id: UUID) -> tuple[str, str]:
    """This account's lines, and what they were matched with or turn back."""
    mine = [line.description for line in match.lines if line.bank_account_id == bank_account_id]
    others = [line_text(line, named=True) for line in match.lines if line.bank_account_id != bank_account_id]
    others += [item_text(item) for item in match.items]
    others += [f"{day(one.on)}: {one.text}" for one in match.turned_back]
    return " + ".join(mine), " + ".join(others)


# --- lines ------------------------------------------------------------------------------------


def all_lines(sight: Sight) -> None:
    """Every line of the statement's days with what explains it."""
    rows = [
        (
            line.description, line.amount_minor, line.booked_on, line.counterparty, [STATE_WORDS[line.state]],
            BY_WORDS.get(line.explained_by, ""), line.account.replace("several", "Several accounts"),
        )
        for line in sight.lines
    ]  # fmt: skip
    words = list(STATE_WORDS.values())
    table(
        frame(rows, "Bank text", "Amount", "Date", "Payee", "State", "Explained by", "Account"), ["Amount"],
        {
            "Bank text": st.column_config.TextColumn(width=330),
            "Amount": st.column_config.NumberColumn(width=100, alignment="right"),
            "Date": st.column_config.DateColumn(format="MMM D, YYYY", width=96),
            "Payee": st.column_config.TextColumn(width=170),
            "State": st.column_config.MultiselectColumn(
                width=84, options=words, color=["green", "orange", "gray", "orange"]
            ),
            "Explained by": st.column_config.TextColumn(width=96),
            "Account": st.column_config.TextColumn(width=230),
        },
        currency=sight.one.currency, key=list_key("reconcile_lines", sight),
    )  # fmt: skip
    total = sum(line.amount_minor for line in sight.lines)
    st.caption(f"{count(len(rows), 'line')}, {money(total, sight.one.currency)} together. {sight.one.currency}.")


# --- statements -------------------------------------------------------------------------------


def statements(sight: Sight) -> None:
    """Every statement of every account with its state; a click on one opens it."""
    ordered = sorted(sight.proofs, key=lambda one: one.proof.stated.first_on, reverse=True)
    ordered.sort(key=lambda one: one.bank_account_code)
    mixed = len({one.currency for one in ordered}) > 1
    rows = [
        (
            one.bank_account + (f" ({one.currency})" if mixed else ""),
            period_of(one),
            [state_of(one)[1]],
            money(one.proof.opening_minor, one.currency),
            money(one.proof.stated.lines_minor, one.currency),
            money(one.proof.stated.closing_minor, one.currency),
            money(one.proof.ledger_difference_minor, one.currency),
            one.proof.stated.line_count,
            one.proof.stored_lines - one.proof.posted_lines,
            " ".join(one.proof.chain) or one.file_name,
        )
        for one in ordered
    ]
    right = st.column_config.TextColumn(width=92, alignment="right")
    key = list_key("reconcile_statements", sight)
    table(
        frame(rows, "Account", "Statement", "State", "Opening", "Sum of lines", "Closing", "Ledger off", "Lines",
              "To book", "File, or what does not fit"),
        columns={
            "Account": st.column_config.TextColumn(width=170), "Statement": st.column_config.TextColumn(width=164),
            "State": st.column_config.MultiselectColumn(
                width=88, options=[word for _, word in STATES_OF], color=[STATES[state][1] for state, _ in STATES_OF]
            ),
            "Opening": right, "Sum of lines": right, "Closing": right, "Ledger off": right,
            "Lines": st.column_config.NumberColumn(width=48), "To book": st.column_config.NumberColumn(width=60),
            "File, or what does not fit": st.column_config.TextColumn(width=200),
        },
        key=key, height=height(len(rows)), on_select=lambda: _pick(key, ordered),
        selection_mode=["single-row", "single-cell"],
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("A click opens a statement.", width="stretch")
        ends = sorted({month_end(one.proof.stated.last_on) for one in ordered}, reverse=True)
        as_of = st.selectbox(
            "Month's end", ends, format_func=lambda on: day(on, year=True), key="reconcile_month_end", width=170,
            label_visibility="collapsed",
        )  # fmt: skip
        st.download_button(
            "Print all accounts", lambda: printed_on(sight.caller, sight.company_id, as_of),
            f"bank_reconciliations_{as_of}.pdf", "application/pdf", key="reconcile_print_all", icon=":material/print:",
            on_click="ignore", help="The bank reconciliation statement of every account on that day, as one PDF.",
        )  # fmt: skip


def month_end(on: date) -> date:
    """The last day of the month."""
    return date(on.year + on.month // 12, on.month % 12 + 1, 1) - timedelta(days=1)


def _pick(key: str, ordered: list[Any]) -> None:
    selected = st.session_state[key]["selection"]
    at = selected["cells"][0][0] if selected["cells"] else next(iter(selected["rows"]), None)
    if at is not None:
        desk.choose_statement(ordered[at])
        st.session_state[desk.VIEW] = desk.TO_MATCH
