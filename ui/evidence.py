"""Receipts of one bank line, for the dialogs of Review and Posted: what is attached, to be taken down, and more."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.posting.attachments import SIZE_MAX, AttachedFile, attach, list_attachments, read_attachment
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown
from ui.words import day, plain

MB, KB = 1024 * 1024, 1024
ABOUT = f"PDF or picture, up to {SIZE_MAX // MB} MB each. It stays with the line for good, through corrections too."
ICONS = {"application/pdf": "picture_as_pdf"}


def receipts(caller: Caller, company_id: UUID, transaction_id: UUID) -> None:
    """The files of the line, and a form that attaches more. Files come in when the button is pressed."""
    listed = st.container(gap="xsmall", key="receipts_list")
    for given in _given():
        with refusals_shown(), unit_of_work() as session:
            attach(
                session, caller, company_id, transaction_id,
                name=given.name, content=given.getvalue(), now=datetime.now(UTC),
            )  # fmt: skip
    with snapshot() as session:
        files = list_attachments(session, caller, company_id, [transaction_id]).get(transaction_id, [])
    with listed:
        if not files:
            st.caption("Nothing is attached yet.")
        for each in files:
            _row(caller, company_id, each)


def _given() -> list[Any]:
    with st.form("receipts_form", border=False, clear_on_submit=True, enter_to_submit=False):
        chosen = st.file_uploader(
            "Files", accept_multiple_files=True, max_upload_size=SIZE_MAX // MB, key="receipts_files"
        )
        st.caption(ABOUT)
        with st.container(horizontal=True, horizontal_alignment="right"):
            pressed = st.form_submit_button("Attach", type="primary", key="receipts_go", shortcut="Ctrl+Enter")
    if pressed and not chosen:
        st.error("Choose a file first.", icon=":material/block:")
    return list(chosen) if pressed and chosen else []


def _row(caller: Caller, company_id: UUID, each: AttachedFile) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        icon = ICONS.get(each.content_type, "image")
        when = day(each.attached_at.date(), year=True)
        st.markdown(
            f":material/{icon}: **{plain(each.name)}**  \n"
            f":small[:gray[{size(each.size)} · {when} · SHA-256 {each.sha256[:12]}…]]",
            width="stretch", help=f"SHA-256 {each.sha256}",
        )  # fmt: skip
        st.download_button(
            "Download", _bytes(caller, company_id, each.id), each.name, each.content_type, on_click="ignore",
            key=f"receipt_{each.id.hex}", icon=":material/download:", type="tertiary",
        )  # fmt: skip


def _bytes(caller: Caller, company_id: UUID, attachment_id: UUID) -> Callable[[], bytes]:
    """Read when the button is pressed: receipts are large, and most are not looked at."""
    return lambda: content_of(caller, company_id, attachment_id)


def content_of(caller: Caller, company_id: UUID, attachment_id: UUID) -> bytes:
    """The bytes of a receipt as they were attached."""
    with snapshot() as session:
        return read_attachment(session, caller, company_id, attachment_id)[1]


def size(count: int) -> str:
    """1.4 MB, 36 KB, or 512 bytes."""
    if count < KB:
        return f"{count} bytes"
    return f"{count / KB:,.0f} KB" if count < MB else f"{count / MB:.1f} MB"
