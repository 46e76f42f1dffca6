"""The pilot report: a row a company with what was measured, held against targets, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.metrics.automation import LineCounts, automation
from core.metrics.quality import Correction, Precision, measured_precision, most_corrected, time_to_posted
from core.metrics.rates import Rate
from core.period import Period
from models import Company

AUTOMATIC_TARGET = 0.80
PRECISION_TARGET = 0.99
RECONCILED_TARGET = 0.95
ENOUGH_LOOKED_AT = 100  # automatic lines to be looked at before their precision says much


@dataclass(frozen=True)
class PilotRow:
    """One company, or all together. `precision` is None while no person looked at automatic lines."""

    slug: str
    name: str
    counts: LineCounts
    precision: Precision | None
    median_time: timedelta | None  # from upload to posted
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class PilotReport:
    """All of it; `period` None means all lines ever."""

    made_at: datetime
    period: Period | None
    rows: tuple[PilotRow, ...]
    total: PilotRow

    def recommendations(self) -> list[str]:
        """What to do next, each from a measured figure; none where every target is met."""
        return [advice for row in self.rows for advice in _advice(row)]

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON: shares as numbers in [0, 1] with numerator and denominator, or None where undefined."""
        return {
            "made_at": self.made_at.isoformat(),
            "period": None if self.period is None else [str(self.period.first_on), str(self.period.last_on)],
            "targets": {
                "auto_approval_rate": AUTOMATIC_TARGET, "precision": PRECISION_TARGET,
                "reconciliation_rate": RECONCILED_TARGET,
            },
            "companies": {row.slug: _row_json(row) for row in self.rows},
            "total": _row_json(self.total),
            "recommendations": self.recommendations(),
        }  # fmt: skip

    def markdown(self) -> str:
        """The report as a Markdown document."""
        span = "all lines so far" if self.period is None else f"{self.period.first_on} to {self.period.last_on}"
        lines = [
            "# Pilot report", "",
            f"Made {self.made_at:%Y-%m-%d %H:%M} UTC, {span}. Every share is of the company's own bank lines.", "",
            "| Company | Transactions | Auto-approved | Right when auto-approved | Reviewed | Corrected | Waiting | "
            "Reconciled | Upload to posted, median |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
            *(_row_markdown(row) for row in (*self.rows, self.total)), "",
            "## Targets", "",
            "| What | Target | Measured | |", "|---|---:|---:|---|",
            *_targets(self.total), "",
            "“Right when auto-approved” counts automatic lines that a person looked at afterwards, with the bounds "
            "that hold with 95 % confidence (Clopper–Pearson). Without such looks there is no figure.", "",
            "## Posted without a person, by what", "",
            "| Company | Match | Rule | Model |", "|---|---:|---:|---:|",
            *(
                f"| {row.name} | {row.counts.by_match:,} | {row.counts.by_rule:,} | {row.counts.by_model:,} |"
                for row in (*self.rows, self.total)
            ),
            "", "## Recommendations", "",
        ]  # fmt: skip
        lines += [f"- {advice}" for advice in self.recommendations()] or ["Every target is met."]
        return "\n".join(lines) + "\n"


def pilot_report(
    session: Session, caller: Caller, company_ids: Sequence[UUID], *, now: datetime, period: Period | None = None
) -> PilotReport:
    """Measure these companies, in the order of their slugs.

    Raises:
        NotFound: the caller cannot see one of the companies.
    """
    for company_id in company_ids:
        caller.require(company_id, Action.READ)
    named = session.execute(
        select(col(Company.id), col(Company.slug), col(Company.name))
        .where(col(Company.id).in_(company_ids))
        .order_by(col(Company.slug))
    ).all()
    counted = {one.company_id: one.total for one in automation(session, caller, company_ids, period)}
    rows = tuple(
        PilotRow(
            slug, name, counted[key], measured_precision(session, caller, [key], period),
            time_to_posted(session, caller, [key], period),
            tuple(most_corrected(session, caller, key, period, most=3)),
        )
        for key, slug, name in named
    )  # fmt: skip
    total = PilotRow(
        "all", "All", sum((row.counts for row in rows), LineCounts()),
        measured_precision(session, caller, company_ids, period), time_to_posted(session, caller, company_ids, period),
        (),
    )  # fmt: skip
    return PilotReport(now, period, rows, total)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _share(rate: Rate) -> str:
    return f"{rate.numerator:,} ({_percent(rate.value)})"


def _precision(found: Precision | None) -> str:
    if found is None:
        return "not measured"
    low, high = _percent(found.interval.low), _percent(found.interval.high)
    return f"{_percent(found.rate.value)} of {found.rate.denominator:,} ({low} to {high})"


def _time(taken: timedelta | None) -> str:
    if taken is None:
        return "–"
    minutes = taken.total_seconds() / 60
    if minutes < 1:
        return "under a minute"
    return f"{minutes:.0f} min" if minutes < 60 else f"{minutes / 60:.1f} h"


def _row_markdown(row: PilotRow) -> str:
    counts = row.counts
    return (
        f"| {row.name} | {counts.transactions:,} | {_share(counts.rate('auto_approved'))} "
        f"| {_precision(row.precision)} "
        f"| {_share(counts.rate('reviewed'))} | {_share(counts.rate('corrected'))} | {_share(counts.rate('waiting'))} "
        f"| {_share(counts.rate('reconciled'))} | {_time(row.median_time)} |"
    )


def _targets(total: PilotRow) -> list[str]:
    precision = None if total.precision is None else total.precision.rate.value
    measured = [
        ("Auto-approved", AUTOMATIC_TARGET, total.counts.rate("auto_approved").value),
        ("Right when auto-approved", PRECISION_TARGET, precision),
        ("Reconciled", RECONCILED_TARGET, total.counts.rate("reconciled").value),
    ]
    return [
        f"| {name} | {_percent(target)} | {_percent(value)} | {_met(target, value)} |"
        for name, target, value in measured
    ]


def _met(target: float, value: float | None) -> str:
    if value is None:
        return "not measured"
    return "met" if value >= target else "missed"


def _row_json(row: PilotRow) -> dict[str, Any]:
    counts = row.counts
    shares: dict[str, Any] = {}
    names = {
        "auto_approved": "auto_approval", "reviewed": "review", "corrected": "correction", "waiting": "waiting",
        "reconciled": "reconciliation",
    }  # fmt: skip
    for name, share in names.items():
        rate = counts.rate(name)
        shares[name], shares[f"{share}_rate"] = rate.numerator, rate.value
    found = row.precision
    return {
        "name": row.name, "transactions": counts.transactions, **shares,
        "by_match": counts.by_match, "by_rule": counts.by_rule, "by_model": counts.by_model,
        "rejected": counts.rejected, "posted": counts.posted,
        "precision": None if found is None else {
            "right": found.rate.numerator, "looked_at": found.rate.denominator, "rate": found.rate.value,
            "low": found.interval.low, "high": found.interval.high,
        },
        "median_seconds_to_posted": None if row.median_time is None else row.median_time.total_seconds(),
    }  # fmt: skip


def _advice(row: PilotRow) -> list[str]:
    """What the figures of one company call for."""
    counts, name = row.counts, row.name
    if not counts.transactions:
        return [f"{name}: no bank lines yet; upload the first statement."]
    found: list[str] = []
    automatic, reconciled = counts.rate("auto_approved").value or 0.0, counts.rate("reconciled").value or 0.0
    if automatic < AUTOMATIC_TARGET:
        by_rule = counts.by_rule / counts.transactions
        found.append(
            f"{name}: {_percent(automatic)} run alone, {_percent(AUTOMATIC_TARGET)} wanted. {counts.waiting:,} lines "
            f"wait; each decision on them teaches the model, and rules decide only {_percent(by_rule)} of lines so far."
        )
    if row.precision is None and counts.auto_approved:
        found.append(
            f"{name}: nobody looked at any of the {counts.auto_approved:,} automatic lines, so how often they are "
            "right is not known. Re-review a random share."
        )
    elif row.precision is not None and row.precision.rate.denominator < ENOUGH_LOOKED_AT:
        found.append(
            f"{name}: only {row.precision.rate.denominator:,} automatic lines were looked at; from "
            f"{ENOUGH_LOOKED_AT} on the measured precision says something."
        )
    elif row.precision is not None and (row.precision.rate.value or 0.0) < PRECISION_TARGET:
        found.append(
            f"{name}: {_percent(row.precision.rate.value)} of the automatic lines looked at were right, "
            f"{_percent(PRECISION_TARGET)} wanted. Raise the threshold or put the accounts below on always-review."
        )
    found += [
        f"{name}: {one.proposed} was changed to {one.chosen} {one.corrected.numerator:,} times of "
        f"{one.corrected.denominator:,}; a rule may settle it."
        for one in row.corrections
        if one.corrected.numerator >= 3
    ]
    if reconciled < RECONCILED_TARGET:
        found.append(
            f"{name}: {_percent(reconciled)} of lines are reconciled, {_percent(RECONCILED_TARGET)} wanted. "
            f"{counts.transactions - counts.posted:,} lines are not posted; for the others the statement is not proved."
        )
    return found
