"""A file before it is stored: what was recognised in it, its first rows, what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.ingestion.account_preview import AccountPreview
from core.ingestion.layout import SIGN_RULES
from core.ingestion.previewing import ImportPreview, PreviewStatus
from core.ingestion.statement import AccountStatement, Statement, StatementLine
from core.problems import Problem, Severity
from ui import upload_desk as desk
from ui.review_words import sentence as with_stop
from ui.tables import frame, small_table, table
from ui.upload_questions import ask, pick_bank_account, pick_reading
from ui.words import badge_text, count, money, plain, span

FIRST_ROWS = 6
PROBLEMS_SHOWN = 50
DATE_ORDERS = {"DMY": "day first", "MDY": "month first", "YMD": "year first", "YDM": "year first, then the day"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
DATE = st.column_config.DateColumn(format="MMM D, YYYY", width=96)


def file_card(caller: Caller, company_id: UUID, place: int, preview: ImportPreview, open_it: bool) -> None:
    """One file as a box that opens: the state in its head, everything known about it inside."""
    state, word = state_of(preview)
    head = f"{badge_text(state, word)} &ensp;**{plain(preview.name)}** &ensp;:gray[{plain(_facts(preview))}]"
    # The state is part of the key: a file that turns out to need an answer opens, also if it was closed by hand.
    key = f"file_{preview.digest[:16]}_{place}_{state}"
    with st.expander(head, expanded=open_it or state in ("asking", "refused"), key=key):
        if desk.is_asking(preview):
            ask(caller, company_id, preview)
        elif preview.error:
            st.error(plain(preview.refusal), title="Nothing was stored from this file", icon=":material/block:")
        elif preview.duplicate_of:
            _twin(preview)
        else:
            _recognised(caller, company_id, preview)
        problems_table(preview.problems, f"problems{place}")
        _leave_out(place, preview)


def state_of(preview: ImportPreview) -> tuple[str, str | None]:
    """The badge of a file that is not stored yet: its state and its word."""
    if desk.is_asking(preview):
        return "asking", None
    if preview.status is PreviewStatus.REFUSED:
        return "refused", None
    if preview.status is PreviewStatus.DUPLICATE:
        return "duplicate", None
    if not preview.new_count:
        return "duplicate", "Nothing new"
    return ("partly", None) if preview.duplicate_count else ("ready", None)


def _facts(preview: ImportPreview) -> str:
    parts = []
    if preview.statement:
        parts.append(preview.statement.format.upper())
    parts += [account.name for account in preview.accounts[:2]]
    if preview.period:
        parts.append(span(preview.period.first_on, preview.period.last_on))
    if preview.line_count:
        parts.append(count(preview.line_count, "line"))
    return " · ".join(parts)


def _twin(preview: ImportPreview) -> None:
    twin = preview.duplicate_of
    if twin is None:
        return
    where = "is in the books already" if twin.id else "stands twice in this upload"
    st.markdown(
        f"The same file, byte for byte, {where} as **{plain(twin.name)}**: {count(twin.line_count, 'line')}, "
        f"{plain(money(twin.lines_minor, twin.currency, sign=True))} net. Its lines are not stored again."
    )


def _recognised(caller: Caller, company_id: UUID, preview: ImportPreview) -> None:
    if preview.statement is None:
        return
    for account in preview.accounts:
        st.caption(plain(_sums(account, len(preview.accounts) > 1)))
    left, right = st.columns([0.44, 0.56], gap="medium")
    with left:
        st.markdown("**What was recognised**")
        rows = list(recognised_rows(preview.statement, preview.accounts))
        small_table(frame(rows, "", "Read as", "Evidence"))
    with right:
        st.markdown("**First rows**")
        first_rows(preview)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if len(preview.statement.accounts) == 1:
                pick_bank_account(caller, company_id, preview)
            pick_reading(preview)


def _sums(account: AccountPreview, named: bool) -> str:
    net = money(sum(line.amount_minor for line in account.lines), account.currency, sign=True)
    parts = [f"{count(len(account.lines), 'line')}, {net} net", f"{account.new_count:,} new"]
    parts.append(f"{account.duplicate_count:,} already stored")
    return f"{account.name}: {' · '.join(parts)}" if named else " · ".join(parts)


def recognised_rows(
    statement: Statement, accounts: Sequence[AccountPreview]
) -> Iterable[tuple[str, str, str]]:  # fmt: skip
    """What was read how, and what speaks for it, as rows of a table."""
    layout, names = statement.layout, statement.layout.get("columns") or {}
    form = [statement.format.upper()]
    if delimiter := layout.get("delimiter"):
        form.append(DELIMITERS.get(delimiter, delimiter))
    if encoding := layout.get("encoding"):
        form.append(str(encoding))
    header = layout.get("header_row")
    yield "Format", ", ".join(form), "" if header is None else f"header in row {header}" if header else "no header row"
    if names:
        if accounts:
            known = not accounts[0].saves_layout
            yield (
                "Layout",
                f"{'as saved for' if known else 'new for'} {accounts[0].name}",
                ("" if known else "saved with the import"),
            )
        order = DATE_ORDERS.get(layout.get("date_order", ""), "")
        yield "Date", _columns(names, "date"), order
        yield (
            "Amount",
            _columns(names, "amount", "debit", "credit", "direction"),
            SIGN_RULES.get(layout.get("sign", ""), "").split(": ")[-1],
        )
        yield "Bank text", _columns(names, "counterparty", "description", "reference"), ""
    for account in statement.accounts[:3]:
        yield from _account_rows(account, len(statement.accounts) > 1)
    if len(statement.accounts) > 3:
        yield "Accounts", f"{len(statement.accounts)} in this file", "the first three are shown"


def _columns(names: Mapping[str, Any], *roles: str) -> str:
    found = [names[role] for role in roles if role in names]
    return ", ".join(name for each in found for name in ([each] if isinstance(each, str) else each))


def _account_rows(account: AccountStatement, several: bool) -> Iterable[tuple[str, str, str]]:
    if account.account_number:
        yield "Account", account.account_number, "as the file says"
    days = [line.booked_on for line in account.lines]
    if days:
        yield "Period", span(min(days), max(days)), count(len(days), "line") if several else ""
    if account.currency:
        yield "Currency", account.currency, ""
    opening, closing = account.opening_minor, account.closing_minor
    if opening is None and closing is None:
        yield "Balances", "none stated", "type them in when reconciling"
        return
    if opening is not None:
        yield "Opening balance", money(opening, account.currency), ""
    proof = {True: "opening + lines = closing", False: "opening + lines differ from it", None: ""}[account.proved]
    if closing is not None:
        yield "Closing balance", money(closing, account.currency), proof


def first_rows(preview: ImportPreview) -> None:
    """The first lines of the file's first bank account, with what is stored already said where some are."""
    account = preview.accounts[0]
    lines = account.lines[:FIRST_ROWS]
    known = ["new" if new else "already stored" for new in account.is_new[:FIRST_ROWS]]
    lines_table(lines, account.currency, f"rows_{preview.digest[:16]}", known if account.duplicate_count else None)


def lines_table(lines: Sequence[StatementLine], currency: str, key: str, known: Sequence[str] | None = None) -> None:
    """Statement lines as a table; `known` is a word a line on whether the books hold it."""
    balances = any(line.balance_minor is not None for line in lines)
    rows = [
        [line.booked_on, line.amount_minor, _text(line)]
        + ([line.balance_minor] if balances else [])
        + ([known[number]] if known else [])
        for number, line in enumerate(lines)
    ]
    names = ["Date", "Amount", "Bank text"] + (["Balance"] if balances else []) + (["In the books"] if known else [])
    amounts = ["Amount", *(["Balance"] if balances else [])]
    table(
        frame(rows, *names),
        amounts,
        {
            "Date": DATE,
            "Bank text": st.column_config.TextColumn(width=232 if balances else 300),
            "Amount": st.column_config.NumberColumn(width=96, alignment="right"),
            "Balance": st.column_config.NumberColumn(width=96, alignment="right"),
            "In the books": st.column_config.TextColumn(width=104),
        },
        currency=currency or "USD",
        key=key,
    )


def _text(line: StatementLine) -> str:
    if line.counterparty and line.counterparty.lower() not in line.description.lower():
        return f"{line.counterparty} {line.description}".strip()
    return line.description or line.counterparty


def problems_table(problems: Sequence[Problem], key: str) -> None:
    """What is wrong or worth a look: of the whole file as sentences, of single rows as a table, errors first."""
    for one in problems:
        if not one.row:
            icon = ":red[:material/error:]" if one.severity is Severity.ERROR else ":orange[:material/info:]"
            st.markdown(f"{icon} {plain(with_stop(one.message))}")
    rows = sorted((one for one in problems if one.row), key=lambda one: (one.severity is not Severity.ERROR, one.row))
    if not rows:
        return
    errors = sum(one.severity is Severity.ERROR for one in rows)
    words = [count(errors, "row cannot be read", "rows cannot be read")] if errors else []
    if errors < len(rows):
        words.append(count(len(rows) - errors, "row to look at", "rows to look at"))
    st.markdown(f"**{' and '.join(words)}**")
    what = "What is wrong" if errors else "What was noticed"
    cells = [(one.row, one.message[:1].upper() + one.message[1:], one.text) for one in rows[:PROBLEMS_SHOWN]]
    table(
        frame(cells, "Row", what, "As the file has it"),
        (),
        {
            "Row": st.column_config.NumberColumn(width=56),
            what: st.column_config.TextColumn(width=440),
            "As the file has it": st.column_config.TextColumn(width=460),
        },
        most=8, key=key,
    )  # fmt: skip
    if len(rows) > PROBLEMS_SHOWN:
        st.caption(f"And {len(rows) - PROBLEMS_SHOWN} more of the same file.")


def _leave_out(place: int, preview: ImportPreview) -> None:
    size = len(preview.file.content)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Take off the list", key=f"leave{place}", type="tertiary", icon=":material/close:", on_click=desk.leave_out,
            args=(place,),
        )  # fmt: skip
        st.caption(f"{size / 1000:,.0f} KB" if size >= 1000 else count(size, "byte"))
