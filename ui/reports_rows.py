"""The financial statements as rows: for the table on the page and for the files that are taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal
from uuid import UUID

import pandas as pd

from core.exporting.spreadsheet_text import harmless
from core.metrics.statements import AccountSum, BalanceSheet, ProfitAndLoss, ProfitLine, TrialBalance
from core.money import minor_digits, to_decimal
from core.period import Period
from ui.tables import frame

Columns = Literal["Months", "Quarters", "Years", "Total"]
LENGTHS: dict[Columns, int] = {"Months": 1, "Quarters": 3, "Years": 12}
ACCOUNT = "Account"


@dataclass(frozen=True)
class Sheet:
    """A statement laid out: the first column names, all others hold minor units.

    `totals` are the positions of rows that are sums; `accounts` says of each row whose account it is, None for sums.
    """

    data: pd.DataFrame
    totals: tuple[int, ...]
    accounts: tuple[UUID | None, ...]

    @property
    def amounts(self) -> list[str]:
        return [str(name) for name in self.data.columns if name != ACCOUNT]


def usual_columns(months: int) -> Columns:
    """What fits a wide screen without scrolling."""
    if months <= 1:
        return "Total"
    return "Months" if months <= 6 else "Quarters" if months <= 24 else "Years"


def profit_sheet(report: ProfitAndLoss, columns: Columns, year_start: int) -> Sheet:
    """A row an account with sums; the total first, then the columns, which always add up to it.

    Args:
        year_start: the month with which quarters and years begin.
    """
    spans = _moved(report, _spans(report.months, LENGTHS[columns], year_start)) if columns in LENGTHS else []
    rows: list[tuple[UUID | None, str, int, list[int]]] = []
    totals: list[int] = []
    for heading, lines in (("Revenue", report.revenue), ("Expenses", report.expense)):
        rows += [(line.account_id, f"{line.code} {line.name}", line.total_minor, list(line.by_month)) for line in lines]
        totals.append(len(rows))
        rows.append((None, f"{heading}, total", sum(line.total_minor for line in lines), _by_month(report, lines)))
    totals.append(len(rows))
    rows.append((None, "Profit", report.profit_minor, list(report.profit_by_month())))
    cells = [(name, total, *(sum(by_month[first:end]) for first, end in spans)) for _, name, total, by_month in rows]
    names = [_span_name(report.months[first:end]) for first, end in spans]
    return Sheet(frame(cells, ACCOUNT, "Total", *names), tuple(totals), tuple(row[0] for row in rows))


def balance_sheet_rows(report: BalanceSheet) -> Sheet:
    """Assets, liabilities and equity with their sums."""
    since = f"Result since {report.fiscal_year_from:%b} {report.fiscal_year_from.day}, {report.fiscal_year_from.year}"
    results = [("Results of earlier years", report.earlier_results_minor), (since, report.current_result_minor)]
    rows: list[tuple[UUID | None, str, int]] = []
    totals: list[int] = []
    parts: tuple[tuple[str, Sequence[AccountSum], list[tuple[str, int]], int], ...] = (
        ("Assets, total", report.assets, [], report.assets_minor),
        ("Liabilities, total", report.liabilities, [], report.liabilities_minor),
        ("Equity, total", report.equity, results, report.equity_minor),
    )
    for title, accounts, more, total in parts:
        rows += [(row.account_id, f"{row.code} {row.name}", row.natural_minor) for row in accounts]
        rows += [(None, name, minor) for name, minor in more]
        totals.append(len(rows))
        rows.append((None, title, total))
    totals.append(len(rows))
    rows.append((None, "Liabilities and equity, total", report.liabilities_minor + report.equity_minor))
    return Sheet(frame([row[1:] for row in rows], ACCOUNT, "Balance"), tuple(totals), tuple(row[0] for row in rows))


def trial_sheet(report: TrialBalance) -> Sheet:
    """Debit and credit balances with their sums."""
    shown = [row for row in report.rows if row.sum_minor]
    rows = [(f"{row.code} {row.name}", max(row.sum_minor, 0), max(-row.sum_minor, 0)) for row in shown]
    rows.append(("Total", report.debit_minor, report.credit_minor))
    return Sheet(frame(rows, ACCOUNT, "Debit", "Credit"), (len(shown),), (*(row.account_id for row in shown), None))


def csv_file(sheet: Sheet, currency: str) -> bytes:
    """Amounts in plain notation with a point. It begins with the mark by which Excel knows UTF-8."""
    plain = _plain(sheet, currency)
    plain[ACCOUNT] = plain[ACCOUNT].map(harmless)
    return plain.to_csv(index=False).encode("utf-8-sig")


def excel_file(sheet: Sheet, currency: str, title: str) -> bytes:
    """One worksheet; sums are bold. Spreadsheets keep binary fractions, the number format rounds them."""
    from openpyxl.styles.fonts import Font

    block = BytesIO()
    digits = minor_digits(currency)
    with pd.ExcelWriter(block, engine="openpyxl") as writer:
        _plain(sheet, currency).to_excel(writer, index=False, sheet_name=title)
        page = writer.sheets[title]
        page.freeze_panes = "B2"
        page.column_dimensions["A"].width = 40
        for at, cells in enumerate(page.iter_rows(min_row=2)):
            for cell in cells:
                cell.font = Font(bold=at in sheet.totals)  # type: ignore[no-untyped-call]
                if cell.column > 1:
                    cell.number_format = "#,##0" + ("." + "0" * digits if digits else "")
                    page.column_dimensions[cell.column_letter].width = 15
    return block.getvalue()


def _plain(sheet: Sheet, currency: str) -> pd.DataFrame:
    plain = sheet.data.copy()
    for column in sheet.amounts:
        plain[column] = pd.Series([to_decimal(int(minor), currency) for minor in plain[column]], dtype=object)
    return plain


def _by_month(report: ProfitAndLoss, lines: Sequence[ProfitLine]) -> list[int]:
    return [sum(line.by_month[at] for line in lines) for at in range(len(report.months))]


def _spans(months: Sequence[Period], length: int, year_start: int) -> list[tuple[int, int]]:
    """Where each column begins and ends among the months; the first and the last may be shorter than the others."""
    places = [(month.first_on.year * 12 + month.first_on.month - year_start) // length for month in months]
    starts = [at for at, place in enumerate(places) if at == 0 or place != places[at - 1]]
    return list(zip(starts, [*starts[1:], len(places)], strict=True))


def _moved(report: ProfitAndLoss, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the columns at both ends in which nothing was booked, such as the day of an opening balance."""
    lines = (*report.revenue, *report.expense)
    full = [at for at, (first, end) in enumerate(spans) if any(any(line.by_month[first:end]) for line in lines)]
    return spans[full[0] : full[-1] + 1] if full else []


def _span_name(months: Sequence[Period]) -> str:
    """Oct 24, or Oct to Dec 24, or Oct 24 to Sep 25."""
    first, last = months[0].first_on, months[-1].first_on
    if first == last:
        return f"{first:%b %y}"
    return f"{first:%b} to {last:%b %y}" if first.year == last.year else f"{first:%b %y} to {last:%b %y}"
