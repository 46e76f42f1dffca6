"""What came in: files, their lines, and amounts expected to be paid."""

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
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from models.base import Row, UtcDateTime, one_of


class FileStatus(StrEnum):
    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    REVERTED = "reverted"


class FileKind(StrEnum):
    STATEMENT = "statement"
    OPEN_ITEMS = "open_items"


class ItemKind(StrEnum):
    INVOICE = "invoice"
    BILL = "bill"
    PAYOUT = "payout"
    PAYROLL = "payroll"


class ItemStatus(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


REVERTED = text("reverted_at IS NOT NULL")


class StatementFile(Row, table=True):
    """One uploaded file and its conservation receipt: new + duplicate + refused = lines, in count and in money.

    The bytes of a duplicate are those of the stored file with the same digest, so they are kept once.
    """

    __tablename__ = "statement_files"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["bank_account_id", "company_id"], ["bank_accounts.id", "bank_accounts.company_id"]),
        Index(
            "uq_statement_files_stored",
            "company_id",
            "sha256",
            unique=True,
            sqlite_where=text("status = 'stored'"),
            postgresql_where=text("status = 'stored'"),
        ),
        CheckConstraint("new_count + duplicate_count + refused_count = line_count", name="lines_conserved"),
        CheckConstraint("new_minor + duplicate_minor + refused_minor = lines_minor", name="money_conserved"),
        one_of("status", FileStatus),
        one_of("kind", FileKind),
    )

    company_id: UUID = Field(foreign_key="companies.id", index=True)
    bank_account_id: UUID | None = None  # None: several accounts, or open items
    name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    size: int  # bytes
    kind: FileKind = Field(sa_type=String(16))
    format: str = Field(default="", max_length=16)
    layout: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    status: FileStatus = Field(sa_type=String(16))
    refusal: str = ""  # why nothing was stored
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    currency: str = Field(default="", max_length=3)
    first_on: date | None = None
    last_on: date | None = None
    opening_minor: int | None = Field(default=None, sa_type=BigInteger)
    closing_minor: int | None = Field(default=None, sa_type=BigInteger)
    line_count: int = 0
    new_count: int = 0
    duplicate_count: int = 0
    refused_count: int = 0
    lines_minor: int = Field(default=0, sa_type=BigInteger)
    new_minor: int = Field(default=0, sa_type=BigInteger)
    duplicate_minor: int = Field(default=0, sa_type=BigInteger)
    refused_minor: int = Field(default=0, sa_type=BigInteger)
    uploaded_by: UUID | None = Field(default=None, foreign_key="users.id")
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
    reverted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The last column: SQLite reads through a row's bytes to reach what stands behind them.
    content: bytes | None = Field(default=None, sa_type=LargeBinary)


class ReceiptSum(Row, table=True):
    """The part of a file's receipt that is of one bank account and currency. Written with the file, never changed.

    The file's own sums of money are 0 where its lines are in several currencies.
    """

    __tablename__ = "receipt_sums"
    __table_args__ = (
        ForeignKeyConstraint(["statement_file_id", "company_id"], ["statement_files.id", "statement_files.company_id"]),
        ForeignKeyConstraint(["bank_account_id", "company_id"], ["bank_accounts.id", "bank_accounts.company_id"]),
        Index("ix_receipt_sums_file", "statement_file_id"),
        CheckConstraint("new_count + duplicate_count + refused_count = line_count", name="lines_conserved"),
        CheckConstraint("new_minor + duplicate_minor + refused_minor = lines_minor", name="money_conserved"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    statement_file_id: UUID
    bank_account_id: UUID | None = None  # None: open items, or rows of which nothing says whose they are
    currency: str = Field(default="", max_length=3)  # "": not known
    line_count: int = 0
    new_count: int = 0
    duplicate_count: int = 0
    refused_count: int = 0
    lines_minor: int = Field(default=0, sa_type=BigInteger)
    new_minor: int = Field(default=0, sa_type=BigInteger)
    duplicate_minor: int = Field(default=0, sa_type=BigInteger)
    refused_minor: int = Field(default=0, sa_type=BigInteger)


class Transaction(Row, table=True):
    """One statement line. Never edited; `reverted_at` alone says that it is out of the books.

    It is set when the line's import is taken back, for good, or when a person deletes the line, until it is restored.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["bank_account_id", "company_id"], ["bank_accounts.id", "bank_accounts.company_id"]),
        ForeignKeyConstraint(["statement_file_id", "company_id"], ["statement_files.id", "statement_files.company_id"]),
        Index(
            "uq_transactions_live_fingerprint",
            "bank_account_id",
            "fingerprint",
            unique=True,
            sqlite_where=text("reverted_at IS NULL"),
            postgresql_where=text("reverted_at IS NULL"),
        ),
        Index("ix_transactions_company_booked", "company_id", "booked_on"),
        Index("ix_transactions_bank_booked", "bank_account_id", "booked_on"),
        Index("ix_transactions_file", "statement_file_id"),
        # Few, so that asking whether a line was taken back costs next to nothing.
        Index("ix_transactions_reverted", "id", sqlite_where=REVERTED, postgresql_where=REVERTED),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    bank_account_id: UUID
    statement_file_id: UUID
    row: int  # in its file, from 1
    booked_on: date
    value_on: date | None = None
    amount_minor: int = Field(sa_type=BigInteger)  # money in > 0
    currency: str = Field(max_length=3)
    description: str  # as the bank wrote it
    counterparty: str = Field(max_length=200)  # normalised
    reference: str = ""
    bank_id: str = ""
    balance_minor: int | None = Field(default=None, sa_type=BigInteger)
    fingerprint: str = Field(max_length=32)  # identity across files, see core.ingestion.duplicates
    reverted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeletedLine(Row, table=True):
    """A person took one line out of the books. As long as it is not restored, no file brings the line back."""

    __tablename__ = "deleted_lines"
    __table_args__ = (
        ForeignKeyConstraint(["transaction_id", "company_id"], ["transactions.id", "transactions.company_id"]),
        Index("ix_deleted_lines_transaction", "transaction_id"),
        Index("ix_deleted_lines_company", "company_id"),
        Index(
            "uq_deleted_lines_standing",
            "transaction_id",
            unique=True,
            sqlite_where=text("restored_at IS NULL"),
            postgresql_where=text("restored_at IS NULL"),
        ),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    transaction_id: UUID
    reason: str
    deleted_by: UUID | None = Field(default=None, foreign_key="users.id")  # None: a script
    deleted_at: datetime = Field(sa_type=UtcDateTime)  # the line's `reverted_at`
    restored_by: UUID | None = Field(default=None, foreign_key="users.id")
    restored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OpenItem(Row, table=True):
    """An amount expected to be received (> 0) or paid (< 0)."""

    __tablename__ = "open_items"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        UniqueConstraint("company_id", "kind", "number"),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        ForeignKeyConstraint(["statement_file_id", "company_id"], ["statement_files.id", "statement_files.company_id"]),
        Index("ix_open_items_company_status", "company_id", "status"),
        one_of("kind", ItemKind),
        one_of("status", ItemStatus),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    statement_file_id: UUID | None = None  # None: entered by hand
    kind: ItemKind = Field(sa_type=String(16))
    number: str = Field(max_length=64)
    counterparty: str = Field(max_length=200)
    issued_on: date
    due_on: date | None = None
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    reference: str = ""
    account_id: UUID  # where its settlement is booked
    status: ItemStatus = Field(default=ItemStatus.OPEN, sa_type=String(16))  # settled: all of it is
    total_minor: int | None = Field(default=None, sa_type=BigInteger)  # the whole, where only a part is expected
    fee_minor: int | None = Field(default=None, sa_type=BigInteger)  # what a processor held back of it, > 0
    file_minor: int | None = Field(default=None, sa_type=BigInteger)  # as its file had it, where a person changed it
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # taken off the list by a person
    # By the confirmed matches, between 0 and the amount; the rest is open.
    settled_minor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


class ItemLayout(Row, table=True):
    """How one program writes its open items, saved for the header of its exports; the newest one is used."""

    __tablename__ = "item_layouts"
    __table_args__ = (Index("ix_item_layouts_company_signature", "company_id", "signature"),)

    company_id: UUID = Field(foreign_key="companies.id")
    signature: str = Field(max_length=64)  # of the header, see core.ingestion.items.layout
    definition: dict[str, Any] = Field(sa_type=JSON)
    saved_by: UUID | None = Field(default=None, foreign_key="users.id")
    saved_at: datetime = Field(sa_type=UtcDateTime)
