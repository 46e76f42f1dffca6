from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ingestion.formats.tabular.amounts import mark_votes, read_amount, to_minor_units


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("-18,00", ",", "-18"),
        ("- $220.00", ".", "-220"),
        ("($85.00)", ".", "-85"),
        ("$.23", ".", "0.23"),
        ("+31070,11", ",", "31070.11"),
        ("1.234,56-", ",", "-1234.56"),
        ("1'234.50", ".", "1234.5"),
        ("1 234,50 kr", ",", "1234.5"),
        ("12.34 CR", ".", "12.34"),
        ("12.34 DR", ".", "-12.34"),
        ("1,23,456.78", ".", "123456.78"),
        ("−5.00", ".", "-5"),
        ("R$ 1.234,56", ",", "1234.56"),
        ("１２.50", ".", "12.5"),
    ],
)
def test_amounts_are_read_as_banks_write_them(text: str, mark: str, value: str) -> None:
    amount = read_amount(text, mark)
    assert amount is not None
    assert amount.value == int(Decimal(value) * 1_000_000)


@pytest.mark.parametrize(
    "text", ["12..34", "1,2,3", "8.10 SGD @ .97", "xx,yyyy.zz", "1 2 3", "--5", "(5", "5 apples", "1.2345678"]
)
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    assert read_amount(text, ".") is None


@given(st.integers(-(10**12), 10**12), st.sampled_from(".,"))
def test_every_amount_in_cents_is_read_back_exactly(minor: int, mark: str) -> None:
    whole, cents = divmod(abs(minor), 100)
    grouped = f"{whole:,}" if mark == "." else f"{whole:,}".replace(",", ".")
    amount = read_amount(f"{'-' if minor < 0 else ''}{grouped}{mark}{cents:02d}", mark)
    assert amount is not None
    assert to_minor_units(amount.value, "EUR") == minor


def test_minor_units_are_exact_or_none() -> None:
    assert to_minor_units(1_500_000, "EUR") == 150
    assert to_minor_units(1_500_000, "JPY") is None
    assert to_minor_units(1_234_000, "KWD") == 1234
    assert to_minor_units(1_005_000, "") is None


def test_a_text_votes_for_the_mark_that_it_proves() -> None:
    assert mark_votes(["1.234,56", "5,00", "12"]) == {".": 0, ",": 2, "?": 0}
    assert mark_votes(["1,234"]) == {".": 0, ",": 0, "?": 1}
    assert mark_votes(["0,125", "1234,567"]) == {".": 0, ",": 2, "?": 0}
    assert mark_votes(["12..34"]) == {".": 0, ",": 0, "?": 0}


@pytest.mark.parametrize("text", ["1" * 50_000 + ".x", "1." + "1" * 50_000 + "x1", "x" + "12" * 50_000 + ",5"])
def test_a_long_run_of_digits_is_judged_at_once(text: str) -> None:
    began = process_time()
    assert sum(mark_votes([text]).values()) == 1
    assert process_time() - began < 2  # a minute and more where the cost is that of the square
