"""A locked period refuses every path by which its figures could move, on both kinds of database."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from core.categorization.training import train_company
from core.errors import AccessDenied, InvalidInput, PeriodClosed
from core.ingestion.deleting import delete_line, restore_line
from core.ingestion.importing import revert_import
from core.posting.closing import close_period, reopen_period
from core.posting.correcting import confirm_posted, correct_posted
from core.posting.entries import book_company, rebook_lines
from core.posting.lines import Part
from core.posting.reversing import release_lines, reverse_entries
from core.posting.reviewing import approve, change_account, reject, split
from core.posting.undoing import undo
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import AuditEvent, Company, FileStatus, JournalEntry, JournalLine, Role, Table, Transaction
from tests import builders
from tests.integration.importing_cases import MARCH, csv_file, store
from tests.unit.posting.cases import waiting

NOW = datetime(2024, 5, 5, 9, 0, tzinfo=UTC)
CLOSED = date(2024, 4, 30)
LEDGER = ("transactions", "journal_entries", "journal_lines", "tax_lines", "reviews", "deleted_lines", "open_items")


class Story:
    """A closed April with a posted line, a decided one, one in review, one deleted and one not booked."""

    def __init__(self) -> None:
        with unit_of_work() as session:
            self.books = builders.books(session)
            self.key = self.books.company_id
            self.caller = builders.caller(self.key)
            lines = {"account": self.books.expense, "booked_on": date(2024, 4, 2)}
            self.posted, self.decided, self.waiting = (waiting(session, self.books, **lines) for _ in range(3))
            self.posted.auto_approved = True
            builders.post(session, self.posted)
            self.bare = builders.transaction(session, self.books, booked_on=date(2024, 4, 3))
            self.gone = builders.transaction(session, self.books, booked_on=date(2024, 4, 4))
            builders.rule(session, self.books, conditions=[builders.ADOBE | {"value": "NOBODY"}])
        with unit_of_work() as session:
            made = change_account(
                session, self.caller, self.key, [self.decided.id], self.books.revenue.id, write=write, now=NOW
            )
            self.review = made.review_ids[0]
            again = select(JournalEntry).where(
                col(JournalEntry.company_id) == self.key, col(JournalEntry.status) == "needs_review"
            )
            self.waiting = session.execute(again).scalar_one()  # proposed anew, since it is like the changed one
            delete_line(session, self.caller, self.key, self.gone.id, reason="twice", now=NOW, write=write)
            session.execute(update(Company).where(col(Company.id) == self.key).values(closed_through_on=CLOSED))


@pytest.fixture
def story(database: str) -> Story:
    return Story()


def ledger() -> dict[str, list[str]]:
    with snapshot() as session:
        return {name: sorted(map(str, session.execute(Table.metadata.tables[name].select()))) for name in LEDGER}


def split_in_two(session, s, **w):
    parts = [Part(s.books.expense.id, amount_minor=-1_000), Part(s.books.revenue.id, amount_minor=-250)]
    split(session, s.caller, s.key, s.waiting.id, parts, **w)


DAY = date(2024, 4, 20)
PATHS = {
    "approve": lambda x, s, **w: approve(x, s.caller, s.key, [s.waiting.id], **w),
    "change": lambda x, s, **w: change_account(x, s.caller, s.key, [s.waiting.id], s.books.revenue.id, **w),
    "split": split_in_two,
    "leave out": lambda x, s, **w: reject(x, s.caller, s.key, [s.waiting.id], "not ours", **w),
    "undo": lambda x, s, **w: undo(x, s.caller, s.key, [s.review], **w),
    "reverse": lambda x, s, **w: reverse_entries(x, s.caller, s.key, [s.posted.id], **w),
    "reverse on another closed day": lambda x, s, **w: reverse_entries(
        x, s.caller, s.key, [s.posted.id], booked_on=DAY, **w
    ),
    "correct": lambda x, s, **w: correct_posted(x, s.caller, s.key, s.posted.id, s.books.revenue.id, **w),
    "propose anew": lambda x, s, **w: rebook_lines(x, s.caller, s.key, [s.waiting.transaction_id], **w),
    "release": lambda x, s, **w: release_lines(x, s.caller, s.key, [s.posted.transaction_id], **w),
    "take a file back": lambda x, s, **w: revert_import(x, s.caller, s.key, file_of(x, s.posted), **w),
    "delete a line": lambda x, s, **w: delete_line(x, s.caller, s.key, s.bare.id, reason="no", **w),
    "restore a line": lambda x, s, write, now: restore_line(x, s.caller, s.key, s.gone.id, now=now),
}


def file_of(session, entry):
    return session.get_one(Transaction, entry.transaction_id).statement_file_id


@pytest.mark.parametrize("path", PATHS)
def test_every_path_into_a_locked_period_is_refused_and_changes_nothing(story, path):
    before = ledger()
    with pytest.raises(PeriodClosed), unit_of_work() as session:
        PATHS[path](session, story, write=write, now=NOW)
    assert ledger() == before


def test_rules_and_model_leave_unbooked_lines_of_a_locked_period_alone(story):
    before = ledger()
    with unit_of_work() as session:
        result = book_company(session, story.caller, story.key, write=write, now=NOW)
    assert (result.entries, result.in_closed_period) == (0, 1)
    assert ledger() == before


def test_an_import_into_a_locked_period_is_refused_whole(story):
    before = ledger()
    (receipt,) = store(story.books, csv_file(MARCH))
    assert (receipt.status, receipt.new_count) == (FileStatus.REFUSED, 0)
    assert isinstance(receipt.error, PeriodClosed)
    assert ledger() == before


def test_training_and_a_second_look_move_no_figure_of_a_locked_period(story):
    with snapshot() as session:
        before = session.execute(select(JournalLine.__table__).order_by(col(JournalLine.id))).all()
        statuses = session.execute(select(col(JournalEntry.id), col(JournalEntry.status))).all()
    with unit_of_work() as session:
        confirm_posted(session, story.caller, story.key, [story.posted.id], write=write, now=NOW)
        train_company(session, story.caller, story.key, now=NOW)
    with snapshot() as session:
        assert session.execute(select(JournalLine.__table__).order_by(col(JournalLine.id))).all() == before
        assert sorted(session.execute(select(col(JournalEntry.id), col(JournalEntry.status))).all()) == sorted(statuses)


def test_reopening_takes_a_manager_and_a_reason_and_is_recorded(story):
    reviewer = builders.caller(story.key, role=Role.REVIEWER)
    manager = builders.caller(story.key, role=Role.MANAGER)
    told = {"closed_through_on": None, "now": NOW}
    with pytest.raises(AccessDenied), unit_of_work() as session:
        reopen_period(session, reviewer, story.key, reason="a late bill", **told)
    with pytest.raises(AccessDenied), unit_of_work() as session:
        close_period(session, reviewer, story.key, date(2024, 5, 1), now=NOW)
    with pytest.raises(InvalidInput, match="Say why"), unit_of_work() as session:
        reopen_period(session, manager, story.key, reason="  ", **told)
    with unit_of_work() as session:
        reopen_period(session, manager, story.key, reason="a late bill", **told)
    with snapshot() as session:
        event = session.execute(select(AuditEvent).where(col(AuditEvent.action) == "period reopened")).scalar_one()
    assert event.before == {"closed_through_on": "2024-04-30"}
    assert event.after == {"closed_through_on": "", "reason": "a late bill"}
