"""How a company's year is described: what comes back, who is paid now and then, who owes, what is moved.

Amounts are minor units, without sign where `money_in` or the kind of plan gives the direction. Bank texts are
templates for Draw.text. `bank` is the code of one of the company's bank accounts.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from core.simulation.drawing import FIRST_ON, LAST_ON

EVEN = (100,) * 12
HEATING = (165, 160, 130, 100, 80, 78, 88, 92, 82, 84, 110, 145)  # per cent of the usual bill, January first
COOLING = (95, 92, 88, 82, 92, 125, 150, 148, 118, 88, 84, 92)


@dataclass(frozen=True, slots=True)
class BankPlan:
    """One bank account: its `kind` (checking, savings, credit_card, processor), how it writes its files (`layout`, a
    key of core.simulation.layouts or an OFX layout), and how many months one file covers. `opening_minor` is the
    least opening balance; it is raised until the account is never overdrawn.
    """

    code: str
    name: str
    kind: str
    ledger_code: str
    number: str
    layout: str
    months_a_file: int
    opening_minor: int


@dataclass(frozen=True, slots=True)
class Series:
    """Something that comes back on given days. `fixed` draws one amount for the whole year."""

    bank: str
    account: str
    texts: tuple[str, ...]
    days: tuple[date, ...]
    low: int
    high: int
    money_in: bool = False
    season: tuple[int, ...] = EVEN
    step: int = 1
    fixed: bool = False
    rises_on: date | None = None  # from then on 4 to 9 per cent dearer


@dataclass(frozen=True, slots=True)
class Use:
    """What a purchase can be for, and what it then costs."""

    account: str
    low: int
    high: int
    weight: int = 1
    step: int = 1


@dataclass(frozen=True, slots=True)
class Shop:
    """Somebody paid (or paying) now and then. Several uses make the counterparty ambiguous; `once`: seen once."""

    texts: tuple[str, ...]
    uses: tuple[Use, ...]
    bank: str = "card"
    weight: int = 1
    money_in: bool = False
    months: tuple[int, ...] = ()
    refunds: bool = False
    trait: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A single line on a given day; `minor` is signed."""

    on: date
    bank: str
    account: str
    text: str
    minor: int
    trait: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money moved between own accounts on given days; the other side arrives `lag` days later at most.

    {conf} is the same number in both texts. `amounts`: drawn between low and high; with `clears` it is the whole
    balance of the source (a processor) up to that day.
    """

    source: str
    target: str
    out_texts: tuple[str, ...]
    in_texts: tuple[str, ...]
    days: tuple[date, ...]
    low: int = 0
    high: int = 0
    step: int = 100_00
    lag: int = 3
    clears: bool = False


@dataclass(frozen=True, slots=True)
class CardPayment:
    """The card's balance at the end of the month before, paid from checking."""

    source: str
    card: str
    out_texts: tuple[str, ...]
    in_texts: tuple[str, ...]
    day: int


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who is sent invoices, or sends bills, and how the payments look at the bank.

    {ref} in a text is the item's reference. `pays`: "each" item alone, "pairs" of items in one payment, "parts" every
    third item in two payments. Items of one `batch` issued on one day are paid in a single line. `delay` counts days
    from issue to payment (least, most).
    """

    name: str
    texts: tuple[str, ...]
    account: str
    issued: tuple[date, ...]
    low: int
    high: int
    kind: str = "invoice"
    bank: str = "checking"
    terms: int = 30
    delay: tuple[int, int] = (12, 38)
    step: int = 1
    fixed: bool = False
    pays: str = "each"
    batch: str = ""
    prefix: str = "INV-"


@dataclass(frozen=True, slots=True)
class CompanyPlan:
    """A company's whole year: exactly `count` lines over all its bank accounts."""

    slug: str
    name: str
    sector: str
    count: int
    banks: tuple[BankPlan, ...]
    series: tuple[Series, ...]
    shops: tuple[Shop, ...]
    events: tuple[Event, ...]
    transfers: tuple[Transfer, ...]
    card_payment: CardPayment
    parties: tuple[Party, ...]
    rules: tuple[dict[str, Any], ...] = field(default_factory=tuple)


def monthly(day: int, months: Sequence[int] = (), before: int = 0) -> tuple[date, ...]:
    """That day (or the last, if shorter) of each month of the year, of the given calendar months only, and of
    `before` months earlier.
    """
    first = FIRST_ON.year * 12 + FIRST_ON.month - 1
    year_months = ((n // 12, n % 12 + 1) for n in range(first - before, first + 12))
    return tuple(
        date(year, month, min(day, monthrange(year, month)[1]))
        for year, month in year_months
        if not months or month in months
    )


def every(days: int, first_on: date) -> tuple[date, ...]:
    """`first_on` and each day so many days later, to the end of the year."""
    return tuple(first_on + timedelta(days=n) for n in range(0, (LAST_ON - first_on).days + 1, days))


def text_rule(
    name: str, contains: str, account_code: str, direction: str = "", bank_account: str = "", up_to: int | None = None
) -> dict[str, Any]:
    """A rule on a part of the bank text, and on the direction (in, out), the bank account and the largest amount where
    given. Payroll, loans and large settlements state one, about half as much again as is usual, so that a company
    whose policy lets standing rules decide has such rules.

    The conditions are written as core.categorization.rules keeps them.
    """
    conditions: list[dict[str, Any]] = [{"kind": "text", "field": "text", "test": "contains", "value": contains}]
    if direction:
        conditions.append({"kind": "direction", "way": direction})
    if bank_account:
        conditions.append({"kind": "bank_account", "code": bank_account})
    if up_to is not None:
        conditions.append({"kind": "amount", "least_minor": None, "most_minor": up_to})
    return {"name": name, "conditions": conditions, "account_code": account_code}
