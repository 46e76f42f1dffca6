"""Bank lines found by the name of their counterparty, by their text or by an amount."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from core.errors import InvalidAmount
from core.ingestion.shown_names import is_shown_as, printed_where, shown_name
from core.money import Money, minor_digits
from models import Company, CounterpartyAlias, Transaction

PAYEE_LENGTH = 200  # of a bank text that stands in the place of a name


def payee(company_id: UUID) -> ColumnElement[str]:
    """The counterparty of a line as its company calls it, or the bank's text where it names nobody."""
    return func.coalesce(func.nullif(shown_name(company_id), ""), Transaction.description)


def same_payee(company_id: UUID, name: str) -> ColumnElement[bool]:
    """Whether a line has the payee of a group of the queue; the aliases are read once, not a line."""
    nameless = col(Transaction.counterparty) == ""
    text = func.substr(col(Transaction.description), 1, PAYEE_LENGTH)
    return or_(is_shown_as(company_id, name), and_(nameless, text == name))


def mentions(session: Session, company_id: UUID, text: str) -> ColumnElement[bool]:
    """The line's text or a name of its counterparty contains the words, or its amount is the number."""
    description, counterparty = col(Transaction.description), col(Transaction.counterparty)
    named = printed_where(company_id, or_(*_contains(col(CounterpartyAlias.shown), text)))
    found = [*_contains(description, text), *_contains(counterparty, text), counterparty.in_(named)]
    sizes = sizes_meant(session, company_id, text)
    return or_(*found, func.abs(Transaction.amount_minor).between(*sizes)) if sizes else or_(*found)


def sizes_meant(session: Session, company_id: UUID, text: str) -> tuple[int, int] | None:
    """The amounts that a text stands for, from least to most, in minor units; None where it is no number."""
    currency = session.execute(select(col(Company.base_currency)).where(col(Company.id) == company_id)).scalar_one()
    number = text.replace(",", "").replace("−", "-").lstrip("-+$ ")
    try:
        amount = abs(Money.parse(number, currency).minor)
    except InvalidAmount:
        return None
    return amount, amount if "." in number else amount + 10 ** minor_digits(currency) - 1


def _contains(column: Any, text: str) -> list[ColumnElement[bool]]:
    """SQLite lowers ASCII letters only, so the text as typed is searched as well."""
    return [func.lower(column).contains(text.lower(), autoescape=True), column.contains(text, autoescape=True)]
