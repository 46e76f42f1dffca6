"""A company that keeps its books in dollars and has an account in euros, with rates, and what is booked there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Caller
from core.exchange.keeping import NewRate, add_rates
from core.exchange.rates import Rate
from db.engine import unit_of_work
from models import (
    Account,
    AccountPurpose,
    AccountType,
    BankAccount,
    BaseValue,
    DefaultAccount,
    JournalLine,
    Transaction,
)
from tests import builders
from tests.builders import DAY, Books
from tests.unit.posting.cases import NOW


@dataclass(frozen=True)
class ForeignBooks:
    books: Books
    caller: Caller
    euro: Account  # the ledger account of the bank account in euros
    euro_bank: BankAccount
    exchange: Account  # for gains and losses

    @property
    def company_id(self) -> UUID:
        return self.books.company_id


def foreign_books(session: Session, *, rates: Sequence[tuple[date, str]] = ((DAY, "1.10"),)) -> ForeignBooks:
    books = builders.books(session)
    caller = builders.caller(books.company_id, user_id=builders.user(session).id)
    euro = builders.account(session, books.company_id, code="1010", name="Euro", type=AccountType.ASSET, role="bank")
    bank = builders.bank_account(session, euro, code="euro", currency="EUR", name="Euro")
    exchange = builders.account(session, books.company_id, code="6995", name="Exchange", type=AccountType.EXPENSE)
    named = DefaultAccount(company_id=books.company_id, purpose=AccountPurpose.EXCHANGE, account_id=exchange.id)
    builders.stored(session, named)
    found = ForeignBooks(books, caller, euro, bank, exchange)
    enter(session, found, *rates)
    return found


def enter(
    session: Session, own: ForeignBooks, *rates: tuple[date, str], currency: str = "EUR", now: datetime = NOW
) -> None:
    if rates:
        new = [NewRate(currency, day, Rate.parse(text)) for day, text in rates]
        add_rates(session, own.caller, own.company_id, new, source="test", now=now)


def bank_line(
    session: Session, own: ForeignBooks, amount_minor: int, *, euro: bool = True, **given: Any
) -> Transaction:
    """A line of the account in euros, else of that in dollars."""
    bank, currency = (own.euro_bank, "EUR") if euro else (own.books.checking, "USD")
    file = builders.statement_file(
        session, own.books, bank_account_id=bank.id, currency=currency, new_count=1, new_minor=amount_minor
    )
    return builders.transaction(
        session, own.books, file=file, amount_minor=amount_minor, currency=currency, bank_account_id=bank.id, **given
    )


def euro_line(own: ForeignBooks, amount_minor: int, *, account: Account | None = None, day: date = DAY) -> UUID:
    """An entry of a line in euros that waits for review."""
    target = account or own.books.expense
    with unit_of_work() as session:
        line = bank_line(session, own, amount_minor, booked_on=day)
        proposal = builders.proposal(session, own.books, line, account_id=target.id)
        entry = builders.entry(
            session, own.books, transaction=line, proposal_id=proposal.id, method=proposal.method, lines=[]
        )
        builders.add_lines(session, entry, [(own.euro, amount_minor), (target, -amount_minor)], "EUR")
        return entry.id


def valued(session: Session, entry_id: UUID) -> list[tuple[str, int, str, int | None]]:
    """The lines of an entry in order: account code, amount, currency, value."""
    rows = session.execute(
        select(col(Account.code), col(JournalLine.amount_minor), col(JournalLine.currency), col(BaseValue.base_minor))
        .select_from(JournalLine)
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .outerjoin(
            BaseValue,
            (col(BaseValue.entry_id) == JournalLine.entry_id) & (col(BaseValue.position) == JournalLine.position),
        )
        .where(col(JournalLine.entry_id) == entry_id)
        .order_by(col(JournalLine.position))
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]
