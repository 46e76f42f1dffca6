"""How much runs alone, what people did with the rest, and how much is reconciled: counts by company and month.

Every figure counts live bank lines by the bank's day, so numerator and denominator always speak of the same lines.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, extract, func, or_, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.metrics.rates import Rate
from core.period import Period
from core.reconciliation.line_states import LineStates, flag
from core.reconciliation.proofs import StatementProof, load_proofs
from models import Transaction


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Counts of live bank lines. All but `transactions` are counts of some of these lines.

    `auto_approved`: posted by the policy (also if a person corrected it later) = by_match + by_rule + by_model.
    `reviewed`: a person's decision on it is in force; `corrected` (another account, or split), `rejected` (left out)
    and `approved` make it up. `posted`, `waiting`, `left_out` and `unbooked` say where every line stands now and make
    up `transactions`. `reconciled`: posted, and inside a statement that is proved.
    """

    transactions: int = 0
    auto_approved: int = 0
    by_match: int = 0
    by_rule: int = 0
    by_model: int = 0
    reviewed: int = 0
    approved: int = 0
    corrected: int = 0
    rejected: int = 0
    posted: int = 0
    waiting: int = 0
    left_out: int = 0
    unbooked: int = 0
    reconciled: int = 0

    def __add__(self, other: "LineCounts") -> "LineCounts":
        return LineCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(LineCounts)))

    def rate(self, name: str) -> Rate:
        """The share of all lines that this count is, for instance rate("auto_approved")."""
        return Rate(getattr(self, name), self.transactions)


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """The counts of one company's calendar month."""

    month: Period
    counts: LineCounts


@dataclass(frozen=True)
class Automation:
    """The counts of one company over the whole period and month by month (months without lines left out)."""

    company_id: UUID
    total: LineCounts
    months: tuple[MonthCounts, ...]


def automation(
    session: Session, caller: Caller, company_ids: Sequence[UUID], period: Period | None = None
) -> list[Automation]:
    """Counts per company, in the order asked for; all lines ever where no period is given. A fixed number of queries.

    Raises:
        NotFound: the caller cannot see one of the companies.
    """
    for company_id in company_ids:
        caller.require(company_id, Action.READ)
    proofs = load_proofs(session, company_ids)
    counted = counts_by_month(session, company_ids, proofs, period)
    return [
        Automation(
            company_id,
            sum((month.counts for month in counted.get(company_id, ())), LineCounts()),
            tuple(counted.get(company_id, ())),
        )
        for company_id in company_ids
    ]


def over_all(parts: Sequence[Automation]) -> LineCounts:
    """The counts of several companies added up."""
    return sum((part.total for part in parts), LineCounts())


def reconciled_rate(session: Session, caller: Caller, company_id: UUID, period: Period | None = None) -> Rate:
    """Lines that are posted and inside a proved statement, of all live lines."""
    return automation(session, caller, [company_id], period)[0].total.rate("reconciled")


def counts_by_month(
    session: Session,
    company_ids: Collection[UUID],
    proofs: Sequence[StatementProof],
    period: Period | None,
    *,
    only: Collection[str] | None = None,
) -> dict[UUID, list[MonthCounts]]:
    """The months of each company that have lines, in order. The caller's access is checked already.

    Args:
        only: names of the counts wanted beside `transactions`; the others stay 0, which is quicker.
    """
    lines = _judged_lines(company_ids, proofs, period, only).subquery()
    groups = (lines.c.company_id, lines.c.year, lines.c.month)
    counted = [func.sum(lines.c[f.name]).label(f.name) for f in fields(LineCounts) if f.name in lines.c]
    rows = session.execute(select(*groups, func.count(), *counted).group_by(*groups).order_by(*groups))
    found: dict[UUID, list[MonthCounts]] = defaultdict(list)
    for row in rows.mappings():
        figures = {f.name: int(row[f.name]) for f in fields(LineCounts) if f.name in row}
        total = int(row["count"])
        found[row["company_id"]].append(
            MonthCounts(Period.month(int(row["year"]), int(row["month"])), LineCounts(transactions=total, **figures))
        )
    return found


def _judged_lines(
    company_ids: Collection[UUID],
    proofs: Sequence[StatementProof],
    period: Period | None,
    only: Collection[str] | None,
) -> Any:
    """A row a live line, a column of 0 or 1 for each count."""
    states = LineStates(company_ids)
    flags: dict[str, ColumnElement[bool]] = {
        "auto_approved": states.entry("automatic"),
        **{name: states.entry(name) for name in ("by_match", "by_rule", "by_model")},
        **{name: states.decision(name) for name in ("reviewed", "approved", "corrected", "rejected")},
        **{name: states.state == name for name in ("posted", "waiting", "left_out", "unbooked")},
        "reconciled": (states.state == "posted") & _in_proved(proofs),
    }
    query: Any = select(
        col(Transaction.company_id).label("company_id"),
        extract("year", col(Transaction.booked_on)).label("year"),
        extract("month", col(Transaction.booked_on)).label("month"),
        *(flag(judged).label(name) for name, judged in flags.items() if only is None or name in only),
    ).where(col(Transaction.company_id).in_(company_ids), col(Transaction.reverted_at).is_(None))
    if period is not None:
        query = query.where(col(Transaction.booked_on).between(period.first_on, period.last_on))
    return states.joined(query)


def _in_proved(proofs: Sequence[StatementProof]) -> ColumnElement[bool]:
    """The line lies in the days of a proved statement of its bank account."""
    spans: dict[UUID, list[Period]] = defaultdict(list)
    for one in proofs:
        if one.proof.is_proved:
            stated = one.proof.stated
            spans[one.bank_account_id].append(Period(stated.first_on, stated.last_on))
    inside = [
        (col(Transaction.bank_account_id) == account_id)
        & or_(*(col(Transaction.booked_on).between(span.first_on, span.last_on) for span in _joined(of_account)))
        for account_id, of_account in sorted(spans.items())
    ]
    return or_(*inside) if inside else col(Transaction.id).is_(None)


def _joined(spans: Sequence[Period]) -> list[Period]:
    """The same days with touching and overlapping spans made one."""
    joined: list[Period] = []
    for span in sorted(spans):
        if joined and (span.first_on - joined[-1].last_on).days <= 1:
            joined[-1] = Period(joined[-1].first_on, max(joined[-1].last_on, span.last_on))
        else:
            joined.append(span)
    return joined


def months_of(parts: Sequence[Automation]) -> Mapping[Period, LineCounts]:
    """Month by month over several companies, in order."""
    totals: dict[Period, LineCounts] = {}
    for part in parts:
        for one in part.months:
            totals[one.month] = totals.get(one.month, LineCounts()) + one.counts
    return dict(sorted(totals.items()))
