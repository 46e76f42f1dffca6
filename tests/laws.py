"""Trying to break a law, and breaking one on purpose where it has to be found again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from db.engine import current_url, forget, open_engine
from db.restraints import as_owner
from tests.databases import spoil


@contextmanager
def refused(session: Session, law: int) -> Iterator[None]:
    """The block has to be refused by the database in the name of this law; what it did is rolled back."""
    with pytest.raises(IntegrityError, match=rf"law {law}: "), session.begin_nested():  # noqa: PT012
        as_owner(session.connection())  # the laws hold for the owner of the tables too
        yield
        session.flush()


@contextmanager
def impossible(session: Session) -> Iterator[None]:
    """The block has to be refused by a key or a check of the tables; what it did is rolled back."""
    with pytest.raises(IntegrityError), session.begin_nested():  # noqa: PT012
        as_owner(session.connection())
        yield
        session.flush()


def raw(session: Session, statement: str, **values: Any) -> int:
    """Run SQL on the application's own connection; the number of rows it reached."""
    return int(session.execute(text(statement).bindparams(**values)).rowcount)  # type: ignore[attr-defined]


UNIQUE_LAWS = ("uq_transactions_live_fingerprint", "uq_journal_entries_live")


@contextmanager
def laws_suspended() -> Iterator[Session]:
    """A unit of work in which the database checks next to nothing: what damage or an intruder could leave behind.

    Most of it is off for good in this database, so it is a test's last step before looking.
    """
    spoil(current_url())
    forget(current_url())  # SQLite changes no schema that somebody else is about to read
    opened = open_engine(current_url())
    try:
        yield from _unchecked(opened)
    finally:
        opened.dispose()


def _unchecked(opened: Engine) -> Iterator[Session]:
    with Session(opened, expire_on_commit=False) as session, session.begin():
        for name in UNIQUE_LAWS:
            session.execute(text(f"DROP INDEX IF EXISTS {name}"))
        if opened.dialect.name == "postgresql":
            _drop_checks(session)
            session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            return
        for name in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            session.execute(text(f"DROP TRIGGER {name}"))
    with opened.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("PRAGMA ignore_check_constraints = ON")
        with Session(connection, expire_on_commit=False) as session, session.begin():
            yield session


def _drop_checks(session: Session) -> None:
    checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    for table, name in session.execute(text(checks)).all():
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
