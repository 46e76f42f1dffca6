"""What keeps the projection on SQLite: triggers a row, which add and take away."""

from collections.abc import Iterable

from db.migrations.law_triggers import off_sqlite, on_sqlite
from db.migrations.queue_0014 import sentences as say
from db.migrations.queue_0014.shared import KEY, NOTE_FIXED, SUMS, VIEW, new_groups, new_lines, same_key, stake

NEW_KEY = "lower(hex(randomblob(16)))"
ALL = "IN (SELECT id FROM journal_entries WHERE status = 'needs_review')"

_OF_LINE = "SELECT entry_id FROM waiting_lines WHERE transaction_id = NEW.transaction_id"


def _renamed(row: str, shown: str) -> str:
    return (
        "SELECT l.entry_id FROM waiting_groups g JOIN waiting_lines l ON l.group_id = g.id"
        f" JOIN transactions t ON t.id = l.transaction_id WHERE g.company_id = {row}.company_id"
        f" AND g.state IN ('open', 'asked', 'deferred') AND g.payee IN ({row}.printed, {shown})"
        f" AND t.counterparty = {row}.printed"
    )


def _enter(chosen: str) -> tuple[str, str]:
    """Count the entries in their groups, then list them: an update of the group a row costs more than both."""
    sure_lines, sure, size = "k.sure_millionths IS NOT NULL", "coalesce(k.sure_millionths, 0)", "abs(k.amount_minor)"
    summed = [f"({name} + excluded.{name})" for name in SUMS]
    counted = (
        f"INSERT INTO waiting_groups (id, {', '.join(KEY)}, sort_name, {', '.join(SUMS)}, first_on)"
        f" SELECT {NEW_KEY}, {', '.join(f'k.{name}' for name in KEY)}, k.sort_name, 1, k.amount_minor, {size},"
        f" {sure_lines}, {sure}, {stake(size, f'({sure_lines})', sure, 'INTEGER')}, k.booked_on"
        f" FROM waiting_keys k WHERE k.entry_id {chosen} ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET"
        f" {', '.join(f'{name} = {name} + excluded.{name}' for name in SUMS[:-1])},"
        f" stake_minor = {stake(summed[2], summed[3], summed[4], 'INTEGER')},"
        " first_on = min(coalesce(first_on, excluded.first_on), excluded.first_on)"
    )
    return counted, f"{new_lines('waiting_keys')} WHERE k.entry_id {chosen}"


def _regroup(entries: str) -> tuple[str, str]:
    return (
        new_groups(NEW_KEY, f"IN ({entries})"),
        "UPDATE waiting_lines SET group_id = (SELECT g.id FROM waiting_keys k"
        f" JOIN waiting_groups g ON {same_key()} WHERE k.entry_id = waiting_lines.entry_id)"
        f" WHERE entry_id IN ({entries})",
    )


def _count(row: str, sign: str, first_on: str) -> str:
    size = f"(size_minor {sign} abs({row}.amount_minor))"
    sure_lines = f"(sure_lines {sign} ({row}.sure_millionths IS NOT NULL))"
    sure = f"(sure_millionths {sign} coalesce({row}.sure_millionths, 0))"
    return (
        f"UPDATE waiting_groups SET lines = lines {sign} 1, total_minor = total_minor {sign} {row}.amount_minor,"
        f" size_minor = {size}, sure_lines = {sure_lines}, sure_millionths = {sure},"
        f" stake_minor = {stake(size, sure_lines, sure, 'INTEGER')}, first_on = {first_on} WHERE id = {row}.group_id"
    )


_MORE = _count("NEW", "+", "min(coalesce(first_on, NEW.booked_on), NEW.booked_on)")
_LESS = (
    _count("OLD", "-", "(SELECT min(l.booked_on) FROM waiting_lines l WHERE l.group_id = OLD.group_id)"),
    "DELETE FROM waiting_groups WHERE id = OLD.group_id AND lines = 0",
)
_STATUS = "UPDATE OF status ON journal_entries"

# Name; event and table; condition; what is done.
TRIGGERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("entry_in", "INSERT ON journal_entries", "NEW.transaction_id IS NOT NULL", _enter("= NEW.id")),
    ("entry_back", _STATUS, "NEW.status = 'needs_review' AND OLD.status <> 'needs_review'", _enter("= NEW.id")),
    ("entry_out", _STATUS, "OLD.status = 'needs_review' AND NEW.status <> 'needs_review'",
     ("DELETE FROM waiting_lines WHERE entry_id = NEW.id",)),
    ("entry_proposed", "UPDATE OF proposal_id ON journal_entries",
     "NEW.status = 'needs_review' AND NEW.proposal_id IS NOT OLD.proposal_id",
     ("DELETE FROM waiting_lines WHERE entry_id = NEW.id", *_enter("= NEW.id"))),
    ("line_out", "DELETE ON waiting_lines", "true", _LESS),
    ("line_moved", "UPDATE OF group_id ON waiting_lines", "NEW.group_id <> OLD.group_id", (_MORE, *_LESS)),
    ("name_in", "INSERT ON counterparty_aliases", "true", _regroup(_renamed("NEW", "NEW.shown"))),
    ("name_changed", "UPDATE ON counterparty_aliases", "true", _regroup(_renamed("NEW", "OLD.shown"))),
    ("name_out", "DELETE ON counterparty_aliases", "true", _regroup(_renamed("OLD", "OLD.shown"))),
    ("note_in", "INSERT ON line_notes", "NEW.ended_at IS NULL", _regroup(_OF_LINE)),
    ("note_ended", "UPDATE OF ended_at ON line_notes", "true", _regroup(_OF_LINE)),
)  # fmt: skip

_CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in NOTE_FIXED.split())
RULES: tuple[tuple[str, str, str, str], ...] = (
    ("note_frozen", "UPDATE ON line_notes", f"({_CHANGED})", say.NOTE_KEPT),
    ("note_kept", "DELETE ON line_notes", "1", say.NOTE_KEPT),
)


def create() -> Iterable[str]:
    """The statements that create the view and the triggers, and fill the tables."""
    yield VIEW
    for name, event, condition, statements in TRIGGERS:
        yield (
            f"CREATE TRIGGER queue_{name} AFTER {event} FOR EACH ROW WHEN {condition}"
            f" BEGIN {'; '.join(statements)}; END"
        )
    yield from on_sqlite(RULES)
    yield from _enter(ALL)


def drop() -> Iterable[str]:
    yield from off_sqlite(RULES)
    for name, *_ in TRIGGERS:
        yield f"DROP TRIGGER queue_{name}"
    yield "DROP VIEW waiting_keys"
