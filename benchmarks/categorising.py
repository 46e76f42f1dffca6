"""Lines predicted a second, and seconds of training one company: `python -m benchmarks.categorising [FILE] [--json]`.

Without a file the lines are of one invented company. With a labelled file (see scripts.evaluate_categorizer) all its
rows are taken for one company's; real lines repeat less than invented ones, which makes predicting them dearer.
"""

import json
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated

import numpy as np
import typer

from core.categorization.fitting import Labelled, fit, outcomes
from core.categorization.labelled_csv import read_labelled
from core.categorization.lines import AccountOption
from core.categorization.starter import FOLDER, load_starter
from core.categorization.starter_corpus import invented_company, read_groups

HELD_OUT = 0.3  # as core.categorization.training holds out


def main(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="labelled lines")] = None,
    train: Annotated[int, typer.Option(help="reviewed lines trained on")] = 5_000,
    predict: Annotated[int, typer.Option(help="lines predicted after them")] = 20_000,
    repeat: Annotated[int, typer.Option(help="predictions; the quickest is told")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Print both figures by the clock and by processor time, which a busy machine leaves alone."""
    rows = _rows(file, train + predict)
    known, later = rows.take(np.arange(train)), rows.take(np.arange(train, len(rows)))
    accounts = tuple(AccountOption(key, key, key) for key in sorted(set(rows.account)))
    starter, cut = load_starter(), round(train * (1 - HELD_OUT))
    clock, used = perf_counter(), process_time()
    training, holdout = known.take(np.arange(cut)), known.take(np.arange(cut, train))
    fitted = fit(training, holdout, accounts, starter.ranker, shared=starter.prior_for(accounts))
    answer: dict[str, float | int] = {
        "trained_lines": train,
        "accounts": len(accounts),
        "training_seconds": round(perf_counter() - clock, 2),
        "training_processor_seconds": round(process_time() - used, 2),
        "predicted_lines": len(later),
        "distinct_lines": len(later.lines.keys.distinct[0]),
    }
    seconds, processor = [], []
    for _ in range(repeat):
        fresh = Labelled(later.lines.take(np.arange(len(later))), later.account)  # keys are worked out anew
        clock, used = perf_counter(), process_time()
        found = outcomes(fresh, accounts, fitted.history, fitted.ranker)
        seconds.append(perf_counter() - clock)
        processor.append(process_time() - used)
    answer |= {
        "right": round(float(found.right.mean()), 4),
        "lines_a_second": round(len(later) / min(seconds)),
        "lines_a_processor_second": round(len(later) / min(processor)),
    }
    typer.echo(json.dumps(answer) if as_json else "\n".join(f"{name}: {value}" for name, value in answer.items()))


def _rows(file: Path | None, count: int) -> Labelled:
    """That many lines of one company, by date."""
    if file is not None:
        rows = read_labelled(file.read_bytes()).rows
    else:
        months = 24
        groups = read_groups(FOLDER / "merchants.csv")
        while len(rows := invented_company(groups, "retail", "benchmark", months, 7)[0]) < count:
            months *= 2
    return rows.take(np.arange(min(count, len(rows))))


if __name__ == "__main__":
    typer.run(main)
