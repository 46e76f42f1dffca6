"""The laws on re-reviews on SQLite."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.laws_0009 import sentences as say

FIXED = "id company_id entry_id by_count by_money share interval_minor drawn_at"
CHANGED = "(" + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED.split()) + ")"

# Name; event and table; condition under which it refuses; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "re_review_begins",
        "INSERT ON re_reviews",
        "NEW.decided_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM journal_entries e"
        " WHERE e.id = NEW.entry_id AND e.auto_approved)",
        say.DRAWN_OF_AUTOMATIC,
    ),
    ("re_review_frozen", "UPDATE ON re_reviews", f"OLD.decided_at IS NOT NULL OR {CHANGED}", say.RE_REVIEW_KEPT),
    ("re_review_kept", "DELETE ON re_reviews", "1", say.RE_REVIEW_KEPT),
)


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from on_sqlite(RULES)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_sqlite(RULES)
