"""The laws on re-reviews on PostgreSQL; they call the functions of laws_0004."""

from collections.abc import Iterable

from db.migrations.law_triggers import never_emptied, off_postgresql, rows_refused, statement_checked
from db.migrations.laws_0009 import sentences as say

DECISION = ("decided_at", "decided_by", "account_id", "agreed")
CHANGED = "(to_jsonb(NEW){but}) IS DISTINCT FROM (to_jsonb(OLD){but})".format(
    but="".join(f" - '{name}'" for name in DECISION)
)

# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("re_review_frozen", "UPDATE ON re_reviews", f"OLD.decided_at IS NOT NULL OR {CHANGED}", say.RE_REVIEW_KEPT),
    ("re_review_kept", "DELETE ON re_reviews", "true", say.RE_REVIEW_KEPT),
)

# (name, event and table, query for rows that break the law, sentence)
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "re_review_begins",
        "INSERT ON re_reviews",
        "SELECT f.id FROM fresh f WHERE f.decided_at IS NOT NULL OR NOT EXISTS"
        " (SELECT 1 FROM journal_entries e WHERE e.id = f.entry_id AND e.auto_approved)",
        say.DRAWN_OF_AUTOMATIC,
    ),
)


NEVER_EMPTIED = {"re_reviews": say.RE_REVIEW_KEPT}


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from rows_refused(ROW_RULES)
    yield from (statement_checked(rule) for rule in STATEMENT_RULES)
    yield from never_emptied(NEVER_EMPTIED)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_postgresql((*ROW_RULES, *STATEMENT_RULES), NEVER_EMPTIED)
