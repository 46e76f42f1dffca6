"""Statements as blocks of labelled lines: "Date: 31/01/2024", below it "Amount: -9.99", and so on for every line."""

import re
from collections import Counter
from dataclasses import dataclass, field

from core.ingestion.formats.signatures import name_of_unreadable, signature
from core.ingestion.formats.tabular.dates import is_date
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.reading import Source, read_table
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.words import header_roles
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import Statement

_LABELS = "labels"  # stands for the delimiter in a saved layout
_HEAD = 8_000  # bytes that recognising looks at
_FEWEST_BLOCKS = 2
_LABELLED = re.compile(r"\s*([^\W\d_][^:\t;|]{0,39}?)\s*:(?!//)\s*(.*?)\s*")


class Labelled:
    """The format object of blocks of labelled lines."""

    name = "labelled"

    def recognises(self, file: RawFile) -> bool:
        return not (signature(file.content) or name_of_unreadable(file.content)) and is_labelled(file.content)

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:
        """The statement of the table whose header the labels are. Raises what `read_table` raises."""
        text, encoding = decode(file.content)
        found = _blocks(text)
        header = Record(found.rows[0].row if found.rows else 0, found.labels)
        source = Source(
            self.name, file.name, encoding, _LABELS, [*found.above, header, *found.rows], made_by=file.made_by
        )
        return read_table(source, layout, currency)


@dataclass(slots=True)
class _Blocks:
    """The repeated labels in order, one record a block, and the labelled lines above the first block."""

    labels: list[str] = field(default_factory=list)
    rows: list[Record] = field(default_factory=list)
    above: list[Record] = field(default_factory=list)


def is_labelled(content: bytes) -> bool:
    """Whether the beginning of a text repeats the labels of a day and of an amount, each on a line of its own."""
    head = content[:_HEAD]
    if head.count(b":") < 2 * _FEWEST_BLOCKS:
        return False
    found = _blocks(decode(head[: head.rfind(b"\n") + 1] or head)[0])
    if len(found.rows) < _FEWEST_BLOCKS or len(found.labels) < 2:
        return False
    dated = [at for at, label in enumerate(found.labels) if {"dated", "booked"} & header_roles(label).keys()]
    money = [label for label in found.labels if {"amount", "debit", "credit"} & header_roles(label).keys()]
    return bool(money) and any(all(is_date(row.cell(at)) for row in found.rows) for at in dated)


def _blocks(text: str) -> _Blocks:
    """Blocks begin where the first of the repeated labels comes again; a line without label goes on from the last."""
    lines = [(row, _LABELLED.fullmatch(line), line.strip()) for row, line in enumerate(text.splitlines(), 1)]
    times = Counter(found[1] for _, found, _ in lines if found)
    repeated = [label for label, count in times.items() if count >= _FEWEST_BLOCKS]
    made = _Blocks(repeated)
    at = -1
    for row, found, line in lines:
        label = found[1] if found else ""
        if found and repeated and label == repeated[0]:
            made.rows.append(Record(row, [""] * len(repeated)))
        if found and (label not in repeated or not made.rows):
            at = -1
            made.above += [Record(row, [label, found[2]])] if not made.rows else []
        elif found:
            at = repeated.index(label)
            made.rows[-1].cells[at] = found[2]
        elif line and at >= 0:
            made.rows[-1].cells[at] = f"{made.rows[-1].cells[at]} {line}".strip()
        elif not line:
            at = -1
    return made
