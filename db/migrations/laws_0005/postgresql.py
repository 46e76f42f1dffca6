"""The laws on deleted lines and receipts on PostgreSQL, in the form of laws_0004; two laws on bank lines give way."""

from collections.abc import Iterable

from db.migrations.law_triggers import after_statement, never_emptied, off_postgresql, rows_refused, statement_checked
from db.migrations.laws_0004 import postgresql as laws_0004
from db.migrations.laws_0004 import sentences as before
from db.migrations.laws_0005 import sentences as say

REPLACED = ("line_frozen", "line_open_period")
CLOSED = laws_0004.CLOSED
CHANGED = "JOIN gone g ON g.id = f.id AND g.reverted_at IS DISTINCT FROM f.reverted_at"


def _others_changed(*allowed: str) -> str:
    """Whether anything but the allowed columns differs; a column added later is covered too."""
    but = "".join(f" - '{name}'" for name in allowed)
    return f"(to_jsonb(NEW){but}) IS DISTINCT FROM (to_jsonb(OLD){but})"


# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "line_frozen",
        "UPDATE ON transactions",
        f"OLD.reverted_at IS NOT NULL AND NEW.reverted_at IS NOT NULL OR {_others_changed('reverted_at')}",
        before.LINE_FROZEN,
    ),
    (
        "deletion_frozen",
        "UPDATE ON deleted_lines",
        f"OLD.restored_at IS NOT NULL OR {_others_changed('restored_at', 'restored_by')}",
        say.DELETION_KEPT,
    ),
    ("deletion_kept", "DELETE ON deleted_lines", "true", say.DELETION_KEPT),
    ("receipt_frozen", "UPDATE ON receipt_sums", "true", say.RECEIPT_FROZEN),
    ("receipt_kept", "DELETE ON receipt_sums", "true", say.RECEIPT_FROZEN),
)

# (name, event and table, query for rows that break the law, sentence); `fresh` are the new rows, `gone` the old ones
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "line_open_period",
        "UPDATE ON transactions",
        f"SELECT f.id FROM fresh f {CHANGED} {CLOSED}",
        before.LINE_PERIOD,
    ),
    (
        "line_restored",
        "UPDATE ON transactions",
        f"SELECT f.id FROM fresh f {CHANGED} WHERE f.reverted_at IS NULL AND NOT EXISTS (SELECT 1 FROM deleted_lines d"
        " WHERE d.transaction_id = f.id AND d.deleted_at = g.reverted_at AND d.restored_at IS NOT NULL)",
        say.LINE_RESTORED,
    ),
    (
        "deletion_begins",
        "INSERT ON deleted_lines",
        "SELECT f.id FROM fresh f WHERE f.restored_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM transactions t"
        " WHERE t.id = f.transaction_id AND t.reverted_at = f.deleted_at)",
        say.DELETION_BEGINS,
    ),
)

NEVER_EMPTIED = {"deleted_lines": say.DELETION_KEPT, "receipt_sums": say.RECEIPT_FROZEN}


def create() -> Iterable[str]:
    """The statements that put the laws into force; they call the functions of laws_0004."""
    for name in REPLACED:
        yield f"DROP TRIGGER law_{name} ON transactions"
    yield from rows_refused(ROW_RULES)
    yield after_statement("law_a_hold_insert", "INSERT ON deleted_lines", "law_hold('fresh')")
    yield from (statement_checked(rule) for rule in STATEMENT_RULES)
    yield from never_emptied(NEVER_EMPTIED)


def drop() -> Iterable[str]:
    """The statements that take them out of force again and bring back those before."""
    yield from off_postgresql((*ROW_RULES, *STATEMENT_RULES), NEVER_EMPTIED)
    yield "DROP TRIGGER law_a_hold_insert ON deleted_lines"
    for statement in laws_0004.create():
        if any(statement.startswith(f"CREATE TRIGGER law_{name} ") for name in REPLACED):
            yield statement
