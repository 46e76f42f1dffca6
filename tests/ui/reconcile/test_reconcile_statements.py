"""One statement on Reconcile: typed balances, the opening, closing and reopening."""

from sqlalchemy import select

from db.engine import snapshot
from models import (
    Reconciliation,
    ReconciliationStatus,
    Role,
)
from tests.ui.reconcile.page import figures, in_ledger, invoice, opened, proved, statement, status
from tests.ui.screen import button, press, refusals, told

# --- balances, opening, close -----------------------------------------------------------------


def test_balances_are_typed_in_where_the_file_states_none(company, caller):
    statement(company, ("ADOBE CREATIVE", -2_050), opening=None)
    page = opened()
    assert "A balance is not stated" in told(page)
    press(page, "reconcile_balances")
    page.text_input(key="reconcile_opening_minor").set_value("ten")
    press(page, "reconcile_balances_go")
    assert refusals(page) == ["“ten” cannot be an amount: it is not a number."]
    page.text_input(key="reconcile_opening_minor").set_value("1,000.00")
    page.text_input(key="reconcile_closing_minor").set_value("979.50")
    press(page, "reconcile_balances_go")
    assert "Proved" in told(page)
    with snapshot() as session:
        row = session.execute(select(Reconciliation)).scalar_one()
        assert (row.opening_minor, row.closing_minor) == (100_000, 97_950)


def test_balances_that_the_file_states_are_not_offered_for_typing(company, caller):
    statement(company, ("ADOBE CREATIVE", -2_050))
    assert not [each for each in opened().button if each.key == "reconcile_balances"]


def test_the_opening_balance_is_booked_and_the_ledger_agrees(company, caller):
    invoice(company)
    statement(company, ("ACH CREDIT ACME LTD INV-2044", 12_000))
    page = opened()
    assert figures(page)[-1] == "−1,000.00"
    press(page, "reconcile_opening")
    with snapshot() as session:
        assert in_ledger(session, company.books.bank.id) == 112_000
        assert in_ledger(session, company.owner.id) == -100_000
    assert figures(page)[-5:] == ["1,120.00", "−", "1,120.00", "=", "0.00"]
    assert "To the cent" in told(page)


def test_a_proved_statement_is_closed_and_reopened_with_a_reason(company, caller):
    proved(company)
    page = opened()
    press(page, "reconcile_close")
    assert status() is ReconciliationStatus.CLOSED
    press(page, "reconcile_to_reopen")
    press(page, "reconcile_reopen_go")
    assert refusals(page) == ["Say why the statement is reopened; the reason is kept in the audit log."]
    page.text_area(key="reconcile_why").set_value("The bank sent a correction")
    press(page, "reconcile_reopen_go")
    assert status() is ReconciliationStatus.OPEN
    assert "Reopened: The bank sent a correction" in told(page)


def test_a_statement_with_lines_to_book_is_not_closed(company, caller):
    statement(company, ("ZELLE ORTEGA", -70_025))
    closing = button(opened(), "reconcile_close")
    assert closing.disabled
    assert closing.help == "Not yet: 1 line without a posted entry."


def test_only_managers_reopen_and_only_reviewers_book_the_opening(company, sign_in):
    proved(company)
    sign_in(Role.BOOKKEEPER)
    page = opened()
    assert button(page, "reconcile_opening").disabled
    press(page, "reconcile_close")
    assert status() is ReconciliationStatus.CLOSED
    assert button(page, "reconcile_to_reopen").disabled
