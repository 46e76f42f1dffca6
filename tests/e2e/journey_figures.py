"""The chapter of the manager: figures on the pages against sums over the database file."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.journey_books import IN_LEDGER, Books
from tests.e2e.screen import WAIT, go_to, ready

CELL = re.compile(r"glide-cell-(\d+)-(\d+)")


def cells(table: Locator) -> list[list[str]]:
    """What a table holds, row by row, as far as it is on the screen; amounts in minor units."""
    found: dict[int, dict[int, str]] = {}
    marked = "nodes => nodes.map(node => [node.dataset.testid, node.textContent])"
    for name, text in table.locator("[data-testid^=glide-cell]").evaluate_all(marked):
        if place := CELL.fullmatch(name):
            found.setdefault(int(place[2]), {})[int(place[1])] = text
    return [[row[column] for column in sorted(row)] for _, row in sorted(found.items())]


def report(page: Page, name: str, last_row: str) -> dict[str, list[int]]:
    """Open a report; row name → its amounts in minor units."""
    page.get_by_role("radio", name=name).click()
    expect(page.get_by_role("radio", name=name)).to_be_checked()
    table = page.get_by_test_id("stDataFrame")
    expect(table.locator("[data-testid^=glide-cell-0-]").filter(has_text=last_row)).to_have_count(1, timeout=WAIT)
    ready(page)
    return {row[0]: [int(amount or 0) for amount in row[1:]] for row in cells(table)}


def reports_agree(page: Page, books: Books) -> None:
    """Profit and loss, trial balance and balance sheet of everything that is posted."""
    revenue, expense = -books.ledger_sum("revenue"), books.ledger_sum("expense")
    go_to(page, "Reports")
    profit = report(page, "Profit and loss", "Profit")
    assert profit["Revenue, total"][0] == revenue != 0
    assert profit["Expenses, total"][0] == expense != 0
    assert profit["Profit"][0] == revenue - expense
    trial = report(page, "Trial balance", "Total")
    ((debit, credit),) = books.rows(
        "select sum(max(total, 0)), sum(max(-total, 0)) from (select sum(line.amount_minor) as total"
        " from journal_lines line join journal_entries entry on entry.id = line.entry_id"
        f" where {IN_LEDGER} group by line.account_id)"
    )
    assert trial.pop("Total") == [debit, credit]
    assert debit == credit
    assert sum(debited - credited for debited, credited in trial.values()) == 0
    sheet = report(page, "Balance sheet", "Liabilities and equity, total")
    assert sheet["Assets, total"] == [books.ledger_sum("asset")] == sheet["Liabilities and equity, total"]


def cards(page: Page, key: str) -> dict[str, tuple[str, str]]:
    """Key figures: label → figure and what it is measured on."""
    metrics = page.locator(f".st-key-{key}").get_by_test_id("stMetric")
    return {
        one.get_by_test_id("stMetricLabel").inner_text(): (
            one.get_by_test_id("stMetricValue").inner_text(),
            one.get_by_test_id("stMetricDelta").inner_text(),
        )
        for one in metrics.all()
    }


def share(part: int, whole: int) -> tuple[str, str]:
    """How the pages write a measured rate."""
    return f"{100 * part / whole:.1f}%", f"{part:,} of {whole:,} line{'' if whole == 1 else 's'}"


def year_of_lines(books: Books) -> tuple[str, str]:
    """First and last day of the twelve months that end with the month of the latest bank line."""
    ((first_on, last_on),) = books.rows(
        "select date(max(booked_on), 'start of month', '-11 months'),"
        " date(max(booked_on), 'start of month', '+1 month', '-1 day') from transactions"
    )
    return first_on, last_on


def metrics_agree(page: Page, books: Books) -> None:
    """What was booked alone and what is reconciled, of the bank lines of the last twelve months."""
    days = year_of_lines(books)
    total = books.one("select count(*) from transactions where booked_on between ? and ?", *days)
    alone = books.one(
        "select count(*) from transactions line join journal_entries entry on entry.transaction_id = line.id"
        " where line.booked_on between ? and ? and entry.auto_approved and entry.status = 'posted'",
        *days,
    )
    proved = books.one(
        "select count(*) from transactions line join journal_entries entry on entry.transaction_id = line.id"
        " join reconciliations proof on proof.bank_account_id = line.bank_account_id"
        " and line.booked_on between proof.first_on and proof.last_on and proof.status = 'closed'"
        " where line.booked_on between ? and ? and entry.status = 'posted'",
        *days,
    )
    go_to(page, "Metrics")
    shown = cards(page, "metrics_figures")
    assert shown["Booked alone"] == share(alone, total)
    assert shown["Reconciled"] == share(proved, total)
    assert proved > 0


def audit_log_is_whole(page: Page, books: Books) -> None:
    """The page computed every hash again; it counts the events that the file holds of the company."""
    events = books.one("select count(*) from audit_events where company_id is not null")
    go_to(page, "Audit log")
    expect(page.get_by_text(f"Chain proved, {events} events")).to_be_visible(timeout=WAIT)


def sign_out(page: Page) -> None:
    """From the menu under the person's name; what was open before is shut."""
    page.locator(".st-key-whoami").get_by_role("button").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"), timeout=WAIT)
    page.goto("/reports")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Freports$"))
