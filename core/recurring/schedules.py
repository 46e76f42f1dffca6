"""The days on which something comes back: every so many days, or on given days of every so many months."""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]


class Frequency(StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    TWICE_MONTHLY = "twice monthly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def days(self) -> float:
        """Mean distance of two occurrences in days."""
        return _DAYS[self]

    @property
    def tolerance(self) -> int:
        """Days by which an occurrence may be early or late: weekends, holidays, how long a bank takes."""
        return _TOLERANCE[self]


_DAYS = {
    Frequency.WEEKLY: 7.0, Frequency.FORTNIGHTLY: 14.0, Frequency.TWICE_MONTHLY: 15.22, Frequency.MONTHLY: 30.44,
    Frequency.QUARTERLY: 91.31, Frequency.YEARLY: 365.24,
}  # fmt: skip
_TOLERANCE = {
    Frequency.WEEKLY: 1, Frequency.FORTNIGHTLY: 2, Frequency.TWICE_MONTHLY: 3, Frequency.MONTHLY: 4,
    Frequency.QUARTERLY: 7, Frequency.YEARLY: 10,
}  # fmt: skip
_MONTHS = {Frequency.TWICE_MONTHLY: 1, Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}
_APART = range(12, 19)  # days between the two days of a month
_EPOCH = date(1970, 1, 1).toordinal()
_FAR = 999  # days; stands for more than a month


class Dated(Protocol):
    """What stands on a day."""

    @property
    def booked_on(self) -> date: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Numbered days. `start` is a day's ordinal where days are counted, else a month as year × 12 + month − 1.

    `days` are the days of the month, the last one where the month is shorter; () where days are counted.
    """

    frequency: Frequency
    start: int
    days: tuple[int, ...] = ()

    def day(self, number: int) -> date:
        """The day with this number; numbers may be negative."""
        if not self.days:
            return date.fromordinal(self.start + number * int(self.frequency.days))
        months, which = divmod(number, len(self.days))
        year, month = divmod(self.start + months * _MONTHS[self.frequency], 12)
        return date(year, month + 1, min(self.days[which], monthrange(year, month + 1)[1]))

    def nearest(self, on: date) -> tuple[int, int]:
        """The number of the scheduled day nearest to `on`, and how many days lie between."""
        if not self.days:
            number = round((on.toordinal() - self.start) / int(self.frequency.days))
        else:
            months = (on.year * 12 + on.month - 1 - self.start) / _MONTHS[self.frequency]
            number = round(months) * len(self.days)
        around = range(number - len(self.days), number + 2 * len(self.days) + 1)
        return min(((one, abs((self.day(one) - on).days)) for one in around), key=lambda found: found[1])


def schedules(frequency: Frequency, days: Iterable[date]) -> Iterator[Schedule]:
    """Every schedule of this frequency that meets one of the days exactly, or two where it has two days a month."""
    seen = sorted(set(days))
    if frequency not in _MONTHS:
        step = int(frequency.days)
        yield from (Schedule(frequency, start) for start in {day.toordinal() % step + step for day in seen})
    elif frequency is Frequency.TWICE_MONTHLY:
        of_month = sorted({day.day for day in seen})
        pairs = ((first, second) for first in of_month for second in of_month if second - first in _APART)
        yield from (Schedule(frequency, seen[0].year * 12, pair) for pair in pairs)
    else:
        step = _MONTHS[frequency]
        starts = {(seen[0].year * 12 + (day.year * 12 + day.month - 1) % step, day.day) for day in seen}
        yield from (Schedule(frequency, month, (day,)) for month, day in sorted(starts))


def distances(some: Sequence[Schedule], days: Sequence[date]) -> I64:
    """Days from each day to the nearest scheduled one, of schedules of one frequency: a row a schedule, a column a day.

    Where more than a month lies between, any large number.
    """
    frequency = some[0].frequency
    on = np.array([day.toordinal() for day in days], dtype=np.int64)
    if frequency not in _MONTHS:
        step = int(frequency.days)
        past: I64 = (on - np.array([[one.start] for one in some], dtype=np.int64)) % step
        return np.minimum(past, step - past)
    month = np.array([day.year * 12 + day.month - 1 for day in days], dtype=np.int64)
    around = month + np.array([[-1], [0], [1], [2]])
    begin = (around - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + _EPOCH
    starts = np.array([[one.start] for one in some], dtype=np.int64)
    nearest = np.full((len(some), len(days)), _FAR, dtype=np.int64)
    for at in range(3):
        apart = np.full_like(nearest, _FAR)
        for which in range(len(some[0].days)):
            wanted = np.array([[one.days[which]] for one in some], dtype=np.int64)
            apart = np.minimum(apart, np.abs(np.minimum(begin[at] + wanted, begin[at + 1]) - 1 - on))
        is_scheduled = (around[at] - starts) % _MONTHS[frequency] == 0
        nearest = np.minimum(nearest, np.where(is_scheduled, apart, _FAR))
    return nearest


def places(schedule: Schedule, lines: Sequence[D]) -> Iterator[tuple[D, int, int]]:
    """Lines, by day, that stand within the tolerance of a scheduled day: its number, and the days in between."""
    first, last = (schedule.nearest(lines[at].booked_on)[0] for at in (0, -1))
    days = [schedule.day(number).toordinal() for number in range(first - 1, last + 2)]
    for line in lines:
        on = line.booked_on.toordinal()
        after = bisect_left(days, on)
        near = min((at for at in (after - 1, after) if 0 <= at < len(days)), key=lambda at: abs(days[at] - on))
        if abs(days[near] - on) <= schedule.frequency.tolerance:
            yield line, first - 1 + near, abs(days[near] - on)
