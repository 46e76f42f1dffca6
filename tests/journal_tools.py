"""Exported ledgers read back: by beancount, by hledger, by the columns of GnuCash, by the reader of workbooks."""

import csv
import io
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from beancount import loader
from beancount.core import data
from python_calamine import CalamineWorkbook

from core.exporting import beancount, gnucash, hledger
from core.exporting.ledger import Ledger
from core.exporting.texts import account_names
from core.money import to_decimal

Balances = dict[tuple[str, str], Decimal]  # (account, currency) → debit > 0; without zeros


def booked(ledger: Ledger, names: dict[UUID, str]) -> Balances:
    """Our own closing balances under another program's account names."""
    return {
        (names[one.account_id], one.currency): to_decimal(one.amount_minor, one.currency)
        for one in ledger.balances
        if one.amount_minor
    }


def added_up(sides: Iterable[tuple[str, str, Decimal]]) -> Balances:
    totals: Balances = defaultdict(Decimal)
    for account, currency, amount in sides:
        totals[account, currency] += amount
    return {key: total for key, total in totals.items() if total}


def beancount_names(ledger: Ledger) -> dict[UUID, str]:
    return account_names(ledger.accounts, beancount.account_name)


def hledger_names(ledger: Ledger) -> dict[UUID, str]:
    return account_names(ledger.accounts, hledger.account_name)


def gnucash_names(ledger: Ledger) -> dict[UUID, str]:
    return account_names(ledger.accounts, gnucash.account_name)


def loaded_by_beancount(text: str) -> data.Directives:
    """The journal's directives, as bean-check reads them: parsed, booked, validated, with every balance asserted."""
    entries, errors, _ = loader.load_string(text)
    assert errors == [], errors
    return entries


def beancount_balances(text: str) -> Balances:
    entries = loaded_by_beancount(text)
    sides = [
        (posting.account, posting.units.currency, posting.units.number)
        for entry in entries
        if isinstance(entry, data.Transaction)
        for posting in entry.postings
    ]
    return added_up(sides)


def run_hledger(path: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["hledger", "-f", str(path), *arguments],
        capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def hledger_balances(path: Path) -> Balances:
    rows = csv.reader(io.StringIO(run_hledger(path, "bal", "--flat", "--no-total", "-O", "csv", "--layout=tidy")))
    header = next(rows)
    account, currency, value = header.index("account"), header.index("commodity"), header.index("value")
    return added_up((row[account], row[currency], Decimal(row[value])) for row in rows if row[currency])


def gnucash_transactions(text: str) -> dict[str, list[tuple[str, str, Decimal]]]:
    """Transaction id → splits (account, currency, amount); every row has to be as GnuCash writes it."""
    found: dict[str, list[tuple[str, str, Decimal]]] = {}
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(next(rows)) == gnucash.TRANSACTION_COLUMNS
    for cells in rows:
        row = dict(zip(gnucash.TRANSACTION_COLUMNS, cells, strict=True))
        namespace, _, currency = row["Commodity/Currency"].partition("::")
        assert namespace == "CURRENCY"
        assert row["Value With Sym"] == f"{currency} {row['Value Num.']}"
        assert row["Full Account Name"].count(":") == 1
        symbol, amount = row["Amount With Sym"].split(" ")
        assert amount == row["Amount Num."]
        assert symbol != currency or amount == row["Value Num."]
        split = (row["Full Account Name"], symbol, Decimal(amount))
        found.setdefault(row["Transaction ID"], []).append(split)
    return found


def workbook_rows(content: bytes, sheet: str) -> list[dict[str, object]]:
    """A sheet's rows by the names of its columns."""
    rows = CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
