"""A company to be reconciled."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from core.access.roles import Caller
from core.posting.entries import book_company
from core.reconciliation.reconciling import MatchingResult, match_company
from db.bulk import write_columns
from models import (
    Account,
    AccountRole,
    AccountType,
    BankAccount,
    Role,
)
from tests import builders
from tests.builders import NOW, Books


@dataclass(frozen=True)
class Company:
    """Books with a second bank account and an owner's equity account."""

    books: Books
    savings: BankAccount
    owner: Account
    caller: Caller

    @property
    def id(self) -> UUID:
        return self.books.company_id

    def match(self, session: Session) -> MatchingResult:
        return match_company(session, self.caller, self.id, write=write_columns, now=NOW)

    def book(self, session: Session) -> None:
        book_company(session, self.caller, self.id, write=write_columns, now=NOW)


def founded(session: Session, role: Role = Role.ADMINISTRATOR) -> Company:
    books = builders.books(session)
    ledger = builders.account(
        session, books.company_id, code="1010", name="Savings", type=AccountType.ASSET, role=AccountRole.BANK
    )
    owner = builders.account(
        session, books.company_id, code="3000", name="Owner's Equity", type=AccountType.EQUITY, role=AccountRole.OWNER
    )
    savings = builders.bank_account(session, ledger, code="savings", name="Savings ••0915")
    user = builders.user(session)
    caller = builders.caller(books.company_id, role=role, user_id=user.id)
    return Company(books, savings, owner, caller)
