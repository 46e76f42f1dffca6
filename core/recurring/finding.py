"""Finding what comes back among bank lines: a schedule that its lines meet far better than chance would.

Lines of one bank account, counterparty, currency and direction are looked at together. Several series may hide among
them, and lines that belong to none; so the lines are also looked at by amount. The best series is taken out, then the
next one is looked for among the rest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from uuid import UUID

import numpy as np
from scipy import special

from core.recurring.renaming import under_one_name
from core.recurring.schedules import Frequency, Schedule, distances, places, schedules
from core.recurring.series import RecurringLine, RecurringSeries, is_fixed

LEAST = 3  # occurrences; two of what comes once a year
CHANCE_VARYING, CHANCE_FIXED = 0.005, 0.25  # most probable by chance; equal amounts are evidence of their own
YEARLY_RATIO = 1.1  # how far two yearly amounts may lie apart
GAPS = (1.0, 1.1, 1.25, 1.6, 2.5)  # ratios of neighbouring amounts that part amounts into groups
WIDEST = 6.0  # largest amount of a series over its smallest
JOINS_FIXED, JOINS_VARYING = 1.5, 2.5  # how far another line on a scheduled day may be from the usual amount
CROWD = 3  # so many times more lines than scheduled days cannot be told from chance
MISSED_SHARE = 0.2  # of the scheduled days; of a short series one
SHORT = 5
SELDOM = (Frequency.QUARTERLY, Frequency.YEARLY)
OFTEN = tuple(one for one in Frequency if one not in SELDOM)
SHARE_OFTEN, SHARE_SELDOM = 0.45, 0.7  # of lines of like amounts that meet it


@dataclass(frozen=True, slots=True)
class _Fit:
    """How lines meet a schedule: its numbers, each with its line, and how probable that is for random days."""

    schedule: Schedule
    at: dict[int, RecurringLine]
    chance: float


def find_series(lines: Iterable[RecurringLine], covered_on: Mapping[UUID, date]) -> list[RecurringSeries]:
    """The series among the lines of one company, by counterparty, then by their first day.

    Args:
        lines: in any order; a line without a counterparty belongs to no series.
        covered_on: by bank account the last day that statements cover; where a line is later, or none is given, the
            day of the account's last line counts.
    """
    groups: dict[tuple[UUID, str, str, bool], list[RecurringLine]] = defaultdict(list)
    known: dict[UUID, date] = {}
    for line in lines:
        known[line.bank_account_id] = max(known.get(line.bank_account_id, date.min), line.booked_on)
        if line.counterparty and line.amount_minor:
            key = (line.bank_account_id, line.counterparty, line.currency, line.amount_minor > 0)
            groups[key].append(line)
    known |= {key: max(on, known.get(key, on)) for key, on in covered_on.items()}
    found = [
        RecurringSeries(
            fit.schedule, tuple(fit.at[number] for number in sorted(fit.at)), tuple(sorted(fit.at)), known[key[0]]
        )
        for key, group in groups.items()
        for fit in _fits(sorted(group, key=lambda line: (line.booked_on, line.amount_minor)))
    ]
    taken = {id(line) for series in found for line in series.lines}
    loose = [line for group in groups.values() for line in group if id(line) not in taken]
    found = under_one_name(found, loose)
    return sorted(found, key=lambda series: (series.counterparty.lower(), series.lines[0].booked_on))


def _fits(lines: list[RecurringLine]) -> Iterator[_Fit]:
    """The series of one group, the least probable by chance first; no line is in two of them."""
    rest = lines
    while best := min(_candidates(rest), key=lambda fit: fit.chance, default=None):
        whole = _joined(best, rest)
        yield whole
        taken = {id(line) for line in whole.at.values()}
        rest = [line for line in rest if id(line) not in taken]


def _candidates(lines: Sequence[RecurringLine]) -> Iterator[_Fit]:
    for some in _by_amount(lines):
        usual = median_low(abs(line.amount_minor) for line in some)
        is_seldom = len(some) >= SHARE_SELDOM * sum(_apart(line, usual) <= JOINS_VARYING for line in lines)
        for frequency in Frequency if is_seldom else OFTEN:
            least = 2 if frequency is Frequency.YEARLY and len(lines) <= LEAST else LEAST
            fits = (_fit(schedule, some, least) for schedule in _promising(frequency, some, least))
            yield from (fit for fit in fits if fit)


def _promising(frequency: Frequency, lines: Sequence[RecurringLine], least: int) -> list[Schedule]:
    """Schedules that lines, by day, meet about as often as a series must; reckoned for all schedules at once."""
    days = [line.booked_on for line in lines]
    periods = ((days[-1] - days[0]).days + 2 * frequency.tolerance) / frequency.days
    if len(lines) < least or periods < least - 1 or len(lines) > CROWD * (periods + 1):
        return []
    some = list(schedules(frequency, days))
    if not some:
        return []
    away = distances(some, days)
    within = np.arange(frequency.tolerance + 1)
    met = (away[:, :, None] <= within).sum(axis=1)
    chance = len(days) * special.bdtrc(met - 2.0, len(days) - 1, (2 * within + 1) / frequency.days)
    hopeful = (met[:, -1] >= least) & (chance.min(axis=1) <= CHANCE_FIXED)
    return [one for one, is_hopeful in zip(some, hopeful, strict=True) if is_hopeful]


def _by_amount(lines: Sequence[RecurringLine]) -> Iterator[list[RecurringLine]]:
    """Lines of like amounts, from equal to the cent to rather unlike; each group once, by day."""
    seen: set[tuple[int, ...]] = set()
    by_size = sorted(lines, key=lambda line: abs(line.amount_minor))
    for gap in GAPS:
        groups: list[list[RecurringLine]] = []
        for line in by_size:
            if groups and abs(line.amount_minor) <= gap * abs(groups[-1][-1].amount_minor):
                groups[-1].append(line)
            else:
                groups.append([line])
        for group in groups:
            name = tuple(sorted(id(line) for line in group))
            if len(group) >= 2 and name not in seen and _ratio(group) <= WIDEST:
                seen.add(name)
                yield sorted(group, key=lambda line: line.booked_on)


def _fit(schedule: Schedule, lines: Sequence[RecurringLine], least: int) -> _Fit | None:
    """The lines that meet the schedule, if they do so often enough, with few misses, and hardly by chance."""
    at: dict[int, RecurringLine] = {}
    away: dict[int, int] = {}
    for line, number, days in places(schedule, lines):
        if days < away.get(number, days + 1):
            at[number], away[number] = line, days
    met = len(at)
    if met < least or met < len(lines) * (SHARE_SELDOM if schedule.frequency in SELDOM else SHARE_OFTEN):
        return None
    missed = max(at) - min(at) + 1 - met
    if missed > (MISSED_SHARE * (met + missed) if met > SHORT else _gaps(schedule, met)):
        return None
    fixed = _ratio(at.values()) <= YEARLY_RATIO if met == 2 else is_fixed([at[one].amount_minor for one in sorted(at)])
    likeliest = CHANCE_FIXED if fixed else CHANCE_VARYING
    chance = min(
        _chance(sum(one <= days for one in away.values()), len(lines), (2 * days + 1) / schedule.frequency.days)
        for days in sorted(set(away.values()))
    )
    return _Fit(schedule, at, chance) if chance <= likeliest else None


def _gaps(schedule: Schedule, met: int) -> int:
    """How many scheduled days of a short series may be missed: one, but none of the fewest quarters or years."""
    return 0 if schedule.frequency in SELDOM and met <= LEAST else 1


def _chance(met: int, of: int, probability: float) -> float:
    """How probable it is that random days meet some schedule that often, where one of them sets the schedule."""
    return min(1.0, of * float(special.bdtrc(met - 2, of - 1, probability))) if met >= 2 else 1.0


def _joined(fit: _Fit, lines: Sequence[RecurringLine]) -> _Fit:
    """The series with the lines of another amount that stand where it has a gap, or go on from its ends."""
    at = dict(fit.at)
    sizes = [abs(at[number].amount_minor) for number in sorted(at)]
    usual, most = median_low(sizes), JOINS_FIXED if is_fixed(sizes) else JOINS_VARYING
    free: dict[int, RecurringLine] = {}
    for line, number, _ in places(fit.schedule, lines):
        if number not in at and _apart(line, usual) <= most:
            free[number] = min(free.get(number, line), line, key=lambda one: _apart(one, usual))
    for number in sorted(free):
        if min(at) < number <= max(at) + 2:
            at[number] = free[number]
    for number in sorted(free, reverse=True):
        if min(at) - 2 <= number < min(at):
            at[number] = free[number]
    return _Fit(fit.schedule, at, fit.chance)


def _apart(line: RecurringLine, size: int) -> float:
    return max(abs(line.amount_minor) / size, size / abs(line.amount_minor))


def _ratio(lines: Iterable[RecurringLine]) -> float:
    sizes = [abs(line.amount_minor) for line in lines]
    return max(sizes) / min(sizes)
