"""The law on opening balances on SQLite."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.laws_0013 import sentences as say

COLUMNS = "id company_id entry_id name sha256 booked_by booked_at content"
CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in COLUMNS.split())

# Name; event and table; condition under which it refuses; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    ("opening_frozen", "UPDATE ON opening_balances", CHANGED, say.OPENING_KEPT),
    ("opening_kept", "DELETE ON opening_balances", "1", say.OPENING_KEPT),
)


def create() -> Iterable[str]:
    """The statements that put the law into force."""
    yield from on_sqlite(RULES)


def drop() -> Iterable[str]:
    """The statements that take it out of force again."""
    yield from off_sqlite(RULES)
