"""The page Recurring: what needs a look first, and what to do where there is nothing."""

from datetime import date
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.recurring.reading import bank_names, recurring_series
from db.engine import snapshot, unit_of_work
from models import Role
from tests import builders
from tests.ui.conftest import SignIn
from ui.recurring_view import in_order, series_csv

PAGE = Path(__file__).parents[2] / "pages/recurring.py"


def opened() -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert not page.exception, page.exception
    return page


def store(books: builders.Books, who: str, amounts: list[int]) -> None:
    with unit_of_work() as session:
        for month, minor in enumerate(amounts, start=1):
            day = date(2025, month, 3)
            builders.transaction(session, books, booked_on=day, counterparty=who, amount_minor=minor)


def test_missing_and_changed_series_come_first_and_are_told_in_a_sentence(
    books: builders.Books, sign_in_as: SignIn
) -> None:
    store(books, "=Adobe", [-2_000] * 6)
    store(books, "Landlord", [-100_000] * 5)
    store(books, "Insurer", [-30_000] * 5 + [-33_000])
    with unit_of_work() as session:
        file = builders.statement_file(session, books)
        builders.reconciliation(session, books, file, first_on=date(2025, 1, 1), last_on=date(2025, 6, 30))
    sign_in_as(Role.REVIEWER, books.company_id)
    page = opened()
    shown = page.dataframe[0].value
    assert shown["Counterparty"].tolist() == ["Landlord", "Insurer", "=Adobe"]
    assert shown["State"].tolist() == [["Missing"], ["Changed"], ["As usual"]]
    told = [element.value for element in page.markdown]
    assert any(r"Landlord: about \$1,000.00 expected on Jun 3, 2025 did not come" in text for text in told)
    assert any(r"Insurer: \$330.00 on Jun 3, 2025, usually \$300.00." in text for text in told)
    assert page.caption[-1].value == "3 series, 1 missing, 1 changed."
    with snapshot() as session:
        caller = builders.caller(books.company_id)
        series = in_order(recurring_series(session, caller, books.company_id, today=date(2025, 11, 20)))
        rows = series_csv(series, bank_names(session, caller, books.company_id)).decode("utf-8-sig").splitlines()
    assert rows[1] == (
        "missing,Landlord,Checking,monthly,5,2025-05-03,-1000.00,2025-06-03,-1000.00,-1000.00,-1000.00,USD,1"
    )
    assert rows[3].startswith("due,'=Adobe,"), "no spreadsheet takes it for a formula"


def test_without_any_series_the_page_says_what_to_do(books: builders.Books, sign_in_as: SignIn) -> None:
    sign_in_as(Role.REVIEWER, books.company_id)
    page = opened()
    assert not page.dataframe
    assert any("Nothing comes back yet" in element.value for element in page.markdown)
    assert any("Upload more months" in element.value for element in page.caption)
