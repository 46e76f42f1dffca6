"""Seeded draws: the same seed and name give the same values in every process."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")

FIRST_ON = date(2024, 10, 1)
LAST_ON = date(2025, 9, 30)

# Days on which US banks do not post, besides weekends (Federal Reserve holidays of the simulated year).
BANK_HOLIDAYS = frozenset(
    {
        date(2024, 10, 14),
        date(2024, 11, 11),
        date(2024, 11, 28),
        date(2024, 12, 25),
        date(2025, 1, 1),
        date(2025, 1, 20),
        date(2025, 2, 17),
        date(2025, 5, 26),
        date(2025, 6, 19),
        date(2025, 7, 4),
        date(2025, 9, 1),
    }
)

_CHARACTERS = re.compile(r"\{([dah])(\d+)\}")
_ALPHABETS = {"d": "0123456789", "a": "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", "h": "0123456789abcdefghjkmnpqrstvwxyz"}


def banking_day(on: date) -> date:
    """`on`, or the next day on which a bank posts; the last such day of the year where that lies beyond its end."""
    step = timedelta(days=1)
    day = on
    while day.weekday() >= 5 or day in BANK_HOLIDAYS:
        day += step
    while day > LAST_ON or day.weekday() >= 5:
        day -= step
    return day


def within_year(on: date) -> date:
    """`on`, moved to the nearest day of the simulated year."""
    return min(max(on, FIRST_ON), LAST_ON)


class Draw:
    """A stream of random values for one company. Money is drawn as integers of minor units."""

    def __init__(self, seed: int, name: str) -> None:
        # A text seed goes through SHA-512, so neither PYTHONHASHSEED nor the process matters.
        # Not for secrets: these are invented data.
        self._random = Random(f"{seed}/{name}")  # noqa: S311  # nosec B311

    def integer(self, low: int, high: int) -> int:
        """Any integer from `low` to `high`, both included."""
        return self._random.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self._random.randrange(len(choices))]

    def weighted(self, choices: Sequence[T], weights: Sequence[int]) -> T:
        return self._random.choices(choices, weights)[0]

    def amount(self, low: int, high: int, step: int = 1) -> int:
        """An amount from `low` to `high` minor units, small ones more often, a multiple of `step`."""
        drawn = min(self.integer(low, high), self.integer(low, high))
        return max(drawn // step, 1) * step

    def day(self, months: Sequence[int] = ()) -> date:
        """A day of the simulated year, in one of the calendar `months` if any are given."""
        while True:
            day = FIRST_ON + timedelta(days=self.integer(0, (LAST_ON - FIRST_ON).days))
            if not months or day.month in months:
                return day

    def text(self, template: str, on: date) -> str:
        """Fill a bank text: {d4} digits, {a9} capitals and digits, {h8} small letters and digits, {mmdd} and the like
        a date up to two days before `on`. Other placeholders ({check}, {ref}) stay for whoever knows them.
        """
        spent_on = on - timedelta(days=self.integer(0, 2))
        for name, form in (("{mmdd}", "%m%d"), ("{mm/dd}", "%m/%d"), ("{yymmdd}", "%y%m%d")):
            template = template.replace(name, spent_on.strftime(form))
        return _CHARACTERS.sub(lambda found: self.characters(found[1], int(found[2])), template)

    def characters(self, kind: str, length: int) -> str:
        """`length` characters: kind d digits, a capitals and digits, h small letters and digits."""
        return "".join(self._random.choices(_ALPHABETS[kind], k=length))
