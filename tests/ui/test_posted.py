"""The Posted page as a reviewer meets it: a look is counted, a correction reaches the books, a stale row is refused."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.metrics.quality import measured_precision
from core.posting.reversing import reverse_entries
from core.posting.reviewing import approve
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import Company, EntryStatus, JournalEntry, Method, Outcome, Review, Role, Transaction
from tests import builders
from tests.ui.review.page import reviews
from tests.ui.screen import button, check, press, refusals, told
from tests.unit.posting.cases import NOW, balances, live_entry, status_of, waiting
from ui import identity

PAGE = Path(__file__).parents[2] / "pages/posted.py"


@pytest.fixture
def sign_in(books: builders.Books, monkeypatch: pytest.MonkeyPatch):
    """Whoever is at the screen is asked anew for each step, as in the application."""

    def signed_in(role: Role = Role.MANAGER) -> Caller:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield")
        caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: role}, page="posted")

        def here(page: str) -> identity.Here:
            with snapshot() as session:
                return identity.Here(caller, session.get_one(Company, books.company_id))

        for module in ("ui.identity", "ui.posted_desk"):
            monkeypatch.setattr(f"{module}.here", here)
        return caller

    return signed_in


@pytest.fixture
def caller(sign_in) -> Caller:
    return sign_in()


def alone(books, payee, amount_minor=-2_000, **given) -> UUID:
    """A line that the policy posted; its entry."""
    with unit_of_work() as session:
        entry = waiting(
            session, books, account=books.expense, counterparty=payee, description=f"CARD 4411 {payee.upper()}",
            amount_minor=amount_minor, confidence=0.98, **given,
        )  # fmt: skip
        entry.auto_approved = True
        return builders.post(session, entry).id


def opened() -> AppTest:
    return check(AppTest.from_file(PAGE, default_timeout=20).run())


def precision(books, caller) -> tuple[int, int] | None:
    with snapshot() as session:
        found = measured_precision(session, caller, [books.company_id])
    return None if found is None else (found.rate.numerator, found.rate.denominator)


def entries_of(entry_id: UUID) -> tuple[JournalEntry, JournalEntry, JournalEntry]:
    """The entry, what reverses it, and what replaces it, straight from the tables."""
    with snapshot() as session:
        first = session.get_one(JournalEntry, entry_id)
        reversal = session.execute(select(JournalEntry).where(col(JournalEntry.reverses_id) == entry_id)).scalar_one()
        new = session.execute(select(JournalEntry).where(col(JournalEntry.replaces_id) == entry_id)).scalar_one()
        return first, reversal, new


def start_correction(page: AppTest, account_id: UUID) -> None:
    press(page, "posted_correct")
    page.selectbox(key="posted_account").set_value(account_id)


# --- looking ----------------------------------------------------------------------------------


def test_a_look_is_counted_where_metrics_measures_and_the_next_line_opens(books, caller):
    alone(books, "adobe", booked_on=date(2024, 2, 20))
    alone(books, "zoom", booked_on=date(2024, 2, 10))
    page = opened()
    assert list(page.dataframe[0].value["Payee"]) == ["adobe", "zoom"]
    assert "0 of 2 lines posted alone looked at. " in told(page)
    assert precision(books, caller) is None
    press(page, "posted_right")
    assert precision(books, caller) == (1, 1)
    assert "1 of 2 lines posted alone looked at, 1 right. " in told(page)
    assert list(page.dataframe[0].value["Payee"]) == ["zoom", "adobe"]
    assert list(page.dataframe[0].value["Looked at"]) == ["–", "Right"]
    assert "adobe: right" in told(page)
    assert [(row.outcome, row.was_automatic, row.reviewer_id) for row in reviews()] == [
        (Outcome.APPROVED, True, caller.user_id)
    ]


def test_a_look_is_taken_back_from_the_bar(books, caller):
    entry = alone(books, "adobe")
    page = opened()
    assert button(page, "posted_undo").disabled
    press(page, "posted_right")
    press(page, "posted_undo")
    assert precision(books, caller) is None
    assert "counts as not looked at" in page.success[0].value
    with snapshot() as session:
        assert status_of(session, entry) == EntryStatus.POSTED


def test_what_the_person_decided_elsewhere_is_not_taken_back_here(books, caller):
    entry_id = alone(books, "adobe")
    with unit_of_work() as session:
        entry = session.get_one(JournalEntry, entry_id)
        builders.review(session, books, entry, reviewer_id=caller.user_id, was_automatic=True)
    assert button(opened(), "posted_undo").disabled


def test_a_key_pressed_twice_in_haste_says_nothing_of_the_next_line_unseen(books, caller):
    alone(books, "adobe")
    alone(books, "zoom", booked_on=date(2024, 1, 10))
    page = opened()
    seen = button(page, "posted_right")
    seen.click().run()
    check(seen.click().run())
    assert precision(books, caller) == (1, 1)


def test_lines_decided_before_posting_stand_under_all_and_are_not_confirmed(books, caller):
    with unit_of_work() as session:
        entry = builders.post(session, waiting(session, books, account=books.expense, counterparty="zoom"))
        builders.review(session, books, entry)
    page = opened()
    assert "Nothing was posted alone yet" in told(page)
    check(page.segmented_control(key="posted_which").set_value("All").run())
    assert list(page.dataframe[0].value["Looked at"]) == ["Before posting"]
    assert button(page, "posted_right").disabled
    assert not button(page, "posted_correct").disabled


# --- correcting -------------------------------------------------------------------------------


def test_a_correction_leaves_a_reversal_and_a_new_entry_in_the_books(books, caller):
    entry = alone(books, "adobe")
    page = opened()
    start_correction(page, books.clearing.id)
    page.text_area(key="posted_comment").set_value("own account")
    assert "That entry is reversed, and a new one is posted" in told(page)
    press(page, "posted_correct_go")
    first, reversal, new = entries_of(entry)
    assert [each.status for each in (first, reversal, new)] == [
        EntryStatus.REVERSED, EntryStatus.POSTED, EntryStatus.POSTED,
    ]  # fmt: skip
    assert (reversal.method, new.method) == (Method.REVERSAL, Method.MANUAL)
    with snapshot() as session:
        assert balances(session, books.company_id) == {books.bank.id: -2_000, books.clearing.id: 2_000}
    assert precision(books, caller) == (0, 1)
    assert [(row.outcome, row.comment) for row in reviews()] == [(Outcome.CORRECTED, "own account")]
    assert list(page.dataframe[0].value["Looked at"]) == ["Corrected"]
    assert "a new one posted" in page.success[0].value
    press(page, "posted_undo")
    with snapshot() as session:
        assert live_entry(session, first.transaction_id).status == EntryStatus.NEEDS_REVIEW
    assert "waits in Review" in page.success[0].value


def test_a_correction_above_the_limit_for_one_person_waits_in_review_and_counts_once_approved(books, caller, sign_in):
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).policy = {"four_eyes_minor": 1_000}
    entry = alone(books, "adobe")
    page = opened()
    start_correction(page, books.clearing.id)
    press(page, "posted_correct_go")
    assert "waits in Review until someone else approves it" in page.success[0].value
    first, reversal, new = entries_of(entry)
    assert [each.status for each in (first, reversal, new)] == [
        EntryStatus.REVERSED, EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW,
    ]  # fmt: skip
    assert precision(books, caller) is None
    with unit_of_work() as session:
        approve(session, sign_in(), books.company_id, [new.id], write=write_columns, now=NOW)
    assert precision(books, caller) == (0, 1)


def test_a_correction_of_a_locked_day_is_booked_on_the_first_open_one(books, caller):
    entry = alone(books, "adobe", booked_on=date(2024, 1, 20))
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).closed_through_on = date(2024, 1, 31)
    page = opened()
    start_correction(page, books.clearing.id)
    assert page.date_input(key="posted_day").value == date(2024, 2, 1)
    page.run()
    closed, would_be, difference = ("Closed", "Would be", "Difference")
    (effect,) = [each.value for each in page.dataframe if closed in each.value.columns]
    assert effect[[closed, would_be, difference]].values.tolist() == [[0, 2_000, 2_000], [2_000, 0, -2_000]]
    press(page, "posted_correct_go")
    _, reversal, new = entries_of(entry)
    assert (reversal.booked_on, new.booked_on) == (date(2024, 2, 1), date(2024, 2, 1))


# --- refusals ---------------------------------------------------------------------------------


def test_a_correction_needs_another_account(books, caller):
    alone(books, "adobe")
    page = opened()
    press(page, "posted_correct")
    press(page, "posted_correct_go")
    assert refusals(page) == ["Choose the account first."]
    page.selectbox(key="posted_account").set_value(books.expense.id)
    press(page, "posted_correct_go")
    assert refusals(page) == ["The entry is booked to that account already; choose another."]
    assert reviews() == []


def test_a_row_that_changed_meanwhile_is_not_acted_on(books, caller):
    entry = alone(books, "adobe")
    page = opened()
    with unit_of_work() as session:
        reverse_entries(session, caller, books.company_id, [entry], write=write_columns, now=NOW)
    press(page, "posted_right")
    (said,) = refusals(page)
    assert "is reversed already" in said
    assert precision(books, caller) is None


def test_a_role_lost_under_the_open_dialog_is_asked_for_anew(books, sign_in):
    sign_in(Role.REVIEWER)
    entry = alone(books, "adobe")
    page = opened()
    start_correction(page, books.clearing.id)
    sign_in(Role.BOOKKEEPER)
    press(page, "posted_correct_go")
    with snapshot() as session:
        assert status_of(session, entry) == EntryStatus.POSTED
        assert session.execute(select(Review)).first() is None


def test_a_bookkeeper_may_look_but_not_decide(books, sign_in):
    sign_in(Role.BOOKKEEPER)
    alone(books, "adobe")
    page = opened()
    assert all(button(page, key).disabled for key in ("posted_right", "posted_correct", "posted_undo"))
    assert "Reviewers and managers decide" in page.info[0].value


def test_lines_of_another_company_are_not_listed(books, caller):
    with unit_of_work() as session:
        other = builders.books(session)
    alone(other, "theirs")
    mine = alone(books, "mine")
    page = opened()
    assert list(page.dataframe[0].value["Payee"]) == ["mine"]
    with snapshot() as session:
        shown = session.get_one(Transaction, session.get_one(JournalEntry, mine).transaction_id)
    assert list(page.dataframe[0].value["Amount"]) == [shown.amount_minor]
