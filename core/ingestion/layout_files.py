"""Layouts as files, to be kept, sent to a colleague, and taken in again."""

import json
from typing import Any

from core.errors import LayoutRefused
from core.ingestion.layout import Layout
from core.ingestion.layout_checks import check_layout

VERSION = 1
_MARK = "ai_bookkeeper_layout"
_LARGEST = 100_000  # bytes
_LONGEST_BANK = 120  # signs
_KEYS = set(Layout().to_dict())


def write_layout_file(bank: str, layout: Layout) -> bytes:
    """The layout as a file that a person can read; `bank` says whose files it reads."""
    content = {_MARK: VERSION, "bank": bank[:_LONGEST_BANK], "layout": layout.to_dict()}
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def read_layout_file(content: bytes) -> tuple[str, Layout]:
    """The bank's name and the layout of such a file.

    Raises:
        LayoutRefused: it is no such file, of another version, or its layout cannot read anything.
    """
    stored = _parsed(content)
    if stored.get(_MARK) != VERSION:
        raise LayoutRefused(f"The file is no layout of version {VERSION}. Download it again from where it is saved.")
    bank, layout = stored.get("bank"), stored.get("layout")
    if not isinstance(bank, str) or not isinstance(layout, dict) or not set(layout) <= _KEYS:
        raise LayoutRefused("The file names no bank, or holds something else than a layout.")
    try:
        read = Layout.from_dict(layout)
        if not _is_typed(read):
            raise TypeError
        check_layout(read)
    except (TypeError, ValueError, AttributeError, KeyError):
        raise LayoutRefused("A value of the layout in this file is of another kind than it should be.") from None
    return " ".join(bank.split())[:_LONGEST_BANK], read


def _is_typed(read: Layout) -> bool:
    """Whether the values are of their kinds, since what comes from a file may be anything."""
    words = (read.delimiter, read.encoding, read.date_order, read.decimal, read.sign, read.currency)
    known = read.newest_first in (None, True, False) and type(read.header_row) in (int, type(None))
    return known and all(isinstance(word, str) for word in words)


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > _LARGEST:
        raise LayoutRefused("The file is too large for a layout.")
    try:
        stored = json.loads(content)
    except (ValueError, RecursionError):
        raise LayoutRefused("The file is no layout: it is not JSON.") from None
    if not isinstance(stored, dict):
        raise LayoutRefused("The file is no layout.")
    return stored
