"""The laws on four eyes on SQLite, in the form of laws_0004."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.laws_0018 import sentences as say

_POSTING = "NEW.status = 'posted' AND OLD.status <> 'posted'"
_LIMIT = "json_extract(c.policy, '$.four_eyes_minor')"


def _prepared(row: str, more: str = "") -> str:
    return f"EXISTS (SELECT 1 FROM preparations p WHERE p.proposal_id = {row}.proposal_id{more})"


_ABOVE = (
    "EXISTS (SELECT 1 FROM companies c JOIN transactions t ON t.id = NEW.transaction_id WHERE c.id = NEW.company_id"
    f" AND {_LIMIT} IS NOT NULL AND (t.currency <> c.base_currency OR abs(t.amount_minor) > {_LIMIT}))"
)

# Name; event and table; condition under which it refuses; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "entry_second_person",
        "UPDATE ON journal_entries",
        f"{_POSTING} AND {_prepared('NEW', ' AND (NEW.posted_by IS NULL OR NEW.posted_by = p.prepared_by)')}",
        say.SAME_PERSON,
    ),
    (
        "entry_prepared",
        "UPDATE ON journal_entries",
        f"{_POSTING} AND NEW.method = 'manual' AND NOT {_prepared('NEW')} AND {_ABOVE}",
        say.NOT_PREPARED,
    ),
    (
        "entry_proposal_kept",
        "UPDATE OF proposal_id ON journal_entries",
        f"NEW.proposal_id IS NOT OLD.proposal_id AND {_prepared('OLD')}",
        say.PREPARED_KEPT,
    ),
    ("preparation_frozen", "UPDATE ON preparations", "1", say.PREPARATION_KEPT),
    ("preparation_kept", "DELETE ON preparations", "1", say.PREPARATION_KEPT),
)


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from on_sqlite(RULES)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_sqlite(RULES)
