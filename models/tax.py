"""Taxes contained in what banks move, and what was computed with them."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row


class TaxCode(Row, table=True):
    """A tax of a company that amounts contain: gross = net + tax, tax = net × rate.

    Only the name and whether it is offered change; another rate is another code.
    """

    __tablename__ = "tax_codes"
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        UniqueConstraint("id", "company_id"),
        ForeignKeyConstraint(["account_id", "company_id"], ["accounts.id", "accounts.company_id"]),
        CheckConstraint("rate_bp > 0 AND rate_bp <= 10000", name="rate_is_a_share"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    code: str = Field(max_length=16)
    name: str = Field(max_length=120)
    rate_bp: int  # of the net amount, in basis points: 1900 is 19 %
    account_id: UUID  # where the tax is booked
    is_active: bool = True


class TaxLine(Row, table=True):
    """The tax in one part of an entry: the line at `position` holds the net amount, the line after it the tax.

    Where the tax is less than half a minor unit there is no line after it. Signs are those of the lines.
    """

    __tablename__ = "tax_lines"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        ForeignKeyConstraint(["tax_code_id", "company_id"], ["tax_codes.id", "tax_codes.company_id"]),
        UniqueConstraint("entry_id", "position"),
        Index("ix_tax_lines_code", "tax_code_id"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    entry_id: UUID
    position: int
    tax_code_id: UUID
    net_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
