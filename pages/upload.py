"""Upload: many files at once, what each contained before it is stored, and a receipt that nothing was lost."""

import streamlit as st

from ui import upload_desk as desk
from ui.frame import open_page, refusals_shown
from ui.identity import here
from ui.questions import questions
from ui.statement_calendar import calendar
from ui.upload_history import earlier_imports
from ui.upload_items import open_items
from ui.upload_statements import statements

STATEMENTS, ITEMS, EARLIER, CALENDAR = "Bank files", "Open items", "Earlier imports", "Calendar"

actions = open_page("Upload", "Bank statements, cards, processors, open items", "upload")
place = here("upload")
desk.begin(place.company_id)
with actions:
    chosen = st.segmented_control(
        "What to upload", [STATEMENTS, ITEMS, EARLIER, CALENDAR], default=STATEMENTS, required=True,
        key="upload_segment", label_visibility="collapsed",
    )  # fmt: skip
with refusals_shown():
    if chosen == ITEMS:
        open_items(place.caller, place.company_id)
    elif chosen == EARLIER:
        earlier_imports(place.caller, place.company_id)
    elif chosen == CALENDAR:
        calendar(place.caller, place.company_id)
    else:
        questions(place.caller, {place.company_id: place.company.name})
        statements(place.caller, place.company_id, place.company.name)
