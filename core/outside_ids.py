"""Ids as the outside sees them: `txn_<company slug>_<32 hex>` and `je_<company slug>_<32 hex>`."""

import re
from enum import StrEnum
from uuid import UUID

from core.errors import InvalidInput


class Prefix(StrEnum):
    TRANSACTION = "txn"
    ENTRY = "je"


_FORM = re.compile(r"(txn|je)_([a-z0-9][a-z0-9_]*)_([0-9a-f]{32})")


def write_id(prefix: Prefix, slug: str, key: UUID) -> str:
    return f"{prefix}_{slug}_{key.hex}"


def read_id(text: str) -> tuple[Prefix, str, UUID]:
    """Prefix, company slug and key. Raises InvalidInput."""
    found = _FORM.fullmatch(text)
    if not found:
        raise InvalidInput(f"“{text}” is not the id of a transaction or an entry.")
    return Prefix(found[1]), found[2], UUID(found[3])
