"""The Reconcile page as a bookkeeper meets it: every figure agrees with the books, and decisions reach them."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from db.engine import snapshot, unit_of_work
from models import (
    BankAccount,
    ItemStatus,
    Match,
    MatchKind,
    MatchStatus,
    Transaction,
)
from tests import builders
from tests.builders import DAY
from tests.ui.reconcile.page import (
    doubtful,
    figures,
    in_ledger,
    invoice,
    item_statuses,
    matches,
    opened,
    selected,
    statement,
)
from tests.ui.screen import button, check, press, refusals, told
from ui.reconcile_desk import ASKED, Asked
from ui.words import plain

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
    assert f"{round(100 * score)} of 100 alike were right" in told(page)
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
