"""What a file leaves open, asked of a person: which reading is right, which bank account it belongs to."""

from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import AmbiguousStatement, BankAccountUnclear, BookkeepingError, WrongBankAccount
from core.ingestion.layout import SIGN_RULES
from core.ingestion.previewing import ImportPreview
from core.ingestion.statement import Statement
from ui import upload_desk as desk
from ui.review_words import sentence as with_stop
from ui.tables import frame, table
from ui.upload_accounts import add_account, ask_new_account, bank_account_options, is_asked, may_add
from ui.words import count, plain

READING_ROWS = 4
ORDERS = {"": "As detected", "DMY": "Day first", "MDY": "Month first", "YMD": "Year first"}
MARKS = {"": "As detected", ".": "Point, 1,234.56", ",": "Comma, 1.234,56"}
SIGNS = {"": "As detected"} | {key: SIGN_RULES[key].split(": ")[-1].capitalize() for key in ("signed", "inverted")}


def ask(caller: Caller, company_id: UUID, preview: ImportPreview) -> None:
    """The question of this file; nothing is stored from it until it is answered."""
    if isinstance(preview.error, AmbiguousStatement):
        _which_reading(preview, preview.error)
    elif isinstance(preview.error, BankAccountUnclear | WrongBankAccount):
        _which_account(caller, company_id, preview, preview.error)


def _which_reading(preview: ImportPreview, error: AmbiguousStatement) -> None:
    st.markdown(f"**Which reading is right?** {plain(with_stop(error.question))}")
    alike = desk.asking_alike(preview)
    for_all = bool(alike) and st.checkbox(
        f"The answer holds for {count(len(alike), 'other file')} with the same question",
        key=f"alike_{preview.digest[:16]}",
    )
    targets = [preview.digest, *(alike if for_all else ())]
    found = desk.readings(preview)
    for start in range(0, len(found), 2):
        for column, (number, reading) in zip(
            st.columns(2, gap="medium"), enumerate(found[start : start + 2]), strict=False
        ):
            with column:
                _reading(preview, start + number, reading, targets)
    st.caption(
        "The answer is saved with the bank account when the file is stored, so the next one is read without asking."
    )


def _reading(
    preview: ImportPreview,
    number: int,
    reading: tuple[str, dict[str, Any], Statement | BookkeepingError],
    targets: list[str],
) -> None:
    words, layout, read = reading
    title = words[:1].upper() + words[1:]
    st.markdown(f"**{plain(title)}**")
    if isinstance(read, AmbiguousStatement):
        st.caption("One more question follows with this reading.")
    elif isinstance(read, BookkeepingError):
        st.caption(plain(str(read)))
    else:
        key = f"reading_{preview.digest[:16]}_{number}"
        lines = read.lines[:READING_ROWS]
        table(
            frame([(one.booked_on, one.amount_minor, one.description or one.counterparty) for one in lines],
                  "Read as", "Amount", "Bank text"),
            ["Amount"],
            {
                "Read as": st.column_config.DateColumn(format="MMM D, YYYY", width=100),
                "Bank text": st.column_config.TextColumn(width=240),
                "Amount": st.column_config.NumberColumn(width=96, alignment="right"),
            },
            currency=lines[0].currency or "USD" if lines else "USD", key=key,
        )  # fmt: skip
    st.button(
        title.split(":")[0] if ":" in title and "column" not in title.lower() else title,
        key=f"use_{preview.digest[:16]}_{number}", width="stretch", on_click=_answer_layout, args=(targets, layout),
    )  # fmt: skip


def _answer_layout(digests: list[str], layout: dict[str, Any]) -> None:
    for digest in digests:
        desk.answer(digest, layout=layout)


def _which_account(
    caller: Caller, company_id: UUID, preview: ImportPreview, error: BankAccountUnclear | WrongBankAccount
) -> None:
    st.markdown(f"**Which bank account is it?** {plain(with_stop(error.why))}")
    options = bank_account_options(caller, company_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if options and (preview.statement is None or len(preview.statement.accounts) == 1):
            pick_bank_account(caller, company_id, preview)
        _offer_new(caller, company_id, preview)
    if preview.statement and preview.statement.lines:
        lines = preview.statement.lines[:READING_ROWS]
        table(
            frame([(one.booked_on, one.amount_minor, one.description or one.counterparty) for one in lines],
                  "Date", "Amount", "Bank text"),
            ["Amount"],
            {
                "Date": st.column_config.DateColumn(format="MMM D, YYYY", width=100),
                "Bank text": st.column_config.TextColumn(width=760),
                "Amount": st.column_config.NumberColumn(width=96, alignment="right"),
            },
            currency=lines[0].currency or "USD", key=f"whose_{preview.digest[:16]}",
        )  # fmt: skip


def _offer_new(caller: Caller, company_id: UUID, preview: ImportPreview) -> None:
    if not may_add(caller, company_id):
        st.caption("It is not in the list? A manager can add it in Settings.")
        return
    accounts = preview.statement.accounts if preview.statement else ()
    stated = [one for one in accounts if one.account_number and one.account_number in preview.refusal]
    about = next(iter(stated or accounts), None)
    given = {"number": about.account_number, "currency": about.currency or "USD"} if about else {}
    st.button(
        "New bank account", icon=":material/add:", key=f"new_account_{preview.digest[:16]}", on_click=ask_new_account,
        args=(preview.digest,),
    )  # fmt: skip
    if is_asked(preview.digest):
        add_account(caller, company_id, preview.digest, given, answers=len(accounts) <= 1)


def pick_bank_account(caller: Caller, company_id: UUID, preview: ImportPreview) -> None:
    """The account the file goes to; a choice is an answer, and the file is read again with it."""
    options = bank_account_options(caller, company_id)
    ids = list(options)
    current = preview.accounts[0].bank_account_id if preview.accounts else None
    key = f"account_{preview.digest[:16]}_{current or 'open'}"
    st.selectbox(
        "Bank account", ids, index=ids.index(current) if current in options else None,
        format_func=options.__getitem__, key=key, placeholder="Choose a bank account", width=280,
        on_change=_answer_account, args=(preview.digest, key),
    )  # fmt: skip


def _answer_account(digest: str, key: str) -> None:
    if chosen := st.session_state.get(key):
        desk.answer(digest, bank_account_id=chosen)


def pick_reading(preview: ImportPreview) -> None:
    """For a table that the detector read the wrong way: dates, decimal mark and sign said by hand."""
    if preview.statement is None or not preview.statement.layout.get("columns"):
        return
    mark = preview.digest[:16]
    said = desk.answer_of(preview.digest).layout
    with st.popover("Read it differently", icon=":material/tune:"), st.form(f"layout_{mark}", border=False):
        order = _choice("Dates", ORDERS, said.date_order if said else "", f"order_{mark}")
        decimal = _choice("Decimal mark", MARKS, said.decimal if said else "", f"decimal_{mark}")
        sign = _choice("Amounts", SIGNS, said.sign if said else "", f"sign_{mark}")
        if st.form_submit_button("Read again", key=f"again_{mark}"):
            desk.forget_layout(preview.digest)
            chosen = {"date_order": order, "decimal": decimal, "sign": sign}
            desk.answer(preview.digest, layout={name: value for name, value in chosen.items() if value})
            st.rerun()


def _choice(label: str, options: dict[str, str], current: str, key: str) -> str:
    keys = list(options)
    at = keys.index(current) if current in keys else 0
    return st.selectbox(label, keys, index=at, format_func=options.__getitem__, key=key)
