"""The ledger as GnuCash's own CSV of transactions with several splits, and the account tree it needs.

Both have the columns that GnuCash itself exports, so that its import reads them with the setting "GnuCash Export
Format". A row is a split; the rows of an entry share its transaction id.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO

from core.exporting.ledger import EntryLine, Ledger, LedgerAccount, LedgerEntry
from core.exporting.texts import account_names, one_line
from core.money import decimal_text
from models import AccountType

TRANSACTION_COLUMNS = (
    "Date", "Transaction ID", "Number", "Description", "Notes", "Commodity/Currency", "Void Reason", "Action", "Memo",
    "Full Account Name", "Account Name", "Amount With Sym", "Amount Num.", "Value With Sym", "Value Num.", "Reconcile",
    "Reconcile Date", "Rate/Price",
)  # fmt: skip
ACCOUNT_COLUMNS = (
    "Type", "Full Account Name", "Account Name", "Account Code", "Description", "Account Color", "Notes", "Symbol",
    "Namespace", "Hidden", "Tax Info", "Placeholder",
)  # fmt: skip
ROOTS = {
    AccountType.ASSET: ("Assets", "ASSET"),
    AccountType.LIABILITY: ("Liabilities", "LIABILITY"),
    AccountType.EQUITY: ("Equity", "EQUITY"),
    AccountType.REVENUE: ("Income", "INCOME"),
    AccountType.EXPENSE: ("Expenses", "EXPENSE"),
}


def write_gnucash(ledger: Ledger) -> Iterator[str]:
    """The transactions as CSV in pieces of text, a row a split."""
    names = account_names(ledger.accounts, account_name)
    yield _rows([TRANSACTION_COLUMNS])
    for entry in ledger.entries:
        shared = _shared(entry)
        yield _rows([(*shared, *_split(line, names[line.account_id], ledger.base_currency)) for line in entry.lines])


def _split(line: EntryLine, name: str, base: str) -> tuple[str, ...]:
    """The columns of a split. What has a value in base currency is a transaction in it, as GnuCash keeps them."""
    amount = decimal_text(line.amount_minor, line.currency)
    symbol = f"{line.currency} {amount}"
    memo = "; ".join(f"{fact}: {one_line(value)}" for fact, value in line.facts.items())
    currency, worth, price = line.currency, amount, "1.0000"
    if line.value_minor is not None:
        currency, worth = base, decimal_text(line.value_minor, base)
        price = f"{Decimal(worth) / Decimal(amount):.10f}" if line.amount_minor else price
    return (
        f"CURRENCY::{currency}", "", "", memo, name, name.partition(":")[2], symbol, amount, f"{currency} {worth}",
        worth, "n", "", price,
    )  # fmt: skip


def write_gnucash_accounts(ledger: Ledger) -> Iterator[str]:
    """The account tree as CSV: to be imported before the transactions."""
    names = account_names(ledger.accounts, account_name)
    yield _rows([ACCOUNT_COLUMNS])
    for root, kind in ROOTS.values():
        yield _rows([(kind, root, root, "", "", "", "", ledger.base_currency, "CURRENCY", "F", "F", "T")])
    for account in ledger.accounts:
        currencies = [balance.currency for balance in ledger.balances if balance.account_id == account.id]
        currency = currencies[0] if len(currencies) == 1 else ledger.base_currency
        name = names[account.id]
        hidden = "F" if account.is_active else "T"
        kind = ROOTS[account.type][1]
        code, about = one_line(account.code), one_line(account.name)
        yield _rows([(kind, name, name.partition(":")[2], code, about, "", "", currency, "CURRENCY", hidden, "F", "F")])


def account_name(account: LedgerAccount) -> str:
    """Root, then code and name. A colon would open a level of the tree."""
    return f"{ROOTS[account.type][0]}:{one_line(f'{account.code} {account.name}'.replace(':', ' ')) or 'Account'}"


def _shared(entry: LedgerEntry) -> tuple[str, ...]:
    """The columns of the transaction, on each of its rows."""
    bank_text = entry.bank_line.text if entry.bank_line else ""
    description = one_line(entry.payee or entry.memo or bank_text)
    known = {"memo": entry.memo, **entry.facts}
    notes = "; ".join(f"{name}: {one_line(value)}" for name, value in known.items() if value and name != "id")
    return str(entry.booked_on), entry.id, "", description, notes


def _rows(rows: Iterable[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
