"""Laws 1 and 2 on what lines in other currencies are worth in base currency."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.access.audit import Violation
from core.exchange.rates import Rate, convert
from core.verification.ledger import IN_LEDGER
from core.verification.scope import Finding, Query, Scope, finding
from models import BaseValue, Company, ExchangeRate, JournalEntry, JournalLine

_ENTRY = (col(JournalEntry.company_id), col(JournalEntry.id))
_OF_LINE = and_(
    col(BaseValue.entry_id) == col(JournalLine.entry_id), col(BaseValue.position) == col(JournalLine.position)
)


def entries_balance_in_base(scope: Scope) -> Finding:
    """Law 1: an entry with values has one for each line in another currency and for no other, and sums to zero with
    them; what a rate gave is what that rate gives."""
    is_foreign = col(JournalLine.currency) != col(Company.base_currency)
    minor = func.coalesce(BaseValue.base_minor, JournalLine.amount_minor)
    valued = (
        select(*_ENTRY)
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Company, col(Company.id) == col(JournalEntry.company_id))
        .outerjoin(BaseValue, _OF_LINE)
        .where(
            col(JournalEntry.company_id).in_(scope.ids),
            col(JournalEntry.id).in_(select(col(BaseValue.entry_id)).where(col(BaseValue.company_id).in_(scope.ids))),
        )
    )
    uneven = scope.first(valued.group_by(*_ENTRY).having(func.sum(minor) != 0))
    partly = scope.first(valued.where(is_foreign != col(BaseValue.id).is_not(None)))
    astray = scope.first(
        select(col(BaseValue.company_id), col(BaseValue.entry_id))
        .outerjoin(JournalLine, _OF_LINE)
        .outerjoin(JournalEntry, _in_ledger())
        .where(
            col(BaseValue.company_id).in_(scope.ids),
            or_(col(JournalLine.id).is_(None), col(JournalEntry.id).is_(None)),
        )
    )
    off = next(_off_their_rate(scope), None)
    said = (
        (uneven, "its lines do not sum to zero in base currency"),
        (partly, "not each of its lines in another currency, and no other, has a value in base currency"),
        (astray, "a value in base currency belongs to no line of it, or it is not posted"),
        (off, "a line is not worth what its exchange rate gives"),
    )
    return finding(_count(scope), *(found and Violation(1, scope.entry(*found), what) for found, what in said))


def _in_ledger() -> Any:
    return and_(
        col(JournalEntry.id) == col(BaseValue.entry_id),
        col(JournalEntry.company_id) == col(BaseValue.company_id),
        col(JournalEntry.status).in_(IN_LEDGER),
    )


def _count(scope: Scope) -> int:
    return scope.count(select(func.count()).select_from(BaseValue).where(col(BaseValue.company_id).in_(scope.ids)))


def _off_their_rate(scope: Scope) -> Iterator[tuple[Any, Any]]:
    """The entries with a line whose value is not its amount at its rate."""
    rows = scope.session.execute(
        select(
            col(BaseValue.company_id), col(BaseValue.entry_id), col(BaseValue.base_minor),
            col(JournalLine.amount_minor), col(JournalLine.currency), col(Company.base_currency),
            col(ExchangeRate.units), col(ExchangeRate.scale), col(ExchangeRate.currency),
        )
        .join(JournalLine, _OF_LINE)
        .join(Company, col(Company.id) == col(BaseValue.company_id))
        .join(ExchangeRate, col(ExchangeRate.id) == col(BaseValue.rate_id))
        .where(col(BaseValue.company_id).in_(scope.ids))
        .execution_options(yield_per=5_000)
    )  # fmt: skip
    for company_id, entry_id, value, amount, currency, base, units, scale, rated in rows:
        if rated != currency or convert(amount, Rate(units, scale), currency, base) != value:
            yield company_id, entry_id


def reversals_are_exact_in_base(scope: Scope) -> Finding:
    """Law 2: a reversal has exactly the opposite values of what it takes back."""
    reversal = aliased(JournalEntry)
    pairs: Any = select(*_ENTRY).join(reversal, col(reversal.reverses_id) == col(JournalEntry.id))
    sides: list[Query] = [
        pairs.add_columns(
            col(JournalLine.account_id).label("account"), col(JournalLine.currency).label("currency"),
            (sign * col(BaseValue.base_minor)).label("minor"), literal(sign).label("n"),
        )
        .join(BaseValue, col(BaseValue.entry_id) == entry_id)
        .join(JournalLine, _OF_LINE)
        .where(col(JournalEntry.company_id).in_(scope.ids), col(reversal.status).in_(IN_LEDGER))
        for sign, entry_id in ((1, col(JournalEntry.id)), (-1, col(reversal.id)))
    ]  # fmt: skip
    both = union_all(*sides).subquery()
    key = (both.c.company_id, both.c.id)
    uneven = (
        select(*key)
        .group_by(*key, both.c.account, both.c.currency, both.c.minor)
        .having(func.sum(case((both.c.n > 0, 1), else_=-1)) != 0)
    )
    found = scope.first(uneven)
    return finding(
        _count(scope),
        found and Violation(2, scope.entry(*found), "its reversal does not have exactly the opposite values"),
    )
