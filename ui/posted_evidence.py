"""The line that the dialogs of Posted are about, its receipts and its tags; the filter by tag."""

import streamlit as st

from core.posting.posted import PostedLine
from core.posting.tags import list_tags
from db.engine import snapshot
from ui import posted_desk as desk
from ui.evidence import receipts
from ui.frame import refusals_shown
from ui.identity import Here
from ui.review_words import evidence
from ui.tagging import tagged
from ui.words import day, money, plain


def object_line(line: PostedLine) -> None:
    """The first lines of a dialog: who, when, how much, and what the bank wrote."""
    with st.container(horizontal=True):
        st.markdown(f"**{plain(line.payee)}** &ensp;:gray[{day(line.booked_on, year=True)}]", width="stretch")
        st.markdown(f"**{plain(money(line.amount_minor, line.currency, sign=True))}**", width="content")
    st.markdown(evidence(line.description))


def evidence_buttons(sight: desk.Sight, line: PostedLine | None) -> None:
    st.button(
        "Receipts", key="posted_receipts", shortcut=desk.shortcut("P"), disabled=line is None,
        on_click=desk.open_dialog, args=("receipts",),
    )  # fmt: skip
    st.button(
        "Tags", key="posted_tags", shortcut=desk.shortcut("T"), disabled=line is None or not sight.may_decide,
        on_click=desk.open_dialog, args=("tags",),
    )  # fmt: skip


def tag_filter(place: Here) -> None:
    """One of the company's tags; nothing where it has none."""
    with snapshot() as session:
        known = {key: name for name, key in list_tags(session, place.caller, place.company_id).items()}
    if known:
        st.selectbox(
            "Tag", list(known), index=None, format_func=known.__getitem__, key=desk.TAG, placeholder="Any tag",
            label_visibility="collapsed", width=180, on_change=desk.to_first_page,
        )  # fmt: skip


@st.dialog("Receipts", width="medium", icon=":material/attach_file:", on_dismiss=desk.close_dialog)
def receipts_dialog(sight: desk.Sight, line: PostedLine) -> None:
    object_line(line)
    with refusals_shown():
        receipts(sight.caller, sight.company_id, line.transaction_id)


@st.dialog("Tags", width="medium", icon=":material/sell:", on_dismiss=desk.close_dialog)
def tags_dialog(sight: desk.Sight, line: PostedLine) -> None:
    object_line(line)
    with refusals_shown("Nothing was changed"):
        if tagged(sight.caller, sight.company_id, [line.transaction_id], "posted_tags"):
            desk.close_dialog()
            st.rerun()
