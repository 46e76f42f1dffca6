"""How the ledger's lines are read in one currency, for every report alike.

In base currency: lines in it, and lines in others that have a value in it. In another currency: only lines without such
a value, which are books kept apart; so nothing is in two reports.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from models import BaseValue, JournalLine


@dataclass(frozen=True)
class InCurrency:
    """`minor`: what a line counts. `condition`: which lines count. `joined` has to be called where `has_values`."""

    minor: ColumnElement[Any] | Mapped[int]
    condition: ColumnElement[bool]
    has_values: bool

    def joined(self, query: Any) -> Any:
        """The query, which selects from journal lines, with their values beside them."""
        return query.outerjoin(BaseValue, value_of_line()) if self.has_values else query


def value_of_line() -> ColumnElement[bool]:
    """Joins a journal line with its value in base currency."""
    return and_(
        col(BaseValue.entry_id) == col(JournalLine.entry_id), col(BaseValue.position) == col(JournalLine.position)
    )


def has_values(session: Session, company_id: UUID) -> bool:
    """Any line of the company has a value in base currency; companies with one currency pay for no join."""
    found = session.execute(select(exists().where(col(BaseValue.company_id) == company_id)))
    return bool(found.scalar_one())


def in_currency(session: Session, company_id: UUID, currency: str, base: str) -> InCurrency:
    """How lines are read in this currency of a company with this base currency."""
    amount, of_currency = col(JournalLine.amount_minor), col(JournalLine.currency) == currency
    if not has_values(session, company_id):
        return InCurrency(amount, of_currency, has_values=False)
    value = col(BaseValue.base_minor)
    if currency == base:
        return InCurrency(
            case((of_currency, amount), else_=value), or_(of_currency, value.is_not(None)), has_values=True
        )
    return InCurrency(amount, and_(of_currency, value.is_(None)), has_values=True)
