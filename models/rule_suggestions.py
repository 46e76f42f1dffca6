"""Suggested rules that a person does not want."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class DismissedRule(Row, table=True):
    """A suggestion that is not made again: this counterparty and direction to this account."""

    __tablename__ = "dismissed_rules"
    __table_args__ = (
        UniqueConstraint("company_id", "counterparty", "money_in", "account_id"),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    counterparty: str  # as the company calls it
    money_in: bool
    account_id: UUID
    dismissed_by: UUID | None = Field(default=None, foreign_key="users.id")
    dismissed_at: datetime = Field(sa_type=UtcDateTime)
