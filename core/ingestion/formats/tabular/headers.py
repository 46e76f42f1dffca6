"""Where the header of a table stands, over how many rows it goes, and where the lines begin without one."""

from collections import Counter
from statistics import median

from core.ingestion.formats.tabular.amounts import is_blank, read_amount
from core.ingestion.formats.tabular.dates import read_parts
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.words import header_roles

_LOOKED_AT = 80  # records among which a header stands


def header_by_words(records: list[Record]) -> int | None:
    """Position of the record whose cells are header words, among them a date's and a money's; None without one."""
    best, best_score = None, 0
    for index, record in enumerate(records[:_LOOKED_AT]):
        filled = [cell for cell in record.cells if cell]
        if len(filled) < 2:
            continue
        roles = _roles(filled)
        if not _speaks(roles) and index and _only_words(record):  # a line is no second row of a header
            filled = [cell for cell in _joined(records[index - 1], record).cells if cell]
            roles = _roles(filled)
        if _speaks(roles) and roles["data"] * 4 <= len(filled):
            score = len([role for role in roles if role != "data"])
            if score > best_score + 2:
                best, best_score = index, score
    return best


def whole_header(records: list[Record], index: int) -> tuple[Record, int, int]:
    """The header at an index, joined with the row above or below where both together say more.

    Banks split "Booking / Date" over two rows, or write one word above two columns. Returns the header, and the indices
    of its first and last row.
    """
    header = records[index]
    best = header, index, index
    for upper, lower in ((index - 1, index), (index, index + 1)):
        other = records[upper if upper < index else lower] if upper >= 0 and lower < len(records) else None
        if other and _only_words(other):
            joined = _joined(records[upper], records[lower])
            if weight(joined) > weight(best[0]):
                best = Record(header.row, joined.cells), upper, lower
    return best


def _roles(cells: list[str]) -> Counter[str]:
    """How many of the cells speak for each role; "data" counts those that are no header's."""
    roles: Counter[str] = Counter()
    for cell in cells:
        if _is_data(cell):
            roles["data"] += 1
        else:
            roles.update(header_roles(cell).keys())
    return roles


def _is_data(cell: str) -> bool:
    return len(cell) > 80 or read_parts(cell) is not None or (cell[:1].isdigit() and not cell[-1:].isalpha())


def _speaks(roles: Counter[str]) -> bool:
    """Whether a date and money are named."""
    dated = roles["booked"] + roles["dated"] + roles["value_date"]
    return bool(dated and roles["amount"] + roles["debit"] + roles["credit"] + roles["gross"])


def _only_words(record: Record) -> bool:
    filled = [cell for cell in record.cells if cell]
    return len(filled) >= 2 and not any(_is_data(cell) or _looks_like_amount(cell) for cell in filled)


def _joined(above: Record, below: Record) -> Record:
    """Each cell below the one above it; the row is that of the lower one."""
    width = max(len(above.cells), len(below.cells))
    return Record(below.row, [f"{above.cell(at)} {below.cell(at)}".strip() for at in range(width)])


def weight(header: Record) -> int:
    """How clearly the cells speak: a cell that is wholly a header's word counts twice one that holds such a word.

    Cells that are the same say less than cells that differ.
    """
    cells = {cell for cell in header.cells if cell}
    return sum(max(header_roles(cell).values(), default=0) for cell in cells)


def _looks_like_amount(cell: str) -> bool:
    return not is_blank(cell) and (read_amount(cell, ".") is not None or read_amount(cell, ",") is not None)


def first_line(records: list[Record]) -> int:
    """Position of the first record with a date where dates usually stand and an amount beside it; 0 without one."""
    head = records[:300]
    counts: Counter[int] = Counter()
    for record in head:
        counts.update(i for i, cell in enumerate(record.cells) if read_parts(cell))
    if not counts:
        return 0
    usual = {position for position, count in counts.items() if count * 2 >= max(counts.values())}
    typical = median(len(record.cells) for record in head)
    for index, record in enumerate(head):
        dated = {i for i in usual if read_parts(record.cell(i))}
        if dated and len(record.cells) * 2 >= typical:
            others = (cell for i, cell in enumerate(record.cells) if i not in dated)
            if any(_looks_like_amount(cell) for cell in others):
                return index
    return 0


def header_by_shape(records: list[Record], first: int) -> int | None:
    """The record right above the lines, if it holds nothing but words and is about as wide as they are."""
    if first == 0:
        return None
    above, line = records[first - 1], records[first]
    filled = [cell for cell in above.cells if cell]
    if len(filled) < 2 or len(above.cells) * 3 < len(line.cells) * 2:
        return None
    if any(read_parts(cell) or _looks_like_amount(cell) or len(cell) > 60 for cell in filled):
        return None
    return first - 1 if len(filled) * 2 >= len([cell for cell in line.cells if cell]) else None
