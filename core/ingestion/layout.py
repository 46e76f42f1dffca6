"""How one bank writes its file: a value that is detected once, saved with the bank account, and used again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Roles a column can have; counterparty and description may hold several columns, every other role one.
ROLES = (
    "date",
    "value_date",
    "amount",
    "debit",
    "credit",
    "direction",
    "fee",
    "balance",
    "currency",
    "account",
    "counterparty",
    "reference",
    "status",
    "kind",
    "description",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its position from 0 and the header's word for it ("" where the file has no header)."""

    position: int
    name: str = ""

    @property
    def label(self) -> str:
        return self.name or f"column {self.position + 1}"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the amounts, dates and texts of a file are found and read.

    A value that is empty (or None) is not decided: reading detects it. So a layout may also hold nothing but a
    person's answer to a question that the file leaves open, such as `Layout(date_order="DMY")`.
    """

    delimiter: str = ""
    encoding: str = ""
    header_row: int | None = None  # physical row of the header from 1; 0: the file has none
    date_order: str = ""  # DMY, MDY, YMD or YDM
    decimal: str = ""  # "." or ","
    sign: str = ""  # a key of SIGN_RULES
    newest_first: bool | None = None  # the order of rows, where a running balance or the dates tell
    currency: str = ""  # of rows that state none
    columns: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    # Drawn by a person for exactly this file: obeyed as it is, never given up for what detection finds. Not stored.
    by_hand: bool = False

    @property
    def complete(self) -> bool:
        """Whether it names all that reading needs, so that nothing has to be detected."""
        money = "amount" in self.columns or "debit" in self.columns or "credit" in self.columns
        parts = (self.delimiter, self.encoding, self.date_order, self.decimal, self.sign)
        return all(parts) and self.header_row is not None and "date" in self.columns and money

    def position(self, role: str) -> int:
        """Position of the role's first column, -1 where it has none."""
        columns = self.columns.get(role, ())
        return columns[0].position if columns else -1

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready description; `from_dict` reads it back. `columns` is for people, `positions` is exact."""
        names: dict[str, str | list[str]] = {}
        for role, columns in self.columns.items():
            labels = [column.label for column in columns]
            names[role] = labels if role == "description" or len(labels) > 1 else labels[0]
        return {
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "header_row": self.header_row,
            "date_order": self.date_order,
            "decimal": self.decimal,
            "sign": self.sign,
            "newest_first": self.newest_first,
            "currency": self.currency,
            "columns": names,
            "positions": {role: [[c.position, c.name] for c in columns] for role, columns in self.columns.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Layout":
        """The layout that `to_dict` wrote; keys that are absent count as not decided."""
        return cls(
            delimiter=stored.get("delimiter") or "",
            encoding=stored.get("encoding") or "",
            header_row=stored.get("header_row"),
            date_order=stored.get("date_order") or "",
            decimal=stored.get("decimal") or "",
            sign=stored.get("sign") or "",
            newest_first=stored.get("newest_first"),
            currency=stored.get("currency") or "",
            columns={
                role: tuple(Column(int(position), str(name)) for position, name in columns)
                for role, columns in stored.get("positions", {}).items()
            },
        )


# The rules by which an amount gets its sign; the text is what a person reads.
SIGN_RULES = {
    "signed": "the sign is the amount's own: negative is money out",
    "inverted": "the sign is the other way round: positive is money out",
    "separate": "money out and money in stand in columns of their own",
    "separate_unsigned": "money out and money in stand in columns of their own, and a minus before them says nothing",
    "direction": "a word in a column of its own says money in or money out; the amount's own sign is ignored",
}
SEPARATE = ("separate", "separate_unsigned")  # rules that need columns for money out and money in
