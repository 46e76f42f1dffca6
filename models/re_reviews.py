"""Entries posted by the policy that were drawn to be decided anew by somebody who does not see what was posted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class ReReview(Row, table=True):
    """An entry in the sample. Kept whether or not it was decided; the database lets it be decided once."""

    __tablename__ = "re_reviews"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        ForeignKeyConstraint(["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        Index("ix_re_reviews_company", "company_id", "decided_at"),
        CheckConstraint("by_count OR by_money", name="drawn_for_something"),
        CheckConstraint("share > 0 AND share <= 1", name="share_is_a_share"),
        CheckConstraint("interval_minor > 0", name="interval_is_an_amount"),
        CheckConstraint(
            "(decided_at IS NULL) = (account_id IS NULL) AND (decided_at IS NULL) = (agreed IS NULL)",
            name="decided_whole",
        ),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    entry_id: UUID
    by_count: bool  # in the sample in which every entry has the same chance, `share`
    by_money: bool  # in the sample in which the chance is the amount over `interval_minor`
    share: float
    interval_minor: int = Field(sa_type=BigInteger)
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="users.id")
    account_id: UUID | None = None  # what was chosen without seeing what was posted
    agreed: bool | None = None  # it was the account that had been posted
