"""The left half of Review: the groups that wait, and the pages."""

from collections.abc import Sequence

import streamlit as st

from core.posting.queue import QueueGroup, QueuePage, QueueTotals
from ui import review_desk as desk
from ui.review_words import one_currency, sizes, why_it_waits
from ui.tables import frame, height, table
from ui.words import count, money

HEIGHT = 640


def summary(totals: QueueTotals, filtered: bool) -> str:
    """129 lines in 64 groups · $45,232.10 to decide."""
    lines, groups = count(totals.lines, "line"), count(totals.groups, "group")
    if not totals.lines:
        return "No line matches" if filtered else "Nothing to decide"
    return f"{lines} in {groups} · {sizes(totals.sizes_minor)} {'match' if filtered else 'to decide'}"


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


def pager(sight: desk.Sight) -> None:
    """How many of how many, rows a page, and the way to the next page and back."""
    page, number = sight.page, sight.number
    rows = desk.ROWS[st.session_state[desk.ROWS_CHOSEN]]
    several = number > 1 or page.following is not None
    with st.container(horizontal=True, vertical_alignment="center", key="review_pager"):
        first = (number - 1) * rows + 1
        shown = f"{first:,} to {first + len(page.groups) - 1:,} of {count(sight.totals.groups, 'group')}"
        st.caption(shown if several else count(sight.totals.groups, "group"), width="content")
        if sight.totals.groups > min(desk.ROWS.values()):
            st.segmented_control(
                "Rows", list(desk.ROWS), key=desk.ROWS_CHOSEN, required=True, label_visibility="collapsed",
                on_change=desk.to_first_page,
            )  # fmt: skip
        st.space("stretch")
        if several:
            _turn("Previous page", "chevron_left", -1, page, number == 1)
            _turn("Next page", "chevron_right", 1, page, page.following is None)


def _turn(label: str, icon: str, step: int, page: QueuePage, off: bool) -> None:
    st.button(
        label, key=f"review_page_{icon}", type="tertiary", icon=f":material/{icon}:", disabled=off,
        on_click=desk.turn, args=(step, page.following),
    )  # fmt: skip
