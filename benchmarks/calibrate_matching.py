"""Fit what scores of the matching are worth: `python -m benchmarks.calibrate_matching` writes the table that
core.matching.calibration reads.

Seeds from FIRST_SEED on are for this alone; what is measured elsewhere is drawn from others.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.isotonic import IsotonicRegression

from benchmarks.matching_cases import DIFFICULTIES, matching_cases
from core.matching.calibration import ALSO, TABLE, decided_how
from core.matching.link_csv import read_links
from core.matching.links import find_links, links_right
from core.matching.matching import uncalibrated_matches
from core.matching.set_csv import read_bank, read_items, read_truth

FIRST_SEED = 101
COLUMNS = ("kind", "decision", "score", "share", "count", "right")
LEAST = 50  # matches behind a share

Seen = tuple[str, str, float, bool]  # kind, decision, stated score, whether it was right


def observed(seed: int, difficulty: str, lines: int) -> Iterator[Seen]:
    """Every match and link proposed on a generated set, and whether the truth has it."""
    files = matching_cases(seed, difficulty, lines).files()
    bank, items = read_bank(files["bank.csv"]), read_items(files["items.csv"])
    truth = set(read_truth(files["truth.csv"]))
    found = uncalibrated_matches(bank, items)
    proposed = [*((match, decided_how(match)) for match in found.matches)]
    proposed += [(match, ALSO) for match in found.alternatives]
    for match, decision in proposed:
        group = frozenset(bank.key[i] for i in match.lines), frozenset(items.key[j] for j in match.items)
        yield str(match.kind), decision, match.score, group in truth
    links = find_links(bank, items, found)
    for link, right in zip(links, links_right(links, read_links(files["links.csv"]), list(truth)), strict=True):
        yield link.kind, str(link.decision), link.stated, right


def knots(score: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, int, int]]:
    """Score, share right, count and right of the steps of an isotonic fit, each of LEAST matches or more.

    The share counts half a right and half a wrong one more, so that it never claims to be certain.
    """
    order = np.argsort(score, kind="stable")
    stated, hits = np.array(score)[order], np.array(right, np.float64)[order]
    fitted = IsotonicRegression().fit_transform(stated, hits)
    steps: list[tuple[int, int]] = []
    start = 0
    for end in [*(np.flatnonzero(np.diff(fitted)) + 1).tolist(), len(fitted)]:
        if end - start >= LEAST or end == len(fitted):
            steps.append((start, end))
            start = end
    if len(steps) > 1 and steps[-1][1] - steps[-1][0] < LEAST:
        steps[-2:] = [(steps[-2][0], steps[-1][1])]
    return [
        (
            round(float(stated[a:b].mean()), 5), round((float(hits[a:b].sum()) + 0.5) / (b - a + 1), 5),
            b - a, int(hits[a:b].sum()),
        )
        for a, b in steps
    ]  # fmt: skip


def main(
    out: Path = TABLE,
    seeds: Annotated[int, typer.Option(help="Sets of each difficulty.")] = 12,
    lines: Annotated[int, typer.Option(help="Bank lines of a set, at least.")] = 4000,
) -> None:
    """Write the table of shares."""
    segments: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        for difficulty in DIFFICULTIES:
            for kind, decision, score, right in observed(seed, difficulty, lines):
                segments[kind, decision].append((score, right))
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for segment, seen in sorted(segments.items()):
            writer.writerows([*segment, *row] for row in knots(*zip(*seen, strict=True)))


if __name__ == "__main__":
    typer.run(main)
