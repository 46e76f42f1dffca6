"""How a company calls its counterparties."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime, one_of


class AliasOrigin(StrEnum):
    BY_HAND = "by_hand"  # written in the list of names
    CORRECTION = "correction"  # learned from a name that a reviewer corrected
    MATCH = "match"  # learned from confirmed matches, kept by a person


class CounterpartyAlias(Row, table=True):
    """A printed name and the name to show for it. Lines keep the printed one; the shown one is looked up.

    `shown` None: the printed name is right as it is, and nothing is suggested for it.
    """

    __tablename__ = "counterparty_aliases"
    __table_args__ = (
        UniqueConstraint("company_id", "printed"),
        Index("ix_counterparty_aliases_shown", "company_id", "shown"),
        CheckConstraint("printed <> ''", name="printed_given"),
        CheckConstraint("shown <> '' AND shown <> printed", name="shown_differs"),
        one_of("origin", AliasOrigin),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    printed: str = Field(max_length=200)  # as transactions.counterparty holds it
    shown: str | None = Field(default=None, max_length=200)
    origin: AliasOrigin = Field(sa_type=String(16))
    changed_by: UUID | None = Field(default=None, foreign_key="users.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)
