"""What a late correction would have changed in the closed period, on both kinds of database."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from core.errors import AccessDenied, NotFound
from core.posting.correcting import correct_posted
from core.posting.late_effect import effect_on_closed
from core.posting.reviewing import change_account
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import Company
from tests import builders
from tests.unit.posting.cases import balances, waiting

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
CLOSED, OPEN = date(2024, 2, 29), date(2024, 3, 1)


@pytest.fixture
def entry(books, caller):
    with unit_of_work() as session:
        found = [waiting(session, books, amount_minor=amount).id for amount in (-11_900, -500)]
        change_account(session, caller, books.company_id, found, books.expense.id, write=write, now=NOW)
        return found[0]


def close():
    with unit_of_work() as session:
        session.execute(update(Company).values(closed_through_on=CLOSED))


def effect(books, caller, entry, account, **given):
    with snapshot() as session:
        return effect_on_closed(session, caller, books.company_id, entry, account.id, **given)


def figures(diff):
    return [(each.account, each.closed_minor, each.corrected_minor, each.difference_minor) for each in diff.accounts]


def test_the_accounts_that_would_differ_are_shown_with_both_figures(books, caller, entry):
    close()
    diff = effect(books, caller, entry, books.revenue)
    assert (diff.closed_through_on, diff.currency) == (CLOSED, "USD")
    assert figures(diff) == [
        ("6300 Software Subscriptions", 12_400, 500, -11_900),
        ("8000 Sales Revenue", 0, 11_900, 11_900),
    ]


def test_a_tax_that_was_missing_moves_its_share_alone(books, caller, entry):
    with unit_of_work() as session:
        tax = builders.tax_code(session, books, account_id=books.revenue.id)
    close()
    diff = effect(books, caller, entry, books.expense, tax_code_id=tax.id)
    assert [each.difference_minor for each in diff.accounts] == [-1_900, 1_900]


def test_in_an_open_period_nothing_is_shown(books, caller, entry):
    assert effect(books, caller, entry, books.revenue) is None


def test_the_shown_difference_is_what_the_late_correction_brings_to_the_open_period(books, caller, entry):
    close()
    diff = effect(books, caller, entry, books.revenue)
    with snapshot() as session:
        before = balances(session, books.company_id)
    with unit_of_work() as session:
        correct_posted(session, caller, books.company_id, entry, books.revenue.id, write=write, now=NOW, booked_on=OPEN)
    with snapshot() as session:
        after = balances(session, books.company_id)
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in after.keys() | before.keys()}
    assert {key: minor for key, minor in moved.items() if minor} == {
        each.account_id: each.difference_minor for each in diff.accounts
    }


def test_strangers_and_unknown_entries_are_refused(books, caller, entry):
    close()
    with unit_of_work() as session:
        others = builders.books(session)
    with pytest.raises(NotFound):
        effect(others, builders.caller(others.company_id), entry, others.revenue)
    with pytest.raises(NotFound):
        effect(books, caller, entry, others.revenue)
    with pytest.raises((AccessDenied, NotFound)):
        effect(books, builders.caller(books.company_id, roles={}), entry, books.revenue)
