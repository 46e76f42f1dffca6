"""How true stated probabilities are: what was claimed against what was right."""

from collections.abc import Sequence
from typing import Any

import numpy as np

BINS = 10  # of equal width, as the expected calibration error is commonly given


def reliability(claimed: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """Brier score, expected calibration error, and by bin how many there were, what they claimed, how many were right.

    Args:
        claimed: probabilities in [0, 1].
        right: what came true; as many.

    Returns:
        `brier` and `ece` are None where nothing is claimed.
    """
    score, hit = np.array(claimed, np.float64), np.array(right, np.float64)
    if not len(score):
        return {"brier": None, "ece": None, "bins": []}
    place = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    bins = [
        {"count": int(here.sum()), "claimed": _mean(score[here]), "right": _mean(hit[here])}
        for here in (place == number for number in np.unique(place))
    ]
    off = [abs(float(score[place == number].sum() - hit[place == number].sum())) for number in np.unique(place)]
    return {"brier": _mean((score - hit) ** 2), "ece": round(sum(off) / len(score), 5), "bins": bins}


def _mean(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    return round(float(values.mean()), 5)
