"""Differences between the sides on the Reconcile page: written off, left open, a fee; and what narrows the lists."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.reconciliation.by_hand import Rest
from db.engine import snapshot, unit_of_work
from models import AccountPurpose, DefaultAccount, MatchDifference, MatchStatus, OpenItem
from tests import builders
from tests.builders import DAY
from tests.ui.reconcile.page import invoice, matches, opened, selected, statement
from tests.ui.screen import button, check, press, told
from ui.reconcile_desk import ASKED, Asked


def settled() -> list[int]:
    with snapshot() as session:
        return list(session.execute(select(col(OpenItem.settled_minor)).order_by(col(OpenItem.number))).scalars())


def named_accounts(company) -> None:
    with unit_of_work() as session:
        for purpose in AccountPurpose:
            row = DefaultAccount(company_id=company.id, purpose=purpose, account_id=company.books.expense.id)
            builders.stored(session, row)


def both_sides(company, paid: int, owed: int):
    named_accounts(company)
    invoice(company, minor=owed)
    statement(company, ("DEPOSIT", paid))
    page = opened()
    selected(page, "bank", 0)
    selected(page, "items", 0)
    return check(page.run())


def test_a_small_difference_is_written_off_with_a_key(company, caller):
    page = both_sides(company, 11_950, 12_000)
    assert button(page, "reconcile_by_hand").disabled
    assert button(page, "reconcile_write_off").proto.shortcut
    press(page, "reconcile_write_off")
    assert (matches(), settled()) == ([MatchStatus.CONFIRMED], [12_000])
    with snapshot() as session:
        assert session.execute(select(col(MatchDifference.amount_minor))).scalar_one() == -50


def test_a_larger_difference_is_not_offered_to_be_written_off(company, caller):
    assert button(both_sides(company, 11_800, 12_000), "reconcile_write_off").disabled


@pytest.mark.parametrize(("rest", "paid"), [(Rest.LEFT_OPEN, 11_800), (Rest.FEE, 12_000)])
def test_a_rest_is_left_open_or_is_a_fee(company, caller, rest, paid):
    page = both_sides(company, 11_800, 12_000)
    with snapshot() as session:
        item = session.execute(select(col(OpenItem.id))).scalar_one()
        line = session.execute(select(builders.Transaction.id)).scalar_one()
    page.session_state[ASKED] = [Asked("by_hand", (line,), (item,), rest)]
    check(page.run())
    assert (matches(), settled()) == ([MatchStatus.CONFIRMED], [paid])


def test_what_is_open_is_told_by_age_and_narrowed_by_text(company, caller):
    invoice(company, "A-1", 7_000)
    invoice(company, "B-1", 5_000)
    statement(company, ("DEPOSIT", 99_000))
    page = opened()
    assert "To come in**, over 90 days: 120.00" in told(page)
    page.session_state["reconcile_text"] = "b-1"
    check(page.run())
    assert list(page.dataframe[0].value["Amount"]) == [5_000]
    assert "No line fits the filter" in told(page)


def test_an_open_line_that_repeats_a_matched_one_is_said_to_be_paid_twice_perhaps(company, caller):
    invoice(company)
    statement(company, ("ACME LTD INV-2044", 12_000), ("ACME LTD AGAIN", 12_000))
    assert f"Perhaps paid twice: the line of {DAY} with this name and amount is matched." in told(opened())
