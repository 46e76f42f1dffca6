"""What audited lines support, in words and in numbers, and when they show a promise to be broken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assurance.promise import ALPHA, Support, countdown, evidence_against, is_broken
from core.metrics.rates import Rate, checks_needed


@pytest.mark.parametrize(
    ("right", "rows", "target", "said"),
    [
        (0, 0, 0.01, "0 of 299 audited lines; 299 more without an error support 1%."),
        (211, 211, 0.01, "211 of 299 audited lines; 88 more without an error support 1%."),
        (210, 211, 0.01, "211 of 473 audited lines, 1 of them wrong; 262 more without an error support 1%."),
        (299, 299, 0.01, "299 audited lines, none wrong: with 95% confidence at most 1% are wrong."),
        (59, 60, 0.5, "60 audited lines, 1 of them wrong: with 95% confidence at most 7.66% are wrong."),
        (58, 58, 0.005, "58 of 598 audited lines; 540 more without an error support 0.5%."),
        (58, 58, 0.0, "No number of audited lines can support 0%."),
    ],
)
def test_the_countdown_is_one_sentence(right: int, rows: int, target: float, said: str) -> None:
    assert countdown(Support(Rate(right, rows), target)) == said


@given(st.integers(0, 6), st.integers(0, 1200), st.sampled_from([0.005, 0.01, 0.02, 0.05]))
def test_a_promise_holds_exactly_from_the_number_of_lines_that_is_said_to_be_needed(
    errors: int, more: int, target: float
) -> None:
    support = Support(Rate(more, more + errors), target)
    assert support.needed == checks_needed(errors, target)
    assert support.holds == (more + errors >= checks_needed(errors, target))


def test_errors_within_the_target_are_no_evidence_and_many_are_much() -> None:
    assert evidence_against(0, 100, 0.01) == 0
    assert evidence_against(1, 100, 0.01) == 0
    assert evidence_against(3, 30, 0.01) > evidence_against(2, 30, 0.01) > evidence_against(2, 60, 0.01) > 0
    assert evidence_against(1, 1, 0.0) == float("inf")


def test_a_kept_promise_is_rarely_called_broken_however_often_one_looks() -> None:
    draws = np.random.default_rng(7)
    alarms = 0
    for _ in range(400):
        wrong = np.cumsum(draws.random(600) < 0.01)
        looks = np.flatnonzero(np.diff(wrong, prepend=0))  # only an error can raise the evidence
        alarms += any(evidence_against(int(wrong[i]), int(i) + 1, 0.01) >= 1 / ALPHA for i in looks)
    assert alarms <= 400 * ALPHA * 1.3  # three standard deviations of sampling


def test_a_broken_promise_is_found_with_few_lines() -> None:
    nothing = Support(Rate(0, 0), 0.01)
    assert not is_broken(Support(Rate(28, 30), 0.01), nothing)
    assert is_broken(Support(Rate(26, 30), 0.01), nothing)
    assert is_broken(nothing, Support(Rate(26, 30), 0.01))
