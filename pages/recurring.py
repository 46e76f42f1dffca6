"""Recurring: what comes back, when it is expected next, and what is missing or has changed."""

from datetime import UTC, datetime

from core.recurring.reading import bank_names, recurring_series
from db.engine import snapshot
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.recurring_view import attention, in_order, listing, series_csv

actions = open_page("Recurring", "What comes back, when it is expected next, what is missing or changed", "recurring")
place = here("recurring")
today = datetime.now(UTC).date()
with refusals_shown():
    with snapshot() as session:
        series = in_order(recurring_series(session, place.caller, place.company_id, today=today))
        banks = bank_names(session, place.caller, place.company_id)
    if series:
        actions.download_button(
            "CSV", series_csv(series, banks), f"recurring_{today}.csv", "text/csv", key="recurring_csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        attention(series, banks)
        listing(series, banks)
    else:
        empty(
            "event_repeat",
            "Nothing comes back yet",
            "A payment shows here once it came three times a week, month or quarter apart, or twice a year apart. "
            "Upload more months of statements.",
        )
