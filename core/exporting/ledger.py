"""The whole ledger of a company as values: its chart, its entries in order, its closing balances.

The ledger is what entries with status posted or reversed hold. The entries are a stream, read while they are written,
so that a ledger of any length takes little memory; the session has to stay open until the last one is through.

A line in another currency that has a value in base currency keeps its currency on the account that a bank account in
that currency feeds, and stands with its value on every other account: money is held in euros, expenses are in dollars.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Row, and_, case, exists, false, func, null, select, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import NotFound
from core.ingestion.shown_names import shown_name
from core.metrics.in_currency import has_values, value_of_line
from core.metrics.statements import IN_LEDGER
from core.money import decimal_text
from core.outside_ids import Prefix, write_id
from models import (
    Account,
    AccountType,
    BankAccount,
    BaseValue,
    Company,
    EntryStatus,
    JournalEntry,
    JournalLine,
    LineTag,
    StatementFile,
    Tag,
    Transaction,
)

_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account of the chart, used or not."""

    id: UUID
    code: str
    name: str
    type: AccountType
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class BankLine:
    """The bank line that an entry books, with the file that it came from. `row` counts from 1 in the file."""

    id: str  # outside form
    text: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One side of an entry: debit > 0, in minor units. `facts` are further ones to be kept beside it, by name.

    `value_minor` is what the amount was worth in base currency, where it is in another one and that is known; the
    entry sums to zero with it.
    """

    account_id: UUID
    amount_minor: int
    currency: str
    value_minor: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry of the ledger. Ids are in the outside form, "" where there is none of that kind."""

    id: str
    booked_on: date
    payee: str  # the counterparty as the company calls it, "" without a bank line
    memo: str
    is_reversed: bool
    method: str
    lines: tuple[EntryLine, ...]
    reverses: str = ""  # the entry that this one takes back
    reversed_by: str = ""
    replaces: str = ""  # the reversed entry that this one corrects
    bank_line: BankLine | None = None
    tags: tuple[str, ...] = ()  # of the bank line; a reversal has those of the entry that it takes back

    @property
    def facts(self) -> dict[str, str]:
        """What is known of the entry beyond its day, its words and its lines, by name, in a fixed order."""
        line = self.bank_line
        known = {
            "id": self.id,
            "bank-line": line.id if line else "",
            "bank-text": line.text if line else "",
            "file": line.file if line else "",
            "file-row": str(line.row) if line else "",
            "reverses": self.reverses,
            "reversed-by": self.reversed_by,
            "replaces": self.replaces,
            "method": self.method,
        }
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds of a currency after the last entry: debit > 0, in minor units."""

    account_id: UUID
    currency: str
    amount_minor: int


@dataclass(frozen=True)
class Ledger:
    """The books of a company. `entries` can be gone through once; without any, `first_on` and `last_on` are None.

    `balances` covers every account and currency that any line is on. It is summed by the database, not from `entries`,
    so that each checks the other.
    """

    company: str
    slug: str
    base_currency: str
    accounts: tuple[LedgerAccount, ...]  # by code
    balances: tuple[Balance, ...]  # by code, then currency
    first_on: date | None
    last_on: date | None
    entries: Iterator[LedgerEntry]

    @property
    def currencies(self) -> list[str]:
        """The base currency first, then the others that are booked, by code."""
        return [self.base_currency, *sorted({one.currency for one in self.balances} - {self.base_currency})]


def read_ledger(session: Session, caller: Caller, company_id: UUID) -> Ledger:
    """The whole ledger: entries by day, then in the order in which they were posted.

    Raises:
        NotFound, AccessDenied: the caller may not see this company.
    """
    caller.require(company_id, Action.READ)
    company = session.execute(
        select(col(Company.name), col(Company.slug), col(Company.base_currency)).where(col(Company.id) == company_id)
    ).one_or_none()
    if company is None:
        raise NotFound("company", str(company_id))
    first_on, last_on = session.execute(
        select(func.min(col(JournalEntry.booked_on)), func.max(col(JournalEntry.booked_on))).where(
            *_in_ledger(company_id)
        )
    ).one()
    return Ledger(
        company=company[0], slug=company[1], base_currency=company[2], accounts=_accounts(session, company_id),
        balances=_balances(session, company_id, company[2]), first_on=first_on, last_on=last_on,
        entries=_entries(session, company_id, company[1], company[2]),
    )  # fmt: skip


def _in_ledger(company_id: UUID) -> tuple[Any, Any]:
    return col(JournalEntry.company_id) == company_id, col(JournalEntry.status).in_(IN_LEDGER)


def _accounts(session: Session, company_id: UUID) -> tuple[LedgerAccount, ...]:
    rows = session.execute(
        select(col(Account.id), col(Account.code), col(Account.name), col(Account.type), col(Account.is_active))
        .where(col(Account.company_id) == company_id)
        .order_by(col(Account.code))
    )
    return tuple(LedgerAccount(key, code, name, AccountType(kind), active) for key, code, name, kind, active in rows)


def _balances(session: Session, company_id: UUID, base: str) -> tuple[Balance, ...]:
    amount: Any = col(JournalLine.amount_minor)
    currency: Any = col(JournalLine.currency)
    valued = has_values(session, company_id)
    if valued:
        in_base = and_(col(BaseValue.id).is_not(None), ~_keeps_currency())
        amount, currency = case((in_base, BaseValue.base_minor), else_=amount), case((in_base, base), else_=currency)
    account = (col(Account.code), col(Account.id), currency.label("kept_in"))
    query = (
        select(*account, func.sum(amount))
        .select_from(JournalEntry)
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(*_in_ledger(company_id))
    )
    if valued:
        query = query.outerjoin(BaseValue, value_of_line())
    rows = session.execute(
        query.group_by(col(Account.code), col(Account.id), text("kept_in")).order_by(col(Account.code), text("kept_in"))
    )
    return tuple(Balance(key, of, int(total)) for _, key, of, total in rows)


def _keeps_currency() -> ColumnElement[bool]:
    """The line stands on the account that a bank account in its currency feeds."""
    return exists().where(
        col(BankAccount.account_id) == col(JournalLine.account_id), col(BankAccount.currency) == JournalLine.currency
    )


def _entries(session: Session, company_id: UUID, slug: str, base: str) -> Iterator[LedgerEntry]:
    tags = _tags(session, company_id)
    query = _query(company_id, valued=has_values(session, company_id))
    rows = session.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))
    for _, lines in groupby(rows, key=lambda row: row.id):
        yield _entry(slug, base, list(lines), tags)


def _tags(session: Session, company_id: UUID) -> dict[UUID, tuple[str, ...]]:
    """The tags of all bank lines that have any."""
    rows = session.execute(
        select(col(LineTag.transaction_id), col(Tag.name))
        .join(Tag, col(Tag.id) == col(LineTag.tag_id))
        .where(col(LineTag.company_id) == company_id)
        .order_by(col(Tag.name))
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for line_id, name in rows:
        found[line_id] = (*found.get(line_id, ()), name)
    return found


def _query(company_id: UUID, *, valued: bool) -> Executable:
    """A row a line, the entry's own columns on each, so that one pass over the books is enough."""
    reversal, taken_back = aliased(JournalEntry), aliased(JournalEntry)
    value: tuple[Any, Any] = (col(BaseValue.base_minor), _keeps_currency()) if valued else (null(), false())
    query: Any = (
        select(
            col(JournalEntry.id), col(JournalEntry.booked_on), col(JournalEntry.memo), col(JournalEntry.status),
            col(JournalEntry.method), col(JournalEntry.reverses_id), col(JournalEntry.replaces_id),
            col(reversal.id).label("reversed_by_id"), col(Transaction.id).label("line_id"),
            col(Transaction.description), col(Transaction.row), shown_name(company_id).label("payee"),
            col(StatementFile.name).label("file"), col(taken_back.transaction_id).label("taken_back_line_id"),
            col(JournalLine.account_id), col(JournalLine.amount_minor), col(JournalLine.currency),
            value[0].label("base_minor"), value[1].label("keeps_currency"),
        )
        .select_from(JournalEntry)
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .outerjoin(reversal, col(reversal.reverses_id) == col(JournalEntry.id))
        .outerjoin(taken_back, col(taken_back.id) == col(JournalEntry.reverses_id))
        .outerjoin(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .outerjoin(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .where(*_in_ledger(company_id))
        .order_by(
            col(JournalEntry.booked_on), col(JournalEntry.posted_at), col(JournalEntry.id), col(JournalLine.position)
        )
    )  # fmt: skip
    found: Executable = query.outerjoin(BaseValue, value_of_line()) if valued else query
    return found


def _entry(slug: str, base: str, rows: list[Row[Any]], tags: Mapping[UUID, tuple[str, ...]]) -> LedgerEntry:
    head = rows[0]

    def named(key: UUID | None) -> str:
        return write_id(Prefix.ENTRY, slug, key) if key else ""

    return LedgerEntry(
        id=named(head.id), booked_on=head.booked_on, payee=head.payee or "", memo=head.memo,
        is_reversed=head.status == EntryStatus.REVERSED, method=str(head.method),
        lines=tuple(_line(row, base) for row in rows),
        reverses=named(head.reverses_id), reversed_by=named(head.reversed_by_id), replaces=named(head.replaces_id),
        bank_line=_bank_line(slug, head) if head.line_id else None,
        tags=tags.get(head.line_id or head.taken_back_line_id, ()),
    )  # fmt: skip


def _line(row: Row[Any], base: str) -> EntryLine:
    if row.base_minor is None or row.keeps_currency:
        return EntryLine(row.account_id, row.amount_minor, row.currency, row.base_minor)
    booked = {"booked": f"{decimal_text(row.amount_minor, row.currency)} {row.currency}"} if row.amount_minor else {}
    return EntryLine(row.account_id, row.base_minor, base, facts=booked)


def _bank_line(slug: str, head: Row[Any]) -> BankLine:
    return BankLine(write_id(Prefix.TRANSACTION, slug, head.line_id), head.description, head.file, head.row)
