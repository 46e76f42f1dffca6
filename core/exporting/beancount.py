"""The ledger as a beancount journal (version 2 and 3): accounts opened, entries with their links, balances asserted."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from uuid import UUID

from core.exporting.ledger import Ledger, LedgerAccount, LedgerEntry
from core.exporting.texts import account_names, amount_with_price, one_line
from core.money import decimal_text, minor_digits
from models import AccountType

ROOTS = {
    AccountType.ASSET: "Assets",
    AccountType.LIABILITY: "Liabilities",
    AccountType.EQUITY: "Equity",
    AccountType.REVENUE: "Income",
    AccountType.EXPENSE: "Expenses",
}
_EMPTY_ON = date(1970, 1, 1)  # the day on which accounts of a ledger without entries open


def write_beancount(ledger: Ledger) -> Iterator[str]:
    """The journal in pieces of text, the entries in the ledger's order."""
    names = account_names(ledger.accounts, account_name)
    yield from _head(ledger)
    yield from _opened(ledger, names)
    for entry in ledger.entries:
        yield _entry(entry, names, ledger.base_currency)
    yield from _asserted(ledger, names)


def account_name(account: LedgerAccount) -> str:
    """Root, then code and name in letters, digits and hyphens, a capital or a digit first: Expenses:6300-Software."""
    letters = unicodedata.normalize("NFC", f"{account.code} {account.name}")
    plain = "".join(sign if _is_word(sign) else " " for sign in letters)
    part = "-".join(plain.split()) or "Account"
    part = part[:1].upper() + part[1:] if len(part[:1].upper()) == 1 else part
    if unicodedata.category(part[0]) not in ("Lu", "Nd"):
        part = f"X-{part}"
    return f"{ROOTS[account.type]}:{part}"


def _is_word(sign: str) -> bool:
    return unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")


def quoted(text: str) -> str:
    """A string of beancount, on one line."""
    plain = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _head(ledger: Ledger) -> Iterator[str]:
    yield f'option "title" {quoted(ledger.company)}\noption "operating_currency" "{ledger.base_currency}"\n\n'
    first_on = ledger.first_on or _EMPTY_ON
    for currency in ledger.currencies:
        yield f"{first_on} commodity {currency}\n  digits: {minor_digits(currency)}\n"
    yield "\n"


def _opened(ledger: Ledger, names: Mapping[UUID, str]) -> Iterator[str]:
    """Every account of the chart, with its code and name as they are."""
    first_on = ledger.first_on or _EMPTY_ON
    for account in ledger.accounts:
        used = [balance.currency for balance in ledger.balances if balance.account_id == account.id]
        yield f"{first_on} open {names[account.id]} {','.join(used)}".rstrip() + "\n"
        yield f"  code: {quoted(account.code)}\n  name: {quoted(account.name)}\n"
        if not account.is_active:
            yield "  active: FALSE\n"
    yield "\n"


def _entry(entry: LedgerEntry, names: Mapping[UUID, str], base: str) -> str:
    payee = f"{quoted(entry.payee)} " if entry.payee else ""
    lines = [f"{entry.booked_on} * {payee}{quoted(_narration(entry))}{_marks(entry)}{_link(entry)}"]
    lines += [f"  {name}: {quoted(value)}" for name, value in entry.facts.items()]
    for line in entry.lines:
        lines.append(f"  {names[line.account_id]}  {amount_with_price(line, base)}")
        lines += [f"    {name}: {quoted(value)}" for name, value in line.facts.items()]
    return "\n".join(lines) + "\n\n"


def _narration(entry: LedgerEntry) -> str:
    return entry.memo or (entry.bank_line.text if entry.bank_line else "")


def _marks(entry: LedgerEntry) -> str:
    return "".join(f" #{tag}" for tag in entry.tags)


def _link(entry: LedgerEntry) -> str:
    """An entry, its reversal and what replaces it carry the same link: the id of the entry taken back."""
    taken_back = [entry.reverses, entry.replaces, entry.id if entry.is_reversed else ""]
    return "".join(f" ^{key}" for key in dict.fromkeys(taken_back) if key)


def _asserted(ledger: Ledger, names: Mapping[UUID, str]) -> Iterator[str]:
    """The balance of every account that was used, exact to the last digit, on the day after the last entry."""
    if ledger.last_on is None:
        return
    for balance in ledger.balances:
        amount = decimal_text(balance.amount_minor, balance.currency)
        day = ledger.last_on + timedelta(days=1)
        yield f"{day} balance {names[balance.account_id]}  {amount} ~ 0 {balance.currency}\n"
