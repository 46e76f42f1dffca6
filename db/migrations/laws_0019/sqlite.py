"""The laws on base values and exchange rates on SQLite, in the form of laws_0004."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.laws_0019 import conditions as when
from db.migrations.laws_0019 import sentences as say

POSTING = "NEW.status = 'posted' AND OLD.status <> 'posted'"
_OF_ENTRY = {"entry": "NEW.id", "company": "NEW.company_id", "reverses": "NEW.reverses_id"}


def _entry_not_open(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM journal_entries e WHERE e.id = {row}.entry_id AND e.status <> 'needs_review')"


# Name; event and table; condition under which it refuses; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "entry_valued",
        "UPDATE ON journal_entries",
        f"{POSTING} AND ({when.NOT_WHOLE.format(**_OF_ENTRY)})",
        say.WHOLLY_VALUED,
    ),
    (
        "entry_base_balanced",
        "UPDATE ON journal_entries",
        f"{POSTING} AND {when.HAS_VALUES.format(**_OF_ENTRY)} AND {when.UNEVEN.format(**_OF_ENTRY)}",
        say.BASE_BALANCED,
    ),
    (
        "entry_exact_values",
        "UPDATE ON journal_entries",
        f"{POSTING} AND NEW.reverses_id IS NOT NULL AND {when.not_opposite('NEW.id', 'NEW.reverses_id')}",
        say.EXACT_REVERSAL,
    ),
    ("value_added", "INSERT ON base_values", _entry_not_open("NEW"), say.VALUES_FROZEN),
    ("value_of_line", "INSERT ON base_values", when.not_foreign("NEW"), say.OF_FOREIGN_LINE),
    ("value_changed", "UPDATE ON base_values", "1", say.VALUES_FROZEN),
    ("value_removed", "DELETE ON base_values", _entry_not_open("OLD"), say.VALUES_FROZEN),
    (
        "rate_of_others",
        "INSERT ON exchange_rates",
        f"NEW.currency = {when.BASE.format(company='NEW.company_id')}",
        say.RATE_OF_OTHERS,
    ),
    ("rate_frozen", "UPDATE ON exchange_rates", "1", say.RATE_KEPT),
    ("rate_kept", "DELETE ON exchange_rates", "1", say.RATE_KEPT),
    (
        "company_base",
        "UPDATE OF base_currency ON companies",
        "NEW.base_currency <> OLD.base_currency"
        " AND EXISTS (SELECT 1 FROM exchange_rates x WHERE x.company_id = NEW.id)",
        say.BASE_KEPT,
    ),
)


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from on_sqlite(RULES)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_sqlite(RULES)
