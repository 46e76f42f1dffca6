"""The law on opening balances on PostgreSQL; it calls a function of laws_0004."""

from collections.abc import Iterable

from db.migrations.laws_0013 import sentences as say

# (name, event and table, condition on OLD and NEW, sentence)
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("opening_frozen", "UPDATE ON opening_balances", "NEW IS DISTINCT FROM OLD", say.OPENING_KEPT),
    ("opening_kept", "DELETE ON opening_balances", "true", say.OPENING_KEPT),
)
STATEMENT_RULES: tuple[tuple[str, str, str, str], ...] = ()


def create() -> Iterable[str]:
    """The statements that put the law into force."""
    for name, event, condition, sentence in ROW_RULES:
        yield (
            f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION law_refuse('{sentence}')"
        )
    yield (
        "CREATE TRIGGER law_never_emptied BEFORE TRUNCATE ON opening_balances FOR EACH STATEMENT"
        f" EXECUTE FUNCTION law_refuse('{say.OPENING_KEPT}')"
    )


def drop() -> Iterable[str]:
    """The statements that take it out of force again."""
    for name in (*(rule[0] for rule in ROW_RULES), "never_emptied"):
        yield f"DROP TRIGGER law_{name} ON opening_balances"
