"""Lines out of the ordinary on both databases: they wait, and the reason says what is odd."""

from datetime import date, timedelta

import pytest

from core.categorization.policy import Hold
from core.categorization.reviewed import booked_payments
from core.posting import entries
from core.posting.entries import book_company
from core.posting.reviewing import approve
from db.bulk import write_columns as write
from db.engine import unit_of_work
from models import EntryStatus, Method
from tests import builders
from tests.integration.posting_cases import lines, settled
from tests.unit.posting.cases import NOW, live_entry, proposal_of, proposer_for

FIRST = date(2024, 1, 2)


@pytest.fixture
def book(books, caller, monkeypatch):
    """Book the company; Acme is proposed with certainty."""
    known = {"acme": (books.expense.id, 0.99)}
    monkeypatch.setattr(entries, "load_proposer", lambda s, c, company: proposer_for(s, company, known))

    def run() -> None:
        with unit_of_work() as session:
            book_company(session, caller, books.company_id, write=write, now=NOW)

    return run


@pytest.fixture
def weeks(books, book):
    """Eight weekly payments to Acme, booked."""
    for week in range(8):
        lines(books, -5_000 - week, counterparty="acme", booked_on=FIRST + timedelta(weeks=week))
    book()
    return FIRST + timedelta(weeks=7)


def told(line) -> tuple[EntryStatus, str, str]:
    with unit_of_work() as session:
        entry = live_entry(session, line)
        proposal = proposal_of(session, entry.id)
        return entry.status, proposal.hold_reason, proposal.reason


def test_a_doubled_payment_waits_for_a_person_and_an_ordinary_one_does_not(books, book, weeks):
    (twice,) = lines(books, -5_007, counterparty="acme", booked_on=weeks + timedelta(days=2))
    (usual,) = lines(books, -5_100, counterparty="acme", booked_on=weeks + timedelta(days=2))
    book()
    assert told(twice) == (
        EntryStatus.NEEDS_REVIEW, Hold.PAID_TWICE, "like earlier lines; the same amount is there on 20 February 2024"
    )  # fmt: skip
    assert told(usual) == (EntryStatus.POSTED, "", "like earlier lines")


@pytest.mark.parametrize(("items", "status"), [(1, EntryStatus.NEEDS_REVIEW), (2, EntryStatus.POSTED)])
def test_of_two_equal_payments_the_second_waits_unless_it_settles_an_item_of_its_own(books, book, weeks, items, status):
    day = weeks + timedelta(days=7)
    pair = [lines(books, -9_900, counterparty="acme", booked_on=day + timedelta(days=i))[0] for i in (0, 1)]
    for line in pair[:items]:
        settled(books, line, (-9_900, books.expense.id))
    book()
    assert [told(line)[0] for line in pair] == [EntryStatus.POSTED, status]
    assert told(pair[1])[1] == ("" if items == 2 else Hold.PAID_TWICE)


def test_an_amount_that_an_open_item_states_is_posted_and_the_same_without_one_waits(books, book, weeks):
    day = weeks + timedelta(days=7)
    (stated,) = lines(books, -91_234, counterparty="acme", booked_on=day)
    (free,) = lines(books, -93_456, counterparty="acme", booked_on=day)
    settled(books, stated, (-91_234, books.expense.id))
    book()
    assert (told(stated)[0], told(free)[:2]) == (EntryStatus.POSTED, (EntryStatus.NEEDS_REVIEW, Hold.ODD_AMOUNT))
    with unit_of_work() as session:
        assert proposal_of(session, live_entry(session, stated).id).method == Method.MATCH


def test_the_past_holds_booked_lines_with_what_people_decided_and_nothing_of_other_companies(
    books, caller, book, weeks
):
    (held,) = lines(books, -99_999, counterparty="acme", booked_on=weeks)
    book()
    lines(books, -1, counterparty="acme", booked_on=weeks)  # not booked
    with unit_of_work() as session:
        others = builders.books(session)
        past = booked_payments(session, caller, books.company_id, weeks)
        assert sorted(past.amount_minor) == [-99_999, *range(-5_007, -4_999)]
        assert set(past.account) == {""}
        approve(session, caller, books.company_id, [live_entry(session, held).id], write=write, now=NOW)
        decided = booked_payments(session, caller, books.company_id, weeks)
        account = dict(zip(decided.amount_minor, decided.account, strict=True))
        assert (account.pop(-99_999), set(account.values())) == (str(books.expense.id), {""})
        assert len(booked_payments(session, builders.caller(others.company_id), others.company_id, weeks)) == 0
        assert len(booked_payments(session, caller, books.company_id, weeks + timedelta(days=731))) == 0
