"""What a bank line is recognised by across files."""

import unicodedata
from datetime import date
from typing import Any, NamedTuple

_TEXT_ROLES = ("date", "description", "counterparty", "kind", "reference")


class Source(NamedTuple):
    """Where a line's words come from: two files with the same source write the same line with the same text."""

    format: str  # csv, ofx
    columns: str = ""  # the columns that day and text were read from


class LineFacts(NamedTuple):
    """What a line is recognised by. `text` is an `identity_text`; the fingerprint is "" until the line is stored."""

    booked_on: date
    amount_minor: int
    text: str
    bank_id: str
    balance_minor: int | None
    source: Source
    fingerprint: str = ""
    description: str = ""  # as the bank wrote it, to be shown


def source_of(format_name: str, layout: dict[str, Any]) -> Source:
    """The source of a file as read; `layout` is the stored description (core.ingestion.layout)."""
    columns = layout.get("columns") or {}
    return Source(format_name, "|".join(f"{role}={columns[role]}" for role in _TEXT_ROLES if role in columns))


def identity_text(description: str, reference: str) -> str:
    """The words of a line without what exports change: case, width of letters, runs of spaces."""
    text = f"{description} {reference}" if reference else description
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())
