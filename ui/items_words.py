"""How open items are written and shown, once for files and for the list."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.ingestion.items.values import ItemRow
from models import ItemKind
from ui.tables import frame, table
from ui.words import money

KINDS = {ItemKind.INVOICE: "Invoice", ItemKind.BILL: "Bill", ItemKind.PAYOUT: "Payout", ItemKind.PAYROLL: "Payroll"}
DAY = st.column_config.DateColumn(format="MMM D, YYYY", width=96)


def rows_of(items: Sequence[ItemRow]) -> list[tuple[Any, ...]]:
    """Items of a file as rows of `items_table`."""
    return [
        (one.number, one.amount_minor, one.currency, KINDS[one.kind], one.counterparty, one.issued_on, one.due_on,
         one.account_code, _parts(one.amount_minor, one.total_minor, one.fee_minor, one.currency))
        for one in items
    ]  # fmt: skip


def _parts(amount: int, total: int | None, fee: int | None, currency: str) -> str:
    """What the expected amount is a part of: "of 1,200.00", "1,210.00 less a fee of 34.10"."""
    if fee:
        return f"{money(amount + fee if total is None else total, currency)} less a fee of {money(fee, currency)}"
    return "" if total is None else f"of {money(total, currency)}"


def parts_of(item: Any) -> str:
    """The same of an item of the list; first what is still open of one that is paid in part."""
    whole = _parts(item.amount_minor, item.total_minor, item.fee_minor, item.currency)
    if item.open_minor in (0, item.amount_minor):
        return whole
    return f"{money(item.open_minor, item.currency)} still open" + (f", {whole}" if whole else "")


def items_table(rows: Sequence[Sequence[Any]], key: str, most: int = 8, booked_to: int = 88, **options: Any) -> Any:
    """Number, amount, currency, kind, counterparty, issued, due, booked to, a part of what; returns the table's state.

    Amounts of one currency sort as numbers; several currencies are written out.
    """
    currencies = {row[2] for row in rows}
    only = currencies.pop() if len(currencies) == 1 else None
    written = [[row[0], row[1] if only else money(row[1], row[2]), *row[2:]] for row in rows]
    amount: Any = st.column_config.NumberColumn if only else st.column_config.TextColumn
    text = st.column_config.TextColumn
    names = ["Number", "Amount", "Currency", "Kind", "Counterparty", "Issued", "Due", "Booked to", "Part of"]
    widths = {"Number": 140, "Currency": 72, "Kind": 72, "Counterparty": 190, "Booked to": booked_to, "Part of": 220}
    config: dict[str, Any] = {name: text(width=width) for name, width in widths.items()}
    config |= {"Amount": amount(width=104, alignment="right"), "Issued": DAY, "Due": DAY}
    if not any(row[-1] for row in rows):
        names, written = names[:-1], [row[:-1] for row in written]
    return table(
        frame(written, *names), ["Amount"] if only else [], {name: config[name] for name in names},
        currency=only or "USD", most=most, key=key, **options,
    )  # fmt: skip
