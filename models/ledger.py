"""The books: entries, what the machine proposed for them, what people decided."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field

from models.base import Row, UtcDateTime, one_of


class EntryStatus(StrEnum):
    NEEDS_REVIEW = "needs_review"
    POSTED = "posted"
    REJECTED = "rejected"
    REVERSED = "reversed"


class Method(StrEnum):
    """What led to the accounts of an entry."""

    MATCH = "match"
    RULE = "rule"
    MODEL = "model"
    NONE = "none"  # the machine abstained
    MANUAL = "manual"  # a person chose
    REVERSAL = "reversal"


class Outcome(StrEnum):
    APPROVED = "approved"
    CORRECTED = "corrected"
    SPLIT = "split"
    REJECTED = "rejected"


BY_RULE = text("rule_id IS NOT NULL")
LIVE = text("status IN ('needs_review', 'posted') AND transaction_id IS NOT NULL")


class Rule(Row, table=True):
    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        Index("ix_rules_company_position", "company_id", "position"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    position: int  # the first rule that holds decides
    name: str = Field(max_length=120)
    conditions: list[dict[str, Any]] = Field(sa_type=JSON)  # see core.categorization.rule_json
    account_id: UUID  # with parts, that of the first
    is_active: bool = True
    created_by: UUID | None = Field(default=None, foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    memo: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    first_on: date | None = None
    last_on: date | None = None
    goes_on: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # By its code, not its id: a rule kept as a file means the code, and a code that is gone lets the line wait.
    tax_code: str = Field(default="", max_length=16, sa_column_kwargs={"server_default": ""})


class Proposal(Row, table=True):
    """What the machine suggests for a transaction, with everything needed to recompute it."""

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        ForeignKeyConstraint(["rule_id", "company_id"], ["rules.id", "rules.company_id"]),
        ForeignKeyConstraint(["match_id", "company_id"], ["matches.id", "matches.company_id"]),
        ForeignKeyConstraint(["model_version_id", "company_id"], ["model_versions.id", "model_versions.company_id"]),
        Index("ix_proposals_transaction", "transaction_id"),
        Index("ix_proposals_rule", "rule_id", "created_at", sqlite_where=BY_RULE, postgresql_where=BY_RULE),
        CheckConstraint("confidence IS NULL OR (confidence >= 0 AND confidence <= 1)", name="confidence_is_a_share"),
        one_of("method", Method),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    transaction_id: UUID
    account_id: UUID  # suspense when the machine abstains
    method: Method = Field(sa_type=String(16))
    confidence: float | None = None  # calibrated share of like proposals that are right
    reason: str = ""
    hold_reason: str = ""  # why a person has to look; "" when the policy posts it
    alternatives: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # [{"account_id", "probability"}]
    rule_id: UUID | None = None
    match_id: UUID | None = None
    model_version_id: UUID | None = None  # None with method "model": the starter model
    policy: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # the policy it was held against
    created_at: datetime = Field(sa_type=UtcDateTime)


class JournalEntry(Row, table=True):
    """A double entry. Posted ones never change; see the triggers of the first migration."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        ForeignKeyConstraint(["proposal_id", "company_id"], ["proposals.id", "proposals.company_id"]),
        ForeignKeyConstraint(["reverses_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        ForeignKeyConstraint(["replaces_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        Index("uq_journal_entries_live", "transaction_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("uq_journal_entries_reverses", "reverses_id", unique=True),
        # SQLite cannot use the partial index where the status arrives as a parameter.
        Index("ix_journal_entries_transaction", "transaction_id"),
        Index("ix_journal_entries_company_status", "company_id", "status", "booked_on"),
        one_of("status", EntryStatus),
        one_of("method", Method),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    transaction_id: UUID | None = None
    proposal_id: UUID | None = None
    booked_on: date
    memo: str = ""
    status: EntryStatus = Field(sa_type=String(16))
    method: Method = Field(sa_type=String(16))
    auto_approved: bool = False  # posted by policy, without a person
    reverses_id: UUID | None = None  # the entry that this one takes back
    replaces_id: UUID | None = None  # the reversed entry that this one corrects
    created_at: datetime = Field(sa_type=UtcDateTime)
    posted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    posted_by: UUID | None = Field(default=None, foreign_key="users.id")  # None: the policy


class JournalLine(Row, table=True):
    """One side of an entry: debit > 0, credit < 0, in minor units."""

    __tablename__ = "journal_lines"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        Index("ix_journal_lines_entry", "entry_id"),
        Index("ix_journal_lines_account", "account_id"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    entry_id: UUID
    position: int
    account_id: UUID
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)


class Review(Row, table=True):
    """A person's decision on a proposal: the training signal."""

    __tablename__ = "reviews"
    __table_args__ = (
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        ForeignKeyConstraint(["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        ForeignKeyConstraint(["proposal_id", "company_id"], ["proposals.id", "proposals.company_id"]),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        Index("ix_reviews_company_decided", "company_id", "decided_at"),
        Index("ix_reviews_transaction", "transaction_id"),
        one_of("outcome", Outcome),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    transaction_id: UUID
    entry_id: UUID  # the entry that was decided on
    proposal_id: UUID | None = None
    reviewer_id: UUID | None = Field(default=None, foreign_key="users.id")
    outcome: Outcome = Field(sa_type=String(16))
    account_id: UUID | None = None  # what the person chose; None for splits and rejections
    was_automatic: bool = False  # the entry had been posted by policy before
    comment: str = ""
    decided_at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
