"""Lines and items in a few words."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from core.matching.values import BankLines, OpenItems

DAY = date(2024, 3, 1)


def line(key: str, amount: int, text: str = "", day: int = 0, **given: Any) -> dict[str, Any]:
    """A bank line `day` days after DAY."""
    return {"key": key, "amount": amount, "text": text, "day": day, "account": "checking", "currency": "USD", **given}


def item(
    key: str, amount: int, counterparty: str = "", reference: str = "", day: int = 0, **given: Any
) -> dict[str, Any]:
    """An open item issued `day` days after DAY."""
    kind = "invoice" if amount > 0 else "bill"
    return {
        "key": key, "amount": amount, "counterparty": counterparty, "reference": reference, "day": day, "account": "",
        "currency": "USD", "kind": kind, **given,
    }  # fmt: skip


def bank_lines(rows: Sequence[dict[str, Any]]) -> BankLines:
    return BankLines(
        key=[row["key"] for row in rows],
        account=[row["account"] for row in rows],
        booked_on=_days(rows),
        amount_minor=np.array([row["amount"] for row in rows], np.int64),
        currency=[row["currency"] for row in rows],
        text=[row["text"] for row in rows],
        counterparty=[row.get("counterparty", "") for row in rows],
        transfers_only=[row.get("transfers_only", False) for row in rows],
    )


def open_items(rows: Sequence[dict[str, Any]]) -> OpenItems:
    return OpenItems(
        key=[row["key"] for row in rows],
        account=[row["account"] for row in rows],
        issued_on=_days(rows),
        amount_minor=np.array([row["amount"] for row in rows], np.int64),
        currency=[row["currency"] for row in rows],
        counterparty=[row["counterparty"] for row in rows],
        references=[[row["reference"]] for row in rows],
        kind=[row["kind"] for row in rows],
    )


def _days(rows: Sequence[dict[str, Any]]) -> Any:
    return np.array([DAY + timedelta(days=row["day"]) for row in rows], "datetime64[D]")
