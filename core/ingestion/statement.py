"""What a reader makes of a file: lines, balances, problems, and how it was read."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.problems import Problem


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line as the bank wrote it.

    `amount_minor` is positive for money in, negative for money out, in minor units of `currency`.
    `row` is the physical line of the file it began on, from 1 (for OFX and CAMT the n-th transaction).
    """

    row: int
    booked_on: date
    amount_minor: int
    currency: str
    description: str
    value_on: date | None = None
    counterparty: str = ""
    reference: str = ""
    bank_id: str = ""  # the bank's own id of the line (OFX FITID, CAMT AcctSvcrRef), unique per account
    balance_minor: int | None = None  # running balance after this line


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """The lines of one bank account in one currency.

    Balances are minor units of `currency`; None where the file states none.
    """

    account_number: str  # as the file gives it, "" where it gives none
    currency: str  # "" when the file names none: the bank account decides
    lines: tuple[StatementLine, ...]
    opening_minor: int | None = None
    closing_minor: int | None = None

    @property
    def sum_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def proved(self) -> bool | None:
        """Whether opening + lines = closing; None where the file does not state both."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.opening_minor + self.sum_minor == self.closing_minor


@dataclass(frozen=True, slots=True)
class Statement:
    """A file as read. `layout` is the JSON-ready description of how (see core.ingestion.layout)."""

    format: str  # csv, ofx, camt, mt940, qif
    accounts: tuple[AccountStatement, ...]
    layout: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def lines(self) -> tuple[StatementLine, ...]:
        return tuple(line for account in self.accounts for line in account.lines)
