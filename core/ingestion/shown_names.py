"""The name that a company gives a counterparty, looked up wherever names decide something or are read.

Lines keep the name as printed, so a name given today holds for all lines, and taking it back leaves nothing behind.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlmodel import Session, col

from models import CounterpartyAlias, Transaction


def shown_names(session: Session, company_id: UUID) -> dict[str, str]:
    """Printed name → name to show, of those that have one. The caller's access is checked already."""
    rows = session.execute(
        select(col(CounterpartyAlias.printed), col(CounterpartyAlias.shown)).where(
            col(CounterpartyAlias.company_id) == company_id, col(CounterpartyAlias.shown).is_not(None)
        )
    )
    return {printed: shown for printed, shown in rows if shown}


def as_shown(printed: Sequence[str], names: Mapping[str, str]) -> Sequence[str]:
    """The column of printed names as the company calls them."""
    return [names.get(name, name) for name in printed] if names else printed


def shown_name(company_id: UUID | None = None) -> ColumnElement[str]:
    """The counterparty of a row of transactions as its company calls it, in SQL.

    Args:
        company_id: the only company of the query. Over many lines it is given: then the few aliases are read once, and
            looked up only for the lines that have one.
    """
    given = (
        select(col(CounterpartyAlias.shown))
        .where(
            col(CounterpartyAlias.company_id) == col(Transaction.company_id),
            col(CounterpartyAlias.printed) == col(Transaction.counterparty),
        )
        .correlate(Transaction)
        .scalar_subquery()
    )
    if company_id is None:
        return func.coalesce(given, Transaction.counterparty)
    renamed = printed_where(company_id, col(CounterpartyAlias.shown).is_not(None))
    return case((col(Transaction.counterparty).in_(renamed), given), else_=Transaction.counterparty)


def with_shown_name(query: Any) -> tuple[Any, ColumnElement[str]]:
    """A query over rows of transactions with their aliases joined, and the name to show as a column of it."""
    joined = query.outerjoin(
        CounterpartyAlias,
        and_(
            col(CounterpartyAlias.company_id) == col(Transaction.company_id),
            col(CounterpartyAlias.printed) == col(Transaction.counterparty),
        ),
    )
    return joined, func.coalesce(col(CounterpartyAlias.shown), col(Transaction.counterparty))


def printed_where(company_id: UUID, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Selects the printed names whose alias fulfils the conditions."""
    return select(col(CounterpartyAlias.printed)).where(col(CounterpartyAlias.company_id) == company_id, *conditions)


def is_shown_as(company_id: UUID, name: str) -> ColumnElement[bool]:
    """Whether the counterparty of a row of transactions is called `name`."""
    printed, shown = col(Transaction.counterparty), col(CounterpartyAlias.shown)
    as_printed = (printed == name) & printed.not_in(printed_where(company_id, shown.is_not(None)))
    return as_printed | printed.in_(printed_where(company_id, shown == name))
