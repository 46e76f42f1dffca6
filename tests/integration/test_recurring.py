"""The recurring series of a company, from its stored lines."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from core.errors import NotFound
from core.recurring.reading import bank_names, recurring_series
from core.recurring.series import Frequency, RecurringSeries, SeriesState
from db.engine import snapshot, unit_of_work
from models import AliasOrigin, CounterpartyAlias
from tests import builders

TODAY = date(2025, 11, 20)
QUERIES = 4


def store(books: builders.Books, *days: date, who: str = "Landlord", minor: int = -100_000) -> None:
    with unit_of_work() as session:
        for on in days:
            builders.transaction(session, books, booked_on=on, counterparty=who, amount_minor=minor)


def months(first: int, last: int, year: int = 2025) -> list[date]:
    return [date(year, month, 3) for month in range(first, last + 1)]


def covered(books: builders.Books, last_on: date) -> None:
    with unit_of_work() as session:
        file = builders.statement_file(session, books)
        builders.reconciliation(session, books, file, first_on=date(2025, 1, 1), last_on=last_on)


def read(books: builders.Books, today: date = TODAY) -> list[RecurringSeries]:
    with snapshot() as session:
        return recurring_series(session, builders.caller(books.company_id), books.company_id, today=today)


def test_a_company_without_lines_has_no_series(books: builders.Books) -> None:
    assert read(books) == []


def test_the_statements_say_whether_a_payment_is_missing_or_not_known_yet(books: builders.Books) -> None:
    store(books, *months(1, 5))
    assert [(one.frequency, one.state) for one in read(books)] == [(Frequency.MONTHLY, SeriesState.DUE)]
    covered(books, date(2025, 6, 30))
    assert [(one.state, one.expected_on) for one in read(books)] == [(SeriesState.MISSING, date(2025, 6, 3))]


def test_names_that_a_company_calls_the_same_are_one_series(books: builders.Books) -> None:
    store(books, *months(1, 6)[::2], who="Wpengine")
    store(books, *months(1, 6)[1::2], who="Wpe Wpengine.com")
    assert read(books) == []
    with unit_of_work() as session:
        session.add(
            CounterpartyAlias(
                company_id=books.company_id, printed="Wpe Wpengine.com", shown="Wpengine", origin=AliasOrigin.BY_HAND,
                changed_at=datetime(2025, 7, 1, tzinfo=UTC),
            )
        )  # fmt: skip
    assert [(one.counterparty, len(one.lines)) for one in read(books)] == [("Wpengine", 6)]


def test_lines_out_of_the_books_of_later_days_and_of_long_ago_do_not_count(books: builders.Books) -> None:
    store(books, *months(10, 12, 2025))
    assert read(books) == [], "two of them until today"
    store(books, *months(1, 4, 2023))
    assert read(books) == [], "all of them before the 25 months"
    with unit_of_work() as session:
        for on in months(1, 4):
            gone = datetime(2025, 5, 1, tzinfo=UTC)
            builders.transaction(session, books, booked_on=on, counterparty="Gone", reverted_at=gone)
    assert read(books) == []


def test_as_many_queries_are_made_for_many_series_as_for_one(books: builders.Books) -> None:
    for number in range(5):
        store(books, *months(1, 5), who=f"Payee {number}")
    made: list[str] = []
    with snapshot() as session:
        caller = builders.caller(books.company_id)
        bind = session.get_bind()

        def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            made.append(statement)

        event.listen(bind, "before_cursor_execute", record)
        found = recurring_series(session, caller, books.company_id, today=TODAY)
        event.remove(bind, "before_cursor_execute", record)
    assert len(found) == 5
    assert len([statement for statement in made if statement.startswith("SELECT")]) == QUERIES


def test_nobody_sees_the_series_of_another_company(books: builders.Books) -> None:
    store(books, *months(1, 5))
    with unit_of_work() as session:
        other = builders.books(session)
    assert read(other) == []
    with snapshot() as session:
        for look in (
            lambda: recurring_series(session, builders.caller(other.company_id), books.company_id, today=TODAY),
            lambda: bank_names(session, builders.caller(other.company_id), books.company_id),
        ):
            with pytest.raises(NotFound):
                look()
