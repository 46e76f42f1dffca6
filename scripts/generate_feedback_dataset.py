"""Write the training set of all companies: data/feedback/training.csv, a row a bank line."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from core.access.machine import script_caller
from core.errors import BookkeepingError
from core.metrics.training_set import training_csv, training_rows
from db.engine import snapshot

TRAINING_SET = Path("data/feedback/training.csv")


def main(
    out: Annotated[Path, typer.Option(help="Where the CSV goes.")] = TRAINING_SET,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as one JSON document.")] = False,
) -> None:
    """Write every bank line with its proposal, what is booked and what a person said to it."""
    try:
        with snapshot() as session:
            caller = script_caller(session, "generate_feedback_dataset")
            rows = training_rows(session, caller, caller.visible())
    except BookkeepingError as refusal:
        typer.echo(json.dumps({"error": str(refusal)}) if as_json else f"Refused: {refusal}", err=not as_json)
        raise typer.Exit(1) from None
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(training_csv(rows))
    outcomes = dict(Counter(row.review_outcome for row in rows))
    written = {"file": str(out), "rows": len(rows), "review_outcomes": outcomes}
    typer.echo(json.dumps(written) if as_json else f"{out}: {len(rows):,} rows written.")


if __name__ == "__main__":
    typer.run(main)
