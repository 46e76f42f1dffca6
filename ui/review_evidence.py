"""Receipts and tags on Review: what the open group has of them, and the dialogs."""

import streamlit as st

from core.posting.attachments import count_attachments
from core.posting.group_detail import GroupDetail
from core.posting.tags import tags_of
from db.engine import snapshot
from ui import review_desk as desk
from ui.evidence import receipts
from ui.frame import refusals_shown
from ui.review_dialogs import finish, object_line
from ui.review_history import one_line
from ui.tagging import tagged


def evidence_buttons(sight: desk.Sight, detail: GroupDetail) -> None:
    """Say how many receipts the shown lines have, for which no bytes are read, and which tags."""
    shown = [line.transaction_id for line in detail.lines]
    with snapshot() as session:
        found = count_attachments(session, sight.caller, sight.company_id, shown)
        tags = tags_of(session, sight.caller, sight.company_id, shown)
    names = sorted({name for each in tags.values() for name in each})
    st.button(
        f"Receipts {found}" if found else "Receipts", key="review_to_receipts", type="tertiary",
        icon=":material/attach_file:", shortcut=desk.shortcut("P"), on_click=desk.open_dialog, args=("receipts",),
    )  # fmt: skip
    st.button(
        f"Tags: {', '.join(names)}" if names else "Tags", key="review_to_tags", type="tertiary", icon=":material/sell:",
        shortcut=desk.shortcut("T"), on_click=desk.open_dialog, args=("tags",), disabled=not sight.may_decide,
    )  # fmt: skip


@st.dialog("Receipts", width="medium", icon=":material/attach_file:", on_dismiss=desk.close_dialog)
def receipts_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    object_line(detail)
    line = one_line(detail, "review_receipts_of")
    with refusals_shown():
        receipts(sight.caller, sight.company_id, line.transaction_id)


@st.dialog("Tags", width="medium", icon=":material/sell:", on_dismiss=desk.close_dialog)
def tags_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    """Of all shown lines of the group at once."""
    object_line(detail)
    with refusals_shown("Nothing was changed"):
        shown = [line.transaction_id for line in detail.lines]
        if tagged(sight.caller, sight.company_id, shown, "review_tags"):
            finish()
