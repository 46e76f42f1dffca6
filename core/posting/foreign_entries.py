"""Entries with lines in another currency, as they are valued. Values only; core.posting.valuing loads and writes."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from core.errors import RateMissing
from core.exchange.rates import MOST_DAYS, DayRate, KnownRates, convert, value_parts
from models import MatchKind


@dataclass(slots=True)
class ValuedLine:
    """A line of an entry; `base_minor` stays None for one in base currency. `rate_id`: the rate that gave its value."""

    position: int
    account_id: UUID
    amount_minor: int
    currency: str
    base_minor: int | None = None
    rate_id: UUID | None = None


@dataclass(slots=True)
class ForeignEntry:
    """An entry about to be posted with what decides on its values.

    `day` is that of its bank line. `match_id` is that of the confirmed match that booked it. `is_rewritten`: its lines
    are no longer those that are stored.
    """

    id: UUID
    day: date
    reverses_id: UUID | None
    transaction_id: UUID | None
    match_id: UUID | None
    match_kind: MatchKind | None
    lines: list[ValuedLine] = field(default_factory=list)
    is_rewritten: bool = False

    @property
    def bank_line(self) -> ValuedLine:
        return self.lines[0]

    def value(self, base: str, rate: DayRate) -> None:
        """The bank's line at this rate, the other lines of its currency their parts of that."""
        currency = self.bank_line.currency
        if currency == base:
            return
        others = [line for line in self.lines[1:] if line.currency == currency]
        self.bank_line.base_minor = convert(self.bank_line.amount_minor, rate.rate, currency, base)
        self.bank_line.rate_id = rate.id
        amounts = [each.amount_minor for each in others]
        parts = value_parts(amounts, lambda minor: convert(minor, rate.rate, currency, base))
        for line, minor in zip(others, parts, strict=True):
            line.base_minor = minor


def rate_on(rates: KnownRates, currency: str, day: date) -> DayRate:
    """Raises RateMissing: no rate of the day or shortly before it is known."""
    found = rates.on(currency, day)
    if found is None:
        raise RateMissing(currency, day, MOST_DAYS)
    return found
