"""Taxes in bank lines: codes of a company, entries of net and tax, on both kinds of database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.errors import AccessDenied, AccountNotBookable, AlreadyTaken, InvalidInput, NotFound
from core.posting.correcting import correct_posted
from core.posting.lines import Part
from core.posting.reversing import reverse_entries
from core.posting.reviewing import change_account, split
from core.posting.tax import tax_rates
from core.posting.tax_codes import add_tax_code, change_tax_code, list_tax_codes
from core.posting.undoing import undo
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import AccountRole, AccountType, JournalEntry, Outcome, Review, Role, TaxLine
from tests import builders
from tests.laws import raw, refused
from tests.unit.posting.cases import balances, lines_of, live_entry, waiting

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def caller(books):
    return builders.caller(books.company_id, role=Role.MANAGER)


@pytest.fixture
def vat(books, caller):
    """(tax account, tax code) of 19 %."""
    with unit_of_work() as session:
        account = builders.account(
            session, books.company_id, code="1570", name="Input VAT", type=AccountType.ASSET, role=AccountRole.TAX
        )
        return account, added(session, books, caller, account)


def added(session, books, caller, account, **given):
    facts = {"code": "VAT19", "name": "VAT 19 %", "rate_percent": Decimal(19), **given}
    return add_tax_code(session, caller, books.company_id, account_id=account.id, now=NOW, **facts)


def entry_of(books, amount=-11_900, **given):
    with unit_of_work() as session:
        return waiting(session, books, amount_minor=amount, **given).id


def taxes_of(session, entry_id):
    rows = session.execute(
        select(col(TaxLine.position), col(TaxLine.net_minor), col(TaxLine.tax_minor))
        .where(col(TaxLine.entry_id) == entry_id)
        .order_by(col(TaxLine.position))
    )
    return [tuple(row) for row in rows]


def violations(books, caller):
    with snapshot() as session:
        return verify_books(session, caller, [books.company_id]).violations


def test_a_line_booked_with_a_tax_has_a_net_line_and_a_tax_line(books, caller, vat):
    account, code = vat
    entry = entry_of(books)
    with unit_of_work() as session:
        change_account(
            session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW, tax_code_id=code.id
        )
    with snapshot() as session:
        assert lines_of(session, entry) == [
            (books.bank.id, -11_900), (books.expense.id, 10_000), (account.id, 1_900)
        ]  # fmt: skip
        assert taxes_of(session, entry) == [(2, 10_000, 1_900)]
    assert violations(books, caller) == ()


def test_the_proposed_account_with_a_tax_that_was_not_proposed_counts_as_corrected(books, caller, vat):
    entry = entry_of(books, account=books.expense)
    with unit_of_work() as session:
        decision = change_account(
            session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW, tax_code_id=vat[1].id
        )
    assert decision.outcome is Outcome.CORRECTED


def test_each_part_of_a_split_may_contain_a_tax_of_its_own(books, caller, vat):
    account, code = vat
    with unit_of_work() as session:
        reduced = added(session, books, caller, account, code="VAT7", rate_percent=Decimal("7.00"))
    entry = entry_of(books, -20_000)
    parts = [
        Part(books.expense.id, amount_minor=-11_900, tax_code_id=code.id),
        Part(books.revenue.id, percent=Decimal(60), tax_code_id=reduced.id),
        Part(books.expense.id, percent=Decimal(40)),
    ]
    with unit_of_work() as session:
        split(session, caller, books.company_id, entry, parts, write=write, now=NOW)
    with snapshot() as session:
        assert [minor for _, minor in lines_of(session, entry)] == [-20_000, 10_000, 1_900, 4_542, 318, 3_240]
        assert taxes_of(session, entry) == [(2, 10_000, 1_900), (4, 4_542, 318)]


def test_a_tax_below_half_a_cent_gets_no_line_but_is_remembered(books, caller, vat):
    entry = entry_of(books, -2)
    parts = [Part(books.expense.id, amount_minor=-2, tax_code_id=vat[1].id)]
    with unit_of_work() as session:
        split(session, caller, books.company_id, entry, parts, write=write, now=NOW)
    with snapshot() as session:
        assert [minor for _, minor in lines_of(session, entry)] == [-2, 2]
        assert taxes_of(session, entry) == [(2, 2, 0)]


def test_a_reversal_takes_the_tax_back_too_and_undo_brings_the_proposal_without_it(books, caller, vat):
    entry = entry_of(books, account=books.revenue)
    with unit_of_work() as session:
        decision = change_account(
            session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW, tax_code_id=vat[1].id
        )
    with unit_of_work() as session:
        undo(session, caller, books.company_id, decision.review_ids, write=write, now=NOW)
    with snapshot() as session:
        assert balances(session, books.company_id) == {}
        reversal = session.execute(
            select(col(JournalEntry.id)).where(col(JournalEntry.reverses_id) == entry)
        ).scalar_one()
        assert taxes_of(session, reversal) == [(2, -10_000, -1_900)]
        again = live_entry(session, session.get(JournalEntry, entry).transaction_id)
        assert taxes_of(session, again.id) == []
    assert violations(books, caller) == ()


def test_a_posted_entry_is_corrected_to_the_same_account_with_a_tax(books, caller, vat):
    entry = entry_of(books)
    with unit_of_work() as session:
        change_account(session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW)
    with pytest.raises(InvalidInput, match="booked to that account already"), unit_of_work() as session:
        correct_posted(session, caller, books.company_id, entry, books.expense.id, write=write, now=NOW)
    with unit_of_work() as session:
        correct_posted(
            session, caller, books.company_id, entry, books.expense.id, write=write, now=NOW, tax_code_id=vat[1].id
        )
    with snapshot() as session:
        assert balances(session, books.company_id) == {
            books.bank.id: -11_900, books.expense.id: 10_000, vat[0].id: 1_900
        }  # fmt: skip
        assert session.execute(select(Review).where(col(Review.undone_at).is_(None))).scalars().one()


def test_a_tax_code_switched_off_or_of_another_company_is_refused(books, caller, vat):
    entry = entry_of(books)
    with unit_of_work() as session:
        change_tax_code(session, caller, books.company_id, vat[1].id, is_active=False, now=NOW)
        others = builders.books(session)
    boss = builders.caller(others.company_id, books.company_id)
    with pytest.raises(InvalidInput, match="switched off"), unit_of_work() as session:
        change_account(
            session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW, tax_code_id=vat[1].id
        )
    with unit_of_work() as session:
        theirs = added(session, others, boss, others.expense)
        assert list(tax_rates(session, others.company_id)) == ["VAT19"]
        assert tax_rates(session, books.company_id) == {}
    with pytest.raises(NotFound), unit_of_work() as session:
        change_account(
            session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW, tax_code_id=theirs.id
        )


@pytest.mark.parametrize("percent", ["0", "-1", "100.01", "19.123", "NaN", "Infinity"])
def test_a_rate_that_cannot_be_one_is_refused(books, caller, percent):
    with pytest.raises(InvalidInput, match="rate is a percentage"), unit_of_work() as session:
        added(session, books, caller, books.expense, rate_percent=Decimal(percent))


def test_codes_are_unique_and_kept_by_managers_and_their_account_takes_bank_lines(books, caller, vat):
    with pytest.raises(AlreadyTaken), unit_of_work() as session:
        added(session, books, caller, books.expense)
    with pytest.raises(AccountNotBookable), unit_of_work() as session:
        added(session, books, caller, books.suspense, code="X")
    reviewer = builders.caller(books.company_id, role=Role.REVIEWER)
    with pytest.raises(AccessDenied), unit_of_work() as session:
        added(session, books, reviewer, books.expense, code="X")
    with unit_of_work() as session:
        change_tax_code(session, caller, books.company_id, vat[1].id, name="Input tax", now=NOW)
    with snapshot() as session:
        assert [(c.code, c.name) for c in list_tax_codes(session, reviewer, books.company_id)] == [
            ("VAT19", "Input tax")
        ]


def test_the_database_keeps_rates_and_the_taxes_of_posted_entries(books, caller, vat):
    entry = entry_of(books)
    with unit_of_work() as session:
        change_account(
            session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW, tax_code_id=vat[1].id
        )
    with unit_of_work() as session:
        for statement in (
            "UPDATE tax_codes SET rate_bp = 700",
            "UPDATE tax_lines SET tax_minor = 0",
            "DELETE FROM tax_lines",
            "DELETE FROM tax_codes",
        ):
            with refused(session, 2):
                raw(session, statement)
        with refused(session, 2):
            builders.stored(
                session,
                TaxLine(
                    company_id=books.company_id, entry_id=entry, position=3, tax_code_id=vat[1].id, net_minor=1,
                    tax_minor=0,
                ),
            )  # fmt: skip


def test_reversing_twice_finds_nothing_more_to_reverse(books, caller, vat):
    entry = entry_of(books)
    with unit_of_work() as session:
        change_account(
            session, caller, books.company_id, [entry], books.expense.id, write=write, now=NOW, tax_code_id=vat[1].id
        )
    with unit_of_work() as session:
        assert list(reverse_entries(session, caller, books.company_id, [entry], write=write, now=NOW)) == [entry]
    with snapshot() as session:
        assert balances(session, books.company_id) == {}
