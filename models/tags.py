"""Words that a company marks bank lines with: a project, a shop, a class."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class Tag(Row, table=True):
    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("id", "company_id"), UniqueConstraint("company_id", "name"))

    company_id: UUID = Field(foreign_key="companies.id")
    name: str = Field(max_length=40)


class LineTag(Row, table=True):
    """A bank line has the tag. Gone when it is taken off; the audit log tells of both."""

    __tablename__ = "line_tags"
    __table_args__ = (
        UniqueConstraint("transaction_id", "tag_id"),
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        ForeignKeyConstraint(["tag_id", "company_id"], ["tags.id", "tags.company_id"]),
        Index("ix_line_tags_tag", "tag_id"),
        Index("ix_line_tags_company", "company_id"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    transaction_id: UUID
    tag_id: UUID
    set_by: UUID | None = Field(default=None, foreign_key="users.id")
    set_at: datetime = Field(sa_type=UtcDateTime)
