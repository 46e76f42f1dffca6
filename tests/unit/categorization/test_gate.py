"""The gate before a newly trained model: not worse in any respect, and nothing known forgotten."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.categorization import gate
from core.categorization.gate import Tried, coverage_at, judge, reliability, risk_coverage


def tried(right, confidence=None, log_loss=0.3) -> Tried:
    right = np.array(right, np.bool_)
    sure = np.full(len(right), 0.95) if confidence is None else np.array(confidence, np.float64)
    return Tried(sure, right, {"accuracy": float(right.mean()), "log_loss": log_loss})


def good(rows=100, wrong=()) -> np.ndarray:
    right = np.ones(rows, np.bool_)
    right[list(wrong)] = False
    return right


def test_a_challenger_as_good_as_the_champion_takes_over_and_the_reason_says_why() -> None:
    verdict = judge(tried(good(wrong=[3, 4])), tried(good(wrong=[3])), 0.01)
    assert verdict.wins
    assert verdict.reason == (
        "not worse than the model in use; on 100 later lines: accuracy 0.99 against 0.98, calibration 0.04 against "
        "0.03, log loss 0.3 against 0.3, coverage at the promise 1.0 against 0.0; 0 of 98 lines wrong that the model "
        "in use gets right (2 tolerated)"
    )


@pytest.mark.parametrize(
    ("challenger", "worse"),
    [
        (tried(good(wrong=[1, 3, 4])), "accuracy"),
        (tried(good(wrong=[3, 4]), log_loss=0.33), "log loss"),
        (tried(good(wrong=[3, 4]), np.full(100, 0.9)), "calibration"),
        (tried(good(wrong=[7, 8, 9])), "accuracy and lines known before"),
    ],
)
def test_a_challenger_worse_in_one_respect_stays_out(challenger: Tried, worse: str) -> None:
    verdict = judge(tried(good(wrong=[3, 4])), challenger, 0.01)
    assert not verdict.wins
    assert verdict.reason.startswith(f"worse in {worse}, so the model in use stays")


def test_forgetting_what_was_known_is_not_made_up_for_by_learning_as_much_anew() -> None:
    verdict = judge(tried(good(wrong=range(10))), tried(good(wrong=range(20, 25))), 0.05)
    assert not verdict.wins
    assert "worse in lines known before" in verdict.reason
    assert "5 of 90 lines wrong that the model in use gets right (2 tolerated)" in verdict.reason


def test_a_challenger_that_would_post_less_alone_stays_out() -> None:
    sure = np.linspace(0.9, 0.99, 100)
    champion, challenger = tried(good(wrong=[0]), sure), tried(good(wrong=[99]), sure)
    verdict = judge(champion, challenger, 0.005)
    assert not verdict.wins
    assert "coverage at the promise" in verdict.reason


ROWS = st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.9, 0.97, 0.99]), st.booleans()), max_size=40)


@given(ROWS, st.sampled_from([0.0, 0.01, 0.1, 0.5]))
def test_the_coverage_is_that_of_the_best_threshold(rows: list[tuple[float, bool]], target: float) -> None:
    confidence, right = (np.array([row[i] for row in rows], kind) for i, kind in ((0, np.float64), (1, np.bool_)))
    reached = [confidence >= threshold for threshold in (0.2, 0.5, 0.9, 0.97, 0.99)]
    shares = [one.mean() for one in reached if one.any() and (one & ~right).sum() <= target * one.sum()]
    assert coverage_at(confidence, right, target) == pytest.approx(max(shares, default=0.0))


@given(ROWS)
def test_every_line_is_in_one_class_of_the_calibration_plot(rows: list[tuple[float, bool]]) -> None:
    confidence, right = (np.array([row[i] for row in rows], kind) for i, kind in ((0, np.float64), (1, np.bool_)))
    classes = reliability(confidence, right)
    assert sum(one["rows"] for one in classes) == len(rows)
    assert len(classes) <= gate.BINS
    assert round(sum(one["right"] * one["rows"] for one in classes), 1) == pytest.approx(right.sum(), abs=0.1)


def test_the_curve_falls_in_confidence_as_it_covers_more() -> None:
    drawn = np.random.default_rng(3)
    confidence = drawn.random(500) * 0.5 + 0.5
    curve = risk_coverage(confidence, drawn.random(500) < confidence)
    assert [one["threshold"] for one in curve] == sorted((one["threshold"] for one in curve), reverse=True)
    assert all(a["rows"] <= b["rows"] and a["wrong"] <= b["wrong"] for a, b in pairwise(curve))
