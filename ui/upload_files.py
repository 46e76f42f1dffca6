"""A file before it is stored: what was recognised in it, its first rows, what is wrong with it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.errors import InvalidLines
from core.ingestion.account_preview import AccountPreview
from core.ingestion.layout import SIGN_RULES
from core.ingestion.previewing import ImportPreview, PreviewStatus
from core.ingestion.statement import AccountStatement, Statement
from ui import upload_answers as answers
from ui import upload_desk as desk
from ui.tables import frame, small_table
from ui.upload_doubts import doubtful_lines, unanswered
from ui.upload_draw import offer_drawing
from ui.upload_lines import lines_table, problems_table
from ui.upload_questions import ask, pick_bank_account
from ui.words import badge_text, count, money, plain, span

FIRST_ROWS = 6
DATE_ORDERS = {"DMY": "day first", "MDY": "month first", "YMD": "year first", "YDM": "year first, then the day"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


def file_card(caller: Caller, company_id: UUID, place: int, preview: ImportPreview, open_it: bool) -> None:
    """One file as a box that opens: the state in its head, everything known about it inside."""
    state, word = state_of(preview)
    head = f"{badge_text(state, word)} &ensp;**{plain(preview.name)}** &ensp;:gray[{plain(_facts(preview))}]"
    # The state is part of the key: a file that turns out to need an answer opens, also if it was closed by hand.
    key = f"file_{preview.digest[:16]}_{place}_{state}"
    box = st.expander(head, expanded=open_it or state in ("asking", "refused", "look"), key=key, on_change="rerun")
    if box.open:  # what nobody looks at costs nothing, however many files wait
        with box:
            _inside(caller, company_id, place, preview)


def _inside(caller: Caller, company_id: UUID, place: int, preview: ImportPreview) -> None:
    if desk.is_asking(preview):
        ask(caller, company_id, preview)
    elif preview.error:
        st.error(plain(preview.refusal), title="Nothing was stored from this file", icon=":material/block:")
    elif preview.duplicate_of:
        _twin(preview)
    else:
        _recognised(caller, company_id, preview)
    doubtful_lines(preview)
    told = {(line.row, line.why) for line in preview.doubtful}  # above, beside the stored ones
    problems_table([one for one in preview.problems if (one.row, one.message) not in told], f"problems{place}")
    _below(place, preview)


def state_of(preview: ImportPreview) -> tuple[str, str | None]:
    """The badge of a file that is not stored yet: its state and its word."""
    if desk.is_asking(preview):
        return "asking", None
    if preview.status is PreviewStatus.REFUSED:
        return "refused", None
    if preview.status is PreviewStatus.DUPLICATE:
        return "duplicate", None
    if left := unanswered(preview):
        return "look", count(left, "line in doubt", "lines in doubt")
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
        rows = desk.once(preview, "recognised", lambda: list(_rows_of(preview)))
        small_table(frame(rows, "", "Read as", "Evidence"))
    with right:
        st.markdown("**First rows**")
        first_rows(preview)
        if len(preview.statement.accounts) == 1:
            pick_bank_account(caller, company_id, preview)


def _sums(account: AccountPreview, named: bool) -> str:
    net = money(account.lines_minor, account.currency, sign=True)
    parts = [f"{count(len(account.lines), 'line')}, {net} net", f"{account.new_count:,} new"]
    parts.append(f"{account.duplicate_count:,} already stored")
    return f"{account.name}: {' · '.join(parts)}" if named else " · ".join(parts)


def _rows_of(preview: ImportPreview) -> Iterable[tuple[str, str, str]]:
    """What was read how, and what speaks for it, as rows of a table."""
    statement, accounts = preview.statement, preview.accounts
    if statement is None:
        return
    layout, names = statement.layout, statement.layout.get("columns") or {}
    yield _form(statement)
    if names:
        known = bool(accounts) and not accounts[0].saves_layout
        if accounts:
            yield _kept(preview, accounts[0], known)
        order = DATE_ORDERS.get(layout.get("date_order", ""), "")
        yield "Date", _columns(names, "date"), f"as last time: {order}" if known else order
        sign = SIGN_RULES.get(layout.get("sign", ""), "").split(": ")[-1]
        yield "Amount", _columns(names, "amount", "debit", "credit", "direction"), sign
        yield "Bank text", _columns(names, "counterparty", "description", "reference"), ""
    for account in statement.accounts[:3]:
        yield from _account_rows(account, len(statement.accounts) > 1)
    if len(statement.accounts) > 3:
        yield "Accounts", f"{len(statement.accounts)} in this file", "the first three are shown"


def _form(statement: Statement) -> tuple[str, str, str]:
    layout = statement.layout
    form = [statement.format.upper()]
    if delimiter := layout.get("delimiter"):
        form.append(DELIMITERS.get(delimiter, delimiter))
    if encoding := layout.get("encoding"):
        form.append(str(encoding))
    header = layout.get("header_row")
    return "Format", ", ".join(form), "" if header is None else f"header in row {header}" if header else "no header row"


def _kept(preview: ImportPreview, account: AccountPreview, known: bool) -> tuple[str, str, str]:
    """By whose word the columns were found, and whether the next file will be read so."""
    if known:
        return "Layout", f"as saved for {account.name}", "read as last time"
    said = answers.answer_of(preview.digest).layout
    by = "drawn by hand" if said and said.by_hand else "as you answered" if said else "found in the file"
    return "Layout", by, f"saved for {account.name} with the import"


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


def _below(place: int, preview: ImportPreview) -> None:
    """What can be done with the file besides."""
    size = len(preview.file.content)
    with st.container(horizontal=True, vertical_alignment="center"):
        _without_faulty(preview)
        offer_drawing(preview, "Read it differently" if preview.statement else "Say how it is written")
        st.button(
            "Take off the list", key=f"leave{place}", type="tertiary", icon=":material/close:", on_click=desk.leave_out,
            args=(place,),
        )  # fmt: skip
        st.caption(f"{size / 1000:,.0f} KB" if size >= 1000 else count(size, "byte"), width="content")


def _without_faulty(preview: ImportPreview) -> None:
    """To store what can be read, or to keep the whole file back until it is mended; a person's explicit choice."""
    mark, left_out = preview.digest[:16], answers.answer_of(preview.digest).leave_out_faulty
    if left_out:
        st.button(
            "Keep the whole file back", key=f"faulty_{mark}", icon=":material/undo:", on_click=answers.leave_out_faulty,
            args=(preview.digest, False),
        )  # fmt: skip
    elif isinstance(preview.error, InvalidLines) and preview.statement and preview.statement.lines:
        readable = len(preview.statement.lines)
        faulty = preview.line_count - readable
        st.button(
            f"Store {count(readable, 'readable line')} without {count(faulty, 'faulty row')}", key=f"faulty_{mark}",
            icon=":material/rule:", on_click=answers.leave_out_faulty, args=(preview.digest, True),
        )  # fmt: skip
