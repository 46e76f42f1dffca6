"""Deciding on many lines at once: those above a confidence, those split alike, those put off."""

from decimal import Decimal

import pytest

from core.errors import EntryNotOpen, InvalidInput, NotFound, UnbalancedEntry
from core.posting.bookings import WAITS_FOR_MATCH
from core.posting.lines import Part
from core.posting.queue_filter import QueueFilter
from core.posting.reviewing import approve, split_alike
from core.posting.sure_lines import sure_lines
from core.posting.undoing import last_decision, undo
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import EntryStatus
from tests import builders
from tests.unit.posting.cases import LATER, NOW, lines_of, status_of, waiting


@pytest.fixture
def caller(reviewer):
    return reviewer


def one(books, account=None, **given):
    with unit_of_work() as session:
        return waiting(session, books, account=account, **given).id


def found(books, caller, at_least, **options):
    with snapshot() as session:
        return sure_lines(session, caller, books.company_id, at_least=at_least, **options)


def test_sure_lines_are_told_by_account_with_what_made_them_wait(books, caller):
    first = one(books, books.expense, amount_minor=-2_000, confidence=0.9, hold_reason="new")
    second = one(books, books.expense, amount_minor=-500, confidence=0.8, hold_reason="limit")
    third = one(books, books.expense, amount_minor=-300, confidence=0.95, hold_reason="limit")
    income = one(books, books.revenue, amount_minor=7_000, confidence=0.8, hold_reason="new")
    one(books, books.expense, amount_minor=-100, confidence=0.79)
    one(books, amount_minor=-900)
    one(books, books.revenue, amount_minor=400, confidence=1.0, hold_reason=WAITS_FOR_MATCH)
    lines = found(books, caller, 0.8)
    assert set(lines.entry_ids) == {first, second, third, income}
    assert lines.sizes_minor == {"USD": 9_800}
    assert [(a.account, a.lines, a.sum_minor, a.least_confidence, a.hold_reasons) for a in lines.accounts] == [
        ("6300 Software Subscriptions", 3, -2_800, 0.8, ("limit", "new")),
        ("8000 Sales Revenue", 1, 7_000, 0.8, ("new",)),
    ]


def test_sure_lines_keep_to_the_search_and_to_the_company(books, caller):
    wanted = one(books, books.expense, counterparty="adobe", confidence=0.9)
    one(books, books.expense, counterparty="zoom", description="ZOOM", confidence=0.9)
    with unit_of_work() as session:
        other = builders.books(session)
        waiting(session, other, account=other.expense, counterparty="adobe", confidence=0.9)
    assert found(books, caller, 0.8, filters=QueueFilter(text="adobe")).entry_ids == (wanted,)
    with pytest.raises(NotFound), snapshot() as session:
        sure_lines(session, caller, other.company_id, at_least=0.8)


def test_what_was_shown_is_approved_and_taken_back_as_one(books, caller):
    entries = [one(books, books.expense, confidence=0.9) for _ in range(3)]
    lines = found(books, caller, 0.8)
    with unit_of_work() as session:
        approve(session, caller, books.company_id, lines.entry_ids, write=write, now=NOW)
    with snapshot() as session:
        assert {status_of(session, entry) for entry in entries} == {EntryStatus.POSTED}
        last = last_decision(session, caller, books.company_id)
    with unit_of_work() as session:
        undo(session, caller, books.company_id, last.review_ids, write=write, now=LATER)
    assert len(found(books, caller, 0.8).entry_ids) == 3


@pytest.mark.parametrize("share", [0, -0.1, 1.01])
def test_a_confidence_is_a_share(books, caller, share):
    with pytest.raises(InvalidInput):
        found(books, caller, share)


def test_lines_of_different_amounts_are_split_alike(books, caller):
    first = one(books, books.expense, amount_minor=-10_000)
    second = one(books, books.expense, amount_minor=-333)
    parts = [Part(books.expense.id, percent=Decimal(60)), Part(books.clearing.id, percent=Decimal(40))]
    with unit_of_work() as session:
        decision = split_alike(session, caller, books.company_id, [first, second], parts, write=write, now=NOW)
    assert decision.count == 2
    with snapshot() as session:
        assert lines_of(session, first)[1:] == [(books.expense.id, 6_000), (books.clearing.id, 4_000)]
        assert lines_of(session, second)[1:] == [(books.expense.id, 200), (books.clearing.id, 133)]


def test_lines_split_alike_are_split_all_or_none(books, caller):
    first = one(books, books.expense, amount_minor=-10_000)
    second = one(books, books.expense, amount_minor=-333)
    fixed = [Part(books.expense.id, -6_000), Part(books.clearing.id, -4_000)]
    with pytest.raises(UnbalancedEntry), unit_of_work() as session:
        split_alike(session, caller, books.company_id, [first, second], fixed, write=write, now=NOW)
    with unit_of_work() as session:
        approve(session, caller, books.company_id, [second], write=write, now=NOW)
    whole = [Part(books.expense.id, percent=Decimal(100))]
    with pytest.raises(EntryNotOpen), unit_of_work() as session:
        split_alike(session, caller, books.company_id, [first, second], whole, write=write, now=LATER)
    with snapshot() as session:
        assert status_of(session, first) is EntryStatus.NEEDS_REVIEW
