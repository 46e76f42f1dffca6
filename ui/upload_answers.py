"""What a person said of the files that wait, by their SHA-256: kept in the browser session until they are stored."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import streamlit as st

from core.ingestion.alternatives import with_answer
from core.ingestion.layout import Layout
from core.ingestion.previewing import FileAnswer

ANSWERS = "upload_answers"  # in session_state: SHA-256 → FileAnswer


def answer(digest: str, *, bank_account_id: UUID | None = None, layout: Mapping[str, Any] | None = None) -> None:
    """Keep what a person said of a file; a layout adds to what they said of it before."""
    said = answer_of(digest)
    if bank_account_id:
        said = replace(said, bank_account_id=bank_account_id)
    if layout:
        said = replace(said, layout=with_answer(said.layout, layout))
    _keep(digest, said)


def use_layout(digest: str, layout: Layout | None) -> None:
    """Read the file by this layout as a person drew it; None: back to what is detected."""
    _keep(digest, replace(answer_of(digest), layout=replace(layout, by_hand=True) if layout else None))


def answer_rows(digest: str, rows: Iterable[int], *, new: bool) -> None:
    """Keep whether the doubtful lines of these rows are new ones or those that are stored."""
    said, chosen = answer_of(digest), frozenset(rows)
    known, fresh = said.known_rows - chosen, said.new_rows - chosen
    if new:
        fresh |= chosen
    else:
        known |= chosen
    _keep(digest, replace(said, known_rows=known, new_rows=fresh))


def leave_out_faulty(digest: str, leave: bool) -> None:
    """Store the file without the rows that cannot be read, or not at all."""
    _keep(digest, replace(answer_of(digest), leave_out_faulty=leave))


def _keep(digest: str, said: FileAnswer) -> None:
    st.session_state[ANSWERS] = {**st.session_state.get(ANSWERS, {}), digest: said}


def answer_of(digest: str) -> FileAnswer:
    found: FileAnswer = st.session_state.get(ANSWERS, {}).get(digest, FileAnswer())
    return found


def drop_answers(digests: Collection[str]) -> None:
    """Forget what was said of these files."""
    held = st.session_state.get(ANSWERS, {})
    st.session_state[ANSWERS] = {digest: said for digest, said in held.items() if digest not in digests}
