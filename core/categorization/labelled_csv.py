"""Labelled lines from a CSV with the columns company, date, amount, description, account, and some more."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import numpy as np

from core.categorization.fitting import Labelled
from core.categorization.lines import Lines
from core.errors import BookkeepingError, InvalidInput
from core.ingestion.normalising import counterparty_name
from core.money import minor_digits

REQUIRED = ("company", "date", "amount", "description", "account")
_DEFAULT_CURRENCY = "USD"
UNREADABLE_SHARE = 0.1  # of the rows; beyond it the file is not what it is taken for


@dataclass(frozen=True)
class LabelledFile:
    """Rows by date. Left out are rows without an account (`unlabelled`) and rows whose date or amount cannot be read
    (`unreadable`, a sentence for each)."""

    rows: Labelled
    unlabelled: int
    unreadable: tuple[str, ...] = ()


def read_labelled(content: bytes) -> LabelledFile:
    """Read the CSV. Raises InvalidInput where it is no such file or more than a tenth of its rows cannot be read."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InvalidInput(f"The file is not UTF-8 text (byte {fault.start}). Save it as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or [])]
    if missing:
        raise InvalidInput(f"The file has no column {', '.join(missing)}. Needed are {', '.join(REQUIRED)}.")
    unlabelled, rows, unreadable = 0, [], []
    for row in _rows(reader):
        if isinstance(row, str):
            unreadable.append(row)
        elif row["account"]:
            rows.append(row)
        else:
            unlabelled += 1
    if len(unreadable) > UNREADABLE_SHARE * (len(rows) + unlabelled + len(unreadable)):
        raise InvalidInput(unreadable[0])
    if not rows:
        raise InvalidInput("No row of the file names an account, so there is nothing to measure.")
    lines = Lines(
        [row["description"] for row in rows],
        [row.get("counterparty") or counterparty_name(row["description"]) for row in rows],
        np.array([int(row["minor"]) for row in rows], np.int64),
        np.array([row["date"] for row in rows], "datetime64[D]"),
        (),
        [row["company"] for row in rows],
    )
    return LabelledFile(Labelled(lines, [row["account"] for row in rows]).by_date(), unlabelled, tuple(unreadable))


def _rows(reader: "csv.DictReader[str]") -> Iterator[dict[str, str] | str]:
    """The rows, cleaned; a sentence in place of one that cannot be read."""
    for number, raw in enumerate(reader, 2):
        row = {name: (value or "").strip() for name, value in raw.items() if isinstance(name, str)}
        try:
            row["minor"] = str(_minor(row["amount"], row.get("currency") or _DEFAULT_CURRENCY))
            row["date"] = date.fromisoformat(row["date"]).isoformat()
        except (ValueError, BookkeepingError) as fault:
            yield f"Row {number} cannot be read: {fault}"
            continue
        yield row


def _minor(text: str, currency: str) -> int:
    """The amount in minor units; digits beyond those of the currency are rounded, as only its size matters here."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"“{text}” is not an amount.") from None
    if not amount.is_finite() or abs(amount) > 10**15:
        raise InvalidInput(f"“{text}” is not an amount.")
    return int(amount.scaleb(minor_digits(currency)).to_integral_value())
