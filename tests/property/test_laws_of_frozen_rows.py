"""Laws 2, 4, 8 and 9: what is evidence stays. Every column of every protected table is tried on both databases."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, select, update
from sqlmodel import Session, col

from core.access.audit import record
from db.engine import unit_of_work
from db.restraints import as_owner
from models import (
    Attachment,
    AuditEvent,
    Company,
    DeletedLine,
    JournalEntry,
    Preparation,
    ReceiptSum,
    Reconciliation,
    ReReview,
    Review,
    Table,
    TaxLine,
    Transaction,
)
from models.base import UtcDateTime
from models.matching import ReconciliationStatus
from tests import builders
from tests.builders import NOW, Books
from tests.laws import impossible, raw, refused


def posted_entry(session: Session, books: Books) -> JournalEntry:
    return builders.entry(session, books, transaction=builders.transaction(session, books), posted=True)


def reversed_entry(session: Session, books: Books) -> JournalEntry:
    entry = posted_entry(session, books)
    builders.reversal(session, books, entry, [(books.bank, 1250), (books.expense, -1250)])
    return entry


def reverted_line(session: Session, books: Books) -> Transaction:
    line = builders.transaction(session, books)
    line.reverted_at = NOW
    return builders.stored(session, line)


def audit_event(session: Session, books: Books) -> AuditEvent:
    return record(
        session,
        builders.caller(books.company_id),
        company_id=books.company_id,
        action="tried",
        subject="test",
        subject_id=uuid4(),
        before={"a": 1},
        now=NOW,
    )


def undone_review(session: Session, books: Books) -> Review:
    row = builders.review(session, books, posted_entry(session, books))
    row.undone_at = NOW
    return builders.stored(session, row)


def closed_proof(session: Session, books: Books) -> Reconciliation:
    file = builders.statement_file(session, books)
    return builders.reconciliation(session, books, file, status=ReconciliationStatus.CLOSED, closed_at=NOW)


def deleted_line(session: Session, books: Books) -> DeletedLine:
    line = reverted_line(session, books)
    row = DeletedLine(company_id=books.company_id, transaction_id=line.id, reason="twice", deleted_at=NOW)
    return builders.stored(session, row)


def restored_line(session: Session, books: Books) -> DeletedLine:
    row = deleted_line(session, books)
    row.restored_at = NOW
    return builders.stored(session, row)


def receipt_sum(session: Session, books: Books) -> ReceiptSum:
    file = builders.statement_file(session, books)
    return builders.stored(session, ReceiptSum(company_id=books.company_id, statement_file_id=file.id))


def drawn_entry(session: Session, books: Books) -> ReReview:
    line = builders.transaction(session, books)
    return builders.re_review(
        session, books, builders.entry(session, books, transaction=line, auto_approved=True, posted=True)
    )


def decided_re_review(session: Session, books: Books) -> ReReview:
    row = drawn_entry(session, books)
    row.decided_at, row.account_id, row.agreed = NOW, books.expense.id, True
    return builders.stored(session, row)


def attachment(session: Session, books: Books) -> Attachment:
    return builders.attachment(session, books, builders.transaction(session, books))


def preparation(session: Session, books: Books) -> Preparation:
    line = builders.transaction(session, books)
    return builders.preparation(session, books, line, builders.proposal(session, books, line))


def tax_of_a_posted_entry(session: Session, books: Books) -> TaxLine:
    entry = builders.taxed_entry(session, books, posted=True)
    return session.execute(select(TaxLine).where(col(TaxLine.entry_id) == entry.id)).scalar_one()


Make = Callable[[Session, Books], Table]

# How to make the row, the law that keeps it, and the columns that may change in ways tested elsewhere.
FROZEN: dict[str, tuple[Make, int, set[str]]] = {
    "posted entry": (posted_entry, 2, {"status"}),
    "reversed entry": (reversed_entry, 2, {"status"}),
    "bank line": (builders.transaction, 4, {"reverted_at"}),
    "bank line taken back": (reverted_line, 4, set()),
    "file": (builders.statement_file, 9, {"status", "reverted_at"}),
    "audit event": (audit_event, 8, set()),
    "review": (lambda s, b: builders.review(s, b, posted_entry(s, b)), 8, {"undone_at"}),
    "undone review": (undone_review, 8, set()),
    "closed proof": (closed_proof, 2, {"status"}),
    "deleted line": (deleted_line, 8, {"restored_at", "restored_by"}),
    "restored line": (restored_line, 8, set()),
    "receipt sum": (receipt_sum, 6, set()),
    "drawn entry": (drawn_entry, 7, {"decided_at", "decided_by", "account_id", "agreed"}),
    "decided re-review": (decided_re_review, 7, set()),
    "attachment": (attachment, 9, set()),
    "opening balances": (lambda s, b: builders.opening_balances(s, b, posted_entry(s, b)), 9, set()),
    "preparation": (preparation, 2, set()),
    "tax code": (builders.tax_code, 2, {"name", "is_active"}),
    "tax of a posted entry": (tax_of_a_posted_entry, 2, set()),
}


def another(column: "Column[Any]", value: Any) -> Any:
    """A value of the column's type that differs from the one it has."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case UUID():
            return uuid4()
        case bytes():
            return value + b"x"
        case datetime():
            return value + timedelta(hours=1)
        case date():
            return value + timedelta(days=1)
        case dict() | list():
            return {"changed": True}
        case str():
            return f"{value[:-1]}~"
    if isinstance(column.type, UtcDateTime):
        return NOW
    return {UUID: uuid4(), date: NOW.date(), bytes: b"x", str: "x"}.get(column.type.python_type, 7)


@pytest.mark.parametrize("kind", FROZEN)
def test_no_column_of_a_kept_row_changes(database: str, kind: str) -> None:
    make, law, free = FROZEN[kind]
    with unit_of_work() as session:
        row = make(session, builders.books(session))
        table = cast(Any, type(row)).__table__
        for column in table.columns:
            if column.name in free:
                continue
            change = {column.name: another(column, getattr(row, column.name))}
            with refused(session, law):
                session.execute(update(table).where(table.c.id == cast(Any, row).id).values(change))


@pytest.mark.parametrize("kind", [kind for kind in FROZEN if kind != "closed proof"])
def test_a_kept_row_is_not_deleted(database: str, kind: str) -> None:
    make, law, _ = FROZEN[kind]
    with unit_of_work() as session:
        row = cast(Any, make(session, builders.books(session)))
        with refused(session, law):
            raw(session, f"DELETE FROM {row.__tablename__} WHERE id = :id", id=row.id)


def test_only_what_the_policy_posted_is_drawn_and_nothing_is_drawn_decided(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        by_hand, alone = posted_entry(session, books), drawn_entry(session, books).entry_id
        with refused(session, 7):
            builders.re_review(session, books, by_hand)
        another_line = builders.transaction(session, books, row=2)
        fresh = builders.entry(session, books, transaction=another_line, auto_approved=True, posted=True)
        with refused(session, 7):
            decided = {"decided_at": NOW, "account_id": books.expense.id, "agreed": True}
            builders.re_review(session, books, fresh, **decided)
        with impossible(session):
            builders.re_review(session, books, session.get_one(JournalEntry, alone))


def test_a_closed_proof_can_be_reopened_and_only_then_changed_or_removed(database: str) -> None:
    with unit_of_work() as session:
        row = closed_proof(session, builders.books(session))
        with refused(session, 2):
            raw(session, "DELETE FROM reconciliations WHERE id = :id", id=row.id)
        reopen = "UPDATE reconciliations SET status = 'open', closed_at = NULL, reopened_reason = 'typo' WHERE id = :id"
        assert raw(session, reopen, id=row.id) == 1
        assert raw(session, "UPDATE reconciliations SET lines_minor = 7 WHERE id = :id", id=row.id) == 1
        assert raw(session, "DELETE FROM reconciliations WHERE id = :id", id=row.id) == 1


def test_a_company_keeps_its_id_and_slug(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        with refused(session, 5):
            raw(session, "UPDATE companies SET slug = 'another' WHERE id = :id", id=books.company_id)
        with refused(session, 5):
            raw(session, "UPDATE companies SET id = :new WHERE id = :id", id=books.company_id, new=uuid4())
        with refused(session, 5):
            session.get_one(Company, books.company_id).slug = "third"
        assert raw(session, "UPDATE companies SET name = 'Renamed' WHERE id = :id", id=books.company_id) == 1


KEPT_TABLES = [
    "journal_entries",
    "journal_lines",
    "transactions",
    "statement_files",
    "audit_events",
    "reviews",
    "reconciliations",
    "companies",
    "accounts",
    "deleted_lines",
    "receipt_sums",
    "re_reviews",
    "attachments",
    "opening_balances",
    "tax_codes",
    "tax_lines",
]


@pytest.mark.parametrize("table", KEPT_TABLES)
def test_a_kept_table_is_not_emptied_at_once(database: str, table: str) -> None:
    with unit_of_work() as session:
        builders.entry(session, builders.books(session), posted=True)
        if database.startswith("postgresql"):
            as_owner(session.connection())
            with pytest.raises(Exception, match=r"law \d+: "), session.begin_nested():
                raw(session, f"TRUNCATE {table} CASCADE")
        elif table in ("journal_entries", "journal_lines", "companies", "accounts"):
            with pytest.raises(Exception, match=r"law \d+: |FOREIGN KEY"), session.begin_nested():
                raw(session, f"DELETE FROM {table}")
