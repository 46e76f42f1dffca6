"""Measured quality of what ran alone: how often it was right, what was corrected, how long lines took to be posted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import extract, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.metrics.rates import Interval, Rate
from core.period import Period
from models import (
    Account,
    EntryStatus,
    JournalEntry,
    Outcome,
    Proposal,
    Review,
    StatementFile,
    Transaction,
)


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the auto-approved lines that a person looked at afterwards: how many were right.

    `interval` holds with 95 % confidence (Clopper–Pearson) if the lines looked at were drawn at random. Of these looks
    only the blind ones are (see core.assurance.evidence); for others a person chooses which posted lines to look at.
    Whoever looks at what struck them as wrong measures a share below the true one, whoever looks at what is plainly
    right one above it.
    """

    rate: Rate
    interval: Interval


@dataclass(frozen=True, slots=True)
class MonthPrecision:
    """Of the lines of one month; None where nobody looked."""

    month: Period
    precision: Precision | None


@dataclass(frozen=True, slots=True)
class MonthTime:
    """The median time from upload to posted of one month's posted lines, and how many these are."""

    month: Period
    median: timedelta
    lines: int


@dataclass(frozen=True, slots=True)
class Correction:
    """Lines proposed for one account that people booked to another. `corrected`: of all decisions on that proposal."""

    proposed: str  # code and name
    chosen: str  # code and name; "split" where it went to several
    corrected: Rate
    moved_minor: int  # sizes of the corrected lines
    currency: str


def measured_precision(
    session: Session, caller: Caller, company_ids: Sequence[UUID], period: Period | None = None
) -> Precision | None:
    """Precision of what was auto-approved, over these companies; None where no person looked at any of it."""
    rates = [rate for _, rate in _by_month(session, caller, company_ids, period)]
    return _precision(sum(rates, Rate(0, 0)))


def precision_by_month(
    session: Session, caller: Caller, company_ids: Sequence[UUID], period: Period | None = None
) -> list[MonthPrecision]:
    """The same for each month of the bank's days that has auto-approved lines looked at."""
    return [MonthPrecision(month, _precision(rate)) for month, rate in _by_month(session, caller, company_ids, period)]


def _precision(rate: Rate) -> Precision | None:
    interval = rate.interval()
    return None if interval is None else Precision(rate, interval)


def _by_month(
    session: Session, caller: Caller, company_ids: Sequence[UUID], period: Period | None
) -> list[tuple[Period, Rate]]:
    """Right of all decisions in force on automatic entries, by the month of the line."""
    for company_id in company_ids:
        caller.require(company_id, Action.READ)
    year = extract("year", col(Transaction.booked_on))
    month = extract("month", col(Transaction.booked_on))
    query = (
        select(year, month, col(Review.outcome), func.count())
        .join(Transaction, col(Transaction.id) == col(Review.transaction_id))
        .where(
            col(Review.company_id).in_(company_ids),
            col(Review.was_automatic),
            col(Review.undone_at).is_(None),
            col(Transaction.reverted_at).is_(None),
        )
        .group_by(year, month, col(Review.outcome))
    )
    if period is not None:
        query = query.where(col(Transaction.booked_on).between(period.first_on, period.last_on))
    right: dict[Period, int] = defaultdict(int)
    looked: dict[Period, int] = defaultdict(int)
    for in_year, in_month, outcome, count in session.execute(query):
        one = Period.month(int(in_year), int(in_month))
        looked[one] += count
        right[one] += count if outcome == Outcome.APPROVED else 0
    return [(one, Rate(right[one], looked[one])) for one in sorted(looked)]


def time_to_posted(
    session: Session, caller: Caller, company_ids: Sequence[UUID], period: Period | None = None
) -> timedelta | None:
    """Median time from upload to posted over the lines posted; None where none is."""
    together: dict[timedelta, int] = defaultdict(int)
    for taken in _times_by_month(session, caller, company_ids, period).values():
        for time, count in taken.items():
            together[time] += count
    return _median(together)


def time_to_posted_by_month(
    session: Session, caller: Caller, company_ids: Sequence[UUID], period: Period | None = None
) -> list[MonthTime]:
    """The same for each month of the bank's days that has posted lines, in order."""
    by_month = _times_by_month(session, caller, company_ids, period)
    found = [(month, _median(taken), sum(taken.values())) for month, taken in sorted(by_month.items())]
    return [MonthTime(month, median, lines) for month, median, lines in found if median is not None]


def _times_by_month(
    session: Session, caller: Caller, company_ids: Sequence[UUID], period: Period | None
) -> dict[Period, dict[timedelta, int]]:
    """How often each time from upload to posted occurs among the lines of each month.

    Lines of a month uploaded and posted at the same two moments are one group, so the query stays small.
    """
    for company_id in company_ids:
        caller.require(company_id, Action.READ)
    groups = (
        extract("year", col(Transaction.booked_on)), extract("month", col(Transaction.booked_on)),
        col(StatementFile.uploaded_at), col(JournalEntry.posted_at),
    )  # fmt: skip
    query = (
        select(*groups, func.count())
        .select_from(Transaction)
        .join(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        .where(
            col(Transaction.company_id).in_(company_ids),
            col(Transaction.reverted_at).is_(None),
            col(JournalEntry.status) == EntryStatus.POSTED,
        )
        .group_by(*groups)
    )
    if period is not None:
        query = query.where(col(Transaction.booked_on).between(period.first_on, period.last_on))
    taken: dict[Period, dict[timedelta, int]] = defaultdict(lambda: defaultdict(int))
    for year, month, uploaded_at, posted_at, count in session.execute(query):
        if posted_at is not None:
            taken[Period.month(int(year), int(month))][max(posted_at - uploaded_at, timedelta(0))] += count
    return taken


def _median(taken: dict[timedelta, int]) -> timedelta | None:
    """Median of values given with how often each occurs; the mean of the middle two of an even number."""
    total = sum(taken.values())
    if not total:
        return None
    middle: list[timedelta] = []
    seen = 0
    for value in sorted(taken):
        before, seen = seen, seen + taken[value]
        middle += [value for place in ((total - 1) // 2, total // 2) if before <= place < seen]
    return (middle[0] + middle[1]) / 2


def most_corrected(
    session: Session, caller: Caller, company_id: UUID, period: Period | None = None, *, most: int = 20
) -> list[Correction]:
    """Which proposed accounts people replaced by which, the most frequent first."""
    caller.require(company_id, Action.READ)
    proposed, chosen = aliased(Account), aliased(Account)
    conditions = [
        col(Review.company_id) == company_id,
        col(Review.undone_at).is_(None),
        col(Transaction.reverted_at).is_(None),
    ]
    if period is not None:
        conditions.append(col(Transaction.booked_on).between(period.first_on, period.last_on))
    groups = (
        col(proposed.code), col(proposed.name), col(chosen.code), col(chosen.name), col(Review.outcome),
        col(Transaction.currency),
    )  # fmt: skip
    rows = session.execute(
        select(*groups, func.count(), func.sum(func.abs(col(Transaction.amount_minor))))
        .select_from(Review)
        .join(Transaction, col(Transaction.id) == col(Review.transaction_id))
        .join(Proposal, col(Proposal.id) == col(Review.proposal_id))
        .join(proposed, col(proposed.id) == col(Proposal.account_id))
        .outerjoin(chosen, col(chosen.id) == col(Review.account_id))
        .where(*conditions)
        .group_by(*groups)
    ).all()
    decided: dict[tuple[str, str], int] = defaultdict(int)
    for code, name, _, _, _, currency, count, _ in rows:
        decided[f"{code} {name}", currency] += count
    found = [
        Correction(
            f"{code} {name}",
            f"{to_code} {to_name}" if to_code else "split",
            Rate(count, decided[f"{code} {name}", currency]),
            int(moved),
            currency,
        )
        for code, name, to_code, to_name, outcome, currency, count, moved in rows
        if outcome in (Outcome.CORRECTED, Outcome.SPLIT)
    ]
    return sorted(found, key=lambda one: (-one.corrected.numerator, one.proposed, one.chosen, one.currency))[:most]
