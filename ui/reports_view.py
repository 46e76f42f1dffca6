"""How the financial statements are laid out: as rows for a table and for a download."""

from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pandas as pd
import streamlit as st

from core.access.roles import Caller
from core.metrics.general_ledger import LedgerKey, general_ledger
from core.metrics.statements import BalanceSheet, ProfitAndLoss, TrialBalance, WaitingTotal
from core.money import to_decimal
from core.period import Period
from db.engine import snapshot
from ui.frame import empty
from ui.pickers import pick_account
from ui.tables import frame, table
from ui.words import count, money

MONTHS_SHOWN = 12
SPANS = ("This month", "Last month", "This year", "Last year", "All", "Days")
AFTER = "reports_after"  # where the pages of the general ledger begin


def pick_period(today: date, year_start: int, first_on: date, last_on: date) -> Period:
    """A span of days; "All" is from the first to the last booked day."""
    chosen = st.segmented_control(
        "Period", list(SPANS), default="All", required=True, key="reports_span", label_visibility="collapsed"
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
            return Period(year_from, max(today, year_from))
        case "Last year":
            return Period(year_from.replace(year=year_from.year - 1), year_from - timedelta(days=1))
        case "Days":
            return _days(first_on, last_on)
    return Period(first_on, last_on)


def _days(first_on: date, last_on: date) -> Period:
    picked = st.date_input("From and to", (first_on, last_on), key="reports_days", label_visibility="collapsed")
    ends = picked if isinstance(picked, tuple) else (picked,)
    return Period(min(ends), max(ends)) if ends else Period(first_on, last_on)


def waiting_note(waiting: list[WaitingTotal]) -> None:
    """What is in none of the figures, in the same breath as the figures."""
    for total in waiting:
        st.info(
            f"Not in these figures: {count(total.lines, 'line')} that wait for review, "
            f"{money(total.money_in_minor, total.currency, sign=True)} in and "
            f"{money(total.money_out_minor, total.currency, sign=True)} out.",
            icon=":material/checklist:",
        )


def profit_rows(report: ProfitAndLoss) -> pd.DataFrame:
    """One row an account, with sums; the last twelve months as columns, then the total. Amounts in minor units."""
    months = report.months[-MONTHS_SHOWN:] if len(report.months) > 1 else ()
    names = [f"{month.first_on:%b %y}" for month in months]
    rows: list[tuple[str | int, ...]] = []
    for heading, lines in (("Revenue", report.revenue), ("Expenses", report.expense)):
        for line in lines:
            rows.append(
                (f"{line.code} {line.name}", *line.by_month[len(line.by_month) - len(names) :], line.total_minor)
            )
        sums = [sum(line.by_month[at] for line in lines) for at in range(len(report.months))]
        rows.append((f"{heading}, total", *sums[len(sums) - len(names) :], sum(line.total_minor for line in lines)))
    by_month = report.profit_by_month()
    rows.append(("Profit", *by_month[len(by_month) - len(names) :], report.profit_minor))
    return frame(rows, "Account", *names, "Total")


def balance_rows(report: BalanceSheet) -> pd.DataFrame:
    """Assets, liabilities and equity with their sums, in minor units."""
    rows: list[tuple[str, int]] = []
    for title, accounts, total in (
        ("Assets", report.assets, report.assets_minor),
        ("Liabilities", report.liabilities, report.liabilities_minor),
    ):
        rows += [(f"{row.code} {row.name}", row.natural_minor) for row in accounts]
        rows.append((f"{title}, total", total))
    rows += [(f"{row.code} {row.name}", row.natural_minor) for row in report.equity]
    rows.append(("Results of earlier years", report.earlier_results_minor))
    rows.append(
        (f"Result since {report.fiscal_year_from:%b} {report.fiscal_year_from.day}", report.current_result_minor)
    )
    rows.append(("Equity, total", report.equity_minor))
    rows.append(("Liabilities and equity, total", report.liabilities_minor + report.equity_minor))
    return frame(rows, "Account", "Balance")


def trial_rows(report: TrialBalance) -> pd.DataFrame:
    """Debit and credit balances with their sums, in minor units."""
    rows = [
        (f"{row.code} {row.name}", max(row.sum_minor, 0), max(-row.sum_minor, 0))
        for row in report.rows
        if row.sum_minor
    ]
    rows.append(("Total", report.debit_minor, report.credit_minor))
    return frame(rows, "Account", "Debit", "Credit")


def show_report(data: pd.DataFrame, currency: str, name: str) -> None:
    """The table, and the same as CSV and Excel with amounts in units of the currency."""
    amounts = [column for column in data.columns if column != "Account"]
    widths = {column: st.column_config.NumberColumn(width=104, alignment="right") for column in amounts}
    widths["Account"] = st.column_config.TextColumn(width=240)
    table(data, (), widths, quiet=amounts, currency=currency, most=40)
    plain = data.copy()
    for column in amounts:
        plain[column] = pd.Series([to_decimal(int(minor), currency) for minor in data[column]], dtype=object)
    with st.container(horizontal=True):
        st.download_button("CSV", plain.to_csv(index=False), f"{name}.csv", "text/csv", icon=":material/download:")
        st.download_button("Excel", _excel(plain), f"{name}.xlsx", icon=":material/download:")


def _excel(data: pd.DataFrame) -> bytes:
    """An Excel file; a spreadsheet keeps numbers as binary fractions, so amounts are rounded by their format."""
    block = BytesIO()
    with pd.ExcelWriter(block, engine="openpyxl") as writer:
        data.to_excel(writer, index=False, sheet_name="Report")
        sheet = writer.sheets["Report"]
        sheet.column_dimensions["A"].width = 38
        for row in sheet.iter_rows(min_row=2, min_col=2):
            for cell in row:
                cell.number_format = "#,##0.00"
    return block.getvalue()


def show_ledger(caller: Caller, company_id: UUID, options: dict[UUID, str], period: Period, currency: str) -> None:
    """One account line by line with its running balance, a page at a time, each with the file it came from."""
    account_id = pick_account("Account", options, key="reports_account")
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
    st.caption(f"Balance before: {money(page.opening_minor, currency)}")
    rows = [
        (
            line.key.booked_on,
            line.counterparty or line.memo,
            line.amount_minor,
            line.balance_minor,
            line.description,
            line.file_name,
        )
        for line in page.lines
    ]
    table(
        frame(rows, "Date", "Payee", "Amount", "Balance", "Bank text", "File"),
        ["Amount", "Balance"],
        {
            "Date": st.column_config.DateColumn(format="MMM D, YYYY", width=96),
            "Payee": st.column_config.TextColumn(width=190),
            "Amount": st.column_config.NumberColumn(width=104, alignment="right"),
            "Balance": st.column_config.NumberColumn(width=110, alignment="right"),
            "Bank text": st.column_config.TextColumn(width=330),
            "File": st.column_config.TextColumn(width=240),
        },
        currency=currency,
        most=25,
    )
    with st.container(horizontal=True):
        st.button("Earlier lines", key="reports_back", disabled=len(stack) == 1, on_click=_back)
        st.button(
            "Later lines",
            key="reports_on",
            disabled=page.next_after is None,
            on_click=stack.append,
            args=(page.next_after,),
        )


def _back() -> None:
    st.session_state[AFTER].pop()
