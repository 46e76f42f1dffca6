"""Ledgers as values, without a database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import count
from uuid import UUID, uuid4

from core.exporting.ledger import Balance, BankLine, EntryLine, Ledger, LedgerAccount, LedgerEntry
from models import AccountType

DAY = date(2024, 2, 15)
_numbers = count(1)


def account(code: str = "6300", name: str = "Software", kind: AccountType = AccountType.EXPENSE) -> LedgerAccount:
    return LedgerAccount(uuid4(), code, name, kind)


def entry(*lines: tuple[LedgerAccount, int], currency: str = "USD", text: str = "", **given: object) -> LedgerEntry:
    """An entry with these lines; `text` is that of a bank line."""
    number = next(_numbers)
    made = LedgerEntry(
        id=f"je_acme_{number:032x}", booked_on=DAY, payee="", memo="", is_reversed=False, method="manual",
        lines=tuple(EntryLine(of.id, minor, currency) for of, minor in lines),
        bank_line=BankLine(f"txn_acme_{number:032x}", text, "march.csv", number) if text else None,
    )  # fmt: skip
    return replace(made, **given)  # type: ignore[arg-type]


def ledger(accounts: Iterable[LedgerAccount], entries: Iterable[LedgerEntry], **given: object) -> Ledger:
    """The books of these accounts and entries, whose balances are what the entries add up to."""
    chart, kept = sorted(accounts, key=lambda one: one.code), list(entries)
    sums: dict[tuple[UUID, str], int] = {}
    for line in (line for one in kept for line in one.lines):
        sums[line.account_id, line.currency] = sums.get((line.account_id, line.currency), 0) + line.amount_minor
    days = [one.booked_on for one in kept]
    made = Ledger(
        company="Acme", slug="acme", base_currency="USD", accounts=tuple(chart),
        balances=tuple(Balance(key, currency, minor) for (key, currency), minor in sums.items()),
        first_on=min(days, default=None), last_on=max(days, default=None), entries=iter(kept),
    )  # fmt: skip
    return replace(made, **given)  # type: ignore[arg-type]
