"""The exchange rates of a company, from its rows."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.exchange.rates import DayRate, KnownRates, Rate
from models import ExchangeRate


def known_rates(session: Session, company_id: UUID, currencies: Collection[str] | None = None) -> KnownRates:
    """The rates in force, those of these currencies alone where some are named. The access is checked already."""
    query = (
        select(
            col(ExchangeRate.currency), col(ExchangeRate.rated_on), col(ExchangeRate.units), col(ExchangeRate.scale),
            col(ExchangeRate.id),
        )
        .where(col(ExchangeRate.company_id) == company_id)
        .order_by(col(ExchangeRate.entered_at), col(ExchangeRate.id))
    )  # fmt: skip
    if currencies is not None:
        query = query.where(col(ExchangeRate.currency).in_(currencies))
    latest = {
        (currency, rated_on): DayRate(currency, rated_on, Rate(units, scale), key)
        for currency, rated_on, units, scale, key in session.execute(query)
    }
    return KnownRates(latest.values())


def rates_entered(session: Session, company_id: UUID) -> int:
    """How many rates were ever entered: none leaves. The access is checked already."""
    count: int = session.execute(
        select(func.count()).select_from(ExchangeRate).where(col(ExchangeRate.company_id) == company_id)
    ).scalar_one()
    return count
