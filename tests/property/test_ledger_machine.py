"""Any sequence of importing, deciding, taking back, closing and reopening, on both databases: every law holds after
every step, and replaying the audit log gives the balances."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import select
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
from db.engine import snapshot, unit_of_work, use_database
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
from tests import builders, databases
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
IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)


class ByPayee(dict[str, tuple[UUID, float]]):
    """What a stand-in for the model knows: the same for every spelling of a payee."""

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for key, value in self.items() if key in name.lower().split()), default)


class Office(RuleBasedStateMachine):
    """One company and all its people; refusals are fine, broken laws are not."""

    open_database: Callable[[], AbstractContextManager[Any]]

    @initialize(months=st.tuples(LINES, LINES))
    def open_books(self, months):
        self.stack = ExitStack()
        self.stack.enter_context(type(self).open_database())
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
        self.stack.enter_context(patch.object(entries, "load_proposer", lambda *_: proposer))
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
        if hasattr(self, "stack"):
            self.stack.close()

    def act(self, action, *arguments, **options):
        """Do it as one unit of work, an hour after the last; a refusal leaves everything as it was."""
        self.now += timedelta(hours=1)
        try:
            with unit_of_work() as session:
                return action(session, self.caller, self.books.company_id, *arguments, now=self.now, **options)
        except BookkeepingError:
            return None

    def one_of(self, pick, query) -> Any:
        """The row that the number picks, None where there is none."""
        with snapshot() as session:
            rows = session.execute(query).scalars().all()
        return rows[pick % len(rows)] if rows else None

    def entry(self, pick, status) -> UUID | None:
        return self.one_of(
            pick,
            select(col(JournalEntry.id))
            .where(col(JournalEntry.status) == status, col(JournalEntry.transaction_id).is_not(None))
            .order_by(col(JournalEntry.created_at), col(JournalEntry.id)),
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
        wanted = select(col(StatementFile.id)).where(col(StatementFile.status) == FileStatus.STORED)
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
        if review := self.one_of(pick, select(col(Review.id)).order_by(col(Review.decided_at), col(Review.id))):
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
        wanted = select(col(Reconciliation.id)).where(col(Reconciliation.status) == status)
        return self.one_of(pick, wanted.order_by(col(Reconciliation.first_on), col(Reconciliation.last_on)))

    @rule(day=st.sampled_from(ENDS))
    def finish_and_close(self, day):
        """All that closing asks for: everything decided, every statement proved."""
        with snapshot() as session:
            open_ones = session.execute(
                select(col(JournalEntry.id)).where(col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW)
            ).scalars().all()  # fmt: skip
        if open_ones:
            self.act(change_account, open_ones, self.books.expense.id, write=write)
        for number in range(8):
            self.close_a_statement(number)
        self.act(close_period, day)

    def closed(self) -> date | None:
        return self.one_of(0, select(col(Company.closed_through_on)))

    @precondition(lambda self: self.closed() is not None)
    @rule(day=st.sampled_from([None, ENDS[0]]))
    def reopen(self, day):
        self.act(reopen_period, closed_through_on=day, reason="a late bill")

    # --- what holds in any case ---------------------------------------------------------------

    @invariant()
    def every_law_holds(self):
        with snapshot() as session:
            assert verify_books(session, self.caller, [self.books.company_id]).violations == ()

    @invariant()
    def replaying_the_audit_log_gives_the_stored_balances(self):
        with snapshot() as session:
            facts = session.execute(select(col(AuditEvent.after))).scalars().all()
            stored = held(session)
            count = len(session.execute(select(col(JournalEntry.id)).where(in_ledger())).all())
        assert replay(facts) == (count, {key: minor for key, minor in stored.items() if minor})

    @invariant()
    def nothing_moves_in_a_closed_period(self):
        closed = self.closed()
        with snapshot() as session:
            now = frozen(session, closed) if closed else None
        before_closed, before = getattr(self, "frozen", (None, None))
        if closed and before_closed == closed:
            assert now == before
        self.frozen = (closed, now)


def in_ledger():
    return col(JournalEntry.status).in_(IN_LEDGER)


def held(session: Session) -> Mapping[tuple[UUID, str], int]:
    found: dict[tuple[UUID, str], int] = {}
    rows = session.execute(
        select(col(JournalLine.account_id), col(JournalLine.currency), col(JournalLine.amount_minor))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(in_ledger())
    )
    for account, currency, minor in rows:
        found[account, currency] = found.get((account, currency), 0) + minor
    return found


def frozen(session: Session, closed: date) -> tuple[Any, ...]:
    """The lines and the balances of a closed period."""
    lines = session.execute(
        select(col(JournalLine.entry_id), col(JournalLine.account_id), col(JournalLine.amount_minor))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(in_ledger(), col(JournalEntry.booked_on) <= closed)
    ).all()
    imported = session.execute(
        select(col(Transaction.id)).where(col(Transaction.booked_on) <= closed, col(Transaction.reverted_at).is_(None))
    ).scalars().all()  # fmt: skip
    return sorted(map(str, lines)), sorted(map(str, imported))


@contextmanager
def sqlite_books(template: Path):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(template, Path(folder) / "books.db")
        with use_database(f"sqlite:///{folder}/books.db"):
            yield


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_no_sequence_of_what_people_do_breaks_a_law(kind: str, request: pytest.FixtureRequest) -> None:
    if kind == "sqlite":
        opening = partial(sqlite_books, request.getfixturevalue("sqlite_template"))
    else:
        server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
        opening = partial(databases.postgres_copy, server, template)
    machine = type("OfficeOnDatabase", (Office,), {"open_database": staticmethod(opening)})
    long = settings().max_examples > 1000
    run_machine(
        machine,
        settings=settings(
            max_examples=200 if long else 4, stateful_step_count=30 if long else 12, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
