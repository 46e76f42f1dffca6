"""What is expected of each row: which columns say it, with which sign."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import AmbiguousStatement
from core.ingestion.formats.tabular.amounts import AmountColumn
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import direction_of
from core.ingestion.items.kinds import MONEY_OUT, RowKind, is_running
from core.ingestion.items.layout import MONEY, ItemLayout
from models import ItemKind

Values = Sequence[int | None]  # millionths, one a row


@dataclass(frozen=True)
class Amounts:
    """Per row, in millionths: what is expected as the file writes it, the whole amount, the fee held back.

    `faulty` names for a row the text that is no amount.
    """

    expected: list[int | None]
    whole: list[int | None]
    fee: list[int | None]
    faulty: dict[int, str]


def read_amounts(table: Table, layout: ItemLayout) -> Amounts:
    """The amounts of every row by the layout's columns and decimal mark, signs as the file has them."""
    read = {role: table.amounts(layout.position(role), layout.decimal) for role in MONEY if role in layout.columns}
    faulty: dict[int, str] = {}
    for role, column in read.items():
        for row in column.faulty:
            faulty.setdefault(row, table.texts(layout.position(role))[row])
    count = len(table.rows)
    columns = {role: column.values for role, column in read.items()}
    whole = _whole(columns, count)
    expected = _sided(table, layout, _expected(columns, whole, count))
    fee = columns.get("fee") or [None] * count
    if "gross" in columns and "net" in columns:
        fee = [g - n if g is not None and n is not None else None for g, n in zip(whole, columns["net"], strict=True)]
    elif "fee" in columns:
        fee = [None if value is None else abs(value) for value in fee]
    return Amounts(expected, whole, fee, faulty)


def _whole(columns: dict[str, list[int | None]], count: int) -> list[int | None]:
    if "gross" in columns:
        return columns["gross"]
    if "debit" in columns or "credit" in columns:
        return _balance(columns, count)
    return columns.get("total", [None] * count)


def _balance(columns: dict[str, list[int | None]], count: int) -> list[int | None]:
    blank: list[int | None] = [None] * count
    pairs = zip(columns.get("debit", blank), columns.get("credit", blank), strict=True)
    return [None if debit is None and credit is None else (debit or 0) - (credit or 0) for debit, credit in pairs]


def _expected(columns: dict[str, list[int | None]], whole: list[int | None], count: int) -> list[int | None]:
    if "open" in columns:
        if "debit" not in columns and "credit" not in columns:
            return columns["open"]
        # The two columns say on which side the open amount stands.
        pairs = zip(columns["open"], whole, strict=True)
        return [-abs(left) if left and of and of < 0 else left for left, of in pairs]
    if "net" in columns:
        return columns["net"]
    if "gross" in columns and "fee" in columns:
        fees = (abs(fee or 0) for fee in columns["fee"])
        return [None if gross is None else gross - fee for gross, fee in zip(columns["gross"], fees, strict=True)]
    if "paid" in columns and "gross" not in columns:
        pairs = zip(whole, columns["paid"], strict=True)
        return [None if total is None else _rest(total, paid or 0) for total, paid in pairs]
    return whole or [None] * count


def _rest(total: int, paid: int) -> int:
    """What is left of a total; programs write what was paid with the total's sign or always positive."""
    return total - abs(paid) if total >= 0 else total + abs(paid)


def _sided(table: Table, layout: ItemLayout, values: list[int | None]) -> list[int | None]:
    """A column that says debit or credit: in a ledger, debit is what is to come in."""
    position = layout.position("side")
    if position < 0:
        return values
    sides = [-direction_of(cell) for cell in table.texts(position)]
    return [
        value if value is None or not side else abs(value) * side for value, side in zip(values, sides, strict=True)
    ]


def check_open(table: Table, layout: ItemLayout) -> ItemLayout:
    """The layout without an “open” column that turns out to be the ledger's running balance.

    Raises:
        AmbiguousStatement: it is neither that nor a part of the whole amount.
    """
    if "open" not in layout.columns or not {"debit", "credit", "total"}.intersection(layout.columns):
        return layout
    amounts = read_amounts(table, layout)
    left = table.amounts(layout.position("open"), layout.decimal).values
    both = [(part, of) for part, of in zip(left, amounts.whole, strict=True) if part is not None and of is not None]
    if all(abs(part) <= abs(of) for part, of in both):
        return layout
    without = {role: column for role, column in layout.columns.items() if role != "open"}
    rest = ItemLayout.from_dict({**layout.to_dict(), "columns": {r: [c.position, c.name] for r, c in without.items()}})
    if is_running(left, amounts.whole):
        return rest
    name = layout.columns["open"].label
    raise AmbiguousStatement(
        table.name, f"“{name}” is larger than the amount in some rows, so it may not be what is still open.",
        [f"“{name}” is still open", f"“{name}” is something else; the whole amount is open"],
        [{"columns": layout.to_dict()["columns"]}, {"columns": rest.to_dict()["columns"]}],
    )  # fmt: skip


def find_sign(
    table: Table, layout: ItemLayout, kinds: Sequence[RowKind], warnings: list[str], before: str
) -> str:  # fmt: skip
    """How the sign of amounts is to be read, by the rows that are no credits.

    Args:
        before: how it was read in earlier files of this layout, "" where those did not tell.

    Raises:
        AmbiguousStatement: what is to be paid stands with both signs, all is on the unexpected side, or the file
            contradicts the earlier ones.
    """
    if {"debit", "credit", "side"}.intersection(layout.columns):
        return "own"
    values = read_amounts(table, layout).expected
    plain = [
        (kind.kind, value)
        for kind, value in zip(kinds, values, strict=True)
        if value and kind.kind and not kind.left and not kind.is_credit
    ]
    into = {value > 0 for kind, value in plain if kind not in MONEY_OUT}
    out = {value > 0 for kind, value in plain if kind in MONEY_OUT}
    only_payouts = {kind for kind, _ in plain} == {ItemKind.PAYOUT}
    if into == {False} and only_payouts and before in ("", "inverted"):
        warnings.append("All payouts are negative, as they leave the processor's account; they were read as money in.")
        return "inverted"
    found = _sign_of(into, out)
    if not found and before:
        return before
    if found and before and (out or into == {False}) and found != before:
        return _asked_for_sign(table, "its amounts have other signs than those of earlier files.")
    return found or _asked_for_sign(
        table, "some of the bills are negative and some are positive." if out else "every amount is negative."
    )


def _sign_of(into: set[bool], out: set[bool]) -> str:
    """The rule by which signs money that comes in and money that goes out is positive; "" where none stands out."""
    if out == {True, False} or (into == {False} and not out):
        return ""
    if into == {False}:
        return "inverted" if out == {True} else ""
    return "own" if out == {False} else "unsigned"


def _asked_for_sign(table: Table, why: str) -> str:
    rules = {
        "own": "negative amounts are to be paid, positive ones are to come in",
        "unsigned": "positive amounts are what the rows say, negative ones are credit notes",
        "inverted": "negative amounts are to come in, positive ones are to be paid",
    }
    raise AmbiguousStatement(table.name, why, list(rules.values()), [{"sign": rule} for rule in rules])


def with_sign(value: int, kind: RowKind, rule: str) -> int:
    """The expected amount with the sign of the books: positive is money that is to come in."""
    if rule == "own":
        return value
    if rule == "inverted":
        return -value
    way = -1 if kind.kind in MONEY_OUT else 1
    return -abs(value) * way if kind.is_credit else value * way


def symbols_in(columns: Sequence[AmountColumn]) -> list[str]:
    """The currencies that signs beside the amounts name."""
    return sorted({code for column in columns for code in column.currencies})
