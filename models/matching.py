"""What settles what, and the proof of each bank account."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field

from models.base import Row, UtcDateTime, one_of


class MatchKind(StrEnum):
    SETTLEMENT = "settlement"  # a line pays an open item
    TRANSFER = "transfer"  # two lines of own accounts


class MatchStatus(StrEnum):
    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class DifferenceKind(StrEnum):
    FEE = "fee"  # held back by a processor
    ADJUSTMENT = "adjustment"  # written off by a person


class ReconciliationStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Match(Row, table=True):
    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        Index("ix_matches_company_status", "company_id", "status"),
        one_of("kind", MatchKind),
        one_of("status", MatchStatus),
        CheckConstraint("score >= 0 AND score <= 1", name="score_is_a_share"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    kind: MatchKind = Field(sa_type=String(16))
    status: MatchStatus = Field(sa_type=String(16))
    score: float
    difference_minor: int = Field(default=0, sa_type=BigInteger)
    reason: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="users.id")


class MatchMember(Row, table=True):
    """A line or an item of a match: exactly one of the two."""

    __tablename__ = "match_members"
    __table_args__ = (
        ForeignKeyConstraint(["match_id", "company_id"], ["matches.id", "matches.company_id"]),
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        ForeignKeyConstraint(["open_item_id", "company_id"], ["open_items.id", "open_items.company_id"]),
        CheckConstraint("(transaction_id IS NULL) <> (open_item_id IS NULL)", name="line_or_item"),
        Index("ix_match_members_match", "match_id"),
        Index("ix_match_members_transaction", "transaction_id"),
        Index("ix_match_members_item", "open_item_id"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    match_id: UUID
    transaction_id: UUID | None = None
    open_item_id: UUID | None = None
    # How much of the item the match settles, with the item's sign; 0 for a line.
    settled_minor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


class MatchDifference(Row, table=True):
    """What the lines of a match differ by from what it settles, and the account that it is booked to.

    Lines = settled parts of the items + differences, to the cent: a payout of 97.00 for sales of 100.00 has a fee of
    -3.00.
    """

    __tablename__ = "match_differences"
    __table_args__ = (
        ForeignKeyConstraint(["match_id", "company_id"], ["matches.id", "matches.company_id"]),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        Index("ix_match_differences_match", "match_id"),
        CheckConstraint("amount_minor <> 0", name="something_differs"),
        one_of("kind", DifferenceKind),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    match_id: UUID
    kind: DifferenceKind = Field(sa_type=String(16))
    account_id: UUID
    amount_minor: int = Field(sa_type=BigInteger)


class MatchRefund(Row, table=True):
    """An earlier payment, or a processor's sale, that the line of a match turns back, wholly or in part.

    What it turns back stays matched as it is. Lines = what is turned back + differences (the fee of a chargeback).
    """

    __tablename__ = "match_refunds"
    __table_args__ = (
        ForeignKeyConstraint(["match_id", "company_id"], ["matches.id", "matches.company_id"]),
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        ForeignKeyConstraint(["open_item_id", "company_id"], ["open_items.id", "open_items.company_id"]),
        CheckConstraint("(transaction_id IS NULL) <> (open_item_id IS NULL)", name="payment_or_sale"),
        CheckConstraint("amount_minor <> 0", name="something_comes_back"),
        Index("ix_match_refunds_match", "match_id"),
        Index("ix_match_refunds_transaction", "transaction_id"),
        Index("ix_match_refunds_item", "open_item_id"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    match_id: UUID
    transaction_id: UUID | None = None  # the payment
    open_item_id: UUID | None = None  # the sale
    amount_minor: int = Field(sa_type=BigInteger)  # in the sign of the line that turns it back


class Reconciliation(Row, table=True):
    """The proof of one bank account for the period of one statement: opening + lines = closing."""

    __tablename__ = "reconciliations"
    __table_args__ = (
        ForeignKeyConstraint(["bank_account_id", "company_id"], ["bank_accounts.id", "bank_accounts.company_id"]),
        ForeignKeyConstraint(["statement_file_id", "company_id"], ["statement_files.id", "statement_files.company_id"]),
        Index("ix_reconciliations_account_period", "bank_account_id", "first_on"),
        CheckConstraint("first_on <= last_on", name="period_in_order"),
        one_of("status", ReconciliationStatus),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    bank_account_id: UUID
    statement_file_id: UUID
    first_on: date
    last_on: date
    opening_minor: int | None = Field(default=None, sa_type=BigInteger)  # None: the statement states none
    closing_minor: int | None = Field(default=None, sa_type=BigInteger)
    lines_minor: int = Field(
        sa_type=BigInteger
    )  # sum of all lines of the statement, duplicates of other files included
    line_count: int
    status: ReconciliationStatus = Field(sa_type=String(16))
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: UUID | None = Field(default=None, foreign_key="users.id")
    reopened_reason: str = ""


class MatchingLook(Row, table=True):
    """What the matching of a company saw when it last came to rest: a digest and the day of each open line and item.

    It only saves work: without it, everything that is open is matched again.
    """

    __tablename__ = "matching_looks"
    __table_args__ = (UniqueConstraint("company_id"),)

    company_id: UUID = Field(foreign_key="companies.id")
    settings: str = Field(max_length=64)  # digest of what concerns all rows
    seen: bytes
    looked_at: datetime = Field(sa_type=UtcDateTime)
