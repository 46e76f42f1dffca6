"""What a score is worth: of suggestions like it, so many were right on sets with known truth.

The weights that matches are chosen by come close to probabilities, and are not ones. `data/matching/calibration.csv`
has for each kind and decision pairs of a stated score and the share that was right, rising with it; between them
shares are interpolated. `python -m benchmarks.calibrate_matching` made it.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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

_Tie = tuple[bool, int, str, float]  # whether an item, position, kind, stated score
Knots = tuple[Floats, Floats]  # stated scores, rising, and of each the share that was right


def calibrated(found: Matching) -> Matching:
    """The same matches with the share of like ones that were right as their score; alternatives by it, best first."""
    alike = _alike(found)
    matches = _scored(found.matches, [decided_how(match) for match in found.matches], alike)
    also = _scored(found.alternatives, [ALSO] * len(found.alternatives), alike)
    return replace(found, matches=tuple(matches), alternatives=tuple(sorted(also, key=lambda match: -match.score)))


def share_right(kind: str, decision: str, score: float) -> float:
    """Of matches of this kind, decision and stated score, the share that was right; the score where none is known."""
    knots = _table().get((kind, decision))
    return score if knots is None else float(np.interp(score, *knots))


def decided_how(match: ProposedMatch) -> str:
    """Under what the scores of a match that was chosen are calibrated."""
    return ORDER if match.in_order else str(match.decision)


def _scored(matches: Sequence[ProposedMatch], decided: Sequence[str], alike: Mapping[_Tie, int]) -> list[ProposedMatch]:
    """What ties cannot be right more often than its share, whatever others of its score were."""
    score = np.array([match.score for match in matches])
    segments: dict[tuple[str, str], list[int]] = {}
    for place, (match, how) in enumerate(zip(matches, decided, strict=True)):
        segments.setdefault((match.kind, how), []).append(place)
    for segment, places in segments.items():
        if knots := _table().get(segment):
            score[places] = np.interp(score[places], *knots)
    return [
        ProposedMatch(
            match.lines, match.items, match.kind, share if how == ORDER else min(share, _most(match, alike)),
            match.difference_minor, match.reason, match.decision, match.in_order,
        )
        for match, how, share in zip(matches, decided, score.tolist(), strict=True)
    ]  # fmt: skip


def _most(match: ProposedMatch, alike: Mapping[_Tie, int]) -> float:
    return 1 / max(alike.get(tie, 1) for tie in _ties_of(match)) if alike else 1.0


def _alike(found: Matching) -> Counter[_Tie]:
    """How many proposals equal each other, by what makes them equal. Matches share no member, so only those that an
    alternative equals can tie."""
    alike = Counter(tie for match in found.alternatives for tie in _ties_of(match))
    alike.update(tie for match in found.matches for tie in _ties_of(match) if tie in alike)
    return alike


def _ties_of(match: ProposedMatch) -> Iterator[_Tie]:
    """For each member that only one of equal proposals can have, what makes them equal."""
    score = round(match.score, 9)
    for line in match.lines:
        yield False, line, match.kind, score
    for item in match.items:
        yield True, item, match.kind, score


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
