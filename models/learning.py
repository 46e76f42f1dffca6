"""Trained classifiers of a company."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from models.base import Row, UtcDateTime

ACTIVE = text("is_active")


class ModelVersion(Row, table=True):
    __tablename__ = "model_versions"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        UniqueConstraint("company_id", "number"),
        Index("uq_model_versions_active", "company_id", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    number: int  # 1, 2, … within the company
    trained_at: datetime = Field(sa_type=UtcDateTime)
    reviewed_rows: int  # what it learned from
    figures: dict[str, Any] = Field(sa_type=JSON)  # measured on held-out later rows
    threshold: float | None = None  # chosen for the company's promise; None: too few audited rows
    is_active: bool = False
    reason: str  # why it was activated or not
    artefact: bytes = Field(sa_type=LargeBinary)  # large, therefore last
