"""Lines that may be stored already: each beside the stored one that it resembles, for a person to decide."""

from collections.abc import Sequence

import streamlit as st

from core.ingestion.account_preview import AccountPreview, DoubtfulLine
from core.ingestion.previewing import ImportPreview
from ui import upload_answers as answers
from ui.tables import frame, small_table
from ui.words import count, money, plain
from ui.words import day as day_words

PAGE = 6  # pairs shown at once
NEW, KNOWN = "It is new", "It is the stored one"


def unanswered(preview: ImportPreview) -> int:
    """How many doubtful lines nobody has decided yet."""
    return sum(not one.is_answered for one in preview.doubtful)


def doubtful_lines(preview: ImportPreview) -> None:
    """The pairs, a page at a time; what nobody decides counts as each pair says."""
    pairs = [(account, line) for account in preview.accounts for line in account.doubtful]
    if not pairs:
        return
    mark = preview.digest[:16]
    st.markdown(f"**{count(len(pairs), 'line')} may be in the books already.** Compare, and say which.")
    if len(pairs) > 1:
        _all_alike(preview, mark)
    page = 1
    if len(pairs) > PAGE:
        page = st.pagination(-(-len(pairs) // PAGE), key=f"doubt_page_{mark}", width=320)
    for account, line in pairs[(page - 1) * PAGE : page * PAGE]:
        _pair(preview, account, line, mark)


def _all_alike(preview: ImportPreview, mark: str) -> None:
    rows = [line.row for line in preview.doubtful]
    with st.container(horizontal=True):
        for label, new in (("All are new", True), ("All are stored ones", False)):
            st.button(label, key=f"doubt_all_{new}_{mark}", on_click=_answer, args=(preview.digest, rows, new))


def _pair(preview: ImportPreview, account: AccountPreview, line: DoubtfulLine, mark: str) -> None:
    key = f"doubt_{line.row}_{mark}"
    left, right = st.columns([0.68, 0.32], gap="medium", vertical_alignment="center")
    with left:
        rows = [
            _cells(f"This file, row {line.row}", line, account.currency),
            (
                "In the books", day_words(line.stored_on, year=True), money(line.line.amount_minor, account.currency),
                line.stored_description, _balance(line.stored_balance_minor, account.currency),
            ),
        ]  # fmt: skip
        small_table(frame(rows, "Where", "Date", "Amount", "Bank text", "Balance"))
    with right:
        why = line.doubt.sentence
        st.caption(plain(why[:1].upper() + why[1:]))
        key = f"{key}_{line.is_new}_{line.is_answered}"
        said = NEW if line.is_new else KNOWN
        st.segmented_control(
            f"Row {line.row}", [NEW, KNOWN], default=said if line.is_answered else None, required=line.is_answered,
            key=key, label_visibility="collapsed", on_change=_decide, args=(preview.digest, line.row, key),
        )  # fmt: skip
        if not line.is_answered:
            st.caption(f"Without your word it counts as {'new' if line.is_new else 'stored already'}.")


def _cells(where: str, line: DoubtfulLine, currency: str) -> tuple[str, str, str, str, str]:
    written = line.line
    return (
        where, day_words(written.booked_on, year=True), money(written.amount_minor, currency), written.description,
        _balance(written.balance_minor, currency),
    )  # fmt: skip


def _balance(minor: int | None, currency: str) -> str:
    return "" if minor is None else f"balance {money(minor, currency)}"


def _decide(digest: str, row: int, key: str) -> None:
    if said := st.session_state[key]:
        answers.answer_rows(digest, [row], new=said == NEW)


def _answer(digest: str, rows: Sequence[int], new: bool) -> None:
    answers.answer_rows(digest, rows, new=new)
