"""A file of open items before it is stored: what was recognised, its items, what it leaves open."""

from collections.abc import Iterable
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import AmbiguousStatement, ItemsUnclear
from core.ingestion.items.layout import ROLES, ItemLayout
from core.ingestion.items.layout import SIGN_RULES as SIGNS
from core.ingestion.items.previewing import OpenItemsPreview
from core.ingestion.previewing import PreviewStatus
from models import ItemKind
from ui import upload_items_desk as desk
from ui.items_words import KINDS, items_table, rows_of
from ui.review_words import sentence as with_stop
from ui.tables import frame, small_table
from ui.upload_files import DATE_ORDERS, problems_table
from ui.upload_items_mapping import ask_what_is_missing, map_columns
from ui.words import badge_text, count, money, plain

FIRST_ITEMS = 8
READING_ITEMS = 4


def item_file(caller: Caller, company_id: UUID, place: int, preview: OpenItemsPreview) -> None:
    """One file as a box that opens: its state in the head, everything known about it inside."""
    digest = preview.file.digest
    state, word = _state(preview)
    about = _facts(preview)
    head = f"{badge_text(state, word)} &ensp;**{plain(preview.file.name)}** &ensp;:gray[{plain(about)}]"
    with st.expander(head, expanded=True, key=f"items_{digest[:16]}_{place}_{state}"):
        if isinstance(preview.error, AmbiguousStatement):
            _which_reading(caller, company_id, preview, preview.error)
        elif isinstance(preview.error, ItemsUnclear):
            ask_what_is_missing(caller, company_id, preview, preview.error)
        elif preview.error:
            st.error(plain(preview.refusal), title="Nothing was stored from this file", icon=":material/block:")
        elif preview.duplicate_of:
            st.markdown("The same file was stored before; its items are not stored again.")
        else:
            _recognised(preview)
        problems_table(preview.problems, f"items_problems{place}")
        if digest in desk.mapped():
            map_columns(caller, company_id, preview)
        _steps(place, preview)


def _steps(place: int, preview: OpenItemsPreview) -> None:
    digest = preview.file.digest
    with st.container(horizontal=True, vertical_alignment="center"):
        if preview.header and digest not in desk.mapped():
            st.button(
                "Map the columns by hand", key=f"items_map{place}", icon=":material/tune:", on_click=desk.map_by_hand,
                args=(digest, True),
            )  # fmt: skip
        st.button(
            "Take off the list", key=f"items_leave{place}", type="tertiary", icon=":material/close:",
            on_click=desk.leave_out, args=(place,),
        )  # fmt: skip


def _state(preview: OpenItemsPreview) -> tuple[str, str | None]:
    if desk.is_asking(preview):
        return "asking", None
    if preview.status is PreviewStatus.REFUSED:
        return "refused", None
    if preview.status is PreviewStatus.DUPLICATE:
        return "duplicate", None
    if not any(preview.is_new):
        return "duplicate", "Nothing new"
    return ("ready", None) if all(preview.is_new) else ("partly", None)


def _facts(preview: OpenItemsPreview) -> str:
    if not preview.is_new:
        return ""
    new = sum(preview.is_new)
    parts = [count(new, "new item")]
    if known := len(preview.items) - new:
        parts.append(f"{known:,} already stored")
    if preview.reading and (left := sum(one.count for one in preview.reading.left)):
        parts.append(f"{left:,} left out")
    return ", ".join(parts)


def _recognised(preview: OpenItemsPreview) -> None:
    for currency, (new, known) in preview.sums.items():
        whole = money(new + known, currency)
        st.caption(
            plain(
                f"In money, {currency}: {whole} = {money(new, currency)} new + {money(known, currency)} already stored"
            )
        )
    items_table(rows_of(preview.items[:FIRST_ITEMS]), f"items_rows_{preview.file.digest[:16]}")
    if len(preview.items) > FIRST_ITEMS:
        st.caption(f"The first {FIRST_ITEMS} of {count(len(preview.items), 'item')}.")
    if preview.layout and preview.header:
        with st.popover("What was recognised", icon=":material/info:"):
            small_table(frame(_recognised_rows(preview, preview.layout), "", "Read as"))


def _recognised_rows(preview: OpenItemsPreview, layout: ItemLayout) -> Iterable[tuple[str, str]]:
    yield "Layout", "as saved from an earlier file" if preview.is_known_layout else "new, saved with the import"
    if layout.sheet:
        yield "Sheet", layout.sheet
    for role, words in ROLES.items():
        if role in layout.columns:
            yield words, layout.columns[role].label
    yield "Dates", DATE_ORDERS.get(layout.date_order, "")
    yield "Decimal mark", "point" if layout.decimal == "." else "comma"
    yield "Signs", SIGNS.get(layout.sign, "")
    if layout.kind:
        yield "All rows are", KINDS[ItemKind(layout.kind)]
    if layout.counterparty:
        yield "Counterparty", layout.counterparty
    for kind, code in layout.accounts.items():
        yield f"{KINDS[ItemKind(kind)]} booked to", code


def _which_reading(caller: Caller, company_id: UUID, preview: OpenItemsPreview, error: AmbiguousStatement) -> None:
    st.markdown(f"**Which reading is right?** {plain(with_stop(error.question))}")
    readings = list(zip(error.candidates, error.layouts, strict=True))
    for start in range(0, len(readings), 2):
        for column, (number, (words, stored)) in zip(
            st.columns(2, gap="medium"), enumerate(readings[start : start + 2], start), strict=False
        ):
            with column:
                _reading(caller, company_id, preview, number, words, ItemLayout.from_dict(stored))
    st.caption(
        "The answer is saved when the file is stored, so the next one of the same program is read without asking."
    )


def _reading(
    caller: Caller, company_id: UUID, preview: OpenItemsPreview, number: int, words: str, layout: ItemLayout
) -> None:
    title = words[:1].upper() + words[1:]
    mark = f"{preview.file.digest[:16]}_{number}"
    st.markdown(f"**{plain(title)}**")
    read = desk.as_read(caller, company_id, preview.file, desk.answer_of(preview.file.digest).updated(layout))
    if desk.is_asking(read):
        st.caption("One more question follows with this reading.")
    elif read.error:
        st.caption(plain(read.refusal))
    else:
        items_table(rows_of(read.items[:READING_ITEMS]), f"items_reading_{mark}")
    st.button(
        title.split(":")[0], key=f"items_use_{mark}", width="stretch", on_click=desk.answer,
        args=(preview.file.digest, layout),
    )  # fmt: skip
