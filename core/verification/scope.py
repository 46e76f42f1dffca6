"""What a check works on, and the form in which it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import Session

from core.access.audit import Violation
from core.outside_ids import Prefix, write_id

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Scope:
    """The companies whose books are checked, with their slugs, and the session that reads them."""

    session: Session
    slugs: Mapping[UUID, str]

    @property
    def ids(self) -> list[UUID]:
        return list(self.slugs)

    def entry(self, company_id: UUID, key: UUID) -> str:
        return f"entry {write_id(Prefix.ENTRY, self.slugs[company_id], key)}"

    def line(self, company_id: UUID, key: UUID) -> str:
        return f"transaction {write_id(Prefix.TRANSACTION, self.slugs[company_id], key)}"

    def row(self, table: str, company_id: UUID, key: object) -> str:
        return f"{table} {key.hex if isinstance(key, UUID) else key} of {self.slugs[company_id]}"

    def count(self, query: Query, **values: object) -> int:
        return int(self.session.execute(query, values).scalar_one())

    def first(self, query: Query) -> Any:
        """The first row that breaks a law, None where none does."""
        return self.session.execute(query.limit(1)).one_or_none()


@dataclass(frozen=True)
class Finding:
    """How many rows a check looked at, and the first broken one of each kind."""

    checked: int
    violations: tuple[Violation, ...] = ()


Check = Callable[[Scope], Finding]


def finding(checked: int, *violations: Violation | None) -> Finding:
    return Finding(checked, tuple(violation for violation in violations if violation is not None))
