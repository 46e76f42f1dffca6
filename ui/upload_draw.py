"""A layout drawn by hand: the table as the file has it, what each column is, and at once the lines as they would be."""

from dataclasses import replace

import streamlit as st

from core.errors import BookkeepingError
from core.ingestion.layout import Layout
from core.ingestion.layout_checks import check_layout
from core.ingestion.layout_files import read_layout_file, write_layout_file
from core.ingestion.previewing import ImportPreview
from core.ingestion.raw_table import RawTable, first_guess, is_table, read_raw_table, try_layout
from ui import upload_answers as answers
from ui import upload_desk as desk
from ui.frame import refusals_shown
from ui.tables import ROW, frame, height, styled
from ui.upload_draw_fields import LABELS, drawn_layout
from ui.upload_lines import lines_table, problems_table, totals_of
from ui.words import plain

ASKED = "upload_draw"  # in session_state: SHA-256 of the file whose dialog is open
DRAFT = "upload_draft"  # Layout as far as it is drawn
ROUND = "upload_draw_round"  # grows when a draft comes from elsewhere, so that the fields take its values
ROWS_READ = 6
WIDTH = 1180  # pixels


def offer_drawing(preview: ImportPreview, label: str) -> None:
    """The button that opens the dialog, for every file that has rows and columns."""
    if not desk.once(preview, "is table", lambda: is_table(preview.file)):
        return
    st.button(
        label, icon=":material/table_edit:", key=f"draw_{preview.digest[:16]}", on_click=_open, args=(preview.digest,)
    )
    if st.session_state.get(ASKED) == preview.digest:
        draw(preview)


def _open(digest: str) -> None:
    st.session_state[ASKED] = digest
    _restart(None)


def _close() -> None:
    for name in (ASKED, DRAFT):
        st.session_state.pop(name, None)


def _restart(draft: Layout | None) -> None:
    st.session_state[DRAFT] = draft
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


@st.dialog("How this file is written", width=WIDTH, icon=":material/table_edit:", on_dismiss=_close)
def draw(preview: ImportPreview) -> None:
    """Everything is tried on the beginning of the file at once; nothing changes before "Use this reading"."""
    st.markdown(f"**{plain(preview.name)}** &ensp;:gray[the first rows as the file has them]")
    draft: Layout | None = st.session_state.get(DRAFT)
    with refusals_shown():
        raw = read_raw_table(
            preview.file, delimiter=draft.delimiter if draft else "", encoding=draft.encoding if draft else ""
        )
        start = draft or _start(preview, raw)
        shown = st.container()
        drawn = drawn_layout(raw, start, f"{preview.digest[:12]}_{st.session_state[ROUND]}")
        if (drawn.delimiter, drawn.encoding) != (raw.delimiter, start.encoding or raw.encoding):
            _restart(replace(drawn, columns={}))
            st.rerun(scope="fragment")
        with shown:
            _raw_rows(raw, drawn)
        _outcome(preview, drawn)
        _buttons(preview, drawn)


def _start(preview: ImportPreview, raw: RawTable) -> Layout:
    """What the file is read by now, or what its columns look like."""
    said = answers.answer_of(preview.digest).layout
    if said and said.by_hand:
        return said
    if preview.statement and preview.statement.layout.get("positions"):
        return Layout.from_dict(preview.statement.layout)
    guess = first_guess(preview.file, raw)
    if said is None:
        return guess
    answered = {name: getattr(said, name) or getattr(guess, name) for name in ("date_order", "decimal", "sign")}
    return replace(guess, **answered, columns={**guess.columns, **said.columns})


def _raw_rows(raw: RawTable, drawn: Layout) -> None:
    """The table with its role over each column; the header row stands out."""
    roles: dict[int, list[str]] = {}
    for role, columns in drawn.columns.items():
        for column in columns:
            roles.setdefault(column.position, []).append(LABELS[role].split(",")[0])
    names = [f"{at + 1} {', '.join(roles.get(at, ()))}".strip() for at in range(raw.width)]
    data = frame([[str(row.row), *(row.cell(at) for at in range(raw.width))] for row in raw.rows], "Row", *names)
    header = [number for number, row in enumerate(raw.rows) if row.row == drawn.header_row]
    st.dataframe(
        styled(data, (), totals=header), hide_index=True, row_height=ROW, height=height(len(data), 7),
        column_config={"Row": st.column_config.TextColumn(width=52)}, key=f"raw_{st.session_state[ROUND]}",
    )  # fmt: skip


def _outcome(preview: ImportPreview, drawn: Layout) -> None:
    st.markdown("**Read so**")
    try:
        currency = preview.currency
        read = try_layout(preview.file, drawn, currency)
    except BookkeepingError as refusal:
        st.caption(plain(str(refusal)))
        return
    st.caption(plain(totals_of(read)))
    account = read.accounts[0]
    lines_table(account.lines[:ROWS_READ], account.currency or currency, f"drawn_{st.session_state[ROUND]}")
    problems_table(read.problems, f"drawn_problems_{st.session_state[ROUND]}")


def _buttons(preview: ImportPreview, drawn: Layout) -> None:
    whole = _is_whole(drawn)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the layout", write_layout_file(preview.name, drawn), "layout.json", "application/json",
            key="draw_download", type="tertiary", icon=":material/download:", on_click="ignore", disabled=not whole,
        )  # fmt: skip
        with st.popover("Take it from a file", type="tertiary", icon=":material/upload_file:"):
            given = st.file_uploader("A layout that was downloaded", key=f"draw_file_{st.session_state[ROUND]}")
        if given is not None:
            with refusals_shown("The layout was not taken"):
                _restart(read_layout_file(given.getvalue())[1])
                st.rerun(scope="fragment")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if answers.answer_of(preview.digest).layout and st.button(
            "Back to what was detected", key="draw_back", type="tertiary"
        ):
            _answer(preview, None)
        if st.button("Cancel", key="draw_cancel", type="tertiary"):
            _close()
            st.rerun()
        if st.button("Use this reading", key="draw_use", type="primary", disabled=not whole):
            _answer(preview, drawn)


def _answer(preview: ImportPreview, layout: Layout | None) -> None:
    answers.use_layout(preview.digest, layout)
    _close()
    st.rerun()


def _is_whole(drawn: Layout) -> bool:
    try:
        check_layout(drawn)
    except BookkeepingError:
        return False
    return True
