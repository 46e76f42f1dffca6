"""Why a rule decides, in words."""

import pytest

from core.categorization.rule_conditions import AmountIs, BankAccountIs, DirectionIs, Group, TextIs, WeekdayIs
from core.categorization.rule_words import rule_reason
from core.categorization.rules import Rule

A = "bank text contains “a”"
MANY = tuple(TextIs(f"word {number}") for number in range(150))


@pytest.mark.parametrize(
    ("conditions", "currency", "said"),
    [
        ((TextIs("ADOBE"),), "USD", "bank text contains “ADOBE”"),
        (
            (TextIs("adobe", "equals", "counterparty"), DirectionIs("out"), AmountIs(1_000, 2_050)),
            "USD",
            "counterparty is “adobe”, money out, 10.00 to 20.50",
        ),
        ((AmountIs(None, 500), BankAccountIs("card")), "JPY", "at most 500, on card"),
        ((AmountIs(500), WeekdayIs((7, 6))), "EUR", "at least 5.00, on Sat, Sun"),
        (
            (Group("any", (TextIs("a"), TextIs("b"))), Group("none", (DirectionIs("in"),))),
            "USD",
            "(bank text contains “a” or bank text contains “b”), not (money in)",
        ),
        ((*[TextIs("a")] * 3, DirectionIs("in")), "USD", f"{A}, {A}, {A}, 1 more condition"),
        ((Group("any", MANY),), "USD", "one of 150 conditions"),
    ],
)  # fmt: skip
def test_a_reason_tells_what_the_rule_asks_and_stays_short(conditions, currency, said):
    assert rule_reason(Rule("Adobe", conditions, "6300"), currency) == f"rule “Adobe”: {said}"
