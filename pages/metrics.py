"""Metrics: how much runs alone, how often that was right, how much is reconciled; each with what it is measured on."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Action
from ui.frame import open_page, refusals_shown
from ui.identity import here
from ui.metrics_measured import measure, scope_of
from ui.metrics_model import model
from ui.metrics_promise import promise
from ui.metrics_view import charts, corrections, downloads, key_figures, nothing_yet

THIS, ALL = "This company", "All my companies"

actions = open_page("Metrics", "How much runs alone, how often that was right, how much is proved", "metrics")
place = here("metrics")
today = datetime.now(UTC).date()
with refusals_shown():
    several = len(place.caller.visible(Action.READ)) > 1
    with actions:
        scope = THIS
        if several:
            with st.container(key="tools_metrics", width="content"):
                scope = st.segmented_control(
                    "Scope", [THIS, ALL], default=THIS, required=True, key="metrics_scope",
                    label_visibility="collapsed",
                )  # fmt: skip
        company_ids = scope_of(place.caller, place.company_id, scope == ALL)
        downloads(place.caller, company_ids, today)
    measured = measure(place.caller, company_ids, today)
    st.caption(f"Bank lines of {measured.period.first_on:%B %Y} to {measured.period.last_on:%B %Y}")
    if measured.has_lines:
        key_figures(measured)
        charts(measured)
        promise(place.caller, measured)
        corrections(measured)
    else:
        nothing_yet(measured)
    model(place.caller, measured)
