"""The laws on PostgreSQL.

What the old and the new row decide alone is a row trigger with a WHEN clause. What needs other rows is checked once a
statement over its transition tables (`fresh`: the new rows, `gone`: the old ones), so that bulk writes stay quick; a
query finds the rows that break the law. Before those checks the company's row is locked, which makes writers of one
company's books wait for each other: a check that ran next to an uncommitted writer would not see what he wrote.
"""

from collections.abc import Iterable

from db.migrations.law_triggers import after_statement, never_emptied, rows_refused, statement_checked
from db.migrations.laws_0004 import sentences as say

# Dynamic SQL on purpose: a plan cached for one row would be used for a hundred thousand. The driver reads %% as %.
FUNCTIONS = (
    """
    CREATE FUNCTION law_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE FUNCTION law_check() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE broken text;
    BEGIN
        EXECUTE TG_ARGV[1] || ' LIMIT 1' INTO broken;
        IF broken IS NOT NULL THEN
            RAISE EXCEPTION '%%', TG_ARGV[0]
                USING ERRCODE = 'integrity_constraint_violation', DETAIL = 'row ' || broken;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION law_hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE 'SELECT 1 FROM companies WHERE id IN (SELECT company_id FROM ' || TG_ARGV[0]
            || ') ORDER BY id FOR NO KEY UPDATE';
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE FUNCTION law_account_used() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM companies WHERE id = OLD.company_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM journal_lines WHERE account_id = OLD.id) THEN
            RAISE EXCEPTION '{say.ACCOUNT_USED}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE FUNCTION law_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last audit_events;
    BEGIN
        SELECT * INTO last FROM audit_events WHERE chain = NEW.chain ORDER BY sequence DESC LIMIT 1;
        IF NEW.chain <> coalesce(replace(NEW.company_id::text, '-', ''), 'installation')
            OR NEW.sequence <> 1 + coalesce(last.sequence, 0)
            OR NEW.previous_hash <> coalesce(last.hash, '')
        THEN
            RAISE EXCEPTION '{say.AUDIT_CHAIN}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
)
FUNCTION_NAMES = ("law_refuse", "law_check", "law_hold", "law_account_used", "law_audit_chain")


def _others_changed(*allowed: str) -> str:
    """Whether anything but the allowed columns differs; a column added later is covered too."""
    but = "".join(f" - '{name}'" for name in allowed)
    return f"(to_jsonb(NEW){but}) IS DISTINCT FROM (to_jsonb(OLD){but})"


STEPS = "('needs_review', 'posted'), ('needs_review', 'rejected'), ('rejected', 'needs_review'), ('posted', 'reversed')"
FILE_STEP = "(OLD.status = 'stored' AND NEW.status = 'reverted')"

# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "entry_status",
        "UPDATE ON journal_entries",
        f"OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN ({STEPS})",
        say.STATUS_ORDER,
    ),
    (
        "entry_frozen",
        "UPDATE ON journal_entries",
        f"CASE WHEN OLD.status IN ('posted', 'reversed') THEN {_others_changed('status')} ELSE false END",
        say.ENTRY_FROZEN,
    ),
    (
        "entry_posted_when",
        "UPDATE ON journal_entries",
        "NEW.status = 'posted' AND NEW.posted_at IS NULL",
        say.POSTED_WHEN,
    ),
    ("entry_kept", "DELETE ON journal_entries", "OLD.status IN ('posted', 'reversed')", say.ENTRY_KEPT),
    (
        "line_frozen",
        "UPDATE ON transactions",
        f"OLD.reverted_at IS NOT NULL OR {_others_changed('reverted_at')}",
        say.LINE_FROZEN,
    ),
    ("line_kept", "DELETE ON transactions", "true", say.LINE_FROZEN),
    ("file_begins", "INSERT ON statement_files", "NEW.status = 'reverted'", say.FILE_BEGINS),
    (
        "file_bytes",
        "INSERT ON statement_files",
        "NEW.status = 'stored' AND (NEW.content IS NULL OR octet_length(NEW.content) <> NEW.size)",
        say.FILE_BYTES,
    ),
    ("file_frozen", "UPDATE ON statement_files", _others_changed("status", "reverted_at"), say.FILE_FROZEN),
    (
        "file_status",
        "UPDATE ON statement_files",
        f"(NEW.status, NEW.reverted_at) IS DISTINCT FROM (OLD.status, OLD.reverted_at) AND NOT {FILE_STEP}",
        say.FILE_STATUS,
    ),
    ("file_kept", "DELETE ON statement_files", "true", say.FILE_FROZEN),
    ("audit_frozen", "UPDATE ON audit_events", "true", say.AUDIT_APPEND_ONLY),
    ("audit_kept", "DELETE ON audit_events", "true", say.AUDIT_APPEND_ONLY),
    (
        "company_identity",
        "UPDATE ON companies",
        "(OLD.id, OLD.slug) IS DISTINCT FROM (NEW.id, NEW.slug)",
        say.COMPANY_IDENTITY,
    ),
    (
        "account_company",
        "UPDATE ON accounts",
        "(OLD.id, OLD.company_id) IS DISTINCT FROM (NEW.id, NEW.company_id)",
        say.ACCOUNT_COMPANY,
    ),
    (
        "review_frozen",
        "UPDATE ON reviews",
        f"OLD.undone_at IS NOT NULL OR {_others_changed('undone_at')}",
        say.REVIEW_KEPT,
    ),
    ("review_kept", "DELETE ON reviews", "true", say.REVIEW_KEPT),
    (
        "proof_frozen",
        "UPDATE ON reconciliations",
        "OLD.status = 'closed' AND"
        f" ({_others_changed('status', 'closed_at', 'closed_by', 'reopened_reason')}"
        f" OR NEW.status = 'closed' AND {_others_changed()})",
        say.PROOF_FROZEN,
    ),
    ("proof_kept", "DELETE ON reconciliations", "OLD.status = 'closed'", say.PROOF_FROZEN),
)

POSTING = "f.status = 'posted'"
CLOSED = "JOIN companies c ON c.id = f.company_id AND f.booked_on <= c.closed_through_on"
TAKEN_BACK = "JOIN transactions t ON t.id = f.transaction_id AND t.reverted_at IS NOT NULL"
LINES = "SELECT 1 FROM journal_lines l WHERE l.entry_id = f.id"


def _grouped(entry: str, sign: str) -> str:
    return (
        f"SELECT account_id, currency, {sign}amount_minor, count(*) FROM journal_lines"
        f" WHERE entry_id = {entry} GROUP BY 1, 2, 3"
    )


def _not_open(rows: str) -> str:
    return f"SELECT e.id FROM journal_entries e JOIN {rows} r ON r.entry_id = e.id WHERE e.status <> 'needs_review'"


_OWN, _OTHER = _grouped("f.id", ""), _grouped("f.reverses_id", "-")

# (name, event and table, query for rows that break the law, sentence); `fresh` are the new rows, `gone` the old ones
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "entry_begins",
        "INSERT ON journal_entries",
        "SELECT f.id FROM fresh f WHERE f.status <> 'needs_review'",
        say.BEGINS_IN_REVIEW,
    ),
    ("entry_line_live", "INSERT ON journal_entries", f"SELECT f.id FROM fresh f {TAKEN_BACK}", say.LINE_TAKEN_BACK),
    (
        "entry_reversed",
        "UPDATE ON journal_entries",
        "SELECT f.id FROM fresh f WHERE f.status = 'reversed' AND NOT EXISTS (SELECT 1 FROM journal_entries r"
        " WHERE r.reverses_id = f.id AND r.status = 'posted')",
        say.HAS_REVERSAL,
    ),
    (
        "entry_still_live",
        "UPDATE ON journal_entries",
        f"SELECT f.id FROM fresh f {TAKEN_BACK} WHERE f.status IN ('needs_review', 'posted')",
        say.LINE_TAKEN_BACK,
    ),
    (
        "entry_two_lines",
        "UPDATE ON journal_entries",
        f"SELECT f.id FROM fresh f WHERE {POSTING} AND (SELECT count(*) FROM ({LINES}) AS own) < 2",
        say.TWO_LINES,
    ),
    (
        "entry_balanced",
        "UPDATE ON journal_entries",
        f"SELECT f.id FROM fresh f WHERE {POSTING}"
        f" AND EXISTS ({LINES} GROUP BY l.currency HAVING sum(l.amount_minor) <> 0)",
        say.BALANCED,
    ),
    (
        "entry_no_suspense",
        "UPDATE ON journal_entries",
        "SELECT f.id FROM fresh f JOIN journal_lines l ON l.entry_id = f.id"
        f" JOIN accounts a ON a.id = l.account_id AND a.role = 'suspense' WHERE {POSTING} AND f.reverses_id IS NULL",
        say.NO_SUSPENSE,
    ),
    (
        "entry_period",
        "UPDATE ON journal_entries",
        f"SELECT f.id FROM fresh f {CLOSED} WHERE {POSTING}",
        say.ENTRY_PERIOD,
    ),
    (
        "entry_reverses_posted",
        "UPDATE ON journal_entries",
        f"SELECT f.id FROM fresh f JOIN journal_entries r ON r.id = f.reverses_id WHERE {POSTING}"
        " AND (r.status <> 'posted' OR r.reverses_id IS NOT NULL)",
        say.REVERSES_POSTED,
    ),
    (
        "entry_exact_reversal",
        "UPDATE ON journal_entries",
        f"SELECT f.id FROM fresh f WHERE {POSTING} AND f.reverses_id IS NOT NULL"
        f" AND (EXISTS ({_OWN} EXCEPT {_OTHER}) OR EXISTS ({_OTHER} EXCEPT {_OWN}))",
        say.EXACT_REVERSAL,
    ),
    ("lines_added", "INSERT ON journal_lines", _not_open("fresh"), say.LINES_FROZEN),
    (
        "lines_changed",
        "UPDATE ON journal_lines",
        _not_open("(SELECT entry_id FROM fresh UNION SELECT entry_id FROM gone)"),
        say.LINES_FROZEN,
    ),
    ("lines_removed", "DELETE ON journal_lines", _not_open("gone"), say.LINES_FROZEN),
    ("line_period", "INSERT ON transactions", f"SELECT f.id FROM fresh f {CLOSED}", say.LINE_PERIOD),
    (
        "line_of_stored_file",
        "INSERT ON transactions",
        "SELECT f.id FROM fresh f JOIN statement_files s ON s.id = f.statement_file_id AND s.status <> 'stored'",
        say.FILE_STORED,
    ),
    (
        "line_without_entry",
        "UPDATE ON transactions",
        "SELECT f.id FROM fresh f JOIN journal_entries e ON e.transaction_id = f.id"
        " AND e.status IN ('needs_review', 'posted') WHERE f.reverted_at IS NOT NULL",
        say.LINE_LIVE,
    ),
    (
        "line_open_period",
        "UPDATE ON transactions",
        f"SELECT f.id FROM fresh f {CLOSED} WHERE f.reverted_at IS NOT NULL",
        say.LINE_PERIOD,
    ),
)

# Trigger functions of their own: (name, event and table, WHEN clause, function).
OWN_RULES = (
    ("audit_chain", "INSERT ON audit_events", "true", "law_audit_chain"),
    (
        "account_used",
        "UPDATE ON accounts",
        "(OLD.type, OLD.role) IS DISTINCT FROM (NEW.type, NEW.role)",
        "law_account_used",
    ),
)

NEVER_EMPTIED = {
    "journal_entries": say.ENTRY_KEPT,
    "journal_lines": say.LINES_FROZEN,
    "transactions": say.LINE_FROZEN,
    "statement_files": say.FILE_FROZEN,
    "audit_events": say.AUDIT_APPEND_ONLY,
    "reviews": say.REVIEW_KEPT,
    "reconciliations": say.PROOF_FROZEN,
    "companies": say.COMPANY_IDENTITY,
    "accounts": say.ACCOUNT_COMPANY,
}


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from FUNCTIONS
    yield from rows_refused(ROW_RULES)
    for name, event, condition, function in OWN_RULES:
        yield f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function}()"
    for event in dict.fromkeys(event for _, event, _, _ in STATEMENT_RULES):
        # Triggers of one event fire in the order of their names.
        rows = "gone" if event.startswith("DELETE") else "fresh"
        yield after_statement(f"law_a_hold_{event.partition(' ')[0].lower()}", event, f"law_hold('{rows}')")
    yield from (statement_checked(rule) for rule in STATEMENT_RULES)
    yield from never_emptied(NEVER_EMPTIED)


def drop() -> Iterable[str]:
    """The statements that take them out of force again: triggers go with their functions."""
    for name in FUNCTION_NAMES:
        yield f"DROP FUNCTION {name}() CASCADE"
