"""What a file leaves open, asked of a person: which reading is right, which bank account it belongs to."""

from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import AmbiguousStatement, BankAccountUnclear, WrongBankAccount
from core.ingestion.previewing import ImportPreview
from ui import upload_answers as answers
from ui.review_words import sentence as with_stop
from ui.tables import frame, table
from ui.upload_accounts import add_account, ask_new_account, bank_account_options, is_asked, may_add
from ui.upload_readings import ask_reading
from ui.words import plain

READING_ROWS = 4


def ask(caller: Caller, company_id: UUID, preview: ImportPreview) -> None:
    """The question of this file; nothing is stored from it until it is answered."""
    if isinstance(preview.error, AmbiguousStatement):
        ask_reading(preview, preview.error)
    elif isinstance(preview.error, BankAccountUnclear | WrongBankAccount):
        _which_account(caller, company_id, preview, preview.error)


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
        add_account(caller, company_id, preview.digest, given, decides=len(accounts) <= 1)


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
        answers.answer(digest, bank_account_id=chosen)
