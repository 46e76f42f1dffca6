"""The readings that an ambiguous file leaves, with what each would bring, so that a person can tell which is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import AmbiguousStatement, BookkeepingError
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement, StatementLine
from core.period import Period

LINES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Alternative:
    """One reading. Sums and balance are minor units of `currency` ("": not known, hundredths).

    `lines` are the same rows in every alternative, those first in which the readings differ; None where this reading
    finds no line in the row. `error` says why the reading gives no statement; an AmbiguousStatement means that one
    more question follows.
    """

    words: str
    answer: dict[str, Any]  # stored layout fields that choose it
    lines: tuple[StatementLine | None, ...] = ()
    line_count: int = 0
    period: Period | None = None
    in_minor: int = 0
    out_minor: int = 0
    currency: str = ""
    closing_minor: int | None = None
    error: BookkeepingError | None = None


def with_answer(said: Layout | None, answer: Mapping[str, Any]) -> Layout:
    """What a person said before with one more answer: later answers win, columns are chosen role by role."""
    before = said.to_dict() if said else {}
    positions = {**before.get("positions", {}), **answer.get("positions", {})}
    return Layout.from_dict({**before, **answer, "positions": positions})


def compare_readings(
    file: RawFile, error: AmbiguousStatement, said: Layout | None = None, currency: str = ""
) -> list[Alternative]:
    """Read the file in every way that its refusal left open.

    Args:
        said: the person's answers so far.
        currency: ISO code of the bank account, where it is known.

    Returns:
        An alternative a candidate, in the order of the refusal; [] where no answer to it is known.
    """
    read = [_read(file, with_answer(said, answer), currency) for answer in error.layouts]
    by_row = [{line.row: line for line in one.lines} for one in read if isinstance(one, Statement)]
    rows = _telling_rows(by_row)
    return [
        _alternative(words, answer, one, rows)
        for words, answer, one in zip(error.candidates, error.layouts, read, strict=False)
    ]


def _read(file: RawFile, layout: Layout, currency: str) -> Statement | BookkeepingError:
    try:
        return read_statement(file, layout, currency)
    except BookkeepingError as refusal:
        return refusal


def _telling_rows(by_row: Sequence[dict[int, StatementLine]]) -> list[int]:
    """The first rows in which the readings differ, filled up with the first ones."""
    every = sorted({row for lines in by_row for row in lines})
    telling: list[int] = []
    for row in every:
        found = {(line.booked_on, line.amount_minor) if (line := lines.get(row)) else None for lines in by_row}
        if len(found) > 1:
            telling.append(row)
            if len(telling) == LINES_SHOWN:
                break
    rest = [row for row in every[:LINES_SHOWN] if row not in telling]
    return sorted([*telling, *rest[: LINES_SHOWN - len(telling)]])


def _alternative(
    words: str, answer: dict[str, Any], read: Statement | BookkeepingError, rows: Sequence[int]
) -> Alternative:
    if not isinstance(read, Statement):
        return Alternative(words, answer, error=read)
    lines = read.lines
    shown = set(rows)
    wanted = {line.row: line for line in lines if line.row in shown}
    days = [line.booked_on for line in lines]
    currencies = {account.currency for account in read.accounts}
    return Alternative(
        words=words,
        answer=answer,
        lines=tuple(wanted.get(row) for row in rows),
        line_count=len(lines),
        period=Period(min(days), max(days)) if days else None,
        in_minor=sum(line.amount_minor for line in lines if line.amount_minor > 0),
        out_minor=sum(line.amount_minor for line in lines if line.amount_minor < 0),
        currency=currencies.pop() if len(currencies) == 1 else "",
        closing_minor=read.accounts[0].closing_minor if len(read.accounts) == 1 else None,
    )
