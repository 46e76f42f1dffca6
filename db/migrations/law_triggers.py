"""How a law becomes a trigger that refuses, on SQLite and on PostgreSQL, where it calls functions of laws_0004.

Migrations that stand depend on the very statements, so that these functions stay as they are.
"""

from collections.abc import Iterable, Iterator, Mapping

# Name; event and table; condition, or query for rows that break the law; what it says.
Rule = tuple[str, str, str, str]

TRANSITIONS = {
    "INSERT": "NEW TABLE AS fresh",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS fresh",
    "DELETE": "OLD TABLE AS gone",
}


def on_sqlite(rules: Iterable[Rule]) -> Iterator[str]:
    """A trigger each rule, before each row."""
    for name, event, condition, sentence in rules:
        yield (
            f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )


def off_sqlite(rules: Iterable[Rule]) -> Iterator[str]:
    for name, *_ in rules:
        yield f"DROP TRIGGER law_{name}"


def quoted(text: str) -> str:
    """A string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def rows_refused(rules: Iterable[Rule]) -> Iterator[str]:
    """PostgreSQL: a trigger each rule, before each row."""
    for name, event, condition, sentence in rules:
        yield (
            f"CREATE TRIGGER law_{name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION law_refuse({quoted(sentence)})"
        )


def statement_checked(rule: Rule) -> str:
    """PostgreSQL: a trigger after the whole statement; its rows are `fresh`, the former ones `gone`."""
    name, event, query, sentence = rule
    return after_statement(f"law_{name}", event, f"law_check({quoted(sentence)}, {quoted(query)})")


def after_statement(name: str, event: str, call: str) -> str:
    """PostgreSQL: a function called once the statement is through."""
    transition = TRANSITIONS[event.partition(" ")[0]]
    return f"CREATE TRIGGER {name} AFTER {event} REFERENCING {transition} FOR EACH STATEMENT EXECUTE FUNCTION {call}"


def never_emptied(sentences: Mapping[str, str]) -> Iterator[str]:
    """PostgreSQL: TRUNCATE of these tables is refused with these sentences."""
    for table, sentence in sentences.items():
        yield (
            f"CREATE TRIGGER law_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION law_refuse({quoted(sentence)})"
        )


def off_postgresql(rules: Iterable[Rule], tables: Iterable[str]) -> Iterator[str]:
    """The triggers of these rules, and what keeps these tables from being emptied."""
    for name, event, *_ in rules:
        yield f"DROP TRIGGER law_{name} ON {event.rpartition(' ')[2]}"
    for table in tables:
        yield f"DROP TRIGGER law_never_emptied ON {table}"
