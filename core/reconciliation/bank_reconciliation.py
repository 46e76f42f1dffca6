"""The bank reconciliation statement: from the balance per bank, by what is outstanding, to the balance per books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import NotFound
from core.reconciliation.outstanding import Outstanding, list_outstanding
from core.reconciliation.proofs import StatementProof, account_totals, load_proofs
from core.reconciliation.statement_proof import AccountTotals, Cause, Proof, Stated, prove_through
from models import BankAccount, Company, ReconciliationStatus, User


@dataclass(frozen=True)
class OutstandingPart:
    """One cause of the difference: its sum over all `count` rows (0 where it is one figure), and the first rows."""

    cause: Cause
    amount_minor: int
    count: int
    rows: tuple[Outstanding, ...]


@dataclass(frozen=True)
class BankReconciliation:
    """A bank account on one day. Balance per bank + the parts = balance per books, to the cent.

    `opening_minor + lines_minor = bank_minor` for the days from `first_on`; None while a balance is not known, and then
    there are no parts. `off_minor`: by how much the statement itself does not add up. `closed_by`: "" while it is open.
    """

    company: str
    bank_account: str
    bank_account_number: str
    ledger_account: str
    currency: str
    file_name: str
    first_on: date
    as_of: date
    opening_minor: int | None
    lines_minor: int
    line_count: int
    bank_minor: int | None
    off_minor: int | None
    parts: tuple[OutstandingPart, ...]
    books_minor: int
    is_closed: bool
    closed_on: date | None
    closed_by: str
    blockers: tuple[str, ...]  # why a statement cannot be closed

    @property
    def outstanding_minor(self) -> int:
        return sum(part.amount_minor for part in self.parts)


def reconcile_statement(
    session: Session, caller: Caller, company_id: UUID, reconciliation_id: UUID
) -> BankReconciliation:
    """The bank reconciliation statement of one statement, on its last day. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    for one in load_proofs(session, [company_id]):
        if one.reconciliation_id == reconciliation_id:
            of_account = load_proofs(session, [company_id], one.bank_account_id)
            return _laid_out(session, one, one.proof, first_on=of_account[0].proof.stated.first_on)
    raise NotFound("statement", str(reconciliation_id))


def reconcile_day(session: Session, caller: Caller, company_id: UUID, as_of: date) -> list[BankReconciliation]:
    """The bank reconciliation statement of every bank account on a day, such as a month's end, by account.

    The balance per bank on a day inside of a statement is its opening and the lines through that day. Accounts whose
    first statement begins later are left out. Raises NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    by_account: dict[UUID, list[StatementProof]] = {}
    for one in load_proofs(session, [company_id]):
        by_account.setdefault(one.bank_account_id, []).append(one)
    totals = account_totals(session, [company_id])
    found: list[BankReconciliation] = []
    for account_id, proofs in by_account.items():
        proof = prove_through([_known(one.proof) for one in proofs], totals.get(account_id, AccountTotals()), as_of)
        if proof is not None:
            (of_statement,) = [one for one in proofs if one.reconciliation_id == proof.stated.key]
            first_on = min(one.proof.stated.first_on for one in proofs)
            found.append(_laid_out(session, of_statement, proof, first_on=first_on))
    return found


def _known(proof: Proof) -> Stated:
    """The statement with the opening that its proof worked out."""
    stated = proof.stated
    return Stated(
        stated.key, stated.first_on, stated.last_on, proof.opening_minor, stated.closing_minor, stated.lines_minor,
        stated.line_count,
    )  # fmt: skip


def _laid_out(session: Session, one: StatementProof, proof: Proof, *, first_on: date) -> BankReconciliation:
    company, number = session.execute(
        select(col(Company.name), col(BankAccount.number))
        .join(BankAccount, col(BankAccount.company_id) == col(Company.id))
        .where(col(Company.id) == one.company_id, col(BankAccount.id) == one.bank_account_id)
    ).one()
    is_closed = one.status is ReconciliationStatus.CLOSED and proof.stated.last_on == one.proof.stated.last_on
    return BankReconciliation(
        company=company,
        bank_account=one.bank_account,
        bank_account_number=number,
        ledger_account=one.ledger_account,
        currency=one.currency,
        file_name=one.file_name,
        first_on=proof.stated.first_on,
        as_of=proof.stated.last_on,
        opening_minor=proof.opening_minor,
        lines_minor=proof.stated.lines_minor,
        line_count=proof.stated.line_count,
        bank_minor=proof.stated.closing_minor,
        off_minor=proof.difference_minor,
        parts=_parts(session, one, proof, first_on),
        books_minor=proof.ledger_minor,
        is_closed=is_closed,
        closed_on=one.closed_at.date() if one.closed_at and is_closed else None,
        closed_by=_name_of(session, one.closed_by) if is_closed else "",
        blockers=() if is_closed else tuple(one.blockers),
    )


def _parts(session: Session, one: StatementProof, proof: Proof, first_on: date) -> tuple[OutstandingPart, ...]:
    found: list[OutstandingPart] = []
    for share in proof.causes:
        rows: Sequence[Outstanding] = list_outstanding(
            session, one.company_id, one.bank_account_id, share.cause, first_on=first_on, last_on=proof.stated.last_on
        )
        found.append(OutstandingPart(share.cause, share.amount_minor, max(share.count, len(rows)), tuple(rows)))
    return tuple(found)


def _name_of(session: Session, user_id: UUID | None) -> str:
    if user_id is None:
        return ""
    found: str | None = session.execute(
        select(col(User.display_name)).where(col(User.id) == user_id)
    ).scalar_one_or_none()
    return found or ""
