"""The laws on four eyes on PostgreSQL, in the form of laws_0004, whose functions they call."""

from collections.abc import Iterable

from db.migrations.laws_0004.postgresql import TRANSITIONS
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
    for name, event, condition, sentence in ROW_RULES:
        yield (
            f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION law_refuse('{sentence}')"
        )
    yield OWN_FUNCTION
    for name, event, condition in OWN_RULES:
        yield (
            f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
            " EXECUTE FUNCTION law_proposal_kept()"
        )
    for name, event, query, sentence in STATEMENT_RULES:
        quoted = query.replace("'", "''")
        yield (
            f"CREATE TRIGGER law_{name} AFTER {event} REFERENCING {TRANSITIONS['UPDATE']} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION law_check('{sentence}', '{quoted}')"
        )
    yield (
        "CREATE TRIGGER law_never_emptied BEFORE TRUNCATE ON preparations FOR EACH STATEMENT"
        f" EXECUTE FUNCTION law_refuse('{say.PREPARATION_KEPT}')"
    )


def drop() -> Iterable[str]:
    """The statements that take them out of force again."""
    for name, event, *_ in (*ROW_RULES, *STATEMENT_RULES):
        yield f"DROP TRIGGER law_{name} ON {event.rpartition(' ')[2]}"
    yield "DROP TRIGGER law_never_emptied ON preparations"
    yield "DROP FUNCTION law_proposal_kept() CASCADE"
