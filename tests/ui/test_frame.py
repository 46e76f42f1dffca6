"""The frame of every page: who is let in, what a refusal and a fault look like."""

import logging
import re
from datetime import UTC, datetime

import plotly.io
import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import PERMISSIONS
from core.access.sessions import sign_out
from db.engine import unit_of_work
from models import Role
from tests import builders
from tests.ui.conftest import SignIn
from ui import identity
from ui.navigation import LINKS

PAGE = """
from ui.frame import open_page
import streamlit as st
open_page("A title", "October", "{key}")
st.markdown("the content")
"""


def opened(script: str) -> AppTest:
    page = AppTest.from_string(script, default_timeout=20).run()
    assert not page.exception, page.exception
    return page


def content(page: AppTest) -> list[str]:
    return [element.value for element in page.markdown]


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, name="Smith *& Sons* $1")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("key", LINKS)
def test_a_page_opens_for_the_roles_that_may_and_no_other(
    books: builders.Books, sign_in_as: SignIn, role: Role, key: str
) -> None:
    sign_in_as(role, books.company_id)
    page, needed = opened(PAGE.format(key=key)), LINKS[key].needs
    if needed is None or needed in PERMISSIONS[role]:
        assert content(page) == ["the content"]
        assert page.title[0].value == "A title"
    else:
        assert content(page) == []
        assert "You may not" in page.error[0].value


def test_the_sidebar_lists_what_each_role_does(books: builders.Books) -> None:
    with unit_of_work() as session:
        company = session.merge(books.company)
    listed = {
        role: [
            name
            for name, link in LINKS.items()
            if link.is_listed(builders.caller(books.company_id, role=role), company)
        ]
        for role in Role
    }
    bookkeeper = ["home", "upload", "reconcile", "reports"]
    assert listed[Role.BOOKKEEPER] == bookkeeper
    assert set(listed[Role.REVIEWER]) == {*bookkeeper, "review", "re_review", "posted", "metrics", "recurring"}
    assert set(listed[Role.MANAGER]) == {*listed[Role.REVIEWER], "rules", "chart", "settings", "audit"}
    assert set(listed[Role.ADMINISTRATOR]) == {*listed[Role.MANAGER], "users"}


def test_the_caption_names_the_company_literally(books: builders.Books, sign_in_as: SignIn) -> None:
    sign_in_as(Role.REVIEWER, books.company_id)
    assert opened(PAGE.format(key="review")).caption[0].value == r"Smith \*& Sons\* \$1 · October"


def test_without_a_company_a_page_says_where_to_go(sqlite_database: str, sign_in_as: SignIn) -> None:
    sign_in_as()
    page = opened(PAGE.format(key="upload"))
    assert content(page) == []
    assert "Companies" in page.info[0].value


def test_a_company_of_others_cannot_be_chosen(books: builders.Books, sign_in_as: SignIn) -> None:
    with unit_of_work() as session:
        others = builders.books(session, name="Others")
    sign_in_as(Role.MANAGER, books.company_id)
    page = AppTest.from_string(PAGE.format(key="rules"), default_timeout=20)
    page.session_state[identity.COMPANY] = others.company_id
    assert "Smith" in page.run().caption[0].value


def test_whoever_was_signed_out_is_told_and_sees_nothing(books: builders.Books, sign_in_as: SignIn) -> None:
    secret = sign_in_as(Role.MANAGER, books.company_id)
    page = opened(PAGE.format(key="rules"))
    assert content(page) == ["the content"]
    with unit_of_work() as session:
        sign_out(session, secret, datetime.now(UTC))
    page.run()
    assert content(page) == []
    assert "signed out" in page.warning[0].value


def test_a_refusal_is_a_sentence_at_its_place(sqlite_database: str) -> None:
    page = opened(
        "from core.errors import AlreadyTaken\nfrom ui.frame import refusals_shown\n"
        "with refusals_shown('Not added'):\n    raise AlreadyTaken('short name', 'cafe')"
    )
    assert page.error[0].value.replace("\\", "") == "The short name “cafe” is taken. Choose another."


def test_a_fault_is_a_number_that_the_log_knows(sqlite_database: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        page = opened("from ui.frame import refusals_shown\nwith refusals_shown():\n    1 / 0")
    number = re.search(r"number ([0-9a-f]+)", page.error[0].value)
    assert number
    assert "division" not in page.error[0].value
    assert number[1] in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("call", ["st.stop()", "st.rerun()"])
def test_stopping_and_rerunning_pass_through(sqlite_database: str, call: str) -> None:
    page = opened(
        "import streamlit as st\nfrom ui.frame import refusals_shown\n"
        "if 'again' not in st.session_state:\n    st.session_state['again'] = 1\n"
        f"    with refusals_shown():\n        {call}\n    st.markdown('never')"
    )
    assert content(page) == []
    assert len(page.error) == 0


def test_streamlit_swaps_the_colours_that_our_charts_use() -> None:
    import streamlit.elements.plotly_chart  # noqa: F401  registers the template

    assert plotly.io.templates["streamlit"].layout.colorway[0] == "#000001"
