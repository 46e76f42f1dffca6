"""Bank files from drop to receipt: preview of everything, one button that stores exactly that."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.ingestion.import_history import ImportRecord, list_imports
from core.ingestion.previewing import ImportPreview, PreviewStatus
from db.engine import snapshot
from ui import upload_desk as desk
from ui.frame import refusals_shown, section
from ui.navigation import LINKS
from ui.onboarding import FOUNDED
from ui.upload_files import file_card
from ui.upload_history import record_card, say_what_was_taken_back
from ui.upload_progress import progress_shown
from ui.upload_receipt import reading_steps, show_sums, stored_steps, sums_of_previews, sums_of_records
from ui.words import count, plain


def statements(caller: Caller, company_id: UUID, company: str) -> None:
    """The whole of the segment."""
    waiting = desk.files()
    fresh = not waiting and desk.DONE not in st.session_state
    top, side = (st.container(), st.empty()) if fresh else st.columns([0.66, 0.34], gap="medium")
    with top:
        say_what_was_taken_back()
        _field(company_id, company, fresh)
    found: Sequence[ImportPreview] = ()
    with top, refusals_shown():
        found = desk.previews(caller, company_id) if waiting else ()
    done: desk.Done | None = st.session_state.get(desk.DONE)
    if found:
        with top:
            _to_store(caller, company_id, found)
    records: list[ImportRecord] = []
    if done:
        with snapshot() as session:
            records = list_imports(session, caller, company_id, file_ids=done.file_ids)
        with top:
            _stored(caller, company_id, records, done)
    with side:
        if done:
            stored_steps(done, records)
        elif found:
            reading_steps(found)
    if found:
        section("Files", "Each file stands alone: one that is refused does not hold up the others.")
        for place, preview in enumerate(found):
            file_card(caller, company_id, place, preview, len(found) == 1)
    if records:
        section("Stored just now" if found else "Files", "" if found else "What became of each.")
        for record in records:
            record_card(caller, company_id, record)


def _field(company_id: UUID, company: str, fresh: bool) -> None:
    """Where files are dropped; as long as nothing else is on the page it fills it, so that no drop goes astray."""
    if fresh and st.session_state.get(FOUNDED) == company_id:
        st.success(f"{plain(company)} is ready. The last step: drop its first files.", icon=":material/task_alt:")
    with st.container(key="dropfield" if fresh else "addfield", gap="small"):
        if fresh:
            st.markdown("**Drop the files of this month into the field**")
            st.caption("Of any bank, card or processor. You see what each holds before anything is stored.")
        st.file_uploader(
            "Statement files", accept_multiple_files=True, label_visibility="collapsed", key=desk.field_key(),
            max_upload_size=desk.MOST_MEGABYTES, on_change=desk.take_files,
        )  # fmt: skip
    st.caption("CSV and text, Excel, OFX, QFX, QBO, QIF, CAMT, MT940, and ZIP files of them. The content decides.")
    if left := st.session_state.get(desk.LEFT):
        st.warning(
            f"{count(len(left), 'file')} did not fit beside the others: {plain(', '.join(left[:5]))}. "
            f"At most {desk.MOST_FILES} files and {desk.MOST_BYTES // 1_000_000} MB wait at once; store these first.",
            icon=":material/inventory:",
        )


def _to_store(caller: Caller, company_id: UUID, found: Sequence[ImportPreview]) -> None:
    """The receipt as it will be, and the button that makes it so."""
    chosen = [one for one in found if not desk.is_asking(one)]
    with st.container(border=True, key="receipt", gap="xsmall"):
        show_sums(sums_of_previews(found), len(found), "New", "sum")
        unread = sum(desk.is_asking(one) and one.statement is None for one in found)
        if unread:
            st.caption(f"{count(unread, 'file is', 'files are')} not counted until the question below is answered.")
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(_verb(chosen), type="primary", key="store", icon=":material/save:", disabled=not chosen)
            st.button("Clear the list", type="tertiary", key="clear", on_click=desk.clear)
    if not pressed:
        return
    with refusals_shown("Nothing was stored"):
        with progress_shown() as tell:
            desk.store(caller, company_id, chosen, tell)
        st.rerun()


def _verb(chosen: Sequence[ImportPreview]) -> str:
    new = sum(one.new_count for one in chosen)
    if new:
        return f"Store {count(new, 'new line')}"
    if any(one.status is PreviewStatus.NEW for one in chosen):
        return "Store the statement, no new lines"
    return f"Keep the record of {count(len(chosen), 'file')}" if chosen else "Nothing to store yet"


def _stored(caller: Caller, company_id: UUID, records: Sequence[ImportRecord], done: desk.Done) -> None:
    with st.container(border=True, key="stored_receipt", gap="xsmall"):
        show_sums(sums_of_records(records), len(records), "New, stored", "stored_sum")
        st.caption("The bytes of every file are kept and can be downloaded as they came.")
        with st.container(horizontal=True):
            if done.booking.needs_review and caller.may(company_id, Action.REVIEW):
                label = f"Review {count(done.booking.needs_review, 'line')}"
                st.page_link(LINKS["review"].path, label=label, icon=":material/checklist:")
            if done.matching.suggested and caller.may(company_id, Action.RECONCILE):
                label = f"Look at {count(done.matching.suggested, 'suggested match', 'suggested matches')}"
                st.page_link(LINKS["reconcile"].path, label=label, icon=":material/balance:")
