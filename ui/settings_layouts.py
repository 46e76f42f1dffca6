"""The section of Settings with the saved layouts: how each bank writes its files, as a file, taken in, forgotten."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Action
from core.ingestion.layout import SIGN_RULES, Layout
from core.ingestion.layout_files import read_layout_file, write_layout_file
from core.ingestion.saved_layouts import SavedLayout, forget_layout, list_layouts, save_layout
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown, section
from ui.identity import Here
from ui.tables import frame, table
from ui.upload_accounts import bank_account_options
from ui.upload_draw_fields import DELIMITERS, ORDERS
from ui.words import day, plain

TABLE, ROUND, TOLD = "layouts", "layouts_round", "layouts_told"  # in session_state
PROMPT = "Choose a layout to download or forget it."


def saved_layouts(place: Here) -> None:
    """The saved layouts of all bank accounts; the chosen one can be downloaded and forgotten."""
    section("Saved layouts", "How each bank writes its files. The newest of a bank account reads its next file.")
    if told := st.session_state.pop(TOLD, ""):
        st.success(told, icon=":material/task_alt:")
    with snapshot() as session:
        found = list_layouts(session, place.caller, place.company_id)
    if found:
        _chosen(place, found)
    else:
        st.caption("None yet. The first file of a bank account saves how it was read.")
    if place.caller.may(place.company_id, Action.CONFIGURE):
        _take_in(place)


def _chosen(place: Here, found: Sequence[SavedLayout]) -> None:
    picked: Any = table(
        frame([_cells(one) for one in found], "Bank account", "Columns", "Dates", "Amounts", "Written", "Saved", "By",
              "Used"),
        columns={
            "Bank account": st.column_config.TextColumn(width=180), "Columns": st.column_config.TextColumn(width=300),
            "Dates": st.column_config.TextColumn(width=110), "Amounts": st.column_config.TextColumn(width=220),
            "Written": st.column_config.TextColumn(width=130), "Saved": st.column_config.TextColumn(width=110),
            "By": st.column_config.TextColumn(width=120), "Used": st.column_config.TextColumn(width=90),
        },
        most=8, key=f"{TABLE}_{len(found)}", on_select="rerun", selection_mode="single-cell",
    )  # fmt: skip
    cells = picked["selection"]["cells"]
    if not cells or cells[0][0] >= len(found):
        st.caption(PROMPT)
        return
    one = found[cells[0][0]]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(one.bank_account)}** &ensp;:gray[{day(one.saved_at.date(), year=True)}]", width="content"
        )
        st.download_button(
            "Download the layout", write_layout_file(one.bank_account, one.layout), "layout.json", "application/json",
            key="layout_download", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        if place.caller.may(place.company_id, Action.CONFIGURE):
            _forgetting(place, one)


def _cells(one: SavedLayout) -> list[str]:
    layout = one.layout
    roles = ("date", "amount", "debit", "credit", "direction", "description", "counterparty")
    names = [column.label for role in roles for column in layout.columns.get(role, ())]
    return [
        one.bank_account, ", ".join(dict.fromkeys(names)), ORDERS.get(layout.date_order, "–"),
        SIGN_RULES.get(layout.sign, "–").split(": ")[-1], _written(layout), day(one.saved_at.date(), year=True),
        one.saved_by or "script", "now" if one.is_newest else "before",
    ]  # fmt: skip


def _written(layout: Layout) -> str:
    return f"{DELIMITERS.get(layout.delimiter, layout.delimiter)}, {layout.encoding}"


def _forgetting(place: Here, one: SavedLayout) -> None:
    with st.popover("Forget it", icon=":material/delete:"):
        st.markdown("The next file of the account is read by an older layout or afresh. What is in the books stays.")
        pressed = st.button("Forget the layout", key="layout_forget")
    if pressed:
        with refusals_shown("Nothing was forgotten"):
            with unit_of_work() as session:
                forget_layout(session, place.caller, place.company_id, one.id, now=datetime.now(UTC))
            st.session_state[TOLD] = f"A layout of {plain(one.bank_account)} is forgotten."
            st.rerun()


def _take_in(place: Here) -> None:
    """A layout that came as a file becomes the one that reads an account's next files."""
    options = bank_account_options(place.caller, place.company_id)
    number = st.session_state.get(ROUND, 0)
    with st.expander("Take in a layout from a file", icon=":material/upload_file:"):
        if not options:
            st.caption("Add a bank account first.")
            return
        given = st.file_uploader(
            "Layout file", key=f"layout_file_{number}", max_upload_size=1, label_visibility="collapsed"
        )
        if given is None:
            st.caption("A file that was downloaded here or on the Upload page, of this company or another one.")
            return
        with refusals_shown("The layout was not taken"):
            bank, layout = read_layout_file(given.getvalue())
            owner: UUID = st.selectbox(
                f"It reads files of {plain(bank)}. Use it for", list(options), format_func=options.__getitem__,
                key=f"layout_owner_{number}",
            )  # fmt: skip
            if st.button("Use the layout", key=f"layout_use_{number}"):
                with unit_of_work() as session:
                    save_layout(session, place.caller, place.company_id, owner, layout, now=datetime.now(UTC))
                st.session_state[ROUND] = number + 1
                st.session_state[TOLD] = f"The next file of {plain(options[owner])} is read by this layout."
                st.rerun()
