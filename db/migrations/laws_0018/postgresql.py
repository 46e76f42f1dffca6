"""The laws on four eyes on PostgreSQL, in the form of laws_0004, whose functions they call."""

from collections.abc import Iterable

from db.migrations.law_triggers import never_emptied, off_postgresql, rows_refused, statement_checked
from db.migrations.laws_0018 import sentences as say

_LIMIT = "(c.policy ->> 'four_eyes_minor')::bigint"

# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("preparation_frozen", "UPDATE ON preparations", "true", say.PREPARATION_KEPT),
    ("preparation_kept", "DELETE ON preparations", "true", say.PREPARATION_KEPT),
)

# (name, event and table, query for rows that break the law, sentence); `fresh` are the new rows. The company's row is
# held by laws_0004 before it comes to these.
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "entry_second_person",
        "UPDATE ON journal_entries",
        "SELECT f.id FROM fresh f JOIN preparations p ON p.proposal_id = f.proposal_id"
        " WHERE f.status = 'posted' AND (f.posted_by IS NULL OR f.posted_by = p.prepared_by)",
        say.SAME_PERSON,
    ),
    (
        "entry_prepared",
        "UPDATE ON journal_entries",
        "SELECT f.id FROM fresh f JOIN companies c ON c.id = f.company_id"
        " JOIN transactions t ON t.id = f.transaction_id"
        f" WHERE f.status = 'posted' AND f.method = 'manual' AND {_LIMIT} IS NOT NULL"
        f" AND (t.currency <> c.base_currency OR abs(t.amount_minor) > {_LIMIT})"
        " AND NOT EXISTS (SELECT 1 FROM preparations p WHERE p.proposal_id = f.proposal_id)",
        say.NOT_PREPARED,
    ),
)

NEVER_EMPTIED = {"preparations": say.PREPARATION_KEPT}

OWN_FUNCTION = f"""
    CREATE FUNCTION law_proposal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM preparations WHERE proposal_id = OLD.proposal_id) THEN
            RAISE EXCEPTION '{say.PREPARED_KEPT}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
"""
OWN_RULES = (
    (
        "entry_proposal_kept",
        "UPDATE OF proposal_id ON journal_entries",
        "OLD.proposal_id IS DISTINCT FROM NEW.proposal_id",
    ),
)


def create() -> Iterable[str]:
    """The statements that put the laws into force."""
    yield from rows_refused(ROW_RULES)
    yield OWN_FUNCTION
    for name, event, condition in OWN_RULES:
        yield (
            f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
            " EXECUTE FUNCTION law_proposal_kept()"
        )
    yield from (statement_checked(rule) for rule in STATEMENT_RULES)
    yield from never_emptied(NEVER_EMPTIED)


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    yield from off_postgresql((*ROW_RULES, *STATEMENT_RULES), NEVER_EMPTIED)
    yield "DROP FUNCTION law_proposal_kept() CASCADE"
