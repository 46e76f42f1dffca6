"""What runs while files are read or stored: a bar that names the file whose turn it is. It claims nothing as done."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.ingestion.progress import Progress, Stage, TellProgress
from ui.words import plain

_DOING = {Stage.READ: "Reading", Stage.STORE: "Storing"}
_WHOLE = {Stage.MATCH: "Matching the new lines", Stage.BOOK: "Booking the new lines"}
_SHARE = {Stage.READ: (0.0, 1.0), Stage.STORE: (0.0, 0.6), Stage.MATCH: (0.6, 0.75), Stage.BOOK: (0.75, 1.0)}


@contextmanager
def progress_shown() -> Iterator[TellProgress]:
    """A bar at this place; it is gone when the work is done or refused."""
    place = st.empty()

    def tell(progress: Progress) -> None:
        start, end = _SHARE[progress.stage]
        share = start + (end - start) * (progress.number - 1) / max(1, progress.total)
        place.progress(min(1.0, share), text=_words(progress))

    try:
        yield tell
    finally:
        place.empty()


def _words(progress: Progress) -> str:
    if progress.stage in _WHOLE:
        return _WHOLE[progress.stage]
    which = f", {progress.number:,} of {progress.total:,}" if progress.total > 1 else ""
    return f"{_DOING[progress.stage]} {plain(progress.name)}{which}"
