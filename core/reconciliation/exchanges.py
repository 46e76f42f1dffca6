"""Two lines in different currencies as a transfer: what a person may match as one, by the rate of its day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from core.errors import MatchRefused
from core.exchange.loading import known_rates
from core.exchange.rates import KnownRates, convert
from core.posting.foreign_entries import rate_on
from core.reconciliation.members import MemberLine

FURTHEST = Decimal("0.10")  # from the rate of the day; cards and airports take no more


def check_exchange(session: Session, company_id: UUID, base: str, lines: Sequence[MemberLine]) -> None:
    """Two lines of own accounts exchange one currency for the other.

    Raises:
        MatchRefused: the same direction, a line booked already, or amounts far from the rate of the day.
        RateMissing: no rate is known by which that could be told.
    """
    first, second = lines
    if (first.amount_minor < 0) == (second.amount_minor < 0):
        raise MatchRefused("of an exchange one goes out and one comes in")
    for line in lines:
        if line.is_posted:
            raise MatchRefused(f"the line of {line.booked_on} is booked already; take its decision back first")
    rates = known_rates(session, company_id)
    day = min(line.booked_on for line in lines)
    sizes = [worth(rates, abs(line.amount_minor), line.currency, base, day) for line in lines]
    apart = Decimal(abs(sizes[0] - sizes[1])) / max(*sizes, 1)
    if apart > FURTHEST:
        raise MatchRefused(
            f"their amounts are {apart * 100:.1f} % from the rate of the day; check both, and the rate under Settings"
        )


def worth(rates: KnownRates, minor: int, currency: str, base: str, day: date) -> int:
    """The amount in base currency. Raises RateMissing."""
    if currency == base:
        return minor
    return convert(minor, rate_on(rates, currency, day).rate, currency, base)
