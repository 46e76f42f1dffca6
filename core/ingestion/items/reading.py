"""The rows of a table of open items as values; faults and what is left out as problems."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core.ingestion.formats.tabular.amounts import currency_codes, read_amount, to_minor_units
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import CURRENCY_NAMES
from core.ingestion.items.amounts import Amounts, read_amounts, with_sign
from core.ingestion.items.detecting import Detected, ItemSetting
from core.ingestion.items.kinds import MONEY_OUT, RowKind, headings
from core.ingestion.items.layout import EXPECTED, ItemLayout
from core.ingestion.items.values import LONGEST, ItemReading, ItemRow, LeftOut
from core.money import minor_digits
from core.problems import Problem, Severity
from models import ItemKind


@dataclass(slots=True)
class _Read:
    items: list[ItemRow] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)  # of the items, by currency
    problems: list[Problem] = field(default_factory=list)
    faulty: int = 0
    left: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)
    passed_over: int = 0


def read_items(table: Table, detected: Detected, setting: ItemSetting) -> ItemReading:
    """The items by a complete layout. A row in error gives no item; rows that are paid or void are counted."""
    layout = detected.layout
    amounts = read_amounts(table, layout)
    reader = _Reader(table, layout, amounts, setting)
    above = headings(table, detected.kinds)
    read = _Read(problems=[Problem(0, message, Severity.WARNING) for message in detected.warnings])
    for index, (row, kind) in enumerate(zip(table.rows, detected.kinds, strict=True)):
        _take(reader, read, index, row, kind, above[index])
    items, repeated = _joined(read.items, layout.repeats)
    for item in repeated:
        message = f"{item.kind} {item.number} stands in the file before, with other facts"
        read.problems.append(Problem(item.row, message, Severity.ERROR))
    left = tuple(LeftOut(why, count, minor) for why, (count, minor) in sorted(read.left.items()))
    notes = [Problem(0, one.sentence, Severity.WARNING) for one in left]
    item_rows = len(read.items) - len(repeated)
    if item_rows > len(items):
        notes.append(Problem(0, f"{item_rows} rows make {len(items)} items.", Severity.WARNING))
    problems = (*notes, *read.problems, *_to_look_at(items))
    faulty = read.faulty + len(repeated)
    return ItemReading(tuple(items), problems, len(table.rows), item_rows, faulty, left, read.passed_over)


def _take(reader: "_Reader", read: _Read, index: int, row: Record, kind: RowKind, heading: str) -> None:
    """Sort one row into what was read."""
    if kind.left in ("total", "forward", "heading") or reader.is_sum(index, read.sums):
        read.passed_over += 1
        return
    if kind.left or reader.is_settled(index, kind):
        why = kind.left or "paid"
        count, minor = read.left.setdefault(why, (0, {}))
        currency, value = reader.money_of(index, kind)
        minor[currency] = minor.get(currency, 0) + value
        read.left[why] = (count + 1, minor)
        return
    faults: list[str] = []
    item = reader.item(index, row, kind, heading, faults)
    if item and not faults:
        read.items.append(item)
        read.sums[item.currency] = read.sums.get(item.currency, 0) + item.amount_minor
        return
    read.faulty += 1
    read.problems.append(Problem(row.row, "; ".join(faults), Severity.ERROR, row.text[:200]))


class _Reader:
    """The cells of one table by its layout."""

    def __init__(self, table: Table, layout: ItemLayout, amounts: Amounts, setting: ItemSetting) -> None:
        self._table, self._layout, self._amounts, self._setting = table, layout, amounts, setting
        self._issued = "issued" if "issued" in layout.columns else "due"
        self._days = {
            role: table.dates(layout.position(role)).days(layout.date_order)
            for role in ("issued", "due")
            if role in layout.columns
        }

    def cell(self, row: Record, role: str) -> str:
        return row.cell(self._layout.position(role))

    def is_settled(self, index: int, kind: RowKind) -> bool:
        """Whether nothing is open of it, though it had an amount."""
        if self._amounts.expected[index] == 0 and kind.kind is not ItemKind.PAYOUT:
            columns = self._layout.columns
            return ("open" in columns and bool(self._amounts.whole[index])) or "paid" in columns
        return False

    def is_sum(self, index: int, sums: Mapping[str, int]) -> bool:
        """Whether a row of amounts alone adds up the items before it, of which `sums` are those by currency."""
        row, layout = self._table.rows[index], self._layout
        money = {layout.position(role) for role in EXPECTED} | {layout.position("fee"), layout.position("paid")}
        if any(cell for at, cell in enumerate(row.cells) if at not in money):
            return False
        value = self._amounts.expected[index]
        if value is None or len(sums) != 1:
            return False
        ((currency, minor),) = sums.items()
        return to_minor_units(abs(value), currency) == abs(minor)

    def money_of(self, index: int, kind: RowKind) -> tuple[str, int]:
        """Currency and amount of a row that is left out, as far as they can be read."""
        currency = self._currency(self._table.rows[index], [])
        value = self._amounts.expected[index] or self._amounts.whole[index]
        signed = with_sign(value, kind, self._layout.sign) if value else 0
        return currency, (to_minor_units(signed, currency) or 0) if currency in currency_codes() else 0

    def item(self, index: int, row: Record, kind: RowKind, heading: str, faults: list[str]) -> ItemRow | None:
        """The item, or None; what is wrong with the row is added to `faults`."""
        if kind.kind is None:
            word = kind.word or self.cell(row, "kind")
            faults.append(f"the kind “{word}” is none of {', '.join(ItemKind)}")
        texts = {name: self.cell(row, name) for name in LONGEST}
        texts["counterparty"] = texts["counterparty"] or heading or self._layout.counterparty
        faults += [f"the {name} is missing" for name in ("number", "counterparty") if not texts[name]]
        faults += [
            f"the {name} has more than {most} signs" for name, most in LONGEST.items() if len(texts[name]) > most
        ]
        currency = self._currency(row, faults)
        code = self._account(row, kind, faults)
        issued_on = self._day(index, row, self._issued, faults)
        due_on = self._day(index, row, "due", faults) if self.cell(row, "due") else None
        minor = self._minor(index, kind, currency, faults)
        if faults or kind.kind is None or issued_on is None or minor is None:
            return None
        whole, fee = self._parts(index, kind, currency)
        return ItemRow(
            row.row, kind.kind, texts["number"], texts["counterparty"], issued_on, due_on, minor, currency,
            texts["reference"], code, None if whole in (None, minor) else whole, fee,
        )  # fmt: skip

    def _currency(self, row: Record, faults: list[str]) -> str:
        said = self.cell(row, "currency")
        code = CURRENCY_NAMES.get(said.lower(), said.upper())
        if code and code not in currency_codes():
            faults.append(f"“{said}” is no currency")
        beside = next(
            (
                amount.currency
                for role in EXPECTED
                if (amount := read_amount(self.cell(row, role), self._layout.decimal))
            ),
            "",
        )
        return code or beside or self._layout.currency

    def _account(self, row: Record, kind: RowKind, faults: list[str]) -> str:
        code = self.cell(row, "account") or self._layout.accounts.get(str(kind.kind), "")
        if code not in self._setting.account_codes:
            faults.append(f"the chart has no account {code} to book to" if code else "the account is missing")
        return code

    def _day(self, index: int, row: Record, role: str, faults: list[str]) -> date | None:
        day = self._days[role][index]
        if day is None:
            text = self.cell(row, role)
            name = "due date" if role == "due" else "date"
            faults.append(f"the {name} “{text}” is no date from 1970 to 2099" if text else f"the {name} is missing")
        return day

    def _minor(self, index: int, kind: RowKind, currency: str, faults: list[str]) -> int | None:
        value = self._amounts.expected[index]
        if index in self._amounts.faulty:
            faults.append(f"“{self._amounts.faulty[index]}” is no amount")
        elif not value:
            faults.append("the amount is missing" if value is None else "the amount is zero")
        elif currency in currency_codes():
            minor = to_minor_units(with_sign(value, kind, self._layout.sign), currency)
            if minor is None:
                faults.append(f"the amount is finer than {currency}, which has {minor_digits(currency)} decimals")
            return minor
        return None

    def _parts(self, index: int, kind: RowKind, currency: str) -> tuple[int | None, int | None]:
        """The whole amount with the sign of the books, and the fee; None where the file has none or it is not exact."""
        whole, fee = self._amounts.whole[index], self._amounts.fee[index]
        if whole is not None:
            whole = to_minor_units(with_sign(whole, kind, self._layout.sign), currency)
        return whole, None if not fee else to_minor_units(fee, currency)


def _joined(items: Sequence[ItemRow], repeats: str) -> tuple[list[ItemRow], list[ItemRow]]:
    """Items of several rows as one; second, rows that contradict the first of their number."""
    groups: dict[tuple[ItemKind, str], list[ItemRow]] = defaultdict(list)
    for item in items:
        groups[item.kind, item.number].append(item)
    made: list[ItemRow] = []
    contradicting: list[ItemRow] = []
    for rows in groups.values():
        first, facts = rows[0], _facts(rows[0], repeats)
        alike = [one for one in rows if _facts(one, repeats) == facts]
        contradicting += [one for one in rows if _facts(one, repeats) != facts]
        made.append(_sum_of(alike) if repeats == "sum" else first)
    return made, contradicting


def _facts(item: ItemRow, repeats: str) -> tuple[object, ...]:
    amount = () if repeats == "sum" else (item.amount_minor,)
    return (item.counterparty, item.currency, item.account_code, *amount)


def _sum_of(rows: Sequence[ItemRow]) -> ItemRow:
    if len(rows) == 1:
        return rows[0]
    amount = sum(row.amount_minor for row in rows)
    whole = sum(row.amount_minor if row.total_minor is None else row.total_minor for row in rows)
    fee = sum(row.fee_minor or 0 for row in rows)
    return replace(
        rows[0], amount_minor=amount, total_minor=None if whole == amount else whole, fee_minor=fee or None
    )  # fmt: skip


def _to_look_at(items: Sequence[ItemRow]) -> list[Problem]:
    """Items that run against their kind, as credit notes do."""
    against = [item for item in items if (item.amount_minor < 0) is not (item.kind in MONEY_OUT)]
    return [
        Problem(
            item.row,
            f"{item.kind} {item.number} is money {'in' if item.amount_minor > 0 else 'out'}, as a credit note is",
            Severity.WARNING,
        )
        for item in against
    ]
