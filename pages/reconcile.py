"""Reconcile: the proof of a statement on top, and under it what still has to be matched."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import reconcile_desk as desk
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.reconcile_bar import bar, summary, toolbar
from ui.reconcile_lists import all_lines, matched, statements
from ui.reconcile_proof import dialogs, proofs
from ui.reconcile_sides import Chosen, to_match
from ui.reconcile_sight import Sight, look
from ui.reconcile_steps import carry_out


@st.fragment(key=desk.BODY)
def reconcile(actions: DeltaGenerator) -> None:
    """All of the page's body, so that a key press does not run the shell."""
    place = here("reconcile")
    with refusals_shown():
        desk.begin(place.company_id)
        tools, told = st.container(gap=None), st.container(gap="small")
        with told:
            carry_out(place.caller, place.company_id)
        sight = look(place.caller, place.company_id)
        if sight is None:
            empty("balance", "No statement yet", "Upload the first bank file; its proof stands here then.")
            return
        actions.caption(summary(sight))
        with tools:
            toolbar(sight)
        if sight.view != desk.STATEMENTS:
            proofs(sight)
        chosen, unmatching = parts(sight)
        bar(sight, chosen, unmatching)
        dialogs(sight)


def parts(sight: Sight) -> tuple[Chosen, tuple[object, ...]]:
    """What the view shows; what is selected to be matched, and to be taken apart."""
    if sight.view == desk.TO_MATCH:
        return to_match(sight), ()
    if sight.view == desk.MATCHED:
        return Chosen(), matched(sight)
    if sight.view == desk.LINES:
        all_lines(sight)
    else:
        statements(sight)
    return Chosen(), ()


page_actions = open_page("Reconcile", "The proof of each statement, and what is still open", "reconcile")
reconcile(page_actions)
