"""Exchange rates on the settings page: those that are known, one entered by hand, many from a file."""

from datetime import UTC, date, datetime

import streamlit as st

from core.access.roles import Action
from core.exchange.keeping import NewRate, add_rates, list_rates
from core.exchange.rates import Rate
from core.exchange.reading import RateFile, read_rates
from core.ingestion.raw_file import RawFile
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown, section
from ui.identity import Here
from ui.tables import frame, table
from ui.words import count, plain

KEPT = "rates_kept"  # in session_state: how many files were kept, so that the next starts with an empty field
_SHOWN = 8  # problems of a file


def exchange_rates(place: Here, today: date) -> None:
    """Other currencies in base currency. A rate holds until the next one, at most a month."""
    base = place.company.base_currency
    section(
        "Exchange rates", f"Lines in other currencies are booked with their value in {base} at the rate of the day."
    )
    with snapshot() as session:
        rates = list_rates(session, place.caller, place.company_id)
    if rates:
        rows = [
            (
                one.rated_on, one.currency, f"{one.rate}", "replaced" if one.is_replaced else "",
                one.source or "–", one.entered_by or "–",
            )
            for one in rates
        ]  # fmt: skip
        table(frame(rows, "Day", "Currency", f"{base} for one", "State", "Source", "Entered by"), columns={
            "Day": st.column_config.DateColumn(format="MMM D, YYYY", width=110),
            "Currency": st.column_config.TextColumn(width=80),
            f"{base} for one": st.column_config.TextColumn(width=100, alignment="right"),
            "State": st.column_config.TextColumn(width=80),
            "Source": st.column_config.TextColumn(width=220),
            "Entered by": st.column_config.TextColumn(width=160)}, most=8)  # fmt: skip
    if not place.caller.may(place.company_id, Action.CONFIGURE):
        st.caption("A manager can enter exchange rates.")
        return
    with st.expander("Enter exchange rates", icon=":material/currency_exchange:"):
        _by_hand(place, today)
        _from_file(place)


def _by_hand(place: Here, today: date) -> None:
    base = place.company.base_currency
    with st.form("new_rate", border=False, clear_on_submit=True):
        left, middle, right, last = st.columns(4, vertical_alignment="bottom")
        currency = left.text_input("Currency", max_chars=3, placeholder="EUR", key="rate_currency")
        rated_on = middle.date_input("Day", today, key="rate_day", format="MM/DD/YYYY")
        rate = right.text_input(f"{base} for one", placeholder="1.0832", key="rate_rate")
        source = last.text_input("Where it was read", placeholder="ECB", key="rate_source")
        added = st.form_submit_button("Keep the rate", key="rate_add")
    if added and isinstance(rated_on, date):
        with refusals_shown("No rate was kept"):
            _keep(place, [NewRate(currency, rated_on, Rate.parse(rate))], source)


def _from_file(place: Here) -> None:
    number = st.session_state.get(KEPT, 0)
    given = st.file_uploader(
        "Or a file with many", type=["csv", "txt", "tsv"], key=f"rates_upload_{number}",
        help=f"One row names the columns Date, Currency and Rate. A rate is what one unit is worth in "
        f"{place.company.base_currency}.",
    )  # fmt: skip
    if given is None:
        return
    with refusals_shown("This file cannot be read"):
        found = read_rates(RawFile(given.name, given.getvalue()))
        _problems(found)
        if st.button(
            f"Keep {count(len(found.rates), 'rate')}", key="rates_keep", type="primary",
            disabled=bool(found.problems) or not found.rates,
        ):  # fmt: skip
            st.session_state[KEPT] = number + 1
            _keep(place, list(found.rates), given.name)


def _problems(found: RateFile) -> None:
    if not found.problems:
        return
    said = [f"- Row {problem.row}: {plain(problem.message)}" for problem in found.problems[:_SHOWN]]
    if more := len(found.problems) - len(said):
        said.append(f"- and {count(more, 'row')} more")
    st.error("Correct these rows, then upload the file again:\n" + "\n".join(said))


def _keep(place: Here, rates: list[NewRate], source: str) -> None:
    with unit_of_work() as session:
        add_rates(session, place.caller, place.company_id, rates, source=source, now=datetime.now(UTC))
    st.rerun()
