"""Two lines in different currencies as a transfer: what the machine finds and what a person may match as one."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from core.errors import MatchRefused
from core.exchange.loading import known_rates
from core.exchange.rates import KnownRates, convert
from core.matching.exchanges import find_exchanges
from core.matching.values import BankLines, Decision, ProposedMatch
from core.posting.foreign_entries import rate_on
from core.posting.named_accounts import default_account
from core.posting.open_entries import OpenCompany
from core.reconciliation.members import MemberLine
from models import AccountPurpose

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


def exchanges_among(
    session: Session, company: OpenCompany, lines: BankLines, free: Sequence[int], excluded: Collection[frozenset[str]]
) -> list[ProposedMatch]:
    """What may be exchanges among these lines; none is certain as long as the account for its gain is not named."""
    if len({lines.currency[i] for i in free}) < 2:
        return []
    rates = known_rates(session, company.id)

    def known_worth(minor: int, currency: str, day: date) -> int | None:
        rate = rates.on(currency, day)
        if currency == company.base_currency:
            return minor
        return convert(minor, rate.rate, currency, company.base_currency) if rate else None

    found: list[ProposedMatch] = find_exchanges(lines, free, known_worth, excluded=excluded)
    if default_account(session, company.id, AccountPurpose.EXCHANGE) is not None:
        return found
    return [replace(match, decision=Decision.SUGGEST) for match in found]


def worth(rates: KnownRates, minor: int, currency: str, base: str, day: date) -> int:
    """The amount in base currency. Raises RateMissing."""
    if currency == base:
        return minor
    return convert(minor, rate_on(rates, currency, day).rate, currency, base)
