"""What core asks of whoever opens the database, beyond a session."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlmodel import Session

from models import Table


class WriteColumns(Protocol):
    """Insert many rows at once, given as columns of equal length, within the session's open unit of work.

    Columns that are missing get the table's scalar defaults; keys must be given. Values are Python values
    as the ORM takes them (UUID, date, aware datetime, str, int, None, JSON-ready dict or list).
    """

    def __call__(self, session: Session, table: type[Table], columns: Mapping[str, Sequence[Any]]) -> None: ...
