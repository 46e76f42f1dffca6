"""What the simulation gives out: companies, their files, and the truth kept apart from them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Movement:
    """One line to be, before it stands in a file. `pair` joins the two sides of a transfer."""

    bank: str
    on: date
    minor: int
    text: str
    account: str
    kind: str = "normal"
    items: tuple[str, ...] = ()
    pair: str = ""
    trait: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedBankAccount:
    """A bank, card or processor account; `opening_minor` is the balance before the first line (a card's: negative)."""

    code: str
    name: str
    kind: str  # checking, savings, credit_card, processor
    ledger_code: str
    currency: str
    number: str
    opening_minor: int


@dataclass(frozen=True, slots=True)
class SimulatedFile:
    """One statement file as a bookkeeper would download it."""

    name: str
    bank_account_code: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TruthRow:
    """What one statement line really was. The pipeline never sees this.

    `row` counts as core.ingestion.statement.StatementLine does. `amount_minor` is positive for money in.
    `kind` is normal, settlement (of the open items in `item_numbers`) or transfer (`partner` is "file:row" of the
    other side). `trait` names what makes the line special: once, ambiguous, equal, nameless, refund, private or "".
    """

    file: str
    row: int
    bank_account: str
    booked_on: date
    amount_minor: int
    currency: str
    description: str
    account_code: str
    kind: str
    item_numbers: tuple[str, ...] = ()
    partner: str = ""
    trait: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedItem:
    """An invoice to a customer (amount > 0) or a bill of a supplier (amount < 0), in minor units.

    Settling it books to `account_code`, as books on a cash basis do.
    """

    number: str
    kind: str  # invoice, bill
    counterparty: str
    issued_on: date
    due_on: date
    amount_minor: int
    currency: str
    reference: str
    account_code: str


@dataclass(frozen=True, slots=True)
class SimulatedCompany:
    """One company with everything a bookkeeper would receive, and the truth beside it."""

    slug: str
    name: str
    sector: str
    base_currency: str
    bank_accounts: tuple[SimulatedBankAccount, ...]
    files: tuple[SimulatedFile, ...]
    items: tuple[SimulatedItem, ...]
    open_items_csv: bytes
    rules: list[dict[str, Any]]
    truth: tuple[TruthRow, ...]

    def truth_by_line(self) -> dict[tuple[str, int], TruthRow]:
        """The truth keyed by (file name, row)."""
        return {(row.file, row.row): row for row in self.truth}
