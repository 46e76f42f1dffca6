"""The parts under the proof: what to match, what is matched, every line of the statement, every statement."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from core.reconciliation.listing import ListedMatch
from ui import reconcile_desk as desk
from ui.frame import answered, empty
from ui.reconcile_words import STATES_OF, item_text, line_text, period_of, state_of, title_of
from ui.tables import frame, height, small_table, table
from ui.words import STATES, badge_text, count, day, money, percent, plain

CARDS = 8  # suggestions at once
SURE = 0.85
ROWS = 17
STATE_WORDS = {"posted": "Booked", "waiting": "Waits", "left_out": "Left out", "unbooked": "No entry"}
BY_WORDS = {"match": "Match", "rule": "Rule", "model": "Model", "person": "Person"}


@dataclass(frozen=True)
class Chosen:
    """What is selected to be matched by hand; amounts in minor units."""

    line_ids: tuple[UUID, ...] = ()
    item_ids: tuple[UUID, ...] = ()
    lines_minor: int = 0
    items_minor: int = 0
    is_transfer: bool = False  # two lines of two own accounts


def to_match(sight: desk.Sight) -> Chosen:
    """Bank lines left, suggestions in the middle, open items right; what is selected at the sides."""
    left, middle, right = st.columns([0.31, 0.38, 0.31], gap="small")
    with middle:
        _cards(sight)
    with left:
        lines = _bank_side(sight)
    with right:
        items, others = _book_side(sight)
    picked = [sight.lines_left[row] for row in lines]
    across = [sight.other_lines[row] for row in others]
    owed = [sight.items[row] for row in items]
    return Chosen(
        tuple(line.transaction_id for line in (*picked, *across)),
        tuple(item.open_item_id for item in owed),
        sum(line.amount_minor for line in (*picked, *across)),
        sum(item.amount_minor for item in owed),
        len(picked) == len(across) == 1 and not owed,
    )


def _bank_side(sight: desk.Sight) -> list[int]:
    _heading("Bank, nothing explains it yet", len(sight.lines_left))
    if not sight.lines_left:
        st.caption(":green[:material/task_alt:] Every line of this statement is booked or matched.")
        return []
    rows = [(line.booked_on, line.description, line.amount_minor) for line in sight.lines_left]
    return _side(rows, "reconcile_bank", sight)


def _book_side(sight: desk.Sight) -> tuple[list[int], list[int]]:
    _heading("Books, open", len(sight.items))
    items: list[int] = []
    if sight.items:
        rows = [(item.issued_on, item_text(item), item.amount_minor) for item in sight.items]
        items = _side(rows, "reconcile_items", sight, most=ROWS if not sight.other_lines else 10, years=True)
    else:
        st.caption("No invoice, bill or payout is open. Upload, Open items takes them in.")
    others: list[int] = []
    if sight.other_lines:
        _heading("Other own accounts", len(sight.other_lines))
        across = [(line.booked_on, line_text(line, named=True), line.amount_minor) for line in sight.other_lines]
        others = _side(across, "reconcile_others", sight, most=6)
    return items, others


def _heading(title: str, number: int) -> None:
    st.markdown(f"**{title}** :gray[{number:,}]" if number else f"**{title}**")


def _side(
    rows: list[tuple[Any, str, int]], name: str, sight: desk.Sight, most: int = ROWS, *, years: bool = False
) -> list[int]:
    narrow = 10 if len(rows) > most else 0  # the scroll bar takes that much
    chosen = table(
        frame(rows, "Date", "Text", "Amount"), ["Amount"],
        {
            "Date": st.column_config.DateColumn(format="MMM D, YYYY" if years else "MMM D", width=88 if years else 54),
            "Text": st.column_config.TextColumn(width=(144 if years else 178) - narrow),
            "Amount": st.column_config.NumberColumn(width=88, alignment="right"),
        },
        currency=sight.one.currency, key=desk.list_key(name, sight), most=most,
        on_select="rerun", selection_mode="multi-row",
    )  # fmt: skip
    return [row for row in chosen["selection"]["rows"] if row < len(rows)]


def _cards(sight: desk.Sight) -> None:
    """The suggestion the keys act on first, then those that follow."""
    total = len(sight.suggested)
    place = f"{sight.at + 1} of {total}" if total > 1 else str(total or "")
    st.markdown(f"**Probably belong together** :gray[{place}]")
    if not total:
        empty("link", "No suggestion waits here", "Select lines at the sides to match them by hand, or open All lines.")
        _elsewhere(sight)
    booked = {line.transaction_id: line.account for line in sight.lines if line.state == "posted"}
    for number, match in enumerate(sight.suggested[sight.at : sight.at + CARDS]):
        _card(match, number == 0, booked, sight.one.currency)
    if (rest := total - sight.at - CARDS) > 0:
        st.caption(f"{count(rest, 'more suggestion')} after these.")


def _elsewhere(sight: desk.Sight) -> None:
    """The ways to statements where suggestions wait."""
    if not sight.elsewhere:
        return
    st.markdown("**They wait in other statements**")
    with st.container(key="choices", gap="xsmall"):
        for one, number in sight.elsewhere[:CARDS]:
            st.button(
                f"{plain(one.bank_account)}, {period_of(one)} :gray[{number:,}]", width="stretch",
                key=f"reconcile_go_{one.reconciliation_id.hex}", on_click=desk.choose_statement, args=(one,),
            )  # fmt: skip
        if (rest := len(sight.elsewhere) - CARDS) > 0:
            st.caption(f"And in {count(rest, 'more statement')}.")


def _card(match: ListedMatch, active: bool, booked: dict[UUID, str], currency: str) -> None:
    with st.container(border=True, key=f"{'active' if active else 'card'}_{match.match_id.hex}", gap="xsmall"):
        level = "likely" if match.score >= SURE else "unsure"
        answered(title_of(match), badge_text(level, f"{percent(match.score)} sure"))
        several = len({line.bank_account_id for line in match.lines}) > 1
        rows = [(day(line.booked_on), line_text(line, named=several), line.amount_minor) for line in match.lines]
        rows += [(day(item.issued_on), item_text(item), item.amount_minor) for item in match.items]
        if match.difference_minor:
            rows.append(("", "Left over", match.difference_minor))
        small_table(frame(rows, "Date", "Text", "Amount"), ["Amount"], currency)
        st.caption(plain(match.reason))
        if account := next((booked[one.transaction_id] for one in match.lines if one.transaction_id in booked), ""):
            st.caption(f"Booked to {plain(account)} already; confirming marks the open item as paid.")


# --- matched ----------------------------------------------------------------------------------


def matched(sight: desk.Sight) -> tuple[UUID, ...]:
    """The matches in force that touch the statement; the ids of those selected."""
    if not sight.confirmed:
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
        for match in sight.confirmed
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
        currency=sight.one.currency, key=desk.list_key("reconcile_matched", sight),
        on_select="rerun", selection_mode="multi-row",
    )  # fmt: skip
    selected = chosen["selection"]["rows"]
    return tuple(sight.confirmed[row].match_id for row in selected if row < len(sight.confirmed))


def _both_sides(match: ListedMatch, bank_account_id: UUID) -> tuple[str, str]:
    """This account's lines, and what they were matched with."""
    mine = [line.description for line in match.lines if line.bank_account_id == bank_account_id]
    others = [line_text(line, named=True) for line in match.lines if line.bank_account_id != bank_account_id]
    return " + ".join(mine), " + ".join([*others, *(item_text(item) for item in match.items)])


# --- lines ------------------------------------------------------------------------------------


def all_lines(sight: desk.Sight) -> None:
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
        currency=sight.one.currency, key=desk.list_key("reconcile_lines", sight),
    )  # fmt: skip
    total = sum(line.amount_minor for line in sight.lines)
    st.caption(f"{count(len(rows), 'line')}, {money(total, sight.one.currency)} together. {sight.one.currency}.")


# --- statements -------------------------------------------------------------------------------


def statements(sight: desk.Sight) -> None:
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
    key = desk.list_key("reconcile_statements", sight)
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
            "Print all accounts", lambda: desk.printed_on(sight.caller, sight.company_id, as_of),
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
