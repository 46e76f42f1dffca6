"""Draws, banking days and the small pieces of text that files are made of."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.simulation.drawing import BANK_HOLIDAYS, FIRST_ON, LAST_ON, Draw, banking_day
from core.simulation.layouts import grouped
from core.simulation.movements import year_of
from core.simulation.ofx import NAME_LENGTH, name_and_memo
from core.simulation.plan import monthly
from core.simulation.plans.cincy_web import PLAN

DAYS = st.dates(FIRST_ON, LAST_ON)


@given(day=DAYS)
def test_a_banking_day_is_never_a_weekend_nor_a_holiday_nor_outside_the_year(day: date) -> None:
    found = banking_day(day)
    assert found.weekday() < 5
    assert found not in BANK_HOLIDAYS
    assert found <= LAST_ON
    assert day <= found <= day + timedelta(days=4)


@given(low=st.integers(1, 10**6), spread=st.integers(0, 10**6), seed=st.integers(0, 99))
def test_an_amount_lies_between_its_bounds(low: int, spread: int, seed: int) -> None:
    assert low <= Draw(seed, "x").amount(low, low + spread) <= low + spread


def test_the_same_seed_and_name_give_the_same_stream() -> None:
    assert [Draw(1, "a").integer(0, 10**9)] == [Draw(1, "a").integer(0, 10**9)]
    assert Draw(1, "a").integer(0, 10**9) != Draw(1, "b").integer(0, 10**9)


def test_placeholders_of_a_text_are_filled_and_unknown_ones_stay() -> None:
    text = Draw(1, "a").text("PAID {mm/dd} {d4} {a3} {h2} {check}", date(2025, 3, 5))
    _, day, digits, capitals, small, check = text.split()
    assert day in {"03/03", "03/04", "03/05"}
    assert digits.isdigit()
    assert (len(digits), len(capitals), len(small)) == (4, 3, 2)
    assert check == "{check}"


@given(text=st.text("AB C1", min_size=1, max_size=90).map(lambda text: " ".join(text.split())))
def test_a_text_cut_into_name_and_memo_loses_nothing(text: str) -> None:
    name, memo = name_and_memo(text)
    assert len(name) <= NAME_LENGTH
    assert (name + memo).replace(" ", "") == text.replace(" ", "")


def test_amounts_are_grouped_by_thousands() -> None:
    assert [grouped(minor) for minor in (0, 5, -123, 1_234_567_89, -1_000_00)] == [
        "0.00",
        "0.05",
        "-1.23",
        "1,234,567.89",
        "-1,000.00",
    ]


def test_a_day_that_a_month_lacks_is_its_last_one() -> None:
    assert monthly(31, (2, 4)) == (date(2025, 2, 28), date(2025, 4, 30))
    assert monthly(1, before=1)[0] == date(2024, 9, 1)


def test_a_plan_that_cannot_reach_its_count_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves room for"):
        year_of(replace(PLAN, count=200), Draw(42, PLAN.slug))
