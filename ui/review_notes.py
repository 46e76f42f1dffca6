"""What is said about a group: comment, question to the bookkeeper, put off; and the notes as the group shows them."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import streamlit as st
from sqlmodel import Session

from core.posting.group_detail import GroupDetail
from core.posting.line_history import Note
from core.posting.line_notes import LONGEST, Said, ask, comment, defer
from db.bulk import write_columns
from models import NoteKind
from ui import review_desk as desk
from ui.frame import refusals_shown
from ui.review_deciding import speak
from ui.review_dialogs import buttons, finish, object_line
from ui.words import count, day, plain

ICONS = {
    NoteKind.COMMENT: "edit_note",
    NoteKind.QUESTION: "contact_support",
    NoteKind.ANSWER: "chat",
    NoteKind.DEFERRAL: "schedule",
}
TOMORROW, WEEK, MONTH, A_DAY = "Tomorrow", "In a week", "In a month", "A day"
DAYS = {TOMORROW: 1, WEEK: 7, MONTH: 30}


def said(notes: Sequence[Note]) -> None:
    """Who said what, the oldest first; the texts as they were written."""
    for note in notes:
        text = f"Put off until {day(note.until_on, year=True)}" if note.until_on else plain(note.text)
        who = ", ".join(filter(None, (plain(note.written_by), day(note.written_at.date()))))
        st.markdown(f":small[:material/{ICONS[note.kind]}: {text} :gray[{who}]]")


@st.dialog("Ask the bookkeeper", icon=":material/contact_support:", on_dismiss=desk.close_dialog)
def ask_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    """The lines leave the queue until somebody answers."""
    about = "The question stands on Home and Upload. The lines come back into the queue with the answer."
    text = _written(detail, "Question", about, f"Ask about {count(detail.group.lines, 'line')}", "review_ask")
    if text is not None:
        _speak(
            detail, lambda session, now: ask(
                session, sight.caller, sight.company_id, detail.entry_ids, text, write=write_columns, now=now
            ),
        )  # fmt: skip


@st.dialog("Comment", icon=":material/edit_note:", on_dismiss=desk.close_dialog)
def comment_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    text = _written(detail, "Comment", "It stays with the lines, whatever is decided.", "Add the comment",
                    "review_comment")  # fmt: skip
    if text is not None:
        _speak(
            detail, lambda session, now: comment(
                session, sight.caller, sight.company_id, detail.entry_ids, text, write=write_columns, now=now
            ), stays=True,
        )  # fmt: skip


@st.dialog("Later", icon=":material/schedule:", on_dismiss=desk.close_dialog)
def later_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    """The lines come back into the queue on a day."""
    object_line(detail)
    today = datetime.now(UTC).date()
    chosen = st.segmented_control(
        "Back in the queue", [*DAYS, A_DAY], default=TOMORROW, required=True, key="review_later_when"
    )
    with st.form("review_later_form", border=False, enter_to_submit=False):
        until = today + timedelta(days=DAYS.get(chosen or TOMORROW, 1))
        if chosen == A_DAY:
            picked = st.date_input("Day", until, min_value=until, key="review_later_day", format="YYYY-MM-DD")
            until = picked if isinstance(picked, date) else until
        else:
            st.caption(f"Back on {day(until, year=True)}. Until then it stands under Later.")
        pressed = buttons(f"Put off {count(detail.group.lines, 'line')}", "review_later")
    if pressed:
        _speak(
            detail, lambda session, now: defer(
                session, sight.caller, sight.company_id, detail.entry_ids, until,
                write=write_columns, today=today, now=now,
            ),
        )  # fmt: skip


def _written(detail: GroupDetail, label: str, about: str, verb: str, key: str) -> str | None:
    """What was written, once the verb was pressed."""
    object_line(detail)
    with st.form(f"{key}_form", border=False, enter_to_submit=False):
        text = st.text_area(label, key=key, max_chars=LONGEST)
        st.caption(about)
        pressed = buttons(verb, key)
    return text or "" if pressed else None


def _speak(detail: GroupDetail, what: Callable[[Session, datetime], Said], *, stays: bool = False) -> None:
    with refusals_shown("Nothing was changed"):
        speak(detail.group.key.token, what, stays=stays)
        finish()
