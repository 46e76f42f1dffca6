"""Decisions on matches taken back, and matches confirmed for lines that are booked already, on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from core.errors import MatchNotOpen, MatchRefused
from core.posting.correcting import correct_posted
from core.posting.reviewing import change_account
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.deciding import confirm_match, dismiss_match, unmatch
from core.reconciliation.listing import ListedMatch, list_matches
from core.reconciliation.undoing import take_back
from core.verifying import verify_books
from db.bulk import write_columns
from db.engine import unit_of_work
from models import EntryStatus, ItemStatus, JournalEntry, MatchKind, MatchStatus, Method, OpenItem, ReconciliationStatus
from tests import builders
from tests.builders import NOW
from tests.integration.reconciling_builders import Company, founded
from tests.integration.test_reconciling import entries_of, invoice, item_status, live_entry, receipt, statuses

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(minutes=1)


def suggestion(session: Session, company: Company) -> ListedMatch:
    (found,) = list_matches(session, company.caller, company.id)
    return found


def doubtful(session: Session):
    """A receipt that may pay either of two invoices; the company, the invoices, the line, the suggestion."""
    company = founded(session)
    first, second = invoice(session, company), invoice(session, company, "INV-2045")
    line = receipt(session, company, "CREDIT ACME LTD")
    company.match(session)
    company.book(session)
    return company, first, second, line, suggestion(session, company)


def given(now=NOW):
    return {"write": write_columns, "now": now}


def test_a_confirmation_taken_back_is_a_suggestion_again_and_its_rivals_come_back() -> None:
    with unit_of_work() as session:
        company, first, second, line, suggested = doubtful(session)
        chosen = suggested.items[0].open_item_id
        rival = builders.match(
            session, company.books, line, second if chosen == first.id else first, kind=MatchKind.SETTLEMENT,
            status=MatchStatus.SUGGESTED, score=0.4,
        )  # fmt: skip
        confirm_match(session, company.caller, company.id, suggested.match_id, **given())
        take_back(session, company.caller, company.id, suggested.match_id, **given(LATER))
        assert statuses(session, company) == [MatchStatus.SUGGESTED] * 2
        session.refresh(rival)
        assert rival.decided_by is None
        assert {item_status(session, first), item_status(session, second)} == {ItemStatus.OPEN}
        assert live_entry(session, line)[0] is EntryStatus.NEEDS_REVIEW
        confirm_match(session, company.caller, company.id, suggested.match_id, **given(LATER))
        assert live_entry(session, line)[:2] == (EntryStatus.POSTED, Method.MATCH)
        assert verify_books(session, company.caller, [company.id]).violations == ()


def test_a_dismissal_taken_back_is_a_suggestion_again() -> None:
    with unit_of_work() as session:
        company, _, _, line, suggested = doubtful(session)
        dismiss_match(session, company.caller, company.id, suggested.match_id, **given())
        take_back(session, company.caller, company.id, suggested.match_id, **given(LATER))
        assert suggestion(session, company).match_id == suggested.match_id
        assert live_entry(session, line)[0] is EntryStatus.NEEDS_REVIEW
        with pytest.raises(MatchNotOpen):
            take_back(session, company.caller, company.id, suggested.match_id, **given(LATER))


def test_a_dismissal_stays_when_the_line_is_matched_otherwise_by_now() -> None:
    with unit_of_work() as session:
        company, first, second, line, suggested = doubtful(session)
        other = second if suggested.items[0].open_item_id == first.id else first
        dismiss_match(session, company.caller, company.id, suggested.match_id, **given())
        match_by_hand(session, company.caller, company.id, [line.id], [other.id], **given())
        with pytest.raises(MatchRefused, match="take that apart first"):
            take_back(session, company.caller, company.id, suggested.match_id, **given(LATER))


def test_a_match_by_hand_taken_back_is_taken_apart() -> None:
    with unit_of_work() as session:
        company = founded(session)
        line = builders.transaction(session, company.books, amount_minor=12_000, counterparty="Nobody known")
        item = builders.open_item(session, company.books, amount_minor=12_000)
        match_id = match_by_hand(session, company.caller, company.id, [line.id], [item.id], **given())
        take_back(session, company.caller, company.id, match_id, **given(LATER))
        assert statuses(session, company) == [MatchStatus.DISMISSED]
        assert item_status(session, item) is ItemStatus.OPEN


def waiting_entry(session: Session, line):
    return session.exec(
        select(JournalEntry.id).where(
            JournalEntry.transaction_id == line.id, JournalEntry.status == EntryStatus.NEEDS_REVIEW
        )
    ).one()


def test_a_line_booked_as_the_match_would_only_settles_its_item() -> None:
    with unit_of_work() as session:
        company, *_, line, suggested = doubtful(session)
        entry_id = waiting_entry(session, line)
        change_account(session, company.caller, company.id, [entry_id], company.books.revenue.id, **given())
        before = entries_of(session, line)
        confirm_match(session, company.caller, company.id, suggested.match_id, **given(LATER))
        assert entries_of(session, line) == before
        settled = [item_status(session, item) for item in items_of(session, suggested)]
        assert settled == [ItemStatus.SETTLED]
        unmatch(session, company.caller, company.id, suggested.match_id, **given(LATER))
        assert entries_of(session, line) == before
        assert [item_status(session, item) for item in items_of(session, suggested)] == [ItemStatus.OPEN]
        assert verify_books(session, company.caller, [company.id]).violations == ()


def test_a_closed_statement_keeps_its_entries_when_such_a_match_is_taken_apart() -> None:
    with unit_of_work() as session:
        company, *_, line, suggested = doubtful(session)
        entry_id = waiting_entry(session, line)
        change_account(session, company.caller, company.id, [entry_id], company.books.revenue.id, **given())
        file = builders.statement_file(session, company.books)
        builders.reconciliation(session, company.books, file, status=ReconciliationStatus.CLOSED)
        before = entries_of(session, line)
        confirm_match(session, company.caller, company.id, suggested.match_id, **given(LATER))
        take_back(session, company.caller, company.id, suggested.match_id, **given(LATER))
        assert entries_of(session, line) == before
        assert suggestion(session, company).match_id == suggested.match_id


def items_of(session: Session, suggested: ListedMatch):
    return [session.get_one(OpenItem, item.open_item_id) for item in suggested.items]


def test_a_line_booked_to_another_account_is_corrected_before_it_is_matched() -> None:
    with unit_of_work() as session:
        company, *_, line, suggested = doubtful(session)
        entry_id = waiting_entry(session, line)
        change_account(session, company.caller, company.id, [entry_id], company.owner.id, **given())
        with pytest.raises(MatchRefused, match="correct its entry first"):
            confirm_match(session, company.caller, company.id, suggested.match_id, **given(LATER))
        correct_posted(session, company.caller, company.id, entry_id, company.books.revenue.id, **given(LATER))
        confirm_match(session, company.caller, company.id, suggested.match_id, **given(LATER))
        assert [item_status(session, item) for item in items_of(session, suggested)] == [ItemStatus.SETTLED]
