"""Opening balances on the Settings page: seen before they are booked, refused in a sentence, replaced on purpose."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.metrics.statements import trial_balance
from core.opening.standing import standing_opening
from db.engine import snapshot, unit_of_work
from models import AccountType, Role
from tests import builders
from ui import identity, opening_desk

PAGE = Path(__file__).parents[2] / "pages/settings.py"
TRIAL = "Code,Name,Type,Debit,Credit\n1000,Bank,,50.00,\n1500,Ovens,Fixed asset,25.00,\n3000,Owner,,,75.00\n"


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        books = builders.books(session)
        builders.account(session, books.company_id, code="3000", name="Owner", type=AccountType.EQUITY)
    return books


def opened(books, monkeypatch: pytest.MonkeyPatch, role: Role = Role.MANAGER) -> AppTest:
    caller = Caller(None, "Dana Whitfield", Via.PAGE, {books.company_id: role}, page="settings")
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, books.company))
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert not page.exception, page.exception
    return page


def upload(page: AppTest, text: str, number: int = 0) -> AppTest:
    page.file_uploader(key=f"opening_upload_{number}").set_value(("trial.csv", text.encode(), "text/csv"))
    page = page.run()
    assert not page.exception, page.exception
    return page


def balances(books) -> dict[str, int]:
    with snapshot() as session:
        rows = trial_balance(session, builders.caller(books.company_id), books.company_id, date(2030, 1, 1)).rows
    return {row.code: row.sum_minor for row in rows if row.sum_minor}


def plan_of(page: AppTest) -> list[list[object]]:
    return next(each for each in page.dataframe if "Booked already" in each.value).value.values.tolist()


def test_a_trial_balance_is_seen_then_booked_then_said_to_be_in_force(books, monkeypatch):
    page = opened(books, monkeypatch)
    page.date_input(key="opening_on_0").set_value(date(2023, 12, 31))
    page = upload(page, TRIAL)
    assert plan_of(page) == [
        ["1000 Bank", 5_000, 0, 0, ""],
        ["1500 Ovens", 2_500, 0, 0, "new asset"],
        ["3000 Owner", 0, 7_500, 0, ""],
        ["Total", 7_500, 7_500, 0, ""],
    ]
    assert balances(books) == {}
    page = page.button(key="opening_book").click().run()
    assert not page.exception, page.exception
    assert balances(books) == {"1000": 5_000, "1500": 2_500, "3000": -7_500}
    said = [element.value for element in page.markdown]
    assert any("Booked at the end of **Dec 31, 2023**" in text and "trial" in text for text in said)
    page = upload(page, TRIAL.replace("25.00", "26.00").replace("75.00", "76.00"), 1)
    assert page.button(key="opening_book").label == "Reverse the old ones and book these"
    page.button(key="opening_book").click().run()
    assert balances(books) == {"1000": 5_000, "1500": 2_600, "3000": -7_600}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TRIAL.replace("75.00", "74.00"), r"Debits and credits differ by 1.00."),
        (TRIAL.replace("Fixed asset", ""), "Row 3: 1500 Ovens: the chart has no such account"),
    ],
)
def test_what_cannot_be_booked_is_said_and_the_button_is_off(books, monkeypatch, text, says):
    page = upload(opened(books, monkeypatch), text)
    assert any(says in error.value.replace("\\", "") for error in page.error)
    assert page.button(key="opening_book").disabled


def test_a_file_that_is_no_trial_balance_is_refused_in_a_sentence(books, monkeypatch):
    page = upload(opened(books, monkeypatch), "Date,Text,Amount\n2024-01-01,Coffee,5\n")
    assert any("holds no table of balances" in error.value for error in page.error)


def test_the_day_offered_is_the_one_before_the_first_bank_line(books, monkeypatch):
    with unit_of_work() as session:
        builders.transaction(session, books, booked_on=date(2024, 3, 1))
    page = opened(books, monkeypatch)
    assert page.date_input(key="opening_on_0").value == date(2024, 2, 29)


def test_who_may_not_change_accounts_is_told_who_can(books, monkeypatch):
    said = []
    monkeypatch.setattr(opening_desk.st, "caption", lambda text, **_: said.append(text))
    caller = Caller(None, "Robin", Via.PAGE, {books.company_id: Role.REVIEWER}, page="settings")
    opening_desk.opening_balances(identity.Here(caller, books.company), date(2024, 1, 1))
    assert "A manager can book opening balances." in said
    with snapshot() as session:
        assert standing_opening(session, caller, books.company_id) is None
