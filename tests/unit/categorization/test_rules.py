import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.categorization.rule_matching import first_hits
from core.categorization.rules import (
    AmountIs,
    BankAccountIs,
    Condition,
    DirectionIs,
    Rule,
    TextIs,
    check_rule,
    clean_text,
    condition_from_dict,
    condition_to_dict,
    read_rule,
)
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
)
RULES = st.lists(
    st.builds(Rule, st.just("r"), st.lists(CONDITIONS, min_size=1, max_size=3).map(tuple), st.just("6400"))
)
ROWS = st.lists(st.tuples(TEXTS, st.integers(-4, 4), st.sampled_from(["checking", "card"])), max_size=12)


def holds(condition: Condition, text: str, name: str, amount: int, bank: str) -> bool:
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


@given(RULES, ROWS)
def test_the_first_rule_of_which_every_condition_holds_decides(
    rules: list[Rule], rows: list[tuple[str, int, str]]
) -> None:
    lines = lines_of([row[0] for row in rows], [row[1] for row in rows], banks=[row[2] for row in rows])
    expected = [
        next(
            (i for i, rule in enumerate(rules) if all(holds(c, text, name, amount, bank) for c in rule.conditions)), -1
        )
        for (text, amount, bank), name in zip(rows, lines.counterparty, strict=True)
    ]
    assert first_hits(rules, lines).tolist() == expected


@given(CONDITIONS)
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
