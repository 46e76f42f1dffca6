"""Receipts and other papers kept as evidence of a bank line."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class Attachment(Row, table=True):
    """One file, byte for byte as it was attached. Never changed and never deleted."""

    __tablename__ = "attachments"
    __table_args__ = (
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        UniqueConstraint("transaction_id", "sha256"),
    )

    company_id: UUID = Field(foreign_key="companies.id", index=True)
    transaction_id: UUID
    name: str = Field(max_length=255)
    content_type: str = Field(max_length=32)  # by its bytes, not by its name
    sha256: str = Field(max_length=64)
    size: int  # bytes
    attached_by: UUID | None = Field(default=None, foreign_key="users.id")
    attached_at: datetime = Field(sa_type=UtcDateTime)
    # The last column: SQLite reads through a row's bytes to reach what stands behind them.
    content: bytes = Field(sa_type=LargeBinary)
