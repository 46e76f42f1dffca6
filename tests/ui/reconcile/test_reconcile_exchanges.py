"""Money that went from an account in one currency to one in another, matched by hand on the Reconcile page."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.exchange.keeping import NewRate, add_rates
from core.exchange.rates import Rate
from db.engine import snapshot, unit_of_work
from models import AccountRole, AccountType, JournalLine, MatchStatus
from tests import builders
from tests.builders import DAY, NOW
from tests.ui.reconcile.page import invoice, matches, opened, selected, statement
from tests.ui.screen import button, press, refusals, told


@pytest.fixture
def euros(company, caller):
    """Brings a line of an account in euros into the books, where a euro is worth 1.10 dollars."""

    def brought_in(minor: int) -> None:
        with unit_of_work() as session:
            add_rates(
                session, caller, company.id, [NewRate("EUR", DAY, Rate.parse("1.10"))], source="ECB",
                now=NOW + timedelta(days=1),
            )  # fmt: skip
            ledger = builders.account(
                session, company.id, code="1015", name="Euro", type=AccountType.ASSET, role=AccountRole.BANK
            )
            bank = builders.bank_account(session, ledger, code="euro", name="Euro", currency="EUR")
            file = builders.statement_file(
                session, company.books, bank_account_id=bank.id, currency="EUR", new_count=1, new_minor=minor
            )
            builders.transaction(
                session, company.books, file=file, amount_minor=minor, currency="EUR", bank_account_id=bank.id,
                description="GUTSCHRIFT", counterparty="", booked_on=DAY + timedelta(days=2),
            )  # fmt: skip

    return brought_in


def test_lines_of_own_accounts_in_other_currencies_stand_apart_and_can_be_exchanged(company, euros):
    euros(10_000)
    statement(company, ("WIRE OUT 4471", -11_600))
    page = opened(reconcile_account=company.books.checking.id)
    assert "Own accounts in EUR" in told(page)
    assert list(page.dataframe[-1].value["Amount"]) == [10_000]
    assert button(page, "reconcile_by_hand").disabled
    selected(page, "bank", 0)
    selected(page, "others_EUR", 0)
    page.run()
    assert "−$116.00 for €100.00, exchanged" in told(page)
    assert refusals(press(page, "reconcile_by_hand")) == []
    assert matches() == [MatchStatus.CONFIRMED]
    with snapshot() as session:
        booked = session.execute(select(col(JournalLine.amount_minor), col(JournalLine.currency))).all()
    assert (10_000, "EUR") in booked
    assert (-11_600, "USD") in booked


def test_amounts_far_from_the_rate_of_the_day_are_refused_with_how_far(company, euros):
    euros(10_000)
    statement(company, ("WIRE OUT 4471", -21_600))
    page = opened(reconcile_account=company.books.checking.id)
    selected(page, "bank", 0)
    selected(page, "others_EUR", 0)
    (refusal,) = refusals(press(page.run(), "reconcile_by_hand"))
    assert "49.1 % from the rate of the day" in refusal
    assert matches() == []


def test_two_lines_that_go_the_same_way_are_no_exchange(company, euros):
    euros(-10_000)
    statement(company, ("WIRE OUT 4471", -11_000))
    page = opened(reconcile_account=company.books.checking.id)
    selected(page, "bank", 0)
    selected(page, "others_EUR", 0)
    assert button(page.run(), "reconcile_by_hand").disabled


def test_an_item_is_not_paid_by_a_line_of_another_currency(company, euros):
    euros(10_000)
    invoice(company, minor=11_000)
    statement(company, ("WIRE OUT 4471", -5))
    page = opened(reconcile_account=company.books.checking.id)
    selected(page, "items", 0)
    selected(page, "others_EUR", 0)
    assert button(page.run(), "reconcile_by_hand").disabled
