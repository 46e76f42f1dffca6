"""Reversing, correcting and closing on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from core.access.roles import Action
from core.errors import (
    AccessDenied,
    AccountNotBookable,
    EntryNotOpen,
    InvalidInput,
    PeriodClosed,
    PeriodNotReady,
    StatementClosed,
)
from core.posting import closing, entries
from core.posting.closing import CheckState, close_period, closing_checklist, reopen_period
from core.posting.correcting import confirm_posted, correct_posted
from core.posting.entries import BookingResult, book_company
from core.posting.reversing import release_lines, reverse_entries
from core.posting.reviewing import approve, change_account, reject
from core.posting.undoing import undo
from db.bulk import write_columns as write
from db.engine import unit_of_work
from models import (
    Company,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    Match,
    MatchStatus,
    Method,
    OpenItem,
    Reconciliation,
    ReconciliationStatus,
    Review,
    Role,
)
from tests import builders
from tests.integration.posting_cases import audit, lines, posted_line, settled
from tests.unit.posting.cases import (
    FEBRUARY,
    LATER,
    NOW,
    balances,
    lines_of,
    live_entry,
    proposer_for,
    status_of,
    waiting,
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


# --- reversing and correcting -----------------------------------------------------------------


def test_a_reversal_is_the_exact_opposite_and_frees_the_bank_line(books, book, caller):
    line, entry = posted_line(books)
    with unit_of_work() as session:
        reversal = reverse_entries(session, caller, books.company_id, [entry], write=write, now=NOW)[entry]
    with unit_of_work() as session:
        assert status_of(session, entry) == EntryStatus.REVERSED
        assert lines_of(session, reversal) == [(a, -minor) for a, minor in lines_of(session, entry)]
        assert session.get(JournalEntry, reversal).reverses_id == entry
        assert balances(session, books.company_id) == {}
        assert live_entry(session, line) is None
    assert book().entries == 1


def test_an_entry_is_reversed_at_most_once(books, caller):
    _, entry = posted_line(books)
    with unit_of_work() as session:
        reverse_entries(session, caller, books.company_id, [entry], write=write, now=NOW)
    with pytest.raises(EntryNotOpen, match="reversed"), unit_of_work() as session:
        reverse_entries(session, caller, books.company_id, [entry], write=write, now=NOW)


def test_a_closed_entry_is_reversed_only_on_a_later_open_day(books, caller):
    _, entry = posted_line(books)
    with unit_of_work() as session:
        session.execute(update(Company).values(closed_through_on=FEBRUARY))
    with pytest.raises(PeriodClosed), unit_of_work() as session:
        reverse_entries(session, caller, books.company_id, [entry], write=write, now=NOW)
    open_day = FEBRUARY + timedelta(days=1)
    with unit_of_work() as session:
        made = reverse_entries(session, caller, books.company_id, [entry], write=write, now=NOW, booked_on=open_day)
        assert session.get(JournalEntry, made[entry]).booked_on == open_day


def test_a_reversal_cannot_lie_before_its_entry(books, caller):
    _, entry = posted_line(books)
    day = builders.DAY - timedelta(days=1)
    with pytest.raises(InvalidInput, match="before its entry"), unit_of_work() as session:
        reverse_entries(session, caller, books.company_id, [entry], write=write, now=NOW, booked_on=day)


def test_releasing_lines_takes_out_what_is_posted_and_what_waits_and_lets_their_matches_fall(books, caller):
    line, entry = posted_line(books)
    with unit_of_work() as session:
        other = waiting(session, books, amount_minor=10_000)
    match_id, items = settled(books, other.transaction_id, (10_000, books.revenue.id))
    bookkeeper = builders.caller(books.company_id, role=Role.BOOKKEEPER)
    with unit_of_work() as session:
        assert session.get(OpenItem, items[0]).status == ItemStatus.SETTLED
        released = release_lines(
            session, bookkeeper, books.company_id, [line, other.transaction_id], write=write, now=NOW,
            action=Action.IMPORT,
        )  # fmt: skip
    assert (released.reversed, released.withdrawn) == (1, 1)
    with unit_of_work() as session:
        assert (status_of(session, entry), status_of(session, other.id)) == ("reversed", "rejected")
        assert session.get(Match, match_id).status == MatchStatus.DISMISSED
        assert session.get(OpenItem, items[0]).status == ItemStatus.OPEN


def test_a_posted_entry_is_corrected_by_a_reversal_and_a_linked_new_entry(books, caller):
    line, entry = posted_line(books)
    with unit_of_work() as session:
        decision = correct_posted(
            session, caller, books.company_id, entry, books.revenue.id, write=write, now=NOW, comment="a refund"
        )
    with unit_of_work() as session:
        new = live_entry(session, line)
        assert (new.replaces_id, new.method, new.auto_approved) == (entry, Method.MANUAL, False)
        assert status_of(session, entry) == EntryStatus.REVERSED
        assert balances(session, books.company_id) == {books.bank.id: -1_250, books.revenue.id: 1_250}
        (review,) = session.execute(select(Review)).scalars()
        assert (review.was_automatic, review.outcome, review.account_id) == (True, "corrected", books.revenue.id)
        assert (review.entry_id, decision.review_ids) == (entry, (review.id,))


def test_a_corrected_entry_returns_to_the_queue_when_the_correction_is_taken_back(books, caller):
    line, entry = posted_line(books)
    with unit_of_work() as session:
        decision = correct_posted(session, caller, books.company_id, entry, books.revenue.id, write=write, now=NOW)
    with unit_of_work() as session:
        undo(session, caller, books.company_id, decision.review_ids, write=write, now=LATER)
    with unit_of_work() as session:
        again = live_entry(session, line)
        assert again.status == EntryStatus.NEEDS_REVIEW
        assert lines_of(session, again.id) == [(books.bank.id, -1_250), (books.expense.id, 1_250)]
        assert balances(session, books.company_id) == {}


def test_a_later_correction_replaces_the_earlier_decision(books, caller):
    with unit_of_work() as session:
        entry = waiting(session, books, account=books.expense).id
    with unit_of_work() as session:
        first = approve(session, caller, books.company_id, [entry], write=write, now=NOW)
    with unit_of_work() as session:
        correct_posted(session, caller, books.company_id, entry, books.revenue.id, write=write, now=LATER)
        in_force = session.execute(select(Review).where(col(Review.undone_at).is_(None))).scalars().all()
        assert [(review.outcome, review.was_automatic) for review in in_force] == [("corrected", False)]
        assert session.get(Review, first.review_ids[0]).undone_at == LATER


def test_a_corrected_settlement_opens_its_items_again(books, book, caller):
    (line,) = lines(books, 10_000)
    match_id, items = settled(books, line, (10_000, books.revenue.id))
    book()
    with unit_of_work() as session:
        entry = live_entry(session, line).id
        correct_posted(session, caller, books.company_id, entry, books.expense.id, write=write, now=LATER)
    with unit_of_work() as session:
        assert session.get(OpenItem, items[0]).status == ItemStatus.OPEN
        assert session.get(Match, match_id).status == MatchStatus.DISMISSED


def test_a_transfer_stays_fallen_while_its_other_line_is_booked_elsewhere(books, book, caller):
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="1020", role="bank", type="asset")
        savings = builders.bank_account(session, ledger, code="savings")
        left = builders.transaction(session, books, amount_minor=-40_000)
        right = builders.transaction(session, books, amount_minor=40_000, bank_account_id=savings.id)
        match_id = builders.match(session, books, left, right).id
    book()
    decisions = []
    for line, account in ((left, books.expense), (right, books.revenue)):
        with unit_of_work() as session:
            entry = live_entry(session, line.id).id
            decisions.append(
                correct_posted(session, caller, books.company_id, entry, account.id, write=write, now=LATER)
            )
    for decision, status in zip(decisions, (MatchStatus.DISMISSED, MatchStatus.CONFIRMED), strict=True):
        with unit_of_work() as session:
            undo(session, caller, books.company_id, decision.review_ids, write=write, now=LATER)
        with unit_of_work() as session:
            assert session.get(Match, match_id).status == status


def test_a_line_of_a_closed_statement_may_be_corrected_but_not_leave_the_books(books, caller):
    with unit_of_work() as session:
        entry = waiting(session, books, account=books.expense).id
    with unit_of_work() as session:
        approve(session, caller, books.company_id, [entry], write=write, now=NOW)
    proved(books)
    with unit_of_work() as session:
        decision = correct_posted(session, caller, books.company_id, entry, books.revenue.id, write=write, now=NOW)
        new = live_entry(session, session.get(JournalEntry, entry).transaction_id).id
    with pytest.raises(StatementClosed, match="reopen"), unit_of_work() as session:
        undo(session, caller, books.company_id, decision.review_ids, write=write, now=LATER)
    with pytest.raises(StatementClosed), unit_of_work() as session:
        reverse_entries(session, caller, books.company_id, [new], write=write, now=LATER)
    with unit_of_work() as session:
        assert status_of(session, new) == EntryStatus.POSTED
        session.execute(update(Reconciliation).values(status=ReconciliationStatus.OPEN, closed_at=None, closed_by=None))
        undo(session, caller, books.company_id, decision.review_ids, write=write, now=LATER)
        assert status_of(session, new) == EntryStatus.REVERSED


def test_a_correction_to_the_same_account_is_refused(books, caller):
    _, entry = posted_line(books)
    with pytest.raises(InvalidInput, match="already"), unit_of_work() as session:
        correct_posted(session, caller, books.company_id, entry, books.expense.id, write=write, now=NOW)


def test_nothing_is_corrected_to_suspense_or_to_an_account_with_statements_of_its_own(books, caller):
    _, entry = posted_line(books)
    for account in (books.suspense, books.bank):
        with pytest.raises(AccountNotBookable), unit_of_work() as session:
            correct_posted(session, caller, books.company_id, entry, account.id, write=write, now=NOW)


def test_an_automatic_entry_found_right_is_remembered_so_without_touching_the_books(books, caller):
    _, entry = posted_line(books)
    with unit_of_work() as session:
        before = balances(session, books.company_id)
        decision = confirm_posted(session, caller, books.company_id, [entry], write=write, now=NOW)
        review = session.get(Review, decision.review_ids[0])
        assert (review.was_automatic, review.outcome) == (True, "approved")
        assert balances(session, books.company_id) == before
    with pytest.raises(EntryNotOpen), unit_of_work() as session:
        confirm_posted(session, caller, books.company_id, [entry], write=write, now=NOW)
    with unit_of_work() as session:
        assert undo(session, caller, books.company_id, decision.review_ids, write=write, now=LATER).confirmations == 1
        assert status_of(session, entry) == EntryStatus.POSTED


# --- closing ----------------------------------------------------------------------------------


def proved(books) -> None:
    with unit_of_work() as session:
        file = builders.statement_file(session, books)
        builders.reconciliation(
            session, books, file, first_on=date(2024, 1, 1), last_on=FEBRUARY, status=ReconciliationStatus.CLOSED
        )


def states(books, caller, through_on=FEBRUARY) -> dict[str, str]:
    with unit_of_work() as session:
        return {i.key: i.state for i in closing_checklist(session, caller, books.company_id, through_on)}


def test_a_clean_proved_month_can_be_closed_and_then_nothing_moves_in_it(books, caller):
    _, entry = posted_line(books)
    proved(books)
    assert set(states(books, caller).values()) == {CheckState.DONE}
    with unit_of_work() as session:
        close_period(session, caller, books.company_id, FEBRUARY, now=NOW)
    with pytest.raises(PeriodClosed), unit_of_work() as session:
        correct_posted(session, caller, books.company_id, entry, books.revenue.id, write=write, now=NOW)
    assert audit(books.company_id)[-1].action == "period closed"


def test_each_thing_left_open_blocks_the_close_and_is_named(books, caller):
    lines(books, -700)
    with unit_of_work() as session:
        waiting(session, books, amount_minor=-500)
        clearing = waiting(session, books, account=books.clearing, amount_minor=-300)
        builders.post(session, clearing)
        rejected = waiting(session, books, amount_minor=-200).id
        reject(session, caller, books.company_id, [rejected], "not ours", write=write, now=NOW)
        last_year = builders.statement_file(session, books)
        december = {"first_on": date(2023, 12, 1), "last_on": date(2023, 12, 31)}
        builders.reconciliation(session, books, last_year, status=ReconciliationStatus.CLOSED, **december)
    found = states(books, caller)
    blocking = {key for key, state in found.items() if state == CheckState.BLOCKS}
    assert blocking == {"booked", "reviewed", "statements", "proved", "transfers"}
    assert found["left_out"] == CheckState.LOOK
    with pytest.raises(PeriodNotReady) as refused, unit_of_work() as session:
        close_period(session, caller, books.company_id, FEBRUARY, now=NOW)
    assert "1 bank line not booked yet: process the files" in refused.value.blockers
    assert "statements are missing: Checking January 2024. Upload them, or switch the bank account off" in str(
        refused.value
    )


def test_a_confirmed_transfer_under_way_does_not_block_the_close(books, caller):
    with unit_of_work() as session:
        entry = builders.post(session, waiting(session, books, account=books.clearing))
        other = builders.transaction(session, books, amount_minor=1_250, booked_on=FEBRUARY + timedelta(days=2))
        builders.match(session, books, session.get(builders.Transaction, entry.transaction_id), other)
    assert states(books, caller)["transfers"] == CheckState.DONE


def test_a_bank_account_without_any_statement_blocks_until_it_is_switched_off(books, caller):
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="2100", type="liability", role="bank")
        card = builders.bank_account(session, ledger, name="Card", kind="card")
    posted_line(books)
    proved(books)
    assert states(books, caller)["statements"] == CheckState.BLOCKS
    with unit_of_work() as session:
        session.get(builders.BankAccount, card.id).is_active = False
    assert states(books, caller)["statements"] == CheckState.DONE


def test_a_period_is_not_closed_before_it_is_over_nor_twice(books, caller):
    posted_line(books)
    proved(books)
    with pytest.raises(InvalidInput, match="not over"), unit_of_work() as session:
        close_period(session, caller, books.company_id, NOW.date(), now=NOW)
    with unit_of_work() as session:
        close_period(session, caller, books.company_id, FEBRUARY, now=NOW)
    with pytest.raises(InvalidInput, match="closed through"), unit_of_work() as session:
        close_period(session, caller, books.company_id, FEBRUARY, now=NOW)


def test_only_a_manager_closes_and_reopens_and_says_why(books, caller):
    reviewer = builders.caller(books.company_id, role=Role.REVIEWER)
    with pytest.raises(AccessDenied), unit_of_work() as session:
        close_period(session, reviewer, books.company_id, FEBRUARY, now=NOW)
    with pytest.raises(InvalidInput, match="why"), unit_of_work() as session:
        reopen_period(session, caller, books.company_id, closed_through_on=None, reason=" ", now=NOW)
    with pytest.raises(InvalidInput, match="earlier"), unit_of_work() as session:
        reopen_period(session, caller, books.company_id, closed_through_on=FEBRUARY, reason="late bill", now=NOW)
    with unit_of_work() as session:
        reopen_period(session, caller, books.company_id, closed_through_on=None, reason="late bill", now=NOW)
    event = audit(books.company_id)[-1]
    assert (event.action, event.after["reason"]) == ("period reopened", "late bill")
    with pytest.raises(InvalidInput, match="No period"), unit_of_work() as session:
        reopen_period(session, caller, books.company_id, closed_through_on=None, reason="again", now=NOW)


def test_a_decision_in_a_period_closed_since_is_not_taken_back(books, caller):
    with unit_of_work() as session:
        entry = waiting(session, books, account=books.expense).id
    with unit_of_work() as session:
        decision = change_account(session, caller, books.company_id, [entry], books.revenue.id, write=write, now=NOW)
    proved(books)
    with unit_of_work() as session:
        closing.close_period(session, caller, books.company_id, FEBRUARY, now=NOW)
    with pytest.raises(PeriodClosed), unit_of_work() as session:
        undo(session, caller, books.company_id, decision.review_ids, write=write, now=LATER)
    with unit_of_work() as session:
        assert count_of(session, Review, col(Review.undone_at).is_not(None)) == 0


def count_of(session: Session, table, condition) -> int:
    return session.execute(select(func.count()).select_from(table).where(condition)).scalar_one()
