"""The fields of a layout drawn by hand: header, columns, order of dates, decimal mark, rule for the sign."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.ingestion.layout import SEPARATE, Column, Layout
from core.ingestion.raw_table import RawTable

ORDERS = {"DMY": "Day first", "MDY": "Month first", "YMD": "Year first", "YDM": "Year, day, month"}
MARKS = {".": "Point, 1,234.56", ",": "Comma, 1.234,56"}
SIGNS = {
    "signed": "One column, negative is money out",
    "inverted": "One column, positive is money out",
    "separate": "Two columns, money out and money in",
    "separate_unsigned": "Two columns, a minus aside",
    "direction": "One column, and a word for in or out",
}
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar", "^": "Caret", "~": "Tilde"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp852",
             "cp437", "shift_jis", "gb18030", "big5", "cp949")  # fmt: skip
AMOUNTS = dict.fromkeys(SEPARATE, ("debit", "credit")) | {"direction": ("amount", "direction")}
LABELS = {
    "description": "Bank text, in this order",
    "counterparty": "Name of the other side, the first that is filled",
    "date": "Date",
    "amount": "Amount",
    "debit": "Money out",
    "credit": "Money in",
    "direction": "Word for in or out",
    "balance": "Balance after the line",
    "reference": "Reference",
    "value_date": "Value date",
    "currency": "Currency",
    "account": "Account number",
    "fee": "Fee, taken off the amount",
    "status": "Status, such as pending",
    "kind": "Kind of transaction",
}
FURTHER = ("reference", "value_date", "currency", "account", "fee", "status", "kind")
SAMPLE = 22  # signs of a cell shown beside its column's name


def drawn_layout(raw: RawTable, start: Layout, mark: str) -> Layout:
    """Draw the fields, filled in from `start`; answers the layout that they say now. `mark` keeps their keys apart."""
    first = st.columns(4, gap="small")
    header_row = _header(first[0], raw, start, mark)
    columns = _Columns(raw, header_row, start, mark)
    order = _choice(first[1], "Dates", ORDERS, start.date_order, f"order_{mark}")
    decimal = _choice(first[2], "Decimal mark", MARKS, start.decimal, f"decimal_{mark}")
    sign = _choice(first[3], "Amounts stand in", SIGNS, start.sign, f"sign_{mark}")
    second = st.columns(4, gap="small")
    columns.one(second[0], "date")
    for place, role in zip(second[1:], (*AMOUNTS.get(sign, ("amount",)), "balance"), strict=False):
        columns.one(place, role)
    third = st.columns([0.5, 0.5], gap="small")
    columns.several(third[0], "description")
    columns.several(third[1], "counterparty")
    with st.popover("More columns and signs", icon=":material/more_horiz:"):
        left, right = st.columns(2, gap="small")
        for number, role in enumerate(FURTHER):
            columns.one(right if number % 2 else left, role)
        delimiter, encoding = raw.delimiter, raw.encoding
        if raw.is_text:
            delimiter = _listed(left, "Between columns", DELIMITERS, raw.delimiter, f"delimiter_{mark}")
            names = {name: name for name in ENCODINGS}
            encoding = _listed(right, "Encoding", names, start.encoding or raw.encoding, f"encoding_{mark}")
    return Layout(
        delimiter=delimiter, encoding=encoding, header_row=header_row, date_order=order, decimal=decimal, sign=sign,
        currency=start.currency, columns=columns.chosen,
    )  # fmt: skip


class _Columns:
    """Choices among the columns of a table; `chosen` grows as the fields are drawn."""

    def __init__(self, raw: RawTable, header_row: int, start: Layout, mark: str) -> None:
        self.start, self.mark = start, f"{mark}_{header_row}"
        self.chosen: dict[str, tuple[Column, ...]] = {}
        header = raw.row(header_row)
        below = next((row for row in raw.rows if row.row > header_row and len(row.cells) > 1), None)
        self.names = [header.cell(at) if header else "" for at in range(raw.width)]
        samples = [below.cell(at)[:SAMPLE] if below else "" for at in range(raw.width)]
        titles = [name or f"Column {at + 1}" for at, name in enumerate(self.names)]
        self.words = [f"{title} ({sample})" if sample else title for title, sample in zip(titles, samples, strict=True)]

    def one(self, place: Any, role: str) -> None:
        positions = range(len(self.names))
        at = self.start.position(role)
        chosen = place.selectbox(
            LABELS[role], positions, index=at if at in positions else None, format_func=self.words.__getitem__,
            key=f"col_{role}_{self.mark}", placeholder="None",
        )  # fmt: skip
        if chosen is not None:
            self.chosen[role] = (Column(chosen, self.names[chosen]),)

    def several(self, place: Any, role: str) -> None:
        positions = range(len(self.names))
        before = [column.position for column in self.start.columns.get(role, ()) if column.position in positions]
        chosen = place.multiselect(
            LABELS[role], positions, default=before, format_func=self.words.__getitem__, key=f"col_{role}_{self.mark}",
            placeholder="None",
        )  # fmt: skip
        if chosen:
            self.chosen[role] = tuple(Column(at, self.names[at]) for at in chosen)


def _header(place: Any, raw: RawTable, start: Layout, mark: str) -> int:
    words = {0: "The file has none"}
    words |= {row.row: f"Row {row.row}: {' '.join(row.text.split())[:60]}" for row in raw.rows}
    rows = list(words)
    at = rows.index(start.header_row) if start.header_row in words else 0
    chosen: int = place.selectbox("Header row", rows, index=at, format_func=words.__getitem__, key=f"header_{mark}")
    return chosen


def _choice(place: Any, label: str, options: Mapping[str, str], current: str, key: str) -> str:
    """One of the options; "" until one is chosen."""
    keys = list(options)
    at = keys.index(current) if current in options else None
    return place.selectbox(label, keys, index=at, format_func=options.__getitem__, key=key, placeholder="Choose") or ""


def _listed(place: Any, label: str, options: Mapping[str, str], current: str, key: str) -> str:
    """One of the options, or what holds now, which may be none of them."""
    words = dict(options) if current in options else {**options, current: current}
    keys = list(words)
    chosen: str = place.selectbox(label, keys, index=keys.index(current), format_func=words.__getitem__, key=key)
    return chosen
