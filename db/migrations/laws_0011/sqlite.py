"""The laws on attachments and taxes on SQLite, in the form of laws_0004."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.laws_0011 import sentences as say

CODE_FIXED = "id company_id code rate_bp account_id"


def _entry_not_open(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM journal_entries e WHERE e.id = {row}.entry_id AND e.status <> 'needs_review')"


# Name; event and table; condition under which it refuses; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "tax_code_fixed",
        "UPDATE ON tax_codes",
        " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in CODE_FIXED.split()),
        say.TAX_CODE_FIXED,
    ),
    ("tax_code_kept", "DELETE ON tax_codes", "1", say.TAX_CODE_FIXED),
    ("tax_added", "INSERT ON tax_lines", _entry_not_open("NEW"), say.TAX_FROZEN),
    ("tax_changed", "UPDATE ON tax_lines", "1", say.TAX_FROZEN),
    ("tax_removed", "DELETE ON tax_lines", _entry_not_open("OLD"), say.TAX_FROZEN),
    ("attachment_bytes", "INSERT ON attachments", "length(NEW.content) <> NEW.size", say.ATTACHMENT_BYTES),
    ("attachment_frozen", "UPDATE ON attachments", "1", say.ATTACHMENT_FROZEN),
    ("attachment_kept", "DELETE ON attachments", "1", say.ATTACHMENT_FROZEN),
)


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from on_sqlite(RULES)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_sqlite(RULES)
