"""Lines in another currency are posted with their value in base currency, and reports are in base currency."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.errors import InvalidInput, RateMissing
from core.exchange.keeping import NewRate, add_rates, list_rates
from core.exchange.rates import Rate
from core.exporting.beancount import write_beancount
from core.exporting.hledger import write_hledger
from core.exporting.ledger import read_ledger
from core.metrics.general_ledger import general_ledger
from core.metrics.statements import balance_sheet, ledger_currencies, profit_and_loss, trial_balance
from core.money import Money
from core.period import Period
from core.posting.correcting import correct_posted
from core.posting.lines import Part
from core.posting.reviewing import approve, change_account, split
from core.posting.undoing import undo
from core.verifying import verify_books
from db.engine import snapshot, unit_of_work
from models import Account, AuditEvent, DefaultAccount, JournalEntry
from tests import builders
from tests.builders import DAY
from tests.integration.foreign_books import enter, euro_line, foreign_books, valued
from tests.integration.reviewing_cases import decide
from tests.journal_tools import (
    beancount_balances,
    beancount_names,
    booked,
    hledger_balances,
    hledger_names,
    run_hledger,
)
from tests.unit.posting.cases import LATER, NOW

pytestmark = pytest.mark.usefixtures("database")

FEBRUARY = Period.month(2024, 2)


def lines_of(entry_id):
    with snapshot() as session:
        return valued(session, entry_id)


def sound(own):
    with snapshot() as session:
        assert verify_books(session, own.caller, [own.company_id]).violations == ()


def test_an_approved_line_in_euros_carries_its_value_at_the_rate_of_its_day() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(DAY - timedelta(days=2), "1.0832"), (DAY + timedelta(days=1), "9")])
    entry = euro_line(own, -1_001)
    decide(approve, own.caller, own.books, [entry])
    assert lines_of(entry) == [("1010", -1_001, "EUR", -1_084), ("6300", 1_001, "EUR", 1_084)]
    sound(own)


def test_a_split_shares_the_value_to_the_cent() -> None:
    with unit_of_work() as session:
        own = foreign_books(session)
    entry = euro_line(own, -1_000)
    parts = [Part(key, percent=Decimal(share)) for key, share in (
        (own.books.expense.id, "33.3"), (own.books.revenue.id, "33.3"), (own.books.clearing.id, "33.4"),
    )]  # fmt: skip
    decide(split, own.caller, own.books, entry, parts)
    values = [value for *_, value in lines_of(entry)]
    assert values[0] == -1_100
    assert sum(values) == 0
    sound(own)


def test_without_any_rate_the_books_in_euros_stay_apart() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[])
    entry = euro_line(own, -1_000)
    decide(approve, own.caller, own.books, [entry])
    assert [value for *_, value in lines_of(entry)] == [None, None]
    with snapshot() as session:
        assert ledger_currencies(session, own.caller, own.company_id) == ["USD", "EUR"]
        assert trial_balance(session, own.caller, own.company_id, DAY).rows == ()
        assert trial_balance(session, own.caller, own.company_id, DAY, currency="EUR").debit_minor == 1_000
    sound(own)


def test_a_line_before_the_first_rate_or_long_after_the_last_is_not_posted() -> None:
    with unit_of_work() as session:
        own = foreign_books(session)
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=32)):
        entry = euro_line(own, -1_000, day=day)
        with pytest.raises(RateMissing, match=f"EUR is known for {day}"):
            decide(approve, own.caller, own.books, [entry])
    with unit_of_work() as session:
        enter(session, own, (DAY + timedelta(days=30), "1.2"), now=NOW + timedelta(days=30))
    decide(approve, own.caller, own.books, [entry])
    assert lines_of(entry)[0] == ("1010", -1_000, "EUR", -1_200)


def test_a_correction_keeps_the_value_of_what_it_takes_back_whatever_rate_holds_by_now() -> None:
    with unit_of_work() as session:
        own = foreign_books(session)
    entry = euro_line(own, -1_000)
    decide(approve, own.caller, own.books, [entry])
    with unit_of_work() as session:
        add_rates(session, own.caller, own.company_id, [NewRate("EUR", DAY, Rate.parse("1.25"))], source="", now=LATER)
    decide(correct_posted, own.caller, own.books, entry, own.books.revenue.id)
    with snapshot() as session:
        reversal, new = session.execute(
            select(col(JournalEntry.id)).where(
                (col(JournalEntry.reverses_id) == entry) | (col(JournalEntry.replaces_id) == entry)
            ).order_by(col(JournalEntry.replaces_id).is_not(None))
        ).scalars()  # fmt: skip
    assert lines_of(reversal) == [("1010", 1_000, "EUR", 1_100), ("6300", -1_000, "EUR", -1_100)]
    assert lines_of(new) == [("1010", -1_000, "EUR", -1_250), ("8000", 1_000, "EUR", 1_250)]
    sound(own)


def test_a_decision_taken_back_takes_its_value_back() -> None:
    with unit_of_work() as session:
        own = foreign_books(session)
    decision = decide(change_account, own.caller, own.books, [euro_line(own, -1_000)], own.books.revenue.id)
    decide(undo, own.caller, own.books, decision.review_ids)
    with snapshot() as session:
        assert {row.sum_minor for row in trial_balance(session, own.caller, own.company_id, DAY).rows} == {0}
    sound(own)


def test_reports_are_in_base_currency_and_hold_every_line_once() -> None:
    with unit_of_work() as session:
        own = foreign_books(session)
        builders.entry(session, own.books, posted=True)  # 12.50 USD
    decide(approve, own.caller, own.books, [euro_line(own, -1_000)])
    decide(change_account, own.caller, own.books, [euro_line(own, 5_000)], own.books.revenue.id)
    waiting = euro_line(own, -700)
    with snapshot() as session:
        reader = (session, own.caller, own.company_id)
        assert ledger_currencies(*reader) == ["USD"]
        report = profit_and_loss(*reader, FEBRUARY)
        assert (report.revenue_minor, report.expense_minor) == (5_500, 1_100 + 1_250)
        trial = trial_balance(*reader, DAY)
        assert trial.debit_minor == trial.credit_minor == 4_400 + 2_350
        sheet = balance_sheet(*reader, DAY)
        assert {row.code: row.natural_minor for row in sheet.assets} == {"1000": -1_250, "1010": 4_400}
        assert sheet.assets_minor == sheet.equity_minor
        page = general_ledger(*reader, own.euro.id, FEBRUARY, currency="USD")
        assert [(line.amount_minor, line.booked) for line in page.lines] == [
            (line.booked.minor * 11 // 10, Money(line.booked.minor, "EUR")) for line in page.lines
        ]
        assert page.lines[-1].balance_minor == 4_400
    decide(approve, own.caller, own.books, [waiting])
    with snapshot() as session:
        assert profit_and_loss(session, own.caller, own.company_id, FEBRUARY).expense_minor == 2_350 + 770


def test_books_begun_without_rates_show_what_has_no_value_apart() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[])
    decide(approve, own.caller, own.books, [euro_line(own, -300)])
    with unit_of_work() as session:
        enter(session, own, (DAY, "1.10"))
    decide(approve, own.caller, own.books, [euro_line(own, -1_000)])
    with snapshot() as session:
        reader = (session, own.caller, own.company_id)
        assert ledger_currencies(*reader) == ["USD", "EUR"]
        assert profit_and_loss(*reader, FEBRUARY).expense_minor == 1_100
        assert profit_and_loss(*reader, FEBRUARY, currency="EUR").expense_minor == 300
    sound(own)


def test_a_later_rate_for_a_day_replaces_the_one_before_and_both_are_kept() -> None:
    with unit_of_work() as session:
        own = foreign_books(session)
        again = [NewRate("EUR", DAY, Rate.parse("1.1"))]
        assert add_rates(session, own.caller, own.company_id, again, source="", now=LATER) == 0
        other = [NewRate("eur", DAY, Rate.parse("1.2"))]
        assert add_rates(session, own.caller, own.company_id, other, source="ECB", now=LATER) == 1
    with snapshot() as session:
        listed = list_rates(session, own.caller, own.company_id)
        assert [(str(one.rate), one.source, one.is_replaced) for one in listed] == [
            ("1.2", "ECB", False), ("1.1", "test", True),
        ]  # fmt: skip
        events = session.execute(
            select(AuditEvent).where(col(AuditEvent.action) == "exchange rates entered")
        ).scalars().all()  # fmt: skip
        assert [event.after[f"EUR {DAY}"] for event in events] == ["1.1", "1.2"]


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ([], "no exchange rate to keep"),
        ([("USD", DAY, "1")], "currency of these books"),
        ([("EUX", DAY, "1")], "no currency"),
        ([("EUR", date(2030, 1, 1), "1")], "a day to come"),
        ([("EUR", DAY, "1.1"), ("EUR", DAY, "1.2")], "two rates"),
    ],
)
def test_rates_that_cannot_be_meant_are_refused(rates, said) -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[])
        new = [NewRate(currency, day, Rate.parse(text)) for currency, day, text in rates]
        with pytest.raises(InvalidInput, match=said):
            add_rates(session, own.caller, own.company_id, new, source="", now=NOW)


def test_the_first_rate_brings_an_account_for_gains_and_losses_where_none_is_named() -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        caller = builders.caller(books.company_id)
        add_rates(session, caller, books.company_id, [NewRate("EUR", DAY, Rate(11, 1))], source="", now=NOW)
        code, name, purpose = session.execute(
            select(col(Account.code), col(Account.name), col(DefaultAccount.purpose)).join(
                DefaultAccount, col(DefaultAccount.account_id) == col(Account.id)
            )
        ).one()
        assert (code, name, purpose) == ("6995", "Exchange Gains and Losses", "exchange")


def test_the_journals_hold_euros_on_the_bank_and_dollars_everywhere_else(tmp_path) -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(DAY, "1.0833")])
    decide(approve, own.caller, own.books, [euro_line(own, -1_001)])
    decide(change_account, own.caller, own.books, [euro_line(own, 5_000)], own.books.revenue.id)
    with snapshot() as session:
        ledger = read_ledger(session, own.caller, own.company_id)
        assert {(one.currency, one.amount_minor) for one in ledger.balances} == {
            ("EUR", 3_999), ("USD", 1_084), ("USD", -5_417),
        }  # fmt: skip
        journal = "".join(write_beancount(ledger))
        assert beancount_balances(journal) == booked(ledger, beancount_names(ledger))
        path = tmp_path / "books.journal"
        path.write_text("".join(write_hledger(read_ledger(session, own.caller, own.company_id))))
    assert "-10.01 EUR @@ 10.84 USD" in journal
    run_hledger(path, "check", "--strict")
    assert hledger_balances(path) == booked(ledger, hledger_names(ledger))
