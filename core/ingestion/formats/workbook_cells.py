"""The cells of a workbook as JSON, in a process of its own: `python workbook_cells.py < workbook`.

A workbook of a few hundred bytes may claim seventeen thousand million cells, and the library asks for the memory of
all of them at once. Here that ends this process and not the one that serves people. The file imports nothing of the
product, so that the process starts in a few hundredths of a second.
"""

import datetime
import io
import json
import sys
from contextlib import suppress
from decimal import Decimal
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MEMORY = 2 << 30  # bytes of address space, the interpreter's own included
SECONDS = 60  # of the processor
MOST_CELLS = 6_000_000
_MOST_DIGITS = 15  # those that spreadsheet programs count with and show


def limit_itself() -> None:
    """Bound memory and time of this process where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cell_text(value: Any) -> str:
    """A cell as text: numbers in plain decimals, days and times in ISO form.

    A number is the shortest decimal that gives the same double. Where that takes more than 15 digits it is the dust
    of binary sums (0.1 + 0.2), and the 15 digits are taken that a spreadsheet program shows.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _number_text(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    shortest = repr(value)
    digits = shortest.partition("e")[0].replace(".", "").lstrip("-0")
    if len(digits) > _MOST_DIGITS:
        shortest = f"{value:.{_MOST_DIGITS}g}"
    return format(Decimal(shortest), "f") if "e" in shortest else shortest


def sheet_rows(sheet: CalamineSheet) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, each with its number from 1. Columns that are empty on the left are left out."""
    rows = []
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [cell_text(value) for value in values]
        if any(cells):
            rows.append((number, cells))
    return rows


def read_sheets(content: bytes) -> list[dict[str, Any]]:
    """Name, visibility and rows of every sheet with cells, in the workbook's order. Raises CalamineError."""
    sheets, cells = [], 0
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            cells += sheet.total_height * max(1, sheet.width)
            if cells > MOST_CELLS:
                raise MemoryError
            shown = about.visible == SheetVisibleEnum.Visible
            sheets.append({"name": about.name, "is_visible": shown, "rows": sheet_rows(sheet)})
    return sheets


def main() -> None:
    """Answer with {"sheets": …} or with {"fault": "password" | "size" | "damage"}; a crash answers nothing."""
    limit_itself()
    try:
        answer: dict[str, Any] = {"sheets": read_sheets(sys.stdin.buffer.read())}
    except PasswordError:
        answer = {"fault": "password"}
    except MemoryError:
        answer = {"fault": "size"}
    except (CalamineError, ValueError, OSError):
        answer = {"fault": "damage"}
    json.dump(answer, sys.stdout, ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    main()
