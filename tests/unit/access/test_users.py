"""Users: who may be added by whom, and that nobody reaches into companies of others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import bcrypt
import pytest
from sqlmodel import Session, col, select
from streamlit_authenticator.utilities.hasher import Hasher

from core.access.audit import INSTALLATION, verify_chain
from core.access.audit_reading import audit_page
from core.access.passwords import CheckedPassword, check_password, hash_password
from core.access.roles import Caller, Via
from core.access.sessions import caller_for, open_session, user_of
from core.access.users import (
    change_own_password,
    create_user,
    find_user,
    first_user,
    grant,
    list_users,
    set_active,
    set_password,
    withdraw,
)
from core.errors import AccessDenied, AlreadyTaken, InvalidInput, NotFound, UserOutOfReach, WeakPassword
from db.engine import snapshot, unit_of_work
from models import AuditEvent, Role, User
from tests import builders
from tests.builders import NOW

GOOD = "correct horse battery"


def administrator(session: Session, *company_ids: UUID) -> Caller:
    user = builders.user(session)
    for company_id in company_ids:
        builders.access(session, user.id, company_id)
    return Caller(user.id, user.display_name, Via.PAGE, dict.fromkeys(company_ids, Role.ADMINISTRATOR))


def test_the_first_user_may_add_companies_and_users(database: str) -> None:
    with unit_of_work() as session:
        first = first_user(session, username=" Dana ", display_name="Dana W.", password=GOOD, now=NOW)
        caller = caller_for(session, open_session(session, first, NOW), NOW)
    assert first.username == "dana"
    assert caller is not None
    assert caller.may_found


def test_there_is_only_one_first_user(database: str) -> None:
    with unit_of_work() as session:
        first_user(session, username="dana", display_name="Dana", password=GOOD, now=NOW)
    with unit_of_work() as session, pytest.raises(InvalidInput, match="exists already"):
        first_user(session, username="eve", display_name="Eve", password=GOOD, now=NOW)


def test_of_visitors_that_set_up_at_the_same_time_one_becomes_administrator(database: str) -> None:
    def visit(name: str) -> bool:
        try:
            with unit_of_work() as session:
                first_user(session, username=name, display_name=name, password=GOOD, now=NOW)
        except InvalidInput:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        became = list(pool.map(visit, [f"visitor{number}" for number in range(6)]))
    assert became.count(True) == 1
    with snapshot() as session:
        assert len(session.exec(select(User)).all()) == 1


def test_whoever_administers_no_company_may_not_add_users_or_companies(sqlite_database: str) -> None:
    with unit_of_work() as session:
        builders.user(session, created_at=NOW - timedelta(days=1))
        books, user = builders.books(session), builders.user(session)
        builders.access(session, user.id, books.company_id, Role.MANAGER)
        caller = caller_for(session, open_session(session, user, NOW), NOW)
        assert caller is not None
        assert not caller.may_found
        with pytest.raises(AccessDenied, match="add users"):
            create_user(session, caller, username="new", display_name="New", password=GOOD, now=NOW)
        with pytest.raises(AccessDenied):
            find_user(session, caller, user.username)


@pytest.mark.parametrize("username", ["", "a", "Ü", "-dash", "two words", "x" * 65, "tab\tname"])
def test_a_username_that_cannot_be_typed_everywhere_is_refused(sqlite_database: str, username: str) -> None:
    with unit_of_work() as session, pytest.raises(InvalidInput, match="username"):
        create_user(session, administrator(session), username=username, display_name="X", password=GOOD, now=NOW)


def test_a_username_is_taken_whatever_its_capitals(sqlite_database: str) -> None:
    with unit_of_work() as session:
        caller = administrator(session)
        create_user(session, caller, username="dana", display_name="Dana", password=GOOD, now=NOW)
        with pytest.raises(AlreadyTaken):
            create_user(session, caller, username="DANA", display_name="Dana", password=GOOD, now=NOW)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "12 characters"),
        ("é" * 40, "72 bytes"),
        ("aaaaaaaaaaaaa", "repeats"),
        ("my name is Dana ok", "username"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_change(password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        hash_password("dana", password)


def test_passwords_are_kept_as_streamlit_authenticator_keeps_them() -> None:
    kept = hash_password("dana", GOOD)
    assert Hasher.check_pw(GOOD, kept)
    assert not Hasher.check_pw(GOOD + "!", kept)
    assert bcrypt.checkpw(GOOD.encode(), Hasher.hash(GOOD).encode())


@pytest.mark.parametrize("typed", ["", "x" * 500, "nul\0inside", "é" * 60, "\ud800"])
def test_what_no_password_can_be_is_wrong_and_no_fault(typed: str) -> None:
    kept = hash_password("dana", GOOD)
    assert not check_password(typed, kept, Hasher.check_pw).fits


def test_a_password_that_only_begins_with_the_kept_one_does_not_fit() -> None:
    longest = "0123456789" * 7 + "ab"
    kept = hash_password("dana", longest)
    assert check_password(longest, kept, Hasher.check_pw).fits
    assert not check_password(longest + "more", kept, Hasher.check_pw).fits


def test_access_is_given_changed_and_taken_in_one_company_only(database: str) -> None:
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        caller = administrator(session, books.company_id)
        user = create_user(session, caller, username="rui", display_name="Rui", password=GOOD, now=NOW)
        grant(session, caller, user_id=user.id, company_id=books.company_id, role=Role.BOOKKEEPER, now=NOW)
        grant(session, caller, user_id=user.id, company_id=books.company_id, role=Role.REVIEWER, now=NOW)
        assert {row.username: row.role for row in list_users(session, caller, books.company_id)}["rui"] == Role.REVIEWER
        with pytest.raises(NotFound):
            grant(session, caller, user_id=user.id, company_id=others.company_id, role=Role.REVIEWER, now=NOW)
        with pytest.raises(NotFound):
            list_users(session, caller, others.company_id)
        withdraw(session, caller, user_id=user.id, company_id=books.company_id, now=NOW)
        assert [row.username for row in list_users(session, caller, books.company_id)] == [_name(session, caller)]
        assert verify_chain(session, books.company_id.hex) == verify_chain(session, INSTALLATION) == []
        actions = session.exec(select(AuditEvent.action).where(col(AuditEvent.subject) == "user")).all()
    assert sorted(actions) == ["access given", "access given", "access taken", "user created"]


def _name(session: Session, caller: Caller) -> str:
    user = session.get(User, caller.user_id)
    assert user is not None
    return user.username


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.REVIEWER, Role.MANAGER])
def test_only_an_administrator_gives_access(sqlite_database: str, role: Role) -> None:
    with unit_of_work() as session:
        books, user = builders.books(session), builders.user(session)
        caller = builders.caller(books.company_id, role=role)
        for refused in (
            lambda: grant(session, caller, user_id=user.id, company_id=books.company_id, role=role, now=NOW),
            lambda: withdraw(session, caller, user_id=user.id, company_id=books.company_id, now=NOW),
            lambda: list_users(session, caller, books.company_id),
        ):
            with pytest.raises(AccessDenied):
                refused()


def test_a_company_keeps_an_administrator(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        caller = administrator(session, books.company_id)
        assert caller.user_id is not None
        with pytest.raises(InvalidInput, match="needs an administrator"):
            withdraw(session, caller, user_id=caller.user_id, company_id=books.company_id, now=NOW)
        with pytest.raises(InvalidInput, match="needs an administrator"):
            grant(session, caller, user_id=caller.user_id, company_id=books.company_id, role=Role.REVIEWER, now=NOW)
        second = administrator(session, books.company_id)
        withdraw(session, second, user_id=caller.user_id, company_id=books.company_id, now=NOW)


def test_switching_off_and_a_new_password_end_every_session(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        caller = administrator(session, books.company_id)
        user = create_user(session, caller, username="rui", display_name="Rui", password=GOOD, now=NOW)
        grant(session, caller, user_id=user.id, company_id=books.company_id, role=Role.REVIEWER, now=NOW)
        secret = open_session(session, user, NOW)
        set_password(session, caller, user_id=user.id, password="another good one", now=NOW)
        assert user_of(session, secret, NOW) is None
        secret = open_session(session, user, NOW)
        set_active(session, caller, user_id=user.id, active=False, now=NOW)
        assert user_of(session, secret, NOW) is None
        set_active(session, caller, user_id=user.id, active=True, now=NOW)
        assert user_of(session, secret, NOW) is None, "switching on again revives no session"
        with pytest.raises(InvalidInput, match="yourself"):
            set_active(session, caller, user_id=caller.user_id, active=False, now=NOW)  # type: ignore[arg-type]


def test_a_lowered_role_and_access_taken_end_every_session_and_a_raised_role_ends_none(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        caller = administrator(session, books.company_id)
        user = builders.user(session)

        def give(role: Role) -> None:
            grant(session, caller, user_id=user.id, company_id=books.company_id, role=role, now=NOW)

        secret = open_session(session, user, NOW)
        for role in (Role.REVIEWER, Role.REVIEWER, Role.MANAGER):
            give(role)
            assert user_of(session, secret, NOW) is not None
        give(Role.REVIEWER)
        assert user_of(session, secret, NOW) is None
        secret = open_session(session, user, NOW)
        withdraw(session, caller, user_id=user.id, company_id=books.company_id, now=NOW)
        assert user_of(session, secret, NOW) is None


def test_a_user_without_any_company_is_reached_by_a_script_alone(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books, first = builders.books(session), builders.user(session)
        caller = administrator(session, books.company_id)
        with pytest.raises(UserOutOfReach, match="sees no company"):
            set_password(session, caller, user_id=first.id, password=GOOD, now=NOW)
        with pytest.raises(UserOutOfReach):
            set_active(session, caller, user_id=first.id, active=False, now=NOW)
        set_password(session, Caller(None, "create_user", Via.SCRIPT), user_id=first.id, password=GOOD, now=NOW)
        assert Hasher.check_pw(GOOD, first.password_hash)


def test_the_log_of_the_installation_is_for_who_administers_every_company(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        caller = administrator(session, books.company_id)
        assert audit_page(session, caller, None).chain == INSTALLATION
        builders.books(session)
        with pytest.raises(AccessDenied, match="who signs in"):
            audit_page(session, caller, None)
        assert audit_page(session, caller, books.company_id).chain == books.company_id.hex
        assert audit_page(session, Caller(None, "verify", Via.SCRIPT), None).chain == INSTALLATION


def test_a_password_is_no_way_into_companies_of_others(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        caller, user = administrator(session, books.company_id), builders.user(session)
        builders.access(session, user.id, books.company_id, Role.BOOKKEEPER)
        builders.access(session, user.id, others.company_id, Role.MANAGER)
        with pytest.raises(UserOutOfReach):
            set_password(session, caller, user_id=user.id, password=GOOD, now=NOW)
        with pytest.raises(UserOutOfReach):
            set_active(session, caller, user_id=user.id, active=False, now=NOW)


def test_an_own_password_is_changed_only_by_whom_knows_the_present_one(sqlite_database: str) -> None:
    with unit_of_work() as session:
        user = builders.user(session, password_hash=hash_password("x-x", GOOD))
        caller = Caller(user.id, user.display_name, Via.PAGE)
        for wrong in (CheckedPassword(user.password_hash, False), CheckedPassword("an older hash", True)):
            with pytest.raises(InvalidInput, match="present password"):
                change_own_password(session, caller, checked=wrong, password="brand new words", now=NOW)
        right = check_password(GOOD, user.password_hash, Hasher.check_pw)
        change_own_password(session, caller, checked=right, password="brand new words", now=NOW)
        assert Hasher.check_pw("brand new words", user.password_hash)
