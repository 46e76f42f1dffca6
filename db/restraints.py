"""What the app's own connections may not do, whatever SQL reaches them. Migrations use connections without it.

On PostgreSQL the app works as the role `books_app`, which owns nothing; on SQLite an authorizer refuses statements
that would change the schema or switch the laws off. See docs/decisions/0011-what-the-app-may-not-do.md.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, event, text

APP_ROLE = "books_app"

# Rows that stay: the columns that may change, and nothing is deleted. All other tables may be updated and deleted from.
KEPT: Mapping[str, tuple[str, ...]] = {
    "accounts": ("code", "name", "type", "role", "is_active"),
    "attachments": (),
    "audit_events": (),
    "base_values": (),
    "companies": ("name", "sector", "base_currency", "fiscal_year_start", "policy", "closed_through_on"),
    "deleted_lines": ("restored_by", "restored_at"),
    "exchange_rates": (),
    "journal_entries": ("memo", "status", "method", "auto_approved", "posted_at", "posted_by"),
    "journal_lines": (),
    "opening_balances": (),
    "preparations": (),
    "receipt_sums": (),
    "reviews": ("undone_at",),
    "statement_files": ("status", "reverted_at"),
    "tax_codes": ("name", "is_active"),
    "tax_lines": (),
    "transactions": ("reverted_at",),
}
REPLACED = (
    "base_values",
    "journal_lines",
    "tax_lines",
)  # may be deleted while their entry is in review; triggers keep the others

_WORK = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT,
}  # fmt: skip
_TEMPORARY = {sqlite3.SQLITE_CREATE_TEMP_TABLE, sqlite3.SQLITE_DROP_TEMP_TABLE}
_LOOKS = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"}
STAGE = "bulk_rows"  # the one temporary table, see db.bulk; any other name could stand before a table of the books


def restrain(opened: Engine) -> Engine:
    """The same engine; every connection that it opens from now on is the app's."""
    event.listen(opened, "connect", _authorize if opened.dialect.name == "sqlite" else _take_role)
    return opened


def _authorize(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001
    connection.set_authorizer(_answer)


def _answer(action: int, first: str | None, second: str | None, schema: str | None, inner: str | None) -> int:  # noqa: ARG001
    return sqlite3.SQLITE_OK if _is_work(action, first, second, schema) else sqlite3.SQLITE_DENY


def _is_work(action: int, first: str | None, second: str | None, schema: str | None) -> bool:
    if action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE):
        return not (schema == "main" and first in ("sqlite_master", "alembic_version"))
    if action == sqlite3.SQLITE_PRAGMA:
        return second is None or first in _LOOKS
    return action in _WORK or (action in _TEMPORARY and first == STAGE)


def _take_role(connection: Any, record: Any) -> None:  # noqa: ARG001
    """Become the app's role where it has been given its rights here and the login belongs to it."""
    before, connection.autocommit = connection.autocommit, True  # else a rollback would take the role back
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')"
            " AND has_table_privilege(oid, to_regclass('audit_events'), 'SELECT')",
            (APP_ROLE,),
        )
        if cursor.fetchone():
            cursor.execute(f"SET ROLE {APP_ROLE}")
    connection.autocommit = before


def as_owner(connection: Connection) -> None:
    """Until the end of the transaction, work as the login itself. Does nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL ROLE NONE"))


def grant_rights(connection: Connection) -> None:
    """Give the app's role its rights on all tables and views; create it where the login may. For a migration's end."""
    if connection.dialect.name != "postgresql" or not _has_role(connection):
        return
    database = connection.dialect.identifier_preparer.quote(connection.scalar(text("SELECT current_database()")))
    # A temporary table could stand before a table of the books, and the laws would not look at it.
    connection.execute(text(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"))
    tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).scalars()
    for table in sorted(tables):
        for statement in _rights(table):
            connection.execute(text(statement))
    views = connection.execute(text("SELECT viewname FROM pg_views WHERE schemaname = current_schema()")).scalars()
    for view in sorted(views):
        connection.execute(text(f"GRANT SELECT ON {view} TO {APP_ROLE}"))


def _has_role(connection: Connection) -> bool:
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    if connection.execute(known, {"name": APP_ROLE}).scalar():
        return True
    may = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not connection.execute(may).scalar():
        return False
    connection.execute(
        text(
            f"DO $$ BEGIN CREATE ROLE {APP_ROLE} NOLOGIN; GRANT {APP_ROLE} TO CURRENT_USER;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"  # another database was quicker
        )
    )
    return True


def _rights(table: str) -> list[str]:
    rights = ["SELECT", "INSERT"]
    if table not in KEPT:
        rights += ["UPDATE", "DELETE"]
    elif KEPT[table]:
        rights.append(f"UPDATE ({', '.join(KEPT[table])})")
    if table in REPLACED:
        rights.append("DELETE")
    if table == "alembic_version":
        rights = ["SELECT"]
    return [f"REVOKE ALL ON {table} FROM {APP_ROLE}", f"GRANT {', '.join(rights)} ON {table} TO {APP_ROLE}"]
