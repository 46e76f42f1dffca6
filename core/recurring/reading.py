"""The recurring series of a company, from its stored bank lines."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.shown_names import as_shown, shown_names
from core.recurring.finding import find_series
from core.recurring.series import RecurringLine, RecurringSeries
from models import BankAccount, FileStatus, Reconciliation, StatementFile, Transaction

DAYS = 761  # 25 months: two payments of a year, the later one a few weeks late


def recurring_series(session: Session, caller: Caller, company_id: UUID, *, today: date) -> list[RecurringSeries]:
    """What comes back in the active bank accounts of a company, found in the 25 months that end with its last line.

    Four queries, however many lines there are.

    Args:
        today: lines of later days, which some banks announce, are left out.

    Raises: NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    live = (
        col(Transaction.company_id) == company_id,
        col(Transaction.reverted_at).is_(None),
        col(Transaction.booked_on) <= today,
    )
    last_on = session.execute(select(func.max(col(Transaction.booked_on))).where(*live)).scalar()
    if last_on is None:
        return []
    rows = session.execute(
        select(col(Transaction.bank_account_id), col(Transaction.counterparty), col(Transaction.currency),
               col(Transaction.booked_on), col(Transaction.amount_minor))
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .where(*live, col(Transaction.booked_on) > last_on - timedelta(days=DAYS), col(BankAccount.is_active))
        .order_by(col(Transaction.booked_on), col(Transaction.id))
    ).all()  # fmt: skip
    names = as_shown([row[1] for row in rows], shown_names(session, company_id))
    lines = [
        RecurringLine(bank, name, currency, on, minor)
        for (bank, _, currency, on, minor), name in zip(rows, names, strict=True)
    ]
    return find_series(lines, _covered(session, company_id, today))


def bank_names(session: Session, caller: Caller, company_id: UUID) -> dict[UUID, str]:
    """The names of a company's bank accounts. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(col(BankAccount.id), col(BankAccount.name)).where(col(BankAccount.company_id) == company_id)
    )
    return {key: name for key, name in rows}  # noqa: C416


def _covered(session: Session, company_id: UUID, today: date) -> dict[UUID, date]:
    """By bank account the last day that a stored statement covers, today at the latest."""
    rows = session.execute(
        select(col(Reconciliation.bank_account_id), func.max(col(Reconciliation.last_on)))
        .join(StatementFile, col(StatementFile.id) == col(Reconciliation.statement_file_id))
        .where(col(Reconciliation.company_id) == company_id, col(StatementFile.status) == FileStatus.STORED)
        .group_by(col(Reconciliation.bank_account_id))
    )
    return {bank: min(last_on, today) for bank, last_on in rows}
