from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CurrencyMismatch, InvalidAmount
from core.money import Money, decimal_text, minor_digits, to_decimal, to_minor

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3)])
def test_each_currency_has_its_own_digits(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@given(minor=st.integers(-(2**63) + 1, 2**63 - 1), currency=CURRENCIES)
def test_minor_units_survive_the_way_to_text_and_back(minor: int, currency: str) -> None:
    assert Money.parse(decimal_text(minor, currency), currency) == Money(minor, currency)
    assert to_minor(to_decimal(minor, currency), currency) == minor


@pytest.mark.parametrize("text", ["12.345", "NaN", "Infinity", "1e30", "1e999999", "12..34", "", "twelve"])
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.parse(text, "USD")


def test_a_yen_has_no_half() -> None:
    with pytest.raises(InvalidAmount, match="JPY has 0 digits"):
        to_minor(Decimal("1.5"), "JPY")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "USD") + Money(1, "EUR")


@given(a=st.integers(-(10**12), 10**12), b=st.integers(-(10**12), 10**12))
def test_subtracting_what_was_added_gives_the_start(a: int, b: int) -> None:
    assert Money(a, "USD") + Money(b, "USD") - Money(b, "USD") == Money(a, "USD")
