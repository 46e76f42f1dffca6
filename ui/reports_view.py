"""The parts of the reports page: choosing a period, showing a statement, and the lines of one account."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.metrics.general_ledger import LedgerKey, LedgerLine, general_ledger
from core.metrics.statements import WaitingTotal
from core.period import Period
from core.posting.chart_keeping import list_accounts
from db.engine import snapshot
from ui.frame import empty
from ui.pickers import pick_account
from ui.reports_rows import ACCOUNT, LENGTHS, Columns, Sheet, csv_file, excel_file, usual_columns
from ui.tables import frame, table
from ui.words import count, money, plain

PROFIT, BALANCE, TRIAL, LEDGER = "Profit and loss", "Balance sheet", "Trial balance", "General ledger"
SPANS = ("This month", "Last month", "This year", "Last year", "All time", "Days")
KIND, LEDGER_ACCOUNT, AFTER = "reports_kind", "reports_account", "reports_after"
TABLE = "reports_table"


def pick_period(today: date, year_start: int, first_on: date, last_on: date) -> Period:
    """A span of days; "All time" is from the first to the last booked day."""
    chosen = st.segmented_control(
        "Period", list(SPANS), default="All time", required=True, key="reports_span", label_visibility="collapsed"
    )
    month = Period.month(today.year, today.month)
    year_from = date(today.year if today.month >= year_start else today.year - 1, year_start, 1)
    match chosen:
        case "This month":
            return month
        case "Last month":
            before = month.first_on - timedelta(days=1)
            return Period.month(before.year, before.month)
        case "This year":
            return Period(year_from, today)
        case "Last year":
            return Period(year_from.replace(year=year_from.year - 1), year_from - timedelta(days=1))
        case "Days":
            return _days(first_on, last_on)
    return Period(first_on, last_on)


def _days(first_on: date, last_on: date) -> Period:
    picked = st.date_input(
        "From and to", (first_on, last_on), key="reports_days", label_visibility="collapsed", format="MM/DD/YYYY",
        width=230,
    )  # fmt: skip
    ends = picked if isinstance(picked, tuple) else (picked,)
    return Period(min(ends), max(ends)) if ends else Period(first_on, last_on)


def pick_columns(months: int) -> Columns:
    """How the period is divided; a key for each usual choice, so that another period starts with its own."""
    usual = usual_columns(months)
    if usual == "Total":
        return usual
    return st.segmented_control(
        "Columns", [*LENGTHS, "Total"], default=usual, required=True, key=f"reports_columns_{usual}",
        label_visibility="collapsed",
    )  # fmt: skip


def waiting_note(waiting: list[WaitingTotal]) -> None:
    """What is in none of the figures, in the same breath as the figures."""
    for total in waiting:
        st.info(
            f"Not in these figures: {count(total.lines, 'line waits', 'lines wait')} for review, "
            f"{plain(money(total.money_in_minor, total.currency, sign=True))} in and "
            f"{plain(money(total.money_out_minor, total.currency, sign=True))} out.",
            icon=":material/checklist:",
        )


def show_sheet(sheet: Sheet, currency: str, kind: str, name: str) -> None:
    """The table, whose rows lead to the lines of their account, and the same as files."""
    amounts = sheet.amounts
    longest = max(len(money(int(minor), currency)) for column in amounts for minor in sheet.data[column])
    config: dict[str, Any] = {ACCOUNT: st.column_config.TextColumn(width=_pixels(sheet.data[ACCOUNT], 6.7, 330))}
    for column in amounts:
        wide = max(round(7.2 * longest), round(6.7 * len(column))) + 18
        config[column] = st.column_config.NumberColumn(width=wide, alignment="right")
    table(
        sheet.data, (), config, quiet=amounts, currency=currency, most=60, totals=sheet.totals, width="content",
        key=TABLE, on_select=lambda: _to_ledger(sheet), selection_mode="single-cell",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "CSV", csv_file(sheet, currency), f"{name}.csv", "text/csv", key="reports_csv", icon=":material/download:"
        )
        st.download_button(
            "Excel", excel_file(sheet, currency, kind), f"{name}.xlsx", key="reports_excel", icon=":material/download:"
        )
        st.caption("Click a figure to see the lines behind it.", width="content")


def _pixels(texts: Any, each: float, most: int) -> int:
    return min(most, round(each * max(len(text) for text in texts)) + 18)


def _to_ledger(sheet: Sheet) -> None:
    """Open the general ledger of the account whose row was clicked; sums have none."""
    cells = st.session_state[TABLE]["selection"]["cells"]
    account_id = sheet.accounts[cells[0][0]] if cells else None
    if account_id is not None:
        st.session_state[KIND], st.session_state[LEDGER_ACCOUNT] = LEDGER, account_id


def show_ledger(caller: Caller, company_id: UUID, period: Period, currency: str) -> None:
    """One account line by line with its running balance, a page at a time, each with the file it came from."""
    with snapshot() as session:
        options = {a.id: f"{a.code} {a.name}" for a in list_accounts(session, caller, company_id)}
    with st.container(width=420):
        account_id = pick_account("Account", options, key=LEDGER_ACCOUNT, collapsed=True)
    if account_id is None:
        empty(
            "menu_book", "Choose an account", "Its lines of the period appear here, with the file that each came from."
        )
        return
    place = (str(account_id), period, currency)
    if st.session_state.get("reports_place") != place:
        st.session_state["reports_place"], st.session_state[AFTER] = place, [None]
    stack: list[LedgerKey | None] = st.session_state[AFTER]
    with snapshot() as session:
        page = general_ledger(session, caller, company_id, account_id, period, currency=currency, after=stack[-1])
    if not page.lines:
        empty("menu_book", "No lines in this period", "Choose a longer period above.")
        return
    st.caption(f"Balance before {_when(page.lines[0])}: {money(page.opening_minor, currency)}")
    _show_lines(page.lines, currency)
    if len(stack) > 1 or page.next_after is not None:
        _turn(stack, page.next_after)


def _when(line: LedgerLine) -> str:
    return f"{line.key.booked_on:%b} {line.key.booked_on.day}, {line.key.booked_on.year}"


def _show_lines(lines: tuple[LedgerLine, ...], currency: str) -> None:
    foreign = any(line.booked.currency != currency for line in lines)
    rows = [
        (
            line.key.booked_on,
            line.counterparty or line.memo,
            line.amount_minor,
            line.balance_minor,
            line.description or line.memo,
            line.file_name or "–",
            *([money(line.booked.minor, line.booked.currency, sign=True)] if foreign else []),
        )
        for line in lines
    ]
    table(
        frame(rows, "Date", "Payee", "Amount", "Balance", "Bank text", "File", *(["Booked as"] if foreign else [])),
        ["Amount", "Balance"],
        {
            "Date": st.column_config.DateColumn(format="MMM D, YYYY", width=96),
            "Payee": st.column_config.TextColumn(width=190),
            "Amount": st.column_config.NumberColumn(width=96, alignment="right"),
            "Balance": st.column_config.NumberColumn(width=104, alignment="right"),
            "Bank text": st.column_config.TextColumn(width=390),
            "File": st.column_config.TextColumn(width=260),
            "Booked as": st.column_config.TextColumn(width=110, alignment="right"),
        },
        currency=currency,
        most=25,
    )


def _turn(stack: list[LedgerKey | None], after: LedgerKey | None) -> None:
    with st.container(horizontal=True):
        st.button("Earlier lines", key="reports_back", disabled=len(stack) == 1, on_click=_back, args=(stack,))
        st.button("Later lines", key="reports_on", disabled=after is None, on_click=stack.append, args=(after,))


def _back(stack: list[LedgerKey | None]) -> None:
    stack.pop()
