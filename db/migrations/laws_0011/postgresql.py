"""The laws on attachments and taxes on PostgreSQL, in the form of laws_0004, whose functions they call."""

from collections.abc import Iterable

from db.migrations.law_triggers import after_statement, never_emptied, off_postgresql, rows_refused, statement_checked
from db.migrations.laws_0011 import sentences as say

# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "tax_code_fixed",
        "UPDATE ON tax_codes",
        "(to_jsonb(NEW) - 'name' - 'is_active') IS DISTINCT FROM (to_jsonb(OLD) - 'name' - 'is_active')",
        say.TAX_CODE_FIXED,
    ),
    ("tax_changed", "UPDATE ON tax_lines", "true", say.TAX_FROZEN),
    ("tax_code_kept", "DELETE ON tax_codes", "true", say.TAX_CODE_FIXED),
    (
        "attachment_bytes",
        "INSERT ON attachments",
        "octet_length(NEW.content) <> NEW.size",
        say.ATTACHMENT_BYTES,
    ),
    ("attachment_frozen", "UPDATE ON attachments", "true", say.ATTACHMENT_FROZEN),
    ("attachment_kept", "DELETE ON attachments", "true", say.ATTACHMENT_FROZEN),
)


def _not_open(rows: str) -> str:
    return f"SELECT e.id FROM journal_entries e JOIN {rows} r ON r.entry_id = e.id WHERE e.status <> 'needs_review'"


# (name, event and table, query for rows that break the law, sentence); `fresh` are the new rows, `gone` the old ones
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("tax_added", "INSERT ON tax_lines", _not_open("fresh"), say.TAX_FROZEN),
    ("tax_removed", "DELETE ON tax_lines", _not_open("gone"), say.TAX_FROZEN),
)

NEVER_EMPTIED = {
    "tax_codes": say.TAX_CODE_FIXED,
    "tax_lines": say.TAX_FROZEN,
    "attachments": say.ATTACHMENT_FROZEN,
}


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from rows_refused(ROW_RULES)
    for rule in STATEMENT_RULES:
        event = rule[1]
        kind = event.partition(" ")[0]
        rows = "gone" if kind == "DELETE" else "fresh"
        # Triggers of one event fire in the order of their names.
        yield after_statement(f"law_a_hold_{kind.lower()}", event, f"law_hold('{rows}')")
        yield statement_checked(rule)
    yield from never_emptied(NEVER_EMPTIED)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_postgresql((*ROW_RULES, *STATEMENT_RULES), NEVER_EMPTIED)
    for _, event, _, _ in STATEMENT_RULES:
        yield f"DROP TRIGGER law_a_hold_{event.partition(' ')[0].lower()} ON tax_lines"
