"""The posting policy of a company in the database, on both kinds of it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.access.audit import verify_chain
from core.categorization.company_policy import policy_of, set_policy
from core.categorization.policy import Policy
from core.errors import AccessDenied, InvalidInput, NotFound
from db.engine import snapshot, unit_of_work
from models import AuditEvent, Role
from tests import builders

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
STRICT = Policy(target_error=0.002, materiality_minor=10_000, always_review_codes=("6300",))


@pytest.fixture
def caller(books):
    return builders.caller(books.company_id, role=Role.MANAGER)


def put(books, caller, policy):
    with unit_of_work() as session:
        set_policy(session, caller, books.company_id, policy, now=NOW)


def policy(books, caller):
    with snapshot() as session:
        return policy_of(session, caller, books.company_id)


def events():
    with snapshot() as session:
        rows = session.execute(select(AuditEvent).where(col(AuditEvent.action) == "policy changed")).scalars()
        return sorted(rows, key=lambda event: event.sequence)


def test_what_a_company_has_not_set_is_as_by_default(books, caller):
    assert policy(books, caller) == Policy()
    with unit_of_work() as session:
        session.get_one(type(books.company), books.company_id).policy = {"materiality_minor": 70_000}
    assert policy(books, caller) == replace(Policy(), materiality_minor=70_000)


def test_a_policy_is_put_in_force_for_this_company_only_and_leaves_a_trace(books, caller):
    with unit_of_work() as session:
        others = builders.books(session)
    put(books, caller, STRICT)
    assert policy(books, caller) == STRICT
    assert policy(others, builders.caller(others.company_id)) == Policy()
    (trace,) = events()
    assert (trace.company_id, trace.subject_id) == (books.company_id, books.company_id)
    assert (trace.before["materiality_minor"], trace.after["materiality_minor"]) == (500_000, 10_000)
    assert trace.after["always_review_codes"] == ["6300"]
    with snapshot() as session:
        assert verify_chain(session, trace.chain) == []


def test_a_stored_policy_that_cannot_be_read_is_refused_not_guessed(books, caller):
    with unit_of_work() as session:
        session.get_one(type(books.company), books.company_id).policy = {"treshold": 0.9}
    with pytest.raises(InvalidInput, match="treshold"):
        policy(books, caller)
    with pytest.raises(InvalidInput):
        put(books, caller, STRICT)
    assert events() == []


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.REVIEWER])
def test_who_does_not_configure_reads_the_policy_but_does_not_change_it(books, role):
    other = builders.caller(books.company_id, role=role)
    assert policy(books, other) == Policy()
    with pytest.raises(AccessDenied):
        put(books, other, STRICT)
    assert policy(books, other) == Policy()


def test_another_companys_policy_is_not_there(books, caller):
    with unit_of_work() as session:
        others = builders.books(session)
    for act in (lambda: policy(others, caller), lambda: put(others, caller, STRICT)):
        with pytest.raises(NotFound):
            act()
    gone = uuid4()
    with pytest.raises(NotFound), snapshot() as session:
        policy_of(session, builders.caller(gone), gone)
