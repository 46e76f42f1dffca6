"""From a score to a share of right answers, and from audited answers to a threshold that keeps a promise."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.categorization.second_look import F32, fit_second_look, look_again

F64 = NDArray[np.float64]
BOOL = NDArray[np.bool_]

_EDGE = 1e-6
# Weights that hold slope and offset to 1 and 0: about what fifty lines with scores near 0.9 weigh.
_PULL_SLOPE, _PULL_OFFSET = 20.0, 5.0
# Strictest first, the order in which they are tested.
THRESHOLDS = (
    *(0.9975, 0.995, 0.9925, 0.99, 0.9875, 0.985, 0.9825, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.9),
    *(0.875, 0.85, 0.825, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5),
)


def _logit(probability: F64) -> F64:
    inside = np.clip(probability, _EDGE, 1 - _EDGE)
    odds: F64 = np.log(inside / (1 - inside))
    return odds


@dataclass(frozen=True, slots=True)
class Platt:
    """probability = logistic(slope · logit(score) + offset); slope 1 and offset 0 leave the score as it is."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, score: F64) -> F64:
        value: F64 = 1 / (1 + np.exp(-(self.slope * _logit(score) + self.offset)))
        return value


def fit_platt(score: F64, right: BOOL) -> Platt:
    """Platt's two parameters by Newton's method, drawn towards leaving the score as it is where rows are few.

    Args: score, right: (n,) top scores of held-out lines and whether they were right.
    Source: Platt 1999, "Probabilistic outputs for support vector machines"; the pull is a Gaussian prior.
    """
    if not len(score):
        return Platt()
    x = np.stack([_logit(score), np.ones(len(score))], axis=1)
    start = np.array([1.0, 0.0])
    weights, pull = start.copy(), np.diag([_PULL_SLOPE, _PULL_OFFSET])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-(x @ weights)))
        slope = x.T @ (expected - right) + pull @ (weights - start)
        curve = (x * (expected * (1 - expected))[:, None]).T @ x + pull
        step = np.linalg.solve(curve, slope)
        weights = weights - np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    return Platt(max(float(weights[0]), 0.05), float(weights[1]))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Counterparties that were decided on before and new ones are calibrated apart: the same score is worth less
    for a new one (.905 to .967 realised in trials where the common threshold promised .98).

    `missed_seen` and `missed_unseen`: where the first account is wrong, how often the right one was not among those
    considered at all. `second_look`: trees over the evidence (see core.categorization.second_look), "" for none.
    """

    seen: Platt = Platt()
    unseen: Platt = Platt()
    missed_seen: float = 0.1
    missed_unseen: float = 0.1
    second_look: str = ""

    def __call__(self, score: F64, seen: BOOL, evidence: F32) -> F64:
        """(n,) the chance that lines with these best scores are right; `evidence` is that of `evidence_of_best`."""
        curve = np.where(seen, self.seen(score), self.unseen(score))
        if not self.second_look or not len(score):
            return curve
        mean: F64 = (curve + look_again(self.second_look, evidence, seen)) / 2
        return mean

    def missed(self, seen: BOOL) -> F64:
        """(n,) the share of wrong lines whose right account was not considered."""
        return np.where(seen, self.missed_seen, self.missed_unseen)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Calibration":
        return cls(
            Platt(**values["seen"]), Platt(**values["unseen"]), values["missed_seen"], values["missed_unseen"],
            values.get("second_look", ""),
        )  # fmt: skip


def fit_calibration(score: F64, right: BOOL, seen: BOOL, considered: BOOL, evidence: F32 | None = None) -> Calibration:
    """Fit on held-out lines that are later than what the ranker learned from. All arguments have n rows.

    `considered`: whether the right account was among the candidates. `evidence`: see `evidence_of_best`; without it
    there is no second look.
    """
    return Calibration(
        fit_platt(score[seen], right[seen]),
        fit_platt(score[~seen], right[~seen]),
        _missed(right[seen], considered[seen]),
        _missed(right[~seen], considered[~seen]),
        "" if evidence is None else fit_second_look(evidence, seen, right),
    )


def _missed(right: BOOL, considered: BOOL) -> float:
    """Share of wrong lines whose right account was no candidate, drawn towards one tenth by ten lines' weight."""
    return float(((~considered).sum() + 1) / ((~right).sum() + 10))


def expected_calibration_error(probability: F64, right: BOOL, bins: int = 15) -> float:
    """Mean distance between promised and realised share over equal-width bins, weighted by rows (Guo et al. 2017)."""
    if not len(probability):
        return 0.0
    bin_of = np.minimum((probability * bins).astype(np.int64), bins - 1)
    gap = np.bincount(bin_of, weights=probability - right, minlength=bins)
    return float(np.abs(gap).sum() / len(probability))


def upper_error_bound(errors: int, rows: int, alpha: float = 0.05) -> float:
    """Clopper–Pearson: the error rate that `errors` in `rows` audited lines rule out with confidence 1 - alpha."""
    from scipy import special

    if rows <= 0 or errors >= rows:
        return 1.0
    return float(special.betaincinv(errors + 1, rows - errors, 1 - alpha))


def rows_needed(target_error: float, errors: int = 0, alpha: float = 0.05) -> int:
    """How many audited lines, `errors` of them wrong, show an error rate of at most the target: 299 for 1 %."""
    low, high = errors, errors + 1
    while upper_error_bound(errors, high, alpha) > target_error:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if upper_error_bound(errors, middle, alpha) <= target_error else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """The lowest threshold whose error rate is shown to be within the target; figures are of the audited rows."""

    threshold: float
    rows: int  # audited lines at or above it
    errors: int
    upper_bound: float


def choose_threshold(
    probability: F64,
    right: BOOL,
    target_error: float,
    *,
    alpha: float = 0.05,
    tried: Sequence[float] = THRESHOLDS,
    unit: NDArray[np.uint64] | None = None,
) -> ChosenThreshold | None:
    """The threshold that posts most while its error stays within `target_error` with confidence 1 - alpha.

    Thresholds are tested from the strictest down, each by its Clopper–Pearson bound, and the first that fails ends
    the test. In that order every test may use the whole alpha: a false claim needs the first false one to pass
    (fixed-sequence testing; Angelopoulos et al. 2021, "Learn then Test"). Where to begin is settled by the
    confidences alone: at the strictest threshold that would pass if they were true, since one with few lines fails
    by bad luck.

    Args:
        probability, right: (n,) calibrated confidences of audited lines and whether they were right; the lines must
            not have been used to fit the confidences.
        unit: (n,) which lines are right or wrong together, such as those of one counterparty; lines that err in
            clusters count as fewer. None takes them as independent.
    Returns: None when the audited lines are too few or too often wrong to support the promise.
    """
    found = None
    for threshold in _sequence(probability, target_error, alpha, tried):
        reached = probability >= threshold
        rows, errors = int(reached.sum()), int((reached & ~right).sum())
        weight = 1.0 if unit is None else design_effect(~right[reached], unit[reached])
        bound = upper_error_bound(int(np.ceil(errors / weight)), int(rows / weight), alpha)
        if bound > target_error:
            break
        found = ChosenThreshold(float(threshold), rows, errors, bound)
    return found


def _sequence(probability: F64, target_error: float, alpha: float, tried: Sequence[float]) -> list[float]:
    """The thresholds worth testing, strictest first, settled without a look at what was right."""
    order = sorted(tried, reverse=True)
    counts = [int((probability >= threshold).sum()) for threshold in order]
    foreseen = [
        upper_error_bound(int(np.ceil((1 - probability[probability >= threshold]).sum())), count, alpha)
        for threshold, count in zip(order, counts, strict=True)
    ]
    start = next((i for i, bound in enumerate(foreseen) if bound <= target_error), None)
    if start is None:
        least = rows_needed(target_error, alpha=alpha)
        start = next((i for i, count in enumerate(counts) if count >= least), len(order))
    return order[start:]


def design_effect(wrong: BOOL, unit: NDArray[np.uint64]) -> float:
    """How many lines tell as much as one independent one would, at least 1: the variance of the number of wrong
    lines when they fall in clusters, over what it were if each line erred alone (Kish 1965)."""
    share = float(wrong.mean()) if len(wrong) else 0.0
    if share in {0.0, 1.0}:
        return 1.0
    _, cluster = np.unique(unit, return_inverse=True)
    excess = np.bincount(cluster, weights=wrong - share)
    return max(1.0, float((excess**2).sum() / (len(wrong) * share * (1 - share))))
