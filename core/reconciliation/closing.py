"""Working on one statement: typed balances, its lines and what explains them, close and reopen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import InvalidInput, NotFound, ProofFails, StatementClosed, StatementNotClosed
from core.ingestion.shown_names import shown_name
from core.posting.open_entries import open_company
from core.reconciliation.line_states import LineStates
from core.reconciliation.proofs import StatementProof, load_proofs
from models import (
    Account,
    AuditEvent,
    BankAccount,
    EntryStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchMember,
    MatchStatus,
    Method,
    Reconciliation,
    ReconciliationStatus,
    Transaction,
)

TYPED = "balances typed"  # action in the audit log


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A bank line of a statement and what explains it.

    `state`: posted, waiting, left_out or unbooked. `explained_by`: match, rule, model or person for posted lines, else
    "". `account`: code and name it is booked to; "several" for a split, "" while it is not posted.
    """

    transaction_id: UUID
    booked_on: date
    description: str
    counterparty: str
    amount_minor: int
    currency: str
    state: str
    explained_by: str
    account: str
    entry_id: UUID | None
    match_id: UUID | None


def state_balances(
    session: Session,
    caller: Caller,
    company_id: UUID,
    reconciliation_id: UUID,
    opening_minor: int | None,
    closing_minor: int | None,
    *,
    now: datetime,
) -> StatementProof:
    """Type in the balances of a statement whose file states none; the new proof. None leaves a balance unknown.

    Raises:
        InvalidInput: the file states that balance itself, and it is another one.
        StatementClosed: it is closed.
        NotFound, AccessDenied.
    """
    open_company(session, caller, company_id, Action.RECONCILE)
    row = _open_row(session, company_id, reconciliation_id)
    typed_before = _typed_fields(session, company_id, row)
    before = {"opening_minor": row.opening_minor, "closing_minor": row.closing_minor}
    after = {"opening_minor": opening_minor, "closing_minor": closing_minor}
    for name, words in (("opening_minor", "opening"), ("closing_minor", "closing")):
        if before[name] is not None and name not in typed_before and after[name] != before[name]:
            raise InvalidInput(f"The file states the {words} balance itself; it cannot be typed over.")
    row.opening_minor, row.closing_minor = opening_minor, closing_minor
    session.add(row)
    session.flush()
    proof = _proof(session, company_id, reconciliation_id)
    if before != after:
        record(
            session, caller, company_id=company_id, action=TYPED, subject="reconciliation",
            subject_id=reconciliation_id, now=now, before=before, after={**after, "currency": proof.currency},
        )  # fmt: skip
    return proof


def balances_to_type(session: Session, caller: Caller, company_id: UUID, reconciliation_id: UUID) -> set[str]:
    """Which balances a person states because the file does not: of "opening_minor" and "closing_minor".

    Raises NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    row = _row(session, company_id, reconciliation_id)
    unknown = {name for name in ("opening_minor", "closing_minor") if getattr(row, name) is None}
    return unknown | _typed_fields(session, company_id, row)


def statement_lines(session: Session, caller: Caller, company_id: UUID, reconciliation_id: UUID) -> list[StatementLine]:
    """The live lines of the statement's days with what explains each, by day. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    stated = _row(session, company_id, reconciliation_id)
    states = LineStates([company_id])
    query = states.joined(
        select(
            col(Transaction.id), col(Transaction.booked_on), col(Transaction.description),
            shown_name(company_id), col(Transaction.amount_minor), col(Transaction.currency), states.state,
            col(JournalEntry.method), col(JournalEntry.auto_approved), col(JournalEntry.id),
        )
        .outerjoin(
            JournalEntry,
            and_(
                col(JournalEntry.transaction_id) == col(Transaction.id),
                col(JournalEntry.status) == EntryStatus.POSTED,
            ),
        )
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.bank_account_id) == stated.bank_account_id,
            col(Transaction.reverted_at).is_(None),
            col(Transaction.booked_on).between(stated.first_on, stated.last_on),
        )
        .order_by(col(Transaction.booked_on), col(Transaction.row), col(Transaction.id))
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(query).all()
    accounts = _accounts(session, company_id, stated)
    matches = _matches(session, company_id, stated)
    return [
        StatementLine(
            transaction_id=row[0], booked_on=row[1], description=row[2], counterparty=row[3], amount_minor=row[4],
            currency=row[5], state=row[6], explained_by=_explained_by(row[7], row[8]),
            account=accounts.get(row[9], ""), entry_id=row[9], match_id=matches.get(row[0]),
        )
        for row in rows
    ]  # fmt: skip


def close_reconciliation(
    session: Session, caller: Caller, company_id: UUID, reconciliation_id: UUID, *, now: datetime
) -> None:
    """Close a statement that is proved and whose lines are all booked.

    Raises:
        ProofFails: the proof is not zero, or a line has no posted entry; the reasons are listed.
        StatementClosed: it is closed already.
        NotFound, AccessDenied.
    """
    open_company(session, caller, company_id, Action.RECONCILE)
    row = _open_row(session, company_id, reconciliation_id)
    proof = _proof(session, company_id, reconciliation_id)
    if blockers := proof.blockers:
        raise ProofFails(blockers)
    if row.opening_minor is None:  # what was proved is kept, also when the statement before is taken back later
        row.opening_minor = proof.proof.opening_minor
    row.status, row.closed_at, row.closed_by = ReconciliationStatus.CLOSED, now, caller.user_id
    session.add(row)
    session.flush()
    record(
        session, caller, company_id=company_id, action="statement closed", subject="reconciliation",
        subject_id=reconciliation_id, now=now, before={"status": "open"},
        after={
            "status": "closed", "first_on": str(row.first_on), "last_on": str(row.last_on),
            "opening_minor": row.opening_minor, "lines_minor": row.lines_minor, "closing_minor": row.closing_minor,
            "ledger_minor": proof.proof.ledger_minor, "currency": proof.currency,
        },
    )  # fmt: skip


def reopen_reconciliation(
    session: Session, caller: Caller, company_id: UUID, reconciliation_id: UUID, *, reason: str, now: datetime
) -> None:
    """Reopen a closed statement; only for those who may close periods, with a reason that the audit log keeps.

    Raises:
        InvalidInput: no reason is given.
        StatementNotClosed: it is open.
        NotFound, AccessDenied.
    """
    open_company(session, caller, company_id, Action.CLOSE)
    if not reason.strip():
        raise InvalidInput("Say why the statement is reopened; the reason is kept in the audit log.")
    row = _row(session, company_id, reconciliation_id, lock=True)
    if row.status != ReconciliationStatus.CLOSED:
        raise StatementNotClosed(row.first_on, row.last_on)
    row.status, row.closed_at, row.closed_by = ReconciliationStatus.OPEN, None, None
    row.reopened_reason = reason.strip()
    session.add(row)
    session.flush()
    record(
        session, caller, company_id=company_id, action="statement reopened", subject="reconciliation",
        subject_id=reconciliation_id, now=now, before={"status": "closed"},
        after={"status": "open", "reason": reason.strip()},
    )  # fmt: skip


def _row(session: Session, company_id: UUID, reconciliation_id: UUID, *, lock: bool = False) -> Reconciliation:
    query = select(Reconciliation).where(
        col(Reconciliation.company_id) == company_id, col(Reconciliation.id) == reconciliation_id
    )
    query = query.with_for_update() if lock else query
    row: Reconciliation | None = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound("statement", str(reconciliation_id))
    return row


def _open_row(session: Session, company_id: UUID, reconciliation_id: UUID) -> Reconciliation:
    row = _row(session, company_id, reconciliation_id, lock=True)
    if row.status == ReconciliationStatus.CLOSED:
        raise StatementClosed(row.first_on, row.last_on)
    return row


def _proof(session: Session, company_id: UUID, reconciliation_id: UUID) -> StatementProof:
    stated = _row(session, company_id, reconciliation_id)
    for found in load_proofs(session, [company_id], stated.bank_account_id):
        if found.reconciliation_id == reconciliation_id:
            return found
    raise NotFound("statement", str(reconciliation_id))  # its file was taken back


def _typed_fields(session: Session, company_id: UUID, row: Reconciliation) -> set[str]:
    """Balances that were unknown before somebody typed them in, so that they may be typed again."""
    events = session.execute(
        select(col(AuditEvent.before)).where(
            col(AuditEvent.company_id) == company_id,
            col(AuditEvent.action) == TYPED,
            col(AuditEvent.subject_id) == row.id,
        )
    ).scalars()
    return {name for before in events if before for name, value in before.items() if value is None}


def _explained_by(method: Method | None, automatic: bool | None) -> str:
    if method is None:
        return ""
    return "person" if method in (Method.MANUAL, Method.NONE) and not automatic else str(method)


def _accounts(session: Session, company_id: UUID, stated: Reconciliation) -> dict[UUID, str]:
    """What the posted entry of each line of the statement is booked to beside the bank's own account."""
    rows = session.execute(
        select(col(JournalEntry.id), col(Account.code), col(Account.name))
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(Transaction.bank_account_id) == stated.bank_account_id,
            col(Transaction.booked_on).between(stated.first_on, stated.last_on),
            col(JournalLine.account_id) != col(BankAccount.account_id),
        )
        .distinct()
    )
    names: dict[UUID, str] = {}
    for entry_id, code, name in rows:
        names[entry_id] = "several" if entry_id in names else f"{code} {name}"
    return names


def _matches(session: Session, company_id: UUID, stated: Reconciliation) -> dict[UUID, UUID]:
    """The confirmed match of each line of the statement that is in one."""
    rows = session.execute(
        select(col(MatchMember.transaction_id), col(Match.id))
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status) == MatchStatus.CONFIRMED,
            col(Transaction.bank_account_id) == stated.bank_account_id,
            col(Transaction.booked_on).between(stated.first_on, stated.last_on),
        )
    )
    return {line: match_id for line, match_id in rows if line is not None}
