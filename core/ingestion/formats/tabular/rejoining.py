"""Rows with more cells than the header names: what an unquoted comma or delimiter took apart is put together again.

A row is mended only where one way alone does it; the others stay too wide and are reported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from core.ingestion.formats.tabular.amounts import is_blank, read_amount
from core.ingestion.formats.tabular.dates import is_date
from core.ingestion.formats.tabular.records import Record

_MOST_SURPLUS = 4  # cells too many that commas may explain
_MOST_RUNS = 12
_LEARNED_FROM = 200  # rows of the right width
_HEAD_PART = re.compile(r"[+-]?\d{1,3}")
_MIDDLE_PART = re.compile(r"\d{2,3}")
_TAIL_PART = re.compile(r"\d{3}(?:\.\d{1,2})?")
_WHOLE_PART = re.compile(r"[+-]?\d{1,9}")
_CENTS = re.compile(r"\d{2}[+-]?")
_THOUSANDS = "a thousands comma without quotes was rejoined"
_DECIMALS = "a decimal comma without quotes was rejoined"
_TEXT = "the text holds a delimiter without quotes; its parts were rejoined"


@dataclass(frozen=True)
class Mended:
    """Rows as far as they could be mended; `notes` says of a physical row what was done to it."""

    rows: list[Record]
    notes: dict[int, str] = field(default_factory=dict)
    too_wide: set[int] = field(default_factory=set)  # physical rows whose cells cannot be told apart


def rejoined(rows: list[Record], header: Record, delimiter: str) -> Mended:
    """Mend the rows that are wider than the header.

    Where most rows are, it may be the header that is short: then rows are mended only if that mends them all.
    """
    width = len(header.cells)
    wide = [row for row in rows if len(row.cells) > width and (delimiter == "," or any(row.cells[width:]))]
    if not wide:
        return Mended(rows)
    most = len(wide) * 2 > len(rows)
    if most:
        wide = [row for row in wide if any(row.cells[width:])]
    columns = _Columns.of([row for row in rows if len(row.cells) == width][:_LEARNED_FROM], width)
    made: dict[int, tuple[list[str], str]] = {}
    for row in wide:
        surplus = len(row.cells) - width
        if delimiter == "," and (cells := _join_numbers(row.cells, surplus, _thousands(row.cells, surplus))):
            made[row.row] = cells, _THOUSANDS
        elif not most and (cells := columns.join_text(row.cells, surplus, delimiter)):
            made[row.row] = cells, _TEXT
    if delimiter == "," and most and len(made) < len(wide):
        made = {
            row.row: (cells, _DECIMALS)
            for row in wide
            if (cells := _join_numbers(row.cells, len(row.cells) - width, _decimals(row.cells)))
        }
    if most and len(made) < len(wide):
        return Mended(rows)
    mended = [Record(row.row, made[row.row][0]) if row.row in made else row for row in rows] if made else rows
    too_wide = {row.row for row in wide if row.row not in made and any(row.cells[width:])}
    return Mended(mended, {at: note for at, (_, note) in sorted(made.items())}, too_wide)


def _thousands(cells: list[str], surplus: int) -> list[tuple[int, int]]:
    """Runs of cells that may be one number with thousands commas."""
    runs: list[tuple[int, int]] = []
    for start, head in enumerate(cells[:-1]):
        if _HEAD_PART.fullmatch(head):
            for end in range(start + 1, min(start + surplus, len(cells) - 1) + 1):
                if _TAIL_PART.fullmatch(cells[end]):
                    runs.append((start, end))
                if not _MIDDLE_PART.fullmatch(cells[end]):
                    break
    return runs


def _decimals(cells: list[str]) -> list[tuple[int, int]]:
    """Pairs of cells that may be one number with a decimal comma."""
    return [
        (at, at + 1)
        for at, (whole, cents) in enumerate(pairwise(cells))
        if _WHOLE_PART.fullmatch(whole) and _CENTS.fullmatch(cents)
    ]


def _join_numbers(cells: list[str], surplus: int, runs: list[tuple[int, int]]) -> list[str] | None:
    """The cells with `surplus` fewer, joined to numbers; None unless exactly one choice of runs does it."""
    if surplus > _MOST_SURPLUS:
        return None
    ways = [
        chosen
        for count in range(1, surplus + 1)
        for chosen in combinations(runs[:_MOST_RUNS], count)
        if sum(end - start for start, end in chosen) == surplus and all(a[1] < b[0] for a, b in pairwise(chosen))
    ]
    if len(ways) != 1:
        return None
    joined = list(cells)
    for start, end in reversed(ways[0]):
        joined[start : end + 1] = [",".join(cells[start : end + 1])]
    return joined


@dataclass(frozen=True)
class _Columns:
    """What the rows of the right width have in each column."""

    dates: set[int]
    numbers: set[int]
    texts: set[int]

    @classmethod
    def of(cls, rows: Sequence[Record], width: int) -> "_Columns":
        kinds: dict[str, set[int]] = {"dates": set(), "numbers": set(), "texts": set()}
        for at in range(width):
            cells = {row.cells[at] for row in rows if not is_blank(row.cells[at])}
            if cells and all(map(is_date, cells)):
                kinds["dates"].add(at)
            elif cells and all(map(_is_number, cells)):
                kinds["numbers"].add(at)
            elif any(any(map(str.isalpha, cell)) for cell in cells):
                kinds["texts"].add(at)
        return cls(**kinds)

    def join_text(self, cells: list[str], surplus: int, delimiter: str) -> list[str] | None:
        """The cells with one text put together, where dates and numbers then stand in their columns in one way only."""
        ways: dict[tuple[str, ...], list[str]] = {}
        for at in sorted(self.texts):
            parts = cells[at : at + surplus + 1]
            if not self.dates or any(_is_number(part) or is_date(part) for part in parts):
                continue
            joined = [*cells[:at], f"{delimiter} ".join(parts), *cells[at + surplus + 1 :]]
            typed = tuple(joined[i] for i in sorted(self.dates | self.numbers))
            if all(is_date(joined[i]) for i in self.dates) and all(
                is_blank(joined[i]) or _is_number(joined[i]) for i in self.numbers
            ):
                ways.setdefault(typed, joined)
        return next(iter(ways.values())) if len(ways) == 1 else None


def _is_number(cell: str) -> bool:
    return read_amount(cell, ".") is not None or read_amount(cell, ",") is not None
