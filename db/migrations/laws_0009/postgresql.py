"""The laws on re-reviews on PostgreSQL; they call the functions of laws_0004."""

from collections.abc import Iterable

from db.migrations.laws_0004 import postgresql as laws_0004
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


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    for name, event, condition, sentence in ROW_RULES:
        yield (
            f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION law_refuse({_quoted(sentence)})"
        )
    for name, event, query, sentence in STATEMENT_RULES:
        yield (
            f"CREATE TRIGGER law_{name} AFTER {event} REFERENCING {laws_0004.TRANSITIONS['INSERT']}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION law_check({_quoted(sentence)}, {_quoted(query)})"
        )
    yield (
        "CREATE TRIGGER law_never_emptied BEFORE TRUNCATE ON re_reviews FOR EACH STATEMENT"
        f" EXECUTE FUNCTION law_refuse({_quoted(say.RE_REVIEW_KEPT)})"
    )


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    for name in (*(rule[0] for rule in (*ROW_RULES, *STATEMENT_RULES)), "never_emptied"):
        yield f"DROP TRIGGER law_{name} ON re_reviews"
