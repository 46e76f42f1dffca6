"""Files as they were uploaded: what became of each, its bytes again, and taking an import back."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.ingestion.file_lines import RevertingEffects, effects_of_reverting
from core.ingestion.import_history import ImportRecord, list_imports
from core.ingestion.importing import original_bytes, revert_import
from core.ingestion.receipt_documents import receipt_sheet
from core.problems import Problem, Severity
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import FileKind, FileStatus
from ui import upload_desk as desk
from ui.frame import empty, refusals_shown
from ui.tables import frame, table
from ui.upload_file_lines import file_lines
from ui.upload_lines import problems_table
from ui.upload_receipt import show_sums, sums_of_records
from ui.words import NONE, STATES, badge_text, count, money, plain, span

MOST = 200
TABLE = "earlier_imports"
ASKED = "upload_take_back"  # in session_state: id of the file for which the dialog is open
TAKEN = "upload_taken_back"  # a sentence for the next run


def earlier_imports(caller: Caller, company_id: UUID) -> None:
    """All files, the newest first; the chosen one is open below the list."""
    say_what_was_taken_back()
    with snapshot() as session:
        records = list_imports(session, caller, company_id, most=MOST)
    if not records:
        empty("history", "Nothing was uploaded yet", "Files that you store, and those that were refused, stand here.")
        return
    chosen: Any = table(
        frame([_cells(one) for one in records], "File", "State", "Bank account", "Period", "Lines", "New",
              "Uploaded", "By"),
        (), _columns(), most=12, key=TABLE, on_select="rerun", selection_mode="single-cell",
    )  # fmt: skip
    if len(records) == MOST:
        st.caption(f"The newest {MOST} files are listed.")
    cells = chosen["selection"]["cells"]
    if not cells:
        st.caption("Choose a file to see its receipt, download it, or take it back.")
        return
    record_card(caller, company_id, records[cells[0][0]], open_it=True)


def say_what_was_taken_back() -> None:
    """Once, in the run after it."""
    if said := st.session_state.pop(TAKEN, ""):
        st.success(said, icon=":material/undo:")


def state_of(record: ImportRecord) -> str:
    """The badge of a stored file: a key of STATES."""
    if record.status is FileStatus.STORED and record.duplicate_count:
        return "partly" if record.new_count else "duplicate"
    return str(record.status.value)


def _cells(record: ImportRecord) -> list[Any]:
    state = STATES[state_of(record)][0]
    where = record.bank_account or ("Open items" if record.kind is FileKind.OPEN_ITEMS else NONE)
    period = span(record.period.first_on, record.period.last_on) if record.period else NONE
    return [
        record.name, [state], where, period, record.line_count, record.new_count, _moment(record.uploaded_at),
        record.uploaded_by or "script",
    ]  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at:%b} {at.day}, {at:%Y %H:%M}"


def _columns() -> dict[str, Any]:
    shown = [STATES[name] for name in ("stored", "partly", "duplicate", "refused", "reverted")]
    return {
        "File": st.column_config.TextColumn(width=270),
        "State": st.column_config.MultiselectColumn(
            width=112, options=[word for word, _, _ in shown], color=[colour for _, colour, _ in shown]
        ),
        "Bank account": st.column_config.TextColumn(width=160),
        "Period": st.column_config.TextColumn(width=176),
        "Lines": st.column_config.NumberColumn(width=64, format="localized"),
        "New": st.column_config.NumberColumn(width=64, format="localized"),
        "Uploaded": st.column_config.TextColumn(width=140, help="In UTC"),
        "By": st.column_config.TextColumn(width=120),
    }


def record_card(caller: Caller, company_id: UUID, record: ImportRecord, *, open_it: bool = False) -> None:
    """One uploaded file: receipt, reason or problems, the bytes again, and the way back."""
    facts = [record.format.upper(), record.bank_account]
    facts.append(span(record.period.first_on, record.period.last_on) if record.period else "")
    facts.append(count(record.line_count, "line") if record.line_count else "")
    about = " · ".join(fact for fact in facts if fact)
    head = f"{badge_text(state_of(record))} &ensp;**{plain(record.name)}** &ensp;:gray[{plain(about)}]"
    refused = record.status is FileStatus.REFUSED
    with st.expander(head, expanded=open_it or refused, key=f"record_{record.file_id.hex}"):
        if refused:
            st.error(plain(record.refusal), title="Nothing was stored from this file", icon=":material/block:")
        else:
            st.markdown(plain(_sentence(record)))
        problems = [
            Problem(one["row"], one["message"], Severity(one["severity"]), one.get("text", ""))
            for one in record.problems
        ]
        problems_table(problems, f"problems_{record.file_id.hex}")
        if open_it and record.line_count and not refused:
            item = "Items" if record.kind is FileKind.OPEN_ITEMS else "Lines"
            word = "New, taken back" if record.status is FileStatus.REVERTED else "New, stored"
            show_sums(sums_of_records([record]), 1, word, f"sum_{record.file_id.hex}", item)
            if record.kind is FileKind.STATEMENT and record.new_count:
                st.markdown("**Its lines**")
                file_lines(caller, company_id, record)
        _actions(caller, company_id, record)


def _sentence(record: ImportRecord) -> str:
    item = "item" if record.kind is FileKind.OPEN_ITEMS else "line"
    if record.status is FileStatus.REVERTED:
        when = _moment(record.reverted_at) if record.reverted_at else ""
        return f"Taken back {when}: its {count(record.new_count, item)} left the books. It can be uploaded again."
    if record.status is FileStatus.DUPLICATE:
        return f"The same file was stored before. Its {count(record.duplicate_count, item)} were not stored again."
    parts = [f"{count(record.new_count, f'new {item}')} stored"]
    if record.currency:
        parts[0] += f", {money(record.new_minor, record.currency, sign=True)} net"
    if record.duplicate_count:
        parts.append(f"{record.duplicate_count:,} already stored")
    if record.opening_minor is not None and record.closing_minor is not None:
        opening, closing = (money(one, record.currency) for one in (record.opening_minor, record.closing_minor))
        parts.append(f"balance from {opening} to {closing}")
    return " · ".join(parts)


def _actions(caller: Caller, company_id: UUID, record: ImportRecord) -> None:
    def content() -> bytes:
        with snapshot() as session:
            return original_bytes(session, caller, company_id, record.file_id)[1]

    def receipt() -> bytes:
        with snapshot() as session:
            return receipt_sheet(session, caller, company_id, record.file_id)

    with st.container(horizontal=True):
        st.download_button(
            "Download the receipt", receipt, file_name=f"receipt {record.name}.txt", mime="text/plain",
            key=f"receipt_{record.file_id.hex}", icon=":material/receipt_long:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Download the original", content, file_name=record.name, mime="application/octet-stream",
            key=f"bytes_{record.file_id.hex}", icon=":material/download:", on_click="ignore", type="tertiary",
        )  # fmt: skip
        if record.status is FileStatus.STORED and caller.may(company_id, Action.IMPORT):
            st.button(
                "Take back this import", key=f"back_{record.file_id.hex}", icon=":material/undo:", type="tertiary",
                on_click=_ask, args=(record.file_id,),
            )  # fmt: skip
            if st.session_state.get(ASKED) == record.file_id:
                take_back(caller, company_id, record)


def _ask(file_id: UUID) -> None:
    st.session_state[ASKED] = file_id


def _close() -> None:
    st.session_state.pop(ASKED, None)


@st.dialog("Take back this import", icon=":material/undo:", on_dismiss=_close)
def take_back(caller: Caller, company_id: UUID, record: ImportRecord) -> None:
    """Says what leaves the books, and asks."""
    item = "item" if record.kind is FileKind.OPEN_ITEMS else "line"
    st.markdown(f"**{plain(record.name)}** &ensp;{count(record.new_count, f'new {item}')}")
    if record.kind is FileKind.OPEN_ITEMS:
        st.markdown("Its items leave the list of what is expected.")
    else:
        with snapshot() as session:
            _effects(effects_of_reverting(session, caller, company_id, record.file_id))
    st.caption(
        "Possible until its days are locked or its statement is reconciled. The file and its record stay, "
        "and it can be uploaded again."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", type="tertiary", key="take_back_cancel"):
            _close()
            st.rerun()
        pressed = st.button(f"Take back {count(record.new_count, item)}", type="primary", key="take_back_go")
    if pressed:
        with refusals_shown("Nothing was taken back"):
            with st.spinner("Taking the lines out of the books"), unit_of_work() as session:
                now = datetime.now(UTC)
                gone = revert_import(session, caller, company_id, record.file_id, now=now, write=write_columns)
            st.session_state[TAKEN] = f"{count(gone, item)} of {plain(record.name)} left the books."
            desk.read_again()
            _close()
            st.rerun()


def _effects(would: RevertingEffects) -> None:
    """What leaves the books, one thing a line."""
    told = [f"{count(would.lines, 'line')} out of the books"]
    if would.posted:
        told.append(f"{count(would.posted, 'posted entry is', 'posted entries are')} reversed, each by its opposite")
    if would.waiting:
        told.append(f"{count(would.waiting, 'entry', 'entries')} in review withdrawn")
    if would.matches:
        told.append(f"{count(would.matches, 'confirmed match', 'confirmed matches')} undone")
    st.markdown("\n".join(f"- {one}" for one in told))
