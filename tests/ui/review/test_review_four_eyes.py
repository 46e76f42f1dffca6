"""Four eyes on Review: what one prepares waits, says so, is found by the filter and by the other person."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.posting.bookings import WAITS_FOR_SECOND
from db.engine import snapshot, unit_of_work
from models import Company, EntryStatus, Transaction
from tests.ui.review.page import group_open, line, opened, statuses
from tests.ui.screen import button, check, press, refusals, told
from tests.unit.posting.cases import lines_of, live_entry


@pytest.fixture(autouse=True)
def limit(books) -> None:
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).policy = {"four_eyes_minor": 100_000}


def live(payee: str):
    with snapshot() as session:
        key = session.execute(select(col(Transaction.id)).where(col(Transaction.counterparty) == payee)).scalar_one()
        return live_entry(session, key)


def booked_to_expense(books, page) -> None:
    press(page, "review_to_account")
    page.selectbox(key="review_account").set_value(books.expense.id)
    press(page, "review_account_go")


def test_an_account_chosen_above_the_limit_is_prepared_and_the_other_person_approves(books, sign_in):
    sign_in()
    entry = line(books, "landlord", -250_000)
    page = opened()
    booked_to_expense(books, page)
    assert "1 line waits for a second pair of eyes: you prepared it" in page.info[0].value
    assert statuses(entry) == [EntryStatus.REJECTED]
    assert group_open(page) == "landlord"
    assert "Waits for a second pair of eyes: you booked it by hand on" in told(page)
    assert list(page.dataframe[0].value["Why it waits"]) == ["Second person"]
    assert "landlord → 6300 Software Subscriptions, prepared" in told(page)
    press(page, "review_approve")
    assert "This line waits for a second pair of eyes: you prepared it" in refusals(page)[0]
    assert live("landlord").status == EntryStatus.NEEDS_REVIEW
    sign_in()
    page = opened()
    assert "Dana Whitfield booked it by hand on" in told(page)
    press(page, "review_approve")
    assert live("landlord").status == EntryStatus.POSTED


def test_undo_takes_back_what_was_prepared(books, sign_in):
    sign_in()
    entry = line(books, "landlord", -250_000)
    page = opened()
    booked_to_expense(books, page)
    press(page, "review_undo")
    assert statuses(entry) == [EntryStatus.NEEDS_REVIEW]
    assert "second pair of eyes" not in told(page)
    assert button(page, "review_undo").disabled


def test_the_key_of_an_account_prepares_the_large_lines_of_a_group_and_books_the_others(books, sign_in):
    sign_in()
    large = line(books, "adobe", -250_000, books.revenue, alternatives=other(books))
    small = line(books, "adobe", -2_000, books.revenue, alternatives=other(books))
    page = opened()
    press(page, "review_choice_2")
    assert statuses(large, small) == [EntryStatus.REJECTED, EntryStatus.POSTED]
    press(page, "review_undo")
    press(page, "review_undo")
    assert statuses(large)[0] == EntryStatus.NEEDS_REVIEW


def other(books) -> list[dict[str, object]]:
    return [{"account_id": str(books.expense.id), "probability": 0.2}]


def test_a_split_above_the_limit_is_shown_to_the_other_person_with_who_split_it(books, sign_in):
    sign_in()
    line(books, "doordash", 250_000, books.revenue)
    page = opened()
    press(page, "review_to_split")
    page.text_input(key="review_part_share_0").set_value("2600")
    page.selectbox(key="review_part_1").set_value(books.expense.id)
    page.text_input(key="review_part_share_1").set_value("-100")
    press(page, "review_split_go")
    with snapshot() as session:
        assert lines_of(session, live("doordash").id)[1:] == [(books.revenue.id, -260_000), (books.expense.id, 10_000)]
    sign_in()
    page = opened()
    assert "Dana Whitfield split it on" in told(page)
    assert "8000 Sales Revenue $2,600.00, 6300 Software Subscriptions −$100.00" in told(page)
    press(page, "review_approve")
    assert live("doordash").status == EntryStatus.POSTED


def test_lines_for_a_second_person_are_found_by_the_filter(books, sign_in):
    sign_in()
    line(books, "zoom", -300_000, books.expense)
    line(books, "landlord", -400_000)
    page = opened()
    booked_to_expense(books, page)
    check(page.selectbox(key="review_hold").set_value(WAITS_FOR_SECOND).run())
    assert list(page.dataframe[0].value["Payee"]) == ["landlord"]
    assert "1 line in 1 group · $4,000.00 match" in told(page)


def test_approving_by_confidence_passes_over_what_waits_for_a_second_person(books, sign_in):
    sign_in()
    line(books, "landlord", -250_000, books.revenue, confidence=0.99)
    page = opened()
    booked_to_expense(books, page)
    sign_in()
    page = opened()
    press(page, "review_sure")
    assert "No waiting line is that sure" in told(page)
