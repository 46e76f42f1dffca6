"""The list of Review's keys."""

import streamlit as st

from ui import review_desk as desk
from ui.tables import frame, small_table

KEYS = (
    ("J, K", "Next and previous group"),
    ("A", "Approve the proposal for the whole group"),
    ("1, 2, 3", "Book to that account"),
    ("E", "Another account: type a part of its code or name, then Enter"),
    ("S", "Split over accounts"),
    ("M", "Make a rule of this"),
    ("Q", "Ask the bookkeeper"),
    ("N", "Comment"),
    ("X", "Later: back in the queue on a day"),
    ("L", "Leave out of the books"),
    ("Y", "History of the line"),
    ("P", "Receipts of the line: attach, download"),
    ("T", "Tags of the lines"),
    ("Z", "Take back your last action"),
    ("Ctrl+Enter", "In a dialog: the blue button"),
    ("Esc", "Leave a dialog"),
    ("?, H", "This list"),
)


@st.dialog("Keys", icon=":material/keyboard:", on_dismiss=desk.close_dialog)
def keys_dialog() -> None:
    small_table(frame(KEYS, "Key", "What it does"))
