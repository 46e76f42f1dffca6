import re
import time
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from core.categorization.rule_conditions import (
    AmountIs,
    BankAccountIs,
    Condition,
    DayOfMonthIs,
    DirectionIs,
    Group,
    TextIs,
    WeekdayIs,
    clean_text,
)
from core.categorization.rule_json import condition_from_dict, condition_to_dict, read_rule
from core.categorization.rule_matching import decide_by_rules, first_hits
from core.categorization.rule_patterns import matching
from core.categorization.rules import Rule, RulePart, check_rule
from core.errors import InvalidInput
from tests.unit.categorization.builders import lines_of

# Few letters, so that texts and conditions collide.
WORDS = st.text(alphabet="ab *", min_size=1, max_size=4)
TEXTS = st.text(alphabet="abAB *", max_size=8)
LIMITS = st.none() | st.integers(0, 4)


@st.composite
def amounts_between(draw: st.DrawFn) -> AmountIs:
    low, high = draw(LIMITS), draw(LIMITS)
    if low is None and high is None:
        low = 1
    if low is not None and high is not None and low > high:
        low, high = high, low
    return AmountIs(low, high)


CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(
        TextIs,
        WORDS.filter(lambda word: bool(clean_text(word))),
        st.sampled_from(["contains", "equals", "starts_with"]),
        st.sampled_from(["text", "counterparty"]),
    ),
    st.builds(TextIs, st.sampled_from(["^a", "b+$", "a.b", "(a|b)b"]), st.just("regex"), st.just("text")),
    amounts_between(),
    st.builds(DirectionIs, st.sampled_from(["in", "out"])),
    st.builds(BankAccountIs, st.sampled_from(["checking", "card", "closed"])),
    st.builds(WeekdayIs, st.lists(st.integers(1, 7), min_size=1, max_size=3, unique=True).map(tuple)),
    st.builds(DayOfMonthIs, st.integers(1, 31), st.integers(1, 31)),
)
TREES: st.SearchStrategy[Condition] = st.recursive(
    CONDITIONS,
    lambda of: st.builds(
        Group, st.sampled_from(["all", "any", "none"]), st.lists(of, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=6,
)
DAYS = st.dates(date(2024, 2, 20), date(2024, 3, 10))
RULES = st.lists(
    st.builds(
        Rule,
        st.just("r"),
        st.lists(TREES, min_size=1, max_size=3).map(tuple),
        st.just("6400"),
        memo=st.sampled_from(["", "a", "b"]),
        first_on=st.none() | DAYS,
        last_on=st.none() | DAYS,
        goes_on=st.booleans(),
    ),
    max_size=8,
)
ROWS = st.lists(st.tuples(TEXTS, st.integers(-4, 4), st.sampled_from(["checking", "card"]), DAYS), max_size=12)


def holds(condition: Condition, text: str, name: str, amount: int, bank: str, day: date) -> bool:
    """The meaning of a condition, one line at a time."""
    match condition:
        case TextIs(value, test, field):
            have = clean_text(text if field == "text" else name)
            if test == "regex":
                return re.search(value, have) is not None
            want = clean_text(value)
            return {"contains": want in have, "equals": want == have, "starts_with": have.startswith(want)}[test]
        case AmountIs(low, high):
            return (low is None or abs(amount) >= low) and (high is None or abs(amount) <= high)
        case DirectionIs(way):
            return amount > 0 if way == "in" else amount < 0
        case BankAccountIs(code):
            return bank == code
        case WeekdayIs(days):
            return day.isoweekday() in days
        case DayOfMonthIs(first, last):
            inside = first <= day.day, day.day <= last
            return all(inside) if first <= last else any(inside)
        case Group(join, of):
            held = [holds(one, text, name, amount, bank, day) for one in of]
            return {"all": all(held), "any": any(held), "none": not any(held)}[join]


def decided(rules: list[Rule], text: str, name: str, amount: int, bank: str, day: date) -> tuple[int, int]:
    """What the rules say of one line, read one after the other."""
    by, memo = -1, -1
    for number, rule in enumerate(rules):
        in_force = (rule.first_on or date.min) <= day <= (rule.last_on or date.max)
        if in_force and all(holds(one, text, name, amount, bank, day) for one in rule.conditions):
            by, memo = number, number if rule.memo else memo
            if not rule.goes_on:
                break
    return by, memo


@given(RULES, ROWS)
def test_many_rules_at_once_decide_as_they_do_read_one_after_the_other(
    rules: list[Rule], rows: list[tuple[str, int, str, date]]
) -> None:
    texts, amounts, banks, days = zip(*rows, strict=True) if rows else ((), (), (), ())
    lines = lines_of(texts, amounts, banks=banks, days=[str(day) for day in days])
    found = decide_by_rules(rules, lines)
    by_hand = [
        decided(rules, text, name, amount, bank, day)
        for (text, amount, bank, day), name in zip(rows, lines.counterparty, strict=True)
    ]
    assert list(zip(found.rule.tolist(), found.memo.tolist(), strict=True)) == by_hand


@given(TREES)
def test_a_condition_survives_being_stored(condition: Condition) -> None:
    assert condition_from_dict(condition_to_dict(condition)) == condition


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (TextIs("  "), "empty"),
        (TextIs("(", "regex"), "not a pattern"),
        (TextIs("(?=a)", "regex"), "not a pattern"),
        (TextIs("[a-z]{100000}", "regex"), "not a pattern"),  # too large only once case does not matter
        (TextIs("a" * 201), "longer than 200"),
        (TextIs("a\x02"), "cannot be printed"),
        (AmountIs(), "needs a lower or an upper"),
        (AmountIs(5, 4), "above the upper"),
        (AmountIs(-5, None), "without a sign"),
        (BankAccountIs(""), "Name the bank account"),
        (WeekdayIs(()), "at least one weekday"),
        (WeekdayIs((8,)), "at least one weekday"),
        (DayOfMonthIs(0, 3), "from 1 to 31"),
        (Group("any", ()), "group of conditions is empty"),
        (Group("none", (TextIs(" "),)), "text of a condition is empty"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_in_words(condition: Condition, words: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(words)):
        check_rule(Rule("x", (condition,), "6400"))


def test_a_rule_without_conditions_is_refused() -> None:
    with pytest.raises(InvalidInput, match="every line"):
        check_rule(Rule("all", (), "6400"))


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"kind": "group", "join": "xor", "of": [{"kind": "direction", "way": "in"}]},
        {"kind": "group", "join": "any", "of": "all"},
        {"kind": "weekday", "days": [True]},
        {"kind": "weather"},
        {"kind": "text", "value": "a", "tset": "equals"},
        {"kind": "amount", "least_minor": "5"},
        {"kind": "direction", "way": "sideways"},
        {"kind": "text", "value": "a", "test": "sounds_like"},
    ],
)
def test_a_stored_condition_nobody_wrote_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        read_rule("x", [stored], "6400")


def test_a_pattern_made_to_explode_takes_linear_time() -> None:
    lines = lines_of(["a" * 5000 + "!"] * 20)
    started = time.perf_counter()
    assert (first_hits([Rule("evil", (TextIs("(a+)+$", "regex"),), "6400")], lines) == -1).all()
    assert time.perf_counter() - started < 20  # a loop or a backtracking pattern would take minutes


def test_a_thousand_rules_on_twenty_thousand_lines_are_not_tried_one_by_one() -> None:
    texts = [f"POS DEBIT SHOP {i % 3000} RENO NV" for i in range(20_000)]
    rules = [Rule(str(i), (TextIs(f"shop {i} reno"), DirectionIs("out")), "6400") for i in range(1000)]
    lines = lines_of(texts)
    started = time.perf_counter()
    hit = first_hits(rules, lines)
    assert time.perf_counter() - started < 20  # a loop or a backtracking pattern would take minutes
    assert hit.tolist() == [i % 3000 if i % 3000 < 1000 else -1 for i in range(20_000)]


def test_without_rules_or_lines_nothing_is_hit() -> None:
    assert first_hits([], lines_of(["a"])).tolist() == [-1]
    assert first_hits([Rule("a", (TextIs("a"),), "1")], lines_of([])).dtype == np.int32


def test_groups_that_would_never_end_are_refused() -> None:
    deep: Condition = TextIs("a")
    for _ in range(12):
        deep = Group("all", (deep,))
    with pytest.raises(InvalidInput, match="too large"):
        check_rule(Rule("deep", (deep,), "6400"))
    wide = tuple(Group("any", tuple(TextIs(f"{i} {j}") for j in range(9))) for i in range(3))
    with pytest.raises(InvalidInput, match="more than 500 alternatives"):
        check_rule(Rule("wide", wide, "6400"))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([RulePart("1", percent=Decimal(100))], "2 to 12 parts"),
        ([RulePart("1", 500), RulePart("2", 300)], "must make 100"),
        ([RulePart("1", percent=Decimal(60)), RulePart("2", percent=Decimal(30))], "add up to 90"),
        ([RulePart("1"), RulePart("2", percent=Decimal(100))], "one of the two"),
        ([RulePart("1", 0), RulePart("2", percent=Decimal(100))], "0.00 or too large"),
        ([RulePart("1", percent=Decimal("NaN")), RulePart("2", percent=Decimal(1))], "cannot be a percentage"),
    ],
)
def test_a_split_that_does_not_place_the_whole_line_is_refused(parts: list[RulePart], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_rule(Rule("split", (TextIs("a"),), "1", tuple(parts)))


def test_a_rule_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="ends before it begins"):
        check_rule(Rule("x", (TextIs("a"),), "1", first_on=date(2024, 2, 1), last_on=date(2024, 1, 1)))


def test_patterns_are_found_with_and_without_room_for_all_of_them_together(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns, texts = ["a.*b{3}", "^x", r"\d{4}$"], ["AxBBB", "x 2024", "nothing", "é 1999"]
    whole = matching(patterns, texts)
    assert sorted(whole) == [(0, 0), (1, 1), (1, 2), (3, 2)]
    monkeypatch.setattr(re2.Set, "Match", lambda self, text: [])
    assert sorted(matching(patterns, texts)) == sorted(whole)
