"""What lint says of rules is true of every line that was tried."""

from datetime import date
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given

from core.categorization.rule_conditions import AmountIs, Condition, DirectionIs, Group, TextIs, WeekdayIs
from core.categorization.rule_lint import Fault, lint_rules
from core.categorization.rule_matching import first_hits
from core.categorization.rules import Rule
from tests.unit.categorization.builders import lines_of
from tests.unit.categorization.test_rules import ROWS, RULES

ADOBE, OUT = TextIs("Adobe"), DirectionIs("out")


def rule(name: str, *conditions: Condition, account: str = "6300", **given: object) -> Rule:
    return Rule(name, conditions, account, **given)  # type: ignore[arg-type]


def faults(*rules: Rule) -> list[tuple[int, Fault, int]]:
    return [(one.rule, one.fault, one.other) for one in lint_rules(rules)]


@pytest.mark.parametrize(
    "conditions",
    [
        (DirectionIs("in"), OUT),
        (AmountIs(5, None), AmountIs(None, 4)),
        (WeekdayIs((1,)), WeekdayIs((2,))),
        (TextIs("adobe inc"), Group("none", (ADOBE,))),
        (TextIs("adobe", "equals"), TextIs("zoom")),
        (Group("none", (DirectionIs("in"), OUT)), AmountIs(1, None), Group("all", (OUT,))),
    ],
)
def test_conditions_that_exclude_each_other_are_found(conditions: tuple[Condition, ...]) -> None:
    assert faults(rule("dead", *conditions)) == [(0, Fault.DEAD, -1)]


def test_a_rule_behind_a_wider_one_is_shadowed() -> None:
    wide = rule("wide", Group("any", (ADOBE, TextIs("zoom"))))
    narrow = rule("narrow", TextIs("ADOBE  inc"), OUT)
    assert faults(wide, narrow) == [(1, Fault.SHADOWED, 0)]
    assert "“wide” comes earlier" in lint_rules([wide, narrow])[0].sentence
    assert faults(narrow, wide) == []


def test_what_goes_on_or_ends_shadows_nothing() -> None:
    narrow = rule("narrow", ADOBE, OUT)
    assert faults(rule("wide", ADOBE, goes_on=True), narrow) == []
    assert faults(rule("wide", ADOBE, last_on=date(2024, 1, 1)), narrow) == []
    assert faults(rule("wide", ADOBE, first_on=date(2024, 1, 1)), rule("n", ADOBE, first_on=date(2024, 2, 1))) == [
        (1, Fault.SHADOWED, 0)
    ]


def test_the_same_conditions_with_another_account_contradict() -> None:
    again = rule("again", OUT, TextIs("adobe "), account="6400")
    assert faults(rule("first", ADOBE, OUT), again) == [(1, Fault.CONTRADICTORY, 0)]


def test_short_texts_and_a_large_share_of_the_lines_are_over_broad() -> None:
    assert faults(rule("short", TextIs("co"))) == [(0, Fault.BROAD, -1)]
    texts = [f"POS SHOP{chr(97 + i % 20) * 3} RENO" for i in range(100)]
    (found,) = lint_rules([rule("pos", TextIs("pos"))], lines_of(texts))
    assert found.fault is Fault.BROAD
    assert "100% of the bank lines, 100 of 100" in found.sentence
    assert lint_rules([rule("one", TextIs("shopaaa"))], lines_of(texts)) == []


@given(RULES, ROWS)
def test_a_rule_called_dead_or_shadowed_decides_no_line(
    rules: list[Rule], rows: list[tuple[str, int, str, date]]
) -> None:
    texts, amounts, banks, days = zip(*rows, strict=True) if rows else ((), (), (), ())
    lines = lines_of(texts, amounts, banks=banks, days=[str(day) for day in days])
    found = lint_rules(rules)
    hit = first_hits(rules, lines)
    for one in found:
        if one.fault is not Fault.BROAD:
            assert not np.any(hit == one.rule)
        if one.fault is Fault.DEAD:
            assert (first_hits([rules[one.rule]], lines) == -1).all()


def test_thousands_of_rules_are_looked_at_in_seconds() -> None:
    rules = [rule(str(i), TextIs(f"shop {i} reno nv"), OUT) for i in range(3_000)]
    started = perf_counter()
    assert lint_rules([*rules, rule("again", TextIs("a shop 7 reno nv b"), OUT)])[-1].other == 7
    assert perf_counter() - started < 20
