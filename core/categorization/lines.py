"""What the classifier sees: statement lines as columns, the accounts they may go to, and the keys lines share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class AccountOption:
    """An account a line may be booked to. `key` is whatever the caller knows it by; names and types carry meaning."""

    key: str
    code: str
    name: str
    type: str = ""  # asset, liability, equity, revenue, expense; "" where the source does not say
    role: str = ""  # see models.companies.AccountRole; "" for an ordinary account


@dataclass(frozen=True)
class Lines:
    """n statement lines as columns of length n.

    `amount_minor` is int64, money in > 0; `booked_on` datetime64[D]; `company` tells apart whose lines these are
    where several companies are worked on at once (training and evaluation), else it may be left out.
    """

    description: Sequence[str]
    counterparty: Sequence[str]
    amount_minor: I64
    booked_on: NDArray[np.datetime64]
    bank_account: Sequence[str] = ()
    company: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.description)

    def take(self, rows: I64) -> "Lines":
        """The lines at these positions, in that order."""
        picked = rows.tolist()
        return Lines(
            [self.description[i] for i in picked],
            [self.counterparty[i] for i in picked],
            self.amount_minor[rows],
            self.booked_on[rows],
            [self.bank_account[i] for i in picked] if self.bank_account else (),
            [self.company[i] for i in picked] if self.company else (),
        )

    @cached_property
    def keys(self) -> "LineKeys":
        return line_keys(self)


@dataclass(frozen=True)
class LineKeys:
    """What lines have in common, as columns: 64-bit keys of strings, plus the cleaned text itself."""

    text: list[str]  # lower case, tokens with two digits or more removed
    company: U64
    text_key: U64
    counterparty_key: U64
    vendor_key: U64
    first_key: U64
    band: NDArray[np.int16]  # size of the amount, about one and a half steps a doubling
    inflow: NDArray[np.bool_]
    day: NDArray[np.int32]  # days since 1970

    def take(self, rows: I64) -> "LineKeys":
        return LineKeys(
            [self.text[i] for i in rows.tolist()],
            self.company[rows],
            self.text_key[rows],
            self.counterparty_key[rows],
            self.vendor_key[rows],
            self.first_key[rows],
            self.band[rows],
            self.inflow[rows],
            self.day[rows],
        )

    @cached_property
    def distinct(self) -> tuple[I64, I64]:
        """(first position of each distinct line, for each line the number of its distinct one).

        Two lines that agree in company, text, counterparty, size and direction get the same prediction.
        """
        size = self.band.astype(np.uint64) * np.uint64(2) + self.inflow.astype(np.uint64)
        key = mixed(mixed(mixed(self.company, self.text_key), self.counterparty_key), size)
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        return first.astype(np.int64), inverse.astype(np.int64)


def mixed(left: U64, right: U64) -> U64:
    """One key from two, order mattering (multiply, rotate, xor: the splitmix finaliser without its last round)."""
    with np.errstate(over="ignore"):
        value = (left ^ (left >> np.uint64(31))) * _MIX + right * np.uint64(0xBF58476D1CE4E5B9)
        result: U64 = (value ^ (value >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
        return result


def amount_bands(amount_minor: I64) -> NDArray[np.int16]:
    """The size of each amount on a logarithmic scale, sign ignored."""
    bands: NDArray[np.int16] = np.rint(1.5 * np.log2(np.abs(amount_minor.astype(np.float64)) + 1)).astype(np.int16)
    return bands


def line_keys(lines: Lines) -> LineKeys:
    """Work out the keys of all lines at once."""
    import polars as pl

    frame = pl.DataFrame(
        {
            "raw": pl.Series(list(lines.description), dtype=pl.String),
            "name": pl.Series(list(lines.counterparty), dtype=pl.String),
            "company": pl.Series(list(lines.company) or [""] * len(lines), dtype=pl.String),
        }
    )
    words = pl.col("raw").str.to_lowercase().str.replace_all(r"\S*\d\S*\d\S*", " ")
    letters = words.str.replace_all(r"[^\p{L}&]+", " ").str.strip_chars()
    plain = pl.col("raw").str.to_lowercase().str.replace_all(r"[^\p{L}&]+", " ").str.strip_chars()
    name = pl.col("name").str.to_lowercase()
    frame = frame.select(
        "company",
        text=pl.when(letters.str.len_bytes() > 1).then(letters).otherwise(plain),
        name=name,
        vendor=name.str.extract(r"^(\S+(?:\s+\S+)?)").fill_null(""),
        first=name.str.extract(r"^(\S+)").fill_null(""),
    )

    def key(column: str) -> U64:
        values: U64 = frame[column].hash(seed=11).to_numpy().astype(np.uint64)
        return values

    return LineKeys(
        frame["text"].to_list(),
        key("company"),
        key("text"),
        key("name"),
        key("vendor"),
        key("first"),
        amount_bands(lines.amount_minor),
        np.asarray(lines.amount_minor > 0),
        lines.booked_on.astype("datetime64[D]").astype(np.int64).astype(np.int32),
    )
