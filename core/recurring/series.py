"""A series of bank lines that come back, when it comes next, and whether that is as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median_low
from uuid import UUID

from core.recurring.schedules import Frequency, Schedule

LATEST = 3  # amounts that say what is usual
BAND = 1.25  # how far beyond its earlier amounts a varying one may lie
FIXED_SHARE = 0.6  # of neighbouring amounts that are equal to the cent
_ENDED_AFTER = {Frequency.QUARTERLY: 2, Frequency.YEARLY: 2}  # misses; three of what comes more often


class SeriesState(StrEnum):
    MISSING = "missing"  # the days when it should have come are covered by statements, and it did not
    CHANGED = "changed"  # it came, but not with the usual amount
    DUE = "due"  # as it was; the next one is awaited
    ENDED = "ended"  # missed several times in a row


@dataclass(frozen=True, slots=True)
class RecurringLine:
    """What matters of one bank line; `amount_minor` > 0 is money in."""

    bank_account_id: UUID
    counterparty: str  # as the company calls it
    currency: str
    booked_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RecurringSeries:
    """Lines of one bank account, counterparty and direction that come back; the days of `schedule` are its own.

    Args:
        lines: by day, at least two.
        numbers: the place of each in the schedule, ascending.
        covered_on: through which day the bank account's lines are known.
    """

    schedule: Schedule
    lines: tuple[RecurringLine, ...]
    numbers: tuple[int, ...]
    covered_on: date

    @property
    def frequency(self) -> Frequency:
        return self.schedule.frequency

    @property
    def counterparty(self) -> str:
        return self.lines[0].counterparty

    @property
    def bank_account_id(self) -> UUID:
        return self.lines[0].bank_account_id

    @property
    def currency(self) -> str:
        return self.lines[0].currency

    @property
    def amounts(self) -> list[int]:
        return [line.amount_minor for line in self.lines]

    @property
    def is_fixed(self) -> bool:
        """Whether the amount stays the same for long; else it varies within `band`."""
        return is_fixed(self.amounts)

    @property
    def band(self) -> tuple[int, int]:
        """The smallest and the largest amount so far, by size, in minor units with their sign."""
        return min(self.amounts, key=abs), max(self.amounts, key=abs)

    @property
    def usual_minor(self) -> int:
        """The median of the latest amounts before the last one."""
        return median_low(self.amounts[:-1][-LATEST:])

    @property
    def expected_minor(self) -> int:
        """The median of the latest amounts."""
        return median_low(self.amounts[-LATEST:])

    @property
    def expected_on(self) -> date:
        """The day when the next one should come, or should have come."""
        return self.schedule.day(self.numbers[-1] + 1)

    @property
    def misses(self) -> int:
        """How many did not come though their days, with the tolerance, are covered by statements."""
        late = timedelta(days=self.frequency.tolerance)
        missed = 0
        while self.schedule.day(self.numbers[-1] + missed + 1) + late < self.covered_on:
            missed += 1
        return missed

    @property
    def state(self) -> SeriesState:
        misses = self.misses
        if misses >= _ENDED_AFTER.get(self.frequency, 3):
            return SeriesState.ENDED
        if misses:
            return SeriesState.MISSING
        return SeriesState.CHANGED if self._is_changed() else SeriesState.DUE

    def _is_changed(self) -> bool:
        *earlier, last = (abs(amount) for amount in self.amounts)
        if self.is_fixed:
            return last not in (earlier[-1], abs(self.usual_minor))
        return len(earlier) > LATEST and not min(earlier) / BAND <= last <= max(earlier) * BAND


def is_fixed(amounts: Sequence[int]) -> bool:
    """Whether neighbouring amounts are mostly equal. The last of more than three is left out: it may be the change."""
    known = amounts[:-1] if len(amounts) > LATEST else amounts
    pairs = list(pairwise(known))
    return bool(pairs) and sum(one == other for one, other in pairs) >= FIXED_SHARE * len(pairs)
