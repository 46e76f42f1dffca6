"""Exchange rates of a company, and what lines in another currency are worth in its own."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Row, UtcDateTime


class ExchangeRate(Row, table=True):
    """What one unit of a currency is worth in the base currency on a day: `units` / 10 ** `scale`.

    A row never changes; of several for one day the one entered last holds.
    """

    __tablename__ = "exchange_rates"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        CheckConstraint("units > 0", name="units_positive"),
        CheckConstraint("scale BETWEEN 0 AND 12", name="scale_in_range"),
        Index("ix_exchange_rates_day", "company_id", "currency", "rated_on"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    currency: str = Field(max_length=3)
    rated_on: date
    units: int = Field(sa_type=BigInteger)
    scale: int
    source: str = Field(default="", max_length=120)  # where it was read, in a person's words
    entered_by: UUID | None = Field(default=None, foreign_key="users.id")
    entered_at: datetime = Field(sa_type=UtcDateTime)


class BaseValue(Row, table=True):
    """What the line at `position` of an entry is worth in base currency; lines in base currency have none.

    The base values of an entry sum to zero together with its lines in base currency. `rate_id` is the rate that gave
    the value, None where it follows from the other lines or from what the money cost.
    """

    __tablename__ = "base_values"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"]),
        ForeignKeyConstraint(["rate_id", "company_id"], ["exchange_rates.id", "exchange_rates.company_id"]),
        UniqueConstraint("entry_id", "position"),
        Index("ix_base_values_company", "company_id"),
    )

    company_id: UUID = Field(foreign_key="companies.id")
    entry_id: UUID
    position: int
    base_minor: int = Field(sa_type=BigInteger)
    rate_id: UUID | None = None
