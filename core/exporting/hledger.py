"""The ledger as an hledger journal: accounts and commodities declared, entries with tags, balances asserted."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from core.exporting.ledger import Ledger, LedgerAccount, LedgerEntry
from core.exporting.texts import account_names, amount_with_price, one_line
from core.money import decimal_text, minor_digits
from models import AccountType

ROOTS = {
    AccountType.ASSET: ("assets", "A"),
    AccountType.LIABILITY: ("liabilities", "L"),
    AccountType.EQUITY: ("equity", "E"),
    AccountType.REVENUE: ("revenues", "R"),
    AccountType.EXPENSE: ("expenses", "X"),
}
_IN_NAMES = "&'-./+,_"  # besides letters and digits; everything else means something somewhere in a journal


def write_hledger(ledger: Ledger) -> Iterator[str]:
    """The journal in pieces of text, the entries in the ledger's order."""
    names = account_names(ledger.accounts, account_name)
    yield f"; {one_line(ledger.company)}\ndecimal-mark .\n\n"
    for currency in ledger.currencies:
        digits = minor_digits(currency)
        yield f"commodity 1000.{'0' * digits} {currency}\n"
    yield "\n"
    for account in ledger.accounts:
        yield f"account {names[account.id]}  ; type: {ROOTS[account.type][1]}, code: {_tag(account.code)}\n"
    yield "\n"
    for entry in ledger.entries:
        yield _entry(entry, names, ledger.base_currency)
    yield from _asserted(ledger, names)


def account_name(account: LedgerAccount) -> str:
    """Root, then code and name with single spaces: expenses:6300 Software Subscriptions."""
    plain = "".join(sign if sign.isalnum() or sign in _IN_NAMES else " " for sign in f"{account.code} {account.name}")
    return f"{ROOTS[account.type][0]}:{one_line(plain) or 'account'}"


def _words(text: str) -> str:
    """A payee or a note: a semicolon would begin a comment, a bar would part payee and note."""
    return one_line(text).replace(";", ",").replace("|", "/")


def _tag(text: str) -> str:
    """The value of a tag, which a comma would end."""
    return one_line(text).replace(",", ";")


def _entry(entry: LedgerEntry, names: Mapping[UUID, str], base: str) -> str:
    note = _words(entry.memo or (entry.bank_line.text if entry.bank_line else ""))
    payee = _words(entry.payee)
    lines = [f"{entry.booked_on} * ({entry.id}) {payee}{' | ' if payee else ''}{note}".rstrip()]
    lines += [f"    ; {name}: {_tag(value)}" for name, value in entry.facts.items()]
    lines += [f"    ; {tag}:" for tag in entry.tags]
    for line in entry.lines:
        lines.append(f"    {names[line.account_id]}  {amount_with_price(line, base)}")
        lines += [f"    ; {name}: {_tag(value)}" for name, value in line.facts.items()]
    return "\n".join(lines) + "\n\n"


def _asserted(ledger: Ledger, names: Mapping[UUID, str]) -> Iterator[str]:
    """The balance of every account that was used, in an entry of zeros on the day after the last one."""
    if ledger.last_on is None or not ledger.balances:
        return
    yield f"{ledger.last_on + timedelta(days=1)} * Balances after the last entry\n"
    for balance in ledger.balances:
        zero = decimal_text(0, balance.currency)
        amount = decimal_text(balance.amount_minor, balance.currency)
        yield f"    {names[balance.account_id]}  {zero} {balance.currency} = {amount} {balance.currency}\n"
