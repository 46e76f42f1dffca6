"""The Reports page: its figures are those of the ledger's lines, added up here once more in plain Python."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.metrics.statements import balance_sheet, profit_and_loss, trial_balance
from core.period import Period
from db.engine import snapshot, unit_of_work
from models import AccountRole, AccountType, Role
from tests import builders
from tests.unit.posting.cases import waiting
from ui import identity, reports_rows, reports_view
from ui.tables import frame

PAGE = Path(__file__).parents[2] / "pages/reports.py"


@pytest.fixture
def books(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> builders.Books:
    with unit_of_work() as session:
        owned = builders.books(session, name="Hamilton Coffee Co.", slug="hamilton", fiscal_year_start=4)
        person = builders.user(session, display_name="Dana Whitfield")
    caller = Caller(person.id, person.display_name, Via.PAGE, {owned.company_id: Role.BOOKKEEPER}, page="reports")
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, owned.company))
    return owned


def book(session, books, on: date, amount_minor: int, account, **given):
    line = builders.transaction(session, books, booked_on=on, amount_minor=amount_minor, **given)
    lines = [(books.bank, amount_minor), (account, -amount_minor)]
    return builders.entry(session, books, transaction=line, lines=lines, posted=True)


@pytest.fixture
def year(books) -> builders.Books:
    """A year and a half with revenue, two expenses, owner's money, something taken back and something that waits."""
    with unit_of_work() as session:
        rent = builders.account(session, books.company_id, code="6100", name="Rent")
        owner = builders.account(
            session, books.company_id, code="3000", name="Owner", type=AccountType.EQUITY, role=AccountRole.OWNER
        )
        book(session, books, date(2024, 1, 2), 5_000_000, owner)
        for month in range(1, 13):
            book(session, books, date(2024, month, 28), 100_007 * month, books.revenue)
            book(session, books, date(2024, month, 1), -80_000, rent)
        book(session, books, date(2025, 6, 30), -1_999, books.expense, counterparty="adobe", description="ADOBE *42")
        wrong = book(session, books, builders.DAY, -70_000, rent)
        builders.reversal(session, books, wrong, [(books.bank, 70_000), (rent, -70_000)])
        waiting(session, books, amount_minor=-4_200, booked_on=date(2024, 3, 1))
        waiting(session, books, amount_minor=900, booked_on=date(2024, 3, 2), account=books.revenue)
    return books


def ledger() -> list[SimpleNamespace]:
    """Every posted line as plain values, without a sum of the database's."""
    with snapshot() as session:
        rows = session.execute(
            text(
                "SELECT e.booked_on, a.code, a.name, a.type, l.amount_minor FROM journal_lines l"
                " JOIN journal_entries e ON e.id = l.entry_id JOIN accounts a ON a.id = l.account_id"
                " WHERE e.status IN ('posted', 'reversed')"
            )
        ).all()
    return [
        SimpleNamespace(on=date.fromisoformat(str(r[0])), account=f"{r[1]} {r[2]}", type=r[3], minor=r[4]) for r in rows
    ]


def opened(**state: object) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20)
    for key, value in state.items():
        page.session_state[key] = value
    page.run()
    assert not page.exception, page.exception
    assert not page.error, page.error
    return page


def figures(page: AppTest) -> dict[str, list[int]]:
    data = page.dataframe[0].value
    return {row[0]: [int(value) for value in row[1:]] for row in data.itertuples(index=False)}


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind))


def notes(page: AppTest) -> list[str]:
    return [note.value.replace("\\", "") for note in page.info]


# --- figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["Months", "Quarters", "Years", "Total"])
def test_profit_and_loss_agrees_with_the_posted_lines_in_every_division(year, columns):
    page = opened(reports_columns_Quarters=columns)
    shown = figures(page)
    sums: dict[str, int] = defaultdict(int)
    for line in ledger():
        if line.type in ("revenue", "expense"):
            sums[line.account] += line.minor if line.type == "expense" else -line.minor
    assert {name: row[0] for name, row in shown.items() if name[:4].isdigit()} == sums
    assert shown["Profit"][0] == -sum(line.minor for line in ledger() if line.type in ("revenue", "expense"))
    assert shown["Profit"][0] == shown["Revenue, total"][0] - shown["Expenses, total"][0]
    names = list(page.dataframe[0].value.columns)[2:]
    assert len(names) == {"Months": 18, "Quarters": 6, "Years": 3, "Total": 0}[columns]
    if names:
        assert all(sum(row[1:]) == row[0] for row in shown.values())


def test_columns_follow_the_fiscal_year_and_say_which_months_they_hold(year):
    page = opened()
    assert list(page.dataframe[0].value.columns)[2:4] == ["Jan to Mar 24", "Apr to Jun 24"]
    rent = figures(page)["6100 Rent"]
    assert rent[1:3] == [240_000, 240_000]
    page = opened(reports_columns_Quarters="Years")
    assert list(page.dataframe[0].value.columns)[2:] == ["Jan to Mar 24", "Apr 24 to Mar 25", "Apr to Jun 25"]


def test_the_balance_sheet_agrees_with_the_posted_lines_and_balances(year):
    shown = figures(opened(reports_kind=reports_view.BALANCE))
    of = lambda *types: sum(line.minor for line in ledger() if line.type in types)  # noqa: E731
    assert shown["1000 Bank"] == shown["Assets, total"] == [of("asset")]
    assert shown["3000 Owner"] == [-of("equity")]
    this_year = -sum(x.minor for x in ledger() if x.type in ("revenue", "expense") and x.on >= date(2025, 4, 1))
    assert shown["Result since Apr 1, 2025"] == [this_year] == [-1_999]
    assert shown["Results of earlier years"] == [-of("revenue", "expense") - this_year]
    assert shown["Liabilities and equity, total"] == shown["Assets, total"]


def test_the_trial_balance_agrees_with_the_posted_lines_and_is_even(year):
    shown = figures(opened(reports_kind=reports_view.TRIAL))
    sums: dict[str, int] = defaultdict(int)
    for line in ledger():
        sums[line.account] += line.minor
    expected = {name: [max(minor, 0), max(-minor, 0)] for name, minor in sums.items() if minor}
    assert {name: row for name, row in shown.items() if name != "Total"} == expected
    assert shown["Total"][0] == shown["Total"][1] > 0


def test_a_period_holds_only_its_days(year):
    page = opened(reports_span="Days", reports_days=(date(2024, 2, 1), date(2024, 2, 29)))
    assert figures(page)["Profit"] == [2 * 100_007 - 80_000]
    assert "Feb 1 to 29, 2024 · amounts in USD" in told(page)
    assert page.info == []  # what waits is of March


def test_what_waits_is_said_beside_the_figures_also_before_the_period_of_a_balance(year):
    words = "Not in these figures: 2 lines wait for review, $9.00 in and $42.00 out."
    assert notes(opened()) == [words]
    days = {"reports_span": "Days", "reports_days": (date(2024, 6, 1), date(2024, 6, 30))}
    assert opened(**days).info == []
    assert notes(opened(reports_kind=reports_view.BALANCE, **days)) == [words]


def test_the_general_ledger_shows_each_line_with_its_bank_text_and_file(year):
    page = opened(reports_kind=reports_view.LEDGER, reports_account=year.expense.id)
    data = page.dataframe[0].value
    assert data[["Payee", "Amount", "Balance", "Bank text"]].values.tolist() == [["adobe", 1_999, 1_999, "ADOBE *42"]]
    assert data["File"][0].startswith("statement-")
    page = opened(reports_kind=reports_view.LEDGER, reports_account=year.bank.id)
    data = page.dataframe[0].value
    lines = sorted((line.on, line.minor) for line in ledger() if line.account == "1000 Bank")
    assert sorted(zip(data["Date"], data["Amount"], strict=True)) == lines
    assert data["Balance"].iloc[-1] == sum(minor for _, minor in lines)


def test_an_account_that_was_switched_off_keeps_its_ledger(year):
    with unit_of_work() as session:
        session.get_one(type(year.expense), year.expense.id).is_active = False
    page = opened(reports_kind=reports_view.LEDGER)
    assert "6300 Software Subscriptions" in page.selectbox(key="reports_account").options


# --- nothing to show --------------------------------------------------------------------------


def test_books_without_a_posted_line_say_what_to_do(books):
    page = opened()
    assert "Nothing is posted yet" in told(page)
    assert page.dataframe == []


def test_an_empty_period_says_how_to_see_more(year):
    page = opened(reports_span="Days", reports_days=(date(2020, 1, 1), date(2020, 1, 31)))
    assert "Nothing is posted in this period" in told(page)
    page = opened(reports_kind=reports_view.LEDGER)
    assert "Choose an account" in told(page)


def test_a_bug_shows_a_number_and_no_figures(year, monkeypatch):
    monkeypatch.setattr("core.metrics.statements.profit_and_loss", lambda *_, **__: 1 // 0)
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert "Tell your administrator the number" in page.error[0].value
    assert page.dataframe == []


# --- files ------------------------------------------------------------------------------------


def sheets(books) -> dict[str, reports_rows.Sheet]:
    caller, span = builders.caller(books.company_id), Period(date(2024, 1, 1), date(2025, 6, 30))
    with snapshot() as session:
        profit = profit_and_loss(session, caller, books.company_id, span)
        return {
            "Profit and loss": reports_rows.profit_sheet(profit, "Quarters", 4),
            "Balance sheet": reports_rows.balance_sheet_rows(
                balance_sheet(session, caller, books.company_id, span.last_on)
            ),
            "Trial balance": reports_rows.trial_sheet(trial_balance(session, caller, books.company_id, span.last_on)),
        }


def test_the_csv_file_holds_the_same_amounts_exactly(year):
    for sheet in sheets(year).values():
        block = reports_rows.csv_file(sheet, "USD")
        assert block.startswith(b"\xef\xbb\xbf")
        read = pd.read_csv(StringIO(block.decode("utf-8-sig")), dtype=str)
        assert list(read.columns) == list(sheet.data.columns)
        assert list(read["Account"]) == list(sheet.data["Account"])
        for column in sheet.amounts:
            assert [int(Decimal(cell) * 100) for cell in read[column]] == list(sheet.data[column])
            assert all(len(cell.partition(".")[2]) == 2 for cell in read[column])


def test_no_account_name_is_a_formula_in_the_csv_file():
    sheet = reports_rows.Sheet(frame([("=HYPERLINK(1)", 100)], "Account", "Balance"), (), (None,))
    assert b"'=HYPERLINK(1),1.00" in reports_rows.csv_file(sheet, "USD")


@pytest.mark.parametrize(("currency", "unit", "style"), [("USD", 100, "#,##0.00"), ("JPY", 1, "#,##0")])
def test_the_excel_file_holds_numbers_and_bold_sums(year, currency, unit, style):
    for title, sheet in sheets(year).items():
        page = load_workbook(BytesIO(reports_rows.excel_file(sheet, currency, title)))[title]
        head, *rows = page.iter_rows()
        assert [cell.value for cell in head] == list(sheet.data.columns)
        assert len(rows) == len(sheet.data)
        for at, cells in enumerate(rows):
            assert [round(cell.value * unit) for cell in cells[1:]] == list(sheet.data.iloc[at, 1:])
            assert {cell.number_format for cell in cells[1:]} == {style}
            assert cells[0].font.bold == (at in sheet.totals)


def test_the_files_can_be_taken_from_the_page(year):
    names = [each.proto.label for each in opened().get("download_button")]
    assert names[-2:] == ["CSV", "Excel"]


# --- drilling ---------------------------------------------------------------------------------


def test_a_click_on_a_figure_opens_its_account_and_on_a_sum_nothing(year, monkeypatch):
    sheet = sheets(year)["Trial balance"]
    state: dict[str, object] = {}
    monkeypatch.setattr(reports_view.st, "session_state", state)
    for row, account in enumerate(sheet.accounts):
        state.clear()
        state[reports_view.TABLE] = {"selection": {"cells": [(row, "Debit")], "rows": [], "columns": []}}
        reports_view._to_ledger(sheet)
        assert state.get("reports_account") == account
        assert state.get("reports_kind") == (reports_view.LEDGER if account else None)
    assert sheet.accounts[-1] is None
