"""The lines of an uploaded file, a page at a time: what became of each, deleting one on purpose, restoring it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.flow import bring_back_line
from core.ingestion.deleting import delete_line
from core.ingestion.file_lines import FileLine, LineState, list_file_lines
from core.ingestion.import_history import ImportRecord
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown
from ui.tables import frame, table
from ui.upload_lines import DATE
from ui.words import count, day, money, plain

ASKED = "upload_delete_line"  # in session_state: FileLine whose dialog is open
TOLD = "upload_line_told"  # a sentence for the next run
STATES = {
    LineState.POSTED: ("Posted", "green"),
    LineState.REVIEW: ("To review", "orange"),
    LineState.UNBOOKED: ("Not booked", "gray"),
    LineState.DELETED: ("Deleted", "red"),
    LineState.TAKEN_BACK: ("Taken back", "gray"),
}


def file_lines(caller: Caller, company_id: UUID, record: ImportRecord) -> None:
    """Search, a page of lines, and what can be done with the chosen one."""
    mark = record.file_id.hex[:12]
    if told := st.session_state.pop(TOLD, ""):
        st.success(told, icon=":material/task_alt:")
    search = st.text_input(
        "Search the lines of this file", key=f"lines_search_{mark}", placeholder="Text or amount", width=280,
        label_visibility="collapsed",
    )  # fmt: skip
    asked = st.session_state.get(f"lines_page_{mark}", 1)
    with snapshot() as session:
        page = list_file_lines(session, caller, company_id, record.file_id, page=asked, search=search)
    if not page.lines:
        st.caption("No line of this file says that." if search else "This file brought no line of its own.")
        return
    chosen: Any = table(
        frame([_cells(one) for one in page.lines], "Date", "Amount", "Bank text", "State", "Row"),
        ["Amount"],
        {
            "Date": DATE,
            "Amount": st.column_config.NumberColumn(width=100, alignment="right"),
            "Bank text": st.column_config.TextColumn(width=460),
            "State": st.column_config.MultiselectColumn(
                width=112, options=[word for word, _ in STATES.values()], color=[hue for _, hue in STATES.values()]
            ),
            "Row": st.column_config.NumberColumn(width=64),
        },
        currency=record.currency or page.lines[0].currency, key=f"lines_{mark}_{page.number}", on_select="rerun",
        selection_mode="single-cell",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(count(page.line_count, "line"), width="content")
        if page.pages > 1:
            st.pagination(page.pages, key=f"lines_page_{mark}", width=320)
    cells = chosen["selection"]["cells"]
    if cells and cells[0][0] < len(page.lines):
        _chosen(caller, company_id, page.lines[cells[0][0]])
    elif caller.may(company_id, Action.IMPORT):
        st.caption("Choose a line to delete it on purpose, or to restore a deleted one.")


def _cells(one: FileLine) -> list[Any]:
    return [one.booked_on, one.amount_minor, one.description, [STATES[one.state][0]], one.row]


def _chosen(caller: Caller, company_id: UUID, line: FileLine) -> None:
    if not caller.may(company_id, Action.IMPORT):
        return
    if line.state is LineState.DELETED:
        st.markdown(f"{_about(line)}, deleted: {plain(line.reason)}")
        if st.button("Restore the line", icon=":material/restore_from_trash:", key="line_restore"):
            with refusals_shown("Nothing was restored"):
                with unit_of_work() as session:
                    now = datetime.now(UTC)
                    bring_back_line(session, caller, company_id, line.transaction_id, write=write_columns, now=now)
                _tell(f"{_about(line)} is in the books again and was booked anew.")
    elif line.state is not LineState.TAKEN_BACK:
        st.button(
            "Delete the line", icon=":material/delete:", key="line_delete", on_click=_ask, args=(line,), type="tertiary"
        )
        if st.session_state.get(ASKED) == line:
            delete_dialog(caller, company_id, line)


def _about(line: FileLine) -> str:
    amount = plain(money(line.amount_minor, line.currency, sign=True))
    return f"{day(line.booked_on, year=True)} &ensp;**{amount}** &ensp;{plain(line.description)}"


def _ask(line: FileLine) -> None:
    st.session_state[ASKED] = line


def _close() -> None:
    st.session_state.pop(ASKED, None)


def _tell(words: str) -> None:
    st.session_state[TOLD] = words
    _close()
    st.rerun()


@st.dialog("Delete one bank line", icon=":material/delete:", on_dismiss=_close)
def delete_dialog(caller: Caller, company_id: UUID, line: FileLine) -> None:
    """Says what deleting does, and asks for the reason."""
    st.markdown(_about(line))
    st.markdown(
        "Its entry is reversed or withdrawn and its match undone. It stays deleted also where another file holds it, "
        "until somebody restores it here."
    )
    with st.form("delete_line", border=False):
        reason = st.text_input("Why it is deleted", key="line_reason", max_chars=200, placeholder="The bank's error")
        with st.container(horizontal=True, horizontal_alignment="right"):
            cancelled = st.form_submit_button("Cancel", type="tertiary", key="line_cancel")
            pressed = st.form_submit_button("Delete the line", type="primary", key="line_go")
    if cancelled:
        _close()
        st.rerun()
    if pressed:
        with refusals_shown("Nothing was deleted"):
            with unit_of_work() as session:
                now = datetime.now(UTC)
                delete_line(
                    session, caller, company_id, line.transaction_id, reason=reason, now=now, write=write_columns
                )
            _tell(f"{_about(line)} is deleted. It can be restored here.")
