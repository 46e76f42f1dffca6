"""Statement lines and problems of a file as tables: the first ones only, whatever the file's size."""

from collections.abc import Sequence

import streamlit as st

from core.ingestion.statement import Statement, StatementLine
from core.problems import Problem, Severity
from ui.review_words import sentence as with_stop
from ui.tables import frame, table
from ui.words import count, money, plain, span

PROBLEMS_SHOWN = 50
DATE = st.column_config.DateColumn(format="MMM D, YYYY", width=96)


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


def totals_of(read: Statement) -> str:
    """What a reading brings, as one line of facts."""
    lines = read.lines
    days = [line.booked_on for line in lines]
    parts = [count(len(lines), "line")]
    if days:
        parts.append(span(min(days), max(days)))
    for account in read.accounts[:3]:
        amounts = [line.amount_minor for line in account.lines]
        came, went = (sum(one for one in amounts if one > 0), sum(one for one in amounts if one < 0))
        parts.append(f"in {money(came, account.currency)}, out {money(went, account.currency)}")
        if account.closing_minor is not None:
            parts.append(f"last balance {money(account.closing_minor, account.currency)}")
    return " · ".join(parts)
