"""What is being uploaded in this browser session: files, answers, previews. All of it is dropped once it is stored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import AmbiguousStatement, BankAccountUnclear, BooksChanged, UnknownFormat, WrongBankAccount
from core.flow import Intake, take_in
from core.ingestion.alternatives import Alternative, compare_readings
from core.ingestion.archives import unpack
from core.ingestion.assigning import FileReader
from core.ingestion.previewing import ImportPreview, preview_files
from core.ingestion.progress import TellProgress
from core.ingestion.raw_file import RawFile
from core.ingestion.raw_table import first_guess, read_raw_table
from core.posting.entries import BookingResult
from core.reconciliation.reconciling import MatchingResult
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.upload_answers import ANSWERS, answer_of, drop_answers
from ui.upload_progress import progress_shown

MOST_FILES = 60  # waiting in one browser session
MOST_BYTES = 120_000_000  # of them together
MOST_MEGABYTES = 25  # of one file

COMPANY = "upload_company"  # whose previews these are
FILES = "upload_files"  # list[RawFile] that are not stored yet
READ = "upload_read"  # Reading of exactly these files and answers
READER = "upload_reader"  # FileReader of this upload
ROUND = "upload_round"  # grows with each drop, so that the field for files is empty again
LEFT = "upload_left"  # names of files that did not fit
DONE = "upload_done"  # what the last storing did


T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """The previews of some files with some answers, and what was worked out of them so far."""

    asked: tuple[Any, ...]
    previews: tuple[ImportPreview, ...]
    derived: dict[tuple[int, str], Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What the last storing did: the files' ids, and counts."""

    file_ids: tuple[UUID, ...]
    matching: MatchingResult
    booking: BookingResult


def begin(company_id: UUID) -> None:
    """Another company: the files stay, what was found about them for the other one does not."""
    if st.session_state.get(COMPANY) != company_id:
        for name in (ANSWERS, READ, READER, DONE, LEFT):
            st.session_state.pop(name, None)
        st.session_state[COMPANY] = company_id


def files() -> list[RawFile]:
    return list(st.session_state.get(FILES, ()))


def field_key() -> str:
    """The key of the field for files of this round."""
    return f"upload_field_{st.session_state.get(ROUND, 0)}"


def take_files() -> None:
    """Callback of the field: its files join those that wait, members of an archive one by one.

    What does not fit is left out and named; an archive that cannot be unpacked waits as it is, to be refused by name.
    """
    waiting, left = files(), []
    known = {(file.name, file.digest) for file in waiting}
    size = sum(len(file.content) for file in waiting)
    for file in _dropped():
        if (file.name, file.digest) in known:
            continue
        if len(waiting) >= MOST_FILES or size + len(file.content) > MOST_BYTES:
            left.append(file.name)
            continue
        size += len(file.content)
        known.add((file.name, file.digest))
        waiting.append(file)
    st.session_state[FILES], st.session_state[LEFT] = waiting, left
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(DONE, None)


def _dropped() -> Iterator[RawFile]:
    for each in st.session_state[field_key()]:
        file = RawFile(each.name, each.getvalue(), datetime.now(UTC).date())
        try:
            yield from unpack(file)
        except UnknownFormat:
            yield file


def leave_out(place: int) -> None:
    """Take one file off the list; nothing of it was stored."""
    waiting = files()
    del waiting[place]
    st.session_state[FILES] = waiting
    if not waiting:
        clear()


def clear() -> None:
    for name in (FILES, ANSWERS, READ, READER, LEFT, DONE):
        st.session_state.pop(name, None)


def read_again() -> None:
    """The previews are not true any more, for instance since there is another bank account."""
    st.session_state.pop(READ, None)


def previews(caller: Caller, company_id: UUID) -> tuple[ImportPreview, ...]:
    """What the waiting files would bring, read once for the same files and answers. Raises what reading refuses."""
    waiting = files()
    given = {file.digest: answer_of(file.digest) for file in waiting}
    asked = (company_id, tuple((file.name, file.digest) for file in waiting), given)
    reading: Reading | None = st.session_state.get(READ)
    if reading and reading.asked == asked:
        return reading.previews
    reader: FileReader = st.session_state.setdefault(READER, FileReader())
    reader.keep_only(set(given))
    with progress_shown() as tell, snapshot() as session:
        found = tuple(preview_files(session, caller, company_id, waiting, answers=given, reader=reader, tell=tell))
    st.session_state[READ] = Reading(asked, found)
    return found


def held() -> tuple[ImportPreview, ...]:
    """The previews that are shown, in their order."""
    reading: Reading | None = st.session_state.get(READ)
    return reading.previews if reading else ()


def once(preview: ImportPreview, what: str, make: Callable[[], T]) -> T:
    """What is worked out of a whole file, worked out once for as long as its preview is held."""
    reading: Reading | None = st.session_state.get(READ)
    if reading is None:
        return make()
    key = (id(preview), what)
    if key not in reading.derived:
        reading.derived[key] = make()
    found: T = reading.derived[key]
    return found


def is_asking(preview: ImportPreview) -> bool:
    """Whether a person's answer may turn the refusal into an import."""
    error = preview.error
    if isinstance(error, AmbiguousStatement):
        return bool(error.layouts)
    return isinstance(error, BankAccountUnclear | WrongBankAccount)


def readings(preview: ImportPreview) -> list[Alternative]:
    """The ways an ambiguous file can be read, with what each would bring."""
    error = preview.error
    if not isinstance(error, AmbiguousStatement):
        return []
    said = answer_of(preview.digest).layout
    return once(preview, "readings", lambda: compare_readings(preview.file, error, said))


def asking_alike(preview: ImportPreview) -> list[ImportPreview]:
    """The other waiting files with the same header that leave the very same question open."""
    error = preview.error
    if not isinstance(error, AmbiguousStatement):
        return []
    return [
        other
        for other in held()
        if other.digest != preview.digest
        and isinstance(other.error, AmbiguousStatement)
        and other.error.layouts == error.layouts
        and _header(other) == _header(preview)
    ]


def _header(preview: ImportPreview) -> tuple[str, ...]:
    """The cells of the header as it looks; () where the file has none."""

    def find() -> tuple[str, ...]:
        raw = read_raw_table(preview.file)
        header = raw.row(first_guess(preview.file, raw).header_row or 0)
        return tuple(header.cells) if header else ()

    return once(preview, "header", find)


def store(caller: Caller, company_id: UUID, chosen: Sequence[ImportPreview], tell: TellProgress) -> Done:
    """Commit exactly these previews and work through the new lines; the others go on waiting.

    Raises what core refuses as a whole; a file that is refused for itself has a receipt that says so.
    """
    with unit_of_work() as session:
        now = datetime.now(UTC)
        intake = take_in(session, caller, company_id, chosen, write=write_columns, now=now, tell=tell)
    again = {preview.digest for preview in chosen} - _settled(chosen, intake)
    stored = {preview.digest for preview in chosen} - again
    state = st.session_state
    state[FILES] = [file for file in files() if file.digest not in stored]
    drop_answers(stored)
    for name in (LEFT, READER):
        state.pop(name, None)
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
