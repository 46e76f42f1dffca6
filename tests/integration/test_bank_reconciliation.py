"""The bank reconciliation statement leads from the bank's balance to the books', every row told; on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.errors import NotFound
from core.ingestion.deleting import delete_line
from core.posting.correcting import correct_posted
from core.reconciliation.bank_reconciliation import BankReconciliation, reconcile_day, reconcile_statement
from core.reconciliation.bank_reconciliation_pdf import reconciliation_pdf
from core.reconciliation.closing import close_reconciliation
from core.reconciliation.opening import post_opening_balance
from core.reconciliation.statement_proof import Cause
from db.bulk import write_columns
from db.engine import unit_of_work
from models import EntryStatus, Outcome
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company, founded
from tests.integration.test_statement_closing import statement

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def session():
    with unit_of_work() as opened:
        yield opened


@pytest.fixture
def company(session: Session) -> Company:
    return founded(session)


def adds_up(found: BankReconciliation) -> None:
    assert found.bank_minor is not None
    assert found.bank_minor + found.outstanding_minor == found.books_minor
    for part in found.parts:
        if part.rows:
            assert sum(row.amount_minor for row in part.rows) == part.amount_minor
            assert part.count == len(part.rows)


def of_statement(session: Session, company: Company, key) -> BankReconciliation:
    found = reconcile_statement(session, company.caller, company.id, key)
    adds_up(found)
    return found


def parts(found: BankReconciliation) -> dict[Cause, tuple[int, int]]:
    return {part.cause: (part.amount_minor, len(part.rows)) for part in found.parts}


def test_every_kind_of_difference_is_listed_and_leads_to_the_books(session, company):
    row, lines = statement(session, company, [-300, -40, -7, -90, 500, -60], posted=False)
    booked, waiting, left_out, _, other, moved = lines
    builders.entry(session, company.books, transaction=booked, posted=True)
    builders.entry(session, company.books, transaction=waiting)
    rejected = builders.entry(session, company.books, transaction=left_out, status=EntryStatus.NEEDS_REVIEW)
    rejected.status = EntryStatus.REJECTED
    builders.stored(session, rejected)
    builders.review(session, company.books, rejected, outcome=Outcome.REJECTED, comment="private")
    builders.entry(session, company.books, transaction=other, posted=True)
    late = builders.entry(session, company.books, transaction=moved, posted=True)
    late.proposal_id = None
    by_hand = [(company.books.bank, 11), (company.books.expense, -11)]
    builders.entry(session, company.books, lines=by_hand, posted=True, memo="Bank interest", booked_on=DAY)
    found = of_statement(session, company, row.id)
    assert parts(found) == {
        Cause.OPENING: (-1_000, 0), Cause.WAITING: (40, 1), Cause.UNBOOKED: (90, 1), Cause.LEFT_OUT: (7, 1),
        Cause.OTHER_ENTRIES: (11, 1),
    }  # fmt: skip
    assert (found.opening_minor, found.lines_minor, found.bank_minor, found.line_count) == (1_000, 3, 1_003, 6)
    assert [row.text for part in found.parts if part.cause is Cause.OTHER_ENTRIES for row in part.rows] == [
        "Bank interest"
    ]
    assert found.blockers == ("3 lines without a posted entry",)


def test_a_correction_on_a_later_day_is_listed_with_its_line(session, company):
    row, (line,) = statement(session, company, [-300], posted=False)
    proposal = builders.proposal(session, company.books, line)
    entry = builders.entry(session, company.books, transaction=line, proposal_id=proposal.id, posted=True)
    correct_posted(
        session, company.caller, company.id, entry.id, company.owner.id, write=write_columns, now=NOW,
        booked_on=row.last_on + timedelta(days=5),
    )  # fmt: skip
    assert parts(of_statement(session, company, row.id)) == {Cause.OPENING: (-1_000, 0)}
    later = builders.entry(session, company.books, lines=[(company.books.bank, 1), (company.books.expense, -1)])
    assert later.status == EntryStatus.NEEDS_REVIEW
    (on_day,) = reconcile_day(session, company.caller, company.id, row.last_on + timedelta(days=5))
    adds_up(on_day)


def test_a_line_booked_after_the_statements_end_is_a_row_of_its_own(session, company):
    row, (line,) = statement(session, company, [-300], posted=False)
    builders.entry(session, company.books, transaction=line, posted=True, booked_on=row.last_on + timedelta(days=3))
    found = of_statement(session, company, row.id)
    assert parts(found)[Cause.OTHER_DAYS] == (300, 1)


def test_a_deleted_line_that_the_bank_still_has_is_listed(session, company):
    row, lines = statement(session, company, [-300, -40], posted=False)
    builders.entry(session, company.books, transaction=lines[0], posted=True)
    delete_line(
        session, company.caller, company.id, lines[1].id, reason="not ours", now=NOW, write=write_columns
    )  # fmt: skip
    found = of_statement(session, company, row.id)
    assert parts(found)[Cause.DELETED] == (40, 1)
    assert found.blockers == ("1 line of the statement not in the books (1 line deleted on purpose)",
                              )  # fmt: skip


def test_a_closed_statement_has_nothing_outstanding_and_says_who_closed_it(session, company):
    row, _ = statement(session, company, [-300, 50])
    person = builders.user(session, display_name="Dana Whitfield")
    caller = builders.caller(company.id, user_id=person.id)
    post_opening_balance(session, caller, company.id, company.books.checking.id, write=write_columns, now=NOW)
    close_reconciliation(session, caller, company.id, row.id, now=NOW)
    found = of_statement(session, company, row.id)
    assert (found.parts, found.books_minor, found.is_closed, found.closed_by) == ((), 750, True, "Dana Whitfield")


def test_a_months_end_inside_a_statement_has_the_balance_of_that_day_for_every_account(session, company):
    statement(session, company, [-300], first_on=DAY)
    row, (line,) = statement(session, company, [80], first_on=DAY + timedelta(days=10), opening=700)
    (early,) = reconcile_day(session, company.caller, company.id, DAY + timedelta(days=9))
    assert (early.bank_minor, early.books_minor) == (700, -300)
    (late,) = reconcile_day(session, company.caller, company.id, DAY + timedelta(days=12))
    assert (late.bank_minor, late.line_count, late.as_of) == (780, 1, DAY + timedelta(days=12))
    for found in (early, late):
        adds_up(found)
    assert reconcile_day(session, company.caller, company.id, DAY - timedelta(days=1)) == []
    assert (row.line_count, line.amount_minor) == (1, 80)


def test_without_a_closing_balance_nothing_is_set_against_the_books(session, company):
    row, _ = statement(session, company, [-300], opening=None)
    found = reconcile_statement(session, company.caller, company.id, row.id)
    assert (found.bank_minor, found.parts) == (None, ())
    assert reconciliation_pdf([found], printed_at=NOW).startswith(b"%PDF")


def test_other_companies_are_kept_out(session, company):
    row, _ = statement(session, company, [-300])
    other = founded(session)
    with pytest.raises(NotFound):
        reconcile_statement(session, other.caller, other.id, row.id)
    with pytest.raises(NotFound):
        reconcile_day(session, other.caller, company.id, DAY)


def test_the_pdf_has_a_page_for_each_statement_and_the_same_bytes_every_time(session, company):
    row, _ = statement(session, company, [-300, 50], posted=False)
    found = of_statement(session, company, row.id)
    pdf = reconciliation_pdf([found, found], printed_at=NOW)
    assert pdf.count(b"/Type /Page\n") == 2
    assert pdf == reconciliation_pdf([found, found], printed_at=NOW)
