"""Read statement files without storing anything, and say what was read and how."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import BookkeepingError, UnknownFormat
from core.ingestion.describing import describe_evidence, describe_readably, describe_refusal, describe_statement
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Statement files: CSV or OFX.", metavar="FILE…")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    lines: Annotated[bool, typer.Option("--lines", help="Print every line, too.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why it was read so, with scores.")] = False,
    currency: Annotated[str, typer.Option(help="Currency of files that name none, such as USD.")] = "",
) -> None:
    """Read FILEs and say what is in them. Exit code 1 if any was refused."""
    described = [_described(path, lines, explain, currency.upper()) for path in files]
    if as_json:
        typer.echo(json.dumps(described, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n\n".join(describe_readably(each) for each in described))
    raise typer.Exit(1 if any(each["status"] == "refused" for each in described) else 0)


def _described(path: Path, lines: bool, explain: bool, currency: str) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise UnknownFormat(path.name, "There is no such file.")
        statement = read_statement(RawFile(path.name, path.read_bytes()), currency=currency)
    except BookkeepingError as refused:
        return describe_refusal(path.name, refused)
    described = describe_statement(path.name, statement, lines)
    return {**described, "evidence": describe_evidence(statement)} if explain else described


if __name__ == "__main__":
    typer.run(inspect)
