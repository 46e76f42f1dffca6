"""Booking on both databases: what is posted, what waits, what stays as it is."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from core.categorization.policy import Hold
from core.errors import (
    NotFound,
)
from core.posting import entries
from core.posting.bookings import WAITS_FOR_MATCH
from core.posting.entries import BookingResult, book_company, rebook_lines
from core.posting.reviewing import change_account, reject
from core.reconciliation.deciding import confirm_match
from db.bulk import write_columns as write
from db.engine import unit_of_work
from models import (
    Company,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    Match,
    MatchKind,
    MatchStatus,
    Method,
    OpenItem,
)
from tests import builders
from tests.integration.posting_cases import audit, lines, settled
from tests.unit.posting.cases import (
    FEBRUARY,
    LATER,
    NOW,
    balances,
    lines_of,
    live_entry,
    proposal_of,
    proposer_for,
)


@pytest.fixture
def books(database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, closed_through_on=date(2023, 12, 31))


@pytest.fixture
def book(books, caller, monkeypatch):
    """Book the company, proposing by counterparty from the given table."""

    def run(known=(), **options) -> BookingResult:
        monkeypatch.setattr(entries, "load_proposer", lambda s, c, company: proposer_for(s, company, dict(known)))
        with unit_of_work() as session:
            return book_company(session, caller, books.company_id, write=write, now=NOW, **options)

    return run


def test_every_line_gets_one_balanced_entry_and_only_sure_ones_are_posted(books, book):
    sure, unsure = lines(books, -1_000, counterparty="adobe") + lines(books, -2_000, counterparty="zoom")
    (stranger,) = lines(books, 500, counterparty="nobody knows")
    result = book({"adobe": (books.expense.id, 0.99), "zoom": (books.expense.id, 0.7)})
    assert result == BookingResult(
        entries=3, auto_approved=1, confirmed=0, needs_review=2, by_match=0, by_rule=0, by_model=2, by_none=1
    )
    with unit_of_work() as session:
        posted, held, suspended = (live_entry(session, line) for line in (sure, unsure, stranger))
        assert (posted.status, posted.auto_approved, posted.posted_by) == (EntryStatus.POSTED, True, None)
        assert posted.posted_at == NOW
        assert (held.status, held.auto_approved) == (EntryStatus.NEEDS_REVIEW, False)
        assert lines_of(session, posted.id) == [(books.bank.id, -1_000), (books.expense.id, 1_000)]
        assert lines_of(session, suspended.id) == [(books.bank.id, 500), (books.suspense.id, -500)]
        proposal = proposal_of(session, suspended.id)
        assert (proposal.method, proposal.confidence, proposal.hold_reason) == (Method.NONE, None, Hold.NO_BASIS)
        assert proposal_of(session, held.id).hold_reason == Hold.CONFIDENCE
        assert proposal_of(session, posted.id).hold_reason == ""
        assert balances(session, books.company_id) == {books.bank.id: -1_000, books.expense.id: 1_000}
    (event,) = audit(books.company_id)
    assert (event.action, event.row_count) == ("lines booked", 3)
    assert len(event.rows_digest) == 64


def test_the_shipped_model_books_a_line_of_a_company_without_history(books, caller):
    (line,) = lines(books, -1_999, description="ADOBE CREATIVE CLOUD 4411", counterparty="Adobe Creative Cloud")
    with unit_of_work() as session:
        result = book_company(session, caller, books.company_id, write=write, now=NOW)
    assert (result.entries, result.needs_review) == (1, 1)
    with unit_of_work() as session:
        proposal = proposal_of(session, live_entry(session, line).id)
        assert proposal.account_id == books.expense.id
        assert proposal.hold_reason == Hold.NEW_COUNTERPARTY
        assert proposal.policy["materiality_minor"] == 500_000


def test_a_decision_is_what_the_next_like_line_is_proposed_from(books, caller):
    lines(books, -5_000, description="QZX 77 VARNHEM", counterparty="Varnhem")
    with unit_of_work() as session:
        book_company(session, caller, books.company_id, write=write, now=NOW)
        (entry,) = session.execute(select(col(JournalEntry.id))).scalars()
        change_account(session, caller, books.company_id, [entry], books.revenue.id, write=write, now=NOW)
    (next_line,) = lines(books, -5_100, description="QZX 78 VARNHEM", counterparty="Varnhem")
    with unit_of_work() as session:
        book_company(session, caller, books.company_id, write=write, now=LATER)
        assert proposal_of(session, live_entry(session, next_line).id).account_id == books.revenue.id


def test_booking_again_books_nothing_twice(books, book):
    lines(books, -1_000, -2_000)
    assert book().entries == 2
    assert book() == BookingResult()
    assert len(audit(books.company_id)) == 1


def test_only_the_lines_asked_for_are_booked(books, book):
    first, second = lines(books, -1_000, -2_000)
    assert book(transaction_ids=[second]).entries == 1
    with unit_of_work() as session:
        assert live_entry(session, first) is None


def test_a_line_that_a_person_left_out_is_not_booked_again(books, book, caller):
    (line,) = lines(books, -1_000)
    book()
    with unit_of_work() as session:
        entry = live_entry(session, line).id
        reject(session, caller, books.company_id, [entry], "belongs to the owner", write=write, now=NOW)
    assert book() == BookingResult()
    with unit_of_work() as session:
        assert live_entry(session, line) is None


def test_lines_taken_back_are_not_booked(books, book):
    (line,) = lines(books, -1_000)
    with unit_of_work() as session:
        session.get(builders.Transaction, line).reverted_at = NOW
    assert book() == BookingResult()


def test_lines_of_a_locked_period_are_left_alone_and_counted(books, book):
    lines(books, -1_000)
    with unit_of_work() as session:
        session.execute(update(Company).values(closed_through_on=FEBRUARY))
    assert book() == BookingResult(in_closed_period=1)


def test_an_account_that_is_always_looked_at_keeps_even_a_sure_line_in_review(books, book):
    with unit_of_work() as session:
        loan = builders.account(session, books.company_id, code="2500", role="loan", type="liability")
    (line,) = lines(books, -1_000, counterparty="bank loan")
    assert book({"bank loan": (loan.id, 1.0)}).needs_review == 1
    with unit_of_work() as session:
        assert proposal_of(session, live_entry(session, line).id).hold_reason == Hold.ALWAYS_REVIEW


def test_a_line_that_settles_items_is_booked_to_their_accounts(books, book):
    (line,) = lines(books, 15_000)
    match_id, _ = settled(books, line, (10_000, books.revenue.id), (5_000, books.expense.id))
    result = book()
    assert (result.by_match, result.auto_approved) == (1, 1)
    with unit_of_work() as session:
        entry = live_entry(session, line)
        assert (entry.method, entry.status) == (Method.MATCH, EntryStatus.POSTED)
        assert sorted(lines_of(session, entry.id), key=lambda row: row[1]) == [
            (books.revenue.id, -10_000), (books.expense.id, -5_000), (books.bank.id, 15_000),
        ]  # fmt: skip
        assert proposal_of(session, entry.id).match_id == match_id


def test_the_two_lines_of_a_transfer_meet_in_the_clearing_account(books, book):
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="1020", role="bank", type="asset")
        savings = builders.bank_account(session, ledger, code="savings")
        left = builders.transaction(session, books, amount_minor=-40_000)
        right = builders.transaction(session, books, amount_minor=40_000, bank_account_id=savings.id)
        builders.match(session, books, left, right)
    assert book().auto_approved == 2
    with unit_of_work() as session:
        assert balances(session, books.company_id) == {books.bank.id: -40_000, ledger.id: 40_000}


def test_a_suggested_match_leaves_even_a_sure_line_in_review(books, book):
    (line,) = lines(books, 10_000, counterparty="acme")
    match_id, items = settled(books, line, (10_000, books.revenue.id), status=MatchStatus.SUGGESTED)
    assert book({"acme": (books.expense.id, 1.0)}).needs_review == 1
    with unit_of_work() as session:
        entry = live_entry(session, line)
        proposal = proposal_of(session, entry.id)
        assert (proposal.method, proposal.hold_reason) == (Method.MODEL, WAITS_FOR_MATCH)
        assert proposal.match_id == match_id
        assert session.get(OpenItem, items[0]).status == ItemStatus.OPEN


def test_a_sure_line_is_posted_where_its_suggested_match_leads_to_the_same_account(books, book, caller):
    (line,) = lines(books, 10_000, counterparty="acme")
    match_id, items = settled(books, line, (10_000, books.revenue.id), status=MatchStatus.SUGGESTED)
    assert book({"acme": (books.revenue.id, 1.0)}).auto_approved == 1
    with unit_of_work() as session:
        posted = live_entry(session, line)
        assert (posted.status, posted.method) == (EntryStatus.POSTED, Method.MODEL)
        assert proposal_of(session, posted.id).match_id == match_id
        assert session.get(OpenItem, items[0]).status == ItemStatus.OPEN
        confirm_match(session, caller, books.company_id, match_id, write=write, now=LATER)
    with unit_of_work() as session:
        assert live_entry(session, line).id == posted.id
        assert session.get(OpenItem, items[0]).status == ItemStatus.SETTLED


def test_a_suggested_match_that_leads_to_several_accounts_leaves_the_line_in_review(books, book):
    (line,) = lines(books, 10_000, counterparty="acme")
    settled(books, line, (6_000, books.revenue.id), (4_000, books.expense.id), status=MatchStatus.SUGGESTED)
    assert book({"acme": (books.revenue.id, 1.0)}).needs_review == 1


def test_a_certain_match_above_the_materiality_limit_waits_and_one_a_person_confirmed_is_posted(books, book):
    with unit_of_work() as session:
        person = builders.user(session).id
    large, confirmed = lines(books, 900_000, 800_000)
    settled(books, large, (900_000, books.revenue.id))
    settled(books, confirmed, (800_000, books.revenue.id), decided_by=person)
    result = book()
    assert (result.auto_approved, result.confirmed, result.needs_review) == (0, 1, 1)
    with unit_of_work() as session:
        assert proposal_of(session, live_entry(session, large).id).hold_reason == Hold.MATERIALITY
        entry = live_entry(session, confirmed)
        assert (entry.status, entry.auto_approved, entry.posted_by) == (EntryStatus.POSTED, False, person)


def test_a_line_in_another_currency_waits_since_the_limit_is_an_amount_of_the_base_currency(books, book):
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="1030", role="bank", type="asset")
        tokyo = builders.bank_account(session, ledger, code="tokyo", currency="JPY").id
    sure, foreign = (
        lines(books, -1_000, counterparty="adobe", **given)[0]
        for given in ({}, {"currency": "JPY", "bank_account_id": tokyo})
    )
    (matched,) = lines(books, 2_000, currency="JPY", bank_account_id=tokyo)
    with unit_of_work() as session:
        item = builders.open_item(session, books, amount_minor=2_000, currency="JPY", account_id=books.revenue.id)
        builders.match(session, books, session.get(builders.Transaction, matched), item, kind=MatchKind.SETTLEMENT)
    result = book({"adobe": (books.expense.id, 0.99)})
    assert (result.auto_approved, result.needs_review) == (1, 2)
    with unit_of_work() as session:
        assert live_entry(session, sure).status == EntryStatus.POSTED
        for line in (foreign, matched):
            entry = live_entry(session, line)
            assert entry.status == EntryStatus.NEEDS_REVIEW
            assert proposal_of(session, entry.id).hold_reason == Hold.MATERIALITY


def test_confirming_a_suggested_match_books_its_waiting_line_anew(books, book, caller, monkeypatch):
    (line,) = lines(books, 10_000)
    match_id, _ = settled(books, line, (10_000, books.revenue.id), status=MatchStatus.SUGGESTED)
    book()
    with unit_of_work() as session:
        session.get(Match, match_id).status = MatchStatus.CONFIRMED
        session.flush()
        result = rebook_lines(session, caller, books.company_id, [line], write=write, now=LATER)
    assert (result.by_match, result.auto_approved) == (1, 1)
    with unit_of_work() as session:
        assert live_entry(session, line).status == EntryStatus.POSTED


def test_booking_someone_elses_company_reveals_nothing(books, database):
    stranger = builders.caller(uuid4())
    with pytest.raises(NotFound), unit_of_work() as session:
        book_company(session, stranger, books.company_id, write=write, now=NOW)
