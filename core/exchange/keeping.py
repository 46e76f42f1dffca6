"""The exchange rates that a company keeps: entered by hand or from a file, listed, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import AlreadyTaken, InvalidInput
from core.exchange.rates import Rate
from core.founding import checked_currency
from core.posting.chart_keeping import add_account
from core.posting.default_accounts import name_default_account
from core.posting.named_accounts import default_account
from core.posting.open_entries import open_company
from models import AccountPurpose, AccountType, ExchangeRate, User

ACCOUNT = ("6995", "Exchange Gains and Losses")  # added with the first rate, unless its code is in use
SOURCE_MAX = 120
AHEAD = timedelta(days=1)  # it is tomorrow somewhere already


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate as entered: one unit of `currency` is worth `rate` in base currency."""

    currency: str
    rated_on: date
    rate: Rate


@dataclass(frozen=True, slots=True)
class KeptRate:
    """A rate as listed. `is_replaced`: a later one for the same day holds."""

    currency: str
    rated_on: date
    rate: Rate
    source: str
    entered_by: str  # "" for a script
    entered_at: datetime
    is_replaced: bool


def add_rates(
    session: Session,
    caller: Caller,
    company_id: UUID,
    rates: Sequence[NewRate],
    *,
    source: str,
    now: datetime,
) -> int:
    """Keep these rates; how many are new. One that holds already is passed over; another for its day replaces it.

    Entries that are posted stay as they are. With its first rate a company gets an account for exchange gains and
    losses, if it has named none.

    Args:
        source: where the rates were read, such as "ECB" or a file's name.

    Raises:
        InvalidInput: no rates, an unknown currency, the base currency, a day to come, or two rates for one day.
        NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.CONFIGURE)
    wanted = _checked(rates, company.base_currency, now)
    holding = _holding(session, company_id, {one.currency for one in wanted})
    new = [one for one in wanted if holding.get((one.currency, one.rated_on)) != one.rate]
    for one in new:
        session.add(
            ExchangeRate(
                company_id=company_id, currency=one.currency, rated_on=one.rated_on, units=one.rate.units,
                scale=one.rate.scale, source=source.strip()[:SOURCE_MAX], entered_by=caller.user_id, entered_at=now,
            )
        )  # fmt: skip
    if not new:
        return 0
    session.flush()
    record(
        session, caller, company_id=company_id, action="exchange rates entered", subject="exchange rate", now=now,
        before={_name(one): str(old) for one in new[:1] if (old := holding.get((one.currency, one.rated_on)))},
        after={"source": source.strip()[:SOURCE_MAX], **{_name(one): str(one.rate) for one in new[:1]}},
        row_count=len(new), rows_digest=rows_digest((_name(one), str(one.rate)) for one in new),
    )  # fmt: skip
    _name_account(session, caller, company_id, now)
    return len(new)


def list_rates(session: Session, caller: Caller, company_id: UUID, *, most: int = 200) -> list[KeptRate]:
    """The rates, the latest days first, for one day the one that holds first. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(ExchangeRate, col(User.display_name))
        .outerjoin(User, col(User.id) == col(ExchangeRate.entered_by))
        .where(col(ExchangeRate.company_id) == company_id)
        .order_by(
            col(ExchangeRate.rated_on).desc(), col(ExchangeRate.currency), col(ExchangeRate.entered_at).desc(),
            col(ExchangeRate.id).desc(),
        )
        .limit(most)
    )  # fmt: skip
    seen: set[tuple[str, date]] = set()
    listed: list[KeptRate] = []
    for row, name in rows:
        key = (row.currency, row.rated_on)
        listed.append(KeptRate(*key, Rate(row.units, row.scale), row.source, name or "", row.entered_at, key in seen))
        seen.add(key)
    return listed


def _checked(rates: Sequence[NewRate], base: str, now: datetime) -> list[NewRate]:
    if not rates:
        raise InvalidInput("There is no exchange rate to keep.")
    found: dict[tuple[str, date], NewRate] = {}
    for one in rates:
        currency = checked_currency(one.currency)
        if currency == base:
            raise InvalidInput(f"{base} is the currency of these books; enter the rates of other currencies.")
        if one.rated_on > (now + AHEAD).date():
            raise InvalidInput(f"{one.rated_on} is a day to come; its rate is not known yet.")
        key = (currency, one.rated_on)
        if key in found and found[key].rate != one.rate:
            raise InvalidInput(f"There are two rates for {currency} on {one.rated_on}; keep one of them.")
        found[key] = NewRate(currency, one.rated_on, one.rate)
    return list(found.values())


def _holding(session: Session, company_id: UUID, currencies: set[str]) -> dict[tuple[str, date], Rate]:
    rows = session.execute(
        select(col(ExchangeRate.currency), col(ExchangeRate.rated_on), col(ExchangeRate.units), col(ExchangeRate.scale))
        .where(col(ExchangeRate.company_id) == company_id, col(ExchangeRate.currency).in_(currencies))
        .order_by(col(ExchangeRate.entered_at), col(ExchangeRate.id))
    )
    return {(currency, rated_on): Rate(units, scale) for currency, rated_on, units, scale in rows}


def _name(one: NewRate) -> str:
    return f"{one.currency} {one.rated_on}"


def _name_account(session: Session, caller: Caller, company_id: UUID, now: datetime) -> None:
    if default_account(session, company_id, AccountPurpose.EXCHANGE) is not None:
        return
    code, name = ACCOUNT
    try:
        account = add_account(session, caller, company_id, code=code, name=name, type=AccountType.EXPENSE, now=now)
    except AlreadyTaken:
        return  # a person names one under Settings
    name_default_account(session, caller, company_id, AccountPurpose.EXCHANGE, account.id, now=now)
