"""The proofs of a company's bank accounts, from what is stored."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.reconciliation.line_states import LineStates
from core.reconciliation.statement_proof import AccountTotals, DayTotals, Proof, Stated, prove
from models import (
    Account,
    BankAccount,
    DeletedLine,
    EntryStatus,
    FileStatus,
    JournalEntry,
    JournalLine,
    Reconciliation,
    ReconciliationStatus,
    StatementFile,
    Transaction,
)


@dataclass(frozen=True, slots=True)
class StatementProof:
    """The proof of one statement with the names that a page shows."""

    reconciliation_id: UUID
    company_id: UUID
    bank_account_id: UUID
    bank_account: str  # name
    bank_account_code: str
    ledger_account: str  # code and name
    currency: str
    statement_file_id: UUID
    file_name: str
    status: ReconciliationStatus
    closed_at: datetime | None
    closed_by: UUID | None
    reopened_reason: str
    proof: Proof

    @property
    def blockers(self) -> list[str]:
        """Why the statement cannot be closed, in words; empty when it can."""
        return close_blockers(self.proof)


def close_blockers(proof: Proof) -> list[str]:
    """What stands between a statement and its close."""
    found: list[str] = []
    if proof.difference_minor is None:
        found.append("opening and closing balance are not both known: type them in from the statement")
    elif proof.difference_minor:
        found.append("opening and lines do not add up to the closing balance")
    if proof.missing_lines:
        deleted = f" ({_lines(proof.deleted_lines)} deleted on purpose)" if proof.deleted_lines else ""
        found.append(f"{_lines(proof.missing_lines)} of the statement not in the books{deleted}")
    if open_lines := proof.stored_lines - proof.posted_lines:
        found.append(f"{_lines(open_lines)} without a posted entry")
    return found


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"


def statement_proofs(
    session: Session, caller: Caller, company_id: UUID, bank_account_id: UUID | None = None
) -> list[StatementProof]:
    """The proofs of all statements of the company, or of one bank account: by account, then by day.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    return load_proofs(session, [company_id], bank_account_id)


def load_proofs(
    session: Session, company_ids: Collection[UUID], bank_account_id: UUID | None = None
) -> list[StatementProof]:
    """The proofs of several companies in a fixed number of queries. The caller's access is checked already."""
    rows = _statements(session, company_ids, bank_account_id)
    totals = account_totals(session, company_ids, bank_account_id)
    by_account: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        by_account[row[0].bank_account_id].append(row)
    found: list[StatementProof] = []
    for account_id, of_account in by_account.items():
        named = {row[0].id: row for row in of_account}
        statements = [_stated(row[0]) for row in of_account]
        for proof in prove(statements, totals.get(account_id, AccountTotals())):
            found.append(_named(named[proof.stated.key], proof))
    return found


def _statements(session: Session, company_ids: Collection[UUID], bank_account_id: UUID | None) -> Sequence[Any]:
    query = (
        select(Reconciliation, BankAccount, col(Account.code), col(Account.name), col(StatementFile.name))
        .join(BankAccount, col(BankAccount.id) == col(Reconciliation.bank_account_id))
        .join(Account, col(Account.id) == col(BankAccount.account_id))
        .join(StatementFile, col(StatementFile.id) == col(Reconciliation.statement_file_id))
        .where(
            col(Reconciliation.company_id).in_(company_ids), col(StatementFile.status) == FileStatus.STORED,
            ~_is_superseded(),
        )
        .order_by(col(BankAccount.code), col(BankAccount.id), col(Reconciliation.first_on))
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if bank_account_id is not None:
        query = query.where(col(Reconciliation.bank_account_id) == bank_account_id)
    return session.execute(query).all()


def _is_superseded() -> ColumnElement[bool]:
    """Whether rows of the statement's file were left out, and another file has the same days with all their rows."""
    whole, its_file = aliased(Reconciliation), aliased(StatementFile)
    return and_(
        col(StatementFile.refused_count) > 0,
        col(Reconciliation.status) == ReconciliationStatus.OPEN,
        exists().where(
            col(whole.bank_account_id) == col(Reconciliation.bank_account_id),
            col(whole.first_on) <= col(Reconciliation.first_on),
            col(whole.last_on) >= col(Reconciliation.last_on),
            col(its_file.id) == col(whole.statement_file_id),
            col(its_file.refused_count) == 0,
        ),
    )


def _stated(row: Reconciliation) -> Stated:
    return Stated(
        row.id, row.first_on, row.last_on, row.opening_minor, row.closing_minor, row.lines_minor, row.line_count
    )


def _named(row: Any, proof: Proof) -> StatementProof:
    reconciliation, bank_account, account_code, account_name, file_name = row
    return StatementProof(
        reconciliation_id=reconciliation.id,
        company_id=reconciliation.company_id,
        bank_account_id=bank_account.id,
        bank_account=bank_account.name,
        bank_account_code=bank_account.code,
        ledger_account=f"{account_code} {account_name}",
        currency=bank_account.currency,
        statement_file_id=reconciliation.statement_file_id,
        file_name=file_name,
        status=ReconciliationStatus(reconciliation.status),
        closed_at=reconciliation.closed_at,
        closed_by=reconciliation.closed_by,
        reopened_reason=reconciliation.reopened_reason,
        proof=proof,
    )


def account_totals(
    session: Session, company_ids: Collection[UUID], bank_account_id: UUID | None = None
) -> dict[UUID, AccountTotals]:
    """Per bank account what is stored of it by day: three grouped queries."""
    by_state: dict[tuple[UUID, str], dict[date, tuple[int, int]]] = defaultdict(dict)
    for query in (
        _line_totals(company_ids, bank_account_id),
        _deleted_totals(company_ids, bank_account_id),
        _ledger_totals(company_ids, bank_account_id),
    ):
        for account_id, state, day, minor, count in session.execute(query):
            by_state[account_id, state][day] = (int(minor), int(count))
    accounts = {account_id for account_id, _ in by_state}
    return {
        account_id: AccountTotals(
            **{state: DayTotals(days) for (owner, state), days in by_state.items() if owner == account_id}
        )
        for account_id in accounts
    }


def _line_totals(company_ids: Collection[UUID], bank_account_id: UUID | None) -> Any:
    states = LineStates(company_ids)
    lines = states.joined(
        select(
            col(Transaction.bank_account_id), states.state.label("state"), col(Transaction.booked_on),
            col(Transaction.amount_minor),
        ).where(col(Transaction.company_id).in_(company_ids), col(Transaction.reverted_at).is_(None))
    )  # fmt: skip
    if bank_account_id is not None:
        lines = lines.where(col(Transaction.bank_account_id) == bank_account_id)
    table = lines.subquery()
    groups = (table.c.bank_account_id, table.c.state, table.c.booked_on)
    return select(*groups, func.sum(table.c.amount_minor), func.count()).group_by(*groups)


def _deleted_totals(company_ids: Collection[UUID], bank_account_id: UUID | None) -> Any:
    groups = (col(Transaction.bank_account_id), literal("deleted"), col(Transaction.booked_on))
    query = (
        select(*groups, func.sum(col(Transaction.amount_minor)), func.count())
        .join(DeletedLine, col(DeletedLine.transaction_id) == col(Transaction.id))
        .where(col(DeletedLine.company_id).in_(company_ids), col(DeletedLine.restored_at).is_(None))
        .group_by(col(Transaction.bank_account_id), col(Transaction.booked_on))
    )
    return query if bank_account_id is None else query.where(col(Transaction.bank_account_id) == bank_account_id)


def _ledger_totals(company_ids: Collection[UUID], bank_account_id: UUID | None) -> Any:
    """Ledger lines on the accounts that bank accounts feed. A reversal counts with the line of what it takes back."""
    reversed_entry = aliased(JournalEntry)
    line_id = func.coalesce(col(JournalEntry.transaction_id), col(reversed_entry.transaction_id))
    own = (col(Transaction.bank_account_id) == col(BankAccount.id)) & col(Transaction.reverted_at).is_(None)
    lines = (
        select(
            col(BankAccount.id).label("bank_account_id"),
            case((own, "ledger_of_lines"), else_="ledger_of_others").label("state"),
            col(JournalEntry.booked_on), col(JournalLine.amount_minor),
        )
        .select_from(BankAccount)
        .join(
            JournalLine,
            and_(
                col(JournalLine.account_id) == col(BankAccount.account_id),
                col(JournalLine.company_id) == col(BankAccount.company_id),
                col(JournalLine.currency) == col(BankAccount.currency),
            ),
        )
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .outerjoin(reversed_entry, col(reversed_entry.id) == col(JournalEntry.reverses_id))
        .outerjoin(Transaction, col(Transaction.id) == line_id)
        .where(
            col(BankAccount.company_id).in_(company_ids),
            col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.REVERSED]),
        )
    )  # fmt: skip
    if bank_account_id is not None:
        lines = lines.where(col(BankAccount.id) == bank_account_id)
    table = lines.subquery()
    groups = (table.c.bank_account_id, table.c.state, table.c.booked_on)
    return select(*groups, func.sum(table.c.amount_minor), func.count()).group_by(*groups)
