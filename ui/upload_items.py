"""Open invoices and bills: each file previewed, then stored exactly so; below it what is open now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.flow import work_through
from core.ingestion.item_rows import NEEDED, OPTIONAL
from core.ingestion.open_items import OpenItemsPreview, list_open_items, preview_open_items, store_items_preview
from core.ingestion.previewing import PreviewStatus
from core.ingestion.raw_file import RawFile
from core.money import Money
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import FileStatus, ItemKind, ItemStatus, OpenItem
from ui.frame import empty, refusals_shown, section
from ui.home_words import sums
from ui.pickers import account_options
from ui.tables import frame, table
from ui.upload_lines import problems_table
from ui.words import NONE, badge_text, count, money, plain

FILES = "items_files"  # list[RawFile] that are not stored yet
READ = "items_read"  # Previews of exactly these files
ROUND = "items_round"
TOLD = "items_told"  # what the last storing did
MOST_FILES = 20
COLUMNS = "number,kind,counterparty,issued_on,due_on,amount,currency,reference,account_code"
KINDS = {ItemKind.INVOICE: "Invoice", ItemKind.BILL: "Bill", ItemKind.PAYOUT: "Payout", ItemKind.PAYROLL: "Payroll"}


@dataclass(frozen=True)
class Previews:
    asked: tuple[Any, ...]
    found: tuple[OpenItemsPreview, ...]


def open_items(caller: Caller, company_id: UUID) -> None:
    """The whole of the segment."""
    st.file_uploader(
        "Open items", accept_multiple_files=True, label_visibility="collapsed", type=["csv", "txt", "tsv"],
        max_upload_size=10, key=_field_key(), on_change=_take_files,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"A CSV with the columns {', '.join(NEEDED)}; {', '.join(OPTIONAL)} where you have them.")
        st.download_button(
            "Empty table", COLUMNS + "\n", file_name="open-items.csv", mime="text/csv", key="items_template",
            type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    if told := st.session_state.get(TOLD):
        st.success(told, icon=":material/task_alt:")
    with refusals_shown():
        found = _previews(caller, company_id)
        if found:
            _to_store(caller, company_id, found)
            for place, preview in enumerate(found):
                _card(place, preview)
        _open_now(caller, company_id, quiet=bool(found))


def _field_key() -> str:
    return f"items_field_{st.session_state.get(ROUND, 0)}"


def _take_files() -> None:
    waiting: list[RawFile] = list(st.session_state.get(FILES, ()))
    known = {(file.name, file.digest) for file in waiting}
    dropped = [RawFile(one.name, one.getvalue()) for one in st.session_state[_field_key()]]
    waiting += [file for file in dropped if (file.name, file.digest) not in known]
    st.session_state[FILES] = waiting[:MOST_FILES]
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(TOLD, None)


def _clear() -> None:
    for name in (FILES, READ, TOLD):
        st.session_state.pop(name, None)


def _previews(caller: Caller, company_id: UUID) -> tuple[OpenItemsPreview, ...]:
    waiting: list[RawFile] = st.session_state.get(FILES, [])
    asked = (company_id, tuple((file.name, file.digest) for file in waiting))
    held: Previews | None = st.session_state.get(READ)
    if held and held.asked == asked:
        return held.found
    with snapshot() as session:
        found = tuple(preview_open_items(session, caller, company_id, file) for file in waiting)
    st.session_state[READ] = Previews(asked, found)
    return found


def _to_store(caller: Caller, company_id: UUID, found: Sequence[OpenItemsPreview]) -> None:
    new = sum(_new_count(one) for one in found)
    with st.container(horizontal=True, vertical_alignment="center", key="items_store"):
        pressed = st.button(
            f"Store {count(new, 'new item')}" if new else f"Keep the record of {count(len(found), 'file')}",
            type="primary", key="store_items", icon=":material/save:",
        )  # fmt: skip
        st.button("Clear the list", type="tertiary", key="clear_items", on_click=_clear)
    if not pressed:
        return
    with refusals_shown("Nothing was stored"):
        told = _store(caller, company_id, found)
        _clear()
        st.session_state[TOLD] = told
        st.rerun()


def _store(caller: Caller, company_id: UUID, found: Sequence[OpenItemsPreview]) -> str:
    """Store each file, then look which bank lines settle the new items; answers what happened as a sentence."""
    now = datetime.now(UTC)
    with st.spinner("Storing the items and matching them with bank lines"), unit_of_work() as session:
        receipts = [
            store_items_preview(session, caller, company_id, one, write=write_columns, now=now) for one in found
        ]
        matching, _ = work_through(session, caller, company_id, write=write_columns, now=now)
    new = sum(receipt.new_count for receipt in receipts)
    refused = sum(receipt.status is FileStatus.REFUSED for receipt in receipts)
    parts = [f"{count(new, 'new item')} stored"]
    if refused:
        parts.append(f"{count(refused, 'file')} refused")
    parts.append(f"{matching.confirmed_settlements:,} settled by bank lines")
    parts.append(f"{count(matching.suggested, 'match', 'matches')} suggested")
    return ", ".join(parts) + "."


def _new_count(preview: OpenItemsPreview) -> int:
    return sum(preview.is_new)


def _card(place: int, preview: OpenItemsPreview) -> None:
    new = _new_count(preview)
    known = 0 if preview.error else len(preview.items) - new
    state, word = {
        PreviewStatus.NEW: ("partly", None) if known else ("ready", None),
        PreviewStatus.DUPLICATE: ("duplicate", None),
        PreviewStatus.REFUSED: ("refused", None),
    }[preview.status]
    about = f"{count(new, 'new item')}, {known:,} already stored" if new or known else ""
    head = f"{badge_text(state, word)} &ensp;**{plain(preview.file.name)}** &ensp;:gray[{plain(about)}]"
    with st.expander(head, expanded=True, key=f"items_{preview.file.digest[:16]}_{place}"):
        if preview.error:
            st.error(plain(preview.refusal), title="Nothing was stored from this file", icon=":material/block:")
        elif preview.duplicate_of:
            st.markdown("The same file was stored before; its items are not stored again.")
        else:
            rows = [
                (item.number, item.amount_minor, item.currency, KINDS[item.kind], item.counterparty, item.issued_on,
                 item.due_on, item.account_code)
                for item in preview.items[:8]
            ]  # fmt: skip
            _items_table(rows, f"items_rows{place}")
        problems_table(preview.problems, f"items_problems{place}")


def _items_table(rows: Sequence[Sequence[Any]], key: str, most: int = 8) -> None:
    currencies = {row[2] for row in rows}
    only = currencies.pop() if len(currencies) == 1 else None
    written = [[row[0], row[1] if only else money(row[1], row[2]), *row[2:]] for row in rows]
    amount: Any = st.column_config.NumberColumn if only else st.column_config.TextColumn
    day = st.column_config.DateColumn(format="MMM D, YYYY", width=96)
    table(
        frame(written, "Number", "Amount", "Currency", "Kind", "Counterparty", "Issued", "Due", "Booked to"),
        ["Amount"] if only else [],
        {
            "Number": st.column_config.TextColumn(width=150),
            "Amount": amount(width=110, alignment="right"),
            "Currency": st.column_config.TextColumn(width=72),
            "Kind": st.column_config.TextColumn(width=80),
            "Counterparty": st.column_config.TextColumn(width=190),
            "Issued": day,
            "Due": day,
            "Booked to": st.column_config.TextColumn(width=200),
        },
        currency=only or "USD", most=most, key=key,
    )  # fmt: skip


def _open_now(caller: Caller, company_id: UUID, *, quiet: bool) -> None:
    accounts = account_options(caller, company_id, bookable=False)
    with snapshot() as session:
        items = list_open_items(session, caller, company_id, status=ItemStatus.OPEN)
        rows = [_row(item, accounts) for item in items]
    if not rows and quiet:
        return
    if not rows:
        empty(
            "request_quote", "Nothing is open",
            "Upload open invoices and bills, and bank lines that pay them settle them instead of counting twice.",
        )  # fmt: skip
        return
    ways = (
        ("to come in", [item for item in items if item.amount_minor > 0]),
        ("to be paid", [item for item in items if item.amount_minor < 0]),
    )
    about = " · ".join(f"{sums(_totals(of))} {way}" for way, of in ways if of)
    section("Open now", plain(f"{count(len(rows), 'item')}: {about}"))
    _items_table(rows, "items_open", 20)


def _row(item: OpenItem, accounts: Mapping[UUID, str]) -> tuple[Any, ...]:
    return (item.number, item.amount_minor, item.currency, KINDS[ItemKind(item.kind)], item.counterparty,
            item.issued_on, item.due_on, accounts.get(item.account_id, NONE))  # fmt: skip


def _totals(items: Sequence[OpenItem]) -> tuple[Money, ...]:
    found: dict[str, int] = {}
    for item in items:
        found[item.currency] = found.get(item.currency, 0) + abs(item.amount_minor)
    return tuple(Money(minor, currency) for currency, minor in sorted(found.items()))
