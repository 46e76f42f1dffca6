"""The law on opening balances on PostgreSQL; it calls a function of laws_0004."""

from collections.abc import Iterable

from db.migrations.law_triggers import never_emptied, off_postgresql, rows_refused
from db.migrations.laws_0013 import sentences as say

# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("opening_frozen", "UPDATE ON opening_balances", "NEW IS DISTINCT FROM OLD", say.OPENING_KEPT),
    ("opening_kept", "DELETE ON opening_balances", "true", say.OPENING_KEPT),
)
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = ()
NEVER_EMPTIED = {"opening_balances": say.OPENING_KEPT}


def create() -> Iterable[str]:
    """The statements that put the law into force."""
    yield from rows_refused(ROW_RULES)
    yield from never_emptied(NEVER_EMPTIED)


def drop() -> Iterable[str]:
    """The statements that take it out of force again."""
    yield from off_postgresql(ROW_RULES, NEVER_EMPTIED)
