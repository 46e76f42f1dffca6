"""What is being uploaded in this browser session: files, answers, previews. All of it is dropped once it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import AmbiguousStatement, BankAccountUnclear, BookkeepingError, BooksChanged, WrongBankAccount
from core.flow import Intake, take_in
from core.ingestion.layout import Layout
from core.ingestion.previewing import FileAnswer, ImportPreview, preview_files
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement
from core.posting.entries import BookingResult
from core.reconciliation.reconciling import MatchingResult
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.words import count

MOST_FILES = 60  # waiting in one browser session
MOST_BYTES = 120_000_000  # of them together
MOST_MEGABYTES = 25  # of one file

COMPANY = "upload_company"  # whose previews these are
FILES = "upload_files"  # list[RawFile] that are not stored yet
ANSWERS = "upload_answers"  # SHA-256 → FileAnswer
READ = "upload_read"  # Reading of exactly these files and answers
ROUND = "upload_round"  # grows with each drop, so that the field for files is empty again
LEFT = "upload_left"  # names of files that did not fit
DONE = "upload_done"  # what the last storing did


@dataclass(frozen=True)
class Reading:
    """The previews of some files with some answers."""

    asked: tuple[Any, ...]
    previews: tuple[ImportPreview, ...]


@dataclass(frozen=True)
class Done:
    """What the last storing did: the files' ids, and counts."""

    file_ids: tuple[UUID, ...]
    matching: MatchingResult
    booking: BookingResult


def begin(company_id: UUID) -> None:
    """Another company: the files stay, what was found about them for the other one does not."""
    if st.session_state.get(COMPANY) != company_id:
        for name in (ANSWERS, READ, DONE, LEFT):
            st.session_state.pop(name, None)
        st.session_state[COMPANY] = company_id


def files() -> list[RawFile]:
    return list(st.session_state.get(FILES, ()))


def field_key() -> str:
    """The key of the field for files of this round."""
    return f"upload_field_{st.session_state.get(ROUND, 0)}"


def take_files() -> None:
    """Callback of the field: its files join those that wait; what does not fit is left out and named."""
    waiting, left = files(), []
    known = {(file.name, file.digest) for file in waiting}
    size = sum(len(file.content) for file in waiting)
    for dropped in st.session_state[field_key()]:
        file = RawFile(dropped.name, dropped.getvalue())
        if (file.name, file.digest) in known:
            continue
        size += len(file.content)
        if len(waiting) >= MOST_FILES or size > MOST_BYTES:
            left.append(file.name)
            continue
        known.add((file.name, file.digest))
        waiting.append(file)
    st.session_state[FILES], st.session_state[LEFT] = waiting, left
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(DONE, None)


def leave_out(place: int) -> None:
    """Take one file off the list; nothing of it was stored."""
    waiting = files()
    del waiting[place]
    st.session_state[FILES] = waiting


def clear() -> None:
    for name in (FILES, ANSWERS, READ, LEFT, DONE):
        st.session_state.pop(name, None)


def answer(digest: str, *, bank_account_id: UUID | None = None, layout: dict[str, Any] | None = None) -> None:
    """Keep what a person said of a file; a layout adds to what they said of it before."""
    given: dict[str, FileAnswer] = dict(st.session_state.get(ANSWERS, {}))
    said = given.get(digest, FileAnswer())
    if bank_account_id:
        said = replace(said, bank_account_id=bank_account_id)
    if layout:
        before = said.layout.to_dict() if said.layout else {}
        positions = {**before.get("positions", {}), **layout.get("positions", {})}
        said = replace(said, layout=Layout.from_dict({**before, **layout, "positions": positions}))
    st.session_state[ANSWERS] = {**given, digest: said}


def answer_of(digest: str) -> FileAnswer:
    found: FileAnswer = st.session_state.get(ANSWERS, {}).get(digest, FileAnswer())
    return found


def forget_layout(digest: str) -> None:
    """Back to what the detector finds."""
    given = dict(st.session_state.get(ANSWERS, {}))
    given[digest] = replace(given.get(digest, FileAnswer()), layout=None)
    st.session_state[ANSWERS] = given


def read_again() -> None:
    """The previews are not true any more, for instance since there is another bank account."""
    st.session_state.pop(READ, None)


def previews(caller: Caller, company_id: UUID) -> tuple[ImportPreview, ...]:
    """What the waiting files would bring, read once for the same files and answers. Raises what reading refuses."""
    waiting = files()
    given = {file.digest: answer_of(file.digest) for file in waiting}
    asked = (company_id, tuple((file.name, file.digest) for file in waiting), repr(given))
    held: Reading | None = st.session_state.get(READ)
    if held and held.asked == asked:
        return held.previews
    with st.spinner(f"Reading {count(len(waiting), 'file')}"), snapshot() as session:
        found = tuple(preview_files(session, caller, company_id, waiting, answers=given))
    st.session_state[READ] = Reading(asked, found)
    return found


def is_asking(preview: ImportPreview) -> bool:
    """Whether a person's answer may turn the refusal into an import."""
    error = preview.error
    if isinstance(error, AmbiguousStatement):
        return bool(error.layouts)
    return isinstance(error, BankAccountUnclear | WrongBankAccount)


def readings(preview: ImportPreview) -> list[tuple[str, dict[str, Any], Statement | BookkeepingError]]:
    """The ways an ambiguous file can be read: in words, the answer that chooses it, and what it gives."""
    error = preview.error
    if not isinstance(error, AmbiguousStatement):
        return []
    said = answer_of(preview.digest).layout
    known = said.to_dict() if said else {}
    found: list[tuple[str, dict[str, Any], Statement | BookkeepingError]] = []
    for words, layout in zip(error.candidates, error.layouts, strict=True):
        positions = {**known.get("positions", {}), **layout.get("positions", {})}
        whole = Layout.from_dict({**known, **layout, "positions": positions})
        try:
            found.append((words, layout, read_statement(preview.file, whole)))
        except BookkeepingError as refusal:
            found.append((words, layout, refusal))
    return found


def asking_alike(preview: ImportPreview) -> list[str]:
    """SHA-256 of the other waiting files that leave the very same question open."""
    held: Reading | None = st.session_state.get(READ)
    error = preview.error
    if held is None or not isinstance(error, AmbiguousStatement):
        return []
    return [
        other.digest
        for other in held.previews
        if other.digest != preview.digest
        and isinstance(other.error, AmbiguousStatement)
        and other.error.layouts == error.layouts
    ]


def store(caller: Caller, company_id: UUID, chosen: Sequence[ImportPreview]) -> Done:
    """Commit exactly these previews and work through the new lines; the others go on waiting.

    Raises what core refuses as a whole; a file that is refused for itself has a receipt that says so.
    """
    with unit_of_work() as session:
        intake = take_in(session, caller, company_id, chosen, write=write_columns, now=datetime.now(UTC))
    again = {preview.digest for preview in chosen} - _settled(chosen, intake)
    stored = {preview.digest for preview in chosen} - again
    state = st.session_state
    state[FILES] = [file for file in files() if file.digest not in stored]
    state[ANSWERS] = {digest: said for digest, said in state.get(ANSWERS, {}).items() if digest not in stored}
    state.pop(LEFT, None)
    read_again()
    done = Done(tuple(receipt.file_id for receipt in intake.receipts), intake.matching, intake.booking)
    state[DONE] = done
    return done


def _settled(chosen: Sequence[ImportPreview], intake: Intake) -> set[str]:
    """Files that need no further look: all but those whose preview was overtaken by what others stored meanwhile."""
    return {
        preview.digest
        for preview, receipt in zip(chosen, intake.receipts, strict=True)
        if not isinstance(receipt.error, BooksChanged)
    }
