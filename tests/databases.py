"""Databases to throw away: a PostgreSQL server of its own for the test run, and a migrated copy for each test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

from db.engine import migrate, use_database
from models import Table

_numbers = count(1)
_idle: dict[tuple[str, str | None], list[str]] = {}  # emptied databases by server and template
_made: set[str] = set()
_spoiled: set[str] = set()


def migrated_sqlite(folder: Path) -> Path:
    """A file with all tables and laws, to be copied."""
    path = folder / "template.db"
    with use_database(f"sqlite:///{path}"):
        migrate()
    return path


@contextmanager
def sqlite_copy(template: Path, folder: Path) -> Iterator[str]:
    """The address of a fresh copy, in use inside the block."""
    path = folder / "books.db"
    shutil.copyfile(template, path)
    url = f"sqlite:///{path}"
    with use_database(url):
        yield url


def _program(name: str) -> str:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"PostgreSQL's {name} is missing; `make test` installs it")
    return found


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a server's maintenance database. PostgreSQL refuses to run as root, so root steps down."""
    base = Path(tempfile.mkdtemp(prefix="books-postgres-"))
    port = _free_port()
    who: dict[str, object] = {}
    if os.geteuid() == 0:
        known = {user.pw_name: user for user in pwd.getpwall()}
        user = known.get("postgres") or known["nobody"]
        os.chown(base, user.pw_uid, user.pw_gid)
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(*command: str) -> None:
        environment = {**os.environ, "HOME": str(base)}
        subprocess.run(command, check=True, cwd=base, env=environment, stdout=subprocess.DEVNULL, **who)  # type: ignore[call-overload]

    data = str(base / "data")
    run(_program("initdb"), "-D", data, "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    speed = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-h 127.0.0.1 -p {port} -k {base} {speed}"
    run(_program("pg_ctl"), "-D", data, "-w", "-l", str(base / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg2://app@127.0.0.1:{port}/postgres"
    finally:
        run(_program("pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(base, ignore_errors=True)


def named(server: str, name: str) -> str:
    """The address of another database of the same server."""
    return f"{server.rpartition('/')[0]}/{name}"


def run_statement(server: str, statement: str) -> None:
    """Run one statement outside any transaction, as CREATE DATABASE wants it."""
    administration = create_engine(server, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(statement))
    administration.dispose()


def migrated_postgres(server: str) -> str:
    """The name of a database with all tables and laws, to be copied."""
    run_statement(server, "CREATE DATABASE template_books")
    with use_database(named(server, "template_books")):
        migrate()
    return "template_books"


@contextmanager
def postgres_copy(server: str, template: str | None) -> Iterator[str]:
    """The address of a database without rows, in use inside the block; without a template one without tables.

    Copies of the template are emptied and used again, which takes milliseconds where creating one takes tenths of a
    second. Those that a test spoiled, see `spoil`, are dropped.
    """
    idle = _idle.setdefault((server, template), [])
    name = idle.pop() if idle else f"books_{next(_numbers)}"
    if name not in _made:
        run_statement(server, f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        if template:  # rights on a database are not copied with it
            run_statement(server, f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        _made.add(name)
    with use_database(named(server, name)):
        yield named(server, name)
    if template is None or name in _spoiled:
        run_statement(server, f"DROP DATABASE {name} WITH (FORCE)")
    else:
        _empty(named(server, name))
        idle.append(name)


def spoil(url: str) -> None:
    """Say that the tables of a PostgreSQL database are no longer those of the template."""
    _spoiled.add(url.rpartition("/")[2])


def _empty(url: str) -> None:
    """Delete all rows, past the laws. Whoever is still connected is cut off first, since he may hold locks."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    administration = create_engine(url)
    with administration.begin() as connection:
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Table.metadata.tables:
            connection.execute(text(f"DELETE FROM {table}"))
    administration.dispose()
