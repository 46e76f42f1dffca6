"""The open database: one engine for each address, units of work that commit, snapshots that only read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlmodel import Session

import settings
from db.restraints import restrain

BUSY_SECONDS = 30  # how long a writer of SQLite waits for the one before it
_MIGRATION_LOCK = 5_821_004_117  # any number that nobody else locks in the same PostgreSQL database

_engines: dict[str, Engine] = {}
_guard = Lock()
_chosen: list[str] = []  # a stack: the last one goes before the settings


def engine() -> Engine:
    """The engine of the current database. A fresh SQLite file gets its tables on the way."""
    url = current_url()
    with _guard:
        found = _engines.get(url)
        if found is None:
            found = restrain(open_engine(url))
            if found.dialect.name == "sqlite" and not inspect(found).has_table("alembic_version"):
                _migrate(url)
            _engines[url] = found
    return found


def current_url() -> str:
    """The address in use: the one chosen by `use_database`, else that of the settings."""
    return _chosen[-1] if _chosen else settings.database_url()


@contextmanager
def use_database(url: str) -> Iterator[None]:
    """Work on another database inside the block. For tests and for tools that open two databases in turn."""
    _chosen.append(url)
    try:
        yield
    finally:
        _chosen.pop()
        forget(url)


def forget(url: str) -> None:
    """Close the connections to an address."""
    with _guard:
        found = _engines.pop(url, None)
    if found is not None:
        found.dispose()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Commit if the block succeeds, roll everything back if it raises.

    On SQLite the write lock is taken at the start, so that what the block reads is what it writes on.
    """
    writing = engine().execution_options(begin="BEGIN IMMEDIATE")
    with Session(writing, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def snapshot() -> Iterator[Session]:
    """One unchanging view of the books for reading; whatever else is done in the block is rolled back."""
    reading = engine()
    if reading.dialect.name == "postgresql":
        reading = reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with Session(reading, expire_on_commit=False) as session:
        yield session


def migrate() -> None:
    """Bring the tables of the current database up to date. Processes that start at once wait for each other."""
    _migrate(current_url())


def _migrate(url: str) -> None:
    opened = open_engine(url)
    try:
        _upgrade(opened)
    finally:
        opened.dispose()


def _upgrade(opened: Engine) -> None:
    with opened.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; with a connection, commands run inside its transaction."""
    config = Config(settings.ROOT / "alembic.ini")
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def open_engine(url: str) -> Engine:
    """A new engine, with the database's own settings as this product needs them, and with all rights of its login.

    The app works on `engine()`, which is restrained; this one is for migrations and tools.
    """
    if url.startswith("sqlite"):
        opened = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(opened, "connect", _prepare_sqlite)
        event.listen(opened, "begin", _begin_sqlite)
        return opened
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001
    # The driver would begin transactions late and by its own rules; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    # SQLite's own lower() knows the letters of English only; a search for "müller" must find "MÜLLER".
    connection.create_function("lower", 1, _lower, deterministic=True)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -131072",  # KiB; random keys touch every page of an index, and 2 MiB would send each to disk
        "recursive_triggers = ON",  # else INSERT OR REPLACE would delete rows behind the laws' back
    ):
        connection.execute(f"PRAGMA {pragma}")


def _lower(value: str | None) -> str | None:
    return value if value is None else str(value).lower()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
