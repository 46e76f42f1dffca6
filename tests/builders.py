"""Rows with sensible defaults, stored at once. Every builder takes the session first and returns the row.

with unit_of_work() as session:
    books = builders.books(session)
    line = builders.transaction(session, books, amount_minor=-1250)
    entry = builders.entry(session, books, transaction=line, posted=True)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlmodel import Session

from core.access.roles import Caller, Via
from core.ingestion.evidence import FIGURES
from models import (
    Account,
    AccountRole,
    AccountType,
    Attachment,
    BankAccount,
    BankAccountKind,
    BaseValue,
    Company,
    CompanyAccess,
    EntryStatus,
    ExchangeRate,
    FileKind,
    FileStatus,
    ItemKind,
    ItemStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchMember,
    MatchStatus,
    Method,
    OpeningBalances,
    OpenItem,
    Outcome,
    Preparation,
    Proposal,
    ReceiptSum,
    Reconciliation,
    ReconciliationStatus,
    ReReview,
    Review,
    Role,
    Rule,
    StatementFile,
    Table,
    TaxCode,
    TaxLine,
    Transaction,
    User,
)

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
DAY = date(2024, 2, 15)

_numbers = count(1)
Stored = TypeVar("Stored", bound=Table)


@dataclass(frozen=True)
class Books:
    """A company with the accounts that most tests need."""

    company: Company
    bank: Account
    clearing: Account
    suspense: Account
    revenue: Account
    expense: Account
    checking: BankAccount

    @property
    def company_id(self) -> UUID:
        return self.company.id


def stored(session: Session, row: Stored) -> Stored:
    session.add(row)
    session.flush()
    return row


def company(session: Session, **given: Any) -> Company:
    number = next(_numbers)
    defaults: dict[str, Any] = {"slug": f"company_{number}", "name": f"Company {number}", "sector": "software"}
    return stored(session, Company(**{**defaults, "base_currency": "USD", "created_at": NOW, **given}))


def account(session: Session, company_id: UUID, **given: Any) -> Account:
    number = next(_numbers)
    defaults: dict[str, Any] = {"code": f"{number}", "name": f"Account {number}", "type": AccountType.EXPENSE}
    return stored(session, Account(**{"company_id": company_id, **defaults, **given}))


def bank_account(session: Session, ledger: Account, **given: Any) -> BankAccount:
    defaults: dict[str, Any] = {"code": f"bank{next(_numbers)}", "name": "Checking", "kind": BankAccountKind.BANK}
    keys = {"company_id": ledger.company_id, "account_id": ledger.id, "currency": "USD"}
    return stored(session, BankAccount(**{**keys, **defaults, **given}))


def books(session: Session, **given: Any) -> Books:
    """A company, five accounts and one bank account; the arguments are those of `company`."""
    owner = company(session, **given)
    bank = account(session, owner.id, code="1000", name="Bank", type=AccountType.ASSET, role=AccountRole.BANK)
    return Books(
        company=owner,
        bank=bank,
        clearing=account(
            session, owner.id, code="1090", type=AccountType.ASSET, role=AccountRole.TRANSFER_CLEARING, name="Transfers"
        ),
        suspense=account(
            session, owner.id, code="9000", type=AccountType.ASSET, role=AccountRole.SUSPENSE, name="Suspense"
        ),
        revenue=account(session, owner.id, code="8000", name="Sales Revenue", type=AccountType.REVENUE),
        expense=account(session, owner.id, code="6300", name="Software Subscriptions"),
        checking=bank_account(session, bank, code="checking"),
    )


def user(session: Session, **given: Any) -> User:
    name = f"user{next(_numbers)}"
    defaults: dict[str, Any] = {"username": name, "display_name": name.title(), "password_hash": "-", "created_at": NOW}
    return stored(session, User(**{**defaults, **given}))


def access(session: Session, user_id: UUID, company_id: UUID, role: Role = Role.ADMINISTRATOR) -> CompanyAccess:
    return stored(session, CompanyAccess(user_id=user_id, company_id=company_id, role=role))


def caller(*company_ids: UUID, role: Role = Role.ADMINISTRATOR, **given: Any) -> Caller:
    """Somebody with the same role in these companies; not a row."""
    defaults: dict[str, Any] = {"user_id": None, "name": "test", "via": Via.SCRIPT}
    return Caller(**{**defaults, "roles": dict.fromkeys(company_ids, role), **given})


def statement_file(session: Session, owner: Books, *, content: bytes | None = None, **given: Any) -> StatementFile:
    """A stored file whose receipt says that its `new_count` lines came to `new_minor`; both 0 unless given."""
    name = f"statement-{next(_numbers)}.csv"
    held = name.encode() if content is None else content
    counts = {"line_count": given.get("new_count", 0), "lines_minor": given.get("new_minor", 0)}
    defaults: dict[str, Any] = {
        "company_id": owner.company_id,
        "bank_account_id": owner.checking.id,
        "name": name,
        "sha256": sha256(held).hexdigest(),
        "size": len(held),
        "content": held,
        "kind": FileKind.STATEMENT,
        "format": "csv",
        "status": FileStatus.STORED,
        "currency": "USD",
        "uploaded_at": NOW,
    }
    row = stored(session, StatementFile(**{**defaults, **counts, **given}))
    if row.line_count:
        kept = ("company_id", "bank_account_id", "currency", *FIGURES)
        stored(session, ReceiptSum(statement_file_id=row.id, **{name: getattr(row, name) for name in kept}))
    return row


def transaction(
    session: Session, owner: Books, *, file: StatementFile | None = None, amount_minor: int = -1250, **given: Any
) -> Transaction:
    """One line; without a file it gets one of its own whose receipt agrees with it."""
    source = file or statement_file(session, owner, new_count=1, new_minor=amount_minor)
    defaults: dict[str, Any] = {
        "company_id": owner.company_id,
        "bank_account_id": owner.checking.id,
        "statement_file_id": source.id,
        "row": 1,
        "booked_on": DAY,
        "currency": "USD",
        "description": "CARD 4411 ADOBE",
        "counterparty": "adobe",
        "fingerprint": uuid4().hex,
    }
    return stored(session, Transaction(**{**defaults, "amount_minor": amount_minor, **given}))


def entry(
    session: Session,
    owner: Books,
    *,
    transaction: Transaction | None = None,
    lines: Sequence[tuple[Account, int]] | None = None,
    posted: bool = False,
    **given: Any,
) -> JournalEntry:
    """An entry with its lines, in review unless `posted`. By default the bank line against the expense account."""
    amount = -1250 if transaction is None else transaction.amount_minor
    defaults: dict[str, Any] = {
        "company_id": owner.company_id,
        "transaction_id": None if transaction is None else transaction.id,
        "booked_on": DAY if transaction is None else transaction.booked_on,
        "status": EntryStatus.NEEDS_REVIEW,
        "method": Method.MANUAL,
        "created_at": NOW,
    }
    row = stored(session, JournalEntry(**{**defaults, **given}))
    add_lines(session, row, [(owner.bank, amount), (owner.expense, -amount)] if lines is None else lines)
    return post(session, row) if posted else row


def add_lines(
    session: Session, to: JournalEntry, lines: Sequence[tuple[Account, int]], currency: str = "USD"
) -> list[JournalLine]:
    rows = [
        JournalLine(
            company_id=to.company_id,
            entry_id=to.id,
            position=position,
            account_id=account.id,
            amount_minor=amount,
            currency=currency,
        )
        for position, (account, amount) in enumerate(lines, start=1)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def post(session: Session, row: JournalEntry) -> JournalEntry:
    row.status, row.posted_at = EntryStatus.POSTED, NOW
    return stored(session, row)


def reversal(session: Session, owner: Books, of: JournalEntry, lines: Sequence[tuple[Account, int]]) -> JournalEntry:
    """A posted reversal with these lines; the entry it takes back is marked as reversed."""
    row = entry(session, owner, lines=lines, reverses_id=of.id, method=Method.REVERSAL, posted=True)
    of.status = EntryStatus.REVERSED
    stored(session, of)
    return row


def exchange_rate(session: Session, owner: Books, **given: Any) -> ExchangeRate:
    """One euro is worth 1.10 of the base currency on DAY, unless said otherwise."""
    defaults: dict[str, Any] = {"currency": "EUR", "rated_on": DAY, "units": 110, "scale": 2, "entered_at": NOW}
    return stored(session, ExchangeRate(**{"company_id": owner.company_id, **defaults, **given}))


def add_values(session: Session, to: JournalEntry, values: Sequence[int], **given: Any) -> list[BaseValue]:
    """What the lines of an entry are worth, by position."""
    keys = {"company_id": to.company_id, "entry_id": to.id}
    rows = [
        BaseValue(**{**keys, "position": place, "base_minor": minor, **given}) for place, minor in enumerate(values, 1)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def euro_entry(session: Session, owner: Books, *, posted: bool = False, **given: Any) -> JournalEntry:
    """An expense of 10.00 EUR, worth 11.00."""
    rate = exchange_rate(session, owner)
    row = entry(session, owner, lines=[], **given)
    add_lines(session, row, [(owner.bank, -1_000), (owner.expense, 1_000)], "EUR")
    add_values(session, row, [-1_100, 1_100], rate_id=rate.id)
    return post(session, row) if posted else row


def euro_reversal(session: Session, owner: Books, of: JournalEntry) -> JournalEntry:
    """The posted reversal of an entry made by `euro_entry`."""
    row = entry(session, owner, lines=[], reverses_id=of.id, method=Method.REVERSAL)
    add_lines(session, row, [(owner.bank, 1_000), (owner.expense, -1_000)], "EUR")
    add_values(session, row, [1_100, -1_100])
    post(session, row)
    of.status = EntryStatus.REVERSED
    stored(session, of)
    return row


def tax_code(session: Session, owner: Books, **given: Any) -> TaxCode:
    defaults: dict[str, Any] = {"code": f"T{next(_numbers)}", "name": "Tax", "rate_bp": 1_900}
    keys = {"company_id": owner.company_id, "account_id": owner.expense.id}
    return stored(session, TaxCode(**{**keys, **defaults, **given}))


def taxed_entry(session: Session, owner: Books, *, posted: bool = False, **given: Any) -> JournalEntry:
    """An entry of -11.90 whose expense of 10.00 carries a tax of 1.90."""
    code = tax_code(session, owner)
    lines = [(owner.bank, -1_190), (owner.expense, 1_000), (owner.expense, 190)]
    row = entry(session, owner, lines=lines, **given)
    tax = {"tax_code_id": code.id, "net_minor": 1_000, "tax_minor": 190}
    stored(session, TaxLine(company_id=owner.company_id, entry_id=row.id, position=2, **tax))
    return post(session, row) if posted else row


def attachment(session: Session, owner: Books, line: Transaction, content: bytes = b"%PDF-1.7") -> Attachment:
    facts: dict[str, Any] = {"name": "receipt.pdf", "content_type": "application/pdf", "attached_at": NOW}
    held = {"size": len(content), "sha256": sha256(content).hexdigest(), "content": content}
    return stored(session, Attachment(company_id=owner.company_id, transaction_id=line.id, **facts, **held))


def opening_balances(session: Session, owner: Books, booked: JournalEntry, content: bytes = b"code") -> OpeningBalances:
    held = {"name": "trial.csv", "sha256": sha256(content).hexdigest(), "content": content, "booked_at": NOW}
    return stored(session, OpeningBalances(company_id=owner.company_id, entry_id=booked.id, **held))


ADOBE = {"kind": "text", "field": "text", "test": "contains", "value": "ADOBE"}


def rule(session: Session, owner: Books, **given: Any) -> Rule:
    defaults: dict[str, Any] = {"position": 1, "name": "Adobe", "conditions": [ADOBE], "account_id": owner.expense.id}
    return stored(session, Rule(**{"company_id": owner.company_id, "created_at": NOW, **defaults, **given}))


def proposal(session: Session, owner: Books, line: Transaction, **given: Any) -> Proposal:
    keys = {"company_id": owner.company_id, "transaction_id": line.id, "account_id": owner.expense.id}
    defaults: dict[str, Any] = {"method": Method.MODEL, "confidence": 0.9, "created_at": NOW}
    return stored(session, Proposal(**{**keys, **defaults, **given}))


def preparation(session: Session, owner: Books, line: Transaction, of: Proposal, **given: Any) -> Preparation:
    keys = {"company_id": owner.company_id, "transaction_id": line.id, "proposal_id": of.id}
    return stored(session, Preparation(**{**keys, "prepared_at": NOW, **given}))


def review(session: Session, owner: Books, of: JournalEntry, **given: Any) -> Review:
    """A decision on an entry that has a transaction."""
    keys = {"company_id": owner.company_id, "transaction_id": of.transaction_id, "entry_id": of.id}
    return stored(session, Review(**{**keys, "outcome": Outcome.APPROVED, "decided_at": NOW, **given}))


def re_review(session: Session, owner: Books, of: JournalEntry, **given: Any) -> ReReview:
    facts: dict[str, Any] = {"by_count": True, "by_money": False, "share": 0.02, "interval_minor": 2_500_000}
    return stored(session, ReReview(company_id=owner.company_id, entry_id=of.id, **{**facts, "drawn_at": NOW, **given}))


def open_item(session: Session, owner: Books, **given: Any) -> OpenItem:
    defaults: dict[str, Any] = {
        "kind": ItemKind.INVOICE,
        "number": f"INV-{next(_numbers)}",
        "counterparty": "acme",
        "issued_on": DAY,
        "amount_minor": 10_000,
        "currency": "USD",
        "account_id": owner.revenue.id,
    }
    if given.get("status") == ItemStatus.SETTLED:
        defaults["settled_minor"] = given.get("amount_minor", defaults["amount_minor"])
    return stored(session, OpenItem(**{"company_id": owner.company_id, **defaults, **given}))


def match(session: Session, owner: Books, *members: Transaction | OpenItem, **given: Any) -> Match:
    """A confirmed transfer between these, unless said otherwise. It settles its items whole."""
    defaults: dict[str, Any] = {"kind": MatchKind.TRANSFER, "status": MatchStatus.CONFIRMED, "score": 1.0}
    row = stored(
        session, Match(**{"company_id": owner.company_id, "reason": "", "created_at": NOW, **defaults, **given})
    )
    for member in members:
        keys: dict[str, Any] = {"company_id": owner.company_id, "match_id": row.id}
        if isinstance(member, Transaction):
            stored(session, MatchMember(**keys, transaction_id=member.id))
            continue
        if row.status == MatchStatus.CONFIRMED:
            member.status, member.settled_minor = ItemStatus.SETTLED, member.amount_minor
            stored(session, member)
        stored(session, MatchMember(**keys, open_item_id=member.id, settled_minor=member.amount_minor))
    return row


def reconciliation(session: Session, owner: Books, file: StatementFile, **given: Any) -> Reconciliation:
    defaults: dict[str, Any] = {
        "first_on": DAY,
        "last_on": DAY,
        "opening_minor": 0,
        "closing_minor": 0,
        "lines_minor": 0,
        "line_count": 0,
        "status": ReconciliationStatus.OPEN,
    }
    keys = {"company_id": owner.company_id, "bank_account_id": owner.checking.id, "statement_file_id": file.id}
    return stored(session, Reconciliation(**{**keys, **defaults, **given}))
