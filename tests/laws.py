"""Trying to break a law, and breaking one on purpose where it has to be found again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from db.engine import current_url, engine, unit_of_work
from tests.databases import spoil


@contextmanager
def refused(session: Session, law: int) -> Iterator[None]:
    """The block has to be refused by the database in the name of this law; what it did is rolled back."""
    with pytest.raises(IntegrityError, match=rf"law {law}: "), session.begin_nested():  # noqa: PT012
        yield
        session.flush()


@contextmanager
def impossible(session: Session) -> Iterator[None]:
    """The block has to be refused by a key or a check of the tables; what it did is rolled back."""
    with pytest.raises(IntegrityError), session.begin_nested():  # noqa: PT012
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
    with unit_of_work() as session:
        for name in UNIQUE_LAWS:
            session.execute(text(f"DROP INDEX IF EXISTS {name}"))
        if engine().dialect.name == "postgresql":
            _drop_checks(session)
            session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            return
        for name in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            session.execute(text(f"DROP TRIGGER {name}"))
    with engine().connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("PRAGMA ignore_check_constraints = ON")
        with Session(connection, expire_on_commit=False) as session, session.begin():
            yield session
        connection.invalidate()


def _drop_checks(session: Session) -> None:
    checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    for table, name in session.execute(text(checks)).all():
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
