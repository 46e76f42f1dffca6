"""How the columns of an audit event are written in the database: one way each, so that any other byte is damage.

A hash covers what is read. Two spellings of one value, such as another space in a JSON text or a capital in a key, read
alike, so the stored form itself is compared too.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, Table, Text, cast, literal_column

RAW = "as_stored_"  # before the names of the added columns


def stored_forms(table: Table, dialect: Dialect) -> list[ColumnElement[Any]]:
    """The columns once more as they are stored; PostgreSQL keeps a spelling of JSON texts alone."""
    if dialect.name == "sqlite":
        return [literal_column(f'"{column.name}"').label(RAW + column.name) for column in table.columns]
    return [cast(column, Text).label(RAW + column.name) for column in table.columns if isinstance(column.type, JSON)]


def is_spelled_right(table: Table, row: Mapping[str, Any], dialect: Dialect) -> bool:
    """Whether each stored form of the row is the one that its value is written as."""
    for column in table.columns:
        if RAW + column.name not in row:
            continue
        value, raw = row[column.name], row[RAW + column.name]
        write = column.type.dialect_impl(dialect).bind_processor(dialect)
        expected = write(value) if write else value
        if raw != expected and not (raw is None and value is None):
            return False
    return True
