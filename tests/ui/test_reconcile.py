"""The Reconcile page as a bookkeeper meets it: every figure agrees with the books, and decisions reach them."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.access.roles import Caller, Via
from core.flow import work_through
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import (
    BankAccount,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchStatus,
    OpenItem,
    Reconciliation,
    ReconciliationStatus,
    Role,
    Transaction,
)
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company, founded
from ui import identity
from ui.reconcile_desk import ASKED, Asked
from ui.words import plain

PAGE = Path(__file__).parents[2] / "pages/reconcile.py"


@pytest.fixture
def company(sqlite_database: str) -> Company:
    with unit_of_work() as session:
        return founded(session)


@pytest.fixture
def sign_in(company: Company, monkeypatch: pytest.MonkeyPatch):
    def signed_in(role: Role = Role.MANAGER) -> Caller:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield")
        caller = Caller(person.id, person.display_name, Via.PAGE, {company.id: role}, page="reconcile")
        monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, company.books.company))
        return caller

    return signed_in


@pytest.fixture
def caller(sign_in) -> Caller:
    return sign_in()


def statement(company: Company, *lines: tuple[str, int], opening: int | None = 100_000, off: int = 0, **given) -> UUID:
    """A stored statement of ten days with these lines (text, minor units), matched and booked; its id.

    `off`: by how much the stated closing misses what the lines come to.
    """
    amounts = [minor for _, minor in lines]
    with unit_of_work() as session:
        file = builders.statement_file(session, company.books, new_count=len(lines), new_minor=sum(amounts))
        first_on = given.pop("first_on", DAY)
        for row, (text, minor) in enumerate(lines, 1):
            builders.transaction(
                session, company.books, file=file, row=row, amount_minor=minor, description=text, booked_on=first_on,
                counterparty=text.split()[0],
            )  # fmt: skip
        row = builders.reconciliation(
            session, company.books, file, first_on=first_on, last_on=first_on + timedelta(days=9),
            opening_minor=opening, closing_minor=None if opening is None else opening + sum(amounts) + off,
            lines_minor=sum(amounts), line_count=len(lines),
        )  # fmt: skip
        work_through(session, company.caller, company.id, write=write_columns, now=NOW)
        return row.id


def invoice(company: Company, number: str = "INV-2044", minor: int = 12_000) -> UUID:
    with unit_of_work() as session:
        return builders.open_item(
            session, company.books, number=number, counterparty="Acme Ltd", amount_minor=minor,
            issued_on=DAY - timedelta(days=5),
        ).id  # fmt: skip


def doubtful(company: Company) -> tuple[UUID, UUID]:
    """A receipt that may pay either of two invoices, so that one of them is suggested; the invoices."""
    items = invoice(company), invoice(company, "INV-2045")
    statement(company, ("CREDIT ACME LTD", 12_000))
    return items


def opened(**state) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20)
    for name, value in state.items():
        page.session_state[name] = value
    return check(page.run())


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def button(page: AppTest, name: str) -> Button:
    (found,) = [each for each in page.button if each.key and each.key.startswith(name)]
    return found


def press(page: AppTest, name: str) -> AppTest:
    return check(button(page, name).click().run())


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind)).replace("\\", "")


def figures(page: AppTest) -> list[str]:
    return [metric.value for metric in page.metric]


def refusals(page: AppTest) -> list[str]:
    return [element.value for element in page.error]


def matches() -> list[MatchStatus]:
    with snapshot() as session:
        return [MatchStatus(one) for one in session.execute(select(Match.status).order_by(Match.status)).scalars()]


def item_statuses() -> list[ItemStatus]:
    with snapshot() as session:
        rows = session.execute(select(col(OpenItem.status)).order_by(col(OpenItem.status))).scalars()
        return [ItemStatus(one) for one in rows]


def in_ledger(session: Session, account_id: UUID) -> int:
    """Straight from the tables, as a check on what the page says."""
    return int(
        session.execute(
            select(func.coalesce(func.sum(col(JournalLine.amount_minor)), 0))
            .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
            .where(
                col(JournalLine.account_id) == account_id,
                col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.REVERSED]),
            )
        ).scalar_one()
    )


# --- looking ----------------------------------------------------------------------------------


def test_both_equations_and_the_causes_are_those_of_the_books(company, caller):
    statement(company, ("ADOBE CREATIVE", -2_050), ("ZELLE ORTEGA", -70_025))
    page = opened()
    with snapshot() as session:
        lines = session.execute(select(func.sum(col(Transaction.amount_minor)))).scalar_one()
        ledger = in_ledger(session, company.books.bank.id)
    assert (lines, ledger) == (-72_075, 0)
    assert figures(page) == ["1,000.00", "+", "−720.75", "=", "279.25", "0.00", "−", "279.25", "=", "−279.25"]
    causes = page.table[0].value
    assert list(causes.iloc[:, 0]) == [
        "The opening balance is not, or not so, in the books", "2 lines wait for review",
    ]  # fmt: skip
    assert list(causes.iloc[:, 1]) == [-100_000, 72_075]
    assert "Before it can be closed: 2 lines without a posted entry." in told(page)
    assert "279.25 to explain" in told(page)
    assert list(page.dataframe[0].value["Amount"]) == [-2_050, -70_025]


def test_a_suggestion_shows_both_sides_and_how_sure_it_is(company, caller):
    doubtful(company)
    page = opened()
    with snapshot() as session:
        score, reason = session.execute(select(col(Match.score), col(Match.reason))).one()
    assert "One deposit, one invoice" in told(page)
    assert f"{score:.0%} sure" in told(page)
    assert reason in told(page)
    card = page.table[-1].value
    assert list(card.iloc[:, 2]) == [12_000, 12_000]
    assert list(page.dataframe[1].value["Amount"]) == [12_000, 12_000]


def test_what_the_bank_wrote_is_not_read_as_markup(company, caller):
    statement(company, ("SQ *BLUE* [x](http://y)", 12_000))
    with unit_of_work() as session:
        line = session.execute(select(Transaction)).scalar_one()
        item = builders.open_item(session, company.books, number="A*1*", amount_minor=12_000)
        builders.match(session, company.books, line, item, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED)
    card = opened().table[-1].value
    assert list(card.iloc[:, 1]) == [plain("SQ *BLUE* [x](http://y)"), plain("A*1* acme")]
    assert plain("SQ *BLUE* [x](http://y)").startswith(r"SQ \*BLUE\* \[x\]")


def test_without_a_statement_the_page_says_what_to_do(company, caller):
    page = opened()
    assert "No statement yet" in told(page)
    assert "Upload the first bank file" in told(page)


def test_every_line_says_what_explains_it(company, caller):
    invoice(company)
    statement(company, ("ACH CREDIT ACME LTD INV-2044", 12_000), ("ZELLE ORTEGA", -70_025))
    lines = opened(reconcile_view="All lines").dataframe[0].value
    assert list(lines["State"]) == [["Booked"], ["Waits"]]
    assert list(lines["Explained by"]) == ["Match", ""]
    assert list(lines["Account"]) == ["8000 Sales Revenue", ""]


def test_all_statements_are_listed_with_their_state_and_the_oldest_open_one_is_opened(company, caller):
    early = statement(company, ("ADOBE CREATIVE", -2_050), first_on=date(2024, 1, 1))
    statement(company, ("ADOBE CREATIVE", -2_050), opening=200_000, first_on=date(2024, 2, 1))
    statement(company, ("ADOBE CREATIVE", -2_050), opening=197_950, off=100, first_on=date(2024, 3, 1))
    statement(company, ("ADOBE CREATIVE", -2_050), opening=None, first_on=date(2024, 4, 1))
    page = opened(reconcile_view="Statements")
    listed = page.dataframe[0].value
    assert list(listed["Statement"]) == [
        "Apr 1 to 10, 2024", "Mar 1 to 10, 2024", "Feb 1 to 10, 2024", "Jan 1 to 10, 2024",
    ]  # fmt: skip
    assert list(listed["State"]) == [["No balance"], ["Difference"], ["Gap"], ["To book"]]
    assert page.session_state["reconcile_statement"] == early


def test_suggestions_in_other_statements_can_be_reached(company, caller):
    items = invoice(company), invoice(company, "INV-2045")
    assert len(items) == 2
    statement(company, ("ADOBE CREATIVE", -2_050), first_on=DAY - timedelta(days=30))
    statement(company, ("CREDIT ACME LTD", 12_000), opening=97_950)
    page = opened()
    assert "No suggestion waits here" in told(page)
    press(page, "reconcile_go_")
    assert "One deposit, one invoice" in told(page)


# --- deciding ---------------------------------------------------------------------------------


def test_confirming_books_the_line_and_undo_brings_the_suggestion_back(company, caller):
    doubtful(company)
    page = opened()
    press(page, "reconcile_confirm")
    assert (matches(), item_statuses()) == ([MatchStatus.CONFIRMED], [ItemStatus.OPEN, ItemStatus.SETTLED])
    assert "Every line of this statement is booked or matched" in told(page)
    press(page, "reconcile_undo")
    assert (matches(), item_statuses()) == ([MatchStatus.SUGGESTED], [ItemStatus.OPEN, ItemStatus.OPEN])
    assert "One deposit, one invoice" in told(page)


def test_not_this_dismisses_and_can_be_taken_back(company, caller):
    doubtful(company)
    page = opened()
    press(page, "reconcile_dismiss")
    assert matches() == [MatchStatus.DISMISSED]
    assert "No suggestion waits here" in told(page)
    press(page, "reconcile_undo")
    assert matches() == [MatchStatus.SUGGESTED]


def test_who_is_slower_is_told_so(company, caller):
    doubtful(company)
    page = opened()
    with unit_of_work() as session:
        session.execute(select(Match)).scalar_one().status = MatchStatus.DISMISSED
    press(page, "reconcile_confirm")
    assert refusals(page) == ["This match is dismissed already; reload the page."]
    assert item_statuses() == [ItemStatus.OPEN, ItemStatus.OPEN]


def test_a_key_pressed_twice_in_haste_counts_once(company, caller):
    doubtful(company)
    page = opened()
    with snapshot() as session:
        match_id = session.execute(select(col(Match.id))).scalar_one()
    page.session_state[ASKED] = [Asked("confirm", (match_id,))] * 2
    check(page.run())
    assert refusals(page) == []
    assert matches() == [MatchStatus.CONFIRMED]
    press(page, "reconcile_undo")
    press(page, "reconcile_confirm")
    assert matches() == [MatchStatus.CONFIRMED]


def selected(page: AppTest, table: str, *rows: int) -> None:
    statement_id = page.session_state["reconcile_statement"].hex
    page.session_state[f"reconcile_{table}_{statement_id}_0"] = {
        "selection": {"rows": list(rows), "columns": [], "cells": []}
    }


def test_lines_are_matched_by_hand_once_both_sides_come_to_the_same(company, caller):
    statement(company, ("DEPOSIT", 12_000))
    one, rest = invoice(company, "A-1", 7_000), invoice(company, "A-2", 5_000)
    page = opened()
    assert button(page, "reconcile_by_hand").disabled
    selected(page, "bank", 0)
    selected(page, "items", 0)
    check(page.run())
    assert "120.00 − 70.00 = 50.00" in told(page)
    assert button(page, "reconcile_by_hand").disabled
    selected(page, "items", 0, 1)
    check(page.run())
    press(page, "reconcile_by_hand")
    assert {one, rest}
    assert (matches(), item_statuses()) == ([MatchStatus.CONFIRMED], [ItemStatus.SETTLED, ItemStatus.SETTLED])


def test_a_match_in_force_is_taken_apart(company, caller):
    invoice(company)
    statement(company, ("ACH CREDIT ACME LTD INV-2044", 12_000))
    page = opened(reconcile_view="Matched")
    listed = page.dataframe[0].value
    assert (list(listed["Amount"]), list(listed["Books"])) == ([12_000], ["INV-2044 Acme Ltd"])
    assert button(page, "reconcile_unmatch").disabled
    selected(page, "matched", 0)
    check(page.run())
    press(page, "reconcile_unmatch")
    assert (matches(), item_statuses()) == ([MatchStatus.DISMISSED], [ItemStatus.OPEN])
    assert "Nothing is matched here" in told(page)


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


def proved(company: Company) -> None:
    invoice(company)
    statement(company, ("ACH CREDIT ACME LTD INV-2044", 12_000))


def status() -> ReconciliationStatus:
    with snapshot() as session:
        return ReconciliationStatus(session.execute(select(col(Reconciliation.status))).scalar_one())


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


def test_no_key_works_under_an_open_dialog(company, caller):
    items = invoice(company), invoice(company, "INV-2045")
    assert len(items) == 2
    statement(company, ("CREDIT ACME LTD", 12_000), opening=None)
    page = opened()
    keys = ["reconcile_confirm", "reconcile_dismiss", "reconcile_by_hand", "reconcile_undo", "reconcile_next"]
    assert all(button(page, key).proto.shortcut for key in keys)
    press(page, "reconcile_balances")
    assert not any(button(page, key).proto.shortcut for key in keys)
    press(page, "reconcile_balances_cancel")
    assert all(button(page, key).proto.shortcut for key in keys)


def test_the_other_side_of_a_transfer_is_found_in_another_account_by_hand(company, caller):
    statement(company, ("WIRE OUT", -25_000))
    with unit_of_work() as session:
        savings = session.get_one(BankAccount, company.savings.id)
        builders.transaction(
            session, company.books, amount_minor=25_000, description="INCOMING", counterparty="Incoming",
            bank_account_id=savings.id, booked_on=DAY + timedelta(days=2),
        )  # fmt: skip
    page = opened()
    assert list(page.dataframe[1].value["Text"]) == ["Savings ••0915: INCOMING"]
    selected(page, "bank", 0)
    selected(page, "others", 0)
    check(page.run())
    press(page, "reconcile_by_hand")
    assert matches() == [MatchStatus.CONFIRMED]
    with snapshot() as session:
        assert in_ledger(session, company.books.clearing.id) == 0
        assert in_ledger(session, company.books.bank.id) == -25_000
