"""Review: the lines that the machine is not sure of, most at stake first; one group is open at the right."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import QueueState
from ui import review_desk as desk
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.review_bar import bar, dialog
from ui.review_deciding import carry_out
from ui.review_filter import asked_or_put_off, chosen_filter, toolbar
from ui.review_group import neighbours, opened
from ui.review_name import renamed
from ui.review_queue import HEIGHT, listing, pager, summary


@st.fragment(key=desk.BODY)
def review(actions: DeltaGenerator) -> None:
    """All that a decision changes: a key press runs neither shell nor toolbar. What is waited for is drawn first."""
    place = here("review")
    with refusals_shown():
        chosen = chosen_filter(place.company.base_currency)
        desk.begin(place.caller, place.company_id, chosen)
        told, body = st.container(gap="small"), st.container(gap="small")
        with told:
            carry_out(place.caller, place.company_id)
        sight = desk.look(place.caller, place.company_id, chosen)
        with body:
            halves(sight)
        with told:
            messages(sight)
        actions.caption(summary(sight.totals, sight.is_filtered))
        dialog(sight)


def messages(sight: desk.Sight) -> None:
    if said := st.session_state.get(desk.SAID):
        st.info(said, icon=":material/rule:")
        renamed(sight)
    if not sight.may_decide:
        st.info(
            "You can look at everything here. Decisions are made by reviewers and managers.",
            icon=":material/visibility:",
        )


def halves(sight: desk.Sight) -> None:
    """The open group and what can be done with it, and then the list that it stands in."""
    if sight.detail is None:
        nothing(sight)
        bar(sight)
        return
    left, right = st.columns([0.6, 0.4], gap="small")
    with right, st.container(border=True, height=HEIGHT, key="opened", gap="small"):
        opened(sight, sight.detail)
        evidence = st.container(gap="small")
    bar(sight)
    with evidence:
        neighbours(sight.detail)
    with left, st.container(key="listpane", gap="small"):
        listing(sight.page.groups)
        pager(sight)


def nothing(sight: desk.Sight) -> None:
    if sight.is_filtered:
        empty("filter_alt", "No waiting line matches", "Clear the search or the filter to see the others.")
    elif sight.filters.state is QueueState.OPEN:
        aside = asked_or_put_off(sight)
        empty("task_alt", "Nothing waits here", aside or "Upload the next statements, or go on to Reconcile.")
    else:
        empty("task_alt", "Nothing stands here", "What you ask about or put off is kept here until it comes back.")


page_actions = open_page("Review", "What the machine is not sure of, the most at stake first", "review")
page_tools = st.container(gap=None)
review(page_actions)
with page_tools:
    toolbar()
