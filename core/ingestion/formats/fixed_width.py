"""Statements printed as text without delimiters, their columns aligned by position."""

import re
from itertools import groupby

from core.errors import UnknownFormat
from core.ingestion.formats.signatures import name_of_unreadable, signature
from core.ingestion.formats.tabular.dates import read_parts
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.reading import Source, read_table
from core.ingestion.formats.tabular.records import Record, find_delimiter
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import Statement

_POSITIONS = "positions"  # stands for the delimiter in a saved layout
_HEAD = 40_000  # bytes that recognising looks at
_LONGEST_LINE = 1_000
_FEWEST_ROWS = 2
_LONGEST_DATE = 14  # signs; the first column of a printed statement is its day
_AMOUNT = re.compile(r"(?<![\w.,])[+-]?[$€£]?\d[\d.,' ]*[.,]\d{2}(?:\s?(?:-|[CD]R?))?(?![\w.,])")
_RULER = re.compile(r"[\s\-=_+*]+")
_WORD = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?=[.,]\d{2}(?!\d))|[^ ]+")  # blanks between thousands part no columns
_TABS = 8
_SAMPLE = 80


class FixedWidth:
    """The format object of text in columns of fixed width."""

    name = "fixed-width"

    def recognises(self, file: RawFile) -> bool:
        return not (signature(file.content) or name_of_unreadable(file.content)) and is_fixed_width(file.content)

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:
        """The statement of the table that the lines with a day and an amount make.

        Raises:
            UnknownFormat: no columns can be told. What `read_table` raises.
        """
        text, encoding = decode(file.content)
        lines = _lines(text)
        rows = [line for _, line in lines if _is_row(line)]
        columns = _columns(_with_header(lines))
        if len(rows) < _FEWEST_ROWS or len(columns) <= 2:
            raise UnknownFormat(file.name, "It is text in which no columns of days and amounts can be told.")
        records = [Record(number, _cut(line, columns)) for number, line in lines if not _RULER.fullmatch(line)]
        joined = _unwrapped(records)
        source = Source(self.name, file.name, encoding, _POSITIONS, joined, made_by=file.made_by)
        return read_table(source, layout, currency)


def is_fixed_width(content: bytes) -> bool:
    """Whether the beginning of a text holds rows of days and amounts that nothing but their positions parts."""
    head = content[:_HEAD]
    text = decode(head[: head.rfind(b"\n") + 1] or head)[0]
    rows = [line for line in text.splitlines() if _is_row(line.expandtabs(_TABS))]
    if len(rows) < _FEWEST_ROWS or _is_delimited(rows):
        return False
    return len(_columns([row.expandtabs(_TABS) for row in rows])) > 2


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that hold anything, with their numbers from 1; tabs stand for the spaces that they printed as."""
    numbered = enumerate(text.replace("\f", "\n").splitlines(), 1)
    return [(number, line.expandtabs(_TABS).rstrip()[:_LONGEST_LINE]) for number, line in numbered if line.strip()]


def _is_row(line: str) -> bool:
    """Whether a line begins with a day and has an amount behind two spaces, as no sentence does."""
    return _begins_with_day(line) and bool(_AMOUNT.search(line)) and "  " in line.strip()


def _begins_with_day(line: str) -> bool:
    first = re.split(r"\s{2,}", line.strip()[: 2 * _LONGEST_DATE], maxsplit=1)[0]
    return any(read_parts(first[:length].strip()) for length in (len(first), 11, 10, 8) if length <= len(first))


def _is_delimited(rows: list[str]) -> bool:
    """Whether a delimiter, and not only the blanks beside it, sets the days apart from the rest of their rows."""
    delimiter = find_delimiter("\n".join(rows[:_SAMPLE]))
    apart = [row for row in rows if delimiter and any(map(read_parts, row.replace('"', "").split(delimiter)))]
    return len(apart) * 2 > len(rows)


def _with_header(lines: list[tuple[int, str]]) -> list[str]:
    """The rows, with the header above them where it leaves their columns apart: its words show columns often blank."""
    rows = [line for _, line in lines if _is_row(line)]
    first = next((i for i, (_, line) in enumerate(lines) if _is_row(line)), 0)
    above = [line for _, line in lines[:first] if not _RULER.fullmatch(line)]
    if above and len(_columns([*rows, above[-1]])) > 2:
        return [*rows, above[-1]]
    return rows


def _columns(rows: list[str]) -> list[tuple[int, int]]:
    """First and end position of each column: runs of positions between those that are blank in every row.

    One blank position parts two words of a text as well; only where it is blank in all rows and there are many of
    them, or where two are, does it part columns.
    """
    width = max((len(row) for row in rows), default=0)
    inked = [False] * width
    for row in rows:
        for word in _WORD.finditer(row):
            inked[word.start() : word.end()] = [True] * len(word[0])
    narrowest = 1 if len(rows) >= 12 else 2
    runs: list[tuple[int, int]] = []
    start = 0
    for is_inked, group in groupby(inked):
        length = len(list(group))
        if is_inked:
            if runs and start - runs[-1][1] < narrowest:
                runs[-1] = (runs[-1][0], start + length)
            else:
                runs.append((start, start + length))
        start += length
    return runs


def _cut(line: str, columns: list[tuple[int, int]]) -> list[str]:
    """The cells of a line: what stands from a column's beginning to the beginning of the next.

    An amount wider than those that the columns were found by begins before its column; it is never cut in two.
    """
    starts = [0, *(start for start, _ in columns[1:])]
    if _begins_with_day(line):
        starts = [_start_of_word(line, start) for start in starts]
    ends = [*starts[1:], max(len(line), starts[-1])]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def _start_of_word(line: str, at: int) -> int:
    """Where the word begins that a position lies in; the position itself where it lies in none."""
    return line.rfind(" ", 0, at) + 1 if " " not in line[at - 1 : at + 1] and 0 < at < len(line) else at


def _unwrapped(records: list[Record]) -> list[Record]:
    """Join what was wrapped: a line with nothing but one text, right below a row, belongs to that row's text."""
    joined: list[Record] = []
    for record in records:
        filled = [i for i, cell in enumerate(record.cells) if cell]
        before = joined[-1] if joined else None
        wraps = len(filled) == 1 and filled[0] > 0 and before is not None and read_parts(before.cells[0])
        if wraps and before and before.cells[filled[0]] and not _AMOUNT.search(record.cells[filled[0]]):
            before.cells[filled[0]] += " " + record.cells[filled[0]]
        else:
            joined.append(record)
    return joined
