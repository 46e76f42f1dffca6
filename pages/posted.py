"""Posted: what stands in the books, line by line; what was posted alone is looked at again, and corrected."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import posted_desk as desk
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.posted_view import bar, listing, measured, opened, pager, toolbar
from ui.words import count


@st.fragment(key=desk.BODY)
def posted(actions: DeltaGenerator) -> None:
    """All of the page's body, so that a key press does not run the shell."""
    place = here("posted")
    with refusals_shown():
        desk.begin(place.company_id)
        toolbar(place)
        told = st.container(gap="small")
        with told:
            desk.carry_out(place.caller, place.company_id)
        sight = desk.look(place.caller, place.company)
        actions.caption(count(sight.page.line_count, "line"))
        with told:
            messages(sight)
        if sight.line is None:
            nothing()
        else:
            opened(sight, sight.line)
            listing(sight.page.lines)
            pager(sight.page)
        bar(sight)


def messages(sight: desk.Sight) -> None:
    st.caption(measured(sight.page))
    if said := desk.said():
        st.success(said, icon=":material/check:")
    if not sight.may_decide:
        st.info("You can look at everything here. Reviewers and managers decide.", icon=":material/visibility:")


def nothing() -> None:
    if desk.is_narrowed():
        empty("filter_alt", "No posted line matches", "Clear the search or choose All to see the others.")
    elif desk.alone_only():
        empty("fact_check", "Nothing was posted alone yet", "Lines that the policy posts without a person stand here.")
    else:
        empty("fact_check", "Nothing is posted yet", "Upload statements, then decide in Review what waits.")


page_actions = open_page("Posted", "What is in the books, first what nobody has looked at", "posted")
posted(page_actions)
