"""What review does to lines that a match proposed, on both databases."""

from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from core.posting.reviewing import approve, change_account
from core.posting.undoing import undo
from db.bulk import write_columns as write
from db.engine import unit_of_work
from db.restraints import as_owner
from models import (
    ItemStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchStatus,
    Method,
    OpenItem,
    Outcome,
    Review,
    Transaction,
)
from tests import builders
from tests.unit.posting.cases import NOW, lines_of, proposal_of, waiting


@pytest.fixture
def caller(reviewer):
    return reviewer


def decide(action, caller, books, *arguments):
    with unit_of_work() as session:
        return action(session, caller, books.company_id, *arguments, write=write, now=NOW)


def settling(books, *amounts: int) -> tuple[list[UUID], UUID, UUID]:
    """Lines of these amounts that wait because a certain match pays one item with them: entries, match and item."""
    with unit_of_work() as session:
        entries = [waiting(session, books, account=books.revenue, amount_minor=amount).id for amount in amounts]
        item = builders.open_item(session, books, amount_minor=sum(amounts), status=ItemStatus.SETTLED)
        keys = [session.get(JournalEntry, entry).transaction_id for entry in entries]
        paid = [session.get(Transaction, key) for key in keys]
        match = builders.match(session, books, *paid, item, kind=MatchKind.SETTLEMENT)
        for entry in entries:
            proposal = proposal_of(session, entry)
            proposal.method, proposal.match_id = Method.MATCH, match.id
        return entries, match.id, item.id


def over_two_accounts(books) -> UUID:
    """An entry of 150.00 in that a match proposes as 100.00 of revenue and 50.00 of another account."""
    (entry,), _, _ = settling(books, 15_000)
    with unit_of_work() as session:
        as_owner(session.connection())  # the app replaces lines and never changes one
        mine = col(JournalLine.entry_id) == entry, col(JournalLine.position) == 2
        session.execute(update(JournalLine).where(*mine).values(amount_minor=-10_000))
        third = {"company_id": books.company_id, "entry_id": entry, "currency": "USD", "position": 3}
        session.add(JournalLine(**third, account_id=books.expense.id, amount_minor=-5_000))
    return entry


def standing(match: UUID, item: UUID) -> tuple[MatchStatus, ItemStatus]:
    with unit_of_work() as session:
        return session.get(Match, match).status, session.get(OpenItem, item).status


def test_a_proposal_of_several_accounts_booked_to_its_first_one_goes_there_whole(books, caller):
    entry = over_two_accounts(books)
    decision = decide(change_account, caller, books, [entry], books.revenue.id)
    assert decision.outcome is Outcome.CORRECTED
    with unit_of_work() as session:
        assert lines_of(session, entry) == [(books.bank.id, 15_000), (books.revenue.id, -15_000)]


def test_approving_a_proposal_of_several_accounts_teaches_no_single_one(books, caller):
    entry = over_two_accounts(books)
    decision = decide(approve, caller, books, [entry])
    assert decision.account_id is None
    with unit_of_work() as session:
        assert session.get(Review, decision.review_ids[0]).account_id is None
        assert len(lines_of(session, entry)) == 3


def test_a_match_that_fell_with_one_line_is_not_revived_by_approving_the_other(books, caller):
    (one, other), match, item = settling(books, 6_000, 4_000)
    decide(change_account, caller, books, [one], books.expense.id)
    decide(approve, caller, books, [other])
    assert standing(match, item) == (MatchStatus.DISMISSED, ItemStatus.OPEN)


def test_a_decision_taken_back_does_not_revive_a_match_whose_item_another_line_has_paid(books, caller):
    (entry,), match, item = settling(books, 10_000)
    decision = decide(change_account, caller, books, [entry], books.expense.id)
    with unit_of_work() as session:
        line = builders.transaction(session, books, amount_minor=10_000)
        paid = session.get(OpenItem, item)
        paid.status, paid.settled_minor = ItemStatus.SETTLED, paid.amount_minor
        builders.match(session, books, line, paid, kind=MatchKind.SETTLEMENT)
    decide(undo, caller, books, decision.review_ids)
    assert standing(match, item) == (MatchStatus.DISMISSED, ItemStatus.SETTLED)
