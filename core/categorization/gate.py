"""Whether a newly trained model may take over: both models tried on the same later lines. Values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.categorization.calibration import THRESHOLDS, expected_calibration_error

F64 = NDArray[np.float64]
BOOL = NDArray[np.bool_]

LOG_LOSS_SLACK = 0.02
SLACK = 0.01  # of calibration error and coverage, besides one standard error of the champion's share right
REGRESS_SHARE = 0.02  # of the lines that the model in use gets right, so many may come out wrong, but at least one
BINS = 10


@dataclass(frozen=True)
class Tried:
    """What a model said of n later lines, by date, and what people decided.

    `confidence` is calibrated on lines other than the one it stands for; columns are (n,). `figures` holds what was
    measured besides (see core.categorization.fitting.holdout_figures).
    """

    confidence: F64
    right: BOOL
    figures: Mapping[str, Any]

    def measured(self, target_error: float) -> dict[str, Any]:
        """All figures of the model as its card shows them."""
        return {
            **self.figures,
            "ece": round(expected_calibration_error(self.confidence, self.right), 4),
            "coverage": round(coverage_at(self.confidence, self.right, target_error), 4),
            "target_error": target_error,
            "reliability": reliability(self.confidence, self.right),
            "risk_coverage": risk_coverage(self.confidence, self.right),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    wins: bool
    reason: str


def judge(champion: Tried, challenger: Tried, target_error: float) -> Verdict:
    """Let the challenger win only if it is not worse in any respect.

    It has to get as many lines right; be as well calibrated, as sure of what it knows (log loss) and cover as many
    lines at the promise, each within a slack; and of the lines that the champion gets right, each decided by a person,
    get hardly any wrong: whoever has corrected a line once does not want to see it come back.
    """
    old, new = champion.measured(target_error), challenger.measured(target_error)
    known = int(champion.right.sum())
    lost = int((champion.right & ~challenger.right).sum())
    tolerated = max(1, round(REGRESS_SHARE * known))
    share = float(champion.right.mean()) if len(champion.right) else 0.0
    slack = SLACK + float(np.sqrt(share * (1 - share) / max(len(champion.right), 1)))
    checks = (
        ("accuracy", float(new["accuracy"] or 0) >= float(old["accuracy"] or 0), "accuracy"),
        ("calibration", new["ece"] <= old["ece"] + slack, "ece"),
        ("log loss", float(new["log_loss"] or 0) <= float(old["log_loss"] or 0) + LOG_LOSS_SLACK, "log_loss"),
        ("coverage at the promise", new["coverage"] >= old["coverage"] - slack, "coverage"),
    )
    worse = [name for name, holds, _ in checks if not holds]
    if lost > tolerated:
        worse.append("lines known before")
    facts = ", ".join(f"{name} {new[key]} against {old[key]}" for name, _, key in checks)
    verdict = (
        f"worse in {' and '.join(worse)}, so the model in use stays" if worse else "not worse than the model in use"
    )
    return Verdict(
        not worse,
        f"{verdict}; on {len(champion.right)} later lines: {facts}; {lost} of {known} lines wrong that the model in "
        f"use gets right ({tolerated} tolerated)",
    )


def coverage_at(confidence: F64, right: BOOL, target_error: float) -> float:
    """The largest share of the lines, the surest first, of which at most `target_error` is wrong: with hindsight, so a
    figure to compare models by, not one to promise."""
    if not len(right):
        return 0.0
    order = np.argsort(-confidence, kind="stable")
    rows = np.arange(1, len(right) + 1)
    wrong = np.cumsum(~right[order])
    whole = np.append(confidence[order][1:] < confidence[order][:-1], True)  # no threshold cuts lines equally sure
    kept = rows[whole & (wrong <= target_error * rows)]
    return float(kept.max(initial=0) / len(right))


def reliability(confidence: F64, right: BOOL) -> list[dict[str, float]]:
    """For a calibration plot: mean confidence, share right and lines of each of ten classes of confidence."""
    bin_of = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return [
        {
            "confidence": round(float(confidence[bin_of == one].mean()), 4),
            "right": round(float(right[bin_of == one].mean()), 4),
            "rows": int((bin_of == one).sum()),
        }
        for one in np.unique(bin_of)
    ]


def risk_coverage(confidence: F64, right: BOOL) -> list[dict[str, float]]:
    """For each threshold, strictest first: the share of lines at or above it, and how many of these are wrong."""
    return [
        {
            "threshold": threshold,
            "coverage": round(float(reached.mean()), 4),
            "wrong": int((reached & ~right).sum()),
            "rows": int(reached.sum()),
        }
        for threshold in sorted(THRESHOLDS, reverse=True)
        for reached in [confidence >= threshold]
        if reached.any()
    ]
