"""The rows of an open items file: invoices and bills as values, faults as problems."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.errors import InvalidAmount, InvalidLines, UnknownFormat
from core.ingestion.formats.tabular.amounts import currency_codes
from core.ingestion.raw_file import RawFile
from core.money import Money
from core.problems import Problem, Severity
from models import ItemKind

NEEDED = ("number", "kind", "counterparty", "issued_on", "amount", "account_code")
OPTIONAL = ("due_on", "currency", "reference")
_LONGEST = {"number": 64, "counterparty": 200, "reference": 500}
_MONEY_OUT = (ItemKind.BILL, ItemKind.PAYROLL)
_EARLIEST, _LATEST = date(1970, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One open item as the file has it; `amount_minor` is positive for money that is to come in."""

    row: int  # line of the file, from 1
    kind: ItemKind
    number: str
    counterparty: str
    issued_on: date
    due_on: date | None
    amount_minor: int
    currency: str
    reference: str
    account_code: str


def read_item_rows(
    file: RawFile, base_currency: str, account_codes: frozenset[str]
) -> tuple[list[ItemRow], list[Problem]]:
    """The items of a CSV file with the columns number, kind, counterparty, issued_on, due_on, amount, currency,
    reference, account_code; their order is free, due_on, currency and reference may be missing.

    Args:
        base_currency: of rows that name none.
        account_codes: codes that a settlement can be booked to.

    Returns:
        The items that can be read, and a problem for every fault; a row in error gives no item.

    Raises:
        UnknownFormat: it is no such table. InvalidLines: its quotes are broken.
    """
    records = _records(file)
    if not records:
        raise UnknownFormat(file.name, "It is empty.")
    header = [name.strip().lower().replace(" ", "_") for name in records[0][1]]
    if missing := [name for name in NEEDED if name not in header]:
        raise UnknownFormat(file.name, f"The first line has to name the columns {', '.join(missing)}, too.")
    items: list[ItemRow] = []
    problems: list[Problem] = []
    rows: dict[tuple[ItemKind, str], int] = {}
    for row, cells in records[1:]:
        faults: list[str] = []
        texts = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        item = _item(row, texts, base_currency, account_codes, faults)
        if item and (first := rows.setdefault((item.kind, item.number), row)) != row:
            faults.append(f"{item.kind} {item.number} stands in row {first} already")
        if faults:
            text = ",".join(cells)[:200]
            problems.append(Problem(row, "; ".join(faults), Severity.ERROR, text))
        elif item:
            items.append(item)
            if (item.amount_minor < 0) is not (item.kind in _MONEY_OUT):
                way = "money in" if item.amount_minor > 0 else "money out"
                problems.append(
                    Problem(row, f"{item.kind} {item.number} is {way}, as a credit note is", Severity.WARNING)
                )
    return items, problems


def _records(file: RawFile) -> list[tuple[int, list[str]]]:
    """The records that are not blank, each with the line it begins on."""
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = file.content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidLines(file.name, [(line, f"the row cannot be taken apart ({error})")]) from None
    return records


def _item(
    row: int,
    texts: Mapping[str, str],
    base_currency: str,
    account_codes: frozenset[str],
    faults: list[str],
) -> ItemRow | None:
    """The item, or None; what is wrong with the row is added to `faults`."""
    kinds = {kind.value: kind for kind in ItemKind}
    kind = kinds.get(texts.get("kind", "").lower())
    if kind is None:
        faults.append(f"the kind “{texts.get('kind', '')}” is none of {', '.join(kinds)}")
    for name in ("number", "counterparty"):
        if not texts.get(name):
            faults.append(f"the {name} is missing")
    for name, longest in _LONGEST.items():
        if len(texts.get(name, "")) > longest:
            faults.append(f"the {name} has more than {longest} signs")
    currency = texts.get("currency", "").upper() or base_currency
    if currency not in currency_codes():
        faults.append(f"“{currency}” is no currency")
    code = texts.get("account_code", "")
    if code not in account_codes:
        faults.append(f"the chart has no account {code} to book to" if code else "the account_code is missing")
    issued_on = _day("issued_on", texts.get("issued_on", ""), faults)
    due_on = _day("due_on", texts["due_on"], faults) if texts.get("due_on") else None
    minor = _minor(texts.get("amount", ""), currency, faults)
    if faults or kind is None or issued_on is None or minor is None:
        return None
    number, counterparty, reference = texts["number"], texts["counterparty"], texts.get("reference", "")
    return ItemRow(row, kind, number, counterparty, issued_on, due_on, minor, currency, reference, code)


def _day(name: str, text: str, faults: list[str]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults.append(f"the {name} “{text}” is no date such as 2024-01-31")
        return None
    if not _EARLIEST <= day <= _LATEST:
        faults.append(f"the {name} {day} lies outside 1970 to 2099")
        return None
    return day


def _minor(text: str, currency: str, faults: list[str]) -> int | None:
    try:
        minor = Money.parse(text, currency).minor
    except InvalidAmount as error:
        faults.append(str(error).rstrip("."))
        return None
    if minor == 0:
        faults.append("the amount is zero")
        return None
    return minor
