"""Open items files of this browser session: what waits, what a person said of them, what they would bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import AmbiguousStatement, ItemsUnclear
from core.flow import work_through
from core.ingestion.items.layout import ItemLayout
from core.ingestion.items.previewing import OpenItemsPreview, preview_open_items
from core.ingestion.open_items import store_items_preview
from core.ingestion.raw_file import RawFile
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import FileStatus
from ui.words import count

COMPANY = "items_company"  # whose previews these are
FILES = "items_files"  # list[RawFile] that are not stored yet
ANSWERS = "items_answers"  # SHA-256 → ItemLayout
READ = "items_read"  # Previews of exactly these files and answers
ROUND = "items_round"
TOLD = "items_told"  # what the last storing did
MAPPING = "items_mapping"  # SHA-256 of files whose columns are being mapped by hand
MOST_FILES = 20


@dataclass(frozen=True)
class Previews:
    asked: tuple[Any, ...]
    found: tuple[OpenItemsPreview, ...]


def begin(company_id: UUID) -> None:
    """Another company: the files stay, what was found about them for the other one does not."""
    if st.session_state.get(COMPANY) != company_id:
        for name in (ANSWERS, READ, TOLD, MAPPING):
            st.session_state.pop(name, None)
        st.session_state[COMPANY] = company_id


def field_key() -> str:
    return f"items_field_{st.session_state.get(ROUND, 0)}"


def take_files() -> None:
    """Callback of the field: its files join those that wait."""
    waiting = files()
    known = {(file.name, file.digest) for file in waiting}
    dropped = [RawFile(one.name, one.getvalue()) for one in st.session_state[field_key()]]
    waiting += [file for file in dropped if (file.name, file.digest) not in known]
    st.session_state[FILES] = waiting[:MOST_FILES]
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(TOLD, None)


def files() -> list[RawFile]:
    return list(st.session_state.get(FILES, ()))


def leave_out(place: int) -> None:
    """Take one file off the list; nothing of it was stored."""
    waiting = files()
    del waiting[place]
    st.session_state[FILES] = waiting


def clear() -> None:
    for name in (FILES, ANSWERS, READ, TOLD, MAPPING):
        st.session_state.pop(name, None)


def answer_of(digest: str) -> ItemLayout:
    found: ItemLayout = st.session_state.get(ANSWERS, {}).get(digest, ItemLayout())
    return found


def answer(digest: str, layout: ItemLayout) -> None:
    """Keep what a person said of a file; it adds to what they said of it before."""
    st.session_state[ANSWERS] = {**st.session_state.get(ANSWERS, {}), digest: answer_of(digest).updated(layout)}
    st.session_state[MAPPING] = mapped() - {digest}


def mapped() -> set[str]:
    return set(st.session_state.get(MAPPING, ()))


def map_by_hand(digest: str, on: bool) -> None:
    """Callback: open or close the mapping of a file."""
    st.session_state[MAPPING] = mapped() | {digest} if on else mapped() - {digest}


def is_asking(preview: OpenItemsPreview) -> bool:
    """Whether a person's answer would let the file be read."""
    return isinstance(preview.error, AmbiguousStatement | ItemsUnclear)


def previews(caller: Caller, company_id: UUID) -> tuple[OpenItemsPreview, ...]:
    """What the waiting files would bring, read once for the same files and answers."""
    waiting = files()
    asked = (company_id, tuple((file.name, file.digest) for file in waiting), repr(st.session_state.get(ANSWERS, {})))
    held: Previews | None = st.session_state.get(READ)
    if held and held.asked == asked:
        return held.found
    found = tuple(as_read(caller, company_id, file, answer_of(file.digest)) for file in waiting)
    st.session_state[READ] = Previews(asked, found)
    return found


def as_read(caller: Caller, company_id: UUID, file: RawFile, layout: ItemLayout) -> OpenItemsPreview:
    """What the file would bring with this answer."""
    with snapshot() as session:
        return preview_open_items(session, caller, company_id, file, layout)


def store(caller: Caller, company_id: UUID, found: Sequence[OpenItemsPreview]) -> None:
    """Store each file that waits for no answer, then look which bank lines settle the new items."""
    now = datetime.now(UTC)
    ready = [one for one in found if not is_asking(one)]
    with st.spinner("Storing the items and matching them with bank lines"), unit_of_work() as session:
        receipts = [
            store_items_preview(session, caller, company_id, one, write=write_columns, now=now) for one in ready
        ]
        matching, _ = work_through(session, caller, company_id, write=write_columns, now=now)
    new = sum(receipt.new_count for receipt in receipts)
    refused = sum(receipt.status is FileStatus.REFUSED for receipt in receipts)
    known = sum(receipt.duplicate_count for receipt in receipts)
    parts = [f"{count(new, 'new item')} stored"]
    parts += [f"{count(refused, 'file')} refused"] if refused else []
    parts += [f"{known:,} already stored"] if known else []
    parts.append(f"{matching.confirmed_settlements:,} settled by bank lines")
    parts.append(f"{count(matching.suggested, 'match', 'matches')} suggested")
    waiting = [one.file for one in found if is_asking(one)]
    kept = {file.digest: answer_of(file.digest) for file in waiting}
    clear()
    st.session_state[FILES], st.session_state[ANSWERS] = waiting, kept
    st.session_state[TOLD] = ", ".join(parts) + "."
