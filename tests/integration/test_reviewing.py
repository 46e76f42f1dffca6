"""What people decide in the review queue, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from core.access.audit import verify_chain
from core.errors import (
    AccessDenied,
    AccountNotBookable,
    BookkeepingError,
    DecisionTakenBack,
    EntryNotOpen,
    InvalidInput,
    NoAccountChosen,
    NotFound,
    PeriodClosed,
    UnbalancedEntry,
)
from core.posting.lines import Part
from core.posting.reviewing import approve, change_account, reject, split, split_alike
from core.posting.undoing import last_decision, undo
from db.engine import snapshot, unit_of_work
from models import (
    AuditEvent,
    Company,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    Match,
    MatchKind,
    MatchStatus,
    Method,
    OpenItem,
    Review,
    Role,
)
from tests import builders
from tests.integration.reviewing_cases import decide, one, totals
from tests.unit.posting.cases import (
    FEBRUARY,
    LATER,
    NOW,
    balances,
    lines_of,
    live_entry,
    proposal_of,
    status_of,
    waiting,
)


@pytest.fixture
def caller(reviewer):
    return reviewer


def test_an_approved_entry_is_posted_as_proposed_by_that_person(books, caller):
    entry = one(books, books.expense)
    decision = decide(approve, caller, books, [entry], comment=" fine ")
    with unit_of_work() as session:
        row = session.get(JournalEntry, entry)
        assert (row.status, row.auto_approved, row.posted_by) == (EntryStatus.POSTED, False, caller.user_id)
        assert balances(session, books.company_id) == {books.bank.id: -1_250, books.expense.id: 1_250}
        review = session.get(Review, decision.review_ids[0])
        assert (review.outcome, review.account_id, review.comment) == ("approved", books.expense.id, "fine")
        assert (review.reviewer_id, review.was_automatic) == (caller.user_id, False)


def test_a_whole_group_is_approved_with_one_audit_event(books, caller):
    entries = [one(books, books.expense) for _ in range(5)]
    decision = decide(approve, caller, books, entries)
    assert decision.count == 5
    with unit_of_work() as session:
        assert verify_chain(session, books.company_id.hex) == []
        (event,) = session.execute(select(AuditEvent)).scalars()
        assert (event.action, event.row_count, event.user_id) == ("entries approved", 5, caller.user_id)


def test_an_entry_on_suspense_cannot_be_approved_and_nothing_else_of_the_batch_is(books, caller):
    sure, undecided = one(books, books.expense), one(books)
    with pytest.raises(NoAccountChosen, match=undecided.hex):
        decide(approve, caller, books, [sure, undecided])
    with unit_of_work() as session:
        assert {status_of(session, entry) for entry in (sure, undecided)} == {EntryStatus.NEEDS_REVIEW}


def test_another_account_replaces_the_proposed_one(books, caller):
    entry = one(books)
    decision = decide(change_account, caller, books, [entry], books.expense.id)
    with unit_of_work() as session:
        assert lines_of(session, entry) == [(books.bank.id, -1_250), (books.expense.id, 1_250)]
        row = session.get(JournalEntry, entry)
        assert (row.status, row.method) == (EntryStatus.POSTED, Method.MANUAL)
        assert session.get(Review, decision.review_ids[0]).outcome == "corrected"
        assert proposal_of(session, entry).account_id == books.suspense.id


def test_choosing_the_proposed_account_by_hand_counts_as_approval(books, caller):
    same, other = one(books, books.expense), one(books, books.revenue)
    decision = decide(change_account, caller, books, [same, other], books.expense.id)
    with unit_of_work() as session:
        outcomes = {session.get(Review, key).entry_id: session.get(Review, key).outcome for key in decision.review_ids}
        assert outcomes == {same: "approved", other: "corrected"}
        assert session.get(JournalEntry, same).method == Method.MODEL


def test_a_split_entry_is_booked_to_the_cent(books, caller):
    entry = one(books, amount_minor=-1_001)
    parts = [Part(books.expense.id, percent=Decimal(50)), Part(books.revenue.id, percent=Decimal(50))]
    decision = decide(split, caller, books, entry, parts)
    with unit_of_work() as session:
        assert lines_of(session, entry) == [(books.bank.id, -1_001), (books.expense.id, 501), (books.revenue.id, 500)]
        review = session.get(Review, decision.review_ids[0])
        assert (review.outcome, review.account_id) == ("split", None)


def test_lines_of_different_amounts_are_split_alike_by_percentages_in_one_decision(books, caller):
    entries = [one(books, amount_minor=amount) for amount in (-1_001, -400)]
    parts = [Part(books.expense.id, percent=Decimal(75)), Part(books.revenue.id, percent=Decimal(25))]
    decision = decide(split_alike, caller, books, entries, parts)
    with unit_of_work() as session:
        assert [amount for _, amount in lines_of(session, entries[0])] == [-1_001, 751, 250]
        assert [amount for _, amount in lines_of(session, entries[1])] == [-400, 300, 100]
    assert len(decide(undo, caller, books, decision.review_ids).entry_ids) == 2


def test_a_split_that_does_not_add_up_changes_nothing(books, caller):
    entry = one(books, amount_minor=-1_000)
    with pytest.raises(UnbalancedEntry):
        decide(split, caller, books, entry, [Part(books.expense.id, amount_minor=-999)])
    with unit_of_work() as session:
        assert lines_of(session, entry) == [(books.bank.id, -1_000), (books.suspense.id, 1_000)]


def test_a_rejected_line_stays_out_of_the_books_until_that_is_taken_back(books, caller):
    entry = one(books, books.expense)
    decision = decide(reject, caller, books, [entry], "belongs to the owner")
    with unit_of_work() as session:
        assert status_of(session, entry) == EntryStatus.REJECTED
        assert balances(session, books.company_id) == {}
    assert decide(undo, caller, books, decision.review_ids).entry_ids == (entry,)
    assert totals(books, caller).lines == 1
    with pytest.raises(InvalidInput, match="why"):
        decide(reject, caller, books, [entry], "  ")


def test_a_decision_taken_back_is_reversed_and_the_line_waits_with_the_same_proposal(books, caller):
    entry = one(books, books.expense)
    decision = decide(change_account, caller, books, [entry], books.revenue.id)
    (again,) = decide(undo, caller, books, decision.review_ids, now=LATER).entry_ids
    with unit_of_work() as session:
        assert status_of(session, entry) == EntryStatus.REVERSED
        assert proposal_of(session, again).id == proposal_of(session, entry).id
        assert lines_of(session, again) == [(books.bank.id, -1_250), (books.expense.id, 1_250)]
        assert live_entry(session, session.get(JournalEntry, entry).transaction_id).id == again
        assert balances(session, books.company_id) == {}
        assert session.get(Review, decision.review_ids[0]).undone_at == LATER
    with pytest.raises(DecisionTakenBack):
        decide(undo, caller, books, decision.review_ids)


def test_the_last_decision_of_a_person_is_a_whole_batch(books, caller):
    with snapshot() as session:
        assert last_decision(session, caller, books.company_id) is None
    decide(approve, caller, books, [one(books, books.expense)])
    batch = decide(approve, caller, books, [one(books, books.expense) for _ in range(3)], now=LATER)
    with snapshot() as session:
        last = last_decision(session, caller, books.company_id)
    assert set(last.review_ids) == set(batch.review_ids)
    assert (last.account, last.counterparty) == ("6300 Software Subscriptions", "adobe")
    decide(undo, caller, books, last.review_ids, now=LATER + timedelta(minutes=1))
    with snapshot() as session:
        assert last_decision(session, caller, books.company_id).decided_at == NOW


def test_a_line_in_clearing_that_is_booked_elsewhere_leaves_its_transfer(books, caller):
    entry = one(books, books.expense)
    with unit_of_work() as session:
        line = session.get(builders.Transaction, session.get(JournalEntry, entry).transaction_id)
        match = builders.match(session, books, line, builders.transaction(session, books, amount_minor=1_250))
    decide(change_account, caller, books, [entry], books.revenue.id)
    with unit_of_work() as session:
        assert session.get(Match, match.id).status == MatchStatus.DISMISSED


def test_overruling_a_match_lets_it_fall_and_taking_that_back_restores_it(books, caller):
    entry = one(books, books.revenue, amount_minor=10_000)
    with unit_of_work() as session:
        row = session.get(JournalEntry, entry)
        item = builders.open_item(session, books, status=ItemStatus.SETTLED)
        line = session.get(builders.Transaction, row.transaction_id)
        match = builders.match(session, books, line, item, kind=MatchKind.SETTLEMENT)
        proposal = proposal_of(session, entry)
        proposal.method, proposal.match_id = Method.MATCH, match.id
    decision = decide(change_account, caller, books, [entry], books.expense.id)
    with unit_of_work() as session:
        assert session.get(Match, match.id).status == MatchStatus.DISMISSED
        assert session.get(OpenItem, item.id).status == ItemStatus.OPEN
    (again,) = decide(undo, caller, books, decision.review_ids).entry_ids
    with unit_of_work() as session:
        assert session.get(Match, match.id).status == MatchStatus.CONFIRMED
        assert session.get(OpenItem, item.id).status == ItemStatus.SETTLED
        assert lines_of(session, again) == [(books.bank.id, 10_000), (books.revenue.id, -10_000)]


def test_bank_lines_go_to_no_account_that_cannot_take_them(books, caller):
    entry = one(books)
    with unit_of_work() as session:
        idle = builders.account(session, books.company_id, is_active=False)
        other = builders.books(session)
    for account in (books.suspense, books.bank, idle):
        with pytest.raises(AccountNotBookable):
            decide(change_account, caller, books, [entry], account.id)
    with pytest.raises(NotFound):
        decide(change_account, caller, books, [entry], other.expense.id)


def test_nothing_is_decided_in_a_closed_period(books, caller):
    entry = one(books, books.expense)
    with unit_of_work() as session:
        session.execute(update(Company).values(closed_through_on=FEBRUARY))
    with pytest.raises(PeriodClosed):
        decide(approve, caller, books, [entry])
    with pytest.raises(PeriodClosed):
        decide(change_account, caller, books, [entry], books.revenue.id)


def test_entries_of_another_company_cannot_be_decided(books, caller):
    with unit_of_work() as session:
        other = builders.books(session)
        entry = waiting(session, other, account=other.expense).id
    with pytest.raises(NotFound):
        decide(approve, caller, books, [entry])


def test_a_bookkeeper_may_look_but_not_decide(books):
    bookkeeper = builders.caller(books.company_id, role=Role.BOOKKEEPER)
    entry = one(books, books.expense)
    assert totals(books, bookkeeper).lines == 1
    with pytest.raises(AccessDenied):
        decide(approve, bookkeeper, books, [entry])


def test_deciding_nothing_is_refused(books, caller):
    with pytest.raises(InvalidInput):
        decide(approve, caller, books, [])
    with pytest.raises(InvalidInput):
        decide(undo, caller, books, [])


# --- two people at once -----------------------------------------------------------------------


def at_once(*actions):
    """Run the actions in threads that start together; what each returned or refused."""
    barrier = Barrier(len(actions))

    def run(action):
        barrier.wait()
        try:
            return action()
        except BookkeepingError as refusal:
            return refusal

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_of_two_people_deciding_the_same_entry_at_once_exactly_one_wins(books, caller):
    for _ in range(5):
        entry = one(books, books.expense)
        answers = at_once(
            lambda entry=entry: decide(approve, caller, books, [entry]),
            lambda entry=entry: decide(change_account, caller, books, [entry], books.revenue.id),
        )
        assert sorted(isinstance(answer, EntryNotOpen) for answer in answers) == [False, True]
        with unit_of_work() as session:
            reviews = session.execute(
                select(func.count()).select_from(Review).where(col(Review.entry_id) == entry)
            ).scalar_one()
            assert (reviews, status_of(session, entry)) == (1, EntryStatus.POSTED)


def test_overlapping_batches_in_opposite_order_do_not_block_each_other(books, caller):
    entries = [one(books, books.expense) for _ in range(6)]
    answers = at_once(
        lambda: decide(approve, caller, books, entries[:4]),
        lambda: decide(approve, caller, books, entries[:1:-1]),
    )
    assert sorted(isinstance(answer, EntryNotOpen) for answer in answers) == [False, True]
    with unit_of_work() as session:
        assert verify_chain(session, books.company_id.hex) == []


def test_of_two_people_taking_the_same_decision_back_exactly_one_wins(books, caller):
    entry = one(books, books.expense)
    decision = decide(approve, caller, books, [entry])
    answers = at_once(*[lambda: decide(undo, caller, books, decision.review_ids, now=LATER)] * 2)
    assert sorted(isinstance(answer, DecisionTakenBack) for answer in answers) == [False, True]
    with unit_of_work() as session:
        assert balances(session, books.company_id) == {}
