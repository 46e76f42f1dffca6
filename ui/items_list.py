"""The list of open items: how old they are, searched and sorted by the database; one is opened to be changed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.ingestion.items.listing import (
    Age,
    AgeSum,
    ItemFilter,
    ItemPage,
    ListedItem,
    Order,
    Show,
    ageing,
    items_csv,
    list_items,
)
from db.engine import snapshot
from models import ItemKind
from ui.frame import empty, section
from ui.items_dialogs import ADD, EDIT, REMOVE, asked_for, close, item_dialog, open_dialog, put_back, said
from ui.items_words import KINDS, items_table, parts_of
from ui.tables import frame, table
from ui.words import count, money, plain

ROWS = 50
SHOW, KIND, AGE, WANTED, ORDER = "list_show", "list_kind", "list_age", "list_wanted", "list_order"
PAGE, LIST = "list_page", "list_table"
SHOWS = {Show.OPEN: "Open", Show.SETTLED: "Settled", Show.REMOVED: "Removed"}
ORDERS = {
    (Order.DUE, False): "Due first",
    (Order.ISSUED, True): "Newest first",
    (Order.AMOUNT, True): "Largest first",
    (Order.COUNTERPARTY, False): "By counterparty",
    (Order.NUMBER, False): "By number",
}


def items_list(caller: Caller, company_id: UUID, *, quiet: bool) -> None:
    """What is open now, with everything that can be done about it; `quiet` while files wait above it."""
    today = datetime.now(UTC).date()
    with snapshot() as session:
        ages = ageing(session, caller, company_id, today=today)
    may_change = caller.may(company_id, Action.IMPORT)
    if told := said():
        st.success(told, icon=":material/task_alt:")
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            section("Open now", None if not ages else plain(_summary(ages)))
        st.button(
            "Add an item", key="items_add", icon=":material/add:", disabled=not may_change, on_click=open_dialog,
            args=(ADD,),
        )  # fmt: skip
    if ages:
        _ageing(ages)
    _toolbar()
    wanted = _wanted()
    with snapshot() as session:
        page = list_items(
            session, caller, company_id, wanted, today=today, page=st.session_state.get(PAGE, 1), rows=ROWS
        )
    if not page.items:
        _nothing(wanted, quiet)
        opened = None
    else:
        opened = _table(page)
        _under(caller, company_id, page, wanted, today)
    _steps(caller, company_id, opened, may_change)
    item_dialog(caller, company_id, opened)


def _summary(ages: Sequence[AgeSum]) -> str:
    parts = []
    for into, way in ((True, "to come in"), (False, "to be paid")):
        sums: dict[str, int] = {}
        for one in ages:
            if one.is_money_in is into:
                sums[one.currency] = sums.get(one.currency, 0) + abs(one.minor)
        if sums:
            parts.append(f"{' and '.join(money(minor, code, sign=True) for code, minor in sums.items())} {way}")
    return f"{count(sum(one.count for one in ages), 'item')}: {' · '.join(parts)}"


def _ageing(ages: Sequence[AgeSum]) -> None:
    """A row a currency and way, a column an age."""
    rows = []
    for currency, into in dict.fromkeys((one.currency, one.is_money_in) for one in ages):
        sums = {one.age: one for one in ages if (one.currency, one.is_money_in) == (currency, into)}
        cells = [money(abs(sums[age].minor), currency) if age in sums else "–" for age in Age]
        rows.append([f"{'To come in' if into else 'To be paid'}, {currency}", *cells])
    names = ["Overdue", *(str(age).capitalize() for age in Age)]
    right: Any = st.column_config.TextColumn(width=124, alignment="right")
    table(
        frame(rows, *names), (), {names[0]: st.column_config.TextColumn(width=150), **dict.fromkeys(names[1:], right)},
        key="items_ages",
    )  # fmt: skip


def _toolbar() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="tools_items", gap="small"):
        st.segmented_control(
            "Show", list(SHOWS), default=Show.OPEN, required=True, format_func=SHOWS.__getitem__, key=SHOW,
            label_visibility="collapsed", on_change=_first_page,
        )  # fmt: skip
        st.selectbox(
            "Kind", list(KINDS), index=None, format_func=KINDS.__getitem__, key=KIND, placeholder="All kinds",
            label_visibility="collapsed", width=130, on_change=_first_page,
        )  # fmt: skip
        st.selectbox(
            "Overdue", list(Age), index=None, format_func=lambda age: str(age).capitalize(), key=AGE,
            placeholder="Any age", label_visibility="collapsed", width=150, on_change=_first_page,
        )  # fmt: skip
        st.selectbox(
            "Order", list(ORDERS), format_func=ORDERS.__getitem__, key=ORDER, label_visibility="collapsed", width=160,
            on_change=_first_page,
        )  # fmt: skip
        st.text_input(
            "Search", placeholder="Number, name, reference", key=WANTED, type="search", icon=":material/search:",
            label_visibility="collapsed", width=220, on_change=_first_page,
        )  # fmt: skip


def _first_page() -> None:
    st.session_state.pop(PAGE, None)


def _wanted() -> ItemFilter:
    state = st.session_state
    order, descending = state.get(ORDER) or (Order.DUE, False)
    kind: ItemKind | None = state.get(KIND)
    age: Age | None = state.get(AGE)
    return ItemFilter(state.get(SHOW) or Show.OPEN, kind, age, str(state.get(WANTED) or ""), order, descending)


def _nothing(wanted: ItemFilter, quiet: bool) -> None:
    if wanted != ItemFilter(order=wanted.order, descending=wanted.descending):
        empty("search", "Nothing fits", "Choose another filter, or search for something else.")
    elif not quiet:
        empty(
            "request_quote", "Nothing is open",
            "Upload open invoices and bills or add one by hand, and bank lines that pay them settle them.",
        )  # fmt: skip


def _table(page: ItemPage) -> ListedItem | None:
    """The page's rows; answers the chosen one."""
    rows = [
        (one.number, one.amount_minor, one.currency, KINDS[one.kind], one.counterparty, one.issued_on, one.due_on,
         f"{one.account_code} {one.account_name}", parts_of(one))
        for one in page.items
    ]  # fmt: skip
    chosen = items_table(
        rows, f"{LIST}_{page.number}", 20, 220, on_select="rerun", selection_mode=["single-row", "single-cell"]
    )
    selection = chosen["selection"]
    places = selection["rows"] or [cell[0] for cell in selection["cells"]]
    return page.items[places[0]] if places and places[0] < len(page.items) else None


def _under(caller: Caller, company_id: UUID, page: ItemPage, wanted: ItemFilter, today: date) -> None:
    def rows() -> bytes:
        with snapshot() as session:
            return items_csv(session, caller, company_id, wanted, today=today)

    with st.container(horizontal=True, vertical_alignment="center", key="items_under"):
        first = (page.number - 1) * ROWS + 1
        st.caption(f"{first:,} to {first + len(page.items) - 1:,} of {count(page.item_count, 'item')}", width="content")
        st.download_button(
            "CSV", rows, f"open_items_{today}.csv", "text/csv", key="items_csv", icon=":material/download:",
            type="tertiary", on_click="ignore",
        )  # fmt: skip
        if page.pages > 1:
            st.space("stretch")
            widget = f"items_page_{page.number}"
            st.pagination(
                page.pages, default=page.number, key=widget, on_change=_turn_to, args=(widget,), width=230
            )  # fmt: skip


def _turn_to(widget: str) -> None:
    st.session_state[PAGE] = st.session_state[widget]


def _steps(caller: Caller, company_id: UUID, opened: ListedItem | None, may_change: bool) -> None:
    """What can be done with the chosen row; without one, how to choose."""
    if asked_for() in (EDIT, REMOVE) and opened is None:
        close()
    if opened is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="items_chosen", gap="small"):
        amount = plain(money(opened.amount_minor, opened.currency, sign=True))
        st.markdown(f"**{plain(opened.number)}** · {plain(opened.counterparty)} · {amount}", width="stretch")
        if opened.is_removed:
            st.button(
                "Put back", key="items_back", icon=":material/undo:", disabled=not may_change, on_click=put_back,
                args=(caller, company_id, opened.id, opened.number),
            )  # fmt: skip
            return
        fixed = not may_change or opened.status != "open"
        st.button("Edit", key="items_edit", icon=":material/edit:", disabled=fixed, on_click=open_dialog, args=(EDIT,))
        st.button(
            "Remove", key="items_remove", icon=":material/delete:", disabled=fixed, on_click=open_dialog, args=(REMOVE,)
        )  # fmt: skip
