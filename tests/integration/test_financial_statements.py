"""Financial statements against an independent recomputation in plain Python, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from core.metrics.general_ledger import general_ledger
from core.metrics.statements import (
    balance_sheet,
    ledger_currencies,
    profit_and_loss,
    trial_balance,
    waiting_totals,
)
from core.period import Period
from db.engine import engine, unit_of_work
from models import Account, AccountRole, AccountType, Method
from tests import builders
from tests.builders import Books

pytestmark = pytest.mark.usefixtures("database")

YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))


@contextmanager
def throw_away() -> Iterator[Session]:
    """A session whose work is rolled back, for generated books."""
    with Session(engine()) as session:
        yield session
        session.rollback()


# --- generated books --------------------------------------------------------------------------


@dataclass
class Generated:
    """Books together with their ledger as plain rows: (day, account, minor units, currency), reversed ones included."""

    books: Books
    accounts: list[Account]
    ledger: list[tuple[date, Account, int, str]] = field(default_factory=list)


ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 800),  # days after 2023-01-01
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(-90_000, 90_000).filter(bool),
        st.sampled_from(["USD", "USD", "EUR"]),
        st.sampled_from(["posted", "reversed", "waiting", "rejected"]),
    ),
    max_size=8,
)


def generate(session: Session, entries: list[tuple[int, int, int, int, str, str]]) -> Generated:
    """Books with these entries: (day, debit account, credit account, minor units, currency, fate)."""
    books = builders.books(session, fiscal_year_start=4)
    loan = builders.account(session, books.company_id, code="2500", type=AccountType.LIABILITY)
    equity = builders.account(session, books.company_id, code="3000", type=AccountType.EQUITY, role=AccountRole.OWNER)
    found = Generated(books, [books.bank, loan, equity, books.revenue, books.expense, books.clearing])
    for day, debit, credit, minor, currency, fate in entries:
        on = date(2023, 1, 1) + timedelta(days=day)
        row = builders.entry(session, books, lines=[], booked_on=on)
        lines = [(found.accounts[debit], minor), (found.accounts[credit], -minor)]
        builders.add_lines(session, row, lines, currency)
        if fate == "rejected":
            row.status = "rejected"
        if fate in ("posted", "reversed"):
            builders.post(session, row)
            found.ledger += [(on, account, amount, currency) for account, amount in lines]
        if fate == "reversed":
            opposite = [(account, -amount) for account, amount in lines]
            later = on + timedelta(days=40)
            back = builders.entry(session, books, lines=[], booked_on=later, reverses_id=row.id, method=Method.REVERSAL)
            builders.add_lines(session, back, opposite, currency)
            builders.post(session, back)
            row.status = "reversed"
            found.ledger += [(later, account, amount, currency) for account, amount in opposite]
    session.flush()
    return found


def total(found: Generated, types: set[AccountType], first: date, last: date, currency: str = "USD") -> int:
    """Debit minus credit of the accounts of these types on the days, by adding up the rows."""
    return sum(
        minor
        for on, account, minor, of in found.ledger
        if first <= on <= last and of == currency and account.type in types
    )


def test_statements_equal_a_plain_recomputation_and_agree_with_each_other() -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(entries=ENTRIES, first=st.integers(0, 800), length=st.integers(0, 500))
    def check(entries: list[Any], first: int, length: int) -> None:
        begin = date(2023, 1, 1) + timedelta(days=first)
        period = Period(begin, begin + timedelta(days=length))
        with throw_away() as session:
            found = generate(session, entries)
            caller, company_id = builders.caller(found.books.company_id), found.books.company_id
            for currency in ("USD", "EUR"):
                report = profit_and_loss(session, caller, company_id, period, currency=currency)
                end = trial_balance(session, caller, company_id, period.last_on, currency=currency)
                before = trial_balance(session, caller, company_id, begin - timedelta(days=1), currency=currency)
                sheet = balance_sheet(session, caller, company_id, period.last_on, currency=currency)
                _check_profit(found, report, period, currency)
                _check_agreement(report, before, end)
                _check_sheet(found, sheet, period.last_on, currency)

    check()


def _check_profit(found: Generated, report: Any, period: Period, currency: str) -> None:
    revenue = -total(found, {AccountType.REVENUE}, period.first_on, period.last_on, currency)
    expense = total(found, {AccountType.EXPENSE}, period.first_on, period.last_on, currency)
    assert (report.revenue_minor, report.expense_minor) == (revenue, expense)
    assert report.profit_minor == revenue - expense == sum(report.profit_by_month())
    for line in (*report.revenue, *report.expense):
        assert sum(line.by_month) == line.total_minor
    for month, profit in zip(report.months, report.profit_by_month(), strict=True):
        inside = Period(max(month.first_on, period.first_on), min(month.last_on, period.last_on))
        income = {AccountType.REVENUE, AccountType.EXPENSE}
        assert profit == -total(found, income, inside.first_on, inside.last_on, currency)


def _check_agreement(report: Any, before: Any, end: Any) -> None:
    """The profit is what the trial balance's income accounts moved by in the period."""
    income = (AccountType.REVENUE, AccountType.EXPENSE)
    moved = [-sum(row.sum_minor for row in balance.rows if row.type in income) for balance in (before, end)]
    assert report.profit_minor == moved[1] - moved[0]
    assert end.debit_minor == end.credit_minor


def _check_sheet(found: Generated, sheet: Any, as_of: date, currency: str) -> None:
    always = date(2000, 1, 1)
    assert sheet.assets_minor == total(found, {AccountType.ASSET}, always, as_of, currency)
    assert sheet.liabilities_minor == -total(found, {AccountType.LIABILITY}, always, as_of, currency)
    assert sheet.assets_minor == sheet.liabilities_minor + sheet.equity_minor
    year_from = date(as_of.year if as_of.month >= 4 else as_of.year - 1, 4, 1)
    income = {AccountType.REVENUE, AccountType.EXPENSE}
    assert sheet.fiscal_year_from == year_from
    assert sheet.current_result_minor == -total(found, income, year_from, as_of, currency)
    assert sheet.earlier_results_minor == -total(found, income, always, year_from - timedelta(days=1), currency)


def test_the_general_ledger_pages_through_every_line_once_with_a_running_balance() -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(entries=ENTRIES, rows=st.integers(1, 4))
    def check(entries: list[Any], rows: int) -> None:
        period = Period(date(2023, 6, 1), date(2024, 12, 31))
        with throw_away() as session:
            found = generate(session, entries)
            caller, bank = builders.caller(found.books.company_id), found.books.bank
            seen, balances, after = [], [], None
            while True:
                page = general_ledger(
                    session, caller, bank.company_id, bank.id, period, currency="USD", after=after, rows=rows
                )
                assert not balances or page.opening_minor == balances[-1]
                seen += [(line.key.booked_on, line.amount_minor) for line in page.lines]
                balances += [line.balance_minor for line in page.lines]
                after = page.next_after
                if after is None:
                    break
            expected = [(on, minor) for on, account, minor, of in found.ledger if account is bank and of == "USD"]
            assert sorted(seen) == sorted((on, minor) for on, minor in expected if on in period)
            if balances:
                assert balances[-1] == sum(minor for on, minor in expected if on <= period.last_on)

    check()


def test_currencies_are_listed_with_the_base_first_and_what_waits_is_named() -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        caller = builders.caller(books.company_id)
        for amount in (-300, -20, 500):
            line = builders.transaction(session, books, amount_minor=amount)
            builders.entry(session, books, transaction=line)
        row = builders.entry(session, books, lines=[])
        builders.add_lines(session, row, [(books.bank, 5), (books.revenue, -5)], "EUR")
        assert ledger_currencies(session, caller, books.company_id) == ["USD", "EUR"]
        (waits,) = waiting_totals(session, caller, books.company_id)
        assert (waits.currency, waits.lines, waits.money_in_minor, waits.money_out_minor) == ("USD", 3, 500, 320)
        assert waiting_totals(session, caller, books.company_id, Period(date(2023, 1, 1), date(2023, 1, 31))) == []
