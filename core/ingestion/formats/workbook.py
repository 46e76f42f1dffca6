"""Excel and OpenDocument workbooks: from bytes to sheets of text."""

import io
import json
import lzma
import subprocess  # nosec B404
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import UnknownFormat
from core.ingestion.archives import is_flooded
from core.ingestion.formats.tabular.records import Record
from core.ingestion.raw_file import RawFile

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book", "EncryptedPackage"))
_PARTS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
_MOST_PARTS = 2_000
_MOST_UNPACKED = 500 << 20  # bytes; a sheet of a million rows stays below
_CHUNK = 1 << 20
_SECONDS = 90
_FAULTS = {
    "locked": "It is protected by a password; save a copy of it without one.",
    "size": "Its sheets are too large; keep the rows with transactions and delete the others.",
    "damage": "It is a workbook, but a damaged one; open it in a spreadsheet program and save it again.",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows that hold anything, with their numbers in the sheet. Columns empty on the left are cut."""

    name: str
    records: list[Record]
    is_visible: bool = True


def kind_of_workbook(content: bytes) -> str:
    """`xlsx`, `xlsb`, `ods` or `xls` by the content; "" where it is no workbook. Never raises."""
    if content.startswith(_OLD):
        return "xls" if any(stream in content for stream in _OLD_STREAMS) else ""
    if not content.startswith(b"PK") or is_flooded(content):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    kinds = [kind for part, kind in _PARTS.items() if part in names]
    return kinds[0] if kinds and (kinds[0] != "ods" or "mimetype" in names) else ""


def sheets_of(file: RawFile) -> tuple[Sheet, ...]:
    """Every worksheet of a workbook (xlsx, xlsb, ods, xls) in its order, hidden and empty ones included.

    Cells are trimmed text: numbers in plain decimals with a point, days as 2024-01-31, with a time of day
    2024-01-31 10:30:00, TRUE and FALSE, "" for empty cells and those that hold an error.

    Raises:
        UnknownFormat: no workbook, a damaged or protected one, or one too large to be opened safely.
    """
    kind = kind_of_workbook(file.content)
    if not kind:
        raise UnknownFormat(file.name, "It is no workbook.")
    if kind != "xls":
        _check_archive(file)
    answer = _read_apart(file)
    if fault := answer.get("fault"):
        raise UnknownFormat(file.name, _FAULTS[fault])
    return tuple(
        Sheet(sheet["name"], [Record(row, cells) for row, cells in sheet["rows"]], sheet["is_visible"])
        for sheet in answer["sheets"]
    )


def _check_archive(file: RawFile) -> None:
    """Unpack every part once, in pieces that are thrown away: sizes that are declared may be lies."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise UnknownFormat(file.name, _FAULTS["size"])
            if any(part.flag_bits & 1 for part in parts):
                raise UnknownFormat(file.name, _FAULTS["locked"])
            for part in parts:
                with archive.open(part) as opened:
                    while piece := opened.read(_CHUNK):
                        unpacked += len(piece)
                        if unpacked > _MOST_UNPACKED:
                            raise UnknownFormat(file.name, _FAULTS["size"])
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError):
        raise UnknownFormat(file.name, _FAULTS["damage"]) from None


def _read_apart(file: RawFile) -> dict[str, Any]:
    """What the process of `workbook_cells` answers, or the fault that its end without an answer stands for."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("workbook_cells.py"))]
    try:
        done = subprocess.run(command, input=file.content, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # nosec B603
    except subprocess.TimeoutExpired:
        return {"fault": "size"}
    if done.returncode:
        return {"fault": "size" if done.returncode < 0 else "damage"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
