"""Tags on Review and Posted: set on the lines of a group or on a posted one, shown, and looked for."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.posting.tags import list_tags, tags_of
from db.engine import snapshot, unit_of_work
from models import JournalEntry, Role
from tests import builders
from tests.ui.screen import button, check, press, refusals, told
from tests.unit.posting.cases import waiting
from ui import identity

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, name="Hamilton Coffee Co.")


@pytest.fixture
def caller(books, monkeypatch: pytest.MonkeyPatch) -> Caller:
    with unit_of_work() as session:
        person = builders.user(session, display_name="Dana Whitfield")
    caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: Role.REVIEWER})
    for module in ("ui.identity", "ui.posted_desk"):
        monkeypatch.setattr(f"{module}.here", lambda page: identity.Here(caller, books.company))
    return caller


def line(books, *, posted: bool = False, payee: str = "adobe") -> JournalEntry:
    with unit_of_work() as session:
        entry = waiting(session, books, account=books.expense, counterparty=payee)
        entry.auto_approved = posted
        return builders.post(session, entry) if posted else entry


def opened(name: str) -> AppTest:
    return check(AppTest.from_file(PAGES / name, default_timeout=20).run())


def tags(caller, books, entry) -> tuple[str, ...]:
    with snapshot() as session:
        return tags_of(session, caller, books.company_id, [entry.transaction_id]).get(entry.transaction_id, ())


def test_the_lines_of_a_group_are_tagged_together_and_keep_what_only_one_has(books, caller):
    first, second = line(books), line(books)
    page = opened("review.py")
    assert button(page, "review_to_tags").label == "Tags"
    press(page, "review_to_tags")
    page.multiselect(key="review_tags_chosen").set_value(["Road Show"])
    press(page, "review_tags_go")
    assert tags(caller, books, first) == tags(caller, books, second) == ("road-show",)
    assert button(page, "review_to_tags").label == "Tags: road-show"
    press(page, "review_to_tags")
    assert page.multiselect(key="review_tags_chosen").value == ["road-show"]
    page.multiselect(key="review_tags_chosen").set_value([])
    press(page, "review_tags_go")
    assert tags(caller, books, first) == ()


def test_a_name_that_cannot_be_a_tag_is_refused_in_a_sentence(books, caller):
    entry = line(books)
    page = opened("review.py")
    press(page, "review_to_tags")
    page.multiselect(key="review_tags_chosen").set_value(["a:b"])
    press(page, "review_tags_go")
    assert "“a:b” cannot be a tag" in refusals(page)[0].replace("\\", "")
    assert tags(caller, books, entry) == ()


def test_posted_lines_are_tagged_and_found_by_their_tag(books, caller):
    entry = line(books, posted=True)
    line(books, posted=True, payee="zoom")
    page = opened("posted.py")
    assert not [each for each in page.selectbox if each.key == "posted_tag"]
    while "adobe" not in page.markdown[0].value:
        press(page, "posted_next")
    press(page, "posted_tags")
    page.multiselect(key="posted_tags_chosen").set_value(["shop"])
    press(page, "posted_tags_go")
    assert tags(caller, books, entry) == ("shop",)
    assert "`#shop`" in told(page)
    (known,) = page.selectbox(key="posted_tag").options
    assert known == "shop"
    with snapshot() as session:
        key = list_tags(session, caller, books.company_id)["shop"]
    check(page.selectbox(key="posted_tag").set_value(key).run())
    assert list(page.dataframe[0].value["Payee"]) == ["adobe"]
