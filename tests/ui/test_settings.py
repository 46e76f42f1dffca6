"""The Settings page: closing months, bank accounts, and what is posted without a person."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.categorization.company_policy import policy_of, set_policy
from core.categorization.policy import Policy
from core.founding import bank_accounts_of
from core.ingestion.layout import Column, Layout
from core.ingestion.layout_files import write_layout_file
from core.posting.closing import next_close
from core.posting.default_accounts import default_accounts
from db.engine import snapshot, unit_of_work
from models import AccountPurpose, Company, ReconciliationStatus, Role
from tests import builders
from tests.unit.posting.cases import waiting
from ui import identity

PAGE = Path(__file__).parents[2] / "pages/settings.py"
NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def caller(books, monkeypatch: pytest.MonkeyPatch) -> Caller:
    with unit_of_work() as session:
        person = builders.user(session, display_name="Dana Whitfield")
    caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: Role.MANAGER}, page="settings")

    def here(page: str) -> identity.Here:
        return identity.Here(caller, company(books))

    monkeypatch.setattr(identity, "here", here)
    return caller


def company(books) -> Company:
    with snapshot() as session:
        return session.get_one(Company, books.company_id)


def close(books, through: date | None) -> None:
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).closed_through_on = through


def proved_month(books, month: int) -> None:
    """A posted line in the middle of the month, with a closed proof over all of it."""
    with unit_of_work() as session:
        line = builders.transaction(session, books, booked_on=date(2024, month, 15), amount_minor=-1_250)
        builders.entry(session, books, transaction=line, posted=True)
        file = session.get_one(builders.StatementFile, line.statement_file_id)
        last = date(2024, month, 29)
        builders.reconciliation(
            session, books, file, first_on=date(2024, month, 1), last_on=last, lines_minor=-1_250, line_count=1,
            opening_minor=1_250, status=ReconciliationStatus.CLOSED,
        )  # fmt: skip


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def opened() -> AppTest:
    return check(AppTest.from_file(PAGE, default_timeout=20).run())


def press(page: AppTest, key: str) -> AppTest:
    return check(page.button(key=key).click().run())


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind)).replace("\\", "")


def refusals(page: AppTest) -> list[str]:
    return [element.value for element in page.error]


# --- closing months ---------------------------------------------------------------------------


def test_the_month_to_close_next_is_the_first_one_with_lines_and_then_the_next(books, caller):
    def following() -> date | None:
        with snapshot() as session:
            return next_close(session, caller, books.company_id)

    assert following() is None
    with unit_of_work() as session:
        builders.transaction(session, books, booked_on=date(2023, 11, 3), reverted_at=NOW)
        builders.transaction(session, books, booked_on=date(2024, 3, 9))
        builders.transaction(session, books, booked_on=date(2024, 2, 10))
    assert following() == date(2024, 2, 29)
    for closed, expected in (
        (date(2024, 2, 29), date(2024, 3, 31)),
        (date(2024, 12, 31), date(2025, 1, 31)),
        (date(2024, 3, 15), date(2024, 3, 31)),
    ):
        close(books, closed)
        assert following() == expected


def test_a_month_is_closed_the_next_one_is_offered_and_it_can_be_reopened(books):
    proved_month(books, 2)
    page = opened()
    assert page.button(key="close_now").label == "Close through Feb 29, 2024"
    press(page, "close_now")
    assert company(books).closed_through_on == date(2024, 2, 29)
    assert "Closed through Feb 29, 2024." in told(page)
    assert page.button(key="close_now").label == "Close through Mar 31, 2024"
    press(page, "reopen_go")
    assert refusals(page) == ["Say why the period is reopened; the reason is kept in the audit log."]
    page.text_input(key="reopen_reason").set_value("a late statement")
    press(page, "reopen_go")
    assert company(books).closed_through_on is None


def test_what_stands_in_the_way_is_listed_and_the_button_waits(books):
    proved_month(books, 2)
    with unit_of_work() as session:
        waiting(session, books, booked_on=date(2024, 2, 20))
        other = builders.account(session, books.company_id, code="1020", type="asset", role="bank")
        builders.bank_account(session, other, name="Savings", code="a_reserve")
    page = opened()
    assert page.button(key="close_now").disabled
    assert "1 bank line waiting in Review" in told(page)
    assert "2 points in the way" in told(page)
    check(page.date_input(key="close_through_None").set_value(date(2024, 6, 30)).run())
    assert ":gray[statements are missing. Upload them, or switch the bank account off:]" in told(page)
    assert "- :gray[Savings (no statement)]\n- :gray[Checking March 2024 to June 2024]" in told(page)


def test_a_day_that_is_not_over_is_refused_with_the_reason(books):
    with unit_of_work() as session:
        session.get_one(builders.BankAccount, books.checking.id).is_active = False
    ahead = datetime.now(UTC).date() + timedelta(days=40)
    page = opened()
    check(page.date_input(key="close_through_None").set_value(ahead).run())
    press(page, "close_now")
    assert refusals(page) == [f"{ahead} is not over yet; close through an earlier day."]
    assert company(books).closed_through_on is None


# --- bank accounts ----------------------------------------------------------------------------


def test_a_bank_account_is_added_and_a_second_of_the_same_code_is_refused(books, caller):
    page = opened()
    assert list(page.dataframe[0].value["Ledger account"]) == ["1000 Bank"]
    page.text_input(key="bank_name").set_value("Savings")
    page.text_input(key="bank_code").set_value("savings")
    page.text_input(key="bank_number").set_value("4412")
    press(page, "bank_add")
    with snapshot() as session:
        found = {account.code: account for account in bank_accounts_of(session, caller, books.company_id)}
    assert (found["savings"].name, found["savings"].number) == ("Savings", "4412")
    assert sorted(page.dataframe[0].value["Name"]) == ["Checking", "Savings"]
    page.text_input(key="bank_name").set_value("Savings")
    page.text_input(key="bank_code").set_value("savings")
    press(page, "bank_add")
    assert refusals(page) == ["The bank account code “savings” is taken. Choose another."]


# --- posting policy ---------------------------------------------------------------------------


def policy(books, caller) -> Policy:
    with snapshot() as session:
        return policy_of(session, caller, books.company_id)


def test_the_policy_is_changed_where_the_form_says_so_and_nowhere_else(books, caller):
    before = Policy(always_review_roles=("owner", "bank"), abstain_below=0.4, threshold=0.9)
    with unit_of_work() as session:
        set_policy(session, caller, books.company_id, before, now=NOW)
    page = opened()
    assert "Threshold in force: 90.0%, chosen for this company." in told(page)
    page.number_input(key="policy_error").set_value(0.5)
    page.text_input(key="policy_limit").set_value("1,234.50")
    page.multiselect(key="policy_roles").set_value(["owner", "tax"])
    page.multiselect(key="policy_codes").set_value(["6300"])
    page.checkbox(key="policy_standing").check()
    press(page, "policy_save")
    assert policy(books, caller) == replace(
        before, target_error=0.005, materiality_minor=123_450, always_review_roles=("owner", "tax", "bank"),
        always_review_codes=("6300",), standing_rules=True,
    )  # fmt: skip


def test_the_amount_above_which_two_people_decide_is_set_and_taken_away_again(books, caller):
    page = opened()
    page.text_input(key="policy_four_eyes").set_value("-5")
    press(page, "policy_four_eyes_save")
    assert "The four-eyes limit is an amount without a sign." in [each.value for each in page.error]
    page.text_input(key="policy_four_eyes").set_value("2,500")
    press(page, "policy_four_eyes_save")
    assert policy(books, caller) == Policy(four_eyes_minor=250_000)
    page = opened()
    assert page.text_input(key="policy_four_eyes").value == "2,500.00"
    page.text_input(key="policy_four_eyes").set_value("")
    press(page, "policy_four_eyes_save")
    assert policy(books, caller) == Policy()


@pytest.mark.parametrize(
    ("limit", "said"), [("a lot", "“a lot” cannot be an amount"), ("-5", "without a sign"), ("1.234", "2 digits")]
)
def test_a_limit_that_cannot_be_meant_is_refused_and_the_policy_stays(books, caller, limit, said):
    page = opened()
    page.text_input(key="policy_limit").set_value(limit)
    press(page, "policy_save")
    assert len(refusals(page)) == 1
    assert said in refusals(page)[0]
    assert policy(books, caller) == Policy()


def test_without_a_model_of_its_own_the_threshold_is_the_stated_default(books):
    assert "Threshold in force: 97.0%, the stated default" in told(opened())


def test_a_layout_is_taken_in_from_a_file_listed_and_forgotten(books) -> None:
    columns = {"date": (Column(0, "Date"),), "amount": (Column(1, "Amount"),)}
    layout = Layout(",", "utf-8", 1, "MDY", ".", "inverted", columns=columns)
    page = AppTest.from_file(PAGE).run()
    (field,) = [each for each in page.file_uploader if each.key == "layout_file_0"]
    page = field.set_value(("layout.json", write_layout_file("Chase", layout), "application/json")).run()
    page = page.button(key="layout_use_0").click().run()
    (listed,) = [each.value for each in page.dataframe if "Used" in each.value]
    assert listed["Dates"].tolist() == ["Month first"]
    page.session_state["layouts_1"] = {"selection": {"rows": [], "columns": [], "cells": [(0, "Columns")]}}
    page = page.run().button(key="layout_forget").click().run()
    assert not page.exception
    assert any("None yet" in each.value for each in page.caption)


def test_a_file_that_is_no_layout_is_refused_with_a_sentence(books) -> None:
    page = AppTest.from_file(PAGE).run()
    page = page.file_uploader[0].set_value(("layout.json", b"{}", "application/json")).run()
    assert "no layout of version 1" in page.error[0].value


def test_the_limit_for_differences_and_their_accounts_are_saved(books, caller):
    with unit_of_work() as session:
        chosen = builders.account(session, books.company_id, code="6990", name="Small differences").id
    page = opened()
    page.text_input(key="differences_limit").set_value("2.50")
    page.selectbox(key="differences_adjustments").set_value(chosen)
    page.button(key="differences_save").click()
    check(page.run())
    with snapshot() as session:
        assert policy_of(session, caller, books.company_id).adjustment_limit_minor == 250
        assert default_accounts(session, caller, books.company_id) == {AccountPurpose.ADJUSTMENTS: chosen}
