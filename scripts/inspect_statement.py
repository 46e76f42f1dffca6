"""Read statement files without storing anything, and say what was read and how."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import BookkeepingError, UnknownFormat
from core.ingestion.archives import unpack
from core.ingestion.describing import describe_readably, describe_refusal, describe_statement
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Statement files, or ZIP archives of them.", metavar="FILE…")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    lines: Annotated[bool, typer.Option("--lines", help="Print every line, too.")] = False,
    currency: Annotated[str, typer.Option(help="Currency of files that name none, such as USD.")] = "",
) -> None:
    """Read FILEs and say what is in them. Exit code 1 if any was refused."""
    described = [answer for path in files for answer in _described(path, lines, currency.upper())]
    if as_json:
        typer.echo(json.dumps(described, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n\n".join(describe_readably(each) for each in described))
    raise typer.Exit(1 if any(each["status"] == "refused" for each in described) else 0)


def _described(path: Path, lines: bool, currency: str) -> list[dict[str, Any]]:
    """One answer a file; a ZIP archive gives one a member."""
    try:
        if not path.is_file():
            raise UnknownFormat(path.name, "There is no such file.")
        files = unpack(RawFile(path.name, path.read_bytes()))
    except BookkeepingError as refused:
        return [describe_refusal(path.name, refused)]
    return [_read(file, lines, currency) for file in files]


def _read(file: RawFile, lines: bool, currency: str) -> dict[str, Any]:
    try:
        return describe_statement(file.name, read_statement(file, currency=currency), lines)
    except BookkeepingError as refused:
        return describe_refusal(file.name, refused)


if __name__ == "__main__":
    typer.run(inspect)
