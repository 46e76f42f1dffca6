"""Corrections and matches by hand above the limit wait for a second person, on both databases."""

from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from core.errors import SecondPersonNeeded, StatementClosed
from core.posting.correcting import correct_posted
from core.posting.last_action import last_action
from core.posting.prepared import prepared_of
from core.posting.reviewing import approve
from core.posting.undoing import undo
from core.posting.unpreparing import take_back_preparations
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.deciding import confirm_match
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import EntryStatus, ItemStatus, JournalEntry, MatchKind, MatchStatus, Method, OpenItem, Review
from tests import builders
from tests.integration.four_eyes.cases import all_laws_hold, live, shown
from tests.integration.reviewing_cases import decide, one
from tests.unit.posting.cases import LATER, NOW, status_of


def test_a_correction_of_a_posted_entry_waits_for_a_second_person(books, dana, omar):
    entry = one(books, books.revenue)
    decide(approve, dana, books, [entry])
    made = decide(correct_posted, dana, books, entry, books.expense.id, now=LATER)
    waits = live(entry)
    assert (waits.status, waits.replaces_id, shown(waits.id)) == (
        EntryStatus.NEEDS_REVIEW, entry, [(books.expense.id, 1_250)],
    )  # fmt: skip
    with snapshot() as session:
        assert status_of(session, entry) == EntryStatus.REVERSED
        in_force = session.execute(select(Review).where(col(Review.undone_at).is_(None))).scalars().all()
        assert in_force == []
    decide(take_back_preparations, dana, books, made.preparation_ids)
    assert (live(entry).status, shown(live(entry).id)) == (EntryStatus.NEEDS_REVIEW, [(books.revenue.id, 1_250)])
    decide(approve, omar, books, [live(entry).id])
    decide(correct_posted, dana, books, live(entry).id, books.expense.id, now=LATER)
    decide(approve, omar, books, [live(entry).id])
    assert (live(entry).status, shown(live(entry).id)) == (EntryStatus.POSTED, [(books.expense.id, 1_250)])
    all_laws_hold(books, omar)


def test_a_correction_that_would_leave_a_closed_statement_open_is_refused(books, dana):
    entry = one(books, books.revenue)
    decide(approve, dana, books, [entry])
    with unit_of_work() as session:
        row = session.get_one(JournalEntry, entry)
        line = session.execute(text("SELECT statement_file_id FROM transactions")).scalar_one()
        file = session.get_one(builders.StatementFile, UUID(str(line)))
        builders.reconciliation(
            session, books, file, first_on=row.booked_on, last_on=row.booked_on, status="closed", closed_at=NOW
        )
    with pytest.raises(StatementClosed):
        decide(correct_posted, dana, books, entry, books.expense.id)


def test_whoever_matches_by_hand_does_not_post_it_above_the_limit(books, dana, omar):
    entry = one(books, amount_minor=10_000)
    with unit_of_work() as session:
        line = session.get_one(JournalEntry, entry).transaction_id
        item = builders.open_item(session, books)
    with unit_of_work() as session:
        match_by_hand(session, dana, books.company_id, [line], [item.id], write=write, now=NOW)
    waits = live(entry)
    assert (waits.status, waits.method) == (EntryStatus.NEEDS_REVIEW, Method.MATCH)
    with snapshot() as session:
        assert session.get_one(OpenItem, item.id).status == ItemStatus.SETTLED
        assert prepared_of(session, omar, books.company_id, [waits.id])[waits.id].name == "Dana"
        assert last_action(session, dana, books.company_id) is None
    with pytest.raises(SecondPersonNeeded):
        decide(approve, dana, books, [waits.id])
    made = decide(approve, omar, books, [waits.id])
    decide(undo, omar, books, made.review_ids)
    with pytest.raises(SecondPersonNeeded):
        decide(approve, dana, books, [live(entry).id])
    decide(approve, omar, books, [live(entry).id])
    all_laws_hold(books, omar)


def test_confirming_what_the_machine_matched_is_an_approval(books, dana):
    entry = one(books, amount_minor=10_000)
    with unit_of_work() as session:
        line = session.get_one(builders.Transaction, session.get_one(JournalEntry, entry).transaction_id)
        item = builders.open_item(session, books)
        match = builders.match(
            session, books, line, item, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED, reason="Same amount."
        )
    with unit_of_work() as session:
        confirm_match(session, dana, books.company_id, match.id, write=write, now=NOW)
    assert live(entry).status == EntryStatus.POSTED
