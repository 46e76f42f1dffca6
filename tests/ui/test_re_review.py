"""The Re-review page as a reviewer meets it: the machine's choice stays hidden until the answer is given."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.assurance.re_reviewing import decide_blind
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import EntryStatus, Method, ReReview, Role
from tests import builders
from tests.ui.screen import told
from tests.unit.posting.cases import NOW, status_of

PAGE = Path(__file__).parents[2] / "pages/re_review.py"


def drawn(books, payee: str, row: int, **given) -> tuple[UUID, UUID]:
    """An automatic entry in the sample: (entry, re-review)."""
    with unit_of_work() as session:
        line = builders.transaction(session, books, row=row, counterparty=payee, description=payee.upper())
        proposal = builders.proposal(
            session, books, line, account_id=books.expense.id, method=Method.MODEL, confidence=0.99,
            alternatives=[{"account_id": str(books.revenue.id), "probability": 0.01}], reason="booked 14 of 14 times",
        )  # fmt: skip
        entry = builders.entry(
            session, books, transaction=line, proposal_id=proposal.id, auto_approved=True, posted=True,
            method=Method.MODEL,
        )  # fmt: skip
        return entry.id, builders.re_review(session, books, entry, **given).id


def opened() -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=30).run()
    assert not page.exception, page.exception
    return page


def answer(page: AppTest, account_id: UUID | None) -> AppTest:
    if account_id is not None:
        page.radio[0].set_value(account_id).run()
    next(each for each in page.button if each.label == "Book it there").click().run()
    assert not page.exception, page.exception
    return page


def test_the_line_is_asked_without_a_word_of_what_was_posted(books, sign_in_as):
    sign_in_as(Role.REVIEWER, books.company_id)
    drawn(books, "Adobe Systems", 1)
    page = opened()
    text = told(page)
    assert "Adobe Systems" in text
    assert "1 line to decide" in text
    assert page.radio[0].value is None
    assert len(page.radio[0].options) == 2
    assert "14 of 14" not in text
    assert "99" not in text


def test_agreeing_is_told_and_the_next_line_comes(books, sign_in_as):
    sign_in_as(Role.REVIEWER, books.company_id)
    drawn(books, "Adobe Systems", 1)
    drawn(books, "Zoom", 2)
    page = opened()
    page = answer(page, books.expense.id)
    assert "The books stay as they are" in page.success[0].value
    assert "1 line to decide" in told(page)
    assert page.radio[0].value is None


def test_another_account_reverses_the_entry(books, sign_in_as):
    sign_in_as(Role.REVIEWER, books.company_id)
    entry_id, key = drawn(books, "Adobe Systems", 1)
    page = answer(opened(), books.revenue.id)
    assert "that entry was reversed" in page.info[0].value
    assert "No line is waiting" in told(page)
    with snapshot() as session:
        assert status_of(session, entry_id) is EntryStatus.REVERSED
        assert session.get_one(ReReview, key).agreed is False


def test_an_answer_without_an_account_is_refused(books, sign_in_as):
    sign_in_as(Role.REVIEWER, books.company_id)
    drawn(books, "Adobe Systems", 1)
    page = answer(opened(), None)
    assert "Choose the account" in page.error[0].value
    with snapshot() as session:
        assert session.execute(select(ReReview.decided_at)).scalar_one() is None


def test_a_line_decided_by_somebody_else_is_not_decided_twice(books, sign_in_as):
    sign_in_as(Role.REVIEWER, books.company_id)
    _, key = drawn(books, "Adobe Systems", 1)
    page = opened()
    page.radio[0].set_value(books.revenue.id).run()
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        decide_blind(session, caller, books.company_id, key, books.expense.id, write=write_columns, now=NOW)
    next(each for each in page.button if each.label == "Book it there").click().run()
    assert "in the meantime" in page.error[0].value


def test_a_line_put_off_comes_after_the_others(books, sign_in_as):
    sign_in_as(Role.REVIEWER, books.company_id)
    drawn(books, "Adobe Systems", 1)
    drawn(books, "Zoom", 2)
    page = opened()
    first = "Adobe Systems" in told(page)
    next(each for each in page.button if each.label == "Later").click().run()
    assert ("Zoom" in told(page)) is first
    assert "2 lines to decide" in told(page)


def test_a_bookkeeper_does_not_get_to_it(books, sign_in_as):
    sign_in_as(Role.BOOKKEEPER, books.company_id)
    drawn(books, "Adobe Systems", 1)
    page = AppTest.from_file(PAGE, default_timeout=30).run()
    assert "may not decide entries" in page.error[0].value
    assert not page.radio
