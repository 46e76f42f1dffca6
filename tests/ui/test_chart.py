"""The Chart of accounts page: what there is, and what may change of it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.posting.chart_keeping import list_accounts
from core.posting.tax_codes import list_tax_codes
from db.engine import snapshot, unit_of_work
from models import AccountRole, Role
from tests import builders
from ui import identity
from ui.chart_desk import ROLE_WORDS

PAGE = Path(__file__).parents[2] / "pages/chart.py"


@pytest.fixture
def books(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> builders.Books:
    with unit_of_work() as session:
        owned = builders.books(session, name="Hamilton Coffee Co.")
        person = builders.user(session, display_name="Dana Whitfield")
    caller = Caller(person.id, person.display_name, Via.PAGE, {owned.company_id: Role.MANAGER}, page="chart")
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, owned.company))
    return owned


def stored(books):
    with snapshot() as session:
        return {a.code: a for a in list_accounts(session, builders.caller(books.company_id), books.company_id)}


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def opened(chosen: int | None = None) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20)
    if chosen is not None:
        page.session_state["chart_list"] = {"selection": {"rows": [chosen], "columns": [], "cells": []}}
    return check(page.run())


def press(page: AppTest, key: str, *, inside: str = "") -> AppTest:
    """Press a button; `inside` is the button that opens its dialog, since a run of a test is never one of a dialog."""
    if inside:
        page.button(key=inside).click()
    return check(page.button(key=key).click().run())


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind))


def test_the_whole_chart_stands_in_the_order_of_its_codes(books):
    page = opened()
    assert page.dataframe[0].value.values.tolist() == [
        ["1000", "Bank", "Asset", "Bank statements", "Active"],
        ["1090", "Transfers", "Asset", "Own transfers under way", "Active"],
        ["6300", "Software Subscriptions", "Expense", "–", "Active"],
        ["8000", "Sales Revenue", "Revenue", "–", "Active"],
        ["9000", "Suspense", "Asset", "Lines not decided yet", "Active"],
    ]
    assert "5 accounts of 5" in told(page)
    assert page.button(key="chart_change").disabled


def test_every_use_of_an_account_has_its_words():
    assert set(ROLE_WORDS) == set(AccountRole)


def test_the_chart_is_searched_by_type_code_and_name(books):
    page = opened()
    check(page.segmented_control(key="chart_type").set_value("Asset").run())
    assert list(page.dataframe[0].value["Code"]) == ["1000", "1090", "9000"]
    check(page.text_input(key="chart_wanted").set_value("BANK").run())
    assert list(page.dataframe[0].value["Code"]) == ["1000"]
    check(page.text_input(key="chart_wanted").set_value("no such account").run())
    assert "No account fits" in told(page)


def test_an_account_is_added(books):
    page = press(opened(), "chart_new")
    page.text_input(key="chart_code").set_value("6310")
    page.text_input(key="chart_name").set_value("Web Hosting")
    page.selectbox(key="chart_kind").set_value("expense")
    press(page, "chart_add", inside="chart_new")
    assert stored(books)["6310"].name == "Web Hosting"
    assert "6310" in list(page.dataframe[0].value["Code"])


def test_a_code_in_use_and_a_missing_type_are_explained(books):
    page = press(opened(), "chart_new")
    page.text_input(key="chart_code").set_value("6300")
    page.text_input(key="chart_name").set_value("Twice")
    press(page, "chart_add", inside="chart_new")
    assert page.error[0].value.startswith("Choose the type")
    page.selectbox(key="chart_kind").set_value("expense")
    press(page, "chart_add", inside="chart_new")
    assert [error.value for error in page.error] == ["The account code “6300” is taken. Choose another."]
    assert len(stored(books)) == 5


def test_an_account_is_renamed_and_switched_off(books):
    page = press(opened(chosen=2), "chart_change")
    key = books.expense.id.hex
    page.text_input(key=f"chart_name_{key}").set_value("Software")
    page.toggle(key=f"chart_active_{key}").set_value(False)
    press(page, "chart_save", inside="chart_change")
    account = stored(books)["6300"]
    assert (account.name, account.is_active) == ("Software", False)
    assert page.dataframe[0].value.values.tolist()[2] == ["6300", "Software", "Expense", "–", "Off"]


def test_what_the_machine_needs_cannot_be_switched_off(books):
    page = press(opened(chosen=4), "chart_change")
    page.toggle(key=f"chart_active_{books.suspense.id.hex}").set_value(False)
    press(page, "chart_save", inside="chart_change")
    said = "9000 Suspense stays active: lines that nobody has decided yet are booked there."
    assert [error.value for error in page.error] == [said]
    assert stored(books)["9000"].is_active


def taxes(books):
    with snapshot() as session:
        return list_tax_codes(session, builders.caller(books.company_id), books.company_id)


def test_a_tax_code_is_added_and_what_cannot_be_one_is_explained(books):
    page = press(opened(), "chart_taxes")
    page.text_input(key="tax_code").set_value("VAT20")
    page.text_input(key="tax_name").set_value("VAT 20%")
    page.text_input(key="tax_rate").set_value("20")
    press(page, "tax_add", inside="chart_taxes")
    assert [error.value for error in page.error] == ["Choose the account that the tax is booked to."]
    page.selectbox(key="tax_account").set_value(books.expense.id)
    press(page, "tax_add", inside="chart_taxes")
    assert [(code.code, code.rate_bp, code.account_id) for code in taxes(books)] == [("VAT20", 2_000, books.expense.id)]
