"""Trees over what the ranker knew of its choice, beside the curve over its score."""

import numpy as np
import pytest

from core.categorization.calibration import Calibration, expected_calibration_error, fit_calibration
from core.categorization.second_look import LEAST_ROWS, evidence_of_best, fit_second_look


def decided(rows: int) -> tuple[np.ndarray, ...]:
    """Lines of one score, of which those with a near runner-up are mostly wrong: score, right, seen, evidence."""
    random = np.random.default_rng(7)
    near = random.random(rows) < 0.3
    right = random.random(rows) < np.where(near, 0.6, 0.99)
    evidence = np.column_stack([np.full(rows, 0.9), np.where(near, 0.8, 0.1), random.random(rows)])
    return np.full(rows, 0.9), right, np.ones(rows, np.bool_), evidence.astype(np.float32)


def test_the_evidence_of_a_line_is_that_of_its_best_pair_with_the_runner_up_and_the_sum() -> None:
    line, raw = np.array([0, 0, 0, 2]), np.array([0.2, 0.7, 0.4, 0.5])
    features = np.arange(8, dtype=np.float32).reshape(4, 2)
    found = evidence_of_best(line, raw, features, 3)
    expected = [[0.7, 0.4, 1.3, 2, 3], [0, 0, 0, 0, 0], [0.5, 0, 0.5, 6, 7]]
    assert found == pytest.approx(np.array(expected))


def test_with_enough_decided_lines_equal_scores_are_told_apart() -> None:
    score, right, seen, evidence = decided(8_000)
    found = fit_calibration(score, right, seen, np.ones(len(score), np.bool_), evidence)
    later, truth, seen_later, evidence_later = decided(4_000)
    confidence = found(later, seen_later, evidence_later)
    near = evidence_later[:, 1] > 0.5
    assert confidence[near].max() < confidence[~near].min()
    # The mean with the curve, which knows the score alone, goes half the way.
    assert confidence[near].mean() == pytest.approx((truth[near].mean() + truth.mean()) / 2, abs=0.03)
    assert expected_calibration_error(confidence, truth) < 0.2


def test_it_is_kept_with_the_calibration_and_is_the_same_whenever_it_is_fitted() -> None:
    score, right, seen, evidence = decided(LEAST_ROWS)
    found = fit_calibration(score, right, seen, right, evidence)
    assert found.second_look
    assert Calibration.from_dict(found.to_dict()) == found == fit_calibration(score, right, seen, right, evidence)


@pytest.mark.parametrize("rows", [0, LEAST_ROWS - 1])
def test_too_few_lines_leave_the_curve_alone(rows: int) -> None:
    _, right, seen, evidence = decided(rows)
    assert fit_second_look(evidence, seen, right) == ""
    assert fit_second_look(evidence, seen, np.ones(rows, np.bool_)) == ""
