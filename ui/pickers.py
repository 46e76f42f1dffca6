"""Typed inputs that several pages share."""

from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.posting.chart_keeping import list_accounts
from core.posting.tax_codes import list_tax_codes
from db.engine import snapshot
from models import AccountRole

NOT_BOOKABLE = (AccountRole.SUSPENSE, AccountRole.BANK)


def account_options(caller: Caller, company_id: UUID, *, bookable: bool = True) -> dict[UUID, str]:
    """Active accounts as id → "6300 Software Subscriptions".

    Where something is to be booked, without those that take no line: suspense, and accounts with statements of their
    own (see core.posting.open_entries.check_bookable).
    """
    with snapshot() as session:
        accounts = list_accounts(session, caller, company_id, active_only=True)
    return {a.id: f"{a.code} {a.name}" for a in accounts if not (bookable and a.role in NOT_BOOKABLE)}


def pick_account(
    label: str, options: dict[UUID, str], *, key: str, chosen: UUID | None = None, collapsed: bool = False
) -> UUID | None:
    """A searchable choice among accounts by code or name; None until one is chosen."""
    ids = list(options)
    return st.selectbox(
        label,
        ids,
        index=ids.index(chosen) if chosen in options else None,
        format_func=options.__getitem__,
        key=key,
        placeholder="Search code or name",
        label_visibility="collapsed" if collapsed else "visible",
    )


def tax_options(caller: Caller, company_id: UUID) -> dict[UUID, str]:
    """Active tax codes as id → "VAT20 · 20%"."""
    with snapshot() as session:
        codes = list_tax_codes(session, caller, company_id, active_only=True)
    return {code.id: f"{code.code} · {code.rate_bp / 100:g}%" for code in codes}


def pick_tax_code(caller: Caller, company_id: UUID, *, key: str, chosen: str) -> str:
    """The code of a tax, "" for none; what is chosen already stays on offer though it is not in use any more."""
    options = {text.partition(" · ")[0]: text for text in tax_options(caller, company_id).values()}
    if chosen:
        options.setdefault(chosen, f"{chosen} · not in use")
    if not options:
        return ""
    codes = list(options)
    return st.selectbox(
        "Tax in the amount", codes, index=codes.index(chosen) if chosen else None, format_func=options.__getitem__,
        key=key, placeholder="None",
    ) or ""  # fmt: skip


def pick_tax(caller: Caller, company_id: UUID, *, key: str) -> UUID | None:
    """The tax that an amount contains, None for none; shows nothing where the company has no tax codes."""
    options = tax_options(caller, company_id)
    if not options:
        return None
    return st.selectbox(
        "Tax in the amount", list(options), index=None, format_func=options.__getitem__, key=key, placeholder="None"
    )
