"""A file of open items mapped by hand: a column for each role, the rest said once, with the outcome beneath."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import ItemsUnclear
from core.ingestion.items.layout import REPEATS, ROLES, SIGN_RULES, ItemLayout
from core.ingestion.items.previewing import OpenItemsPreview
from core.ingestion.layout import Column
from core.posting.chart_keeping import list_accounts
from db.engine import snapshot
from models import Account, AccountRole, ItemKind
from ui import upload_items_desk as desk
from ui.items_words import KINDS, items_table, rows_of
from ui.pickers import NOT_BOOKABLE
from ui.tables import frame, table
from ui.words import plain

ORDERS = {"": "As detected", "DMY": "Day first", "MDY": "Month first", "YMD": "Year first"}
MARKS = {"": "As detected", ".": "Point, 1,234.56", ",": "Comma, 1.234,56"}
USUAL = {  # what an account is for, by kind, to be proposed where nothing was said yet
    ItemKind.INVOICE: AccountRole.RECEIVABLE,
    ItemKind.BILL: AccountRole.PAYABLE,
    ItemKind.PAYROLL: AccountRole.PAYROLL,
}
SAMPLE_WIDTH = 130


def ask_what_is_missing(caller: Caller, company_id: UUID, preview: OpenItemsPreview, error: ItemsUnclear) -> None:
    """Columns are mapped as a whole; a name or an account is asked alone."""
    st.markdown(f"**One thing only you know.** Say {plain(', and '.join(error.missing))}.")
    if any("column" in one for one in error.missing):
        if preview.file.digest not in desk.mapped():
            map_columns(caller, company_id, preview)
        return
    mark, found = preview.file.digest[:16], preview.layout or ItemLayout()
    kinds = [kind for kind in ItemKind if any(f"each {kind} " in one for one in error.missing)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        counterparty = ""
        if any("counterparty" in one for one in error.missing):
            counterparty = st.text_input(
                "Counterparty of all rows", key=f"missing_party_{mark}", max_chars=200, width=280
            )
        accounts = _accounts(caller, company_id, kinds, found, f"missing_{mark}", width=280)
        said = ItemLayout(counterparty=counterparty.strip(), accounts=accounts)
        st.button(
            "Read it so", key=f"missing_go_{mark}", on_click=desk.answer, args=(preview.file.digest, said),
            disabled=said == ItemLayout() or len(accounts) < len(kinds),
        )  # fmt: skip
    if preview.file.digest not in desk.mapped():
        _sample(preview, found, f"missing_sample_{mark}")


def map_columns(caller: Caller, company_id: UUID, preview: OpenItemsPreview) -> None:
    """Every role over the header's columns; what the mapping gives stands beneath, before it is taken."""
    mark = preview.file.digest[:16]
    found = preview.layout or ItemLayout()
    with st.container(border=True, key=f"mapping_{mark}"):
        st.markdown("**Columns**")
        columns = _columns(preview, found, mark)
        st.markdown("**For rows that do not say it**")
        rest = _rest(caller, company_id, found, mark)
        _sample(preview, ItemLayout(columns=columns), f"map_sample_{mark}")
        said = ItemLayout.from_dict({**rest.to_dict(), "columns": ItemLayout(columns=columns).to_dict()["columns"]})
        read = desk.as_read(caller, company_id, preview.file, said)
        if read.error:
            st.warning(plain(read.refusal), icon=":material/help:")
        else:
            st.markdown("**The items it gives**")
            items_table(rows_of(read.items[:5]), f"map_items_{mark}")
        with st.container(horizontal=True):
            st.button(
                "Use this mapping", key=f"map_use_{mark}", on_click=desk.answer, args=(preview.file.digest, said),
                disabled=not columns,
            )  # fmt: skip
            st.button(
                "Close", key=f"map_close_{mark}", type="tertiary", on_click=desk.map_by_hand,
                args=(preview.file.digest, False),
            )  # fmt: skip


def _columns(preview: OpenItemsPreview, found: ItemLayout, mark: str) -> dict[str, Column]:
    offered = [Column(at, name) for at, name in enumerate(preview.header)]
    labels = {at: column.label for at, column in enumerate(offered)}
    chosen: dict[str, Column] = {}
    with st.grid(4, min_column_width=165, gap="small"):
        for role, words in ROLES.items():
            now = found.position(role)
            at = st.selectbox(
                words, list(labels), index=now if now in labels else None, format_func=labels.__getitem__,
                key=f"map_column_{role}_{mark}", placeholder="–",
            )  # fmt: skip
            if at is not None:
                chosen[role] = offered[at]
    return chosen


def _rest(caller: Caller, company_id: UUID, found: ItemLayout, mark: str) -> ItemLayout:
    kinds = {"": "As detected"} | {str(kind): word for kind, word in KINDS.items()}
    signs = {"": "As detected"} | {rule: text[:1].upper() + text[1:] for rule, text in SIGN_RULES.items()}
    repeats = {"": "As detected"} | {rule: text[:1].upper() + text[1:] for rule, text in REPEATS.items()}
    with st.grid(4, min_column_width=165, gap="small"):
        kind = _choice("All rows are", kinds, found.kind, f"map_kind_{mark}")
        counterparty = st.text_input(
            "Counterparty", found.counterparty, key=f"map_party_{mark}", max_chars=200, placeholder="Stripe"
        )
        currency = st.text_input("Currency", found.currency, key=f"map_currency_{mark}", max_chars=3, placeholder="USD")
        order = _choice("Dates", ORDERS, found.date_order, f"map_order_{mark}")
        decimal = _choice("Decimal mark", MARKS, found.decimal, f"map_decimal_{mark}")
        sign = _choice("Signs", signs, found.sign, f"map_sign_{mark}")
        same = _choice("Same number again", repeats, found.repeats, f"map_repeats_{mark}")
        wanted = [ItemKind(kind)] if kind else list(ItemKind)
        accounts = {} if "account" in found.columns else _accounts(caller, company_id, wanted, found, f"map_{mark}")
    return ItemLayout(
        date_order=order, decimal=decimal, sign=sign, repeats=same, kind=kind, counterparty=counterparty.strip(),
        currency=currency.strip().upper(), accounts=accounts,
    )  # fmt: skip


def _choice(label: str, options: Mapping[str, str], current: str, key: str) -> str:
    keys = list(options)
    at = keys.index(current) if current in keys else 0
    return st.selectbox(label, keys, index=at, format_func=options.__getitem__, key=key)


def _accounts(
    caller: Caller, company_id: UUID, kinds: list[ItemKind], found: ItemLayout, mark: str, width: Any = "stretch"
) -> dict[str, str]:
    """The account of each kind by code; what the chart has for it is proposed."""
    with snapshot() as session:
        accounts = [
            one for one in list_accounts(session, caller, company_id, active_only=True) if one.role not in NOT_BOOKABLE
        ]
    labels = {one.code: f"{one.code} {one.name}" for one in accounts}
    codes = list(labels)
    chosen = {}
    for kind in kinds:
        code = found.accounts.get(str(kind)) or _usual(kind, accounts)
        said = st.selectbox(
            f"{KINDS[kind]} booked to", codes, index=codes.index(code) if code in codes else None,
            format_func=labels.__getitem__, key=f"{mark}_account_{kind}", placeholder="Search code or name",
            width=width,
        )  # fmt: skip
        if said:
            chosen[str(kind)] = said
    return chosen


def _usual(kind: ItemKind, accounts: list[Account]) -> str:
    fitting = [one.code for one in accounts if one.role == USUAL.get(kind, "")]
    return fitting[0] if len(fitting) == 1 else ""


def _sample(preview: OpenItemsPreview, layout: ItemLayout, key: str) -> None:
    """The first rows as the file has them; a column that plays a role has it before its name."""
    roles = {column.position: ROLES[role] for role, column in layout.columns.items()}
    names: list[str] = []
    for at, title in enumerate(preview.header):
        name = f"{roles[at]} ← {title}" if at in roles else title or f"column {at + 1}"
        names.append(name if name not in names else f"{name} ({at + 1})")
    width = len(names)
    rows = [[*row[:width], *([""] * (width - len(row)))] for row in preview.sample]
    st.caption("The first rows as the file has them")
    table(
        frame(rows, *names), (), {name: st.column_config.TextColumn(width=SAMPLE_WIDTH) for name in names}, key=key
    )  # fmt: skip
