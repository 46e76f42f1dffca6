"""Scores that say how many of like matches were right."""

import csv
from itertools import pairwise

import pytest

from benchmarks.calibrate_matching import LEAST, knots
from benchmarks.matching_cases import matching_cases
from core.matching.calibration import TABLE, share_right
from core.matching.evaluating import evaluate
from core.matching.matching import find_matches, uncalibrated_matches
from core.matching.reliability import reliability
from core.matching.set_csv import read_bank, read_items, read_truth
from tests.unit.matching.builders import bank_lines, item, line, open_items


def test_shares_of_every_kind_rise_with_the_score_and_never_claim_certainty() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["kind"], row["decision"], float(row["score"]), float(row["share"])) for row in csv.DictReader(file)
        ]
    assert all(0 < share < 1 for *_, share in rows)
    for (kind, decision, score, _), (next_kind, next_decision, next_score, _) in pairwise(rows):
        if (kind, decision) == (next_kind, next_decision):
            assert score < next_score
    scores = [place / 50 for place in range(51)]
    for kind, decision in {(kind, decision) for kind, decision, *_ in rows}:
        shares = [share_right(kind, decision, score) for score in scores]
        assert all(after >= before - 0.02 for before, after in pairwise(shares))  # smoothing of small steps


def test_a_kind_that_nobody_measured_keeps_its_score() -> None:
    assert share_right("barter", "suggest", 0.42) == 0.42


def test_calibration_moves_scores_alone() -> None:
    lines = bank_lines([line("a", 5000, "ACME LTD INV-2044", 3), line("b", 700, "QUAY MOTORS", 4)])
    items = open_items([item("x", 5000, "Acme Ltd", "INV-2044"), item("y", 700, "Quay Mo", "77")])
    before, after = uncalibrated_matches(lines, items).matches, find_matches(lines, items).matches
    assert [(one.lines, one.items, one.decision, one.reason) for one in before] == [
        (one.lines, one.items, one.decision, one.reason) for one in after
    ]
    assert [one.score for one in before] != [one.score for one in after]


def test_of_three_that_tie_each_is_right_in_a_third_of_the_cases_at_most() -> None:
    items = open_items([item(key, 5000, "Acme Ltd") for key in "xyz"])
    found = find_matches(bank_lines([line("a", 5000, "CREDIT ACME LTD", 3)]), items)
    assert {round(one.score, 6) <= round(1 / 3, 6) for one in (*found.matches, *found.alternatives)} == {True}


def test_knots_hold_the_share_that_was_right_in_steps_of_enough_matches() -> None:
    right = [True] * 10 + [False] * 90 + [True] * 95 + [False] * 5
    found = knots([0.3] * 100 + [0.8] * 100, right)
    assert found == [(0.3, round(10.5 / 101, 5), 100, 10), (0.8, round(95.5 / 101, 5), 100, 95)]
    assert all(count >= LEAST for *_, count, _ in knots([n / 120 for n in range(120)], [n % 3 > 0 for n in range(120)]))


def test_reliability_compares_what_is_claimed_with_what_came_true() -> None:
    found = reliability([0.9, 0.9, 0.2, 0.2], [True, False, False, False])
    assert found["brier"] == pytest.approx((0.01 + 0.81 + 0.04 + 0.04) / 4)
    assert found["ece"] == pytest.approx((abs(1.8 - 1) + abs(0.4 - 0)) / 4)
    assert found["bins"] == [
        {"count": 2, "claimed": 0.2, "right": 0.0}, {"count": 2, "claimed": 0.9, "right": 0.5},
    ]  # fmt: skip
    assert reliability([], []) == {"brier": None, "ece": None, "bins": []}


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard"])
def test_on_a_fresh_seed_scores_are_true_within_two_in_a_hundred(difficulty: str) -> None:
    files = matching_cases(2_027, difficulty, 1_500).files()
    truth = read_truth(files["truth.csv"])
    found = evaluate(read_bank(files["bank.csv"]), read_items(files["items.csv"]), truth)
    assert found["ece"] <= 0.02
