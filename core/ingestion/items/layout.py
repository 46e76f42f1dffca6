"""How a program writes its open items: a value that is detected once, saved for its header, and used again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from core.ingestion.formats.tabular.words import fold
from core.ingestion.layout import Column

# Roles a column can have, with the words a person reads.
ROLES = {
    "number": "Number",
    "kind": "Kind",
    "counterparty": "Counterparty",
    "issued": "Issued",
    "due": "Due",
    "open": "Amount still open",
    "total": "Whole amount",
    "paid": "Paid so far",
    "debit": "Debit",
    "credit": "Credit",
    "side": "Debit or credit",
    "gross": "Gross",
    "fee": "Fee",
    "net": "Net",
    "currency": "Currency",
    "reference": "Reference",
    "account": "Account code",
    "status": "Paid or not",
}
MONEY = ("open", "total", "paid", "debit", "credit", "gross", "fee", "net")
EXPECTED = ("open", "net", "debit", "credit", "total", "gross")  # any of them says how much is expected

SIGN_RULES = {
    "own": "negative amounts are money out",
    "unsigned": "the kind says the way: bills go out, and a negative amount is a credit note",
    "inverted": "negative amounts are money in",
}
REPEATS = {
    "sum": "rows of the same number are parts, their amounts are added up",
    "same": "each row repeats the whole amount, it counts once",
}


@dataclass(frozen=True, slots=True)
class ItemLayout:
    """How the items of a table are found and read. What is empty is not decided: reading detects it.

    So a layout may also hold nothing but a person's answer, such as `ItemLayout(kind="bill")`.
    """

    sheet: str = ""  # of a workbook
    header_row: int | None = None  # physical row of the header from 1; 0: there is none
    date_order: str = ""  # DMY, MDY, YMD or YDM
    decimal: str = ""  # "." or ","
    sign: str = ""  # a key of SIGN_RULES
    repeats: str = ""  # a key of REPEATS
    kind: str = ""  # of rows that no column tells the kind of
    counterparty: str = ""  # of rows that name none, such as the processor of payouts
    currency: str = ""  # of rows that state none
    accounts: Mapping[str, str] = field(default_factory=dict)  # code of the account by kind, for rows that name none
    columns: Mapping[str, Column] = field(default_factory=dict)  # by role

    def position(self, role: str) -> int:
        """Position of the role's column, -1 where it has none."""
        column = self.columns.get(role)
        return column.position if column else -1

    def updated(self, other: "ItemLayout") -> "ItemLayout":
        """This layout with whatever the other one decides; its columns replace all of these."""
        stated = {
            **self.to_dict(),
            **{name: value for name, value in other.to_dict().items() if value not in ("", None)},
        }
        stated["accounts"] = {**self.accounts, **other.accounts}
        stated["columns"] = (other if other.columns else self).to_dict()["columns"]
        return ItemLayout.from_dict(stated)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready description; `from_dict` reads it back."""
        return {
            "sheet": self.sheet,
            "header_row": self.header_row,
            "date_order": self.date_order,
            "decimal": self.decimal,
            "sign": self.sign,
            "repeats": self.repeats,
            "kind": self.kind,
            "counterparty": self.counterparty,
            "currency": self.currency,
            "accounts": dict(self.accounts),
            "columns": {role: [column.position, column.name] for role, column in self.columns.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "ItemLayout":
        """The layout that `to_dict` wrote; keys that are absent count as not decided."""
        texts = ("sheet", "date_order", "decimal", "sign", "repeats", "kind", "counterparty", "currency")
        return cls(
            **{name: stored.get(name) or "" for name in texts},
            header_row=stored.get("header_row"),
            accounts=dict(stored.get("accounts") or {}),
            columns={
                role: Column(int(position), str(name))
                for role, (position, name) in (stored.get("columns") or {}).items()
            },
        )


def signature_of(titles: Sequence[str]) -> str:
    """What tells the exports of one program from others': a digest of the header's words in their order."""
    return sha256("|".join(fold(title) for title in titles).encode()).hexdigest()
