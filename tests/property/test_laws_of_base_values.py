"""Laws 1 and 2 on what lines in other currencies are worth: raw SQL tries to break them on both databases."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from db.engine import unit_of_work
from models import EntryStatus, JournalEntry, JournalLine, Method
from tests import builders
from tests.builders import NOW, Books
from tests.laws import impossible, raw, refused
from tests.property.test_laws_of_entries import POST, outcome

on_a_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)

SMALL = st.sampled_from([-2, -1, 0, 1, 2])  # few, so that sums often meet
Drawn = tuple[int, str, int | None]  # amount, currency, value
LINES = st.lists(st.tuples(SMALL, st.sampled_from(["USD", "EUR", "CHF"]), st.none() | SMALL), min_size=2, max_size=4)


def store(session: Session, books: Books, lines: Sequence[Drawn], **given: object) -> JournalEntry:
    entry = builders.entry(session, books, lines=[], **given)  # type: ignore[arg-type]
    for place, (amount, currency, value) in enumerate(lines, 1):
        line = {"account_id": books.expense.id, "amount_minor": amount, "currency": currency, "position": place}
        builders.stored(session, JournalLine(company_id=books.company_id, entry_id=entry.id, **line))
        if value is not None and currency != "USD":
            builders.stored(
                session,
                builders.BaseValue(
                    company_id=books.company_id, entry_id=entry.id, position=place, base_minor=value
                ),
            )  # fmt: skip
    return entry


def holds(lines: Sequence[Drawn], rated: str) -> bool:
    """What law 1 says of such an entry in a company with rates of one currency."""
    sums: Counter[str] = Counter()
    for amount, currency, _ in lines:
        sums[currency] += amount
    if any(sums.values()):
        return False
    values = [value for _, currency, value in lines if currency != "USD"]
    if all(value is None for value in values):
        return not any(currency == rated for _, currency, _ in lines)
    if None in values:
        return False
    worth = [amount if currency == "USD" else value or 0 for amount, currency, value in lines]
    return sum(worth) == 0


def test_an_entry_is_posted_exactly_if_it_balances_in_every_currency_and_in_base_currency(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        builders.exchange_rate(session, books)

        @given(LINES)
        @on_a_database
        def check(lines: list[Drawn]) -> None:
            point = session.begin_nested()
            entry = store(session, books, lines)
            assert outcome(session, POST, id=entry.id, now=NOW) == (0 if holds(lines, "EUR") else 1)
            point.rollback()

        check()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([(-2, "EUR", -2), (2, "EUR", 2)], True),
        ([(-2, "EUR", -2), (2, "EUR", 1)], False),
        ([(-2, "EUR", -2), (2, "EUR", 1), (0, "EUR", 1)], True),  # a gain on a line of its own
        ([(-2, "EUR", -2), (2, "EUR", 2), (-1, "USD", None), (1, "USD", None)], True),
        ([(-2, "EUR", None), (2, "EUR", None)], False),  # rates of the euro are known
        ([(-2, "CHF", None), (2, "CHF", None)], True),  # none of the franc
    ],
)
def test_what_law_1_says_of_values(database: str, lines: list[Drawn], *, said: bool) -> None:
    assert holds(lines, "EUR") == said
    with unit_of_work() as session:
        books = builders.books(session)
        builders.exchange_rate(session, books)
        assert (outcome(session, POST, id=store(session, books, lines).id, now=NOW) == 0) == said


def test_values_belong_to_lines_in_another_currency_and_rates_to_that_currency(database: str) -> None:
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        rate, francs = builders.exchange_rate(session, books), builders.exchange_rate(session, books, currency="CHF")
        entry = builders.entry(session, books)
        with refused(session, 1):
            builders.add_values(session, entry, [-1250])  # a line in dollars
        euros = store(session, books, [(-1, "EUR", None), (1, "EUR", None)])
        with refused(session, 1):
            builders.add_values(session, euros, [-1], rate_id=francs.id)
        with refused(session, 1):
            builders.add_values(session, euros, [1, 1, 1])  # there is no third line
        with impossible(session):
            builders.add_values(session, euros, [-1], rate_id=builders.exchange_rate(session, others).id)
        builders.add_values(session, euros, [-1, 1], rate_id=rate.id)
        with impossible(session):
            builders.add_values(session, euros, [-1])
        raw(session, "DELETE FROM journal_lines WHERE entry_id = :id AND position = 2", id=euros.id)
        builders.add_lines(session, euros, [(books.bank, 1)], "EUR")
        assert outcome(session, POST, id=euros.id, now=NOW) == 1  # the new line stands elsewhere


def test_the_values_of_a_posted_entry_stay(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        entry = builders.euro_entry(session, books, posted=True)
        with refused(session, 2):
            raw(session, "UPDATE base_values SET base_minor = 0")
        with refused(session, 2):
            raw(session, "DELETE FROM base_values")
        builders.stored(session, builders.company(session))
        apart = store(session, books, [(-1, "CHF", None), (1, "CHF", None)])
        builders.post(session, apart)
        with refused(session, 2):
            builders.add_values(session, apart, [-1, 1])
        assert entry.status == EntryStatus.POSTED


@pytest.mark.parametrize("values", [[1_100, -1_100], [1_099, -1_099], []])
def test_a_reversal_has_exactly_the_opposite_values(database: str, values: list[int]) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        entry = builders.euro_entry(session, books, posted=True)
        reversal = builders.entry(session, books, lines=[], reverses_id=entry.id, method=Method.REVERSAL)
        builders.add_lines(session, reversal, [(books.bank, 1_000), (books.expense, -1_000)], "EUR")
        builders.add_values(session, reversal, values)
        assert outcome(session, POST, id=reversal.id, now=NOW) == (0 if values == [1_100, -1_100] else 2)


def test_what_was_posted_before_the_first_rate_can_be_reversed_after_it(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        entry = store(session, books, [(-1, "EUR", None), (1, "EUR", None)])
        builders.post(session, entry)
        builders.exchange_rate(session, books)
        back = store(session, books, [(1, "EUR", None), (-1, "EUR", None)], reverses_id=entry.id)
        assert outcome(session, POST, id=back.id, now=NOW) == 0


def test_rates_never_change_and_are_of_other_currencies(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        builders.exchange_rate(session, books)
        for statement in ("UPDATE exchange_rates SET units = 1", "DELETE FROM exchange_rates"):
            with refused(session, 2):
                raw(session, statement)
        with refused(session, 1):
            builders.exchange_rate(session, books, currency="USD")
        for wrong in ({"units": 0}, {"units": -1}, {"scale": 13}, {"scale": -1}):
            with impossible(session):
                builders.exchange_rate(session, books, **wrong)
        with refused(session, 2):
            raw(session, "UPDATE companies SET base_currency = 'EUR' WHERE id = :id", id=books.company_id)
        assert raw(session, "UPDATE companies SET name = 'Other' WHERE id = :id", id=books.company_id) == 1


def test_a_company_without_rates_may_change_its_base_currency(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        assert raw(session, "UPDATE companies SET base_currency = 'EUR' WHERE id = :id", id=books.company_id) == 1
