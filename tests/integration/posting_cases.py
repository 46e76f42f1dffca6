"""Lines, settlements and posted entries that the tests of posting begin with."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from core.access.audit import verify_chain
from db.engine import unit_of_work
from models import (
    AuditEvent,
    MatchKind,
)
from tests import builders
from tests.unit.posting.cases import (
    waiting,
)


def lines(books, *amounts, **given):
    with unit_of_work() as session:
        return [builders.transaction(session, books, amount_minor=amount, **given).id for amount in amounts]


def audit(company_id: UUID) -> list[AuditEvent]:
    with unit_of_work() as session:
        assert verify_chain(session, company_id.hex) == []
        query = select(AuditEvent).where(col(AuditEvent.company_id) == company_id).order_by(col(AuditEvent.sequence))
        return list(session.execute(query).scalars())


def settled(books, line: UUID, *items: tuple[int, UUID], **given) -> tuple[UUID, list[UUID]]:
    """A settlement of a line by new open items of these amounts and accounts."""
    with unit_of_work() as session:
        rows = [builders.open_item(session, books, amount_minor=minor, account_id=key) for minor, key in items]
        transaction = session.get(builders.Transaction, line)
        match = builders.match(
            session, books, transaction, *rows, **{"kind": MatchKind.SETTLEMENT, "reason": "same amount", **given}
        )
        return match.id, [row.id for row in rows]


def posted_line(books, amount=-1_250, **given) -> tuple[UUID, UUID]:
    """An automatically posted entry: (transaction, entry)."""
    with unit_of_work() as session:
        entry = waiting(session, books, account=books.expense, amount_minor=amount, **given)
        entry.auto_approved = True
        builders.post(session, entry)
        return entry.transaction_id, entry.id
