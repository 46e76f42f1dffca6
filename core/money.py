"""Money as an integer of the currency's minor unit; Decimal only at the edges."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.core import get_global

from core.errors import CurrencyMismatch, InvalidAmount

MINOR_MAX = 2**63 - 1  # what a BigInteger column holds


@lru_cache(maxsize=512)
def minor_digits(currency: str) -> int:
    """Number of digits of the currency's minor unit (USD 2, JPY 0, KWD 3), from CLDR."""
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


def to_minor(amount: Decimal, currency: str) -> int:
    """The exact integer of minor units.

    Raises:
        InvalidAmount: the amount has more digits than the currency, is not finite, or is too large.
    """
    if not amount.is_finite():
        raise InvalidAmount(str(amount))
    if amount.adjusted() > 30:  # far above what any column holds, and what the arithmetic below could not take
        raise InvalidAmount(str(amount), "it is too large")
    scaled = amount.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        raise InvalidAmount(str(amount), f"{currency} has {minor_digits(currency)} digits after the point")
    if abs(scaled) > MINOR_MAX:
        raise InvalidAmount(str(amount), "it is too large")
    return int(scaled)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount as a Decimal with exactly the currency's digits."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def decimal_text(minor: int, currency: str) -> str:
    """The amount as commands print it: "-1234.50"."""
    return f"{to_decimal(minor, currency):.{minor_digits(currency)}f}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that travels with its currency. `minor` counts minor units."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read plain "1234.5" notation. Raises InvalidAmount."""
        try:
            return cls(to_minor(Decimal(text.strip()), currency), currency)
        except InvalidOperation:
            raise InvalidAmount(text) from None

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def __str__(self) -> str:
        return decimal_text(self.minor, self.currency)
