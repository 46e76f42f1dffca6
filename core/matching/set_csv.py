"""Matching sets as files: bank lines, items and, where known, the truth."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import numpy as np

from core.errors import BookkeepingError, InvalidInput
from core.matching.values import BankLines, OpenItems
from core.money import Money

BANK_COLUMNS = ("id", "account", "date", "amount", "description", "reference")
ITEM_COLUMNS = ("id", "account", "date", "amount", "counterparty", "reference", "kind")
TRUTH_COLUMNS = ("bank_ids", "item_ids")
DEFAULT_CURRENCY = "USD"  # a column `currency` overrides it

Group = tuple[frozenset[str], frozenset[str]]  # ids of lines and of items that settle each other


def read_bank(content: bytes) -> BankLines:
    """Bank lines of a CSV. Raises InvalidInput naming the first row that cannot be read."""
    rows = list(_rows(content, BANK_COLUMNS, "bank lines"))
    _check_unique(rows, "bank lines")
    return BankLines(
        key=[row["id"] for row in rows],
        account=[row["account"] for row in rows],
        booked_on=np.array([row["day"] for row in rows], "datetime64[D]"),
        amount_minor=np.array([int(row["minor"]) for row in rows], np.int64),
        currency=[row["currency"] for row in rows],
        text=[f"{row['description']} {row['reference']}".rstrip() for row in rows],
        counterparty=[""] * len(rows),
    )


def read_items(content: bytes) -> OpenItems:
    """Open items of a CSV. Raises InvalidInput naming the first row that cannot be read."""
    rows = list(_rows(content, ITEM_COLUMNS, "items"))
    _check_unique(rows, "items")
    return OpenItems(
        key=[row["id"] for row in rows],
        account=[row["account"] for row in rows],
        issued_on=np.array([row["day"] for row in rows], "datetime64[D]"),
        amount_minor=np.array([int(row["minor"]) for row in rows], np.int64),
        currency=[row["currency"] for row in rows],
        counterparty=[row["counterparty"] for row in rows],
        references=[[row["reference"]] for row in rows],
        kind=[row["kind"] for row in rows],
    )


def read_truth(content: bytes) -> list[Group]:
    """Groups of ids that belong together; ids are joined by `|`."""
    return [
        (frozenset(filter(None, row["bank_ids"].split("|"))), frozenset(filter(None, row["item_ids"].split("|"))))
        for row in csv_rows(content, TRUTH_COLUMNS, "truth")
    ]


def csv_rows(content: bytes, columns: tuple[str, ...], what: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV that has these columns. Raises InvalidInput."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InvalidInput(f"The file of {what} is not UTF-8 text (byte {fault.start}). Save it as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text))
    if missing := [name for name in columns if name not in (reader.fieldnames or [])]:
        raise InvalidInput(f"The file of {what} has no column {', '.join(missing)}. Needed are {', '.join(columns)}.")
    for row in reader:
        yield {name: value or "" for name, value in row.items() if name}


def _rows(content: bytes, columns: tuple[str, ...], what: str) -> Iterator[dict[str, str]]:
    """Rows with the amount as `minor` units and the date as `day`, both checked."""
    for number, row in enumerate(csv_rows(content, columns, what), 2):
        currency = row.get("currency") or DEFAULT_CURRENCY
        try:
            minor = Money.parse(row["amount"], currency).minor
            day = date.fromisoformat(row["date"].strip())
        except (BookkeepingError, ValueError) as fault:
            raise InvalidInput(f"Row {number} of the {what} cannot be read: {fault}") from None
        yield row | {"currency": currency, "minor": str(minor), "day": day.isoformat()}


def _check_unique(rows: list[dict[str, str]], what: str) -> None:
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        if row["id"] in seen:
            raise InvalidInput(f"Row {number} of the {what} repeats the id {row['id']}; ids must be unique.")
        seen.add(row["id"])
