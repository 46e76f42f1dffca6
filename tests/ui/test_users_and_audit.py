"""The pages Users, Audit log and Your password: one happy path and one refusal explained each, and the shell."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest
from streamlit_authenticator.utilities.hasher import Hasher

from core.access.audit import record, verify_chain
from core.access.audit_reading import ROWS, audit_page
from core.access.passwords import hash_password
from core.access.sessions import caller_for
from core.errors import AccessDenied, NotFound
from db.engine import snapshot, unit_of_work
from models import CompanyAccess, Role, User
from tests import builders
from tests.laws import laws_suspended, raw
from tests.ui.conftest import SignIn
from ui import audit_log
from ui.audit_log import change_in_words

ROOT = Path(__file__).parents[2]
GOOD = "correct horse battery"


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    audit_log.forget_proofs()
    with unit_of_work() as session:
        return builders.books(session, name="Hamilton Coffee Co.")


def opened(path: str) -> AppTest:
    page = AppTest.from_file(ROOT / path, default_timeout=20).run()
    assert not page.exception, page.exception
    return page


def events(books: builders.Books, count: int) -> None:
    with unit_of_work() as session:
        caller = builders.caller(books.company_id, page="rules")
        for number in range(count):
            record(
                session, caller, company_id=books.company_id, action="rule changed", subject="rule",
                before={"amount_minor": number}, after={"amount_minor": number + 1}, now=datetime.now(UTC),
            )  # fmt: skip


def test_a_role_is_changed_and_audited(books: builders.Books, sign_in_as: SignIn) -> None:
    with unit_of_work() as session:
        user = builders.user(session, display_name="Aaron First", username="aaron")
        builders.access(session, user.id, books.company_id, Role.BOOKKEEPER)
    sign_in_as(Role.ADMINISTRATOR, books.company_id)
    page = AppTest.from_file(ROOT / "pages/users.py", default_timeout=20)
    page.session_state["users_rows"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    assert page.dataframe[0].value["Role"].tolist() == ["Bookkeeper", "Administrator"]
    page.selectbox[0].set_value(Role.REVIEWER).run()
    page.button(key="users_change_role").click().run()
    assert not page.exception
    assert "Aaron First is now reviewer here" in page.success[0].value
    assert page.dataframe[0].value["Role"].tolist() == ["Reviewer", "Administrator"]
    with snapshot() as session:
        access = session.get(CompanyAccess, (user.id, books.company_id))
        assert access is not None
        assert access.role == Role.REVIEWER
        assert verify_chain(session, books.company_id.hex) == []


def test_the_last_administrator_cannot_leave_and_is_told_why(books: builders.Books, sign_in_as: SignIn) -> None:
    sign_in_as(Role.ADMINISTRATOR, books.company_id)
    page = AppTest.from_file(ROOT / "pages/users.py", default_timeout=20)
    page.session_state["users_rows"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    page.button(key="users_withdraw").click().run()
    assert "needs an administrator" in page.error[0].value


def test_the_log_shows_the_newest_first_and_says_that_it_is_whole(books: builders.Books, sign_in_as: SignIn) -> None:
    events(books, ROWS + 3)
    sign_in_as(Role.MANAGER, books.company_id)
    page = opened("pages/audit.py")
    assert f"Chain proved, {ROWS + 3} events" in page.markdown[0].value
    shown = page.dataframe[0].value
    assert len(shown) == ROWS
    assert shown["Change"].iloc[0] == f"amount {ROWS + 2} → {ROWS + 3}"
    page.pagination[0].set_value(2).run()
    assert page.dataframe[0].value["Change"].tolist() == ["amount 2 → 3", "amount 1 → 2", "amount 0 → 1"]


def test_damage_to_the_log_is_shown_when_it_is_proved_again(books: builders.Books, sign_in_as: SignIn) -> None:
    events(books, 3)
    sign_in_as(Role.MANAGER, books.company_id)
    page = opened("pages/audit.py")
    assert "Chain proved" in page.markdown[0].value
    with laws_suspended() as session:
        raw(session, "UPDATE audit_events SET action = 'nothing' WHERE sequence = 2")
    page.button(key="audit_prove").click().run()
    assert "Damaged: audit event 2" in page.markdown[0].value


def test_who_signs_in_is_seen_by_administrators_only(books: builders.Books, sign_in_as: SignIn) -> None:
    first = sign_in_as(Role.ADMINISTRATOR, books.company_id)
    second = sign_in_as(Role.MANAGER, books.company_id)
    with snapshot() as session:
        administrator = caller_for(session, first, datetime.now(UTC))
        manager = caller_for(session, second, datetime.now(UTC))
        assert administrator is not None
        assert manager is not None
        seen = audit_page(session, administrator, None)
        assert [event.action for event in seen.events] == ["signed in", "signed in"]
        with pytest.raises(AccessDenied):
            audit_page(session, manager, None)
        with pytest.raises(NotFound):
            audit_page(session, builders.caller(), books.company_id)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, None, ""),
        (None, {"username": "rui"}, "username rui"),
        ({"role": "reviewer", "code": "6300"}, {"role": "manager", "code": "6300"}, "role reviewer → manager"),
        ({"reason": "x"}, None, "reason − x"),
        ({"limit_minor": 1}, {"limit_minor": None}, "limit 1 → none"),
        (None, {"closing_minor": -41260, "currency": "USD"}, "closing −412.60, currency USD"),
        ({"closing_minor": 5}, {"closing_minor": 7, "currency": "JPY"}, "closing 5 → 7, currency JPY"),
        (None, {"parts": [{"account_id": "6300", "amount_minor": 5}]}, "parts (account 6300, amount 5)"),
    ],
)
def test_a_change_is_told_in_one_line(before: dict | None, after: dict | None, words: str) -> None:
    assert change_in_words(before, after) == words


def test_an_own_password_is_changed_on_its_page(books: builders.Books, sign_in_as: SignIn) -> None:
    sign_in_as(Role.BOOKKEEPER, books.company_id)
    with unit_of_work() as session:
        user = session.exec(select(User)).one()
        user.password_hash = hash_password("nobody", GOOD)
        session.add(user)
    page = opened("pages/password.py")
    for present, shown in (("a wrong one here", "error"), (GOOD, "success")):
        for field, text in zip(page.text_input, (present, "brand new words", "brand new words"), strict=True):
            field.set_value(text)
        page.button[0].click().run()
        assert not page.exception
        assert len(page.get(shown)) == 1
    with snapshot() as session:
        kept = session.exec(select(User)).one().password_hash
    assert Hasher.check_pw("brand new words", kept)


def test_the_shell_fills_what_streamlit_authenticator_keeps(books: builders.Books, sign_in_as: SignIn) -> None:
    sign_in_as(Role.REVIEWER, books.company_id)
    shell = opened("ui/shell.py")
    assert shell.session_state["authentication_status"] is True
    assert shell.session_state["name"].strip() == "Dana Whitfield"
    assert shell.session_state["username"].startswith("user")
    assert shell.sidebar.selectbox[0].options == ["Hamilton Coffee Co."]
