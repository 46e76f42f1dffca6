"""What each row of a table is: invoice, bill, payout, payroll, a credit, or nothing that is still expected."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from core.errors import AmbiguousStatement
from core.ingestion.formats.tabular.amounts import is_blank
from core.ingestion.formats.tabular.records import Record
from core.ingestion.formats.tabular.table import Table
from core.ingestion.items.layout import ItemLayout
from core.ingestion.items.words import is_forward, is_paid, is_total, is_void, kind_word, kinds_spoken_for
from models import ItemKind

MONEY_OUT = (ItemKind.BILL, ItemKind.PAYROLL)
WAYS = {
    ItemKind.INVOICE: "invoices: money that customers owe",
    ItemKind.BILL: "bills: money that is owed to suppliers",
    ItemKind.PAYOUT: "payouts of a payment processor",
    ItemKind.PAYROLL: "payroll runs",
}


@dataclass(frozen=True, slots=True)
class RowKind:
    """Of one row. `left` says why it is not read as an item: paid, void, payment, total, forward, heading; "" it is."""

    kind: ItemKind | None  # None: a word that is not known
    is_credit: bool = False
    left: str = ""
    word: str = ""  # the row's own word, where it is not known


def row_kinds(table: Table, layout: ItemLayout) -> list[RowKind]:
    """One RowKind a row, in order; `layout.kind` is of rows that say nothing."""
    fallback = ItemKind(layout.kind) if layout.kind else None
    return [_of_row(row, layout, fallback) for row in table.rows]


def find_kind(table: Table, layout: ItemLayout) -> str:
    """The kind of rows that no column tells the kind of; "" where every row tells.

    Raises:
        AmbiguousStatement: nothing in the file says it.
    """
    position = layout.position("kind")
    words = [kind_word(row.cell(position)) for row in table.rows] if position >= 0 else []
    spoken = kinds_in(table)
    titled = [kind for kind, count in spoken.most_common() if count == max(spoken.values())]
    known = {word for word in words if word}
    if "payout" in known and "" in words and "net" in layout.columns:
        return "payout"  # a processor's account: what it paid out stands among what it was paid
    needs_file = not words or known & {"credit", "payment"} or (known == {"invoice"} and titled == ["bill"])
    if not needs_file:
        return ""
    if len(titled) == 1:
        return titled[0]
    of_words = {{"bill_credit": "bill"}.get(word, word) for word in known - {"credit", "payment"}}
    if words and len(of_words) <= 1:
        return of_words.pop() if of_words else _asked(table)
    return "invoice" if words and "invoice" in of_words else _asked(table)


def _asked(table: Table) -> str:
    raise AmbiguousStatement(
        table.name, "nothing in it says what its rows are.", [f"all rows are {way}" for way in WAYS.values()],
        [{"kind": str(kind)} for kind in WAYS],
    )  # fmt: skip


def kinds_in(table: Table) -> Counter[str]:
    """How often headers, titles above the table and the file's name speak for each kind; a header counts most."""
    found: Counter[str] = Counter()
    for title in table.header.cells if table.header else ():
        found.update(dict.fromkeys(kinds_spoken_for(title), 3))
    for record in table.preamble:
        for cell in record.cells:
            found.update(dict.fromkeys(kinds_spoken_for(cell), 2))
    found.update(dict.fromkeys(kinds_spoken_for(table.name), 2))
    return found


def _of_row(row: Record, layout: ItemLayout, fallback: ItemKind | None) -> RowKind:
    if left := _no_item(row, layout):
        return RowKind(fallback, left=left)
    said = row.cell(layout.position("kind"))
    word = kind_word(said)
    if said and not word and not fallback:
        return RowKind(None, word=said)
    if word == "payment":
        return RowKind(fallback, left="payment")
    kind, is_credit = _kind_of(word, fallback)
    if said and not word:
        # Beside a row that says payout, a row that says something else is what the payout was made of, or other money.
        return RowKind(kind, left="other") if fallback is ItemKind.PAYOUT else RowKind(None, word=said)
    status = row.cell(layout.position("status"))
    if is_void(status):
        return RowKind(kind, is_credit, "void")
    if is_paid(status) and kind is not ItemKind.PAYOUT:  # a paid payout is one that was sent to the bank
        return RowKind(kind, is_credit, "paid")
    return RowKind(kind, is_credit)


def _kind_of(word: str, fallback: ItemKind | None) -> tuple[ItemKind | None, bool]:
    if word == "bill_credit":
        return ItemKind.BILL, True
    if word == "credit":
        return fallback or ItemKind.INVOICE, True
    if not word or (word == "invoice" and fallback is ItemKind.BILL):
        return fallback, False
    return ItemKind(word), False


def _no_item(row: Record, layout: ItemLayout) -> str:
    """Totals, balances carried forward and headings between the rows."""
    filled = [cell for cell in row.cells if not is_blank(cell)]
    if row.cell(layout.position("number")) and row.cell(layout.position("issued")):
        return "forward" if any(is_forward(cell) for cell in filled) else ""
    if any(is_forward(cell) for cell in filled):
        return "forward"
    if filled and is_total(filled[0]):
        return "total"
    amounts = [row.cell(layout.position(role)) for role in ("open", "total", "net", "debit", "credit", "gross")]
    if len(filled) == 1 and all(is_blank(cell) for cell in amounts):
        return "heading"
    return ""


def headings(table: Table, kinds: list[RowKind]) -> list[str]:
    """For each row the heading that it stands under; "" before the first one."""
    above: list[str] = []
    current = ""
    for row, kind in zip(table.rows, kinds, strict=True):
        if kind.left == "heading":
            current = next(cell for cell in row.cells if not is_blank(cell))
        above.append(current)
    return above


def is_running(values: list[int | None], moves: list[int | None]) -> bool:
    """Whether a column is the running sum of the movements beside it."""
    pairs = [(value, move) for value, move in zip(values, moves, strict=True) if value is not None and move is not None]
    return len(pairs) > 1 and all(after - before == move for (before, _), (after, move) in pairwise(pairs))
