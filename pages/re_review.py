"""Re-review: lines that were posted alone and drawn at random, decided by somebody who sees the line alone."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import re_review_desk as desk
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.re_review_view import asked, outcome
from ui.words import count


@st.fragment(key=desk.BODY)
def re_review(actions: DeltaGenerator) -> None:
    """All of the page's body, so that a decision does not run the shell."""
    place = here("re_review")
    with refusals_shown():
        desk.begin(place.company_id)
        with refusals_shown("Nothing was changed"):
            desk.carry_out(place.caller, place.company_id)
        sight = desk.look(place.caller, place.company_id)
        actions.caption(f"{count(sight.waiting, 'line')} to decide")
        outcome(sight)
        if sight.line is None:
            empty(
                "task_alt",
                "No line is waiting to be re-reviewed",
                "Lines are drawn at random whenever the policy posts. Settings says how many.",
            )
        else:
            asked(sight, sight.line)


page_actions = open_page("Re-review", "Drawn from what was posted alone; what the machine chose is hidden", "re_review")
re_review(page_actions)
