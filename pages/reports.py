"""Reports: profit and loss, balance sheet, trial balance and general ledger, straight from the ledger."""

from datetime import UTC, date, datetime

import streamlit as st

from core.metrics.statements import (
    balance_sheet,
    booked_days,
    ledger_currencies,
    profit_and_loss,
    trial_balance,
    waiting_totals,
)
from core.period import Period
from db.engine import snapshot
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.ledger_downloads import ledger_downloads
from ui.reports_rows import Columns, balance_sheet_rows, profit_sheet, trial_sheet
from ui.reports_view import (
    BALANCE,
    KIND,
    LEDGER,
    PROFIT,
    TRIAL,
    pick_columns,
    pick_period,
    show_ledger,
    show_sheet,
    waiting_note,
)
from ui.words import day, span

actions = open_page("Reports", "What is posted; what still waits for review is said beside it", "reports")
place = here("reports")
caller, company = place.caller, place.company
with refusals_shown():
    with snapshot() as session:
        currencies = ledger_currencies(session, caller, company.id)
        booked = booked_days(session, caller, company.id)
    if not booked:
        empty("table_chart", "Nothing is posted yet", "Upload a bank file, then decide what waits under Review.")
        st.stop()
    ledger_downloads(actions, place)
    currency = currencies[0]
    if len(currencies) > 1:
        currency = actions.selectbox("Currency", currencies, key="reports_currency", label_visibility="collapsed",
                                     width=90)  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="tools_reports", gap="small"):
        st.session_state.setdefault(KIND, PROFIT)  # a click on a figure sets it, too
        kind = st.segmented_control("Report", [PROFIT, BALANCE, TRIAL, LEDGER], required=True, key=KIND,
                                    label_visibility="collapsed")  # fmt: skip
        today = datetime.now(UTC).date()
        period = pick_period(today, company.fiscal_year_start, booked.first_on, booked.last_on)
    columns: Columns = "Total"
    if kind == PROFIT:
        with actions:
            columns = pick_columns(len(period.months()))
    flows = kind in (PROFIT, LEDGER)
    when = span(period.first_on, period.last_on) if flows else f"At the end of {day(period.last_on, year=True)}"
    st.caption(f"{when} · amounts in {currency}")
    with snapshot() as session:
        behind = period if flows else Period(date.min, period.last_on)
        waiting_note(waiting_totals(session, caller, company.id, behind))
        if kind == PROFIT:
            report = profit_and_loss(session, caller, company.id, period, currency=currency)
            sheet = profit_sheet(report, columns, company.fiscal_year_start)
        elif kind == BALANCE:
            sheet = balance_sheet_rows(balance_sheet(session, caller, company.id, period.last_on, currency=currency))
        elif kind == TRIAL:
            sheet = trial_sheet(trial_balance(session, caller, company.id, period.last_on, currency=currency))
    if kind == LEDGER:
        show_ledger(caller, company.id, period, currency)
    elif not any(sheet.accounts):
        empty("table_chart", "Nothing is posted in this period", "Choose a longer period above.")
    else:
        name = f"{company.slug}_{kind.lower().replace(' ', '_')}_{period.first_on}_{period.last_on}"
        show_sheet(sheet, currency, kind, name)
