"""A new company step by step: details, chart, bank accounts, first file. Stored at the end, or not at all."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.access.sessions import caller_for
from core.categorization.starter import load_starter
from core.errors import InvalidInput
from core.founding import NAME_LENGTH, add_bank_account, checked_currency, found_company
from core.posting.chart import SECTORS, chart_template
from db.engine import unit_of_work
from models import BankAccountKind
from ui import identity
from ui.frame import refusals_shown
from ui.home_words import open_company
from ui.tables import frame, table
from ui.upload_accounts import KINDS, account_fields
from ui.words import count, plain

DRAFT = "new_company"  # in session_state: what was typed so far, until the company is created
OPEN = "new_company_open"  # in session_state: whether the dialog is open
FOUNDED = "founded_company"  # in session_state: the id of a company that has just been created
STEPS = ("Details", "Chart of accounts", "Bank accounts", "First file")
CURRENCIES = ("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "INR", "MXN", "BRL")

_TYPES = {"asset": "Asset", "liability": "Liability", "equity": "Equity", "revenue": "Revenue", "expense": "Expense"}


def first_steps(caller: Caller) -> None:
    """In the place of the list while there is no company: what to do, in three steps."""
    if not caller.may_found:
        st.info("You see no company yet. Ask an administrator to give you one.", icon=":material/domain_add:")
        return
    steps = (
        ("domain_add", "Add a company", "Its name and kind of business. You get a chart of accounts that fits."),
        ("account_balance", "Name its bank accounts", "Checking, cards, processors: whatever sends statements."),
        ("upload_file", "Drop the first files", "You see what each file holds before anything is stored."),
    )
    with st.container(border=True, key="first_steps"):
        st.markdown("**Three steps, about two minutes, until the first lines are booked**")
        with st.grid(3, min_column_width=220, gap="medium"):
            for number, (icon, title, text) in enumerate(steps, start=1):
                with st.container(gap="xsmall"):
                    st.markdown(f":material/{icon}: **{number}. {title}**")
                    st.caption(text)
        st.space("xxsmall")
        st.button("Add the first company", icon=":material/add:", type="primary", key="first_company", on_click=_open)
    if st.session_state.get(OPEN):
        new_company()


def ask_new_company(caller: Caller) -> None:
    """The button of the list."""
    if caller.may_found:
        st.button("New company", icon=":material/add:", type="primary", key="new_company_button", on_click=_open)
        if st.session_state.get(OPEN):
            new_company()


def _open() -> None:
    st.session_state[OPEN] = True


def _close() -> None:
    st.session_state.pop(OPEN, None)


@st.dialog("New company", width="large", icon=":material/domain_add:", on_dismiss=_close)
def new_company() -> None:
    """What was typed is kept when the dialog is closed, so that it can be gone on with."""
    draft = st.session_state.setdefault(DRAFT, {"step": 0, "accounts": []})
    step = draft["step"]
    st.markdown(" &ensp;:gray[›]&ensp; ".join(_step_word(number, step) for number in range(len(STEPS))))
    if step == 0:
        _details(draft)
    elif step == 1:
        _chart(draft)
    else:
        _bank_accounts(draft)


def _step_word(number: int, current: int) -> str:
    if number == current:
        return f"**{number + 1}. {STEPS[number]}**"
    done = ":material/check: " if number < current else f"{number + 1}. "
    return f":gray[{done}{STEPS[number]}]"


def _go(step: int) -> None:
    st.session_state[DRAFT]["step"] = step
    st.rerun()


def _details(draft: dict[str, Any]) -> None:
    keys = [key for key, _ in SECTORS]
    months = range(1, 13)
    currencies = list(dict.fromkeys([*CURRENCIES, draft.get("currency", "USD")]))
    with st.form("new_company_details", border=False):
        name = st.text_input(
            "Name", draft.get("name", ""), max_chars=NAME_LENGTH, key="new_name", placeholder="Corner Café"
        )
        sector = st.selectbox(
            "Kind of business", keys, index=keys.index(draft.get("sector", "general")),
            format_func=dict(SECTORS).__getitem__, key="new_sector",
            help="Decides which accounts the chart starts with. You can add others at any time.",
        )  # fmt: skip
        left, right = st.columns(2)
        currency = left.selectbox(
            "Currency of the books", currencies, index=currencies.index(draft.get("currency", "USD")),
            accept_new_options=True, key="new_currency", help="Another one? Type its three letters.",
        )  # fmt: skip
        month = right.selectbox(
            "Fiscal year starts in", months, index=draft.get("month", 1) - 1,
            format_func=lambda month: f"{date(2000, month, 1):%B}", key="new_month",
        )  # fmt: skip
        with st.container(horizontal=True, horizontal_alignment="right"):
            pressed = st.form_submit_button("Continue to the chart", type="primary", key="new_details_go")
    if not pressed:
        return
    draft.update(name=" ".join(name.split()), sector=sector, month=month)
    with refusals_shown():
        if not draft["name"]:
            raise InvalidInput("Type the company's name first.")
        draft["currency"] = checked_currency(currency or "")
        _go(1)


def _chart(draft: dict[str, Any]) -> None:
    accounts = chart_template(draft["sector"])
    st.markdown(f"**{plain(draft['name'])}** starts with these {count(len(accounts), 'account')}")
    table(
        frame(
            [(a.code, a.name, _TYPES[a.type], a.about) for a in accounts],
            "Code", "Account", "Type", "What belongs there",
        ),
        (),
        {
            "Code": st.column_config.TextColumn(width=56),
            "Account": st.column_config.TextColumn(width=210),
            "Type": st.column_config.TextColumn(width=80),
            "What belongs there": st.column_config.TextColumn(width=420),
        },
        most=10, key="new_chart",
    )  # fmt: skip
    st.caption("Accounts can be added, renamed and switched off later under Chart of accounts.")
    starter = load_starter()
    st.caption(
        f"Proposals begin with a starter model. In tests on invented companies it had never seen, it named the right "
        f"account for {starter.known_sector_score:.0%} of the lines before any review, and for "
        f"{starter.unknown_sector_score:.0%} where the kind of business was new to it too. Real lines are harder; "
        f"every review improves it."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Back", type="tertiary", key="new_chart_back"):
            _go(0)
        if st.button("Continue to bank accounts", type="primary", key="new_chart_go"):
            _go(2)


def _bank_accounts(draft: dict[str, Any]) -> None:
    accounts: list[dict[str, Any]] = draft["accounts"]
    st.markdown(f"Where do the statements of **{plain(draft['name'])}** come from?")
    for number, account in enumerate(accounts):
        _named_account(number, account, accounts)
    with st.form(f"new_account_{len(accounts)}", border=False, enter_to_submit=False):
        given = account_fields(f"new_account_{len(accounts)}", {"currency": draft["currency"]}, not accounts)
        more = st.form_submit_button("Add and name another", icon=":material/add:", key="new_account_more")
        st.caption(
            "With the account number, files that state it find their account by themselves. "
            "More accounts can be added at any time, also while uploading."
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            back = st.form_submit_button("Back", type="tertiary", key="new_account_back")
            done = st.form_submit_button("Create the company", type="primary", key="new_account_go")
    if back:
        _go(1)
    if more or done:
        with refusals_shown():
            if more and not given["name"]:
                raise InvalidInput("Type the bank account's name first.")
            added = [{**given, "currency": checked_currency(given["currency"])}] if given["name"] else []
            if more:
                accounts += added
                st.rerun()
            created = _create(draft, [*accounts, *added])
            st.session_state.pop(DRAFT)
            _close()
            st.session_state[FOUNDED] = created
            open_company(created, "upload")


def _named_account(number: int, account: Mapping[str, Any], accounts: list[dict[str, Any]]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"named{number}"):
        ending = f" ••{account['number'][-4:]}" if account["number"] else ""
        kind = KINDS[BankAccountKind(account["kind"])]
        st.markdown(
            f":material/check: **{plain(account['name'])}**{ending} :gray[{kind}, {account['currency']}]",
            width="stretch",
        )
        if st.button("Remove", type="tertiary", key=f"unname{number}"):
            del accounts[number]
            st.rerun()


def _create(draft: Mapping[str, Any], accounts: Sequence[Mapping[str, Any]]) -> UUID:
    """Company and bank accounts in one unit of work. Raises what founding refuses; nothing is stored then."""
    now = datetime.now(UTC)
    with unit_of_work() as session:
        caller = caller_for(session, identity.session_secret(), now, "home")
        if caller is None:
            raise InvalidInput("You have been signed out. Sign in again in another tab, then go on here.")
        company = found_company(
            session, caller, name=draft["name"], sector=draft["sector"], base_currency=draft["currency"],
            fiscal_year_start=draft["month"], now=now,
        )  # fmt: skip
        # Asked anew: as the founder they may now add to the company.
        founder = caller_for(session, identity.session_secret(), now, "home") or caller
        for account in accounts:
            add_bank_account(session, founder, company.id, **account, now=now)
    return company.id
