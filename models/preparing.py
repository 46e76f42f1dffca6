"""What one person prepared for another to approve."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class Preparation(Row, table=True):
    """Who made a proposal by hand above the limit for one person. Never changed and never deleted.

    It belongs to the proposal and not to an entry: whichever entry carries the proposal is posted by somebody else.
    """

    __tablename__ = "preparations"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        ForeignKeyConstraint(["proposal_id", "company_id"], ["proposals.id", "proposals.company_id"]),
        ForeignKeyConstraint(["before_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        Index("ix_preparations_transaction", "transaction_id"),
        Index("ix_preparations_prepared_by", "company_id", "prepared_by", "prepared_at"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    transaction_id: UUID
    proposal_id: UUID
    before_id: UUID | None = None  # the entry in whose place it came; None for a match made by hand
    prepared_by: UUID | None = Field(default=None, foreign_key="users.id")  # None: a script
    prepared_at: datetime = Field(sa_type=UtcDateTime)
    comment: str = ""
    # All but the bank's line, as core.posting.preparing writes them; [] for a match, which says it itself.
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
