"""The laws on base values and exchange rates on PostgreSQL, in the form of laws_0004, whose functions they call."""

from collections.abc import Iterable

from db.migrations.law_triggers import after_statement, never_emptied, off_postgresql, rows_refused, statement_checked
from db.migrations.laws_0019 import conditions as when
from db.migrations.laws_0019 import sentences as say

# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("value_changed", "UPDATE ON base_values", "true", say.VALUES_FROZEN),
    ("rate_frozen", "UPDATE ON exchange_rates", "true", say.RATE_KEPT),
    ("rate_kept", "DELETE ON exchange_rates", "true", say.RATE_KEPT),
)


def _not_open(rows: str) -> str:
    return f"SELECT e.id FROM journal_entries e JOIN {rows} r ON r.entry_id = e.id WHERE e.status <> 'needs_review'"


_POSTING = "SELECT f.id FROM fresh f WHERE f.status = 'posted'"
_OF_ENTRY = {"entry": "f.id", "company": "f.company_id", "reverses": "f.reverses_id"}

# (name, event and table, query for rows that break the law, sentence); `fresh` are the new rows, `gone` the old ones
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "entry_valued",
        "UPDATE ON journal_entries",
        f"{_POSTING} AND ({when.NOT_WHOLE.format(**_OF_ENTRY)})",
        say.WHOLLY_VALUED,
    ),
    (
        "entry_base_balanced",
        "UPDATE ON journal_entries",
        f"{_POSTING} AND {when.HAS_VALUES.format(**_OF_ENTRY)} AND {when.UNEVEN.format(**_OF_ENTRY)}",
        say.BASE_BALANCED,
    ),
    (
        "entry_exact_values",
        "UPDATE ON journal_entries",
        f"{_POSTING} AND f.reverses_id IS NOT NULL AND {when.not_opposite('f.id', 'f.reverses_id')}",
        say.EXACT_REVERSAL,
    ),
    ("value_added", "INSERT ON base_values", _not_open("fresh"), say.VALUES_FROZEN),
    (
        "value_of_line",
        "INSERT ON base_values",
        f"SELECT f.id FROM fresh f WHERE {when.not_foreign('f')}",
        say.OF_FOREIGN_LINE,
    ),
    ("value_removed", "DELETE ON base_values", _not_open("gone"), say.VALUES_FROZEN),
    (
        "rate_of_others",
        "INSERT ON exchange_rates",
        f"SELECT f.id FROM fresh f WHERE f.currency = {when.BASE.format(company='f.company_id')}",
        say.RATE_OF_OTHERS,
    ),
    (
        "company_base",
        "UPDATE ON companies",
        "SELECT f.id FROM fresh f JOIN gone g ON g.id = f.id AND g.base_currency <> f.base_currency"
        " WHERE EXISTS (SELECT 1 FROM exchange_rates x WHERE x.company_id = f.id)",
        say.BASE_KEPT,
    ),
)
# Writers of these wait for each other by the company's row; on journal_entries laws_0004 sees to it.
HELD = (("INSERT ON base_values", "fresh"), ("DELETE ON base_values", "gone"), ("INSERT ON exchange_rates", "fresh"))
NEVER_EMPTIED = {"base_values": say.VALUES_FROZEN, "exchange_rates": say.RATE_KEPT}


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from rows_refused(ROW_RULES)
    for event, rows in HELD:  # triggers of one event fire in the order of their names
        yield after_statement(f"law_a_hold_{event.partition(' ')[0].lower()}", event, f"law_hold('{rows}')")
    yield from (statement_checked(rule) for rule in STATEMENT_RULES)
    yield from never_emptied(NEVER_EMPTIED)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_postgresql((*ROW_RULES, *STATEMENT_RULES), NEVER_EMPTIED)
    for event, _ in HELD:
        yield f"DROP TRIGGER law_a_hold_{event.partition(' ')[0].lower()} ON {event.rpartition(' ')[2]}"
