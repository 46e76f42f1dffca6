"""Statements that are closed keep their lines booked."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import Session, col

from core.errors import StatementClosed
from core.posting.writing import in_portions
from models import Reconciliation, ReconciliationStatus, Transaction


def check_statements_open(session: Session, company_id: UUID, transaction_ids: Iterable[UUID]) -> None:
    """Raises StatementClosed where one of these bank lines lies in a closed statement of its bank account."""
    for portion in in_portions(transaction_ids):
        closed = session.execute(
            select(col(Reconciliation.first_on), col(Reconciliation.last_on))
            .join(
                Transaction,
                and_(
                    col(Transaction.bank_account_id) == col(Reconciliation.bank_account_id),
                    col(Transaction.booked_on).between(col(Reconciliation.first_on), col(Reconciliation.last_on)),
                ),
            )
            .where(
                col(Reconciliation.company_id) == company_id,
                col(Reconciliation.status) == ReconciliationStatus.CLOSED,
                col(Transaction.company_id) == company_id,
                col(Transaction.id).in_(portion),
            )
            .order_by(col(Reconciliation.first_on))
            .limit(1)
        ).first()
        if closed is not None:
            raise StatementClosed(*closed)
