"""The list of what is posted: each line once, its look and its counts as the tables say."""

from datetime import date

import pytest
from sqlalchemy import text

from core.errors import NotFound
from core.metrics.quality import measured_precision
from core.posting.correcting import confirm_posted, correct_posted
from core.posting.posted import Look, posted_lines
from core.posting.reversing import reverse_entries
from core.posting.reviewing import approve
from core.posting.undoing import undo
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import JournalEntry, Method, Transaction
from tests import builders
from tests.unit.posting.cases import LATER, NOW, waiting

COUNTED = """
SELECT count(*),
       count(r.id),
       coalesce(sum(CASE WHEN r.outcome = 'approved' THEN 1 ELSE 0 END), 0)
FROM transactions t
JOIN journal_entries live ON live.transaction_id = t.id AND live.status = 'posted'
LEFT JOIN reviews r ON r.transaction_id = t.id AND r.undone_at IS NULL
WHERE t.company_id = :company AND t.reverted_at IS NULL
  AND EXISTS (SELECT 1 FROM journal_entries e WHERE e.transaction_id = t.id AND e.auto_approved)
"""


@pytest.fixture
def caller(reviewer):
    return reviewer


def alone(books, payee="adobe", **given):
    """A line that the policy posted; its entry."""
    with unit_of_work() as session:
        return posted_alone(session, books, payee, **given)


def posted_alone(session, books, payee, **given):
    entry = waiting(session, books, account=books.expense, counterparty=payee, confidence=0.98, **given)
    entry.auto_approved = True
    return builders.post(session, entry).id


def by_person(books, caller, payee):
    with unit_of_work() as session:
        entry_id = waiting(session, books, account=books.expense, counterparty=payee).id
    with unit_of_work() as session:
        approve(session, caller, books.company_id, [entry_id], write=write, now=NOW)
    return entry_id


def confirm(books, caller, entry_id):
    with unit_of_work() as session:
        return confirm_posted(session, caller, books.company_id, [entry_id], write=write, now=NOW)


def correct(books, caller, entry_id, account, now=NOW):
    with unit_of_work() as session:
        return correct_posted(session, caller, books.company_id, entry_id, account.id, write=write, now=now)


def page(books, caller, **options):
    with snapshot() as session:
        return posted_lines(session, caller, books.company_id, **options)


def counted(books):
    company = books.company_id
    with snapshot() as session:
        dialect = session.get_bind().dialect.name
        key = company.hex if dialect == "sqlite" else str(company)
        return tuple(session.execute(text(COUNTED), {"company": key}).one())


def test_what_nobody_looked_at_stands_first_and_then_the_newest(books, caller):
    old = alone(books, "old", booked_on=date(2024, 2, 1))
    new = alone(books, "new", booked_on=date(2024, 2, 20))
    looked = alone(books, "looked", booked_on=date(2024, 2, 28))
    confirm(books, caller, looked)
    listed = page(books, caller).lines
    assert [line.entry_id for line in listed] == [new, old, looked]
    assert [line.look for line in listed] == [Look.NONE, Look.NONE, Look.RIGHT]
    assert [line.may_be_confirmed for line in listed] == [True, True, False]
    first = listed[0]
    assert (first.payee, first.amount_minor, first.currency, first.method) == ("new", -1_250, "USD", Method.MODEL)
    assert (first.accounts, first.confidence, first.alone) == (("6300 Software Subscriptions",), 0.98, True)
    assert first.reason == "like earlier lines"


def test_the_counts_agree_with_the_tables_and_with_the_measured_precision(books, caller):
    entries = [alone(books, f"payee {number}") for number in range(5)]
    by_person(books, caller, "by a person")
    with unit_of_work() as session:
        waiting(session, books, account=books.expense, counterparty="waits")
    confirm(books, caller, entries[0])
    confirm(books, caller, entries[1])
    correct(books, caller, entries[2], books.revenue)
    found = page(books, caller)
    assert (found.alone_count, found.looked_count, found.right_count) == counted(books) == (5, 3, 2)
    assert found.line_count == 5
    assert page(books, caller, alone_only=False).line_count == 6
    with snapshot() as session:
        measured = measured_precision(session, caller, [books.company_id])
    assert (measured.rate.numerator, measured.rate.denominator) == (found.right_count, found.looked_count)


def test_a_corrected_line_stays_among_those_posted_alone_with_its_new_account(books, caller):
    entry_id = alone(books)
    correct(books, caller, entry_id, books.revenue)
    (line,) = page(books, caller).lines
    assert line.entry_id != entry_id
    assert (line.accounts, line.method, line.confidence) == (("8000 Sales Revenue",), Method.MANUAL, None)
    assert (line.look, line.alone, line.reason) == (Look.CORRECTED, True, "")


def test_a_second_correction_does_not_wipe_out_that_the_policy_was_wrong(books, caller):
    correct(books, caller, alone(books), books.revenue)
    (line,) = page(books, caller).lines
    correct(books, caller, line.entry_id, books.clearing, now=LATER)
    found = page(books, caller)
    assert (found.alone_count, found.looked_count, found.right_count) == counted(books) == (1, 1, 0)
    with snapshot() as session:
        measured = measured_precision(session, caller, [books.company_id])
    assert (measured.rate.numerator, measured.rate.denominator) == (0, 1)


def test_a_look_taken_back_counts_no_more(books, caller):
    entry_id = alone(books)
    made = confirm(books, caller, entry_id)
    with unit_of_work() as session:
        undo(session, caller, books.company_id, made.review_ids, write=write, now=LATER)
    found = page(books, caller)
    assert (found.alone_count, found.looked_count, found.right_count) == counted(books) == (1, 0, 0)
    assert found.lines[0].may_be_confirmed


def test_what_a_person_decided_before_posting_is_shown_among_all_and_cannot_be_confirmed(books, caller):
    entry_id = by_person(books, caller, "zoom")
    assert page(books, caller).lines == ()
    (line,) = page(books, caller, alone_only=False).lines
    assert (line.entry_id, line.look, line.alone, line.may_be_confirmed) == (entry_id, Look.REVIEWED, False, False)
    correct(books, caller, entry_id, books.revenue)
    assert page(books, caller).lines == ()
    assert page(books, caller, alone_only=False).lines[0].look is Look.CORRECTED


def test_a_split_line_names_all_of_its_accounts_once(books, caller):
    with unit_of_work() as session:
        line = builders.transaction(session, books, amount_minor=-1_000)
        parts = [(books.bank, -1_000), (books.expense, 700), (books.clearing, 300)]
        builders.entry(session, books, transaction=line, lines=parts, posted=True)
    (shown,) = page(books, caller, alone_only=False).lines
    assert shown.accounts == ("6300 Software Subscriptions", "1090 Transfers")


def test_the_search_looks_at_text_payee_and_amount_in_the_database(books, caller):
    wanted = alone(books, "zoom", description="ZOOM.US 100%", amount_minor=-4_900)
    alone(books, "adobe")
    for words in ("zoom.us", "100%", "ZOOM", "49.00"):
        found = page(books, caller, text=words)
        assert [line.entry_id for line in found.lines] == [wanted], words
        assert (found.line_count, found.alone_count) == (1, 2)
    assert page(books, caller, text="nobody").lines == ()


def test_pages_hold_every_line_once_and_a_page_past_the_end_is_the_last(books, caller):
    entries = {alone(books, f"payee {number}") for number in range(5)}
    pages = [page(books, caller, page=number, rows=2) for number in (1, 2, 3)]
    assert [len(each.lines) for each in pages] == [2, 2, 1]
    assert {line.entry_id for each in pages for line in each.lines} == entries
    assert page(books, caller, page=9, rows=2) == pages[-1]


def test_lines_of_another_company_and_lines_taken_back_are_never_shown(books, caller):
    mine = alone(books, "mine")
    gone = alone(books, "gone")
    with unit_of_work() as session:
        other = builders.books(session)
        posted_alone(session, other, "theirs")
        reverse_entries(session, caller, books.company_id, [gone], write=write, now=NOW)
        transaction_id = session.get_one(JournalEntry, gone).transaction_id
        session.get_one(Transaction, transaction_id).reverted_at = NOW
    found = page(books, caller, alone_only=False)
    assert [line.entry_id for line in found.lines] == [mine]
    assert (found.line_count, found.alone_count) == (1, 1)
    with pytest.raises(NotFound):
        page(other, caller)
