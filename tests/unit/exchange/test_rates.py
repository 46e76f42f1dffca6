"""Rates are exact, conversions are rounded once, and what parts are worth adds up to what the whole is worth."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidAmount, InvalidInput
from core.exchange.rates import MOST_DAYS, DayRate, KnownRates, Rate, convert, share, value_parts
from core.money import MINOR_MAX, minor_digits

DAY = date(2024, 2, 15)
CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
RATES = st.builds(Rate, st.integers(1, 10**9), st.integers(0, 12))
MINOR = st.integers(-(10**9), 10**9)


@given(MINOR, RATES, CURRENCIES, CURRENCIES)
def test_an_amount_is_worth_the_nearest_minor_unit(minor: int, rate: Rate, currency: str, base: str) -> None:
    exact = Fraction(minor) * Fraction(rate.decimal) * Fraction(10) ** (minor_digits(base) - minor_digits(currency))
    if abs(exact) > MINOR_MAX:
        with pytest.raises(InvalidAmount):
            convert(minor, rate, currency, base)
        return
    worth = convert(minor, rate, currency, base)
    assert abs(worth - exact) <= Fraction(1, 2)
    assert convert(-minor, rate, currency, base) == -worth


@pytest.mark.parametrize(
    ("minor", "rate", "currency", "base", "worth"),
    [
        (100_000, "1.0832", "EUR", "USD", 108_320),
        (-100_000, "1.0832", "EUR", "USD", -108_320),
        (5, "0.1", "EUR", "USD", 1),  # half a cent goes away from zero
        (-5, "0.1", "EUR", "USD", -1),
        (4, "0.1", "EUR", "USD", 0),
        (1_000, "0.0067", "JPY", "USD", 670),
        (670, "149.25", "USD", "JPY", 1_000),
        (1_000, "3.25", "KWD", "USD", 325),
    ],
)
def test_known_conversions(minor: int, rate: str, currency: str, base: str, worth: int) -> None:
    assert convert(minor, Rate.parse(rate), currency, base) == worth


@given(st.lists(MINOR, max_size=8), RATES.filter(lambda rate: rate.decimal < 10**6))
def test_what_parts_are_worth_adds_up_exactly_and_each_is_its_own_worth_to_a_unit(parts: list[int], rate: Rate) -> None:
    values = value_parts(parts, lambda minor: convert(minor, rate, "EUR", "USD"))
    assert sum(values) == convert(sum(parts), rate, "EUR", "USD")
    for part, value in zip(parts, values, strict=True):
        assert abs(value - part * Fraction(rate.decimal)) <= 1
    opposite = value_parts([-part for part in parts], lambda minor: convert(minor, rate, "EUR", "USD"))
    assert opposite == [-value for value in values]


@given(MINOR, MINOR, MINOR.filter(bool))
def test_a_share_is_the_nearest_unit(value: int, part: int, whole: int) -> None:
    assert abs(share(value, part, whole) - Fraction(value * part, whole)) <= Fraction(1, 2)
    assert share(value, -part, -whole) == share(value, part, whole)


@given(RATES)
def test_a_rate_is_read_back_as_it_is_written(rate: Rate) -> None:
    assert Rate.parse(str(rate)).decimal == rate.decimal


@pytest.mark.parametrize("text", ["", "one", "0", "-1.1", "NaN", "Infinity", "0.0000000000001", "1e40", "9" * 19])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Rate.parse(text)


def test_equal_rates_are_equal_however_they_are_written() -> None:
    assert Rate.parse("1.10") == Rate.parse(" 1.1 ") == Rate.of(Decimal("1.1000")) == Rate(11, 1)
    assert Rate.parse("150") == Rate.parse("1.5e2") == Rate(150, 0)


def test_the_rate_of_a_day_is_the_latest_one_that_is_not_too_old() -> None:
    first, second = (DayRate("EUR", DAY + timedelta(days=n), Rate(n + 1, 0), uuid4()) for n in (0, 3))
    known = KnownRates([second, first])
    assert known.on("EUR", DAY - timedelta(days=1)) is None
    assert known.on("EUR", DAY) == known.on("EUR", DAY + timedelta(days=2)) == first
    assert known.on("EUR", DAY + timedelta(days=3 + MOST_DAYS)) == second
    assert known.on("EUR", DAY + timedelta(days=4 + MOST_DAYS)) is None
    assert known.on("CHF", DAY) is None
    assert (known.covers("EUR"), known.covers("CHF")) == (True, False)
