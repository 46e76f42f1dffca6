"""The left half of Review: toolbar, the groups that wait, the pages."""

from collections.abc import Sequence

import streamlit as st

from core.posting.queue import QueueGroup, QueuePage
from ui import review_desk as desk
from ui.review_words import one_currency, sizes, why_it_waits
from ui.tables import frame, height, table
from ui.words import count, money

HEIGHT = 640
KEYS = """
| | |
|---|---|
| **J** / **K** | next / previous group |
| **A** | approve the proposal for the whole group |
| **1** **2** **3** | book to that account |
| **E** | another account |
| **S** | split over accounts |
| **M** | make a rule of this |
| **N** | note, kept with your decision |
| **L** | leave out of the books |
| **X** | later: to the end of the queue |
| **Z** | take back your last decision |
"""


def toolbar(may_decide: bool) -> None:
    """Segments and a menu rather than selectboxes: those keep the focus, and the keys would type into them."""
    with st.container(horizontal=True, vertical_alignment="center", key="tools", gap="small"):
        st.segmented_control(
            "Confidence", list(desk.LEVELS), default="All", required=True, key=desk.LEVEL,
            label_visibility="collapsed", on_change=desk.to_first_page,
        )  # fmt: skip
        st.text_input(
            "Search", placeholder="Search text, payee, amount", key=desk.WANTED, type="search",
            icon=":material/search:", label_visibility="collapsed", width=260, on_change=desk.to_first_page,
        )  # fmt: skip
        _order()
        st.space("stretch")
        st.button(
            "Approve by confidence", key="review_sure", icon=":material/done_all:", type="tertiary",
            on_click=desk.open_dialog, args=("sure",), disabled=not may_decide,
        )  # fmt: skip
        with (
            st.container(width="content", key="review_keys"),
            st.popover("Keys", icon=":material/keyboard:", type="tertiary"),
        ):
            st.markdown(KEYS)


def _order() -> None:
    chosen = st.session_state.get(desk.ORDER, "Stake × doubt")
    st.menu_button(
        f"Sort: {chosen}", list(desk.ORDERS), key="review_sort", icon=":material/swap_vert:", on_click=_sorted
    )


def _sorted() -> None:
    asked = st.session_state.get("review_sort")
    if asked:
        st.session_state[desk.ORDER] = asked
        desk.to_first_page()


def summary(page: QueuePage, filtered: bool) -> str:
    """129 lines in 64 groups · $45,232.10 to decide."""
    lines, groups = count(page.line_count, "line"), count(page.group_count, "group")
    if not page.line_count:
        return "No line matches" if filtered else "Nothing to decide"
    return f"{lines} in {groups} · {sizes(page.sizes_minor)} {'match' if filtered else 'to decide'}"


def listing(groups: Sequence[QueueGroup]) -> None:
    """One row a group; a click anywhere in a row opens it."""
    currency = one_currency([group.key.currency for group in groups])
    rows = [
        (
            group.key.payee,
            group.sum_minor if currency else f"{group.key.currency} {money(group.sum_minor, group.key.currency)}",
            group.lines,
            group.account or "No proposal",
            None if group.mean_confidence is None else round(group.mean_confidence, 2),
            why_it_waits(group.hold_reason),
        )
        for group in groups
    ]
    amount = st.column_config.NumberColumn if currency else st.column_config.TextColumn
    table(
        frame(rows, "Payee", "Amount", "Lines", "Proposed account", "Sure", "Why it waits"),
        ["Amount"] if currency else [],
        {
            "Payee": st.column_config.TextColumn(width=158),
            "Amount": amount(width=86 if currency else 110, alignment="right"),
            "Lines": st.column_config.NumberColumn(width=42),
            "Proposed account": st.column_config.TextColumn(width=166 if currency else 142),
            "Sure": st.column_config.ProgressColumn(
                width=86, min_value=0, max_value=1, format="percent",
                help="For the model: calibrated, so of a hundred lines shown at 71%, about 71 are right. "
                "For a rule or a match: a stated figure, not measured.",
            ),
            "Why it waits": st.column_config.TextColumn(width=122),
        },
        currency=currency or "USD", key=desk.LIST, on_select=desk.picked,
        height=min(HEIGHT, height(len(rows))),
        selection_mode=["single-row-required", "single-cell"],
    )  # fmt: skip


def pager(page: QueuePage) -> None:
    """How many of how many, rows a page, and the pages."""
    rows = desk.ROWS[st.session_state.get(desk.ROWS_CHOSEN) or "20 rows"]
    with st.container(horizontal=True, vertical_alignment="center", key="review_pager"):
        first = (page.number - 1) * rows + 1
        last = first + len(page.groups) - 1
        shown = f"{first} to {last} of {count(page.group_count, 'group')}" if page.pages > 1 else ""
        st.caption(shown or count(page.group_count, "group"), width="content")
        if page.group_count > min(desk.ROWS.values()):
            st.segmented_control(
                "Rows", list(desk.ROWS), key=desk.ROWS_CHOSEN, default="20 rows", required=True,
                label_visibility="collapsed", on_change=desk.to_first_page,
            )  # fmt: skip
        st.space("stretch")
        if page.pages > 1:
            # A widget of its own for each page: its place follows J and K, too, without being written from outside.
            widget = f"review_page_{page.number}"
            st.pagination(
                page.pages, default=page.number, key=widget, on_change=desk.turn_to, args=(widget,), width=230
            )  # fmt: skip
