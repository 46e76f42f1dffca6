"""A line deleted on purpose: out of the books, known to every file, named where it is missed, and restorable."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from core.errors import InvalidInput, LineGone, NotFound, PeriodClosed, StatementClosed
from core.flow import bring_back_line
from core.ingestion.deleting import delete_line, restore_line
from core.ingestion.file_lines import LineState, list_file_lines
from core.ingestion.importing import revert_import
from core.reconciliation.proofs import statement_proofs
from core.reconciliation.statement_proof import Cause
from core.verifying import verify_books
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import (
    AuditEvent,
    Company,
    DeletedLine,
    JournalEntry,
    Match,
    MatchStatus,
    Reconciliation,
    ReconciliationStatus,
    Role,
    StatementFile,
    Transaction,
)
from tests import builders
from tests.builders import Books
from tests.integration.importing_cases import (
    MARCH,
    all_of,
    balanced_file,
    by,
    clock,
    counts,
    csv_file,
    expected,
    found_books,
    live_lines,
    ofx_file,
    store,
)
from tests.laws import impossible, raw, refused

FEE = MARCH[4]


def line_of(books: Books, description: str) -> UUID:
    with snapshot() as session:
        query = select(Transaction.id).where(
            col(Transaction.company_id) == books.company_id, col(Transaction.description) == description
        )
        return session.exec(query).one()


def delete(books: Books, key: UUID, reason: str = "entered twice by the bank") -> None:
    with unit_of_work() as session:
        delete_line(session, by(books), books.company_id, key, reason=reason, now=next(clock), write=write_columns)


def restore(books: Books, key: UUID) -> None:
    with unit_of_work() as session:
        restore_line(session, by(books), books.company_id, key, now=next(clock))


def take_back(books: Books, file_id: UUID) -> None:
    with unit_of_work() as session:
        revert_import(session, by(books), books.company_id, file_id, now=next(clock), write=write_columns)


def assert_sound(books: Books) -> None:
    with snapshot() as session:
        assert verify_books(session, by(books), [books.company_id]).violations == ()


def test_a_deleted_line_is_not_brought_back_by_any_file_that_holds_it(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"))
    delete(books, line_of(books, FEE[2]))
    receipts = store(books, csv_file(MARCH[2:], "b.csv"), ofx_file(MARCH, "c.ofx"), balanced_file(MARCH, "d.csv"))
    assert [counts(receipt) for receipt in receipts] == [
        ("stored", 0, 3, 0), ("stored", 0, 5, 0), ("stored", 0, 5, 0),
    ]  # fmt: skip
    assert live_lines(books) == expected(MARCH[:4])
    assert_sound(books)


def test_one_of_two_equal_lines_is_deleted_and_the_other_stays(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"))
    first = min(line.id for line in all_of(Transaction) if line.description == MARCH[0][2])
    delete(books, first)
    store(books, csv_file(MARCH[:3], "b.csv"))
    assert live_lines(books) == expected(MARCH[1:])


def test_a_deleted_line_stays_deleted_when_its_file_is_taken_back_and_comes_again(database: str) -> None:
    books = found_books()
    (receipt,) = store(books, csv_file(MARCH))
    key = line_of(books, FEE[2])
    delete(books, key)
    take_back(books, receipt.file_id)
    assert live_lines(books) == []
    (again,) = store(books, csv_file(MARCH))
    assert counts(again) == ("stored", 4, 1, 0)
    assert live_lines(books) == expected(MARCH[:4])
    restore(books, key)
    assert live_lines(books) == expected(MARCH)
    store(books, csv_file(MARCH[3:], "b.csv"))
    assert live_lines(books) == expected(MARCH)
    assert_sound(books)


def test_a_restored_line_is_in_the_books_once_and_can_be_deleted_again(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH))
    key = line_of(books, FEE[2])
    delete(books, key)
    with pytest.raises(LineGone):
        delete(books, key)
    restore(books, key)
    with pytest.raises(NotFound):
        restore(books, key)
    assert live_lines(books) == expected(MARCH)
    delete(books, key, "a second time")
    with snapshot() as session:
        (file_id,) = session.exec(select(StatementFile.id))
        lines = list_file_lines(session, by(books), books.company_id, file_id).lines
    (deleted,) = [line for line in lines if line.state is LineState.DELETED]
    assert (deleted.reason, deleted.amount_minor) == ("a second time", -1_500)
    actions = [event.action for event in sorted(all_of(AuditEvent), key=lambda event: event.sequence)]
    assert actions == ["file stored", "bank line deleted", "bank line restored", "bank line deleted"]
    assert_sound(books)


@pytest.mark.parametrize("posted", [True, False])
def test_what_is_booked_for_a_deleted_line_leaves_the_ledger(database: str, posted: bool) -> None:
    books = found_books()
    store(books, csv_file(MARCH))
    key = line_of(books, FEE[2])
    with unit_of_work() as session:
        line = session.get_one(Transaction, key)
        proposal = builders.proposal(session, books, line)
        entry = builders.entry(session, books, transaction=line, proposal_id=proposal.id, posted=posted).id
    delete(books, key)
    with snapshot() as session:
        assert str(session.get_one(JournalEntry, entry).status) == ("reversed" if posted else "rejected")
    with unit_of_work() as session:
        bring_back_line(session, by(books), books.company_id, key, write=write_columns, now=next(clock))
    with snapshot() as session:
        query = select(JournalEntry.status).where(col(JournalEntry.transaction_id) == key)
        assert "needs_review" in {str(status) for status in session.exec(query)}
    assert_sound(books)


def test_a_match_falls_with_its_line_and_is_suggested_again_when_that_is_restored(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH))
    key = line_of(books, MARCH[2][2])
    with unit_of_work() as session:
        item = builders.open_item(session, books, amount_minor=120_000, status="settled")
        match = builders.match(session, books, session.get_one(Transaction, key), item, kind="settlement").id
    delete(books, key)
    with snapshot() as session:
        assert session.get_one(Match, match).status == MatchStatus.DISMISSED
        assert session.get_one(type(item), item.id).status == "open"
    restore(books, key)
    with snapshot() as session:
        assert session.get_one(Match, match).status == MatchStatus.SUGGESTED


def test_nothing_is_deleted_or_restored_in_a_locked_period_or_a_closed_statement(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH))
    key, other = line_of(books, FEE[2]), line_of(books, MARCH[3][2])
    delete(books, other)
    with unit_of_work() as session:
        proof = session.exec(select(Reconciliation)).one()
        proof.status, proof.closed_at = ReconciliationStatus.CLOSED, builders.NOW
    for attempt in (lambda: delete(books, key), lambda: restore(books, other)):
        with pytest.raises(StatementClosed):
            attempt()
    with unit_of_work() as session:
        session.exec(select(Reconciliation)).one().status = ReconciliationStatus.OPEN
        session.get_one(Company, books.company_id).closed_through_on = MARCH_END
    for attempt in (lambda: delete(books, key), lambda: restore(books, other)):
        with pytest.raises(PeriodClosed):
            attempt()
    assert live_lines(books) == expected([*MARCH[:3], FEE])


MARCH_END = date(2024, 3, 31)


def test_deleting_takes_a_reason_and_the_right_to_import_in_this_company(database: str) -> None:
    books, other = found_books(), found_books()
    store(books, csv_file(MARCH))
    key = line_of(books, FEE[2])
    with pytest.raises(InvalidInput):
        delete(books, key, "  ")
    with pytest.raises(NotFound):
        delete(other, key)
    nobody = builders.caller(books.company_id, roles={})
    for caller, refusal in ((nobody, NotFound), (builders.caller(other.company_id), NotFound)):
        with pytest.raises(refusal), unit_of_work() as session:
            delete_line(session, caller, books.company_id, key, reason="x", now=next(clock), write=write_columns)
    bookkeeper = by(books, role=Role.BOOKKEEPER)
    with unit_of_work() as session:
        delete_line(session, bookkeeper, books.company_id, key, reason="x", now=next(clock), write=write_columns)


def test_a_proof_names_a_deleted_line_as_the_cause_of_its_difference(database: str) -> None:
    books = found_books()
    store(books, balanced_file(MARCH))
    delete(books, line_of(books, FEE[2]))
    with snapshot() as session:
        (found,) = statement_proofs(session, by(books), books.company_id)
    shares = {share.cause: (share.amount_minor, share.count) for share in found.proof.causes}
    assert shares[Cause.DELETED] == (1_500, 1)
    assert Cause.STATEMENTS not in shares
    assert sum(amount for amount, _ in shares.values()) == found.proof.ledger_difference_minor
    assert "1 line of the statement not in the books (1 line deleted on purpose)" in found.blockers


def test_a_deleted_line_that_no_statement_misses_is_no_cause(database: str) -> None:
    books = found_books()
    store(books, balanced_file(MARCH))
    store(books, csv_file([("28", "-15.00", "MONTHLY FEE BILLED")], "again.csv"))
    delete(books, line_of(books, "MONTHLY FEE BILLED"))
    with snapshot() as session:
        found = statement_proofs(session, by(books), books.company_id)[0]
    assert {share.cause for share in found.proof.causes} <= {Cause.OPENING, Cause.UNBOOKED}


def test_the_database_lets_no_line_come_back_and_no_deletion_stand_without_each_other(database: str) -> None:
    books, other = found_books(), found_books()
    (receipt,) = store(books, csv_file(MARCH))
    key = line_of(books, FEE[2])
    with unit_of_work() as session:
        live = session.exec(select(Transaction.id).where(col(Transaction.description) == MARCH[3][2])).one()
        with refused(session, 4):
            session.add(
                DeletedLine(company_id=books.company_id, transaction_id=live, reason="x", deleted_at=builders.NOW)
            )
        with impossible(session):
            raw(session, "INSERT INTO deleted_lines (id, company_id, transaction_id, reason, deleted_at)"
                " VALUES (:id, :c, :t, 'x', CURRENT_TIMESTAMP)", id=uuid4(), c=other.company_id, t=live)  # fmt: skip
    delete(books, key)
    with unit_of_work() as session:
        with refused(session, 4):
            raw(session, "UPDATE transactions SET reverted_at = NULL WHERE id = :id", id=key)
        with refused(session, 8):
            session.execute(text("UPDATE deleted_lines SET reason = 'other'"))
        with refused(session, 8):
            session.execute(text("DELETE FROM deleted_lines"))
    take_back(books, receipt.file_id)
    with unit_of_work() as session, refused(session, 4):
        raw(session, "UPDATE transactions SET reverted_at = NULL WHERE id = :id", id=live)


def test_a_match_of_two_deleted_lines_is_suggested_again_with_the_second_one(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH))
    first, second = line_of(books, MARCH[2][2]), line_of(books, FEE[2])
    with unit_of_work() as session:
        pair = [session.get_one(Transaction, key) for key in (first, second)]
        match = builders.match(session, books, *pair).id

    def status() -> MatchStatus:
        with snapshot() as session:
            return MatchStatus(session.get_one(Match, match).status)

    delete(books, first)
    delete(books, second)
    restore(books, first)
    assert status() is MatchStatus.DISMISSED, "nobody could confirm or dismiss it while one of its lines is gone"
    restore(books, second)
    assert status() is MatchStatus.SUGGESTED
