"""What a series says of its next occurrence, and in which state it is."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest

from core.recurring.finding import find_series
from core.recurring.schedules import Frequency, Schedule, distances
from core.recurring.series import RecurringLine, RecurringSeries, SeriesState

CHECKING = UUID(int=1)
COVERED = date(2025, 6, 30)


def lines(days: Sequence[date], amounts: Sequence[int], who: str = "Landlord") -> list[RecurringLine]:
    return [RecurringLine(CHECKING, who, "USD", on, minor) for on, minor in zip(days, amounts, strict=True)]


def months(count: int, day: int = 1) -> list[date]:
    """That day of so many months from January 2025 on."""
    return [date(2025, month, day) for month in range(1, count + 1)]


def only(found: Sequence[RecurringSeries]) -> RecurringSeries:
    assert len(found) == 1, [(one.frequency, one.amounts) for one in found]
    return found[0]


def rent(count: int = 6, covered_on: date = COVERED, last: int = -100_000, day: int = 1) -> RecurringSeries:
    amounts = [-100_000] * (count - 1) + [last]
    return only(find_series(lines(months(count, day), amounts), {CHECKING: covered_on}))


def test_the_next_one_is_expected_a_period_later_with_the_usual_amount() -> None:
    series = rent()
    assert (series.frequency, series.expected_on, series.expected_minor) == (
        Frequency.MONTHLY, date(2025, 7, 1), -100_000,
    )  # fmt: skip
    assert series.is_fixed
    assert series.state is SeriesState.DUE


def test_three_times_are_enough_and_two_are_not() -> None:
    assert rent(3).frequency is Frequency.MONTHLY
    assert find_series(lines(months(2), [-100_000] * 2), {}) == []


def test_a_month_that_no_statement_covers_yet_is_not_missing() -> None:
    assert rent(4, covered_on=date(2025, 4, 30)).state is SeriesState.DUE
    assert rent(4, covered_on=date(2025, 5, 5)).state is SeriesState.DUE, "within the tolerance"
    missing = rent(4, covered_on=date(2025, 5, 6))
    assert (missing.state, missing.misses, missing.expected_on) == (SeriesState.MISSING, 1, date(2025, 5, 1))


def test_after_several_misses_it_has_ended() -> None:
    assert rent(3, covered_on=date(2025, 5, 31)).state is SeriesState.MISSING
    assert rent(3, covered_on=date(2025, 6, 30)).state is SeriesState.ENDED


@pytest.mark.parametrize(("last", "state"), [(-104_000, SeriesState.CHANGED), (-100_000, SeriesState.DUE)])
def test_a_fixed_amount_has_changed_when_it_differs_by_a_cent_or_more(last: int, state: SeriesState) -> None:
    assert rent(last=last).state is state


def test_a_raise_is_told_once() -> None:
    amounts = [-100_000] * 4 + [-104_000] * 2
    series = only(find_series(lines(months(6), amounts), {CHECKING: COVERED}))
    assert (series.state, len(series.lines), series.is_fixed) == (SeriesState.DUE, 6, True)


@pytest.mark.parametrize(("last", "state"), [(-6_000, SeriesState.DUE), (-11_900, SeriesState.CHANGED)])
def test_a_varying_amount_has_changed_when_it_leaves_its_band(last: int, state: SeriesState) -> None:
    amounts = [-5_100, -4_700, -5_350, -4_900, -5_010, last]
    series = only(find_series(lines(months(6, 17), amounts, "Duke Energy"), {CHECKING: COVERED}))
    assert not series.is_fixed
    assert (series.state, series.band) == (state, (-4_700, last))


def test_several_series_of_one_counterparty_are_told_apart_by_their_amounts() -> None:
    halves = [day for month in range(1, 7) for day in (date(2025, month, 7), date(2025, month, 22))]
    wages = [-(315_000 + 1_700 * number) for number in range(12)]
    found = find_series(
        [*lines(halves, wages, "Gusto"), *lines(months(6, 3), [-7_900] * 6, "Gusto")], {CHECKING: COVERED}
    )
    assert {(one.frequency, len(one.lines)) for one in found} == {
        (Frequency.TWICE_MONTHLY, 12), (Frequency.MONTHLY, 6),
    }  # fmt: skip


def test_money_in_and_money_out_and_other_accounts_are_series_of_their_own() -> None:
    other = UUID(int=2)
    days = months(3)
    mixed = [
        RecurringLine(CHECKING, "Owner", "USD", days[0], -50_000),
        RecurringLine(CHECKING, "Owner", "USD", days[1], 50_000),
        RecurringLine(other, "Owner", "USD", days[2], -50_000),
    ]
    assert find_series(mixed, {}) == []


def test_a_line_that_names_nobody_is_in_no_series() -> None:
    assert find_series(lines(months(6), [-100_000] * 6, who=""), {}) == []


def test_two_payments_of_about_the_same_amount_a_year_apart_come_yearly() -> None:
    premium = only(find_series(lines([date(2024, 3, 4), date(2025, 3, 3)], [-61_000, -64_000], "Erie"), {}))
    assert (premium.frequency, premium.expected_on) == (Frequency.YEARLY, date(2026, 3, 3))
    assert find_series(lines([date(2024, 3, 4), date(2025, 3, 3)], [-61_000, -90_000], "Erie"), {}) == []


def test_the_last_day_of_the_month_moves_with_its_length() -> None:
    ends = [date(2025, month + 1, 1) - timedelta(days=1) for month in range(1, 7)]
    series = only(find_series(lines(ends, [-2_500] * 6, "Bank fee"), {}))
    assert [series.schedule.day(number) for number in series.numbers] == ends
    assert series.expected_on == date(2025, 7, 31)


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(Frequency.WEEKLY, 9),
        Schedule(Frequency.FORTNIGHTLY, 17),
        Schedule(Frequency.TWICE_MONTHLY, 2025 * 12, (15, 31)),
        Schedule(Frequency.MONTHLY, 2025 * 12, (31,)),
        Schedule(Frequency.QUARTERLY, 2025 * 12 + 1, (30,)),
        Schedule(Frequency.YEARLY, 2024 * 12 + 1, (29,)),
    ],
)
def test_both_ways_to_reckon_the_nearest_scheduled_day_agree(schedule: Schedule) -> None:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(800)]
    for on, apart in zip(days, distances([schedule], days)[0].tolist(), strict=True):
        number, near = schedule.nearest(on)
        slow = min(abs((schedule.day(one) - on).days) for one in range(number - 3, number + 4))
        assert near == slow
        assert apart == slow or min(apart, slow) > schedule.frequency.tolerance


def test_a_series_goes_on_under_a_longer_name_and_is_not_missing() -> None:
    figma, renewal = months(4), [date(2025, month, 1) for month in (5, 6)]
    found = find_series(
        [*lines(figma, [-1_500] * 4, "Figma"), *lines(renewal, [-1_600] * 2, "Figma Monthly Renewal")],
        {CHECKING: COVERED},
    )
    assert (len(only(found).lines), only(found).state) == (6, SeriesState.DUE)


def test_two_series_of_which_the_later_takes_the_days_of_the_earlier_are_one() -> None:
    days = [date(2025, month, 1) for month in range(1, 9)]
    found = find_series(
        [*lines(days[:4], [-1_500] * 4, "Figma"), *lines(days[4:], [-1_500] * 4, "Figma Monthly Renewal")],
        {CHECKING: date(2025, 8, 20)},
    )
    assert (len(only(found).lines), only(found).state) == (8, SeriesState.DUE)


@pytest.mark.parametrize(
    ("who", "minor", "first"),
    [
        ("Sigma Monthly Renewal", -1_500, 1),  # another name
        ("Figma Design", -9_900, 1),  # another amount
        ("Figma Design", -1_500, 15),  # on other days
    ],
)
def test_what_is_named_or_priced_otherwise_or_comes_on_other_days_is_another_thing(
    who: str, minor: int, first: int
) -> None:
    later = [date(2025, month, first) for month in (5, 6)]
    found = find_series(
        [*lines(months(4), [-1_500] * 4, "Figma"), *lines(later, [minor] * 2, who)], {CHECKING: COVERED}
    )
    assert (len(only(found).lines), only(found).state) == (4, SeriesState.MISSING)


def test_a_series_that_runs_beside_another_of_a_like_name_stays_apart() -> None:
    both = [*lines(months(6), [-1_500] * 6, "Figma"), *lines(months(6, 15), [-1_500] * 6, "Figma Design")]
    assert len(find_series(both, {CHECKING: COVERED})) == 2
