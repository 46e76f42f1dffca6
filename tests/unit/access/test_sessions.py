"""Sessions: how long they last, what ends them, and what a wrong password leads to."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlmodel import Session, col, select

from core.access.audit import INSTALLATION, verify_chain
from core.access.passwords import CheckedPassword, check_password
from core.access.sessions import (
    ATTEMPTS,
    KEPT,
    LASTS,
    LOCKED,
    caller_for,
    end_sessions_of,
    kept_password,
    open_session,
    sign_in,
    sign_out,
    user_of,
)
from db.engine import snapshot, unit_of_work
from models import AuditEvent, Role, User, UserSession
from tests import builders
from tests.builders import NOW

RIGHT, WRONG = CheckedPassword("kept", True), CheckedPassword("kept", False)


def dana(session: Session, **given: object) -> User:
    return builders.user(session, **{"username": "dana", "password_hash": "kept", **given})


def test_the_database_keeps_a_digest_and_never_the_secret(database: str) -> None:
    with unit_of_work() as session:
        dana(session)
        secret = sign_in(session, " Dana ", RIGHT, NOW)
    assert secret is not None
    assert len(secret) >= 43, "256 bits in base 64"
    with snapshot() as session:
        stored = session.exec(select(UserSession)).one()
    assert stored.secret_sha256 == sha256(secret.encode()).hexdigest()
    assert secret not in repr(stored)


def test_each_sign_in_has_a_secret_of_its_own(sqlite_database: str) -> None:
    with unit_of_work() as session:
        dana(session)
        assert len({sign_in(session, "dana", RIGHT, NOW) for _ in range(20)}) == 20


def test_a_session_ends_by_itself(database: str) -> None:
    with unit_of_work() as session:
        user = dana(session)
        secret = sign_in(session, "dana", RIGHT, NOW)
        found = user_of(session, secret, NOW + LASTS - timedelta(seconds=1))
        assert found is not None
        assert found[0].id == user.id
        assert user_of(session, secret, NOW + LASTS) is None


@pytest.mark.parametrize("secret", [None, "", "x", "é\0", "a" * 5000, "\ud800"])
def test_a_secret_that_nobody_was_given_opens_nothing(sqlite_database: str, secret: str | None) -> None:
    with unit_of_work() as session:
        dana(session)
        sign_in(session, "dana", RIGHT, NOW)
        assert user_of(session, secret, NOW) is None
        assert caller_for(session, secret, NOW) is None


def test_signing_out_ends_that_session_and_no_other(sqlite_database: str) -> None:
    with unit_of_work() as session:
        user = dana(session)
        first, second = open_session(session, user, NOW), open_session(session, user, NOW)
        sign_out(session, first, NOW)
        sign_out(session, first, NOW)
        sign_out(session, "unknown", NOW)
        assert user_of(session, first, NOW) is None
        assert user_of(session, second, NOW) is not None
        end_sessions_of(session, user.id, NOW)
        assert user_of(session, second, NOW) is None


def test_whoever_is_switched_off_is_out_at_once(sqlite_database: str) -> None:
    with unit_of_work() as session:
        user = dana(session)
        secret = open_session(session, user, NOW)
        user.is_active = False
        session.flush()
        assert user_of(session, secret, NOW) is None
        assert sign_in(session, "dana", RIGHT, NOW) is None


def test_too_many_wrong_passwords_lock_the_account_for_a_while(database: str) -> None:
    with unit_of_work() as session:
        dana(session)
    for _ in range(ATTEMPTS):
        with unit_of_work() as session:
            assert sign_in(session, "dana", WRONG, NOW) is None
    with unit_of_work() as session:
        assert sign_in(session, "dana", RIGHT, NOW + LOCKED - timedelta(seconds=1)) is None, "the right one is late"
        assert sign_in(session, "dana", RIGHT, NOW + LOCKED) is not None
        assert verify_chain(session, INSTALLATION) == []
        actions = session.exec(select(AuditEvent.action).order_by(col(AuditEvent.sequence))).all()
    assert list(actions) == ["account locked", "signed in"]


def test_a_right_password_forgets_the_wrong_ones_before(sqlite_database: str) -> None:
    with unit_of_work() as session:
        user = dana(session)
        for _ in range(3):
            for _ in range(ATTEMPTS - 1):
                sign_in(session, "dana", WRONG, NOW)
            assert sign_in(session, "dana", RIGHT, NOW) is not None
        assert user.failed_attempts == 0


def test_attempts_during_a_lock_do_not_make_it_longer(sqlite_database: str) -> None:
    with unit_of_work() as session:
        user = dana(session)
        for _ in range(ATTEMPTS * 3):
            sign_in(session, "dana", WRONG, NOW)
        assert user.locked_until_at == NOW + LOCKED


def test_a_password_changed_meanwhile_does_not_fit_any_more(sqlite_database: str) -> None:
    with unit_of_work() as session:
        dana(session, password_hash="newer")
        assert sign_in(session, "dana", RIGHT, NOW) is None


def test_an_unknown_username_costs_the_same_comparison_as_a_known_one(sqlite_database: str) -> None:
    compared = []

    def compare(password: str, kept: str) -> bool:
        compared.append(kept)
        return True  # even a comparison that says yes lets nobody in

    with unit_of_work() as session:
        dana(session, password_hash="$2b$12$" + "x" * 53)
        for username in ("dana", "nobody"):
            checked = check_password("a password", kept_password(session, username), compare)
            assert checked.fits == (username == "dana")
    known, unknown = compared
    assert known[:7] == unknown[:7], "the same method at the same cost"
    assert len(known) == len(unknown)


def test_a_caller_has_the_roles_of_this_moment(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books, user = builders.books(session), dana(session)
        secret = open_session(session, user, NOW)
        builders.access(session, user.id, books.company_id, Role.REVIEWER)
        caller = caller_for(session, secret, NOW, "review")
        assert caller is not None
        assert dict(caller.roles) == {books.company_id: Role.REVIEWER}
        assert (caller.user_id, caller.page, caller.via) == (user.id, "review", "page")


def test_sessions_that_ended_long_ago_are_removed(sqlite_database: str) -> None:
    with unit_of_work() as session:
        user = dana(session)
        open_session(session, user, NOW)
        open_session(session, user, NOW + LASTS + KEPT)
        assert len(session.exec(select(UserSession)).all()) == 2
        open_session(session, user, NOW + LASTS + KEPT + timedelta(seconds=1))
        assert len(session.exec(select(UserSession)).all()) == 2
