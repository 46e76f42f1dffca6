"""Recurring series as words: a table with what needs a look first, and the same as a file."""

import csv
import io
from collections.abc import Mapping, Sequence
from uuid import UUID

import streamlit as st

from core.exporting.spreadsheet_text import harmless
from core.money import decimal_text
from core.recurring.series import RecurringSeries, SeriesState
from ui.tables import frame, table
from ui.words import badge_text, count, day, money, plain

ORDER = (SeriesState.MISSING, SeriesState.CHANGED, SeriesState.DUE, SeriesState.ENDED)
WORDS = {
    SeriesState.MISSING: ("Missing", "red"),
    SeriesState.CHANGED: ("Changed", "orange"),
    SeriesState.DUE: ("As usual", "green"),
    SeriesState.ENDED: ("Ended", "gray"),
}
_HEADER = ("state", "counterparty", "bank_account", "frequency", "occurrences", "last_on", "last_amount",
           "expected_on", "expected_amount", "smallest_amount", "largest_amount", "currency", "missed")  # fmt: skip


def in_order(series: Sequence[RecurringSeries]) -> list[RecurringSeries]:
    """Missing and changed ones first, ended ones last; in a state by the expected day."""
    return sorted(series, key=lambda one: (ORDER.index(one.state), one.expected_on, one.counterparty.lower()))


def attention(series: Sequence[RecurringSeries], banks: Mapping[UUID, str]) -> None:
    """A sentence for each series that is missing or changed."""
    for one in series:
        name, amount = plain(one.counterparty), plain(money(abs(one.usual_minor), one.currency, sign=True))
        if one.state is SeriesState.MISSING:
            known = f"{plain(banks[one.bank_account_id])} is known through {day(one.covered_on, year=True)}"
            expected = plain(money(abs(one.expected_minor), one.currency, sign=True))
            told = f"{name}: about {expected} expected on {day(one.expected_on, year=True)} did not come; {known}."
            st.markdown(f"{badge_text('nofile', 'Missing')} &ensp;{told}")
        elif one.state is SeriesState.CHANGED:
            last = plain(money(abs(one.amounts[-1]), one.currency, sign=True))
            usual = f"usually {amount}" if one.is_fixed else f"{plain(span_of(one))} before"
            told = f"{name}: {last} on {day(one.lines[-1].booked_on, year=True)}, {usual}."
            st.markdown(f"{badge_text('look', 'Changed')} &ensp;{told}")


def span_of(one: RecurringSeries) -> str:
    """Smallest to largest amount before the last one."""
    sizes = [abs(amount) for amount in one.amounts[:-1]]
    return f"{money(min(sizes), one.currency, sign=True)} to {money(max(sizes), one.currency, sign=True)}"


def listing(series: Sequence[RecurringSeries], banks: Mapping[UUID, str]) -> None:
    """One row a series. Amounts are written out, since each has its own currency."""
    rows = [
        (
            [WORDS[one.state][0]], one.counterparty, one.frequency.capitalize(), one.expected_on,
            money(one.expected_minor, one.currency), "Fixed" if one.is_fixed else "Varies",
            one.lines[-1].booked_on, money(one.amounts[-1], one.currency), len(one.lines), one.currency,
            banks[one.bank_account_id],
        )
        for one in series
    ]  # fmt: skip
    right = {name: st.column_config.TextColumn(width=105, alignment="right") for name in ("Expected", "Last amount")}
    chips = list(WORDS.values())
    table(
        frame(rows, "State", "Counterparty", "How often", "Expected on", "Expected", "Amount", "Last on",
              "Last amount", "Seen", "Currency", "Bank account"),
        columns={
            "State": st.column_config.MultiselectColumn(
                width=88, options=[word for word, _ in chips], color=[colour for _, colour in chips]
            ),
            "Counterparty": st.column_config.TextColumn(width=210),
            "How often": st.column_config.TextColumn(width=105),
            "Expected on": st.column_config.DateColumn(width=95),
            **right,
            "Amount": st.column_config.TextColumn(width=65, help="Fixed: equal to the cent for long. Varies: a band."),
            "Last on": st.column_config.DateColumn(width=95),
            "Seen": st.column_config.NumberColumn(width=55, help="How many lines the series has in 25 months"),
            "Currency": st.column_config.TextColumn(width=72),
            "Bank account": st.column_config.TextColumn(width=175),
        },
        most=25, key="recurring_list",
    )  # fmt: skip
    missing, changed = (sum(one.state is state for one in series) for state in ORDER[:2])
    st.caption(f"{count(len(series), 'series', 'series')}, {missing} missing, {changed} changed.")


def series_csv(series: Sequence[RecurringSeries], banks: Mapping[UUID, str]) -> bytes:
    """The series as CSV, amounts in plain notation with their sign, UTF-8 with a mark for Excel."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for one in series:
        smallest, largest = (decimal_text(minor, one.currency) for minor in one.band)
        writer.writerow(
            (
                one.state, harmless(one.counterparty), harmless(banks[one.bank_account_id]), one.frequency,
                len(one.lines), one.lines[-1].booked_on, decimal_text(one.amounts[-1], one.currency), one.expected_on,
                decimal_text(one.expected_minor, one.currency), smallest, largest, one.currency, one.misses,
            )
        )  # fmt: skip
    return text.getvalue().encode("utf-8-sig")
