"""Laws of matching, on rows whose amounts and texts are drawn from so few values that they collide."""

import itertools
import math
import random
import time
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.matching.choosing import CHANCE, WORTH, choose, choose_groups
from core.matching.matching import find_matches
from core.matching.values import Decision, Kind
from tests.unit.matching.builders import bank_lines, item, line, open_items

TEXTS = ["ACME LTD INV-2044", "CREDIT ACME LTD", "ONLINE TRANSFER", "STRIPE PAYOUT", "BLUE BOTTLE", ""]
AMOUNTS = st.sampled_from([-1000, 1000, -2500, 2500, 968])
MEMBERS = st.frozensets(st.integers(0, 6), min_size=1, max_size=4)
LINES = st.lists(
    st.tuples(AMOUNTS, st.sampled_from(TEXTS), st.integers(0, 8), st.sampled_from(["checking", "savings", "card"])),
    max_size=8,
)
ITEMS = st.lists(
    st.tuples(
        AMOUNTS, st.sampled_from(["Acme Ltd", "Blue Bottle", "Stripe sale"]), st.sampled_from(["INV-2044", ""]),
        st.integers(-3, 3), st.sampled_from(["sale", "invoice"]),
    ),
    max_size=8,
)  # fmt: skip


def _lines(drawn: list[Any]) -> list[dict[str, Any]]:
    return [line(f"l{n}", a, text, day, account=account) for n, (a, text, day, account) in enumerate(drawn)]


def _items(drawn: list[Any]) -> list[dict[str, Any]]:
    return [item(f"i{n}", a, name, ref, day, kind=kind) for n, (a, name, ref, day, kind) in enumerate(drawn)]


@given(lines=LINES, items=ITEMS)
def test_every_movement_is_accounted_for_exactly_once(lines: list[Any], items: list[Any]) -> None:
    found = find_matches(bank_lines(_lines(lines)), open_items(_items(items)))
    seen_lines = [*found.open_lines, *(i for match in found.matches for i in match.lines)]
    seen_items = [*found.open_items, *(j for match in found.matches for j in match.items)]
    assert sorted(seen_lines) == list(range(len(lines)))
    assert sorted(seen_items) == list(range(len(items)))


@given(lines=LINES, items=ITEMS)
def test_matched_sides_agree_and_a_transfer_has_opposite_signs(lines: list[Any], items: list[Any]) -> None:
    found = find_matches(bank_lines(_lines(lines)), open_items(_items(items)))
    for match in (*found.matches, *found.alternatives):
        amounts = [lines[i][0] for i in match.lines]
        assert match.difference_minor == sum(amounts) - sum(items[j][0] for j in match.items)
        assert 0 <= match.score <= 1
        if match.kind is Kind.TRANSFER:
            (out, into), (first, second) = sorted(amounts), match.lines
            assert out < 0 < into
            assert lines[first][3] != lines[second][3]
            assert abs(lines[first][2] - lines[second][2]) <= 5
        if match.kind in (Kind.SETTLEMENT, Kind.BATCH, Kind.PARTS):
            assert match.difference_minor == 0


@given(lines=LINES, items=ITEMS, seed=st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(lines: list[Any], items: list[Any], seed: int) -> None:
    given_lines, given_items = _lines(lines), _items(items)
    mixed_lines, mixed_items = list(given_lines), list(given_items)
    random.Random(seed).shuffle(mixed_lines)
    random.Random(seed + 1).shuffle(mixed_items)

    def described(lines: list[Any], items: list[Any]) -> set[Any]:
        found = find_matches(bank_lines(lines), open_items(items))
        return {
            (
                frozenset(lines[i]["key"] for i in match.lines),
                frozenset(items[j]["key"] for j in match.items),
                match.kind, match.decision, match.reason, round(match.score, 9),
            )
            for match in found.matches
        }  # fmt: skip

    assert described(given_lines, given_items) == described(mixed_lines, mixed_items)


@given(lines=LINES, items=ITEMS)
def test_a_line_with_a_twin_is_never_matched_without_a_person(lines: list[Any], items: list[Any]) -> None:
    """Whatever fits a line fits its exact copy as well, unless it takes one each."""
    twins = [*_lines(lines), *(row | {"key": f"{row['key']}b"} for row in _lines(lines))]
    found = find_matches(bank_lines(twins), open_items(_items(items)))
    assert all(match.decision is Decision.SUGGEST for match in found.matches)


def _best_by_trying_all(gains: dict[tuple[int, int], float], rows: int) -> float:
    """The largest sum of gains over all ways to pair rows with columns."""
    best = 0.0
    choices = [[None, *(j for (i, j) in gains if i == row)] for row in range(rows)]
    for picked in itertools.product(*choices):
        columns = [j for j in picked if j is not None]
        if len(columns) == len(set(columns)):
            best = max(best, sum(gains[i, j] for i, j in enumerate(picked) if j is not None))
    return best


@given(
    weights=st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(0, 3)), st.sampled_from([0.01, 0.2, 1.0, 3.0, 200.0]), max_size=12
    )
)
@settings(deadline=None)
def test_the_choice_is_as_good_as_the_best_found_by_trying_all(weights: dict[tuple[int, int], float]) -> None:
    pairs = sorted(weights)
    i, j = np.array([a for a, _ in pairs], np.int64), np.array([b for _, b in pairs], np.int64)
    weight = np.array([weights[pair] for pair in pairs])
    chosen = choose(weight, np.full(len(pairs), WORTH), i, j)
    gains = {pair: math.log(w / CHANCE) for pair, w in weights.items() if w > CHANCE}
    assert len(set(i[chosen])) == len(set(j[chosen])) == chosen.sum()
    total = sum(gains[pair] for pair, taken in zip(pairs, chosen, strict=True) if taken)
    assert math.isclose(total, _best_by_trying_all(gains, 4), abs_tol=1e-9)


@given(
    groups=st.lists(
        st.tuples(
            st.frozensets(st.integers(0, 6), min_size=1, max_size=4), st.sampled_from([-0.5, 0.5, 1.0, 1.7, 3.0])
        ),
        max_size=9,
    )
)
@settings(deadline=None)
def test_the_chosen_groups_are_as_good_as_the_best_found_by_trying_all(groups: list[Any]) -> None:
    members, gain = [sorted(numbers) for numbers, _ in groups], [worth for _, worth in groups]
    chosen = choose_groups(gain, members)
    taken = [number for group in chosen for number in members[group]]
    assert len(taken) == len(set(taken))
    best = 0.0
    for size in range(len(groups) + 1):
        for picked in itertools.combinations(range(len(groups)), size):
            used = [number for group in picked for number in members[group]]
            if len(used) == len(set(used)):
                best = max(best, sum(gain[group] for group in picked))
    assert math.isclose(sum(gain[group] for group in chosen), best, abs_tol=1e-9)


def test_fifty_identical_rows_on_each_side_take_no_time_and_decide_nothing() -> None:
    lines = bank_lines([line(f"l{n:02}", 2500, "CREDIT ACME LTD", account=f"a{n % 2}") for n in range(50)])
    items = open_items([item(f"i{n:02}", 2500, "Acme Ltd") for n in range(50)])
    started = time.perf_counter()
    found = find_matches(lines, items)
    assert time.perf_counter() - started < 1
    assert all(match.decision is Decision.SUGGEST for match in found.matches)


def test_a_thousand_identical_transfers_stay_bounded() -> None:
    rows = [line(f"o{n}", -2500, "TRANSFER", account="a") for n in range(1000)]
    rows += [line(f"p{n}", 2500, "TRANSFER", account="b") for n in range(1000)]
    started = time.perf_counter()
    found = find_matches(bank_lines(rows), open_items([]))
    assert time.perf_counter() - started < 120
    assert all(match.decision is Decision.SUGGEST for match in found.matches)
