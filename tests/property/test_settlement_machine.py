"""Whatever is matched, paid in part, written off and taken apart: open amounts and the ledger stay true to the cent."""

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record
from core.errors import BookkeepingError
from core.posting import entries
from core.posting.correcting import correct_posted
from core.reconciliation.by_hand import Rest, match_by_hand
from core.reconciliation.deciding import unmatch
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import unit_of_work, use_database
from models import AccountPurpose, DefaultAccount, EntryStatus, ItemStatus, JournalEntry, OpenItem
from tests import builders
from tests.unit.posting.cases import NOW, balances, proposer_for

ITEMS = [1, 40, 100, 100, 333, 5_000, -100, -250]
LINES = [1, 39, 40, 60, 100, 100, 101, 333, 4_900, 5_000, -1, -100, -150, -250]
SOME = st.sets(st.integers(0, 13), min_size=1, max_size=3)


@dataclass
class Held:
    """A match in force, as the model of the books has it."""

    lines: set[UUID]
    settled: dict[UUID, int]
    rest: Rest
    difference: int = field(default=0)


class Settling(RuleBasedStateMachine):
    """One company whose lines go nowhere but by matches, next to a model of a few lines."""

    template: Path

    @initialize()
    def open_books(self):
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copyfile(self.template, folder / "books.db")
        self.stack.enter_context(use_database(f"sqlite:///{folder / 'books.db'}"))
        with unit_of_work() as session:
            self.books = builders.books(session)
            self.caller = builders.caller(self.books.company_id)
            record(session, self.caller, company_id=self.books.company_id, action="f", subject="company", now=NOW)
            self.small = builders.account(session, self.books.company_id, code="6990")
            for purpose, key in (
                (AccountPurpose.FEES, self.books.expense.id),
                (AccountPurpose.ADJUSTMENTS, self.small.id),
            ):
                builders.stored(
                    session, DefaultAccount(company_id=self.books.company_id, purpose=purpose, account_id=key)
                )
            items = [
                builders.open_item(session, self.books, number=f"A-{place}", amount_minor=minor)
                for place, minor in enumerate(ITEMS)
            ]
            lines = [
                builders.transaction(session, self.books, amount_minor=minor, row=row)
                for row, minor in enumerate(LINES)
            ]
            proposer = proposer_for(session, self.books.company_id, {})
        self.stack.enter_context(patch.object(entries, "load_proposer", lambda *_: proposer))
        self.items = {item.id: item.amount_minor for item in items}
        self.lines = {line.id: line.amount_minor for line in lines}
        self.held: dict[UUID, Held] = {}
        self.gone: dict[UUID, int] = {}  # lines that a person booked to another account

    def teardown(self):
        if hasattr(self, "stack"):
            self.stack.close()

    def open_amount(self, item: UUID) -> int:
        return self.items[item] - sum(one.settled.get(item, 0) for one in self.held.values())

    def free(self, line: UUID) -> bool:
        return line not in self.gone and not any(line in one.lines for one in self.held.values())

    def expected(self, lines: list[UUID], items: list[UUID], rest: Rest) -> Held | None:
        """What the match has to come to, or None where it has to be refused."""
        paid, whole = sum(self.lines[line] for line in lines), sum(self.open_amount(item) for item in items)
        if not all(map(self.free, lines)) or not all(map(self.open_amount, items)):
            return None
        settled = {item: self.open_amount(item) for item in items}
        difference = paid - whole
        if difference == 0:
            return Held(set(lines), settled, Rest.NONE)
        if rest is Rest.LEFT_OPEN:
            way = 1 if paid > 0 else -1
            if paid == 0 or any(minor * way <= 0 for minor in settled.values()) or paid * way > whole * way:
                return None
            left = paid * way
            for item in items:
                settled[item] = way * min(left, settled[item] * way)
                left -= settled[item] * way
            return Held(set(lines), settled, rest) if all(settled.values()) else None
        if rest is Rest.WRITTEN_OFF and abs(difference) <= 100:
            return Held(set(lines), settled, rest, difference)
        if rest is Rest.FEE and 0 < -difference <= 0.06 * whole + 100 * len(items):
            return Held(set(lines), settled, rest, difference)
        return None

    @rule(lines=SOME, items=SOME, rest=st.sampled_from(Rest))
    def match_anything(self, lines, items, rest):
        of_lines = [list(self.lines)[at % len(self.lines)] for at in sorted(lines)]
        of_items = {list(self.items)[at % len(self.items)] for at in items}
        self.match(of_lines, sorted(of_items, key=list(self.items).index), rest)

    @rule(pick=st.integers(0, 1_000), way=st.sampled_from([1, -1]), rest=st.sampled_from(Rest))
    def match_what_may_fit(self, pick, way, rest):
        """Of the free lines and open items that go one way, the choice that `rest` can be for."""
        lines = [line for line, minor in self.lines.items() if minor * way > 0 and self.free(line)]
        items = [item for item in self.items if self.open_amount(item) * way > 0]
        pairs = [
            (line, item) for line in lines for item in items if self.expected([line], [item], rest) is not None
        ]  # fmt: skip
        if pairs:
            line, item = pairs[pick % len(pairs)]
            self.match([line], [item], rest)

    def match(self, of_lines, of_items, rest):
        expected = self.expected(of_lines, of_items, rest)
        try:
            with unit_of_work() as session:
                key = match_by_hand(
                    session, self.caller, self.books.company_id, of_lines, of_items, write=write, now=NOW, rest=rest
                )
        except BookkeepingError:
            assert expected is None
        else:
            assert expected is not None
            self.held[key] = expected

    @rule(pick=st.integers(0, 30))
    def take_apart(self, pick):
        if self.held:
            key = list(self.held)[pick % len(self.held)]
            with unit_of_work() as session:
                unmatch(session, self.caller, self.books.company_id, key, write=write, now=NOW)
            del self.held[key]

    @rule(pick=st.integers(0, 30))
    def book_elsewhere(self, pick):
        """A correction of one line lets its match fall; the other lines of it stay where they are booked."""
        single = [key for key, one in self.held.items() if len(one.lines) == 1]
        if single:
            key = single[pick % len(single)]
            (line,) = self.held.pop(key).lines
            with unit_of_work() as session:
                entry = session.execute(
                    select(col(JournalEntry.id)).where(
                        col(JournalEntry.transaction_id) == line, col(JournalEntry.status) == EntryStatus.POSTED
                    )
                ).scalar_one()
                other = self.other(session)
                correct_posted(session, self.caller, self.books.company_id, entry, other, write=write, now=NOW)
            self.gone[line] = self.lines[line]

    def other(self, session: Session) -> UUID:
        if not hasattr(self, "other_id"):
            self.other_id = builders.account(session, self.books.company_id, code="8888").id
        return self.other_id

    @invariant()
    def items_are_open_by_what_is_not_settled(self):
        with unit_of_work() as session:
            rows = session.execute(
                select(col(OpenItem.id), col(OpenItem.settled_minor), col(OpenItem.status))
            ).all()  # fmt: skip
        for key, settled, status in rows:
            left = self.open_amount(key)
            assert self.items[key] - settled == left
            assert min(self.items[key], 0) <= left <= max(self.items[key], 0)
            assert (status == ItemStatus.SETTLED) == (left == 0)

    @invariant()
    def the_ledger_has_what_is_settled_and_nothing_else(self):
        with unit_of_work() as session:
            ledger = balances(session, self.books.company_id)
            assert verify_books(session, self.caller, [self.books.company_id]).violations == ()
        moved = sum(self.lines[line] for one in self.held.values() for line in one.lines)
        differences = {
            rest: sum(one.difference for one in self.held.values() if one.rest is rest)
            for rest in (Rest.FEE, Rest.WRITTEN_OFF)
        }
        assert sum(ledger.values()) == 0
        assert ledger.get(self.books.bank.id, 0) == moved + sum(self.gone.values())
        assert ledger.get(self.books.revenue.id, 0) == -sum(sum(one.settled.values()) for one in self.held.values())
        assert ledger.get(self.books.expense.id, 0) == -differences[Rest.FEE]
        assert ledger.get(self.small.id, 0) == -differences[Rest.WRITTEN_OFF]


def test_no_sequence_of_matches_settles_more_than_is_open(sqlite_template):
    machine = type("SettlingOnTemplate", (Settling,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
