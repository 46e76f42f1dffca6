"""The law on what is settled of open items, as migration 0015 creates it. Never edited: see laws_0004."""

from collections.abc import Iterable

ITEM_SETTLED = "law 4: of an open item no more is settled than it is, and it counts as settled when all of it is"

_BROKEN = (
    "NEW.settled_minor NOT BETWEEN CASE WHEN NEW.amount_minor < 0 THEN NEW.amount_minor ELSE 0 END"
    " AND CASE WHEN NEW.amount_minor < 0 THEN 0 ELSE NEW.amount_minor END"
    " OR NEW.status = 'settled' AND NEW.settled_minor <> NEW.amount_minor"
    " OR NEW.status = 'open' AND NEW.settled_minor = NEW.amount_minor AND NEW.amount_minor <> 0"
)

# Name; event and table; condition under which it refuses, the same for both databases; what it says.
RULES: tuple[tuple[str, str, str, str], ...] = (
    ("item_begins", "INSERT ON open_items", _BROKEN, ITEM_SETTLED),
    ("item_settled", "UPDATE ON open_items", _BROKEN, ITEM_SETTLED),
)


def create(dialect: str) -> Iterable[str]:
    """The statements that put the law into force; on PostgreSQL it calls a function of laws_0004."""
    for name, event, condition, sentence in RULES:
        refuses = (
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            if dialect == "sqlite"
            else f"WHEN ({condition}) EXECUTE FUNCTION law_refuse('{sentence}')"
        )
        yield f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW {refuses}"


def drop(dialect: str) -> Iterable[str]:
    """The statements that take it out of force again."""
    for name, *_ in RULES:
        yield f"DROP TRIGGER law_{name}" + ("" if dialect == "sqlite" else " ON open_items")
