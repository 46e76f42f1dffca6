"""Measure the matching on bank lines and open items, with the truth where it is known. See docs/matching.md."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import BookkeepingError
from core.matching.evaluating import evaluate
from core.matching.link_csv import read_links
from core.matching.set_csv import read_bank, read_items, read_truth

_LONG = (
    "matches",
    "alternatives",
    "notes",
    "calibration",
    "by_kind",
    "links",
    "links_measured",
)  # told in other words than figures
File = typer.Option(exists=True, dir_okay=False)


def main(
    bank: Annotated[Path, File],
    items: Annotated[Path, File],
    truth: Annotated[Path | None, File] = None,
    links: Annotated[Path | None, File] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Propose matches and, with --truth and --links, say how right they are."""
    try:
        known = None if truth is None else read_truth(truth.read_bytes())
        linked = None if links is None else read_links(links.read_bytes())
        found = evaluate(read_bank(bank.read_bytes()), read_items(items.read_bytes()), known, linked)
    except BookkeepingError as refusal:
        typer.echo(json.dumps({"error": str(refusal)}) if as_json else f"Refused: {refusal}", err=not as_json)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(found) if as_json else _readable(found))


def _readable(found: dict[str, Any]) -> str:
    figures = {name: value for name, value in found.items() if name not in _LONG}
    rows = [f"{name}: {value}" for name, value in figures.items()]
    rows += [f"score near {one['claimed']}: {one}" for one in found.get("calibration", [])]
    rows += [f"{shape}: {figures}" for shape, figures in found.get("by_kind", {}).items()]
    rows += [f"links, {kind}: {figures}" for kind, figures in found.get("links_measured", {}).items()]
    return "\n".join([f"matches: {len(found['matches'])}", *rows])


if __name__ == "__main__":
    typer.run(main)
