"""Receipts on Review: how many the open group has, and the dialog."""

import streamlit as st

from core.posting.attachments import count_attachments
from core.posting.group_detail import GroupDetail
from db.engine import snapshot
from ui import review_desk as desk
from ui.evidence import receipts
from ui.frame import refusals_shown
from ui.review_dialogs import object_line
from ui.review_history import one_line


def receipts_button(sight: desk.Sight, detail: GroupDetail) -> None:
    """Says how many receipts the shown lines have; no bytes are read for it."""
    with snapshot() as session:
        found = count_attachments(
            session, sight.caller, sight.company_id, [line.transaction_id for line in detail.lines]
        )
    st.button(
        f"Receipts {found}" if found else "Receipts", key="review_to_receipts", type="tertiary",
        icon=":material/attach_file:", shortcut=desk.shortcut("P"), on_click=desk.open_dialog, args=("receipts",),
    )  # fmt: skip


@st.dialog("Receipts", width="medium", icon=":material/attach_file:", on_dismiss=desk.close_dialog)
def receipts_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    object_line(detail)
    line = one_line(detail, "review_receipts_of")
    with refusals_shown():
        receipts(sight.caller, sight.company_id, line.transaction_id)
