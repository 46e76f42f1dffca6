"""What keeps the projection on PostgreSQL: triggers a statement, which count the touched groups anew."""

from collections.abc import Iterable

from db.migrations.law_triggers import TRANSITIONS, never_emptied, rows_refused
from db.migrations.queue_0014 import sentences as say
from db.migrations.queue_0014.shared import NOTE_FIXED, VIEW, new_groups, new_lines, same_key, stake

THESE = "= ANY (entries)"
# Put down first, so that a group is looked up by its whole key: joined to the view, the planner takes a part of it.
KEYS = f"WITH keys AS MATERIALIZED (SELECT * FROM waiting_keys WHERE entry_id {THESE})"
ALL = "SELECT queue_enter(ARRAY(SELECT id FROM journal_entries WHERE status = 'needs_review'))"

# Name and arguments; what it does.
FUNCTIONS: tuple[tuple[str, str], ...] = (
    ("queue_enter(entries uuid[])", f"{new_groups('gen_random_uuid()', THESE)}; {KEYS} {new_lines()};"),
    (
        "queue_regroup(entries uuid[])",
        f"{new_groups('gen_random_uuid()', THESE)};"
        f" {KEYS} UPDATE waiting_lines l SET group_id = g.id FROM keys k JOIN waiting_groups g ON {same_key()}"
        " WHERE l.entry_id = k.entry_id AND l.group_id <> g.id;",
    ),
    (
        "queue_count(groups uuid[])",
        "UPDATE waiting_groups g SET lines = s.lines, total_minor = s.total, size_minor = s.size,"
        " sure_lines = s.sure_lines, sure_millionths = s.sure, first_on = s.first_on,"
        f" stake_minor = {stake('s.size', 's.sure_lines', 's.sure', 'bigint')}"
        " FROM (SELECT touched.id, count(l.entry_id) AS lines, coalesce(sum(l.amount_minor), 0)::bigint AS total,"
        " coalesce(sum(abs(l.amount_minor)), 0)::bigint AS size, count(l.sure_millionths) AS sure_lines,"
        " coalesce(sum(l.sure_millionths), 0)::bigint AS sure, min(l.booked_on) AS first_on"
        " FROM unnest(groups) AS touched (id) LEFT JOIN waiting_lines l ON l.group_id = touched.id"
        " GROUP BY touched.id) AS s WHERE g.id = s.id;"
        " DELETE FROM waiting_groups WHERE id = ANY (groups) AND lines = 0;",
    ),
)


def _renamed(row: str, shown: str) -> str:
    return (
        "PERFORM queue_regroup(ARRAY(SELECT l.entry_id FROM waiting_groups g JOIN waiting_lines l ON l.group_id = g.id"
        f" JOIN transactions t ON t.id = l.transaction_id WHERE g.company_id = {row}.company_id"
        f" AND g.state IN ('open', 'asked', 'deferred') AND g.payee IN ({row}.printed, {shown})"
        f" AND t.counterparty = {row}.printed))"
    )


def _for_rows(action: str, query: str) -> str:
    """Call the function with what the query finds, if it finds anything."""
    return f"found := ARRAY({query}); IF cardinality(found) > 0 THEN PERFORM {action}(found); END IF"


_OUT = "DELETE FROM waiting_lines l USING fresh f JOIN gone g ON g.id = f.id WHERE l.entry_id = f.id AND"
_NOTED = "SELECT l.entry_id FROM fresh f JOIN waiting_lines l ON l.transaction_id = f.transaction_id"

# Name; event and table; what is done. `fresh` are the new rows of the statement, `gone` the old ones.
STATEMENT_TRIGGERS: tuple[tuple[str, str, str], ...] = (
    ("entry_in", "INSERT ON journal_entries", _for_rows(
        "queue_enter", "SELECT id FROM fresh WHERE transaction_id IS NOT NULL AND NOT auto_approved")),
    ("entry_changed", "UPDATE ON journal_entries",
     f"{_OUT} (f.status <> 'needs_review' OR f.proposal_id IS DISTINCT FROM g.proposal_id); " + _for_rows(
        "queue_enter", "SELECT f.id FROM fresh f JOIN gone g ON g.id = f.id WHERE f.status = 'needs_review'"
        " AND (g.status <> 'needs_review' OR f.proposal_id IS DISTINCT FROM g.proposal_id)")),
    ("line_in", "INSERT ON waiting_lines", _for_rows("queue_count", "SELECT DISTINCT group_id FROM fresh")),
    ("line_out", "DELETE ON waiting_lines", _for_rows("queue_count", "SELECT DISTINCT group_id FROM gone")),
    ("line_moved", "UPDATE ON waiting_lines", _for_rows(
        "queue_count", "SELECT group_id FROM fresh UNION SELECT group_id FROM gone")),
    ("note_in", "INSERT ON line_notes", _for_rows("queue_regroup", _NOTED)),
    ("note_ended", "UPDATE ON line_notes", _for_rows("queue_regroup", _NOTED)),
)  # fmt: skip
ROW_TRIGGERS: tuple[tuple[str, str, str], ...] = (
    ("name_in", "INSERT ON counterparty_aliases", _renamed("NEW", "NEW.shown")),
    ("name_changed", "UPDATE ON counterparty_aliases", _renamed("NEW", "OLD.shown")),
    ("name_out", "DELETE ON counterparty_aliases", _renamed("OLD", "OLD.shown")),
)

_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in NOTE_FIXED.split())
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("note_frozen", "UPDATE ON line_notes", _CHANGED, say.NOTE_KEPT),
    ("note_kept", "DELETE ON line_notes", "true", say.NOTE_KEPT),
)


def create() -> Iterable[str]:
    """The statements that create the view, the functions and the triggers, and fill the tables."""
    yield VIEW
    for name, body in FUNCTIONS:
        yield f"CREATE FUNCTION {name} RETURNS void LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    for name, event, body in (*STATEMENT_TRIGGERS, *ROW_TRIGGERS):
        yield (
            f"CREATE FUNCTION queue_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ DECLARE found uuid[]; BEGIN {body}; RETURN NULL; END $$"
        )
        rows = (name, event, body) in ROW_TRIGGERS
        each = "FOR EACH ROW" if rows else f"REFERENCING {TRANSITIONS[event.partition(' ')[0]]} FOR EACH STATEMENT"
        yield f"CREATE TRIGGER queue_{name} AFTER {event} {each} EXECUTE FUNCTION queue_{name}()"
    yield from rows_refused(ROW_RULES)
    yield from never_emptied({"line_notes": say.NOTE_KEPT})
    yield ALL


def drop() -> Iterable[str]:
    yield "DROP TRIGGER law_never_emptied ON line_notes"
    for name, event, _, _ in ROW_RULES:
        yield f"DROP TRIGGER law_{name} ON {event.rpartition(' ')[2]}"
    for name, event, _ in (*STATEMENT_TRIGGERS, *ROW_TRIGGERS):
        yield f"DROP TRIGGER queue_{name} ON {event.rpartition(' ')[2]}"
        yield f"DROP FUNCTION queue_{name}()"
    for name, _ in FUNCTIONS:
        yield f"DROP FUNCTION {name}"
    yield "DROP VIEW waiting_keys"
