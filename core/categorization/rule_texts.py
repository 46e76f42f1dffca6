"""Which texts of rules occur in which lines: every distinct text is read once, whatever the number of rules.

Literals are looked for together (Aho–Corasick, in polars); a text is framed by two marks, so that “starts with” and
“equals” are literals too. Patterns are looked for together by RE2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.categorization.lines import I64, Lines
from core.categorization.rule_conditions import TextIs, clean_text
from core.categorization.rule_patterns import matching

_OPEN, _CLOSE = "\x02", "\x03"


@dataclass(frozen=True)
class TextHits:
    """What was found. `text_of` (n,) is the number of each line's distinct text."""

    text_of: I64
    text: I64  # of each hit, ascending
    wanted: I64  # number of the text looked for
    width: int  # how many were looked for

    def found(self, text: I64, wanted: I64) -> NDArray[np.bool_]:
        """Whether each pair is a hit."""
        codes = self.text * self.width + self.wanted
        asked = text * self.width + wanted
        if not len(codes):
            return np.zeros(len(asked), np.bool_)
        at = np.minimum(np.searchsorted(codes, asked), len(codes) - 1)
        same: NDArray[np.bool_] = codes[at] == asked
        return same


def find_texts(wanted: Sequence[TextIs], lines: Lines) -> TextHits:
    """Look for all of them, cleaned and distinct, in the texts and counterparties of the lines."""
    number: dict[tuple[str, str], int] = {}
    text_of = np.fromiter(
        (number.setdefault(pair, len(number)) for pair in zip(lines.description, lines.counterparty, strict=True)),
        np.int64,
        len(lines),
    )
    parts = [np.empty(0, np.int64)]
    for place, field in enumerate(("text", "counterparty")):
        of_field = [(i, one) for i, one in enumerate(wanted) if one.field == field]
        if not of_field:
            continue
        once: dict[str, int] = {}
        spelled = np.fromiter((once.setdefault(pair[place], len(once)) for pair in number), np.int64, len(number))
        values = [clean_text(value) for value in once]
        hits = np.concatenate([_literals(of_field, values, len(wanted)), _patterns(of_field, values, len(wanted))])
        parts.append(_of_pairs(np.sort(hits), spelled, len(wanted)))
    code = np.sort(np.concatenate(parts))
    width = max(len(wanted), 1)
    return TextHits(text_of, code // width, code % width, width)


def expanded(start: I64, count: I64) -> I64:
    """The positions start, start + 1, … count of each, one run after the other."""
    ends = np.cumsum(count)
    run: I64 = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)
    return np.repeat(start, count) + run


def _of_pairs(code: I64, spelled: I64, width: int) -> I64:
    """Hits of distinct values of a field as hits of the (text, counterparty) pairs that hold them."""
    value, wanted = code // width, code % width
    start = np.searchsorted(value, spelled)
    count = np.searchsorted(value, spelled, side="right") - start
    hits: I64 = np.repeat(np.arange(len(spelled)), count) * width + wanted[expanded(start, count)]
    return hits


def _literals(wanted: Sequence[tuple[int, TextIs]], values: Sequence[str], width: int) -> I64:
    """value · width + number of what was looked for, for every literal found."""
    import polars as pl

    literals = [(i, one) for i, one in wanted if one.test != "regex"]
    if not literals:
        return np.empty(0, np.int64)
    numbers = pl.DataFrame(
        {"found": [_framed(one) for _, one in literals], "wanted": [i for i, _ in literals]},
        schema={"found": pl.String, "wanted": pl.Int64},
    )
    texts = pl.DataFrame({"framed": [f"{_OPEN}{value}{_CLOSE}" for value in values]}).with_row_index("value")
    found = (
        texts.select("value", found=pl.col("framed").str.extract_many(numbers["found"].implode(), overlapping=True))
        .explode("found")
        .drop_nulls()
        .join(numbers, on="found")
    )
    codes: I64 = np.unique(found["value"].cast(pl.Int64).to_numpy() * width + found["wanted"].to_numpy())
    return codes


def _framed(wanted: TextIs) -> str:
    if wanted.test == "contains":
        return wanted.value
    return f"{_OPEN}{wanted.value}" if wanted.test == "starts_with" else f"{_OPEN}{wanted.value}{_CLOSE}"


def _patterns(wanted: Sequence[tuple[int, TextIs]], values: Sequence[str], width: int) -> I64:
    patterns = [(i, one.value) for i, one in wanted if one.test == "regex"]
    numbers = np.array([i for i, _ in patterns], np.int64)
    pairs = np.array(matching([value for _, value in patterns], values), np.int64).reshape(-1, 2)
    codes: I64 = pairs[:, 0] * width + numbers[pairs[:, 1]]
    return codes
