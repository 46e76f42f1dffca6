"""Exchange rates as exact numbers, and what an amount is worth at one. Values in, values out."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Self
from uuid import UUID

from core.errors import InvalidAmount, InvalidInput
from core.money import MINOR_MAX, minor_digits

MOST_DIGITS = 12  # after the point
MOST_DAYS = 31  # how old a rate may be, so that one a month is enough


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in another one: `units` / 10 ** `scale`, exactly."""

    units: int
    scale: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read plain "1.0832" notation. Raises InvalidInput."""
        try:
            return cls.of(Decimal(text.strip()))
        except InvalidOperation:
            raise InvalidInput(f"“{text}” is no exchange rate. Write it like 1.0832.") from None

    @classmethod
    def of(cls, rate: Decimal) -> Self:
        """Raises InvalidInput: not above zero, more digits than are kept, or too large."""
        if not rate.is_finite() or rate <= 0:
            raise InvalidInput("An exchange rate is a number above zero.")
        if abs(rate.adjusted()) > 17:
            raise InvalidInput(f"An exchange rate of {rate} is out of all proportion; check it.")
        exponent = rate.normalize().as_tuple().exponent
        scale = max(0, -int(exponent))
        if scale > MOST_DIGITS:
            raise InvalidInput(f"An exchange rate has at most {MOST_DIGITS} digits after the point.")
        units = int(rate.scaleb(scale))
        if units > MINOR_MAX:
            raise InvalidInput(f"An exchange rate of {rate} is out of all proportion; check it.")
        return cls(units, scale)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.units).scaleb(-self.scale)

    def __str__(self) -> str:
        return f"{self.decimal:f}"


def convert(minor: int, rate: Rate, currency: str, base: str) -> int:
    """The amount in minor units of `base`, rounded half away from zero: opposite amounts have opposite values.

    Raises:
        InvalidAmount: it is more than the books can hold.
    """
    numerator: int = abs(minor) * rate.units * 10 ** minor_digits(base)
    divisor: int = 10 ** (rate.scale + minor_digits(currency))
    size: int = (2 * numerator + divisor) // (2 * divisor)
    if size > MINOR_MAX:
        raise InvalidAmount(str(size), f"at a rate of {rate} it is too large")
    return size if minor >= 0 else -size


def value_parts(parts: Sequence[int], worth: Callable[[int], int]) -> list[int]:
    """What each part of an amount is worth, so that together they are worth exactly what the whole is.

    Each gets what the sum through it is worth less what the sum before it is worth, so that none is further than one
    minor unit from its own worth: this is where the rest from rounding goes.

    Args:
        parts: minor units, of any signs.
        worth: what an amount is worth; opposite amounts are worth the opposite, nothing is worth nothing.
    """
    values: list[int] = []
    through = before = 0
    for part in parts:
        through += part
        after = worth(through)
        values.append(after - before)
        before = after
    return values


def share(value: int, part: int, whole: int) -> int:
    """value × part / whole, rounded half away from zero. `whole` is not zero."""
    numerator, divisor = (value * part, whole) if whole > 0 else (-value * part, -whole)
    size = (2 * abs(numerator) + divisor) // (2 * divisor)
    return size if numerator >= 0 else -size


@dataclass(frozen=True, slots=True)
class DayRate:
    """A rate as it is known: `id` is its row."""

    currency: str
    rated_on: date
    rate: Rate
    id: UUID


class KnownRates:
    """The rates of a company, one a currency and day."""

    def __init__(self, rates: Iterable[DayRate]) -> None:
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[DayRate]] = {}
        for one in sorted(rates, key=lambda one: one.rated_on):
            self._days.setdefault(one.currency, []).append(one.rated_on)
            self._rates.setdefault(one.currency, []).append(one)

    def covers(self, currency: str) -> bool:
        """Any rate of this currency is known."""
        return currency in self._rates

    def on(self, currency: str, day: date) -> DayRate | None:
        """The rate of the day, else the latest before it, which may be MOST_DAYS old."""
        at = bisect_right(self._days.get(currency, []), day)
        found = self._rates[currency][at - 1] if at else None
        return found if found and (day - found.rated_on).days <= MOST_DAYS else None
