"""Exchanges of one currency for another are found by worth, day and words; what fits several ways is not certain."""

import random
import time
from datetime import date, timedelta

import numpy as np

from core.matching.exchanges import find_exchanges
from core.matching.values import BankLines, Decision, Kind

DAY = date(2024, 2, 15)
RATES = {"USD": 100, "EUR": 108, "GBP": 126}


def worth(minor: int, currency: str, day: date) -> int | None:
    return minor * RATES[currency] // 100 if currency in RATES else None


def lines(*rows: tuple[str, int, str, int, str]) -> BankLines:
    """Lines of (account, amount, currency, days after DAY, text)."""
    account, amount, currency, days, text = zip(*rows, strict=True)
    return BankLines(
        key=[f"line{i}" for i in range(len(rows))], account=account,
        booked_on=np.array([DAY + timedelta(days=n) for n in days], "datetime64[D]"),
        amount_minor=np.array(amount, np.int64), currency=currency, text=text, counterparty=[""] * len(rows),
    )  # fmt: skip


def found(*rows: tuple[str, int, str, int, str], **given: object) -> list[tuple[tuple[int, ...], Decision]]:
    made = lines(*rows)
    matches = find_exchanges(made, range(len(rows)), worth, **given)
    assert all(match.kind is Kind.TRANSFER and not match.difference_minor for match in matches)
    return [(match.lines, match.decision) for match in matches]


SOLD = ("euro", -100_000, "EUR", 0, "FX SALE")
CAME = ("checking", 108_320, "USD", 1, "INCOMING WIRE")


def test_two_lines_that_fit_and_say_so_are_certain_in_either_direction() -> None:
    assert found(SOLD, CAME) == [((0, 1), Decision.AUTO)]
    bought = ("euro", 100_000, "EUR", 0, "TRANSFER FROM OWN ACCOUNT"), ("checking", -108_320, "USD", 1, "WIRE")
    assert found(*bought) == [((1, 0), Decision.AUTO)]
    assert found(("pound", -10_000, "GBP", 0, "currency exchange"), ("euro", 11_600, "EUR", 0, "X")) == [
        ((0, 1), Decision.AUTO)
    ]


def test_what_only_fits_is_suggested_if_it_is_near() -> None:
    silent = ("euro", -100_000, "EUR", 0, "PAYMENT")
    assert found(silent, CAME) == [((0, 1), Decision.SUGGEST)]
    assert found(silent, ("checking", 108_320, "USD", 3, "WIRE")) == []
    assert found(silent, ("checking", 110_000, "USD", 0, "WIRE")) == []


def test_what_cannot_be_one_exchange_is_not_proposed() -> None:
    assert found(SOLD, ("checking", -108_000, "USD", 0, "FX")) == []  # both go out
    assert found(SOLD, ("euro", 108_000, "USD", 0, "FX")) == []  # one account
    assert found(SOLD, ("checking", 100_000, "EUR", 0, "FX")) == []  # one currency
    assert found(SOLD, ("checking", 112_000, "USD", 0, "FX")) == []  # 3.6 % off
    assert found(SOLD, ("checking", 108_000, "USD", 6, "FX")) == []  # too late
    assert found(SOLD, CAME, excluded=[frozenset(("line0", "line1"))]) == []


def test_two_that_fit_are_suggested_and_neither_is_certain() -> None:
    other = ("checking", 107_900, "USD", 0, "WIRE")
    assert found(SOLD, CAME, other) == [((0, 2), Decision.SUGGEST)]
    silent = ("euro", -100_000, "EUR", 0, "PAYMENT")
    assert found(silent, CAME, other) == []


def test_without_a_rate_two_that_both_speak_are_suggested() -> None:
    franc = ("franc", -100_000, "CHF", 0, "FX SALE")
    assert found(franc, ("checking", 108_000, "USD", 0, "FX TRADE")) == [((0, 1), Decision.SUGGEST)]
    assert found(franc, ("checking", 108_000, "USD", 0, "WIRE")) == []


def test_the_order_of_lines_does_not_matter() -> None:
    rows = [SOLD, CAME, ("checking", 107_900, "USD", 0, "WIRE"), ("pound", -10_000, "GBP", 0, "FX"),
            ("euro", 11_660, "EUR", 1, "FX")]  # fmt: skip
    made = lines(*rows)
    usual = {frozenset(made.key[i] for i in match.lines) for match in find_exchanges(made, range(len(rows)), worth)}
    for _ in range(5):
        order = random.sample(range(len(rows)), len(rows))
        mixed = {frozenset(made.key[i] for i in match.lines) for match in find_exchanges(made, order, worth)}
        assert mixed == usual


def test_a_crowd_of_equal_lines_proposes_nothing_certain_and_does_not_blow_up() -> None:
    rows = [SOLD] * 50 + [CAME] * 50
    began = time.perf_counter()
    assert found(*rows) == []
    assert time.perf_counter() - began < 5
