"""Many rows at once: COPY on PostgreSQL, executemany on SQLite, both on the session's own connection."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, cast

from sqlalchemy import Boolean, Column, Connection, Date, Dialect, Float, Integer, LargeBinary, Uuid
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from db.restraints import STAGE
from models import Table

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}  # of COPY's text form; the backslash goes first
_NULL = "\\N"
_STAGED_FROM = 200  # rows from which a temporary table pays on SQLite
_PORTION = 20_000  # rows that are handed to SQLite at once
_NEVER_ESCAPED = (Boolean, Date, Float, Integer, Uuid)


def write_columns(session: Session, table: type[Table], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given as columns of equal length; the implementation of core.storage.WriteColumns.

    Values are Python values as the ORM takes them, and what is stored is what the ORM would have stored. Missing
    columns get the table's scalar defaults. What the session holds is flushed first, so that parents exist.

    Raises:
        ValueError: an unknown or a missing column, or columns of different lengths.
        sqlalchemy.exc.IntegrityError: a constraint or a law is broken; nothing of the call is stored.
    """
    target = cast(Any, table).__table__
    count = _row_count(target.name, columns)
    if count == 0:
        return
    session.flush()
    connection = session.connection()
    filled = _with_defaults(target.columns, columns, count)
    if connection.dialect.name == "postgresql":
        _copy(connection, target.name, filled)
    else:
        _execute_many(connection, target.name, filled)


def _row_count(table: str, columns: Mapping[str, Sequence[Any]]) -> int:
    lengths = {name: len(values) for name, values in columns.items()}
    if not lengths:
        raise ValueError(f"no columns given for {table}")
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns of different lengths for {table}: {lengths}")
    return next(iter(lengths.values()))


def _with_defaults(
    columns: Any, given: Mapping[str, Sequence[Any]], count: int
) -> list[tuple["Column[Any]", Sequence[Any]]]:
    """Every column to be written with its values, in the table's order."""
    unknown = set(given) - set(columns.keys())
    if unknown:
        raise ValueError(f"unknown columns: {', '.join(sorted(unknown))}")
    filled: list[tuple[Column[Any], Sequence[Any]]] = []
    for column in columns:
        if column.name in given:
            filled.append((column, given[column.name]))
        elif column.primary_key:
            raise ValueError(f"keys must be given: {column}")
        elif column.default is not None:
            filled.append((column, [_default(column)] * count))
        elif not column.nullable:
            raise ValueError(f"no values for {column}")
    return filled


def _default(column: "Column[Any]") -> Any:
    """The column's default; those that make an empty list or dict are called once, since each row is written out."""
    default = cast(Any, column.default)
    return default.arg(None) if default.is_callable else default.arg


def _execute_many(connection: Connection, table: str, filled: list[tuple["Column[Any]", Sequence[Any]]]) -> None:
    """One statement a row, or for many rows a temporary table and one statement a portion.

    A table with triggers makes SQLite keep a journal for each statement; for one statement a row, that costs as much
    as the row itself. Portions keep the rows' second form from filling the memory.
    """
    names = ", ".join(f'"{column.name}"' for column, _ in filled)
    marks = ", ".join("?" * len(filled))
    count = len(filled[0][1])
    # All names in these statements are those of our own tables.
    if count < _STAGED_FROM:
        rows = _bound_rows(filled, slice(None), connection.dialect)
        connection.exec_driver_sql(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608  # nosec B608
        return
    connection.exec_driver_sql(f'CREATE TEMP TABLE {STAGE} AS SELECT {names} FROM "{table}" WHERE false')  # noqa: S608  # nosec B608
    try:
        for start in range(0, count, _PORTION):
            rows = _bound_rows(filled, slice(start, start + _PORTION), connection.dialect)
            connection.exec_driver_sql(f"INSERT INTO {STAGE} VALUES ({marks})", rows)  # noqa: S608  # nosec B608
            connection.exec_driver_sql(f'INSERT INTO "{table}" ({names}) SELECT * FROM {STAGE}')  # noqa: S608  # nosec B608
            connection.exec_driver_sql(f"DELETE FROM {STAGE}")  # noqa: S608  # nosec B608
    finally:
        connection.exec_driver_sql(f"DROP TABLE {STAGE}")


def _bound_rows(
    filled: list[tuple["Column[Any]", Sequence[Any]]], part: slice, dialect: Dialect
) -> list[tuple[Any, ...]]:
    return list(zip(*(_bound(column, values[part], dialect) for column, values in filled), strict=True))


def _bound(column: "Column[Any]", values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """The values as the ORM would hand them to the driver. What stands in many rows is converted once."""
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    distinct = {id(value): value for value in values}  # by identity: some values cannot be hashed
    if len(distinct) * 2 > len(values):
        return [convert(value) for value in values]
    converted = {key: convert(value) for key, value in distinct.items()}
    return [converted[id(value)] for value in values]


def _copy(connection: Connection, table: str, filled: list[tuple["Column[Any]", Sequence[Any]]]) -> None:
    names = ", ".join(f'"{column.name}"' for column, _ in filled)
    texts = [_copy_texts(column, values, connection.dialect) for column, values in filled]
    sql = f'COPY "{table}" ({names}) FROM STDIN'
    rows = "\n".join(map("\t".join, zip(*texts, strict=True)))
    driver = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        cursor.copy_expert(sql, StringIO(rows + "\n"))
    except driver.Error as error:
        raise DBAPIError.instance(sql, None, error, driver.Error, dialect=connection.dialect) from error
    finally:
        cursor.close()


def _copy_texts(column: "Column[Any]", values: Sequence[Any], dialect: Dialect) -> list[str]:
    """The values in COPY's text form. Its CSV form cannot carry a line that reads `\\.` inside a text."""
    if isinstance(column.type, LargeBinary):
        return [_NULL if value is None else f"\\\\x{bytes(value).hex()}" for value in values]
    texts = [None if value is None else str(value) for value in _bound(column, values, dialect)]
    if not isinstance(column.type, _NEVER_ESCAPED):
        texts = _escaped(texts)
    return [_NULL if text is None else text for text in texts]


def _escaped(texts: list[str | None]) -> list[str | None]:
    """Most columns hold nothing to escape, which is seen quicker in all texts together than in each."""
    present = set("".join(text for text in texts if text is not None))
    for character, escape in _ESCAPES.items():
        if character in present:
            texts = [None if text is None else text.replace(character, escape) for text in texts]
    return texts
