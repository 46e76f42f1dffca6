"""Reports: profit and loss, balance sheet, trial balance and general ledger, straight from the ledger."""

from datetime import UTC, datetime

import streamlit as st

from core.metrics.statements import (
    balance_sheet,
    booked_days,
    ledger_currencies,
    profit_and_loss,
    trial_balance,
    waiting_totals,
)
from db.engine import snapshot
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.pickers import account_options
from ui.reports_view import (
    balance_rows,
    pick_period,
    profit_rows,
    show_ledger,
    show_report,
    trial_rows,
    waiting_note,
)

PROFIT, BALANCE, TRIAL, LEDGER = "Profit and loss", "Balance sheet", "Trial balance", "General ledger"

actions = open_page("Reports", "What is posted; what still waits for review is said beside it", "reports")
place = here("reports")
caller, company = place.caller, place.company
with refusals_shown():
    with snapshot() as session:
        currencies = ledger_currencies(session, caller, company.id)
        booked = booked_days(session, caller, company.id)
    with actions:
        currency = st.selectbox("Currency", currencies, key="reports_currency", label_visibility="collapsed", width=90)
    with st.container(horizontal=True, vertical_alignment="center", key="tools_reports", gap="small"):
        kind = st.segmented_control(
            "Report", [PROFIT, BALANCE, TRIAL, LEDGER], default=PROFIT, required=True, key="reports_kind",
            label_visibility="collapsed",
        )  # fmt: skip
        if booked:
            today = datetime.now(UTC).date()
            period = pick_period(today, company.fiscal_year_start, booked.first_on, booked.last_on)
    if not booked:
        empty("table_chart", "Nothing is posted yet", "Upload a bank file, then decide what waits under Review.")
        st.stop()
    name = f"{company.slug}_{kind.lower().replace(' ', '_')}_{period.first_on}_{period.last_on}"
    with snapshot() as session:
        waiting_note(waiting_totals(session, caller, company.id, period))
        if kind == PROFIT:
            rows = profit_rows(profit_and_loss(session, caller, company.id, period, currency=currency))
        elif kind == BALANCE:
            rows = balance_rows(balance_sheet(session, caller, company.id, period.last_on, currency=currency))
        elif kind == TRIAL:
            rows = trial_rows(trial_balance(session, caller, company.id, period.last_on, currency=currency))
    if kind == LEDGER:
        show_ledger(caller, company.id, account_options(caller, company.id, bookable=False), period, currency)
    else:
        show_report(rows, currency, name)
