"""How the time and memory of the matching grow: `python -m benchmarks.matching --lines 10000 --lines 100000`.

Each size runs in a process of its own, on lines and items of `benchmarks.matching_cases`. With `--growth FOLDER` the
figures and a picture of them are kept there, as in docs/images. See docs/matching.md.
"""

import json
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.growth_plot import growth_svg
from benchmarks.matching_cases import DIFFICULTIES, matching_cases
from core.matching.matching import find_matches
from core.matching.set_csv import read_bank, read_items
from core.matching.values import Decision


def measured(lines: int, difficulty: str, seed: int) -> dict[str, Any]:
    """Seconds of one matching of this size, and the peak memory of the process that ran it."""
    files = matching_cases(seed, difficulty, lines).files()
    bank, items = read_bank(files["bank.csv"]), read_items(files["items.csv"])
    before = _peak_mib()
    started, used = time.perf_counter(), time.process_time()
    found = find_matches(bank, items)
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    return {
        "lines": len(bank), "items": len(items), "difficulty": difficulty,
        "seconds": round(seconds, 2), "processor_seconds": round(processor, 2),
        "microseconds_a_line": round(processor / len(bank) * 1e6, 1),
        "peak_mib": _peak_mib(), "peak_mib_before": before,
        "automatic": sum(match.decision is Decision.AUTO for match in found.matches), "matches": len(found.matches),
    }  # fmt: skip


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(
    lines: Annotated[list[int], typer.Option(help="Bank lines; give it several times.")] = [10_000, 100_000],  # noqa: B006
    difficulty: Annotated[str, typer.Option(help=" | ".join(DIFFICULTIES))] = "medium",
    seed: int = 1,
    growth: Annotated[Path | None, typer.Option(help="Folder for matching-growth.json and .svg.")] = None,
) -> None:
    """Print one JSON row a size."""
    rows: list[dict[str, Any]] = []
    for count in lines:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            rows.append(process.submit(measured, count, difficulty, seed).result())
        print(json.dumps(rows[-1]), flush=True)
    if growth is not None:
        growth.mkdir(parents=True, exist_ok=True)
        (growth / "matching-growth.json").write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")
        points = [(row["lines"], row["processor_seconds"]) for row in rows]
        title = f"Matching lines with items, {difficulty} cases"
        svg = growth_svg(points, title=title, across="bank lines", up="processor seconds")
        (growth / "matching-growth.svg").write_text(svg)


if __name__ == "__main__":
    typer.run(main)
