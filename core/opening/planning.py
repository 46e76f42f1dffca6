"""What a trial balance would book: for each account the way from what the books hold to what the file says.

The entry brings the books of a day to the trial balance of that day. Whatever is booked through that day already, such
as the opening balance of a bank account, is counted and not booked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.ingestion.raw_file import RawFile
from core.metrics.statements import IN_LEDGER
from core.money import decimal_text
from core.opening.reading import BalanceRow, TrialBalanceFile, read_trial_balance
from core.opening.standing import StandingOpening, load_standing
from core.posting.open_entries import open_company
from core.problems import Problem, Severity
from core.reconciliation.proofs import load_proofs
from models import Account, AccountRole, AccountType, BankAccount, EntryStatus, JournalEntry, JournalLine

_KEPT_EMPTY = {
    AccountRole.SUSPENSE: "nothing posted may stand in suspense; give the amount to the account that it belongs to",
    AccountRole.TRANSFER_CLEARING: "the clearing account holds only transfers of bank lines; give the amount to a bank "
    "account",
}


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """An account of the plan, amounts in minor units, debit > 0. `account_id` is None where it has to be made."""

    account_id: UUID | None
    code: str
    name: str
    type: AccountType
    balance_minor: int  # by the trial balance
    in_books_minor: int  # booked through that day already

    @property
    def amount_minor(self) -> int:
        """What the entry books."""
        return self.balance_minor - self.in_books_minor


@dataclass(frozen=True)
class OpeningPlan:
    """The entry that a trial balance leads to. It can be booked if nothing is among the errors and it is even."""

    booked_on: date
    currency: str
    lines: tuple[OpeningLine, ...]  # by code
    problems: tuple[Problem, ...]
    replaces: StandingOpening | None  # opening balances in force, which this would take the place of

    @property
    def debit_minor(self) -> int:
        return sum(line.balance_minor for line in self.lines if line.balance_minor > 0)

    @property
    def credit_minor(self) -> int:
        return -sum(line.balance_minor for line in self.lines if line.balance_minor < 0)

    @property
    def difference_minor(self) -> int:
        """Debit less credit of the trial balance; 0 where it is even."""
        return self.debit_minor - self.credit_minor

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]


def plan_opening(
    session: Session, caller: Caller, company_id: UUID, file: RawFile, booked_on: date, *, lock: bool = False
) -> OpeningPlan:
    """What booking this trial balance would do; nothing is stored.

    Args:
        booked_on: the day at whose end the balances hold.
        lock: whether the company stays locked for what is written next.

    Raises:
        NoTable, UnknownFormat: the file cannot be read.
        NotFound, AccessDenied: only for those who may change accounts.
    """
    company = open_company(session, caller, company_id, Action.CONFIGURE, lock=lock)
    read = read_trial_balance(file, company.base_currency)
    standing = load_standing(session, company_id)
    in_books = _in_books(session, company_id, company.base_currency, booked_on, standing)
    chart = _Chart(session, company_id, company.base_currency)
    problems = list(read.problems)
    lines = _lines(chart, read, in_books, problems)
    problems += _waiting(session, company_id, booked_on)
    problems += _first_statements(session, company_id, booked_on, chart, lines)
    return OpeningPlan(
        booked_on, company.base_currency, tuple(sorted(lines, key=lambda line: line.code)), tuple(problems), standing
    )


class _Chart:
    """The company's accounts by what a file may call them, and what keeps a balance off some of them."""

    def __init__(self, session: Session, company_id: UUID, currency: str) -> None:
        rows = session.execute(
            select(Account, col(BankAccount.currency), col(BankAccount.id), col(BankAccount.name))
            .outerjoin(BankAccount, col(BankAccount.account_id) == col(Account.id))
            .where(col(Account.company_id) == company_id)
        ).all()
        self.accounts: dict[UUID, Account] = {row[0].id: row[0] for row in rows}
        self.banks: dict[UUID, tuple[UUID, str]] = {row[0].id: (row[2], row[3]) for row in rows if row[2]}
        self._foreign = {row[0].id: row[1] for row in rows if row[1] and row[1] != currency}
        self._by_code = {account.code.casefold(): account for account in self.accounts.values()}
        self._by_name: dict[str, list[Account]] = {}
        for account in self.accounts.values():
            self._by_name.setdefault(account.name.casefold(), []).append(account)

    def find(self, row: BalanceRow) -> Account | None:
        """By the code; by the name where the file gives no code and one account alone has it."""
        if row.code:
            return self._by_code.get(row.code.casefold())
        named = self._by_name.get(row.name.casefold(), [])
        return named[0] if len(named) == 1 else None

    def why_not(self, account: Account) -> str:
        """Why no opening balance can stand on the account; "" where one can."""
        if account.role in _KEPT_EMPTY:
            return _KEPT_EMPTY[account.role]
        if not account.is_active:
            return "it is switched off; switch it on in the chart first"
        if currency := self._foreign.get(account.id):
            return (
                f"its bank account is kept in {currency}; leave it out here with its counter-amount, "
                "and book its opening balance under Reconcile"
            )
        return ""


def _lines(
    chart: _Chart, read: TrialBalanceFile, in_books: dict[UUID, int], problems: list[Problem]
) -> list[OpeningLine]:
    lines: list[OpeningLine] = []
    seen: dict[object, int] = {}
    for row in read.rows:
        account = chart.find(row)
        why = _why_refused(chart, row, account, seen)
        if why:
            problems.append(Problem(row.row, f"{row.label}: {why}", Severity.ERROR))
        elif account is not None:
            lines.append(_line(account, row.amount_minor, in_books.get(account.id, 0)))
        elif row.type is not None:
            lines.append(OpeningLine(None, row.code, row.name, row.type, row.amount_minor, 0))
    left = [chart.accounts[key] for key, minor in in_books.items() if minor and key not in seen]
    if left:
        names = ", ".join(f"{account.code} {account.name}" for account in sorted(left, key=lambda one: one.code)[:5])
        what = f"Booked already, not in the file, and so brought to zero: {names}"
        problems.append(Problem(0, what, Severity.WARNING))
    return lines + [_line(account, 0, in_books[account.id]) for account in left]


def _line(account: Account, balance_minor: int, in_books_minor: int) -> OpeningLine:
    return OpeningLine(
        account.id, account.code, account.name, AccountType(account.type), balance_minor, in_books_minor
    )  # fmt: skip


def _why_refused(chart: _Chart, row: BalanceRow, account: Account | None, seen: dict[object, int]) -> str:
    """Why the row cannot be booked, "" where it can; remembers the row of its account."""
    key = account.id if account else row.code.casefold() or row.name.casefold()
    if key in seen:
        return f"it stands in row {seen[key]} before"
    seen[key] = row.row
    if account is not None:
        return chart.why_not(account)
    if not row.code:
        return "the chart has no account of this name; add it, or give its code and type"
    if row.type is None:
        return "the chart has no such account; add it, or name its type in a column Type"
    return "" if row.name else "the chart has no such account, and a new one needs a name"


def _in_books(
    session: Session, company_id: UUID, currency: str, through: date, without: StandingOpening | None
) -> dict[UUID, int]:
    """What each account holds at the end of the day, leaving out the opening balances that would be replaced."""
    query = (
        select(col(JournalLine.account_id), func.sum(col(JournalLine.amount_minor)))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(
            col(JournalLine.company_id) == company_id, col(JournalLine.currency) == currency,
            col(JournalEntry.status).in_(IN_LEDGER), col(JournalEntry.booked_on) <= through,
        )
        .group_by(col(JournalLine.account_id))
    )  # fmt: skip
    if without is not None:
        query = query.where(col(JournalEntry.id) != without.id)
    rows: Sequence[Any] = session.execute(query).all()
    return {account_id: int(total) for account_id, total in rows}


def _waiting(session: Session, company_id: UUID, through: date) -> list[Problem]:
    """Lines that would be booked on top of balances that hold them already."""
    count = session.execute(
        select(func.count()).where(
            col(JournalEntry.company_id) == company_id, col(JournalEntry.booked_on) <= through,
            col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
        )
    ).scalar_one()  # fmt: skip
    if not count:
        return []
    lines = "1 bank line waits" if count == 1 else f"{count:,} bank lines wait"
    what = (
        f"{lines} for review on or before that day and would count twice; decide them first, or choose an earlier day"
    )
    return [Problem(0, what, Severity.ERROR)]


def _first_statements(
    session: Session, company_id: UUID, booked_on: date, chart: _Chart, lines: Sequence[OpeningLine]
) -> list[Problem]:
    """Bank accounts whose first statement begins the day after with another balance than the file's."""
    found: list[Problem] = []
    balances = {line.account_id: line.balance_minor for line in lines}
    firsts: dict[UUID, Any] = {}
    for proof in load_proofs(session, [company_id]):
        firsts.setdefault(proof.bank_account_id, proof)
    for ledger_id, (bank_id, name) in chart.banks.items():
        first = firsts.get(bank_id)
        if first is None or first.proof.opening_minor is None or ledger_id not in balances:
            continue
        follows = first.proof.stated.first_on - timedelta(days=1) == booked_on
        if follows and first.proof.opening_minor != balances[ledger_id]:
            ours, theirs = (decimal_text(m, first.currency) for m in (balances[ledger_id], first.proof.opening_minor))
            what = f"{name}: the trial balance says {ours}, its first statement begins with {theirs} {first.currency}"
            found.append(Problem(0, what, Severity.WARNING))
    return found
