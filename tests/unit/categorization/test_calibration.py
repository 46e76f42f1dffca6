import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.categorization.calibration import (
    THRESHOLDS,
    Calibration,
    choose_threshold,
    design_effect,
    expected_calibration_error,
    fit_calibration,
    fit_platt,
    rows_needed,
    upper_error_bound,
)

NONE_SEEN = np.zeros(0, np.bool_)
NO_EVIDENCE = np.zeros((0, 4), np.float32)


@given(rows=st.integers(1, 3000), share=st.floats(0, 1), alpha=st.sampled_from([0.05, 0.01, 0.003]))
def test_the_bound_is_the_exact_binomial_one(rows: int, share: float, alpha: float) -> None:
    errors = int(rows * share)
    exact = stats.binomtest(errors, rows).proportion_ci(1 - 2 * alpha, method="exact").high
    assert upper_error_bound(errors, rows, alpha) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(
    ("promise", "errors", "rows"),
    [(0.05, 0, 59), (0.02, 0, 149), (0.01, 0, 299), (0.01, 1, 473), (0.01, 5, 1049), (0.005, 2, 1258)],
)
def test_the_rows_needed_for_a_promise_are_those_of_the_exact_table(promise: float, errors: int, rows: int) -> None:
    assert upper_error_bound(errors, rows) <= promise
    assert upper_error_bound(errors, rows - 1) > promise


def test_too_few_audited_rows_support_no_threshold() -> None:
    sure = np.full(298, 0.999)
    assert choose_threshold(sure, np.ones(298, np.bool_), 0.01, tried=(0.9,)) is None
    chosen = choose_threshold(np.full(299, 0.999), np.ones(299, np.bool_), 0.01, tried=(0.9,))
    assert chosen is not None
    assert (chosen.threshold, chosen.rows, chosen.errors) == (0.9, 299, 0)


def test_the_rows_still_needed_are_told_for_any_number_of_errors() -> None:
    assert [rows_needed(0.01), rows_needed(0.01, 1), rows_needed(0.05, 5), rows_needed(0.02)] == [299, 473, 208, 149]


def test_trying_many_thresholds_in_order_costs_no_evidence() -> None:
    assert len(THRESHOLDS) > 1
    assert list(THRESHOLDS) == sorted(THRESHOLDS, reverse=True)
    chosen = choose_threshold(np.full(299, 0.999), np.ones(299, np.bool_), 0.01)
    assert chosen is not None
    assert chosen.threshold == min(THRESHOLDS)


def test_the_first_threshold_that_fails_ends_the_search() -> None:
    probability = np.concatenate([np.full(1000, 0.999), np.full(100_000, 0.95)])
    right = np.concatenate([np.arange(1000) % 20 > 0, np.ones(100_000, np.bool_)])
    assert choose_threshold(probability, right, 0.01) is None


def test_rows_that_are_wrong_in_clusters_count_for_less() -> None:
    right = np.ones(1000, np.bool_)
    right[:4] = False
    alone, together = np.arange(1000, dtype=np.uint64), np.arange(1000, dtype=np.uint64) // np.uint64(4)
    sure = np.full(1000, 0.999)
    assert design_effect(~right, alone) == pytest.approx(1.0, abs=0.01)
    assert design_effect(~right, together) == pytest.approx(4.0, abs=0.05)
    assert choose_threshold(sure, right, 0.01, unit=alone) is not None
    assert choose_threshold(sure, right, 0.01, unit=together) is None


def test_the_lowest_threshold_that_keeps_the_promise_is_taken() -> None:
    probability = np.concatenate([np.full(2000, 0.99), np.full(2000, 0.75), np.full(500, 0.55)])
    right = np.concatenate([np.ones(4000, np.bool_), np.zeros(500, np.bool_)])
    chosen = choose_threshold(probability, right, 0.01)
    assert chosen is not None
    assert chosen.threshold == 0.6


@pytest.mark.parametrize(("boast", "rows"), [(1.0, 3000), (1.0, 400), (2.5, 3000)])
def test_the_promise_is_broken_in_at_most_one_world_of_twenty(boast: float, rows: int) -> None:
    random = np.random.default_rng(3)
    worlds, broken = 400, 0
    grid = np.linspace(0.5, 1, 200_001)
    truth = 1 - (1 - grid) * boast  # what such a confidence is worth
    for _ in range(worlds):
        probability = random.uniform(0.5, 1, rows)
        right = random.uniform(size=rows) < 1 - (1 - probability) * boast
        chosen = choose_threshold(probability, right, 0.02)
        broken += chosen is not None and float(1 - truth[grid >= chosen.threshold].mean()) > 0.02
    assert broken <= stats.binom.ppf(0.999, worlds, 0.05)


def test_the_promise_is_kept_where_lines_err_in_clusters() -> None:
    random = np.random.default_rng(4)
    worlds, broken = 300, 0
    for _ in range(worlds):
        cluster = np.repeat(np.arange(400, dtype=np.uint64), 5)
        right = np.repeat(random.uniform(size=400) >= 0.0201, 5)  # five lines of one payee are wrong together
        broken += choose_threshold(np.full(2000, 0.99), right, 0.02, unit=cluster) is not None
    assert broken <= stats.binom.ppf(0.999, worlds, 0.05)


def test_calibration_undoes_overconfidence_and_leaves_order() -> None:
    random = np.random.default_rng(1)
    honest = random.uniform(0.3, 0.99, 20_000)
    right = random.uniform(size=20_000) < honest
    logit = np.log(honest / (1 - honest))
    boastful = 1 / (1 + np.exp(-2 * logit))
    platt = fit_platt(boastful, right)
    assert platt.slope == pytest.approx(0.5, abs=0.05)
    repaired = platt(boastful)
    assert expected_calibration_error(repaired, right) < 0.015 < expected_calibration_error(boastful, right)
    assert (np.argsort(repaired, kind="stable") == np.argsort(boastful, kind="stable")).all()


def test_a_handful_of_rows_hardly_moves_the_scores() -> None:
    platt = fit_platt(np.array([0.9, 0.9, 0.9]), np.array([False, False, True]))
    assert platt(np.array([0.9]))[0] > 0.75


def test_seen_and_unseen_counterparties_are_calibrated_apart() -> None:
    score = np.full(4000, 0.9)
    seen = np.arange(4000) < 2000
    right = np.where(seen, np.arange(4000) % 100 < 97, np.arange(4000) % 100 < 70)
    found = fit_calibration(score, right, seen, np.ones(4000, np.bool_))
    probability = found(score, seen, NO_EVIDENCE)
    assert probability[0] == pytest.approx(0.97, abs=0.01)
    assert probability[-1] == pytest.approx(0.70, abs=0.02)
    assert Calibration.from_dict(found.to_dict()) == found


def test_nothing_to_calibrate_on_leaves_scores_as_they_are() -> None:
    found = fit_calibration(np.zeros(0), NONE_SEEN, NONE_SEEN, NONE_SEEN)
    assert found(np.array([0.3, 0.8]), np.array([True, False]), NO_EVIDENCE) == pytest.approx([0.3, 0.8])
    assert expected_calibration_error(np.zeros(0), NONE_SEEN) == 0
