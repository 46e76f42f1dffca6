"""The opening balances that a company's books start from, with the trial balance that they were read from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class OpeningBalances(Row, table=True):
    """One booking of opening balances; those whose entry is posted are in force, and there is at most one of them."""

    __tablename__ = "opening_balances"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        ForeignKeyConstraint(["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        Index("ix_opening_balances_company", "company_id"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    entry_id: UUID
    name: str = Field(max_length=255)  # of the file
    sha256: str = Field(max_length=64)
    booked_by: UUID | None = Field(default=None, foreign_key="users.id")
    booked_at: datetime = Field(sa_type=UtcDateTime)
    content: bytes = Field(sa_type=LargeBinary)  # the file byte for byte
