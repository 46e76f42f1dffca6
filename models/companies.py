"""A company, its chart of accounts, its bank accounts and how their files look."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, String, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime, one_of


class AccountType(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    EXPENSE = "expense"


class AccountRole(StrEnum):
    """What the product needs to know of an account beyond its type."""

    BANK = "bank"
    TRANSFER_CLEARING = "transfer_clearing"
    SUSPENSE = "suspense"
    RECEIVABLE = "receivable"
    PAYABLE = "payable"
    OWNER = "owner"
    LOAN = "loan"
    TAX = "tax"
    PAYROLL = "payroll"


class AccountPurpose(StrEnum):
    """What the product books by itself where nobody names an account."""

    FEES = "fees"  # what processors hold back of payouts
    ADJUSTMENTS = "adjustments"  # small differences that a person writes off
    EXCHANGE = "exchange"  # gains and losses on other currencies


class BankAccountKind(StrEnum):
    BANK = "bank"
    CARD = "card"
    PROCESSOR = "processor"


class Company(Row, table=True):
    __tablename__ = "companies"
    __table_args__ = (CheckConstraint("fiscal_year_start BETWEEN 1 AND 12", name="fiscal_year_start_month"),)

    slug: str = Field(max_length=40, unique=True)  # never changes: outside ids carry it
    name: str = Field(max_length=120)
    sector: str = Field(max_length=32)
    base_currency: str = Field(max_length=3)
    fiscal_year_start: int = 1  # month
    policy: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # see core.categorization.policy
    closed_through_on: date | None = None  # nothing is booked on or before this day
    created_at: datetime = Field(sa_type=UtcDateTime)


class Account(Row, table=True):
    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        UniqueConstraint("id", "company_id"),
        one_of("type", AccountType),
        CheckConstraint(f"role IS NULL OR role IN ({', '.join(repr(str(r)) for r in AccountRole)})", name="role_known"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    code: str = Field(max_length=16)
    name: str = Field(max_length=120)
    type: AccountType = Field(sa_type=String(16))
    role: AccountRole | None = Field(default=None, sa_type=String(24))
    is_active: bool = True


class DefaultAccount(Row, table=True):
    """The account that a company uses for one purpose; another may be named at any time, entries stay as they are."""

    __tablename__ = "default_accounts"
    __table_args__ = (
        UniqueConstraint("company_id", "purpose"),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        one_of("purpose", AccountPurpose),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    purpose: AccountPurpose = Field(sa_type=String(16))
    account_id: UUID


class BankAccount(Row, table=True):
    __tablename__ = "bank_accounts"
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        one_of("kind", BankAccountKind),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    code: str = Field(max_length=40)  # "checking"; names it in commands
    name: str = Field(max_length=120)
    kind: BankAccountKind = Field(sa_type=String(16))
    number: str = Field(default="", max_length=64)  # as the bank writes it in its files
    currency: str = Field(max_length=3)
    account_id: UUID = Field(unique=True)  # the ledger account it feeds
    is_active: bool = True


class Layout(Row, table=True):
    """How one bank writes its file, saved for a bank account; the newest one is used."""

    __tablename__ = "layouts"
    __table_args__ = (
        ForeignKeyConstraint(["bank_account_id", "company_id"], ["bank_accounts.id", "bank_accounts.company_id"]),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    bank_account_id: UUID = Field(index=True)
    definition: dict[str, Any] = Field(sa_type=JSON)  # see core.ingestion.layout
    saved_by: UUID | None = Field(default=None, foreign_key="users.id")
    saved_at: datetime = Field(sa_type=UtcDateTime)
