"""Financial statements from the ledger: posted and reversed entries, summed in SQL, one currency at a time.

In base currency they hold lines in other currencies too, with their values (core.metrics.in_currency).

Cash basis: what moved on the bank is booked. What still waits for review is not in any figure; `waiting_totals` says
how much that is, to be shown beside them. Money is in minor units.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, extract, func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import NotFound
from core.metrics.in_currency import InCurrency, has_values, in_currency, value_of_line
from core.period import Period
from models import Account, AccountType, BaseValue, Company, EntryStatus, JournalEntry, JournalLine, Transaction

IN_LEDGER = (EntryStatus.POSTED, EntryStatus.REVERSED)
INCOME = (AccountType.REVENUE, AccountType.EXPENSE)


@dataclass(frozen=True, slots=True)
class AccountSum:
    """An account with a sum in debit minus credit."""

    account_id: UUID
    code: str
    name: str
    type: AccountType
    sum_minor: int

    @property
    def natural_minor(self) -> int:
        """The sum as its own side reads it: assets and expenses debit, everything else credit positive."""
        return self.sum_minor if self.type in (AccountType.ASSET, AccountType.EXPENSE) else -self.sum_minor


@dataclass(frozen=True)
class TrialBalance:
    """Balances of all accounts at the end of a day, by code. `debit_minor` = `credit_minor` in true books."""

    as_of: date
    currency: str
    rows: tuple[AccountSum, ...]

    @property
    def debit_minor(self) -> int:
        return sum(row.sum_minor for row in self.rows if row.sum_minor > 0)

    @property
    def credit_minor(self) -> int:
        return -sum(row.sum_minor for row in self.rows if row.sum_minor < 0)


@dataclass(frozen=True, slots=True)
class ProfitLine:
    """An account of the profit and loss: revenue and expense both positive in the usual case.

    `by_month` has an amount for each month of the report and adds up to `total_minor`.
    """

    account_id: UUID
    code: str
    name: str
    total_minor: int
    by_month: tuple[int, ...]


@dataclass(frozen=True)
class ProfitAndLoss:
    """Revenue less expenses of a period, by account and calendar month."""

    period: Period
    currency: str
    months: tuple[Period, ...]
    revenue: tuple[ProfitLine, ...]
    expense: tuple[ProfitLine, ...]

    @property
    def revenue_minor(self) -> int:
        return sum(line.total_minor for line in self.revenue)

    @property
    def expense_minor(self) -> int:
        return sum(line.total_minor for line in self.expense)

    @property
    def profit_minor(self) -> int:
        return self.revenue_minor - self.expense_minor

    def profit_by_month(self) -> tuple[int, ...]:
        """Revenue less expenses of each month."""
        return tuple(
            sum(line.by_month[i] for line in self.revenue) - sum(line.by_month[i] for line in self.expense)
            for i in range(len(self.months))
        )


@dataclass(frozen=True)
class BalanceSheet:
    """Assets = liabilities + equity + results at the end of a day; all in their natural sign.

    `current_result_minor`: profit of the fiscal year so far; `earlier_results_minor`: of all years before, which no
    closing entry has moved to equity.
    """

    as_of: date
    fiscal_year_from: date
    currency: str
    assets: tuple[AccountSum, ...]
    liabilities: tuple[AccountSum, ...]
    equity: tuple[AccountSum, ...]
    earlier_results_minor: int
    current_result_minor: int

    @property
    def assets_minor(self) -> int:
        return sum(row.natural_minor for row in self.assets)

    @property
    def liabilities_minor(self) -> int:
        return sum(row.natural_minor for row in self.liabilities)

    @property
    def equity_minor(self) -> int:
        """Equity accounts and results together."""
        accounts = sum(row.natural_minor for row in self.equity)
        return accounts + self.earlier_results_minor + self.current_result_minor


@dataclass(frozen=True, slots=True)
class WaitingTotal:
    """What is not in the ledger yet: lines that wait for review, by direction, sizes in minor units."""

    currency: str
    lines: int
    money_in_minor: int
    money_out_minor: int


def ledger_currencies(session: Session, caller: Caller, company_id: UUID) -> list[str]:
    """The currencies the books are kept in, the base currency first (also when it has no lines).

    Another one is among them when the ledger has lines in it without a value in base currency.
    """
    caller.require(company_id, Action.READ)
    base, _ = _company(session, company_id)
    query = select(col(JournalLine.currency)).where(col(JournalLine.company_id) == company_id)
    if has_values(session, company_id):
        query = _unvalued(query)
    used = session.execute(query.distinct()).scalars()
    return [base, *sorted(set(used) - {base})]


def _unvalued(query: Any) -> Any:
    """Without the lines that have a value, and without those of entries that wait, which have none yet."""
    return (
        query.join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .outerjoin(BaseValue, value_of_line())
        .where(col(JournalEntry.status).in_(IN_LEDGER), col(BaseValue.id).is_(None))
    )


def booked_days(session: Session, caller: Caller, company_id: UUID) -> Period | None:
    """From the first to the last day on which anything is in the ledger; None for empty books."""
    caller.require(company_id, Action.READ)
    first_on, last_on = session.execute(
        select(func.min(col(JournalEntry.booked_on)), func.max(col(JournalEntry.booked_on))).where(
            col(JournalEntry.company_id) == company_id, col(JournalEntry.status).in_(IN_LEDGER)
        )
    ).one()
    return Period(first_on, last_on) if first_on else None


def trial_balance(
    session: Session, caller: Caller, company_id: UUID, as_of: date, *, currency: str | None = None
) -> TrialBalance:
    """Balances of the accounts that have any line through this day; base currency unless another is given."""
    caller.require(company_id, Action.READ)
    base, _ = _company(session, company_id)
    currency = currency or base
    read = in_currency(session, company_id, currency, base)
    rows = _sums(session, company_id, read, col(JournalEntry.booked_on) <= as_of)
    return TrialBalance(as_of, currency, tuple(rows))


def profit_and_loss(
    session: Session, caller: Caller, company_id: UUID, period: Period, *, currency: str | None = None
) -> ProfitAndLoss:
    """Revenue and expenses of the period by account and month; base currency unless another is given."""
    caller.require(company_id, Action.READ)
    base, _ = _company(session, company_id)
    currency = currency or base
    read = in_currency(session, company_id, currency, base)
    months = tuple(period.months())
    position = {(month.first_on.year, month.first_on.month): i for i, month in enumerate(months)}
    year, month = extract("year", col(JournalEntry.booked_on)), extract("month", col(JournalEntry.booked_on))
    account = (col(Account.id), col(Account.code), col(Account.name), col(Account.type))
    rows = session.execute(
        _ledger(company_id, read, *account, year, month)
        .where(
            col(Account.type).in_(INCOME),
            col(JournalEntry.booked_on).between(period.first_on, period.last_on),
        )
        .group_by(*account, year, month)
    )
    amounts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(months))
    for *of_account, in_year, in_month, total in rows:
        amounts[tuple(of_account)][position[int(in_year), int(in_month)]] += int(total)
    return ProfitAndLoss(
        period, currency, months, _profit_lines(amounts, AccountType.REVENUE, -1),
        _profit_lines(amounts, AccountType.EXPENSE, 1),
    )  # fmt: skip


def _profit_lines(amounts: dict[tuple[Any, ...], list[int]], kind: AccountType, sign: int) -> tuple[ProfitLine, ...]:
    return tuple(
        ProfitLine(key, code, name, sign * sum(by_month), tuple(sign * minor for minor in by_month))
        for (key, code, name, of_kind), by_month in sorted(amounts.items(), key=lambda one: (one[0][1], one[0][0]))
        if of_kind == kind
    )


def balance_sheet(
    session: Session, caller: Caller, company_id: UUID, as_of: date, *, currency: str | None = None
) -> BalanceSheet:
    """What the company has and owes at the end of this day; base currency unless another is given."""
    caller.require(company_id, Action.READ)
    base, first_month = _company(session, company_id)
    currency = currency or base
    year_from = date(as_of.year if as_of.month >= first_month else as_of.year - 1, first_month, 1)
    read = in_currency(session, company_id, currency, base)
    rows = _sums(session, company_id, read, col(JournalEntry.booked_on) <= as_of)
    this_year = _sums(session, company_id, read, col(JournalEntry.booked_on).between(year_from, as_of))
    result = -sum(row.sum_minor for row in rows if row.type in INCOME)
    current = -sum(row.sum_minor for row in this_year if row.type in INCOME)
    return BalanceSheet(
        as_of=as_of, fiscal_year_from=year_from, currency=currency,
        assets=_of_type(rows, AccountType.ASSET), liabilities=_of_type(rows, AccountType.LIABILITY),
        equity=_of_type(rows, AccountType.EQUITY), earlier_results_minor=result - current,
        current_result_minor=current,
    )  # fmt: skip


def _of_type(rows: Sequence[AccountSum], kind: AccountType) -> tuple[AccountSum, ...]:
    return tuple(row for row in rows if row.type is kind and row.sum_minor)


def waiting_totals(
    session: Session, caller: Caller, company_id: UUID, period: Period | None = None
) -> list[WaitingTotal]:
    """Per currency what waits for review (in the period) and so is in no figure yet; empty when nothing waits."""
    caller.require(company_id, Action.READ)
    amount = col(Transaction.amount_minor)
    query = (
        select(
            col(Transaction.currency), func.count(), func.sum(case((amount > 0, amount), else_=0)),
            func.sum(case((amount < 0, -amount), else_=0)),
        )
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        .where(
            col(JournalEntry.company_id) == company_id, col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW
        )
        .group_by(col(Transaction.currency))
        .order_by(col(Transaction.currency))
    )  # fmt: skip
    if period is not None:
        query = query.where(col(Transaction.booked_on).between(period.first_on, period.last_on))
    return [WaitingTotal(row[0], row[1], int(row[2]), int(row[3])) for row in session.execute(query)]


def _company(session: Session, company_id: UUID) -> tuple[str, int]:
    """Base currency and first month of the fiscal year. Raises NotFound."""
    row = session.execute(
        select(col(Company.base_currency), col(Company.fiscal_year_start)).where(col(Company.id) == company_id)
    ).one_or_none()
    if row is None:
        raise NotFound("company", str(company_id))
    return row[0], row[1]


def _ledger(company_id: UUID, read: InCurrency, *columns: Any) -> Any:
    """Selects the columns and the sum of the ledger's lines as they are read in a currency."""
    query = (
        select(*columns, func.sum(read.minor))
        .select_from(JournalLine)
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalLine.company_id) == company_id, read.condition, col(JournalEntry.status).in_(IN_LEDGER)
        )
    )  # fmt: skip
    return read.joined(query)


def _sums(session: Session, company_id: UUID, read: InCurrency, days: ColumnElement[bool]) -> list[AccountSum]:
    """Sum of each account that has a ledger line on the days, by code."""
    columns = (col(Account.id), col(Account.code), col(Account.name), col(Account.type))
    rows = session.execute(
        _ledger(company_id, read, *columns).where(days).group_by(*columns).order_by(col(Account.code), col(Account.id))
    )
    return [AccountSum(row[0], row[1], row[2], AccountType(row[3]), int(row[4])) for row in rows]
