"""The laws on SQLite: every one is a trigger before a row's change that refuses when its condition holds."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.laws_0004 import sentences as say

ENTRY = "company_id transaction_id proposal_id booked_on memo method auto_approved reverses_id replaces_id created_at"
ENTRY_FIXED = f"id {ENTRY} posted_at posted_by"
LINE_FIXED = (
    "id company_id bank_account_id statement_file_id row booked_on value_on amount_minor currency description"
    " counterparty reference bank_id balance_minor fingerprint"
)
FILE_FIXED = (
    "id company_id bank_account_id name sha256 size content kind format layout refusal problems currency first_on"
    " last_on opening_minor closing_minor line_count new_count duplicate_count refused_count lines_minor new_minor"
    " duplicate_minor refused_minor uploaded_by uploaded_at"
)
REVIEW_FIXED = (
    "id company_id transaction_id entry_id proposal_id reviewer_id outcome account_id was_automatic comment decided_at"
)
PROOF_FIXED = (
    "id company_id bank_account_id statement_file_id first_on last_on opening_minor closing_minor lines_minor"
    " line_count"
)

POSTING = "NEW.status = 'posted' AND OLD.status <> 'posted'"
LINES = "SELECT 1 FROM journal_lines l WHERE l.entry_id = NEW.id"
CLOSED = "NEW.booked_on <= (SELECT c.closed_through_on FROM companies c WHERE c.id = NEW.company_id)"
TAKEN_BACK = "EXISTS (SELECT 1 FROM transactions t WHERE t.id = NEW.transaction_id AND t.reverted_at IS NOT NULL)"
STATUS_STEPS = (
    "OLD.status || '>' || NEW.status NOT IN ('needs_review>posted', 'needs_review>rejected', 'rejected>needs_review',"
    " 'posted>reversed') AND OLD.status <> NEW.status"
)


def _changed(columns: str) -> str:
    return "(" + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns.split()) + ")"


def _grouped(entry: str, sign: str) -> str:
    return (
        f"SELECT account_id, currency, {sign}amount_minor, count(*) FROM journal_lines"
        f" WHERE entry_id = {entry} GROUP BY 1, 2, 3"
    )


def _entry_not_open(row: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM journal_entries e WHERE"
        f" e.id = {row}.entry_id AND e.company_id = {row}.company_id AND e.status <> 'needs_review')"
    )


_OWN, _OTHER = _grouped("NEW.id", ""), _grouped("NEW.reverses_id", "-")

# Name; event and table; condition under which it refuses; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    ("entry_begins", "INSERT ON journal_entries", "NEW.status <> 'needs_review'", say.BEGINS_IN_REVIEW),
    ("entry_line_live", "INSERT ON journal_entries", TAKEN_BACK, say.LINE_TAKEN_BACK),
    ("entry_status", "UPDATE ON journal_entries", STATUS_STEPS, say.STATUS_ORDER),
    (
        "entry_frozen",
        "UPDATE ON journal_entries",
        f"OLD.status IN ('posted', 'reversed') AND {_changed(ENTRY_FIXED)}",
        say.ENTRY_FROZEN,
    ),
    (
        "entry_reversed",
        "UPDATE ON journal_entries",
        "OLD.status = 'posted' AND NEW.status = 'reversed' AND NOT EXISTS (SELECT 1 FROM journal_entries r"
        " WHERE r.reverses_id = OLD.id AND r.status = 'posted')",
        say.HAS_REVERSAL,
    ),
    (
        "entry_still_live",
        "UPDATE ON journal_entries",
        f"NEW.status IN ('needs_review', 'posted') AND {TAKEN_BACK}",
        say.LINE_TAKEN_BACK,
    ),
    (
        "entry_two_lines",
        "UPDATE ON journal_entries",
        f"{POSTING} AND (SELECT count(*) FROM ({LINES})) < 2",
        say.TWO_LINES,
    ),
    (
        "entry_balanced",
        "UPDATE ON journal_entries",
        f"{POSTING} AND EXISTS ({LINES} GROUP BY l.currency HAVING sum(l.amount_minor) <> 0)",
        say.BALANCED,
    ),
    (
        "entry_no_suspense",
        "UPDATE ON journal_entries",
        f"{POSTING} AND NEW.reverses_id IS NULL AND EXISTS"
        f" ({LINES} AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = l.account_id AND a.role = 'suspense'))",
        say.NO_SUSPENSE,
    ),
    ("entry_period", "UPDATE ON journal_entries", f"{POSTING} AND {CLOSED}", say.ENTRY_PERIOD),
    ("entry_posted_when", "UPDATE ON journal_entries", f"{POSTING} AND NEW.posted_at IS NULL", say.POSTED_WHEN),
    (
        "entry_reverses_posted",
        "UPDATE ON journal_entries",
        f"{POSTING} AND NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal_entries r"
        " WHERE r.id = NEW.reverses_id AND r.status = 'posted' AND r.reverses_id IS NULL)",
        say.REVERSES_POSTED,
    ),
    (
        "entry_exact_reversal",
        "UPDATE ON journal_entries",
        f"{POSTING} AND NEW.reverses_id IS NOT NULL"
        f" AND (EXISTS ({_OWN} EXCEPT {_OTHER}) OR EXISTS ({_OTHER} EXCEPT {_OWN}))",
        say.EXACT_REVERSAL,
    ),
    ("entry_kept", "DELETE ON journal_entries", "OLD.status IN ('posted', 'reversed')", say.ENTRY_KEPT),
    ("lines_added", "INSERT ON journal_lines", _entry_not_open("NEW"), say.LINES_FROZEN),
    (
        "lines_changed",
        "UPDATE ON journal_lines",
        f"{_entry_not_open('OLD')} OR {_entry_not_open('NEW')}",
        say.LINES_FROZEN,
    ),
    ("lines_removed", "DELETE ON journal_lines", _entry_not_open("OLD"), say.LINES_FROZEN),
    ("line_period", "INSERT ON transactions", CLOSED, say.LINE_PERIOD),
    (
        "line_of_stored_file",
        "INSERT ON transactions",
        "EXISTS (SELECT 1 FROM statement_files f WHERE f.id = NEW.statement_file_id AND f.status <> 'stored')",
        say.FILE_STORED,
    ),
    (
        "line_frozen",
        "UPDATE ON transactions",
        f"OLD.reverted_at IS NOT NULL OR {_changed(LINE_FIXED)}",
        say.LINE_FROZEN,
    ),
    (
        "line_without_entry",
        "UPDATE ON transactions",
        "NEW.reverted_at IS NOT NULL AND EXISTS (SELECT 1 FROM journal_entries e"
        " WHERE e.transaction_id = OLD.id AND e.status IN ('needs_review', 'posted'))",
        say.LINE_LIVE,
    ),
    ("line_open_period", "UPDATE ON transactions", f"NEW.reverted_at IS NOT NULL AND {CLOSED}", say.LINE_PERIOD),
    ("line_kept", "DELETE ON transactions", "1", say.LINE_FROZEN),
    ("file_begins", "INSERT ON statement_files", "NEW.status = 'reverted'", say.FILE_BEGINS),
    (
        "file_bytes",
        "INSERT ON statement_files",
        "NEW.status = 'stored' AND (NEW.content IS NULL OR length(NEW.content) <> NEW.size)",
        say.FILE_BYTES,
    ),
    ("file_frozen", "UPDATE ON statement_files", _changed(FILE_FIXED), say.FILE_FROZEN),
    (
        "file_status",
        "UPDATE ON statement_files",
        "NEW.status <> OLD.status AND NOT (OLD.status = 'stored' AND NEW.status = 'reverted')"
        " OR NEW.reverted_at IS NOT OLD.reverted_at AND NOT (OLD.status = 'stored' AND NEW.status = 'reverted')",
        say.FILE_STATUS,
    ),
    ("file_kept", "DELETE ON statement_files", "1", say.FILE_FROZEN),
    (
        "audit_chain",
        "INSERT ON audit_events",
        "NEW.chain <> coalesce(NEW.company_id, 'installation')"
        " OR NEW.sequence <> 1 + coalesce((SELECT max(a.sequence) FROM audit_events a WHERE a.chain = NEW.chain), 0)"
        " OR NEW.previous_hash <> coalesce((SELECT a.hash FROM audit_events a WHERE a.chain = NEW.chain"
        " ORDER BY a.sequence DESC LIMIT 1), '')",
        say.AUDIT_CHAIN,
    ),
    ("audit_frozen", "UPDATE ON audit_events", "1", say.AUDIT_APPEND_ONLY),
    ("audit_kept", "DELETE ON audit_events", "1", say.AUDIT_APPEND_ONLY),
    ("company_identity", "UPDATE ON companies", _changed("id slug"), say.COMPANY_IDENTITY),
    ("account_company", "UPDATE ON accounts", _changed("id company_id"), say.ACCOUNT_COMPANY),
    (
        "account_used",
        "UPDATE ON accounts",
        f"{_changed('type role')} AND EXISTS (SELECT 1 FROM journal_lines l WHERE l.account_id = OLD.id)",
        say.ACCOUNT_USED,
    ),
    (
        "review_frozen",
        "UPDATE ON reviews",
        f"OLD.undone_at IS NOT NULL OR {_changed(REVIEW_FIXED)}",
        say.REVIEW_KEPT,
    ),
    ("review_kept", "DELETE ON reviews", "1", say.REVIEW_KEPT),
    (
        "proof_frozen",
        "UPDATE ON reconciliations",
        f"OLD.status = 'closed' AND ({_changed(PROOF_FIXED)}"
        f" OR NEW.status = 'closed' AND {_changed('closed_at closed_by reopened_reason')})",
        say.PROOF_FROZEN,
    ),
    ("proof_kept", "DELETE ON reconciliations", "OLD.status = 'closed'", say.PROOF_FROZEN),
)


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from on_sqlite(RULES)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_sqlite(RULES)
