"""Who did what, chained by hashes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class AuditEvent(Row, table=True):
    """One change. Append-only; `hash` covers the event and `previous_hash`.

    `chain` is the company's id in hex, or "installation" for what belongs to no company (users).
    A bulk operation writes one event with the count and digest of its rows.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        Index("ix_audit_events_company_at", "company_id", "at"),
    )

    chain: str = Field(max_length=32)
    sequence: int  # 1, 2, … within the chain
    company_id: UUID | None = Field(default=None, foreign_key="companies.id")
    at: datetime = Field(sa_type=UtcDateTime)
    user_id: UUID | None = Field(default=None, foreign_key="users.id")
    via: str = Field(max_length=64)  # page, API, script or job
    action: str = Field(max_length=64)
    subject: str = Field(max_length=64)  # kind of row
    subject_id: UUID | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    row_count: int = 1
    rows_digest: str = Field(default="", max_length=64)  # SHA-256 over the rows of a bulk operation
    previous_hash: str = Field(max_length=64)  # "" for the first of a chain
    hash: str = Field(max_length=64)
