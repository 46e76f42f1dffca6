"""Any sequence of importing, deciding, taking back, closing and reopening, on both databases: every law holds after
every step, and replaying the audit log gives the balances.

`make property-long` goes through 300 sequences of 20 steps on each database.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.postings import replay
from core.errors import BookkeepingError
from core.ingestion.importing import revert_import, store_previews
from core.ingestion.previewing import preview_files
from core.ingestion.raw_file import RawFile
from core.posting import entries
from core.posting.closing import close_period, reopen_period
from core.posting.correcting import correct_posted
from core.posting.entries import book_company
from core.posting.lines import Part
from core.posting.reversing import reverse_entries
from core.posting.reviewing import approve, change_account, reject, split
from core.posting.undoing import undo
from core.reconciliation.closing import close_reconciliation, reopen_reconciliation
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import (
    AuditEvent,
    Company,
    EntryStatus,
    FileStatus,
    JournalEntry,
    JournalLine,
    Reconciliation,
    ReconciliationStatus,
    Review,
    StatementFile,
    Transaction,
)
from tests import builders
from tests.unit.posting.cases import proposer_for

BEGIN = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
ENDS = (date(2024, 1, 31), date(2024, 2, 29))
PAYEES = ("SURE STORE", "UNSURE STORE", "STRANGER")
LINES = st.lists(
    st.tuples(st.integers(1, 28), st.sampled_from([-70_000, -1_190, -100, -1, 3, 9_999]), st.sampled_from(PAYEES)),
    min_size=2,
    max_size=6,
)
PICK = st.integers(0, 40)
OPENING = 500_000
# Ids are random; what a number picks has to be the same whenever a sequence is gone through again.
AS_LISTED = (col(Transaction.booked_on), col(Transaction.row), col(Transaction.amount_minor))
IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)


class ByPayee(dict[str, tuple[UUID, float]]):
    """What a stand-in for the model knows: the same for every spelling of a payee."""

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for key, value in self.items() if key in name.lower().split()), default)


class Office(RuleBasedStateMachine):
    """One company and all its people; refusals are fine, broken laws are not. Each sequence founds its own company."""

    is_checked = False

    @initialize(months=st.tuples(LINES, LINES))
    def open_books(self, months):
        self.now = BEGIN
        with unit_of_work() as session:
            self.books = builders.books(session)
            self.caller = builders.caller(self.books.company_id)
            record(
                session, self.caller, company_id=self.books.company_id, action="founded", subject="company",
                now=self.now,
            )  # fmt: skip
            self.tax = builders.tax_code(session, self.books)
            known = ByPayee(sure=(self.books.expense.id, 0.999), unsure=(self.books.expense.id, 0.7))
            proposer = proposer_for(session, self.books.company_id, known)
        self.stand_in = patch.object(entries, "load_proposer", lambda *_: proposer)
        self.stand_in.start()
        self.months = self.written(months)
        for month in (0, 1):
            self.bring_in(month, most=6)
        self.book()

    def written(self, months) -> list[list[str]]:
        """The bank's own list, as rows of a file with a running balance."""
        balance, rows = OPENING, []
        for number, lines in enumerate(months, 1):
            rows.append([])
            for day, amount, text in sorted(lines):
                balance += amount
                rows[-1].append(f"2024-{number:02}-{day:02},{text},{amount / 100:.2f},{balance / 100:.2f}")
        return rows

    def teardown(self):
        if hasattr(self, "stand_in"):
            self.stand_in.stop()

    def act(self, action, *arguments, **options):
        """Do it as one unit of work, an hour after the last; a refusal leaves everything as it was."""
        self.now += timedelta(hours=1)
        try:
            with unit_of_work() as session:
                action(session, self.caller, self.books.company_id, *arguments, now=self.now, **options)
        except BookkeepingError:
            return
        self.is_checked = False

    def of(self, table) -> ColumnElement[bool]:
        """The rows of the company."""
        return col(table.company_id) == self.books.company_id

    def one_of(self, pick, query) -> Any:
        """The row that the number picks, None where there is none."""
        with snapshot() as session:
            rows = session.execute(query).scalars().all()
        return rows[pick % len(rows)] if rows else None

    def entry(self, pick, status) -> UUID | None:
        return self.one_of(
            pick,
            select(col(JournalEntry.id))
            .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
            .where(self.of(JournalEntry), col(JournalEntry.status) == status)
            .order_by(col(JournalEntry.created_at), *AS_LISTED),
        )

    # --- what people do -----------------------------------------------------------------------

    @rule(month=st.sampled_from([0, 1]), most=st.integers(1, 6))
    def bring_in(self, month, most):
        """The whole month or its beginning, again or for the first time."""
        content = "\n".join(["Date,Description,Amount,Balance", *self.months[month][:most], ""]).encode()
        file = RawFile(f"{month}-{most}.csv", content)
        with snapshot() as session:
            previews = preview_files(session, self.caller, self.books.company_id, [file])
        self.act(store_previews, previews, write=write)

    @rule()
    def book(self):
        self.act(book_company, write=write)

    @rule(pick=PICK)
    def take_a_file_back(self, pick):
        stored = col(StatementFile.status) == FileStatus.STORED
        wanted = select(col(StatementFile.id)).where(self.of(StatementFile), stored)
        if file := self.one_of(pick, wanted.order_by(col(StatementFile.uploaded_at))):
            self.act(revert_import, file, write=write)

    @rule(pick=PICK)
    def approve_one(self, pick):
        if entry := self.entry(pick, EntryStatus.NEEDS_REVIEW):
            self.act(approve, [entry], write=write)

    @rule(pick=PICK, taxed=st.booleans())
    def change_one(self, pick, taxed):
        if entry := self.entry(pick, EntryStatus.NEEDS_REVIEW):
            tax = self.tax.id if taxed else None
            self.act(change_account, [entry], self.books.revenue.id, write=write, tax_code_id=tax)

    @rule(pick=PICK, fixed=st.integers(-300, 300), taxed=st.booleans())
    def split_one(self, pick, fixed, taxed):
        tax = self.tax.id if taxed else None
        parts = [
            Part(self.books.revenue.id, amount_minor=fixed, tax_code_id=tax),
            Part(self.books.expense.id, percent=Decimal("33.3")),
            Part(self.books.expense.id, percent=Decimal("66.7"), tax_code_id=tax),
        ]
        if entry := self.entry(pick, EntryStatus.NEEDS_REVIEW):
            self.act(split, entry, parts, write=write)

    @rule(pick=PICK)
    def reject_one(self, pick):
        if entry := self.entry(pick, EntryStatus.NEEDS_REVIEW):
            self.act(reject, [entry], "not ours", write=write)

    @rule(pick=PICK, taxed=st.booleans(), late=st.booleans())
    def correct_one(self, pick, taxed, late):
        """On the day of the entry, or late, on one that is open in any case."""
        tax, day = self.tax.id if taxed else None, date(2024, 3, 1) if late else None
        if entry := self.entry(pick, EntryStatus.POSTED):
            self.act(correct_posted, entry, self.books.revenue.id, write=write, tax_code_id=tax, booked_on=day)

    @rule(pick=PICK)
    def reverse_one(self, pick):
        if entry := self.entry(pick, EntryStatus.POSTED):
            self.act(reverse_entries, [entry], write=write)

    @rule(pick=PICK)
    def undo_one(self, pick):
        wanted = select(col(Review.id)).join(Transaction, col(Transaction.id) == col(Review.transaction_id))
        if review := self.one_of(pick, wanted.where(self.of(Review)).order_by(col(Review.decided_at), *AS_LISTED)):
            self.act(undo, [review], write=write)

    @rule(pick=PICK)
    def close_a_statement(self, pick):
        if proof := self.proof(pick, ReconciliationStatus.OPEN):
            self.act(close_reconciliation, proof)

    @rule(pick=PICK)
    def reopen_a_statement(self, pick):
        if proof := self.proof(pick, ReconciliationStatus.CLOSED):
            self.act(reopen_reconciliation, proof, reason="a line is missing")

    def proof(self, pick, status) -> UUID | None:
        wanted = select(col(Reconciliation.id)).where(self.of(Reconciliation), col(Reconciliation.status) == status)
        return self.one_of(pick, wanted.order_by(col(Reconciliation.first_on), col(Reconciliation.last_on)))

    @rule(day=st.sampled_from(ENDS))
    def finish_and_close(self, day):
        """All that closing asks for: everything decided, every statement proved."""
        with snapshot() as session:
            open_ones = session.execute(
                select(col(JournalEntry.id)).where(
                    self.of(JournalEntry), col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW
                )
            ).scalars().all()  # fmt: skip
        if open_ones:
            self.act(change_account, open_ones, self.books.expense.id, write=write)
        for number in range(8):
            self.close_a_statement(number)
        self.act(close_period, day)

    def closed(self) -> date | None:
        with snapshot() as session:
            return session.get_one(Company, self.books.company_id).closed_through_on

    @rule(day=st.sampled_from([None, ENDS[0]]))
    def reopen(self, day):
        if self.closed() is not None:
            self.act(reopen_period, closed_through_on=day, reason="a late bill")

    # --- what holds in any case ---------------------------------------------------------------

    @invariant()
    def nothing_that_people_do_breaks_the_books(self):
        """Looked at whenever a unit of work was committed; nothing else can change what was found before."""
        if self.is_checked:
            return
        with snapshot() as session:
            self.every_law_holds(session)
            self.replaying_the_audit_log_gives_the_stored_balances(session)
            self.nothing_moves_in_a_closed_period(session)
        self.is_checked = True

    def every_law_holds(self, session):
        assert verify_books(session, self.caller, [self.books.company_id]).violations == ()

    def replaying_the_audit_log_gives_the_stored_balances(self, session):
        facts = session.execute(select(col(AuditEvent.after)).where(self.of(AuditEvent))).scalars().all()
        stored = held(session, self.of(JournalEntry))
        in_ledger = select(col(JournalEntry.id)).where(self.of(JournalEntry), col(JournalEntry.status).in_(IN_LEDGER))
        count = len(session.execute(in_ledger).all())
        assert replay(facts) == (count, {key: minor for key, minor in stored.items() if minor})

    def nothing_moves_in_a_closed_period(self, session):
        closed = self.closed()
        now = self.frozen_in(session, closed) if closed else None
        before_closed, before = getattr(self, "frozen", (None, None))
        if closed and before_closed == closed:
            assert now == before
        self.frozen = (closed, now)

    def frozen_in(self, session, closed) -> tuple[Any, ...]:
        """The lines and the balances of a closed period."""
        lines = session.execute(
            select(col(JournalLine.entry_id), col(JournalLine.account_id), col(JournalLine.amount_minor))
            .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
            .where(
                self.of(JournalEntry), col(JournalEntry.status).in_(IN_LEDGER), col(JournalEntry.booked_on) <= closed
            )
        ).all()
        imported = session.execute(
            select(col(Transaction.id)).where(
                self.of(Transaction), col(Transaction.booked_on) <= closed, col(Transaction.reverted_at).is_(None)
            )
        ).scalars().all()  # fmt: skip
        return sorted(map(str, lines)), sorted(map(str, imported))


def held(session: Session, of_company: ColumnElement[bool]) -> Mapping[tuple[UUID, str], int]:
    """What stands on each account of the ledger, by currency."""
    found: dict[tuple[UUID, str], int] = {}
    rows = session.execute(
        select(col(JournalLine.account_id), col(JournalLine.currency), col(JournalLine.amount_minor))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(of_company, col(JournalEntry.status).in_(IN_LEDGER))
    )
    for account, currency, minor in rows:
        found[account, currency] = found.get((account, currency), 0) + minor
    return found


@pytest.mark.usefixtures("database")
def test_no_sequence_of_what_people_do_breaks_a_law() -> None:
    long = settings().max_examples > 1000
    run_machine(
        Office,
        settings=settings(
            max_examples=300 if long else 4, stateful_step_count=20 if long else 12, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
