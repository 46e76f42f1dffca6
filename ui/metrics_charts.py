"""The charts of the metrics page: one question each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.metrics.automation import LineCounts
from core.metrics.quality import MonthTime
from core.metrics.rates import Rate
from core.period import Period
from ui.charts import BLUE, BROWN, FAINT, LINE, PLUM, TEAL, figure, note, rule_line, show
from ui.words import percent

HEIGHT = 270
HOUR = timedelta(hours=1)


def month_names(months: Sequence[Period]) -> list[str]:
    """Oct, Nov …; the first and each January with the year under them."""
    with_year = [at == 0 or month.first_on.month == 1 for at, month in enumerate(months)]
    return [
        f"{month.first_on:%b<br>%Y}" if year else f"{month.first_on:%b}"
        for month, year in zip(months, with_year, strict=True)
    ]


@dataclass(frozen=True)
class Shares:
    """How the lines of a month were booked; the counts exclude each other and leave out what is not booked."""

    by_match: int
    by_rule: int
    by_model: int
    by_person: int  # approved, or matched by a person
    corrected: int


def shares_of(counts: LineCounts, checked: Rate | None) -> Shares:
    """`checked`: right of the month's automatic lines that were looked at later; those count as booked alone."""
    found_wrong = checked.denominator - checked.numerator if checked else 0
    corrected = max(0, counts.corrected - found_wrong)
    by_person = max(0, counts.posted - counts.auto_approved - corrected)
    return Shares(counts.by_match, counts.by_rule, counts.by_model, by_person, corrected)


def automation_chart(months: Mapping[Period, LineCounts], checked: Mapping[Period, Rate]) -> None:
    """Stacked bars, shares of each month's lines; what is missing to 100% waits or was left out."""
    names = month_names(list(months))
    shares = [shares_of(counts, checked.get(month)) for month, counts in months.items()]
    totals = [counts.transactions for counts in months.values()]
    kinds = (
        ("By match", [one.by_match for one in shares], TEAL, ""),
        ("By rule", [one.by_rule for one in shares], BLUE, ""),
        ("By model", [one.by_model for one in shares], PLUM, ""),
        ("By a person, as proposed", [one.by_person for one in shares], FAINT, ""),
        ("By a person, another account", [one.corrected for one in shares], BROWN, "/"),
    )
    drawn = figure(height=HEIGHT, barmode="stack", yaxis={"tickformat": ".0%", "range": [0, 1]})
    for name, parts, colour, pattern in kinds:
        drawn.add_bar(
            x=names, y=[part / total for part, total in zip(parts, totals, strict=True)], name=name,
            marker={"color": colour, "pattern": {"shape": pattern, "size": 5, "solidity": 0.35}},
            customdata=list(zip(parts, totals, strict=True)),
            hovertemplate="%{y:.0%}, %{customdata[0]} of %{customdata[1]}",
        )  # fmt: skip
    alone = [(list(months)[at], counts.rate("auto_approved")) for at, counts in enumerate(months.values())]
    (first, was), (last, now) = alone[0], alone[-1]
    show(
        drawn, "automation",
        f"Stacked bars by month. Booked alone: {percent(was.value)} of lines in {first.first_on:%B %Y}, "
        f"{percent(now.value)} in {last.first_on:%B %Y}.",
    )  # fmt: skip


def precision_chart(points: Sequence[tuple[Period, Rate]], promised: float) -> None:
    """Six months together at each point, with 95% intervals; the promise dashed."""
    shares = [rate.numerator / rate.denominator for _, rate in points]
    bounds = [interval for _, rate in points if (interval := rate.interval())]
    low = min([*(one.low for one in bounds), promised])
    drawn = figure(
        height=HEIGHT, yaxis={"tickformat": ".0%", "range": [max(0.0, low - 0.02), 1.005]}, showlegend=False,
        margin={"r": 96},
    )  # fmt: skip
    rule_line(drawn, y=promised)
    drawn.add_scatter(
        x=month_names([month for month, _ in points]), y=shares, mode="lines+markers",
        line={"color": BLUE, "width": 2}, marker={"size": 7},
        customdata=[(rate.numerator, rate.denominator) for _, rate in points],
        error_y={
            "type": "data", "symmetric": False, "color": LINE, "thickness": 1.5, "width": 3,
            "array": [one.high - share for one, share in zip(bounds, shares, strict=True)],
            "arrayminus": [share - one.low for one, share in zip(bounds, shares, strict=True)],
        },
        hovertemplate="%{y:.1%}, %{customdata[0]} of %{customdata[1]} checked<extra></extra>",
    )  # fmt: skip
    note(drawn, 1, promised, f"{percent(promised)} promised", xref="paper", xanchor="left", xshift=4)
    month, rate = points[-1]
    show(
        drawn, "precision",
        f"Share of automatic lines found right when checked, with 95% intervals; {percent(rate.value, 1)} of "
        f"{rate.denominator} through {month.first_on:%B %Y}.",
    )  # fmt: skip


def reconciled_chart(months: Mapping[Period, LineCounts]) -> None:
    """The share of each month's lines that is booked and inside a proved statement."""
    rates = [counts.rate("reconciled") for counts in months.values()]
    drawn = figure(height=HEIGHT, yaxis={"tickformat": ".0%", "range": [0, 1]}, showlegend=False)
    drawn.add_bar(
        x=month_names(list(months)), y=[rate.value for rate in rates], marker={"color": TEAL},
        customdata=[(rate.numerator, rate.denominator) for rate in rates],
        hovertemplate="%{y:.0%}, %{customdata[0]} of %{customdata[1]} lines<extra></extra>",
    )  # fmt: skip
    last, rate = list(months)[-1], rates[-1]
    show(
        drawn, "reconciled",
        f"Bars by month: reconciled {percent(rate.value)} of {rate.denominator} lines in {last.first_on:%B %Y}; "
        f"lowest {percent(min(one.value or 0.0 for one in rates))}.",
    )  # fmt: skip


def time_chart(times: Sequence[MonthTime]) -> None:
    """The median time from upload to posted, by the month of the bank's day."""
    longest = max(one.median for one in times)
    unit, word = (HOUR / 60, "minutes") if longest < 2 * HOUR else (HOUR, "hours")
    if longest > 72 * HOUR:
        unit, word = 24 * HOUR, "days"
    drawn = figure(height=HEIGHT, yaxis={"rangemode": "tozero", "title": {"text": word.capitalize()}}, showlegend=False)
    drawn.add_scatter(
        x=month_names([one.month for one in times]), y=[one.median / unit for one in times], mode="lines+markers",
        line={"color": BLUE, "width": 2}, marker={"size": 7}, customdata=[one.lines for one in times],
        hovertemplate=f"%{{y:.1f}} {word}, median of %{{customdata}} lines<extra></extra>",
    )  # fmt: skip
    last = times[-1]
    show(
        drawn, "time",
        f"Line by month: the median time from upload to posted was {last.median / unit:.1f} {word} in "
        f"{last.month.first_on:%B %Y}.",
    )  # fmt: skip
