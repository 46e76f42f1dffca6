"""The statement calendars of a company, from what is stored."""

from datetime import date

import pytest

from core.errors import NotFound
from core.reconciliation.calendars import statement_calendar
from core.reconciliation.statement_calendar import Coverage, Trouble
from db.engine import snapshot, unit_of_work
from models import FileStatus
from tests import builders

TODAY = date(2024, 4, 10)


def statement(books, number, *, lines=1, status=FileStatus.STORED, **given):
    """A statement of a month with one stored line of 0.00 and the balances 100."""
    with unit_of_work() as session:
        file = builders.statement_file(session, books, name=f"{number}.csv", status=status, new_count=1)
        if status is FileStatus.STORED:
            builders.transaction(session, books, file=file, amount_minor=0, booked_on=date(2024, number, 10))
        facts = {"opening_minor": 100, "closing_minor": 100, "lines_minor": 0, "line_count": lines, **given}
        days = {"first_on": date(2024, number, 2), "last_on": date(2024, number, 28)}
        builders.reconciliation(session, books, file, **{**days, **facts})


def calendars(books, caller=None):
    with snapshot() as session:
        return statement_calendar(session, caller or builders.caller(books.company_id), books.company_id, today=TODAY)


def test_months_and_problems_come_from_the_stored_statements(books) -> None:
    statement(books, 1)
    statement(books, 3, opening_minor=250, closing_minor=250, lines=2)
    statement(books, 2, status=FileStatus.REFUSED)
    (calendar,) = calendars(books)
    assert [month.coverage for month in calendar.months] == [
        Coverage.PROVED, Coverage.MISSING, Coverage.DIFFERENCE, Coverage.RUNNING,
    ]  # fmt: skip
    assert [(one.trouble, one.amount_minor, one.lines) for one in calendar.problems] == [
        (Trouble.GAP, 150, 0), (Trouble.DIFFERENCE, 0, 1),
    ]  # fmt: skip
    assert calendar.months[0].file_names == ("1.csv",)
    assert (calendar.name, calendar.code, calendar.currency) == ("Checking", "checking", "USD")


def test_an_account_without_statements_is_listed_beside_one_that_has_some(books) -> None:
    assert calendars(books) == ()
    with unit_of_work() as session:
        builders.bank_account(session, builders.account(session, books.company_id, code="1010"), code="savings")
    statement(books, 1)
    first, second = calendars(books)
    assert {month.coverage for month in second.months} == {Coverage.BEFORE}
    assert (second.problems, len(second.months)) == ((), len(first.months))


def test_nobody_sees_the_calendar_of_another_company(books) -> None:
    with unit_of_work() as session:
        others = builders.books(session)
    statement(others, 1)
    assert calendars(books) == ()
    with pytest.raises(NotFound):
        calendars(books, builders.caller(others.company_id))
