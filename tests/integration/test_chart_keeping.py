"""A company's chart of accounts in the database, on both kinds of it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.access.audit import verify_chain
from core.errors import AccessDenied, AlreadyTaken, InvalidInput, NotFound
from core.posting.chart_keeping import NAME_MAX, add_account, change_account_details, list_accounts
from db.engine import snapshot, unit_of_work
from models import AccountType, AuditEvent, Role
from tests import builders

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def caller(books):
    return builders.caller(books.company_id, role=Role.MANAGER)


def added(books, caller, code="6310", name="Web Hosting", type=AccountType.EXPENSE):  # noqa: A002 - the field's own word
    with unit_of_work() as session:
        return add_account(session, caller, books.company_id, code=code, name=name, type=type, now=NOW).id


def changed(books, caller, account_id, **given):
    with unit_of_work() as session:
        change_account_details(session, caller, books.company_id, account_id, now=NOW, **given)


def accounts(books, caller, **options):
    with snapshot() as session:
        return list_accounts(session, caller, books.company_id, **options)


def events(action):
    with snapshot() as session:
        return list(session.execute(select(AuditEvent).where(col(AuditEvent.action) == action)).scalars())


def test_an_account_is_added_at_the_place_of_its_code_and_leaves_a_trace(books, caller):
    account_id = added(books, caller, " 6310 ", "  Web Hosting ")
    assert [a.code for a in accounts(books, caller)] == ["1000", "1090", "6300", "6310", "8000", "9000"]
    made = next(a for a in accounts(books, caller) if a.id == account_id)
    assert (made.name, made.type, made.role, made.is_active) == ("Web Hosting", AccountType.EXPENSE, None, True)
    (trace,) = events("account added")
    assert (trace.company_id, trace.subject_id) == (books.company_id, account_id)
    assert trace.after == {"code": "6310", "name": "Web Hosting", "type": "expense"}
    with snapshot() as session:
        assert verify_chain(session, trace.chain) == []


@pytest.mark.parametrize("code", ["", "   ", "-6310", "63 10", "6" * 17, "63§", "６３１０"])
def test_a_code_that_cannot_be_one_is_refused(books, caller, code):
    with pytest.raises(InvalidInput, match="cannot be an account code"):
        added(books, caller, code)
    assert len(accounts(books, caller)) == 5


@pytest.mark.parametrize("name", ["", " \t", "x" * (NAME_MAX + 1)])
def test_a_name_that_cannot_be_one_is_refused(books, caller, name):
    with pytest.raises(InvalidInput, match="needs a name"):
        added(books, caller, name=name)
    with pytest.raises(InvalidInput, match="needs a name"):
        changed(books, caller, books.expense.id, name=name)
    assert next(a for a in accounts(books, caller) if a.id == books.expense.id).name == "Software Subscriptions"


def test_a_code_in_use_is_taken_in_this_company_only(books, caller):
    with unit_of_work() as session:
        others = builders.books(session)
    with pytest.raises(AlreadyTaken, match="6300"):
        added(books, caller, "6300")
    assert events("account added") == []
    added(books, caller, "6310")
    added(others, builders.caller(others.company_id), "6310")


def test_a_refused_code_leaves_the_rest_of_the_work_alone(books, caller):
    with unit_of_work() as session:
        with pytest.raises(AlreadyTaken):
            add_account(session, caller, books.company_id, code="6300", name="Twice", type=AccountType.EXPENSE, now=NOW)
        add_account(session, caller, books.company_id, code="6310", name="Once", type=AccountType.EXPENSE, now=NOW)
    assert [a.name for a in accounts(books, caller) if a.code.startswith("63")] == ["Software Subscriptions", "Once"]


def test_an_account_is_renamed_and_switched_off_and_on_and_keeps_its_code(books, caller):
    changed(books, caller, books.expense.id, name="Software")
    changed(books, caller, books.expense.id, is_active=False)
    off = next(a for a in accounts(books, caller) if a.id == books.expense.id)
    assert (off.code, off.name, off.is_active) == ("6300", "Software", False)
    assert books.expense.id not in [a.id for a in accounts(books, caller, active_only=True)]
    changed(books, caller, books.expense.id, is_active=True)
    assert books.expense.id in [a.id for a in accounts(books, caller, active_only=True)]
    renamed, switched, _ = sorted(events("account changed"), key=lambda event: event.sequence)
    assert (renamed.before["name"], renamed.after["name"]) == ("Software Subscriptions", "Software")
    assert (switched.before["is_active"], switched.after["is_active"]) == (True, False)


def test_what_the_machine_books_to_stays_active_but_may_be_renamed(books, caller):
    for account, what in (
        (books.suspense, "nobody has decided"),
        (books.clearing, "own accounts"),
        (books.bank, "bank statements"),
    ):
        with pytest.raises(InvalidInput, match=what):
            changed(books, caller, account.id, is_active=False)
        changed(books, caller, account.id, name="Renamed", is_active=True)
    assert len(accounts(books, caller, active_only=True)) == 5


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.REVIEWER])
def test_who_does_not_configure_reads_the_chart_but_changes_nothing(books, role):
    other = builders.caller(books.company_id, role=role)
    assert len(accounts(books, other)) == 5
    with pytest.raises(AccessDenied):
        added(books, other)
    with pytest.raises(AccessDenied):
        changed(books, other, books.expense.id, name="x")


def test_another_companys_accounts_are_not_there(books, caller):
    with unit_of_work() as session:
        others = builders.books(session)
    for account_id in (others.expense.id, uuid4()):
        with pytest.raises(NotFound):
            changed(books, caller, account_id, name="mine now")
    with pytest.raises(NotFound):
        accounts(others, caller)
    with pytest.raises(NotFound):
        added(others, caller)
