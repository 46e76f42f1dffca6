"""The list of open items: searched, sorted and paged by the database, with how long each is overdue."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.exporting.spreadsheet_text import harmless
from core.money import decimal_text
from models import Account, ItemKind, ItemStatus, OpenItem

_CSV_COLUMNS = (
    "number", "kind", "counterparty", "issued_on", "due_on", "amount", "currency", "reference", "account_code",
    "whole_amount", "fee", "status", "overdue",
)  # fmt: skip


class Show(StrEnum):
    """Which items are listed."""

    OPEN = "open"
    SETTLED = "settled"
    REMOVED = "removed"


class Age(StrEnum):
    """How long an item is overdue, by its due date, or its issue where it has none."""

    NOT_DUE = "not due"
    TO_30 = "1 to 30 days"
    TO_60 = "31 to 60 days"
    TO_90 = "61 to 90 days"
    OVER_90 = "over 90 days"


class Order(StrEnum):
    DUE = "due"
    ISSUED = "issued"
    AMOUNT = "amount"
    COUNTERPARTY = "counterparty"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What is asked of the list. `text` is searched in number, counterparty and reference."""

    show: Show = Show.OPEN
    kind: ItemKind | None = None
    age: Age | None = None
    text: str = ""
    order: Order = Order.DUE
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ListedItem:
    id: UUID
    kind: ItemKind
    number: str
    counterparty: str
    issued_on: date
    due_on: date | None
    amount_minor: int
    open_minor: int  # what no match settles
    currency: str
    reference: str
    account_id: UUID
    account_code: str
    account_name: str
    status: ItemStatus
    total_minor: int | None
    fee_minor: int | None
    from_file: bool
    is_removed: bool
    age: Age


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: tuple[ListedItem, ...]
    number: int  # of the page, from 1
    pages: int
    item_count: int  # on all pages


@dataclass(frozen=True, slots=True)
class AgeSum:
    """Open items of one age, currency and way."""

    age: Age
    currency: str
    is_money_in: bool
    count: int
    minor: int


def list_items(
    session: Session,
    caller: Caller,
    company_id: UUID,
    wanted: ItemFilter,
    *,
    today: date,
    page: int = 1,
    rows: int = 50,
) -> ItemPage:
    """One page of the company's items. A page past the end answers the last one.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.READ)
    conditions = _conditions(company_id, wanted, today)
    count = int(session.execute(select(func.count()).select_from(OpenItem).where(*conditions)).scalar_one())
    pages = max(1, -(-count // rows))
    number = min(max(1, page), pages)
    listed = session.execute(_listed(wanted, today).where(*conditions).limit(rows).offset((number - 1) * rows))
    return ItemPage(tuple(_item(row) for row in listed), number, pages, count)


def ageing(session: Session, caller: Caller, company_id: UUID, *, today: date) -> list[AgeSum]:
    """What is open by age, currency and way, in the order of the ages."""
    caller.require(company_id, Action.READ)
    left = col(OpenItem.amount_minor) - col(OpenItem.settled_minor)
    way = case((col(OpenItem.amount_minor) > 0, 1), else_=0)
    rows = session.execute(
        select(age_on(today), col(OpenItem.currency), way, func.count(), func.sum(left))
        .where(*_conditions(company_id, ItemFilter(), today))
        .group_by(age_on(today), col(OpenItem.currency), way)
    )
    found = [AgeSum(Age(age), currency, bool(into), count, int(minor)) for age, currency, into, count, minor in rows]
    places = list(Age)
    return sorted(found, key=lambda one: (not one.is_money_in, one.currency, places.index(one.age)))


def items_csv(session: Session, caller: Caller, company_id: UUID, wanted: ItemFilter, *, today: date) -> bytes:
    """All items of a filter as CSV with the columns that importing knows by name, UTF-8 with a mark for Excel."""
    caller.require(company_id, Action.READ)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_CSV_COLUMNS)
    rows = session.execute(_listed(wanted, today).where(*_conditions(company_id, wanted, today)))
    for row in rows.yield_per(1000):
        writer.writerow(_cells(_item(row)))
    return text.getvalue().encode("utf-8-sig")


def _cells(item: ListedItem) -> Iterator[str]:
    def amount(minor: int | None) -> str:
        return "" if minor is None else decimal_text(minor, item.currency)

    yield from (harmless(item.number), str(item.kind), harmless(item.counterparty), item.issued_on.isoformat())
    yield item.due_on.isoformat() if item.due_on else ""
    yield from (amount(item.amount_minor), item.currency, harmless(item.reference), harmless(item.account_code))
    yield from (amount(item.total_minor), amount(item.fee_minor), str(item.status), str(item.age))


def age_on(today: date) -> ColumnElement[str]:
    """The age of an item on a day, in SQL: a value of Age."""
    day = func.coalesce(col(OpenItem.due_on), col(OpenItem.issued_on))
    return case(
        (day >= today, str(Age.NOT_DUE)),
        (day >= today - timedelta(days=30), str(Age.TO_30)),
        (day >= today - timedelta(days=60), str(Age.TO_60)),
        (day >= today - timedelta(days=90), str(Age.TO_90)),
        else_=str(Age.OVER_90),
    )


def _conditions(company_id: UUID, wanted: ItemFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [col(OpenItem.company_id) == company_id]
    if wanted.show is Show.REMOVED:
        found.append(col(OpenItem.removed_at).is_not(None))
    else:
        found += [col(OpenItem.removed_at).is_(None), col(OpenItem.status) == ItemStatus(wanted.show.value)]
    if wanted.kind:
        found.append(col(OpenItem.kind) == wanted.kind)
    if wanted.age:
        found.append(age_on(today) == str(wanted.age))
    if text := wanted.text.strip().lower():
        columns = (col(OpenItem.number), col(OpenItem.counterparty), col(OpenItem.reference))
        found.append(or_(*(func.lower(column).contains(text, autoescape=True) for column in columns)))
    return found


def _listed(wanted: ItemFilter, today: date) -> Select[Any]:
    keys: dict[Order, Any] = {
        Order.DUE: func.coalesce(col(OpenItem.due_on), col(OpenItem.issued_on)),
        Order.ISSUED: col(OpenItem.issued_on),
        Order.AMOUNT: func.abs(col(OpenItem.amount_minor)),
        Order.COUNTERPARTY: func.lower(col(OpenItem.counterparty)),
        Order.NUMBER: col(OpenItem.number),
    }
    key = keys[wanted.order]
    columns: tuple[Any, ...] = (
        col(OpenItem.id), col(OpenItem.kind), col(OpenItem.number), col(OpenItem.counterparty),
        col(OpenItem.issued_on), col(OpenItem.due_on), col(OpenItem.amount_minor),
        col(OpenItem.amount_minor) - col(OpenItem.settled_minor), col(OpenItem.currency), col(OpenItem.reference),
        col(OpenItem.account_id), col(Account.code), col(Account.name),
        col(OpenItem.status), col(OpenItem.total_minor), col(OpenItem.fee_minor), col(OpenItem.statement_file_id),
        col(OpenItem.removed_at), age_on(today),
    )  # fmt: skip
    return (
        select(*columns)
        .join(Account, col(Account.id) == col(OpenItem.account_id))
        .order_by(key.desc() if wanted.descending else key, col(OpenItem.number), col(OpenItem.id))
    )


def _item(row: Any) -> ListedItem:
    key, kind, *rest, status, total, fee, file_id, removed_at, age = row
    facts: tuple[Any, ...] = (
        *rest,
        ItemStatus(status),
        total,
        fee,
        file_id is not None,
        removed_at is not None,
        Age(age),
    )
    return ListedItem(key, ItemKind(kind), *facts)
