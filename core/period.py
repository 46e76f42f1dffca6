"""Spans of days, both ends included."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `first_on` to `last_on`, both included; first_on <= last_on."""

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            raise ValueError(f"{self.last_on} lies before {self.first_on}")

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]))

    def __contains__(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on

    def months(self) -> list["Period"]:
        """The calendar months that the period touches, in order, whole."""
        first = self.first_on.year * 12 + self.first_on.month - 1
        last = self.last_on.year * 12 + self.last_on.month - 1
        return [Period.month(m // 12, m % 12 + 1) for m in range(first, last + 1)]
