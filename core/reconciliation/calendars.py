"""The statement calendars of a company's bank accounts, from what is stored."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.reconciliation.statement_calendar import AccountCalendar, CalendarStatement, lay_out, months_between
from models import BankAccount, FileStatus, Reconciliation, StatementFile, Transaction


def statement_calendar(
    session: Session, caller: Caller, company_id: UUID, *, today: date
) -> tuple[AccountCalendar, ...]:
    """The calendars of the company's active bank accounts, by code; one row is read a statement, none a line.

    Args:
        today: a month that is over and has no statement counts as missing.

    Raises: NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    accounts = session.execute(
        select(col(BankAccount.id), col(BankAccount.name), col(BankAccount.code), col(BankAccount.currency))
        .where(col(BankAccount.company_id) == company_id, col(BankAccount.is_active))
        .order_by(col(BankAccount.code), col(BankAccount.id))
    ).all()
    statements = _statements(session, company_id)
    first_on = min((one.first_on for found in statements.values() for one in found), default=None)
    if first_on is None:
        return ()
    last_on = max(today, *(one.last_on for found in statements.values() for one in found))
    months = months_between(first_on, last_on)
    return tuple(
        AccountCalendar(key, name, code, currency, *lay_out(statements.get(key, []), months, today))
        for key, name, code, currency in accounts
    )


def _statements(session: Session, company_id: UUID) -> dict[UUID, list[CalendarStatement]]:
    """Statements by bank account, in the order of their days; the lines of each are counted by the database."""
    live = (
        select(func.count(col(Transaction.id)))
        .where(
            col(Transaction.bank_account_id) == col(Reconciliation.bank_account_id),
            col(Transaction.booked_on).between(col(Reconciliation.first_on), col(Reconciliation.last_on)),
            col(Transaction.company_id) == company_id,
            col(Transaction.reverted_at).is_(None),
        )
        .correlate(Reconciliation)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            col(Reconciliation.bank_account_id), col(StatementFile.name), col(Reconciliation.first_on),
            col(Reconciliation.last_on), col(Reconciliation.opening_minor), col(Reconciliation.closing_minor),
            col(Reconciliation.lines_minor), col(Reconciliation.line_count), live,
        )
        .join(StatementFile, col(StatementFile.id) == col(Reconciliation.statement_file_id))
        .where(col(Reconciliation.company_id) == company_id, col(StatementFile.status) == FileStatus.STORED)
        .order_by(col(Reconciliation.first_on), col(Reconciliation.last_on), col(Reconciliation.id))
    )  # fmt: skip
    found: dict[UUID, list[CalendarStatement]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(CalendarStatement(*row[1:]))
    return found
