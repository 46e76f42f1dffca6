"""The laws on deleted lines and receipts on SQLite; two laws on bank lines give way to ones that know of deletion."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.laws_0004 import sentences as before
from db.migrations.laws_0004 import sqlite as laws_0004
from db.migrations.laws_0005 import sentences as say

REPLACED = ("line_frozen", "line_open_period")

LINE_FIXED = laws_0004.LINE_FIXED
DELETION_FIXED = "id company_id transaction_id reason deleted_by deleted_at"
CLOSED = laws_0004.CLOSED


def _changed(columns: str) -> str:
    return "(" + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns.split()) + ")"


# Name; event and table; condition under which it refuses; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "line_frozen",
        "UPDATE ON transactions",
        f"OLD.reverted_at IS NOT NULL AND NEW.reverted_at IS NOT NULL OR {_changed(LINE_FIXED)}",
        before.LINE_FROZEN,
    ),
    (
        "line_open_period",
        "UPDATE ON transactions",
        f"NEW.reverted_at IS NOT OLD.reverted_at AND {CLOSED}",
        before.LINE_PERIOD,
    ),
    (
        "line_restored",
        "UPDATE ON transactions",
        "OLD.reverted_at IS NOT NULL AND NEW.reverted_at IS NULL AND NOT EXISTS (SELECT 1 FROM deleted_lines d"
        " WHERE d.transaction_id = OLD.id AND d.deleted_at = OLD.reverted_at AND d.restored_at IS NOT NULL)",
        say.LINE_RESTORED,
    ),
    (
        "deletion_begins",
        "INSERT ON deleted_lines",
        "NEW.restored_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM transactions t"
        " WHERE t.id = NEW.transaction_id AND t.reverted_at = NEW.deleted_at)",
        say.DELETION_BEGINS,
    ),
    (
        "deletion_frozen",
        "UPDATE ON deleted_lines",
        f"OLD.restored_at IS NOT NULL OR {_changed(DELETION_FIXED)}",
        say.DELETION_KEPT,
    ),
    ("deletion_kept", "DELETE ON deleted_lines", "1", say.DELETION_KEPT),
    ("receipt_frozen", "UPDATE ON receipt_sums", "1", say.RECEIPT_FROZEN),
    ("receipt_kept", "DELETE ON receipt_sums", "1", say.RECEIPT_FROZEN),
)


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    for name in REPLACED:
        yield f"DROP TRIGGER law_{name}"
    yield from on_sqlite(RULES)


def drop() -> Iterable[str]:
    """The statements that take them out of force again and bring back those before."""
    yield from off_sqlite(RULES)
    for statement in laws_0004.create():
        if any(statement.startswith(f"CREATE TRIGGER law_{name} ") for name in REPLACED):
            yield statement
