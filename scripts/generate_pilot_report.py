"""Write the pilot report of all companies: reports/pilot_metrics.md and the same figures as JSON beside it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from core.access.machine import script_caller
from core.errors import BookkeepingError
from core.metrics.pilot_report import pilot_report
from db.engine import snapshot

REPORT = Path("reports/pilot_metrics.md")


def main(
    out: Annotated[Path, typer.Option(help="Where the Markdown goes; the JSON gets the same name.")] = REPORT,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON document.")] = False,
) -> None:
    """Measure what is in the database and write it down."""
    try:
        with snapshot() as session:
            caller = script_caller(session, "generate_pilot_report")
            report = pilot_report(session, caller, caller.visible(), now=datetime.now(UTC))
    except BookkeepingError as refusal:
        typer.echo(json.dumps({"error": str(refusal)}) if as_json else f"Refused: {refusal}", err=not as_json)
        raise typer.Exit(1) from None
    out.parent.mkdir(parents=True, exist_ok=True)
    figures = report.to_json()
    out.write_text(report.markdown(), encoding="utf-8")
    out.with_suffix(".json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    typer.echo(json.dumps(figures) if as_json else f"{out} and {out.with_suffix('.json')} written.")


if __name__ == "__main__":
    typer.run(main)
