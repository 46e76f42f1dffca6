"""Open items as values: what a file holds, and the account of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.money import decimal_text
from core.problems import Problem
from models import ItemKind

LONGEST = {"number": 64, "counterparty": 200, "reference": 500}  # signs that the table holds
_LEFT = {
    "paid": ("is paid already", "are paid already"),
    "void": ("is void, a draft or failed", "are void, drafts or failed"),
    "payment": ("is a payment, which is not expected any more", "are payments, which are not expected any more"),
    "other": ("is no payout", "are no payouts"),
}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One open item as the file has it; `amount_minor` is positive for money that is to come in."""

    row: int  # line of the file, from 1; the first one where several rows make the item
    kind: ItemKind
    number: str
    counterparty: str
    issued_on: date
    due_on: date | None
    amount_minor: int
    currency: str
    reference: str
    account_code: str
    total_minor: int | None = None  # the whole amount, where it is not the open one: partly paid, or before a fee
    fee_minor: int | None = None  # what a processor held back of it


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of one sort that are no open items: how many, and their money by currency."""

    why: str  # paid, void, payment, other
    count: int
    minor: Mapping[str, int]

    @property
    def sentence(self) -> str:
        one, many = _LEFT[self.why]
        sums = ", ".join(f"{decimal_text(minor, code)} {code}" for code, minor in sorted(self.minor.items()) if minor)
        about = f" ({sums})" if sums else ""
        return (
            f"{self.count} row{'' if self.count == 1 else 's'}{about} {one if self.count == 1 else many}, and left out."
        )


@dataclass(frozen=True)
class ItemReading:
    """Every row of the table is accounted for: read as a part of an item, in error, left out, or no data at all."""

    items: tuple[ItemRow, ...]
    problems: tuple[Problem, ...]
    row_count: int
    item_row_count: int  # at least one an item
    faulty_count: int
    left: tuple[LeftOut, ...] = ()
    passed_over: int = 0  # totals, balances carried forward, headings

    def __post_init__(self) -> None:
        counted = self.item_row_count + self.faulty_count + sum(one.count for one in self.left) + self.passed_over
        if counted != self.row_count:  # a bug, not a refusal: nothing may be stored
            raise AssertionError(f"{counted} of {self.row_count} rows are accounted for")
