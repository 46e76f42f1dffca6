"""Measure the categoriser on a labelled CSV: python -m scripts.evaluate_categorizer FILE --json

Columns: company, date, amount, description, account; extra columns are allowed. See docs/categorising.md.
"""

import gzip
import json
import zlib
from pathlib import Path
from typing import Annotated, Literal

import typer

from core.categorization.evaluating import evaluate
from core.categorization.labelled_csv import read_labelled
from core.categorization.starter import load_starter
from core.errors import BookkeepingError, InvalidInput

GZIP = b"\x1f\x8b"


def _content(file: Path) -> bytes:
    """The file's bytes, unpacked where it is compressed by gzip. Raises InvalidInput where that fails."""
    content = file.read_bytes()
    if not content.startswith(GZIP):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as fault:
        raise InvalidInput(f"The file begins as a gzip file and cannot be unpacked: {fault}.") from None


def main(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    split: Annotated[Literal["time", "company"], typer.Option(help="How test rows are set apart.")] = "time",
    reviews: Annotated[Literal["monthly", "frozen"], typer.Option(help="Whether test labels are fed.")] = "monthly",
    promise: Annotated[float, typer.Option(help="Share of auto-approved lines that must be right.")] = 0.98,
) -> None:
    """Print accuracy, calibration, coverage and the kept promise on rows the model never learned from."""
    try:
        labelled = read_labelled(_content(file))
        found = evaluate(labelled.rows, load_starter().ranker, split=split, reviews=reviews, promise=promise)
    except BookkeepingError as refusal:
        typer.echo(json.dumps({"error": str(refusal)}) if as_json else f"Refused: {refusal}", err=not as_json)
        raise typer.Exit(1) from None
    found["rows_without_account"] = labelled.unlabelled
    found["rows_unreadable"] = len(labelled.unreadable)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name}: {json.dumps(value, indent=2) if isinstance(value, dict) else value}")


if __name__ == "__main__":
    typer.run(main)
