"""The Rules page: the order in which rules are tried, and the form that makes and changes them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.categorization.rule_book import add_rule, list_rules
from core.categorization.rule_conditions import AmountIs, BankAccountIs, DirectionIs, TextIs
from core.categorization.rule_rehearsal import Rehearsal
from db.engine import snapshot, unit_of_work
from models import AccountRole, AccountType, Role
from tests import builders
from ui import identity, rules_desk

PAGE = Path(__file__).parents[2] / "pages/rules.py"
NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
ADOBE = {"kind": "text", "field": "text", "test": "contains", "value": "ADOBE"}


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, name="Hamilton Coffee Co.")


@pytest.fixture
def caller(books, monkeypatch: pytest.MonkeyPatch) -> Caller:
    with unit_of_work() as session:
        person = builders.user(session, display_name="Dana Whitfield")
    caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: Role.MANAGER}, page="rules")
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, books.company))
    return caller


def add(books, caller, name, *conditions):
    with unit_of_work() as session:
        return add_rule(
            session, caller, books.company_id, name=name, conditions=conditions or [ADOBE],
            account_id=books.expense.id, now=NOW,
        ).id  # fmt: skip


def stored(books, caller):
    with snapshot() as session:
        return list_rules(session, caller, books.company_id)


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def opened(chosen: int | None = None) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20)
    if chosen is not None:
        page.session_state[rules_desk.MOVED_TO] = chosen
    return check(page.run())


def press(page: AppTest, key: str, *, inside: str = "") -> AppTest:
    """Press a button; `inside` is the button that opens its dialog, since a run of a test is never one of a dialog."""
    if inside:
        page.button(key=inside).click()
    return check(page.button(key=key).click().run())


def fill(page: AppTest, **fields: object) -> AppTest:
    for name, value in fields.items():
        kind = page.selectbox if name in ("test", "way", "bank", "account") else page.text_input
        kind(key=f"rule_new_{name}").set_value(value)
    return page


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind)).replace("\\", "")


# --- the list ---------------------------------------------------------------------------------


def test_the_rules_stand_in_their_order_with_their_conditions_in_words(books, caller):
    add(
        books, caller, "Adobe", ADOBE, {"kind": "direction", "way": "out"}, {"kind": "bank_account", "code": "checking"}
    )
    add(books, caller, "Small", {"kind": "amount", "least_minor": None, "most_minor": 2_000})
    page = opened()
    assert page.dataframe[0].value.values.tolist() == [
        [1, "Adobe", "Bank text contains “ADOBE” · money out · on Checking", "6300 Software Subscriptions", "In force"],
        [2, "Small", "At most 20.00", "6300 Software Subscriptions", "In force"],
    ]
    assert "2 of 2 rules in force" in told(page)
    keys = ("rules_change", "rules_switch", "rules_up", "rules_down")
    assert all(page.button(key=key).disabled for key in keys)


def test_without_rules_the_page_says_what_to_do(books, caller):
    page = opened()
    assert "No rules yet" in told(page)
    assert page.dataframe == []


def test_a_moved_rule_stays_chosen_so_that_it_can_be_moved_on(books, caller):
    for name in "abc":
        add(books, caller, name)
    page = opened(chosen=0)
    assert page.button(key="rules_up").disabled
    press(page, "rules_down")
    assert [rule.name for rule in stored(books, caller)] == ["b", "a", "c"]
    press(page, "rules_down")
    assert [rule.name for rule in stored(books, caller)] == ["b", "c", "a"]
    assert page.button(key="rules_down").disabled
    press(page, "rules_up")
    assert list(page.dataframe[0].value["Name"]) == ["b", "a", "c"]


def test_a_rule_is_switched_off_and_on(books, caller):
    add(books, caller, "Adobe")
    page = opened(chosen=0)
    press(page, "rules_switch")
    assert not stored(books, caller)[0].is_active
    assert list(page.dataframe[0].value["State"]) == ["Off"]
    assert page.button(key="rules_switch").label == "Switch on"
    press(page, "rules_switch")
    assert stored(books, caller)[0].is_active


def test_a_rule_to_an_account_that_is_off_says_so(books, caller):
    add(books, caller, "Adobe")
    with unit_of_work() as session:
        session.get_one(type(books.expense), books.expense.id).is_active = False
    assert list(opened().dataframe[0].value["State"]) == ["Account off"]


# --- the form ---------------------------------------------------------------------------------


def test_a_new_rule_is_what_its_fields_say(books, caller):
    page = press(opened(), "rules_new")
    fill(page, name="Adobe", test="Counterparty is", text="adobe", least="10", most="1,000.50", way="Money out")
    fill(page, bank="checking", account=books.expense.id)
    press(page, "rule_new_save", inside="rules_new")
    (rule,) = stored(books, caller)
    assert (rule.name, rule.account) == ("Adobe", "6300 Software Subscriptions")
    assert rule.conditions == [
        {"kind": "text", "field": "counterparty", "test": "equals", "value": "adobe"},
        {"kind": "amount", "least_minor": 1_000, "most_minor": 100_050},
        {"kind": "direction", "way": "out"},
        {"kind": "bank_account", "code": "checking"},
    ]
    assert list(page.dataframe[0].value["Name"]) == ["Adobe"]


def test_what_is_missing_is_said_and_nothing_is_stored(books, caller):
    page = press(opened(), "rules_new")
    fill(page, name="Adobe", text="ADOBE")
    press(page, "rule_new_save", inside="rules_new")
    assert [error.value for error in page.error] == ["Choose the account that the rule books to."]
    fill(page, account=books.expense.id, text="")
    press(page, "rule_new_save", inside="rules_new")
    assert "has no condition and would take every line" in page.error[0].value
    fill(page, text="ADOBE", least="ten")
    press(page, "rule_new_save", inside="rules_new")
    assert "“ten” cannot be an amount" in page.error[0].value
    assert stored(books, caller) == []


def test_accounts_that_take_no_bank_line_are_not_offered(books, caller):
    with unit_of_work() as session:
        builders.account(
            session, books.company_id, code="1020", name="Savings", type=AccountType.ASSET, role=AccountRole.BANK
        )
    page = press(opened(), "rules_new")
    offered = page.selectbox(key="rule_new_account").options
    assert offered == ["1090 Transfers", "6300 Software Subscriptions", "8000 Sales Revenue"]


def test_trying_a_rule_counts_the_lines_it_fits_and_stores_nothing(books, caller):
    with unit_of_work() as session:
        for amount in (-1_000, -2_000, 500):
            builders.transaction(session, books, amount_minor=amount)
        line = builders.transaction(session, books, amount_minor=-3_000, description="ZOOM")
        builders.entry(session, books, transaction=line, posted=True)
    page = press(opened(), "rules_new")
    fill(page, text="adobe", way="Money out")
    press(page, "rule_new_try", inside="rules_new")
    assert page.info[0].value.startswith("Fits 2 of 4 lines from ")
    assert stored(books, caller) == []


def test_a_rehearsal_says_only_what_there_is_to_say():
    day = builders.DAY
    words = rules_desk.rehearsal_words
    assert words(Rehearsal(None, None, 0, 0, 0, 0)) == "There are no bank lines yet to try it on."
    assert words(Rehearsal(day, day, 1, 0, 0, 0)).startswith("Fits 0 of 1 line from")
    said = words(Rehearsal(day, day, 1_234, 1_000, 20, 3))
    assert "Fits 1,000 of 1,234 lines" in said
    assert "An earlier rule takes 20 of them first. Posted to another account now: 3." in said


def test_changing_a_rule_keeps_the_conditions_that_the_form_has_no_field_for(books, caller):
    second = {"kind": "text", "field": "counterparty", "test": "starts_with", "value": "ado"}
    rule_id = add(books, caller, "Adobe", ADOBE, second)
    page = press(opened(chosen=0), "rules_change")
    key = f"rule_{rule_id.hex}"
    assert page.text_input(key=f"{key}_text").value == "ADOBE"
    assert "Stays as it is, besides: Counterparty starts_with “ado”" in told(page)
    page.text_input(key=f"{key}_name").set_value("Adobe plans")
    press(page, f"{key}_save", inside="rules_change")
    (rule,) = stored(books, caller)
    assert (rule.name, rule.conditions) == ("Adobe plans", [ADOBE, second])


def test_every_kind_of_condition_survives_the_form():
    known = [TextIs("x", "regex"), AmountIs(5, None), DirectionIs("in"), BankAccountIs("card")]
    fields = rules_desk.fields_of([*known, TextIs("y"), DirectionIs("in")])
    assert (fields.text, fields.amount, fields.way, fields.bank) == (known[0], known[1], "in", "card")
    assert fields.others == (TextIs("y"), DirectionIs("in"))
