"""What the metrics page shows, read in one view of the books: this company or all of the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from core.access.roles import Action, Caller
from core.assurance.evidence import Evidence, evidence_of
from core.assurance.re_reviewing import pending_count
from core.assurance.tightening import Tightening, standing_tightenings
from core.categorization.model_card import ModelCard, model_card
from core.founding import companies_of
from core.metrics.attention import last_line_on
from core.metrics.automation import LineCounts, automation, months_of, over_all
from core.metrics.quality import (
    Correction,
    MonthTime,
    Precision,
    measured_precision,
    most_corrected,
    precision_by_month,
    time_to_posted,
    time_to_posted_by_month,
)
from core.metrics.rates import Rate
from core.period import Period
from db.engine import snapshot

MONTHS, ROLLING = 12, 6
ENOUGH = 60  # re-reviewed lines from which a point of the chart says something


@dataclass(frozen=True)
class Measured:
    """Twelve months of one or several companies. Months without lines are not in `months`."""

    names: dict[UUID, str]
    period: Period
    total: LineCounts
    months: dict[Period, LineCounts]
    precision: Precision | None
    checked: dict[Period, Rate]  # right of the automatic lines re-reviewed, by the lines' month
    median: timedelta | None
    times: tuple[MonthTime, ...]
    corrections: tuple[tuple[str, Correction], ...]  # with the company's name
    cards: dict[UUID, ModelCard]
    evidence: Evidence  # of blind re-reviews, whatever the months
    drawn: int  # lines drawn that nobody has decided yet
    tightenings: dict[UUID, Tightening]

    @property
    def has_lines(self) -> bool:
        return self.total.transactions > 0

    @property
    def target_error(self) -> float:
        """The strictest of the companies' promises: the share that may be wrong."""
        return min(card.target_error for card in self.cards.values())


def twelve_months(last_on: date) -> Period:
    """The twelve calendar months that end with this day's."""
    first = last_on.year * 12 + last_on.month - MONTHS
    return Period(date(first // 12, first % 12 + 1, 1), Period.month(last_on.year, last_on.month).last_on)


def measure(caller: Caller, company_ids: Sequence[UUID], today: date) -> Measured:
    """Everything the page shows of these companies.

    The months end with that of the latest bank line the caller may see, as on the start page, and never after today.
    """
    with snapshot() as session:
        names = {one.id: one.name for one in companies_of(session, caller) if one.id in set(company_ids)}
        period = twelve_months(min(last_line_on(session, caller) or today, today))
        parts = automation(session, caller, company_ids, period)
        corrections = [(names[key], one) for key in company_ids for one in most_corrected(session, caller, key, period)]
        corrections.sort(key=lambda one: -one[1].corrected.numerator)
        return Measured(
            names, period, over_all(parts), dict(months_of(parts)),
            measured_precision(session, caller, company_ids, period),
            {
                one.month: one.precision.rate
                for one in precision_by_month(session, caller, company_ids, period)
                if one.precision is not None
            },
            time_to_posted(session, caller, company_ids, period),
            tuple(time_to_posted_by_month(session, caller, company_ids, period)),
            tuple(corrections[:20]),
            {key: model_card(session, caller, key) for key in company_ids},
            evidence_of(session, caller, company_ids),
            sum(pending_count(session, caller, company_ids).values()),
            standing_tightenings(session, caller, company_ids),
        )  # fmt: skip


def scope_of(caller: Caller, company_id: UUID, everything: bool) -> list[UUID]:
    """The companies measured: the chosen one first, then with `everything` all others that the caller may see."""
    others = [key for key in caller.visible(Action.READ) if key != company_id]
    return [company_id, *others] if everything else [company_id]


def rolling_precision(checked: dict[Period, Rate]) -> list[tuple[Period, Rate]]:
    """For each month with looks, the looks of the six months up to it added up; only where these are enough."""
    found = []
    for month in sorted(checked):
        back = month.first_on.year * 12 + month.first_on.month - ROLLING
        since = date(back // 12, back % 12 + 1, 1)
        rate = sum((rate for one, rate in checked.items() if since <= one.first_on <= month.first_on), Rate(0, 0))
        if rate.denominator >= ENOUGH:
            found.append((month, rate))
    return found
