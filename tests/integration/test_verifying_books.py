"""verify_books finds every kind of damage that the database would not have let through, and nothing in sound books."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from core.access.audit import record
from core.errors import NotFound
from core.verifying import CHECKS, verify_books
from db.engine import snapshot, unit_of_work
from models import (
    DeletedLine,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    MatchKind,
    MatchStatus,
    Method,
    StatementFile,
    Transaction,
)
from models.matching import ReconciliationStatus
from scripts.verify_books import app
from tests import builders
from tests.builders import DAY, NOW, Books
from tests.laws import laws_suspended, raw


@dataclass(frozen=True)
class Story:
    """Sound books with one of everything, and other books to mix them up with."""

    books: Books
    others: Books
    file: StatementFile
    line: Transaction
    entry: JournalEntry
    reversed: JournalEntry
    reversal: JournalEntry


def tell(session: Session, **given: Any) -> Story:
    books, others = builders.books(session, slug="acme", **given), builders.books(session, slug="other")
    for each in (books, others):
        founded = {"action": "founded", "subject": "company", "now": NOW}
        record(session, builders.caller(each.company_id), company_id=each.company_id, **founded)
    file = builders.statement_file(session, books, new_count=1, new_minor=-1250)
    line = builders.transaction(session, books, file=file)
    taken_back = builders.entry(session, books, transaction=line, posted=True)
    reversal = builders.reversal(session, books, taken_back, [(books.bank, 1250), (books.expense, -1250)])
    entry = builders.entry(session, books, transaction=line, posted=True, replaces_id=taken_back.id)
    sides = [builders.transaction(session, books, amount_minor=amount) for amount in (-700, 700)]
    for side in sides:
        against = [(books.bank, side.amount_minor), (books.clearing, -side.amount_minor)]
        builders.entry(session, books, transaction=side, lines=against, posted=True)
    builders.match(session, books, *sides)
    paid = builders.transaction(session, books, amount_minor=4_000)
    builders.entry(session, books, transaction=paid, lines=[(books.bank, 4_000), (books.revenue, -4_000)], posted=True)
    settled = builders.open_item(session, books, amount_minor=4_000, status=ItemStatus.SETTLED)
    builders.match(session, books, paid, settled, kind=MatchKind.SETTLEMENT)
    under_way = builders.transaction(session, books, amount_minor=-900)
    builders.entry(
        session, books, transaction=under_way, lines=[(books.bank, -900), (books.clearing, 900)], posted=True
    )
    waiting = builders.transaction(session, books, amount_minor=-80)
    builders.entry(session, books, transaction=waiting, lines=[(books.bank, -80), (books.suspense, 80)])
    prepared = builders.transaction(session, books, amount_minor=-60)
    choice, (one, other) = builders.proposal(session, books, prepared), [builders.user(session) for _ in range(2)]
    builders.preparation(session, books, prepared, choice, prepared_by=one.id)
    builders.entry(session, books, transaction=prepared, proposal_id=choice.id, posted_by=other.id, posted=True)
    builders.taxed_entry(session, books, posted=True)
    builders.euro_entry(session, books, posted=True)
    builders.euro_reversal(session, books, builders.euro_entry(session, books, posted=True))
    builders.attachment(session, books, line)
    builders.opening_balances(session, books, entry)
    builders.review(session, books, entry)
    builders.proposal(session, books, line)
    builders.statement_file(session, books, content=b"same")
    builders.statement_file(session, books, status="duplicate", content=b"same")
    builders.statement_file(session, books, status="refused", refusal="broken")
    items = builders.statement_file(session, books, kind="open_items", new_count=1, new_minor=10_000)
    builders.open_item(session, books, statement_file_id=items.id)
    proof = {"opening_minor": 5, "lines_minor": -1250, "closing_minor": -1245, "line_count": 1}
    builders.reconciliation(session, books, file, status=ReconciliationStatus.CLOSED, **proof)
    back = builders.transaction(session, books)
    raw(session, "UPDATE transactions SET reverted_at = :now WHERE id = :id", now=NOW, id=back.id)
    raw(
        session,
        "UPDATE statement_files SET status = 'reverted', reverted_at = :now WHERE id = :id",
        now=NOW,
        id=back.statement_file_id,
    )
    gone = builders.transaction(session, books)
    raw(session, "UPDATE transactions SET reverted_at = :now WHERE id = :id", now=NOW, id=gone.id)
    builders.stored(
        session, DeletedLine(company_id=books.company_id, transaction_id=gone.id, reason="twice", deleted_at=NOW)
    )
    return Story(books, others, file, line, entry, taken_back, reversal)


def found_in(story: Story) -> list[tuple[int, str, str]]:
    with snapshot() as session:
        found = verify_books(session, builders.caller(story.books.company_id), [story.books.company_id])
    return [(violation.law, violation.where, violation.what) for violation in found.violations]


def test_sound_books_have_no_violation_and_every_check_looked_at_something(database: str) -> None:
    with unit_of_work() as session:
        story = tell(session)
        close(session, story.books, None)
    with snapshot() as session:
        found = verify_books(session, builders.caller(story.books.company_id), [story.books.company_id])
    assert found.violations == ()
    assert set(found.checked) == set(CHECKS)
    assert all(found.checked.values())


def close(session: Session, books: Books, day: Any, at: Any = NOW) -> None:
    raw(session, "UPDATE companies SET closed_through_on = :day WHERE id = :id", day=day, id=books.company_id)
    facts = {"closed_through_on": str(day or "")}
    caller = builders.caller(books.company_id)
    record(session, caller, company_id=books.company_id, action="closed", subject="company", after=facts, now=at)


Damage = Callable[[Session, Story], object]
LINES = "UPDATE journal_lines SET"
SETTLED = "UPDATE open_items SET settled_minor"
DAMAGES: dict[str, tuple[int, str, Damage]] = {
    "settled less than matched": (4, "not what its matches settle", lambda s, t: raw(
        s, f"{SETTLED} = 3999, status = 'open' WHERE amount_minor = 4000")),
    "settled beyond": (4, "more is settled of it than it is", lambda s, t: raw(
        s, f"{SETTLED} = 10001 WHERE amount_minor = 10000")),
    "match that does not add up": (10, "do not come to what it settles", lambda s, t: raw(
        s, "UPDATE match_members SET settled_minor = 3000 WHERE settled_minor = 4000")),
    "unbalanced": (1, "do not sum to zero", lambda s, t: raw(
        s, f"{LINES} amount_minor = 7 WHERE entry_id = :e AND position = 2", e=t.entry.id)),
    "one line": (1, "fewer than two lines", lambda s, t: raw(
        s, "DELETE FROM journal_lines WHERE entry_id = :e AND position = 2", e=t.entry.id)),
    "no lines": (1, "fewer than two lines", lambda s, t: raw(
        s, "DELETE FROM journal_lines WHERE entry_id = :e", e=t.entry.id)),
    "foreign account": (1, "belongs to another company", lambda s, t: raw(
        s, f"{LINES} account_id = :a WHERE entry_id = :e AND position = 2", e=t.entry.id, a=t.others.expense.id)),
    "other tax": (1, "tax that is kept of it", lambda s, t: raw(
        s, "UPDATE tax_lines SET tax_minor = tax_minor + 1")),
    "tax elsewhere": (1, "tax that is kept of it", lambda s, t: raw(s, "UPDATE tax_lines SET position = 1")),
    "other value": (1, "in base currency", lambda s, t: raw(
        s, "UPDATE base_values SET base_minor = 7 WHERE position = 2")),
    "value gone": (1, "has a value in base currency", lambda s, t: raw(
        s, "DELETE FROM base_values WHERE position = 2")),
    "value astray": (1, "belongs to no line", lambda s, t: raw(
        s, "UPDATE base_values SET position = 9 WHERE position = 2")),
    "value of a line in base currency": (1, "and no other", lambda s, t: raw(
        s, f"{LINES} currency = 'USD' WHERE currency = 'EUR'")),
    "other rate": (1, "what its exchange rate gives", lambda s, t: raw(s, "UPDATE exchange_rates SET units = 111")),
    "rate of another currency": (1, "what its exchange rate gives", lambda s, t: raw(
        s, "UPDATE exchange_rates SET currency = 'CHF'")),
    "other value of a reversal": (2, "exactly the opposite values", lambda s, t: raw(
        s, "UPDATE base_values SET base_minor = base_minor * 2 WHERE rate_id IS NULL")),
    "posted without a moment": (2, "when it was posted", lambda s, t: raw(
        s, "UPDATE journal_entries SET posted_at = NULL WHERE id = :e", e=t.entry.id)),
    "reversed alone": (2, "without a posted reversal", lambda s, t: raw(
        s, "UPDATE journal_entries SET status = 'reversed' WHERE id = :e", e=t.entry.id)),
    "reversal of one that stands": (2, "not marked as reversed", lambda s, t: raw(
        s, "UPDATE journal_entries SET status = 'posted', transaction_id = NULL WHERE id = :e", e=t.reversed.id)),
    "other reversal": (2, "exactly the opposite lines", lambda s, t: raw(
        s, f"{LINES} amount_minor = amount_minor * 2 WHERE entry_id = :e", e=t.reversal.id)),
    "prepared and posted by one": (2, "who prepared it also posted it", lambda s, t: raw(
        s, "UPDATE preparations SET prepared_by ="
        " (SELECT e.posted_by FROM journal_entries e WHERE e.proposal_id = preparations.proposal_id)")),
    "prepared and posted by nobody": (2, "or nobody is named", lambda s, t: raw(
        s, "UPDATE journal_entries SET posted_by = NULL WHERE posted_by IS NOT NULL")),
    "two live entries": (4, "more than one live entry", lambda s, t: raw(
        s, "UPDATE journal_entries SET status = 'posted' WHERE id = :e", e=t.reversed.id)),
    "booked after taken back": (4, "taken back but has a live entry", lambda s, t: raw(
        s, "UPDATE transactions SET reverted_at = :now WHERE id = :t", t=t.line.id, now=NOW)),
    "stored twice": (4, "two live lines", lambda s, t: raw(
        s, "UPDATE transactions SET fingerprint = 'same' WHERE reverted_at IS NULL")),
    "crossing": (5, "leads out of the company", lambda s, t: raw(
        s, "UPDATE reviews SET account_id = :a", a=t.others.expense.id)),
    "dangling": (5, "leads out of the company", lambda s, t: raw(
        s, "UPDATE proposals SET account_id = :a", a=uuid4())),
    "count": (6, "differ from its receipt", lambda s, t: raw(
        s, "UPDATE statement_files SET new_count = 2, line_count = 2 WHERE id = :f", f=t.file.id)),
    "money": (6, "differ from its receipt", lambda s, t: raw(
        s, "UPDATE statement_files SET new_minor = 2, lines_minor = 2 WHERE id = :f", f=t.file.id)),
    "item": (6, "stored items differ", lambda s, t: raw(s, "DELETE FROM open_items")),
    "receipt": (6, "do not make its lines", lambda s, t: raw(
        s, "UPDATE statement_files SET refused_count = 2 WHERE id = :f", f=t.file.id)),
    "receipt by currency": (6, "receipts by currency", lambda s, t: raw(
        s, "DELETE FROM receipt_sums WHERE statement_file_id = :f", f=t.file.id)),
    "a currency's lines": (6, "its lines of a currency", lambda s, t: raw(
        s, "UPDATE receipt_sums SET lines_minor = 2 WHERE statement_file_id = :f", f=t.file.id)),
    "another currency": (6, "of a currency differ", lambda s, t: raw(
        s, "UPDATE receipt_sums SET currency = 'EUR' WHERE statement_file_id = :f", f=t.file.id)),
    "deleted but live": (4, "not taken out at that moment", lambda s, t: raw(
        s, "UPDATE deleted_lines SET transaction_id = :t", t=t.line.id)),
    "restored but gone": (4, "still out of the books", lambda s, t: raw(
        s, "UPDATE deleted_lines SET restored_at = deleted_at")),
    "half taken back": (6, "as the file is", lambda s, t: raw(
        s, "UPDATE statement_files SET status = 'reverted' WHERE id = :f", f=t.file.id)),
    "confidence": (7, "confidence lies outside", lambda s, t: raw(s, "UPDATE proposals SET confidence = 1.5")),
    "more posted than there is": (7, "rate lies outside", lambda s, t: raw(
        s, "UPDATE journal_entries SET transaction_id = :t, status = 'posted'", t=t.line.id)),
    "audit": (8, "does not give its hash", lambda s, t: raw(s, "UPDATE audit_events SET action = 'x'")),
    "audit chain": (8, "not its company's", lambda s, t: raw(
        s, "UPDATE audit_events SET chain = 'x' WHERE company_id = :c", c=t.books.company_id)),
    "no audit": (8, "nothing of it", lambda s, t: raw(s, "DELETE FROM audit_events")),
    "bytes": (9, "size and digest", lambda s, t: raw(
        s, "UPDATE statement_files SET content = :c WHERE id = :f", c=b"x" * t.file.size, f=t.file.id)),
    "bytes gone": (9, "not kept anywhere", lambda s, t: raw(
        s, "UPDATE statement_files SET content = NULL WHERE id = :f", f=t.file.id)),
    "attachment": (9, "size and digest", lambda s, t: raw(
        s, "UPDATE attachments SET content = :c", c=b"%PDF-1.8")),
    "opening file": (9, "size and digest", lambda s, t: raw(
        s, "UPDATE opening_balances SET content = :c", c=b"cods")),
    "suspense": (10, "line in suspense", lambda s, t: raw(
        s, f"{LINES} account_id = :a WHERE entry_id = :e AND position = 2", e=t.entry.id, a=t.books.suspense.id)),
    "clearing": (10, "clearing keeps a balance", lambda s, t: raw(
        s, f"{LINES} amount_minor = 650 WHERE amount_minor = 700 AND account_id = :a", a=t.books.clearing.id)),
    "bank line in part": (10, "by the amount of its bank line", lambda s, t: raw(
        s, f"{LINES} amount_minor = amount_minor * 2 WHERE entry_id = :e", e=t.entry.id)),
    "proof": (10, "do not make the closing", lambda s, t: raw(s, "UPDATE reconciliations SET closing_minor = 0")),
}  # fmt: skip


def test_every_kind_of_damage_is_found_and_named(database: str) -> None:
    with unit_of_work() as session:
        story = tell(session)
    company_id = story.books.company_id
    missed = {}
    with laws_suspended() as session:
        for kind, (law, words, damage) in DAMAGES.items():
            point = session.begin_nested()
            assert damage(session, story), kind
            found = verify_books(session, builders.caller(company_id), [company_id]).violations
            point.rollback()
            if not [violation for violation in found if violation.law == law and words in violation.what]:
                missed[kind] = found
    assert missed == {}


@pytest.mark.parametrize("what", ["entry", "line", "taken back", "nothing", "before"])
def test_what_was_written_into_a_closed_period_is_found_by_the_audit_log(database: str, what: str) -> None:
    late, early = NOW + timedelta(days=3), NOW - timedelta(days=3)
    with unit_of_work() as session:
        story = tell(session)
        close(session, story.books, DAY, NOW + timedelta(days=1))
        close(session, story.books, None, NOW + timedelta(days=5))
    changes = {
        "entry": ("UPDATE journal_entries SET posted_at = :at WHERE id = :id", story.entry.id, late),
        "line": ("UPDATE statement_files SET uploaded_at = :at WHERE id = :id", story.file.id, late),
        "taken back": ("UPDATE transactions SET reverted_at = :at WHERE id = :id", story.line.id, late),
        "before": ("UPDATE journal_entries SET posted_at = :at WHERE id = :id", story.entry.id, early),
    }
    if what in changes:
        statement, key, at = changes[what]
        with laws_suspended() as session:
            raw(session, statement, id=key, at=at)
    assert bool([found for found in found_in(story) if found[0] == 3]) == (what not in ("nothing", "before"))


def test_a_close_that_the_audit_log_does_not_know_is_found(database: str) -> None:
    with unit_of_work() as session:
        story = tell(session)
        raw(session, "UPDATE companies SET closed_through_on = :day WHERE slug = 'acme'", day=DAY)
    assert [found[2] for found in found_in(story)] == ["it is closed through 2024-02-15, but the audit log says None"]


def test_open_transfers_and_unequal_currencies_are_no_violation(sqlite_database: str) -> None:
    with unit_of_work() as session:
        story = tell(session)
        books = story.books
        posted = builders.transaction(session, books, amount_minor=-400)
        against = [(books.bank, -400), (books.clearing, 400)]
        builders.entry(session, books, transaction=posted, lines=against, posted=True)
        waiting = builders.transaction(session, books, amount_minor=400)
        builders.match(session, books, posted, waiting)
        suggested = builders.transaction(session, books, amount_minor=390)
        builders.match(session, books, posted, suggested, status=MatchStatus.SUGGESTED)
    assert found_in(story) == []


def test_only_companies_of_the_caller_are_checked(sqlite_database: str) -> None:
    with unit_of_work() as session:
        story = tell(session)
    with snapshot() as session, pytest.raises(NotFound):
        verify_books(session, builders.caller(story.books.company_id), [story.others.company_id])


def test_the_command_answers_in_one_document_and_its_exit_code_says_whether_the_laws_hold(database: str) -> None:
    with unit_of_work() as session:
        story = tell(session)
        builders.entry(session, story.others, method=Method.MANUAL)
    sound = CliRunner().invoke(app, ["--json"])
    assert sound.exit_code == 0
    assert json.loads(sound.stdout)["companies"] == ["acme", "other"]
    assert json.loads(sound.stdout)["violations"] == []
    with laws_suspended() as session:
        raw(session, "UPDATE journal_entries SET status = 'posted' WHERE status = :s", s=EntryStatus.NEEDS_REVIEW)
    broken = CliRunner().invoke(app, ["--json", "--company", "acme"])
    assert broken.exit_code == 1
    first = json.loads(broken.stdout)["violations"][0]
    assert set(first) == {"law", "where", "what"}
    assert first["where"].startswith("entry je_acme_")
    assert CliRunner().invoke(app, []).stdout.count("BROKEN") >= 1
    unknown = CliRunner().invoke(app, ["--json", "--company", "nobody"])
    assert unknown.exit_code == 1
    assert "nobody" in json.loads(unknown.stdout)["error"]
    assert CliRunner().invoke(app, ["--unknown"]).exit_code == 2
