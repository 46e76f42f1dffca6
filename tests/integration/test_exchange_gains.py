"""Exchange gains and losses: items settled at another rate, and one currency exchanged for another."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlmodel import Session, col

from core.errors import ExchangeAccountMissing, MatchRefused, RateMissing
from core.exporting.beancount import write_beancount
from core.exporting.hledger import write_hledger
from core.exporting.ledger import read_ledger
from core.metrics.statements import profit_and_loss, trial_balance
from core.period import Period
from core.posting.entries import book_company
from core.posting.reviewing import approve, change_account
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.deciding import unmatch
from core.reconciliation.reconciling import match_company
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import engine, snapshot, unit_of_work
from models import AccountRole, AccountType, DefaultAccount, JournalEntry, JournalLine
from tests import builders
from tests.builders import DAY
from tests.integration.foreign_books import ForeignBooks, bank_line, enter, euro_line, foreign_books, valued
from tests.integration.reviewing_cases import decide
from tests.journal_tools import (
    beancount_balances,
    beancount_names,
    booked,
    hledger_balances,
    hledger_names,
    run_hledger,
)
from tests.unit.posting.cases import NOW, live_entry

pytestmark = pytest.mark.usefixtures("database")

BEFORE = DAY - timedelta(days=20)
ALL = Period(BEFORE, DAY + timedelta(days=40))


def hand(session: Session, own: ForeignBooks, lines, items=()):
    return match_by_hand(session, own.caller, own.company_id, lines, items, write=write, now=NOW)


def lines_of(session: Session, transaction_id):
    return valued(session, live_entry(session, transaction_id).id)


def sound(session: Session, own: ForeignBooks) -> None:
    assert verify_books(session, own.caller, [own.company_id]).violations == ()


def clearing(session: Session, own: ForeignBooks) -> dict[str, int]:
    """What stands on clearing, by currency."""
    sums: dict[str, int] = {}
    rows = session.execute(
        select(col(JournalLine.currency), col(JournalLine.amount_minor))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(col(JournalLine.account_id) == own.books.clearing.id, col(JournalEntry.posted_at).is_not(None))
    )
    for currency, minor in rows:
        sums[currency] = sums.get(currency, 0) + minor
    return sums


# --- items ------------------------------------------------------------------------------------


def receivable(session: Session, own: ForeignBooks):
    return builders.account(
        session, own.company_id, code="1200", type=AccountType.ASSET, role=AccountRole.RECEIVABLE, name="Receivables"
    )


def test_an_invoice_that_was_booked_is_settled_at_its_own_rate_and_the_gain_has_a_line() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(BEFORE, "1.05"), (DAY, "1.08")])
        account = receivable(session, own)
        item = builders.open_item(
            session, own.books, amount_minor=100_000, currency="EUR", issued_on=BEFORE, account_id=account.id
        )
        line = bank_line(session, own, 100_000)
        hand(session, own, [line.id], [item.id])
    with snapshot() as session:
        assert lines_of(session, line.id) == [
            ("1010", 100_000, "EUR", 108_000), ("1200", -100_000, "EUR", -105_000), ("6995", 0, "EUR", -3_000),
        ]  # fmt: skip
        report = profit_and_loss(session, own.caller, own.company_id, ALL)
        assert [(one.code, one.total_minor) for one in report.expense] == [("6995", -3_000)]
        sound(session, own)


def test_two_payments_of_an_invoice_each_clear_their_part() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(BEFORE, "1.05"), (DAY, "1.08")])
        account = receivable(session, own)
        item = builders.open_item(
            session, own.books, amount_minor=-999, currency="EUR", issued_on=BEFORE, account_id=account.id, kind="bill"
        )
        parts = [bank_line(session, own, minor).id for minor in (-333, -666)]
        hand(session, own, parts, [item.id])
    with snapshot() as session:
        cleared = [row[3] for part in parts for row in lines_of(session, part) if row[0] == "1200"]
        assert sum(cleared) == 1_049  # 9.99 at 1.05
        sound(session, own)


def test_an_invoice_that_nothing_booked_is_income_at_the_rate_of_its_payment() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(BEFORE, "1.05"), (DAY, "1.08")])
        item = builders.open_item(session, own.books, amount_minor=1_000, currency="EUR", issued_on=BEFORE)
        line = bank_line(session, own, 1_000)
        hand(session, own, [line.id], [item.id])
    with snapshot() as session:
        assert lines_of(session, line.id) == [("1010", 1_000, "EUR", 1_080), ("8000", -1_000, "EUR", -1_080)]


def test_a_booked_invoice_of_a_day_without_a_rate_is_not_settled() -> None:
    with unit_of_work() as session:
        own = foreign_books(session)
        item = builders.open_item(
            session, own.books, amount_minor=1_000, currency="EUR", issued_on=BEFORE,
            account_id=receivable(session, own).id,
        )  # fmt: skip
        line = bank_line(session, own, 1_000)
    with pytest.raises(RateMissing), unit_of_work() as session:
        hand(session, own, [line.id], [item.id])


# --- exchanges --------------------------------------------------------------------------------


def test_euros_sold_for_dollars_leave_clearing_at_zero_and_the_gain_on_its_account(tmp_path) -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(BEFORE, "1.05"), (DAY, "1.08")])
    decide(approve, own.caller, own.books, [euro_line(own, 100_000, account=own.books.revenue, day=BEFORE)])
    with unit_of_work() as session:
        sold, came = bank_line(session, own, -100_000), bank_line(session, own, 108_320, euro=False)
        match_id = hand(session, own, [sold.id, came.id])
    with snapshot() as session:
        assert lines_of(session, sold.id) == [
            ("1010", -100_000, "EUR", -105_000), ("1090", 108_320, "USD", None),
            ("6995", 100_000, "EUR", 105_000), ("6995", -108_320, "USD", None),
        ]  # fmt: skip
        assert lines_of(session, came.id) == [("1000", 108_320, "USD", None), ("1090", -108_320, "USD", None)]
        assert clearing(session, own) == {"USD": 0}
        sums = {row.code: row.sum_minor for row in trial_balance(session, own.caller, own.company_id, DAY).rows}
        assert sums == {"1000": 108_320, "1010": 0, "1090": 0, "6995": -3_320, "8000": -105_000}
        sound(session, own)
        ledger = read_ledger(session, own.caller, own.company_id)
        assert beancount_balances("".join(write_beancount(ledger))) == booked(ledger, beancount_names(ledger))
        path = tmp_path / "books.journal"
        path.write_text("".join(write_hledger(read_ledger(session, own.caller, own.company_id))))
    run_hledger(path, "check", "--strict")
    assert hledger_balances(path) == booked(ledger, hledger_names(ledger))
    with unit_of_work() as session:
        unmatch(session, own.caller, own.company_id, match_id, write=write, now=NOW)
        assert clearing(session, own) == {"USD": 0}
        sound(session, own)


def test_dollars_that_buy_euros_are_worth_what_the_euros_are_and_the_spread_is_a_loss() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(DAY, "1.08")])
        paid = bank_line(session, own, -108_320, euro=False)
        came = bank_line(session, own, 100_000, booked_on=DAY + timedelta(days=2))
        enter(session, own, (DAY + timedelta(days=1), "1.2"))
        hand(session, own, [paid.id, came.id])
    with snapshot() as session:
        assert lines_of(session, paid.id) == [
            ("1000", -108_320, "USD", None), ("1090", 100_000, "EUR", 108_000),
            ("6995", 108_320, "USD", None), ("6995", -100_000, "EUR", -108_000),
        ]  # fmt: skip
        assert lines_of(session, came.id) == [("1010", 100_000, "EUR", 108_000), ("1090", -100_000, "EUR", -108_000)]
        assert clearing(session, own) == {"EUR": 0}
        report = profit_and_loss(session, own.caller, own.company_id, ALL)
        assert report.profit_minor == -320
        sound(session, own)


def test_money_whose_cost_the_books_do_not_know_is_worth_the_rate_of_the_day() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(DAY, "1.08")])
        sold, came = bank_line(session, own, -1_000), bank_line(session, own, 1_081, euro=False)
        hand(session, own, [sold.id, came.id])
    with snapshot() as session:
        assert lines_of(session, sold.id)[0] == ("1010", -1_000, "EUR", -1_080)
        sound(session, own)


def test_a_transfer_within_one_currency_has_one_value_though_the_rate_moved_on_the_way() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(DAY, "1.08"), (DAY + timedelta(days=2), "1.20")])
        ledger = builders.account(session, own.company_id, code="1011", type=AccountType.ASSET, role="bank")
        second = builders.bank_account(session, ledger, code="euro2", currency="EUR")
        out = bank_line(session, own, -1_000)
        file = builders.statement_file(
            session, own.books, bank_account_id=second.id, currency="EUR", new_count=1, new_minor=1_000
        )
        into = builders.transaction(
            session, own.books, file=file, amount_minor=1_000, currency="EUR", bank_account_id=second.id,
            booked_on=DAY + timedelta(days=2),
        )  # fmt: skip
        hand(session, own, [out.id, into.id])
    with snapshot() as session:
        assert [row[3] for key in (out.id, into.id) for row in lines_of(session, key)] == [-1_080, 1_080, 1_080, -1_080]
        sound(session, own)


@pytest.mark.parametrize(
    ("out", "into", "said"),
    [
        (-100_000, -108_000, "one goes out and one comes in"),
        (-100_000, 125_000, "13.6 % from the rate of the day"),
    ],
)
def test_what_cannot_be_an_exchange_is_refused(out: int, into: int, said: str) -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(DAY, "1.08")])
        lines = [bank_line(session, own, out).id, bank_line(session, own, into, euro=False).id]
    with pytest.raises(MatchRefused, match=said), unit_of_work() as session:
        hand(session, own, lines)


def test_an_exchange_needs_a_rate_an_account_for_its_gain_and_lines_that_are_not_booked_yet() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[])
        lines = [bank_line(session, own, -1_000).id, bank_line(session, own, 1_081, euro=False).id]
    with pytest.raises(RateMissing), unit_of_work() as session:
        hand(session, own, lines)
    with unit_of_work() as session:
        enter(session, own, (DAY, "1.08"))
        session.execute(delete(DefaultAccount))
    with pytest.raises(ExchangeAccountMissing), unit_of_work() as session:
        hand(session, own, lines)
    with unit_of_work() as session:
        book_company(session, own.caller, own.company_id, write=write, now=NOW)
        waiting = live_entry(session, lines[1]).id
    decide(change_account, own.caller, own.books, [waiting], own.books.clearing.id)
    with pytest.raises(MatchRefused, match="booked already"), unit_of_work() as session:
        hand(session, own, lines)


AMOUNT = st.integers(1, 10**9)
RATE = st.integers(1, 5_000_000)


@given(AMOUNT, st.integers(-90, 90), RATE, RATE, st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_amounts_and_rates_an_exchange_balances_and_clearing_is_empty(
    euros: int, off: int, first: int, second: int, sells: bool
) -> None:
    with Session(engine()) as session:
        own = foreign_books(session, rates=[(BEFORE, f"{first / 10**6:.6f}"), (DAY, f"{second / 10**6:.6f}")])
        dollars = max(1, euros * second // 10**6 * (1000 + off) // 1000)
        earned = bank_line(session, own, euros, booked_on=BEFORE)
        item = builders.open_item(session, own.books, amount_minor=euros, currency="EUR", issued_on=BEFORE)
        hand(session, own, [earned.id], [item.id])
        sign = -1 if sells else 1
        lines = [
            bank_line(session, own, sign * euros).id,
            bank_line(session, own, -sign * dollars, euro=False).id,
        ]
        if 0.9 < dollars / (euros * second / 10**6) < 1.1:
            hand(session, own, lines)
            assert not any(clearing(session, own).values())
        sound(session, own)
        trial = trial_balance(session, own.caller, own.company_id, ALL.last_on)
        assert trial.debit_minor == trial.credit_minor
        session.rollback()


def test_a_certain_exchange_is_found_and_booked_one_side_at_a_time() -> None:
    with unit_of_work() as session:
        own = foreign_books(session, rates=[(DAY, "1.08")])
        paid = bank_line(session, own, -108_320, euro=False, description="FX PURCHASE")
        came = bank_line(session, own, 100_000, description="FX PURCHASE")
        found = match_company(session, own.caller, own.company_id, write=write, now=NOW)
        assert (found.confirmed_transfers, found.suggested) == (1, 0)
        book_company(session, own.caller, own.company_id, write=write, now=NOW)
    with snapshot() as session:
        states = [live_entry(session, line.id).status for line in (paid, came)]
        waiting = live_entry(session, came.id).id
        assert states == ["posted", "needs_review"]
        assert clearing(session, own) == {"EUR": 100_000}
        sound(session, own)
    with unit_of_work() as session:
        enter(session, own, (DAY, "1.07"))  # a later rate does not part the two sides
    decide(approve, own.caller, own.books, [waiting])
    with snapshot() as session:
        assert clearing(session, own) == {"EUR": 0}
        trial = {row.code: row.sum_minor for row in trial_balance(session, own.caller, own.company_id, DAY).rows}
        assert trial["1090"] == 0
        assert trial["6995"] == 320
        sound(session, own)
