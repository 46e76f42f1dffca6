"""Whatever people do in whatever order: the books balance, no bank line is lost, none is booked twice."""

import shutil
import tempfile
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from core.access.audit import verify_chain
from core.errors import BookkeepingError, DecisionTakenBack, PeriodClosed, PeriodNotReady
from core.ingestion.aliases import remove_alias, set_alias
from core.posting import entries
from core.posting.closing import close_period, reopen_period
from core.posting.correcting import correct_posted
from core.posting.entries import book_company
from core.posting.line_notes import answer, ask, defer, return_due, take_back_note
from core.posting.lines import Part
from core.posting.reviewing import approve, change_account, reject, split
from core.posting.undoing import undo
from db.bulk import write_columns as write
from db.engine import unit_of_work, use_database
from models import (
    Account,
    AccountRole,
    EntryStatus,
    JournalEntry,
    JournalLine,
    LineNote,
    Outcome,
    Reconciliation,
    ReconciliationStatus,
    Review,
    Transaction,
)
from tests import builders
from tests.unit.posting.cases import NOW, balances, proposer_for

FIRST = date(2024, 1, 10)
DAYS = st.integers(0, 50).map(lambda days: FIRST + timedelta(days=days))
AMOUNTS = st.sampled_from([-100, -1, 0, 1, 99, 250, 700_000])
PAYEES = st.sampled_from(["sure", "unsure", "stranger"])
PICK = st.integers(0, 30)
LIVE = (EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED)


class Desk(RuleBasedStateMachine):
    """One company, its bookkeeper and its reviewer; refusals are fine, broken laws are not."""

    template: Path

    @initialize()
    def open_books(self):
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copyfile(self.template, folder / "books.db")
        self.stack.enter_context(use_database(f"sqlite:///{folder / 'books.db'}"))
        with unit_of_work() as session:
            self.books = builders.books(session)
            file = builders.statement_file(session, self.books)
            builders.reconciliation(
                session, self.books, file, first_on=date(2024, 1, 1), last_on=date(2024, 3, 1),
                status=ReconciliationStatus.CLOSED,
            )  # fmt: skip
            known = {"sure": (self.books.expense.id, 0.99), "unsure": (self.books.expense.id, 0.7)}
            proposer = proposer_for(session, self.books.company_id, known)
        self.stack.enter_context(patch.object(entries, "load_proposer", lambda *_: proposer))
        self.caller = builders.caller(self.books.company_id)
        self.closed: date | None = None
        self.unbooked: set[UUID] = set()
        for number, payee in enumerate(["unsure", "stranger", "unsure", "sure"] * 2):
            self.upload(amount=100 + number, payee=payee, day=FIRST + timedelta(days=5 * number))
        self.book()

    def teardown(self):
        if hasattr(self, "stack"):
            self.stack.close()

    def act(self, action, *arguments, **options):
        """Do it as one unit of work; a refusal leaves everything as it was."""
        try:
            with unit_of_work() as session:
                return action(session, self.caller, self.books.company_id, *arguments, **options)
        except BookkeepingError:
            return None

    def some(self, status, pick) -> list[UUID]:
        with unit_of_work() as session:
            keys = session.execute(
                select(col(JournalEntry.id))
                .where(col(JournalEntry.status) == status, col(JournalEntry.transaction_id).is_not(None))
                .order_by(col(JournalEntry.created_at), col(JournalEntry.id))
            ).scalars().all()  # fmt: skip
        return [keys[pick % len(keys)]] if keys else []

    @rule(amount=AMOUNTS, payee=PAYEES, day=DAYS)
    def upload(self, amount, payee, day):
        if self.closed and day <= self.closed:
            return
        with unit_of_work() as session:
            line = builders.transaction(
                session, self.books, amount_minor=amount, counterparty=payee, booked_on=day, description=payee
            )
        self.unbooked.add(line.id)

    @rule()
    def book(self):
        assert self.act(book_company, write=write, now=NOW) is not None
        self.unbooked.clear()

    @rule(pick=PICK)
    def approve_one(self, pick):
        self.act(approve, self.some(EntryStatus.NEEDS_REVIEW, pick), write=write, now=NOW)

    @rule(pick=PICK, to_revenue=st.booleans())
    def change_one(self, pick, to_revenue):
        account = self.books.revenue if to_revenue else self.books.expense
        self.act(change_account, self.some(EntryStatus.NEEDS_REVIEW, pick), account.id, write=write, now=NOW)

    @rule(pick=PICK, fixed=st.integers(-300, 300))
    def split_one(self, pick, fixed):
        parts = [Part(self.books.revenue.id, amount_minor=fixed), Part(self.books.expense.id, percent=Decimal(100))]
        for entry in self.some(EntryStatus.NEEDS_REVIEW, pick):
            self.act(split, entry, parts, write=write, now=NOW)

    @rule(pick=PICK)
    def reject_one(self, pick):
        self.act(reject, self.some(EntryStatus.NEEDS_REVIEW, pick), "not ours", write=write, now=NOW)

    @rule(pick=PICK)
    def correct_one(self, pick):
        for entry in self.some(EntryStatus.POSTED, pick):
            self.act(correct_posted, entry, self.books.revenue.id, write=write, now=NOW)

    @rule(pick=PICK)
    def take_one_back(self, pick):
        with unit_of_work() as session:
            reviews = session.execute(select(Review).order_by(col(Review.id))).scalars().all()
        if not reviews:
            return
        review = reviews[pick % len(reviews)]
        day = self.day_of(review.transaction_id)
        try:
            with unit_of_work() as session:
                self.set_statement(session, ReconciliationStatus.OPEN)  # a closed one lets no line leave the books
                undo(session, self.caller, self.books.company_id, [review.id], write=write, now=NOW)
                self.set_statement(session, ReconciliationStatus.CLOSED)
        except DecisionTakenBack:
            assert review.undone_at is not None
        except PeriodClosed:
            assert self.closed is not None
            assert day <= self.closed
        else:
            assert review.undone_at is None
            assert self.closed is None or day > self.closed

    def set_statement(self, session: Session, status: ReconciliationStatus) -> None:
        closed_at = NOW if status is ReconciliationStatus.CLOSED else None
        session.execute(update(Reconciliation).values(status=status, closed_at=closed_at))

    def day_of(self, line: UUID) -> date:
        with unit_of_work() as session:
            return session.get(Transaction, line).booked_on

    @rule(pick=PICK, days=st.integers(1, 3))
    def put_one_off(self, pick, days):
        entries = self.some(EntryStatus.NEEDS_REVIEW, pick)
        self.act(defer, entries, NOW.date() + timedelta(days=days), today=NOW.date(), write=write, now=NOW)

    @rule(days=st.integers(0, 3))
    def days_pass(self, days):
        self.act(return_due, today=NOW.date() + timedelta(days=days), now=NOW)

    @rule(pick=PICK)
    def ask_about_one(self, pick):
        self.act(ask, self.some(EntryStatus.NEEDS_REVIEW, pick), "Whose is it?", write=write, now=NOW)

    @rule(pick=PICK, taken_back=st.booleans())
    def end_a_question(self, pick, taken_back):
        with unit_of_work() as session:
            threads = session.execute(select(col(LineNote.thread_id)).order_by(col(LineNote.id))).scalars().all()
        if not threads:
            return
        thread = threads[pick % len(threads)]
        if taken_back:
            self.act(take_back_note, thread, now=NOW)
        else:
            self.act(answer, thread, "Ours", write=write, now=NOW)

    @rule(payee=PAYEES, name=st.sampled_from(["Northwind", "sure"]))
    def give_a_name(self, payee, name):
        self.act(set_alias, payee, name, now=NOW)

    @rule(payee=PAYEES)
    def take_a_name_away(self, payee):
        self.act(remove_alias, payee, now=NOW)

    @rule(day=DAYS)
    def close(self, day):
        try:
            with unit_of_work() as session:
                close_period(session, self.caller, self.books.company_id, day, now=NOW)
        except PeriodNotReady:
            return
        except BookkeepingError:
            assert self.closed is not None
            assert day <= self.closed
        else:
            self.closed = day

    @rule()
    def reopen(self):
        if self.closed:
            self.act(reopen_period, closed_through_on=None, reason="a late bill", now=NOW)
            self.closed = None

    @invariant()
    def every_entry_sums_to_zero_and_has_two_lines(self):
        with unit_of_work() as session:
            wrong = session.execute(
                select(col(JournalLine.entry_id))
                .group_by(col(JournalLine.entry_id))
                .having((func.sum(JournalLine.amount_minor) != 0) | (func.count() < 2))
            ).all()
        assert wrong == []

    @invariant()
    def every_bank_line_is_booked_once_or_left_out_by_a_person_or_new(self):
        with unit_of_work() as session:
            lines = set(session.execute(select(col(Transaction.id))).scalars())
            live = list(
                session.execute(
                    select(col(JournalEntry.transaction_id)).where(
                        col(JournalEntry.status).in_(LIVE), col(JournalEntry.transaction_id).is_not(None)
                    )
                ).scalars()
            )
            left_out = set(
                session.execute(
                    select(col(Review.transaction_id)).where(
                        col(Review.outcome) == Outcome.REJECTED, col(Review.undone_at).is_(None)
                    )
                ).scalars()
            )
        assert len(live) == len(set(live))
        assert lines == set(live) | left_out | self.unbooked
        assert not left_out & set(live)

    @invariant()
    def nothing_in_the_ledger_stands_on_suspense_and_it_is_the_sum_of_what_is_posted(self):
        with unit_of_work() as session:
            suspended = session.execute(
                select(func.count())
                .select_from(JournalLine)
                .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
                .join(Account, col(Account.id) == col(JournalLine.account_id))
                .where(
                    col(Account.role) == AccountRole.SUSPENSE,
                    col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.REVERSED]),
                )
            ).scalar_one()
            posted = session.execute(
                select(func.coalesce(func.sum(Transaction.amount_minor), 0))
                .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
                .where(col(JournalEntry.status) == EntryStatus.POSTED)
            ).scalar_one()
            ledger = balances(session, self.books.company_id)
        assert suspended == 0
        assert ledger.get(self.books.bank.id, 0) == posted
        assert sum(ledger.values()) == 0

    @invariant()
    def the_queue_lists_what_waits(self):
        with unit_of_work() as session:
            assert projected(session) == expected(session)

    @invariant()
    def nothing_waits_in_a_closed_period_and_the_audit_chain_holds(self):
        with unit_of_work() as session:
            if self.closed:
                waiting = session.execute(
                    select(func.count())
                    .select_from(JournalEntry)
                    .where(
                        col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
                        col(JournalEntry.booked_on) <= self.closed,
                    )
                ).scalar_one()
                assert waiting == 0
            assert verify_chain(session, self.books.company_id.hex) == []


def projected(session: Session) -> list[tuple[object, ...]]:
    """The queue's lines with the groups that hold them, and the sums of these groups."""
    return sorted(
        tuple(row)
        for row in session.execute(
            text(
                "SELECT l.entry_id, g.state, g.payee, g.account_id, g.money_in, g.currency, l.amount_minor, g.lines,"
                " g.total_minor, g.size_minor, g.sure_lines, g.sure_millionths, g.first_on"
                " FROM waiting_lines l JOIN waiting_groups g ON g.id = l.group_id"
            )
        )
    )


def expected(session: Session) -> list[tuple[object, ...]]:
    """The same from the entries in review, counted anew."""
    same = "OVER (PARTITION BY state, payee, account_id, money_in, currency)"
    return sorted(
        tuple(row)
        for row in session.execute(
            text(
                "SELECT entry_id, state, payee, account_id, money_in, currency, amount_minor,"
                f" count(*) {same}, sum(amount_minor) {same}, sum(abs(amount_minor)) {same},"
                f" count(sure_millionths) {same}, coalesce(sum(sure_millionths) {same}, 0), min(booked_on) {same}"
                " FROM waiting_keys"
            )
        )
    )


def test_no_sequence_of_decisions_breaks_the_books(sqlite_template):
    machine = type("DeskOnTemplate", (Desk,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
