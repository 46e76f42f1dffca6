"""Refunds and payments on account in the books, on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from core.posting.turning_back import WAITS_FOR_PAYMENT
from core.reconciliation.deciding import confirm_match, dismiss_match, unmatch
from core.reconciliation.listing import list_matches
from core.reconciliation.reconciling import MatchingResult, match_company
from db.bulk import write_columns
from db.engine import unit_of_work
from models import (
    AccountPurpose,
    AuditEvent,
    DefaultAccount,
    EntryStatus,
    ItemKind,
    ItemStatus,
    JournalEntry,
    Match,
    MatchRefund,
    MatchStatus,
    Method,
    OpenItem,
    Proposal,
    TaxCode,
    TaxLine,
    Transaction,
)
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company, founded
from tests.integration.test_reconciling import invoice, live_entry, receipt
from tests.integration.test_settling_in_the_books import is_sound

pytestmark = pytest.mark.usefixtures("database")


def refund(session: Session, company: Company, minor: int, text: str = "REFUND TO ACME LTD") -> Transaction:
    return builders.transaction(
        session, company.books, amount_minor=minor, description=text, counterparty="Acme Ltd",
        booked_on=DAY + timedelta(days=9),
    )  # fmt: skip


def settled_invoice(session: Session, company: Company) -> Transaction:
    invoice(session, company)
    return receipt(session, company, "ACH CREDIT ACME LTD INV-2044")


def test_a_refund_in_the_same_file_lowers_the_account_that_its_payment_raises() -> None:
    with unit_of_work() as session:
        company = founded(session)
        paid, back = settled_invoice(session, company), refund(session, company, -4_500)
        result = company.match(session)
        assert result == MatchingResult(confirmed_settlements=1, confirmed_refunds=1)
        company.book(session)
        assert live_entry(session, paid) == (EntryStatus.POSTED, Method.MATCH, [("1000", 12_000), ("8000", -12_000)])
        assert live_entry(session, back) == (EntryStatus.POSTED, Method.MATCH, [("1000", -4_500), ("8000", 4_500)])
        assert company.match(session) == MatchingResult()


def test_a_refund_of_a_payment_of_last_month_goes_where_that_was_posted() -> None:
    with unit_of_work() as session:
        company = founded(session)
        settled_invoice(session, company)
        company.match(session)
        company.book(session)
        back = refund(session, company, -12_000)
        assert company.match(session).confirmed_refunds == 1
        company.book(session)
        assert live_entry(session, back) == (EntryStatus.POSTED, Method.MATCH, [("1000", -12_000), ("8000", 12_000)])
        (told,) = [
            one for one in list_matches(session, company.caller, company.id, status=MatchStatus.CONFIRMED)
            if one.turned_back
        ]  # fmt: skip
        assert [(one.whole_minor, one.amount_minor) for one in told.turned_back] == [(12_000, -12_000)]
        assert session.exec(select(AuditEvent.after).where(col(AuditEvent.action) == "lines linked")).all() == [
            {"parts": 0, "refunds": 1, "suggested": 0}
        ]


def test_no_more_comes_back_over_several_files_than_was_paid() -> None:
    with unit_of_work() as session:
        company = founded(session)
        settled_invoice(session, company)
        for expected in (1, 1, 0):
            refund(session, company, -5_000)
            assert company.match(session).confirmed_refunds == expected
            company.book(session)


def test_what_one_refund_leaves_of_a_payment_is_found_in_the_same_run() -> None:
    with unit_of_work() as session:
        company = founded(session)
        settled_invoice(session, company)
        refund(session, company, -7_000), refund(session, company, -5_000, "ACME LTD")
        found = company.match(session)
        assert (found.confirmed_refunds, found.suggested) == (1, 1)
        for everything in (False, True):
            again = match_company(
                session, company.caller, company.id, write=write_columns, now=NOW, everything=everything
            )
            assert (again.confirmed_refunds, again.suggested) == (0, 0)


def test_a_payment_that_comes_late_is_news_for_the_refund_that_waited() -> None:
    with unit_of_work() as session:
        company = founded(session)
        refund(session, company, -12_000)
        assert company.match(session).confirmed_refunds == 0
        settled_invoice(session, company)
        assert company.match(session).confirmed_refunds == 1


def test_a_refund_waits_with_the_payment_that_waits_for_review() -> None:
    with unit_of_work() as session:
        company = founded(session)
        paid, back = receipt(session, company, "ACME LTD"), refund(session, company, -12_000)
        assert company.match(session).confirmed_refunds == 1
        company.book(session)
        status, _, lines = live_entry(session, paid)
        assert status is EntryStatus.NEEDS_REVIEW
        assert live_entry(session, back) == (
            EntryStatus.NEEDS_REVIEW, Method.MATCH, [(code, -minor) for code, minor in lines]
        )  # fmt: skip
        held = session.exec(select(Proposal.hold_reason).where(col(Proposal.transaction_id) == back.id)).one()
        assert held == WAITS_FOR_PAYMENT


def test_a_refund_without_a_word_of_it_is_suggested_confirmed_taken_apart_and_dismissed() -> None:
    with unit_of_work() as session:
        company = founded(session)
        settled_invoice(session, company)
        company.match(session)
        company.book(session)
        back = refund(session, company, -12_000, "ACME LTD")
        assert company.match(session).suggested == 1
        company.book(session)
        assert live_entry(session, back)[0] is EntryStatus.NEEDS_REVIEW
        match_id = session.exec(select(MatchRefund.match_id)).one()
        confirm_match(session, company.caller, company.id, match_id, write=write_columns, now=NOW)
        assert live_entry(session, back) == (EntryStatus.POSTED, Method.MATCH, [("1000", -12_000), ("8000", 12_000)])
        is_sound(session, company)
        unmatch(session, company.caller, company.id, match_id, write=write_columns, now=NOW)
        assert live_entry(session, back)[0] is EntryStatus.NEEDS_REVIEW
        assert company.match(session).suggested == 0  # what a person took apart is not proposed again


def test_a_dismissed_refund_is_not_proposed_again() -> None:
    with unit_of_work() as session:
        company = founded(session)
        settled_invoice(session, company)
        company.match(session)
        company.book(session)
        refund(session, company, -12_000, "ACME LTD")
        company.match(session)
        match_id = session.exec(select(MatchRefund.match_id)).one()
        dismiss_match(session, company.caller, company.id, match_id, write=write_columns, now=NOW)
        assert company.match(session).suggested == 0


def charged_back(session: Session, company: Company) -> Transaction:
    builders.open_item(
        session, company.books, kind=ItemKind.PAYOUT, number="CH-80113", counterparty="Stripe", amount_minor=4_999,
        issued_on=DAY - timedelta(days=5),
    )  # fmt: skip
    return refund(session, company, -6_499, "STRIPE CHARGEBACK CH-80113")


def test_a_chargeback_books_its_fee_apart_from_the_sale_that_it_takes_back() -> None:
    with unit_of_work() as session:
        company = founded(session)
        fees = builders.account(session, company.id, code="6200", name="Merchant Fees")
        builders.stored(session, DefaultAccount(company_id=company.id, purpose=AccountPurpose.FEES, account_id=fees.id))
        back = charged_back(session, company)
        assert company.match(session).confirmed_refunds == 1
        company.book(session)
        assert live_entry(session, back) == (
            EntryStatus.POSTED, Method.MATCH, [("1000", -6_499), ("6200", 1_500), ("8000", 4_999)]
        )  # fmt: skip
        is_sound(session, company)


def test_without_an_account_for_fees_a_chargeback_with_a_fee_is_left_to_a_person() -> None:
    with unit_of_work() as session:
        company = founded(session)
        charged_back(session, company)
        assert company.match(session).confirmed_refunds == 0


def test_a_payment_on_account_settles_its_part_and_the_rest_is_what_matching_looks_for() -> None:
    with unit_of_work() as session:
        company = founded(session)
        item = invoice(session, company)
        part = receipt(session, company, "ACME LTD INV-2044", 5_000)
        assert company.match(session) == MatchingResult(confirmed_settlements=1, open_items=1)
        company.book(session)
        assert live_entry(session, part) == (EntryStatus.POSTED, Method.MATCH, [("1000", 5_000), ("8000", -5_000)])
        assert stored(session, item) == (5_000, ItemStatus.OPEN)
        receipt(session, company, "ACME LTD INV-2044", 7_000)
        assert company.match(session).confirmed_settlements == 1
        assert stored(session, item) == (12_000, ItemStatus.SETTLED)
        first = session.exec(select(Match.id).where(col(Match.reason).startswith("Pays"))).one()
        unmatch(session, company.caller, company.id, first, write=write_columns, now=NOW)
        assert stored(session, item) == (7_000, ItemStatus.OPEN)


def stored(session: Session, item: OpenItem) -> tuple[int, ItemStatus]:
    row = session.exec(select(OpenItem.settled_minor, OpenItem.status).where(col(OpenItem.id) == item.id)).one()
    return row[0], ItemStatus(row[1])


def taxed_receipt(session: Session, company: Company, rate_bp: int) -> TaxCode:
    """A posted payment of 119.00 of which 19.00 are tax; its code, which may have another rate by now."""
    paid = receipt(session, company, "ACH CREDIT ACME LTD", 11_900)
    code = builders.tax_code(session, company.books, rate_bp=rate_bp)
    entry = builders.entry(
        session, company.books, transaction=paid,
        lines=[(company.books.bank, 11_900), (company.books.expense, -10_000), (company.books.expense, -1_900)],
    )  # fmt: skip
    facts = {"tax_code_id": code.id, "net_minor": -10_000, "tax_minor": -1_900}
    builders.stored(session, TaxLine(company_id=company.id, entry_id=entry.id, position=2, **facts))
    builders.post(session, entry)
    return code


def taxes_given_back(session: Session, company: Company, minor: int) -> list[tuple[object, int, int]]:
    """Code, net and tax of what the entry of a refund over this amount says; its lines come to the amount."""
    back = refund(session, company, minor)
    assert company.match(session).confirmed_refunds == 1
    company.book(session)
    assert sum(amount for _, amount in live_entry(session, back)[2][1:]) == -minor
    told = select(TaxLine.tax_code_id, TaxLine.net_minor, TaxLine.tax_minor).join(
        JournalEntry, col(JournalEntry.id) == col(TaxLine.entry_id)
    )
    return list(session.exec(told.where(col(JournalEntry.transaction_id) == back.id)).all())


def test_a_refund_of_a_taxed_payment_of_last_month_gives_back_the_tax_under_its_code() -> None:
    with unit_of_work() as session:
        company = founded(session)
        code = taxed_receipt(session, company, rate_bp=1_900)
        assert taxes_given_back(session, company, -5_950) == [(code.id, 5_000, 950)]
        assert taxes_given_back(session, company, -5_950) == [(code.id, 5_000, 950)]


def test_where_the_code_has_another_rate_by_now_the_amounts_are_those_of_the_payment_and_carry_none() -> None:
    with unit_of_work() as session:
        company = founded(session)
        taxed_receipt(session, company, rate_bp=1_600)
        assert taxes_given_back(session, company, -11_900) == []
