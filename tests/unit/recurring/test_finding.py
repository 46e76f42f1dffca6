"""Series are found whatever their days and amounts, and chance is not taken for one."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from core.recurring.finding import find_series
from core.recurring.schedules import Frequency, Schedule
from core.recurring.series import RecurringLine

CHECKING = UUID(int=1)
FIRST = date(2024, 1, 1)
DAYS = 760
OCCURRENCES = {
    Frequency.WEEKLY: 20, Frequency.FORTNIGHTLY: 16, Frequency.TWICE_MONTHLY: 16, Frequency.MONTHLY: 12,
    Frequency.QUARTERLY: 7, Frequency.YEARLY: 3,
}  # fmt: skip

SCHEDULES = st.one_of(
    st.builds(Schedule, st.just(Frequency.WEEKLY), st.integers(FIRST.toordinal(), FIRST.toordinal() + 6)),
    st.builds(Schedule, st.just(Frequency.FORTNIGHTLY), st.integers(FIRST.toordinal(), FIRST.toordinal() + 13)),
    st.integers(1, 13).map(lambda day: Schedule(Frequency.TWICE_MONTHLY, 2024 * 12, (day, day + 15))),
    st.integers(1, 31).map(lambda day: Schedule(Frequency.MONTHLY, 2024 * 12, (day,))),
    st.builds(
        lambda month, day: Schedule(Frequency.QUARTERLY, 2024 * 12 + month, (day,)),
        st.integers(0, 2),
        st.integers(1, 31),
    ),
    st.builds(
        lambda month, day: Schedule(Frequency.YEARLY, 2024 * 12 + month, (day,)), st.integers(0, 11), st.integers(1, 28)
    ),
)


def line(on: date, minor: int) -> RecurringLine:
    return RecurringLine(CHECKING, "Somebody", "USD", on, minor)


def banking_day(on: date) -> date:
    return on + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[on.weekday()])


@settings(max_examples=60)
@given(schedule=SCHEDULES, fixed=st.booleans(), gap=st.booleans(), seed=st.integers(0, 2**32))
def test_a_series_is_found_with_its_frequency_despite_weekends_a_gap_and_other_lines(
    schedule: Schedule, fixed: bool, gap: bool, seed: int
) -> None:
    chosen = Random(seed)
    count = OCCURRENCES[schedule.frequency]
    numbers = list(range(count))
    if gap and count > 3:
        del numbers[chosen.randrange(1, count - 1)]
    is_counted = schedule.frequency in (Frequency.WEEKLY, Frequency.FORTNIGHTLY)
    shift = (lambda on: on) if is_counted else banking_day
    series = [
        line(shift(schedule.day(number)), -20_000 if fixed else -chosen.randrange(18_000, 22_000)) for number in numbers
    ]
    noise = [
        line(FIRST + timedelta(days=chosen.randrange(DAYS)), -chosen.choice((900, 1_300, 2_100, 300_000, 800_000)))
        for _ in range(3)
    ]
    found = find_series([*series, *noise], {})
    best = max(found, key=lambda one: len(one.lines))
    assert best.frequency is schedule.frequency
    assert set(series) <= set(best.lines)
    assert len(best.lines) <= len(series) + 1


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_purchases_on_random_days_are_hardly_ever_taken_for_a_series(seed: int) -> None:
    chosen = Random(seed)
    groups = 40
    lines = [
        RecurringLine(
            CHECKING,
            f"Shop {group}",
            "USD",
            FIRST + timedelta(days=chosen.randrange(DAYS)),
            -chosen.randrange(900, 9_000),
        )
        for group in range(groups)
        for _ in range(3 + group % 20)
    ]
    assert len(find_series(lines, {})) <= groups // 8


@settings(max_examples=40)
@given(
    facts=st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(0, 120), st.sampled_from((-500, -510, -900, 500, 0))), max_size=40
    ),
    seed=st.integers(0, 2**32),
)
def test_no_line_is_in_two_series_and_the_order_of_lines_does_not_matter(
    facts: list[tuple[str, int, int]], seed: int
) -> None:
    lines = [RecurringLine(CHECKING, who, "USD", FIRST + timedelta(days=day), minor) for who, day, minor in facts]
    found = find_series(lines, {})
    used = [id(one) for series in found for one in series.lines]
    assert len(used) == len(set(used))
    for series in found:
        assert list(series.numbers) == sorted(set(series.numbers))
        assert len({(one.counterparty, one.amount_minor > 0) for one in series.lines}) == 1
    shuffled = list(lines)
    Random(seed).shuffle(shuffled)
    assert [(one.schedule, one.lines) for one in find_series(shuffled, {})] == [
        (one.schedule, one.lines) for one in found
    ]
