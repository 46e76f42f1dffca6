"""Proofs of statements, their close and the opening balance, on both databases."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from core.errors import (
    AccessDenied,
    InvalidInput,
    ProofFails,
    StatementClosed,
    StatementNotClosed,
)
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.closing import (
    close_reconciliation,
    reopen_reconciliation,
    state_balances,
    statement_lines,
)
from core.reconciliation.deciding import unmatch
from core.reconciliation.opening import post_opening_balance
from core.reconciliation.proofs import StatementProof, statement_proofs
from core.reconciliation.statement_proof import Cause
from db.bulk import write_columns
from db.engine import unit_of_work
from models import (
    AuditEvent,
    EntryStatus,
    JournalEntry,
    Method,
    Reconciliation,
    ReconciliationStatus,
    Role,
    StatementFile,
    Transaction,
)
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company, founded

pytestmark = pytest.mark.usefixtures("database")


def statement(
    session: Session, company: Company, amounts: list[int], first_on: date = DAY, *, opening: int | None = 1_000,
    closing: int | None = None, posted: bool = True,
) -> tuple[Reconciliation, list[Transaction]]:  # fmt: skip
    """A statement of ten days with these lines; without a closing given it adds up."""
    file = builders.statement_file(session, company.books, new_count=len(amounts), new_minor=sum(amounts))
    lines = [
        builders.transaction(session, company.books, file=file, amount_minor=amount, row=row, booked_on=first_on)
        for row, amount in enumerate(amounts, 1)
    ]
    for line in lines if posted else []:
        builders.entry(session, company.books, transaction=line, posted=True)
    if closing is None and opening is not None:
        closing = opening + sum(amounts)
    row = builders.reconciliation(
        session, company.books, file, first_on=first_on, last_on=first_on + timedelta(days=9), opening_minor=opening,
        closing_minor=closing, lines_minor=sum(amounts), line_count=len(amounts),
    )  # fmt: skip
    return row, lines


def proof_of(session: Session, company: Company, row: Reconciliation) -> StatementProof:
    (found,) = [one for one in statement_proofs(session, company.caller, company.id) if one.reconciliation_id == row.id]
    return found


def test_a_proved_statement_is_closed_once_and_reopened_with_a_reason() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, _ = statement(session, company, [-300, 50])
        close_reconciliation(session, company.caller, company.id, row.id, now=NOW)
        assert proof_of(session, company, row).status is ReconciliationStatus.CLOSED
        with pytest.raises(StatementClosed):
            close_reconciliation(session, company.caller, company.id, row.id, now=NOW)
        with pytest.raises(InvalidInput, match="why"):
            reopen_reconciliation(session, company.caller, company.id, row.id, reason=" ", now=NOW)
        reopen_reconciliation(session, company.caller, company.id, row.id, reason="Wrong month", now=NOW)
        found = proof_of(session, company, row)
        assert (found.status, found.reopened_reason) == (ReconciliationStatus.OPEN, "Wrong month")
        with pytest.raises(StatementNotClosed):
            reopen_reconciliation(session, company.caller, company.id, row.id, reason="Again", now=NOW)
        actions = session.exec(select(AuditEvent.action).where(col(AuditEvent.subject) == "reconciliation")).all()
        assert sorted(actions) == ["statement closed", "statement reopened"]


def test_only_a_manager_reopens_a_statement() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, _ = statement(session, company, [-300])
        bookkeeper = builders.caller(company.id, role=Role.BOOKKEEPER)
        close_reconciliation(session, bookkeeper, company.id, row.id, now=NOW)
        with pytest.raises(AccessDenied):
            reopen_reconciliation(session, bookkeeper, company.id, row.id, reason="Please", now=NOW)


@pytest.mark.parametrize(
    ("opening", "closing", "posted", "said"),
    [
        (1_000, 700, False, "1 line without a posted entry"),
        (1_000, 701, True, "do not add up"),
        (None, None, True, "not both known"),
    ],
)
def test_a_statement_is_not_closed_while_something_is_open(
    opening: int | None, closing: int | None, posted: bool, said: str
) -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, _ = statement(session, company, [-300], opening=opening, closing=closing, posted=posted)
        with pytest.raises(ProofFails, match=said):
            close_reconciliation(session, company.caller, company.id, row.id, now=NOW)


def test_balances_are_typed_in_where_the_file_states_none_and_can_be_typed_again() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, _ = statement(session, company, [-300], opening=None, closing=700)
        found = state_balances(session, company.caller, company.id, row.id, 999, 700, now=NOW)
        assert found.proof.difference_minor == -1
        found = state_balances(session, company.caller, company.id, row.id, 1_000, 700, now=NOW)
        assert found.proof.is_proved
        with pytest.raises(InvalidInput, match="closing balance itself"):
            state_balances(session, company.caller, company.id, row.id, 1_000, 650, now=NOW)


def test_the_opening_balance_brings_the_ledger_to_the_statement() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, _ = statement(session, company, [-300, 50])
        (before,) = statement_proofs(session, company.caller, company.id)
        assert [(share.cause, share.amount_minor) for share in before.proof.causes] == [(Cause.OPENING, -1_000)]
        bank_id = company.books.checking.id
        entry_id = post_opening_balance(session, company.caller, company.id, bank_id, write=write_columns, now=NOW)
        entry = session.get(JournalEntry, entry_id, populate_existing=True)
        assert (entry.status, entry.booked_on) == (EntryStatus.POSTED, DAY - timedelta(days=1))
        (after,) = statement_proofs(session, company.caller, company.id, bank_id)
        assert after.proof.ledger_minor == after.proof.stated.closing_minor == row.closing_minor
        assert after.proof.causes == ()
        with pytest.raises(InvalidInput, match="already"):
            post_opening_balance(session, company.caller, company.id, bank_id, write=write_columns, now=NOW)
        with pytest.raises(InvalidInput, match="no statement yet"):
            post_opening_balance(session, company.caller, company.id, company.savings.id, write=write_columns, now=NOW)


def test_reversed_entries_leave_the_proof_as_it_was() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, (line,) = statement(session, company, [-300], opening=0, closing=-300, posted=False)
        wrong = builders.entry(session, company.books, transaction=line, posted=True)
        builders.reversal(session, company.books, wrong, [(company.books.bank, 300), (company.books.expense, -300)])
        found = proof_of(session, company, row)
        assert found.proof.ledger_minor == 0
        assert [(share.cause, share.amount_minor) for share in found.proof.causes] == [(Cause.UNBOOKED, 300)]


def test_statements_of_files_taken_back_prove_nothing() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, (line,) = statement(session, company, [-300], posted=False)
        line.reverted_at = NOW
        file = session.get(StatementFile, row.statement_file_id)
        file.status, file.reverted_at = "reverted", NOW
        session.flush()
        assert statement_proofs(session, company.caller, company.id) == []


def test_each_line_of_a_statement_says_what_explains_it() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, lines = statement(session, company, [-300, -200, 7], posted=False)
        rule = builders.entry(
            session, company.books, transaction=lines[0], posted=True, method=Method.RULE, auto_approved=True
        )
        builders.entry(session, company.books, transaction=lines[1])
        listed = {one.transaction_id: one for one in statement_lines(session, company.caller, company.id, row.id)}
        first, second, third = (listed[line.id] for line in lines)
        assert (first.state, first.explained_by, first.account) == ("posted", "rule", "6300 Software Subscriptions")
        assert first.entry_id == rule.id
        assert (second.state, second.explained_by, second.account) == ("waiting", "", "")
        assert (third.state, third.explained_by) == ("unbooked", "")


def test_a_match_of_a_closed_statement_cannot_be_taken_apart() -> None:
    with unit_of_work() as session:
        company = founded(session)
        row, (line,) = statement(session, company, [12_000], posted=False)
        item = builders.open_item(session, company.books, amount_minor=12_000)
        pair = ([line.id], [item.id])
        match_id = match_by_hand(session, company.caller, company.id, *pair, write=write_columns, now=NOW)
        close_reconciliation(session, company.caller, company.id, row.id, now=NOW)
        with pytest.raises(StatementClosed):
            unmatch(session, company.caller, company.id, match_id, write=write_columns, now=NOW)
