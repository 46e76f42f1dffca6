"""Open items: files of any program previewed and stored, items added by hand, and below it what is open."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.ingestion.items.previewing import OpenItemsPreview
from ui import upload_items_desk as desk
from ui.frame import refusals_shown
from ui.items_list import items_list
from ui.upload_items_card import item_file
from ui.words import count

COLUMNS = "number,kind,counterparty,issued_on,due_on,amount,currency,reference,account_code"


def open_items(caller: Caller, company_id: UUID) -> None:
    """The whole of the segment."""
    desk.begin(company_id)
    st.file_uploader(
        "Open items", accept_multiple_files=True, label_visibility="collapsed",
        type=["csv", "txt", "tsv", "xlsx", "xls", "xlsb", "ods"], max_upload_size=10, key=desk.field_key(),
        on_change=desk.take_files,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "Invoices, bills, payouts, payroll runs or ledger lines, as your program exports them: CSV or Excel."
        )
        st.download_button(
            "Empty table", COLUMNS + "\n", file_name="open-items.csv", mime="text/csv", key="items_template",
            type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    if told := st.session_state.get(desk.TOLD):
        st.success(told, icon=":material/task_alt:")
    with refusals_shown():
        found = desk.previews(caller, company_id)
        if found:
            _to_store(caller, company_id, found)
        for place, preview in enumerate(found):
            item_file(caller, company_id, place, preview)
        items_list(caller, company_id, quiet=bool(found))


def _to_store(caller: Caller, company_id: UUID, found: Sequence[OpenItemsPreview]) -> None:
    ready = [one for one in found if not desk.is_asking(one)]
    new = sum(sum(one.is_new) for one in ready)
    with st.container(horizontal=True, vertical_alignment="center", key="items_store"):
        pressed = st.button(
            f"Store {count(new, 'new item')}" if new else f"Keep the record of {count(len(ready), 'file')}",
            type="primary", key="store_items", icon=":material/save:", disabled=not ready,
        )  # fmt: skip
        st.button("Clear the list", type="tertiary", key="clear_items", on_click=desk.clear)
        if asking := len(found) - len(ready):
            st.caption(f"{count(asking, 'file needs', 'files need')} an answer first.")
    if pressed:
        with refusals_shown("Nothing was stored"):
            desk.store(caller, company_id, found)
            st.rerun()
