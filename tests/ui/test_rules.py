"""The Rules page: the order in which rules are tried, and the form that makes and changes them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.categorization.rule_book import add_rule, list_rules
from core.categorization.rule_conditions import (
    AmountIs,
    BankAccountIs,
    DayOfMonthIs,
    DirectionIs,
    Group,
    TextIs,
    WeekdayIs,
)
from core.categorization.rule_rehearsal import Rehearsal
from db.engine import snapshot, unit_of_work
from models import AccountRole, AccountType, Role
from tests import builders
from ui import identity, rule_draft, rules_desk
from ui.rule_form import rehearsal_words

PAGE = Path(__file__).parents[2] / "pages/rules.py"
NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
ADOBE = {"kind": "text", "field": "text", "test": "contains", "value": "ADOBE"}


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
    """Fields of the new rule; its first group is number 0, the row in it 1."""
    for name, value in fields.items():
        kind = page.selectbox if name in ("1_kind", "account") else page.text_input
        kind(key=f"rule_new_{name}").set_value(value)
    return page


def again(page: AppTest, **chosen: str) -> AppTest:
    """Choose in select boxes of the open dialog and run it."""
    page.button(key="rules_new").click()
    for name, value in chosen.items():
        page.selectbox(key=f"rule_new_{name}").set_value(value)
    return check(page.run())


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind)).replace("\\", "")


# --- beside the list --------------------------------------------------------------------------


def test_a_rule_that_another_takes_all_lines_of_is_told_with_what_to_do(books, caller):
    add(books, caller, "Wide")
    add(books, caller, "Narrow", ADOBE, {"kind": "direction", "way": "out"})
    assert [warning.value for warning in opened().warning] == [
        "**2 Narrow** is shadowed: “Wide” comes earlier and takes every line of it. Move this one up or switch it off."
    ]


def decided_alike(books):
    with unit_of_work() as session:
        for _ in range(5):
            line = builders.transaction(session, books)
            entry = builders.entry(session, books, transaction=line, posted=True)
            builders.review(session, books, entry, account_id=books.expense.id)


def test_a_dismissed_suggestion_is_listed_apart_and_can_come_back(books, caller):
    decided_alike(books)
    page = press(opened(), "rule_dismiss_0")
    assert "rule_accept_0" not in {button.key for button in page.button}
    page = press(opened(), "rule_again_0")
    assert {"rule_accept_0", "rule_dismiss_0"} <= {button.key for button in page.button}
    assert "rule_again_0" not in {button.key for button in page.button}


def test_a_suggested_rule_is_made_with_one_press(books, caller):
    decided_alike(books)
    page = opened()
    assert "**adobe**, money out, to **6300 Software Subscriptions**" in told(page)
    press(page, "rule_accept_0")
    (rule,) = stored(books, caller)
    assert rule.conditions == [
        {"kind": "text", "field": "counterparty", "test": "equals", "value": "adobe"},
        {"kind": "direction", "way": "out"},
    ]
    assert "Suggested by decisions" not in told(page)


def test_the_use_of_every_rule_is_told(books, caller):
    rule_id = add(books, caller, "Adobe")
    with unit_of_work() as session:
        line = builders.transaction(session, books)
        proposal = builders.proposal(session, books, line, rule_id=rule_id)
        builders.entry(session, books, transaction=line, proposal_id=proposal.id)
    page = opened()
    page.segmented_control(key="rules_segment").set_value("Use").run()
    use, runs = (frame.value.values.tolist() for frame in check(page).dataframe)
    assert use == [[1, "Adobe", 1, "Mar 1, 2024"]]
    assert runs == [["2024-03-01 12:00", "Adobe", 1, 0]]


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


def test_groups_are_built_row_by_row_and_stored(books, caller):
    page = press(opened(), "rules_new")
    press(page, "rule_new_add_0", inside="rules_new")  # row 2
    press(page, "rule_new_add_0", inside="rules_new")  # row 3
    press(page, "rule_new_add", inside="rules_new")  # group 4 with row 5
    press(page, "rule_new_add_4", inside="rules_new")  # row 6
    again(page, **{"1_kind": "Counterparty is", "2_kind": "Amount is from", "3_kind": "Direction is", "join_4": "none"})
    fill(page, name="Adobe", account=books.expense.id, **{"1_text": "adobe", "2_least": "10", "2_most": "1,000.50"})
    fill(page, **{"5_text": "refund", "6_text": "fee"})
    press(page, "rule_new_save", inside="rules_new")
    (rule,) = stored(books, caller)
    assert (rule.name, rule.account) == ("Adobe", "6300 Software Subscriptions")
    assert rule.conditions == [
        {"kind": "text", "field": "counterparty", "test": "equals", "value": "adobe"},
        {"kind": "amount", "least_minor": 1_000, "most_minor": 100_050},
        {"kind": "direction", "way": "out"},
        {
            "kind": "group",
            "join": "none",
            "of": [{"kind": "text", "field": "text", "test": "contains", "value": word} for word in ("refund", "fee")],
        },
    ]
    assert page.dataframe[0].value["When"][0].endswith("not (bank text contains “refund” or bank text contains “fee”)")


def test_a_removed_condition_is_gone_and_the_last_one_leaves_an_empty_row(books, caller):
    page = press(opened(), "rules_new")
    press(page, "rule_new_add_0", inside="rules_new")
    fill(page, **{"1_text": "ADOBE", "2_text": "ZOOM"})
    press(page, "rule_new_1_remove", inside="rules_new")
    assert [one.key for one in page.text_input if one.key.endswith("_text")] == ["rule_new_2_text"]
    assert page.text_input(key="rule_new_2_text").value == "ZOOM"
    press(page, "rule_new_2_remove", inside="rules_new")
    assert [one.value for one in page.text_input if one.key.endswith("_text")] == [""]


def test_a_split_is_typed_in_percent_and_amounts(books, caller):
    page = press(opened(), "rules_new")
    press(page, "rule_new_split", inside="rules_new")
    page.button(key="rules_new").click()
    page.selectbox(key="rule_new_part_0").set_value(books.expense.id)
    page.selectbox(key="rule_new_part_1").set_value(books.revenue.id)
    fill(page, name="Adobe", share_0="12.50", memo="Shared", **{"1_text": "ADOBE"})
    press(page, "rule_new_save", inside="rules_new")
    (rule,) = stored(books, caller)
    assert rule.parts == [
        {"account": str(books.expense.id), "amount_minor": 1_250, "percent": None},
        {"account": str(books.revenue.id), "amount_minor": None, "percent": "100"},
    ]
    assert list(page.dataframe[0].value["Book to"]) == ["6300 Software Subscriptions and 1 more · memo “Shared”"]


def test_what_is_missing_is_said_and_nothing_is_stored(books, caller):
    page = press(opened(), "rules_new")
    fill(page, name="Adobe", **{"1_text": "ADOBE"})
    press(page, "rule_new_save", inside="rules_new")
    assert [error.value for error in page.error] == ["Choose the account that the rule books to."]
    fill(page, account=books.expense.id, **{"1_text": ""})
    press(page, "rule_new_save", inside="rules_new")
    assert "has no condition and would take every line" in page.error[0].value
    again(page, **{"1_kind": "Amount is from"})
    fill(page, **{"1_least": "ten"})
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
    press(page, "rule_new_add_0", inside="rules_new")
    again(page, **{"2_kind": "Direction is"})
    fill(page, **{"1_text": "adobe"})
    press(page, "rule_new_try", inside="rules_new")
    assert page.info[0].value.startswith("Fits 2 of 4 lines from ")
    assert stored(books, caller) == []


def test_a_rehearsal_says_only_what_there_is_to_say():
    day = builders.DAY
    words = rehearsal_words
    assert words(Rehearsal(None, None, 0, 0, 0, 0)) == "There are no bank lines yet to try it on."
    assert words(Rehearsal(day, day, 1, 0, 0, 0)).startswith("Fits 0 of 1 line from")
    said = words(Rehearsal(day, day, 1_234, 1_000, 20, 3))
    assert "Fits 1,000 of 1,234 lines" in said
    assert "An earlier rule takes 20 of them first. Posted to another account now: 3." in said


def test_changing_a_rule_keeps_what_lies_deeper_than_the_form_has_fields_for(books, caller):
    deep = {"kind": "group", "join": "none", "of": [{"kind": "group", "join": "all", "of": [ADOBE, ADOBE]}]}
    rule_id = add(books, caller, "Adobe", ADOBE, deep)
    page = press(opened(chosen=0), "rules_change")
    key = f"rule_{rule_id.hex}"
    assert page.text_input(key=f"{key}_1_text").value == "ADOBE"
    assert "Stays as it is, besides: Not ((bank text contains" in told(page)
    page.text_input(key=f"{key}_name").set_value("Adobe plans")
    press(page, f"{key}_save", inside="rules_change")
    (rule,) = stored(books, caller)
    assert (rule.name, rule.conditions) == ("Adobe plans", [ADOBE, deep])


A, B, C = TextIs("a"), TextIs("b", "regex", "counterparty"), AmountIs(5, None)


@pytest.mark.parametrize(
    "conditions",
    [
        (A, B, C, DirectionIs("in"), BankAccountIs("card"), WeekdayIs((1, 7)), DayOfMonthIs(28, 3)),
        (A, Group("any", (B, C))),
        (Group("none", (A,)), Group("any", (B, C))),
        (Group("any", (A, Group("all", (B, C)))),),
        (Group("any", (Group("none", (A,)), Group("all", (B, C)))),),
        (A, Group("any", (Group("none", (A,)), C))),
    ],
)
def test_every_shape_of_conditions_survives_the_form(conditions):
    draft = rule_draft.draft_of("k", conditions)
    groups = [(group.join, list(group.rows.values())) for group in draft.groups.values()]
    assert tuple(rule_draft.joined(draft.top, groups, draft.others)) == conditions


def test_a_conflict_is_listed_and_the_chosen_account_becomes_a_rule(books, caller):
    with unit_of_work() as session:
        for row, account in enumerate((books.expense, books.expense, books.revenue), start=1):
            line = builders.transaction(session, books, row=row, counterparty="Costco", amount_minor=-3_000)
            builders.review(session, books, builders.entry(session, books, transaction=line), account_id=account.id)
    page = opened()
    assert any("**Costco**, money out, 30.00" in each.value and "3 decisions" in each.value for each in page.markdown)
    choice = page.selectbox(key="conflict_account_0")
    assert [option.partition(":")[2].strip().partition(",")[0] for option in choice.options] == ["2 times", "1 time"]
    check(choice.select_index(1).run())
    check(page.button(key="conflict_rule_0").click().run())
    (rule,) = stored(books, caller)
    assert (rule.name, rule.account_id) == ("Costco", books.revenue.id)
    assert not page.selectbox
