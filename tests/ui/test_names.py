"""Names of counterparties: corrected in Review, kept in the list on the Rules page, taken back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.ingestion.aliases import list_aliases, set_alias
from db.engine import snapshot, unit_of_work
from models import AliasOrigin, MatchKind, Role
from tests import builders
from ui import aliases_desk, identity

PAGES = Path(__file__).parents[2] / "pages"
NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def sign_in(books, monkeypatch: pytest.MonkeyPatch):
    def signed_in(role: Role = Role.MANAGER) -> Caller:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield")
        caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: role}, page="rules")
        monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, books.company))
        return caller

    return signed_in


@pytest.fixture
def caller(sign_in) -> Caller:
    return sign_in()


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def names_open(**state: object) -> AppTest:
    page = AppTest.from_file(PAGES / "rules.py", default_timeout=20)
    page.session_state["rules_segment"] = "Names"
    for key, value in state.items():
        page.session_state[key] = value
    return check(page.run())


def press(page: AppTest, key: str, *, inside: str = "") -> AppTest:
    if inside:
        page.button(key=inside).click()
    return check(page.button(key=key).click().run())


def told(page: AppTest) -> str:
    parts = [element.value for kind in ("markdown", "caption", "info", "error") for element in page.get(kind)]
    return " ".join(parts).replace("\\", "")


def stored(books, caller):
    with snapshot() as session:
        return {row.printed: (row.shown, row.origin) for row in list_aliases(session, caller, books.company_id)}


def give(books, caller, printed, shown):
    with unit_of_work() as session:
        set_alias(session, caller, books.company_id, printed, shown, now=NOW)


def waiting(books, *names):
    with unit_of_work() as session:
        for name in names:
            line = builders.transaction(session, books, counterparty=name)
            proposed = builders.proposal(session, books, line)
            builders.entry(session, books, transaction=line, proposal_id=proposed.id)


def test_an_empty_list_says_what_to_do(books, caller):
    assert "Give a name here" in told(names_open())


def test_a_name_is_given_found_and_taken_away(books, caller):
    page = names_open()
    page.button(key="aliases_new").click().run()
    page.button(key="aliases_new").click()
    page.text_input(key="alias_printed").set_value("SQ *BLUE BOTTLE 8837 OAKLAND CA")
    page.text_input(key="alias_shown").set_value("Blue Bottle Coffee")
    press(page, "alias_go")
    assert stored(books, caller) == {"Blue Bottle": ("Blue Bottle Coffee", AliasOrigin.BY_HAND)}
    page = names_open()
    assert page.dataframe[0].value.iloc[0].tolist()[:4] == [
        "Blue Bottle Coffee", "Blue Bottle", "By hand", "Dana Whitfield",
    ]  # fmt: skip
    page.text_input(key="aliases_search").set_value("adobe").run()
    assert "No name has these letters" in told(page)
    page = names_open(**{aliases_desk.LIST: {"selection": {"rows": [0], "columns": [], "cells": []}}})
    press(page, "aliases_remove")
    assert stored(books, caller) == {}


def test_a_name_that_leads_to_another_is_refused_in_the_dialog(books, caller):
    give(books, caller, "Zxq", "Amazon")
    page = names_open()
    page.button(key="aliases_new").click().run()
    page.button(key="aliases_new").click()
    page.text_input(key="alias_printed").set_value("Adobe")
    page.text_input(key="alias_shown").set_value("Zxq")
    press(page, "alias_go")
    assert "choose “Amazon”" in told(page)
    assert list(stored(books, caller)) == ["Zxq"]


def test_a_suggestion_is_kept_or_turned_down(books, caller):
    for printed in ("Zxq Trading", "Deposit"):
        with unit_of_work() as session:
            line = builders.transaction(session, books, counterparty=printed, amount_minor=10_000)
            item = builders.open_item(session, books, counterparty="Acme Ltd")
            facts = {"kind": MatchKind.SETTLEMENT, "decided_by": caller.user_id, "decided_at": NOW}
            builders.match(session, books, line, item, **facts)
    page = names_open()
    assert "Deposit** is **Acme Ltd**" in told(page)
    press(page, "alias_drop_0")
    press(page, "alias_keep_0")
    assert stored(books, caller) == {
        "Deposit": (None, AliasOrigin.BY_HAND),
        "Zxq Trading": ("Acme Ltd", AliasOrigin.MATCH),
    }


def test_a_reviewer_corrects_a_name_sees_what_it_joins_and_takes_it_back(books, sign_in):
    caller = sign_in(Role.REVIEWER)
    waiting(books, "amzn mktp", "amazon", "amzn mktp")
    page = AppTest.from_file(PAGES / "review.py", default_timeout=20).run()
    press(page, "review_to_name")
    payee = next(one for one in ("amzn mktp", "amazon") if page.text_input(key="review_name").value == one)
    other = {"amzn mktp": "amazon", "amazon": "amzn mktp"}[payee]
    page.text_input(key="review_name").set_value(other).run()
    assert "called so already" in told(page)
    press(page, "review_name_go")
    assert stored(books, caller) == {payee: (other, AliasOrigin.CORRECTION)}
    assert list(page.dataframe[0].value["Payee"]) == [other]
    assert list(page.dataframe[0].value["Lines"]) == [3]
    press(page, "review_name_undo")
    assert stored(books, caller) == {}


def test_a_bookkeeper_corrects_no_name(books, sign_in):
    sign_in(Role.BOOKKEEPER)
    waiting(books, "adobe")
    page = AppTest.from_file(PAGES / "review.py", default_timeout=20).run()
    assert page.button(key="review_to_name").disabled
