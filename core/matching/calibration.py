"""What a score is worth: of suggestions like it, so many were right on sets with known truth.

The weights that matches are chosen by come close to probabilities, and are not ones. `data/matching/calibration.csv`
has for each kind and decision pairs of a stated score and the share that was right, rising with it; between them
shares are interpolated. `python -m benchmarks.calibrate_matching` made it.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from core.matching.texts import Floats
from core.matching.values import Matching, ProposedMatch

TABLE = Path(__file__).resolve().parents[2] / "data" / "matching" / "calibration.csv"
WORTH_ASKING = 0.3  # score below which a suggestion would cost more of a person's time than it saves
ALSO = "also"  # in the place of the decision: a further suggestion beside the chosen one
ORDER = "order"  # the same: one of several alike, paired by their days

_Tie = tuple[str, int, str, float]  # side, position, kind, stated score
Knots = tuple[Floats, Floats]  # stated scores, rising, and of each the share that was right


def calibrated(found: Matching) -> Matching:
    """The same matches with the share of like ones that were right as their score; alternatives by it, best first."""
    alike = Counter(_ties(found))
    also = [_replaced(match, ALSO, alike) for match in found.alternatives]
    return replace(
        found,
        matches=tuple(_replaced(match, decided_how(match), alike) for match in found.matches),
        alternatives=tuple(sorted(also, key=lambda match: -match.score)),
    )


def share_right(kind: str, decision: str, score: float) -> float:
    """Of matches of this kind, decision and stated score, the share that was right; the score where none is known."""
    knots = _table().get((kind, decision))
    return score if knots is None else float(np.interp(score, *knots))


def decided_how(match: ProposedMatch) -> str:
    """Under what the scores of a match that was chosen are calibrated."""
    return ORDER if match.in_order else str(match.decision)


def _replaced(match: ProposedMatch, decision: str, alike: Mapping[_Tie, int]) -> ProposedMatch:
    """What ties cannot be right more often than its share, whatever others of its score were."""
    share = share_right(match.kind, decision, match.score)
    if decision == ORDER:  # the days break the tie
        return replace(match, score=share)
    return replace(match, score=min(share, 1 / max(alike[tie] for tie in _ties_of(match))))


def _ties(found: Matching) -> Iterator[_Tie]:
    for match in (*found.matches, *found.alternatives):
        yield from _ties_of(match)


def _ties_of(match: ProposedMatch) -> Iterator[_Tie]:
    """For each member that only one of equal proposals can have, what makes them equal."""
    score = round(match.score, 9)
    for line in match.lines:
        yield "line", line, match.kind, score
    for item in match.items:
        yield "item", item, match.kind, score


@cache
def _table() -> Mapping[tuple[str, str], Knots]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    segments = dict.fromkeys((row["kind"], row["decision"]) for row in rows)
    return {
        segment: (
            np.array([float(row["score"]) for row in rows if (row["kind"], row["decision"]) == segment]),
            np.array([float(row["share"]) for row in rows if (row["kind"], row["decision"]) == segment]),
        )
        for segment in segments
    }
