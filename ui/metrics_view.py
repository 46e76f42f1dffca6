"""The parts of the metrics page: key figures, charts with what they are measured on, ."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.metrics.pilot_report import pilot_report
from core.metrics.rates import Rate, checks_needed
from core.metrics.training_set import training_csv, training_rows
from db.engine import snapshot
from ui.frame import empty, figures, section
from ui.metrics_charts import automation_chart, precision_chart, reconciled_chart, time_chart
from ui.metrics_measured import ENOUGH, Measured, rolling_precision
from ui.tables import frame, table
from ui.words import NONE, count, money, percent, plain


def downloads(caller: Caller, company_ids: Sequence[UUID], today: date) -> None:
    """The pilot report and the training set of these companies, made when they are asked for."""
    st.download_button(
        "Pilot report", lambda: report_text(caller, company_ids), f"pilot_report_{today}.md", "text/markdown",
        key="metrics_report", icon=":material/download:", on_click="ignore",
        help="What was measured over all lines so far, held against targets, and what follows. Markdown.",
    )  # fmt: skip
    st.download_button(
        "Training set", lambda: training_set(caller, company_ids), f"training_set_{today}.csv", "text/csv",
        key="metrics_training", icon=":material/download:", on_click="ignore",
        help="A row a bank line: what was proposed, what the books hold, what a person said to it. CSV.",
    )  # fmt: skip


def report_text(caller: Caller, company_ids: Sequence[UUID]) -> str:
    """The pilot report on all lines so far. Raises NotFound."""
    with snapshot() as session:
        return pilot_report(session, caller, company_ids, now=datetime.now(UTC)).markdown()


def training_set(caller: Caller, company_ids: Sequence[UUID]) -> bytes:
    """The training set as CSV. Raises NotFound."""
    with snapshot() as session:
        return training_csv(training_rows(session, caller, company_ids))


def key_figures(measured: Measured) -> None:
    """The four figures, each with what it is measured on."""
    total, precision = measured.total, measured.precision
    alone, reconciled = total.rate("auto_approved"), total.rate("reconciled")
    posted = sum(one.lines for one in measured.times)
    shown = [
        ("Booked alone", percent(alone.value, 1), _of(alone)),
        (
            "Right when booked alone",
            percent(precision.rate.value, 1) if precision else NONE,
            f"{percent(precision.interval.low, 1).rstrip('%')} to {percent(precision.interval.high, 1)} of "
            f"{precision.rate.denominator:,}"
            if precision
            else "none checked yet",
        ),
        ("Reconciled", percent(reconciled.value, 1), _of(reconciled)),
        ("Upload to posted, median", duration(measured.median), f"{count(posted, 'line')} posted"),
    ]
    figures(shown, "metrics_figures")


def _of(rate: Rate) -> str:
    return f"{rate.numerator:,} of {count(rate.denominator, 'line')}"


def duration(taken: timedelta | None) -> str:
    """40 min, 3.1 h, 2.4 days."""
    if taken is None:
        return NONE
    minutes = taken / timedelta(minutes=1)
    if minutes < 1:
        return "under 1 min"
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h" if minutes < 48 * 60 else f"{minutes / 1440:.1f} days"


def charts(measured: Measured) -> None:
    """Four questions, each answered by one chart or by what is missing for it."""
    left, right = st.columns(2, gap="medium")
    with left:
        section("How much runs alone?", "Share of each month's lines. The rest to 100% waits or was left out.")
        automation_chart(measured.months, measured.checked)
    with right:
        _precision(measured)
    left, right = st.columns(2, gap="medium")
    with left:
        section("How much is reconciled?", "Lines booked and inside a proved statement, of each month's lines.")
        reconciled_chart(measured.months)
    with right:
        section("How long until a line is posted?", "Median from upload to posted, by the month of the bank's day.")
        longest = max((one.median for one in measured.times), default=None)
        if longest and longest > timedelta(minutes=1):
            time_chart(measured.times)
        elif longest is not None:
            empty("bolt", "Within a minute in every month", "Most lines are posted as soon as they are stored.")
        else:
            empty("schedule", "Nothing is posted yet", "Decide what waits under Review.")


def _precision(measured: Measured) -> None:
    points = rolling_precision(measured.checked)
    section(
        "How often was that right?",
        "Automatic lines that a person looked at again; six months together, 95% interval.",
    )
    if points:
        precision_chart(points, 1 - measured.target_error)
        st.caption(_needed(measured))
        return
    checked = sum(measured.checked.values(), Rate(0, 0))
    if checked.denominator:
        title = f"{checked.numerator:,} of {checked.denominator:,} checked lines were right"
        text = f"The chart begins with {ENOUGH} checked within six months. "
    else:
        title, text = "Not measured yet", "Nobody has looked again at a line that was booked alone. "
    empty("policy", title, text + _needed(measured))


def _needed(measured: Measured) -> str:
    """How many looks it takes to show what is promised."""
    share = measured.target_error
    if not 0 < share < 1:
        return ""
    none, one = checks_needed(0, share), checks_needed(1, share)
    return (
        f"To show with 95% confidence that at most {percent(share, 1)} are wrong, {none:,} have to be checked without "
        f"an error, or {one:,} with one."
    )


def corrections(measured: Measured) -> None:
    """What was proposed and what people chose instead, the most frequent first."""
    section("Most often corrected", "Proposed on the left, what people chose instead.")
    if not measured.corrections:
        empty("task_alt", "Nobody has corrected a proposal", "What people change under Review is counted here.")
        return
    several = len(measured.names) > 1
    currency = _one_currency(measured)
    rows = [
        [
            one.proposed, one.chosen[:1].upper() + one.chosen[1:],
            f"{one.corrected.numerator:,} of {one.corrected.denominator:,}", round(one.corrected.value or 0.0, 2),
            one.moved_minor if currency else f"{one.currency} {money(one.moved_minor, one.currency)}",
            *([name] if several else []),
        ]
        for name, one in measured.corrections
    ]  # fmt: skip
    amount: Any = st.column_config.NumberColumn if currency else st.column_config.TextColumn
    columns = {
        "Proposed": st.column_config.TextColumn(width=250),
        "Instead": st.column_config.TextColumn(width=270),
        "Corrected": st.column_config.TextColumn(width=90, help="Of all decisions on such a proposal"),
        "Share": st.column_config.ProgressColumn(width=140, min_value=0, max_value=1, format="percent"),
        "Moved": amount(width=110, alignment="right"),
        **({"Company": st.column_config.TextColumn(width=190)} if several else {}),
    }
    table(
        frame(rows, *columns), ["Moved"] if currency else [], columns, currency=currency or "USD", most=10,
        key="metrics_corrections",
    )  # fmt: skip


def _one_currency(measured: Measured) -> str | None:
    used = {one.currency for _, one in measured.corrections}
    return used.pop() if len(used) == 1 else None


def nothing_yet(measured: Measured) -> None:
    """In the place of figures and charts while there is no line in these months."""
    who = plain(", ".join(measured.names.values()))
    empty("query_stats", "Nothing to measure yet", f"{who}: upload the first bank file. Every bank line counts here.")
