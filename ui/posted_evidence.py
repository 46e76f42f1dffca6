"""The line that the dialogs of Posted are about, and its receipts."""

import streamlit as st

from core.posting.posted import PostedLine
from ui import posted_desk as desk
from ui.evidence import receipts
from ui.frame import refusals_shown
from ui.review_words import evidence
from ui.words import day, money, plain


def object_line(line: PostedLine) -> None:
    """The first lines of a dialog: who, when, how much, and what the bank wrote."""
    with st.container(horizontal=True):
        st.markdown(f"**{plain(line.payee)}** &ensp;:gray[{day(line.booked_on, year=True)}]", width="stretch")
        st.markdown(f"**{plain(money(line.amount_minor, line.currency, sign=True))}**", width="content")
    st.markdown(evidence(line.description))


def receipts_button(line: PostedLine | None) -> None:
    st.button(
        "Receipts", key="posted_receipts", shortcut=desk.shortcut("P"), disabled=line is None,
        on_click=desk.open_dialog, args=("receipts",),
    )  # fmt: skip


@st.dialog("Receipts", width="medium", icon=":material/attach_file:", on_dismiss=desk.close_dialog)
def receipts_dialog(sight: desk.Sight, line: PostedLine) -> None:
    object_line(line)
    with refusals_shown():
        receipts(sight.caller, sight.company_id, line.transaction_id)
