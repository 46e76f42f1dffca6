"""What matching takes and gives: bank lines and open items as columns, proposed groups of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Days = npt.NDArray[Any]  # datetime64[D]


class Kind(StrEnum):
    SETTLEMENT = "settlement"  # a line pays an item
    TRANSFER = "transfer"  # two lines of own accounts
    BATCH = "batch"  # a line pays several items
    PARTS = "parts"  # several lines pay an item
    PAYOUT = "payout"  # a processor pays out items less its fee


class Decision(StrEnum):
    AUTO = "auto"  # certain enough to be in force without a person
    SUGGEST = "suggest"


@dataclass(frozen=True)
class BankLines:
    """n bank lines as columns. `key` names a line and is unique; `account` is the bank account that it moved on."""

    key: Sequence[str]
    account: Sequence[str]
    booked_on: Days
    amount_minor: Integers  # money in > 0
    currency: Sequence[str]
    text: Sequence[str]  # as the bank wrote it, with the reference field where there is one
    counterparty: Sequence[str]  # normalised, "" where unknown
    transfers_only: Sequence[bool] = ()  # lines that can be a side of a transfer but settle nothing; () means none

    def __len__(self) -> int:
        return len(self.key)

    def at(self, rows: Sequence[int] | Integers) -> "BankLines":
        """The lines at these positions."""
        chosen = list(rows)
        return BankLines(
            [self.key[row] for row in chosen], [self.account[row] for row in chosen], self.booked_on[chosen],
            self.amount_minor[chosen], [self.currency[row] for row in chosen], [self.text[row] for row in chosen],
            [self.counterparty[row] for row in chosen],
            [self.transfers_only[row] for row in chosen] if self.transfers_only else (),
        )  # fmt: skip


@dataclass(frozen=True)
class OpenItems:
    """m amounts expected to come in (> 0) or go out (< 0), as columns. `account` is "" where any may receive it."""

    key: Sequence[str]
    account: Sequence[str]
    issued_on: Days
    amount_minor: Integers
    currency: Sequence[str]
    counterparty: Sequence[str]
    references: Sequence[Sequence[str]]  # the numbers under which an item may be quoted
    kind: Sequence[str]

    def __len__(self) -> int:
        return len(self.key)

    def at(self, rows: Sequence[int] | Integers) -> "OpenItems":
        """The items at these positions."""
        chosen = list(rows)
        return OpenItems(
            [self.key[row] for row in chosen], [self.account[row] for row in chosen], self.issued_on[chosen],
            self.amount_minor[chosen], [self.currency[row] for row in chosen],
            [self.counterparty[row] for row in chosen], [self.references[row] for row in chosen],
            [self.kind[row] for row in chosen],
        )  # fmt: skip


@dataclass(frozen=True)
class OwnAccounts:
    """What bank texts may say of the company's own accounts: per account the last four digits of its numbers."""

    tails: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposedMatch:
    """Lines and items (by position) that settle each other.

    `score` is the probability that the match is right, in [0, 1]: the share of like ones that were; `difference_minor`
    is the sum of the lines less the sum of the items. `in_order`: one of several alike, paired by their days.
    """

    lines: tuple[int, ...]
    items: tuple[int, ...]
    kind: Kind
    score: float
    difference_minor: int
    reason: str
    decision: Decision
    in_order: bool = False


@dataclass(frozen=True)
class Matching:
    """The result: each line and each item is in exactly one of `matches` or the open ones.

    `alternatives` are further suggestions that share lines or items with the matches or with each other, best first.
    `notes` say of open lines what else they may be.
    """

    matches: tuple[ProposedMatch, ...]
    open_lines: tuple[int, ...]
    open_items: tuple[int, ...]
    alternatives: tuple[ProposedMatch, ...] = ()
    notes: Mapping[int, str] = field(default_factory=dict)
