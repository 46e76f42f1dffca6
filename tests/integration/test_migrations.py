"""The history of the tables builds what the models say, on both databases, and can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, Inspector, inspect, text

from db.engine import alembic_config, engine, forget, migrate, open_engine, unit_of_work, use_database
from db.migrations import (
    laws_0004,
    laws_0005,
    laws_0009,
    laws_0011,
    laws_0013,
    laws_0015,
    laws_0018,
    laws_0019,
    queue_0014,
)
from models import Table
from tests import builders
from tests.databases import named, run_statement


def test_up_then_check_then_down_leaves_nothing(empty_database: str) -> None:
    migrate()
    opened = open_engine(empty_database)
    with opened.begin() as connection:
        command.check(alembic_config(connection))
    with opened.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(opened).get_table_names() == ["alembic_version"]
    assert laws(opened) == []
    opened.dispose()


def test_the_migrated_tables_are_those_of_the_models_in_every_detail(
    database: str, request: pytest.FixtureRequest
) -> None:
    migrated = details(inspect(engine()))
    other = request.getfixturevalue("empty_twin")
    Table.metadata.create_all(other)
    assert migrated == details(inspect(other))


@pytest.fixture
def empty_twin(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An engine on a second, empty database of the same kind."""
    if database.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'twin.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        run_statement(server, "CREATE DATABASE twin TEMPLATE template0")
        url = named(server, "twin")
    opened = open_engine(url)
    yield opened
    opened.dispose()
    if not database.startswith("sqlite"):
        run_statement(server, "DROP DATABASE twin WITH (FORCE)")


def details(found: Inspector) -> dict[str, Any]:
    """Columns, keys, checks and indexes of every table, in a form that compares."""
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)],
            "key": found.get_pk_constraint(table),
            "foreign": sorted(str(k) for k in found.get_foreign_keys(table)),
            "unique": sorted(str(u) for u in found.get_unique_constraints(table)),
            "checks": sorted(str(c) for c in found.get_check_constraints(table)),
            "indexes": sorted(index_text(i) for i in found.get_indexes(table)),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def index_text(index: Any) -> str:
    conditions = {name: str(value) for name, value in index["dialect_options"].items()}
    return f"{index['name']} {index['column_names']} {index['unique']} {conditions}"


def laws(opened: Engine) -> list[str]:
    """The triggers and functions of the laws and of the queue that are in force."""
    if opened.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            " UNION SELECT proname FROM pg_proc WHERE proname LIKE 'law_%' OR proname LIKE 'queue_%'"
        )
    with opened.connect() as connection:
        return [str(name) for name in connection.scalars(text(query))]


def test_a_rule_with_a_pattern_that_is_no_longer_read_is_switched_off(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        for pattern in ("ADOBE|ZOOM", "(?=ADOBE)A"):
            condition = {"kind": "text", "field": "text", "test": "regex", "value": pattern}
            builders.rule(session, books, name=pattern, conditions=[condition])
    opened = open_engine(database)
    with opened.begin() as connection:
        command.downgrade(alembic_config(connection), "0007")
    with opened.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    opened.dispose()
    with unit_of_work() as session:
        kept = session.execute(text("SELECT name FROM rules WHERE is_active")).scalars().all()
    assert kept == ["ADOBE|ZOOM"]


def test_both_databases_hold_the_same_laws(sqlite_database: str, postgres_template: str, postgres_server: str) -> None:
    history = (laws_0004, laws_0005, laws_0009, laws_0011, laws_0013, laws_0018, laws_0019)
    checks = [rule for laws in history for rule in (*laws.postgresql.ROW_RULES, *laws.postgresql.STATEMENT_RULES)]
    own = (*laws_0004.postgresql.OWN_RULES, *laws_0018.postgresql.OWN_RULES)
    on_postgres = {name for name, *_ in (*checks, *own, *queue_0014.postgresql.ROW_RULES)}
    on_sqlite = [rule for laws in (*history, queue_0014) for rule in laws.sqlite.RULES]
    assert on_postgres == {name for name, *_ in on_sqlite}
    on_both = {name for name, *_ in laws_0015.RULES}
    in_force = {name for name in laws(engine()) if name.startswith("law_")}
    assert {f"law_{name}" for name in on_postgres | on_both} == in_force


def test_processes_that_start_at_once_migrate_one_after_the_other(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate) for _ in range(4)]:
            done.result()
    with unit_of_work() as session:
        builders.books(session)


def test_a_fresh_sqlite_file_gets_its_tables_when_it_is_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    with use_database(url):
        with unit_of_work() as session:
            kept = builders.books(session).company.slug
        forget(url)
        with unit_of_work() as session:
            assert session.connection().scalar(text("SELECT slug FROM companies")) == kept
