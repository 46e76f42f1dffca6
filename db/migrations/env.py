"""Alembic's entry: takes the open connection it is given, else opens the database of the settings."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

from db.engine import current_url, open_engine
from db.restraints import as_owner, grant_rights
from models import Table
from models.base import UtcDateTime


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:  # noqa: ARG001
    """Migrations name plain SQLAlchemy types only, so that an old one does not depend on today's models."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if type(item).__name__ == "AutoString":
        return f"sa.String({item.length or ''})"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        as_owner(connection)
        context.run_migrations()
        grant_rights(connection)


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    address = context.get_x_argument(as_dictionary=True).get("url") or current_url()
    with open_engine(address).execution_options(begin="BEGIN IMMEDIATE").begin() as opened:
        if opened.dialect.name == "postgresql":
            opened.execute(text("SELECT pg_advisory_xact_lock(5821004117)"))
        run(opened)
