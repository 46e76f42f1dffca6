"""The statement calendar: bank accounts as rows, months as columns, and a sentence for each thing to look after."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.reconciliation.calendars import statement_calendar
from core.reconciliation.statement_calendar import (
    AccountCalendar,
    CalendarMonth,
    CalendarProblem,
    Coverage,
    Trouble,
)
from db.engine import snapshot
from ui.frame import empty
from ui.tables import frame, table
from ui.words import badge_text, count, day, money, plain, span

MOST_TOLD = 12  # sentences an account

WORDS = {
    Coverage.PROVED: ("Proved", "green"),
    Coverage.UNPROVED: ("Unproved", "gray"),
    Coverage.PARTLY: ("Partly", "orange"),
    Coverage.MISSING: ("No file", "orange"),
    Coverage.DIFFERENCE: ("Difference", "red"),
    Coverage.RUNNING: ("Not over", "gray"),
}
OVERLAP = ("Overlap", "blue")
BADGES = {
    Trouble.GAP: ("nofile", "Gap"),
    Trouble.BEHIND: ("nofile", "No file"),
    Trouble.DIFFERENCE: ("difference", None),
    Trouble.OVERLAP: ("duplicate", "Overlap"),
    Trouble.UNPROVED: ("none", "Not proved"),
}


def calendar(caller: Caller, company_id: UUID) -> None:
    """The whole view: a year, its table, and what to do."""
    with snapshot() as session:
        accounts = statement_calendar(session, caller, company_id, today=datetime.now(UTC).date())
    if not accounts:
        empty("calendar_month", "No statement yet", "Upload the first bank file; the months it covers stand here then.")
        return
    years = sorted({month.month.year for month in accounts[0].months}, reverse=True)
    latest = max(month.month.year for account in accounts for month in account.months if month.file_names)
    year = latest
    if len(years) > 1:
        year = st.segmented_control(
            "Year", years, default=latest, required=True, key="calendar_year", label_visibility="collapsed"
        ) or latest  # fmt: skip
    months_table(accounts, year)
    st.caption(told(accounts, year))
    for account in accounts:
        what_to_do(account, year)


def months_table(accounts: Sequence[AccountCalendar], year: int) -> None:
    """Bank accounts as rows, the year's months as columns, a word in each."""
    months = [month.month for month in accounts[0].months if month.month.year == year]
    rows = [
        (account.name, *(words_of(month) for month in account.months if month.month.year == year))
        for account in accounts
    ]
    shared = {month.month for account in accounts for month in account.months if month.overlaps}
    chips = [*WORDS.values(), OVERLAP]
    columns = {
        f"{month:%b}": st.column_config.MultiselectColumn(
            width=152 if month in shared else 84, help=f"{month:%B %Y}",
            options=[word for word, _ in chips], color=[colour for _, colour in chips],
        )
        for month in months
    }  # fmt: skip
    table(
        frame(rows, "Bank account", *columns),
        columns={"Bank account": st.column_config.TextColumn(width=150), **columns},
        key="calendar_table",
    )


def words_of(month: CalendarMonth) -> list[str]:
    """The chips of a cell; none before the first statement."""
    if month.coverage is Coverage.BEFORE:
        return []
    return [WORDS[month.coverage][0], *([OVERLAP[0]] if month.overlaps else [])]


def told(accounts: Sequence[AccountCalendar], year: int) -> str:
    """How many of the year's months with statements are proved."""
    months = [month.coverage for account in accounts for month in account.months if month.month.year == year]
    due = [one for one in months if one not in (Coverage.BEFORE, Coverage.RUNNING)]
    proved = sum(one is Coverage.PROVED for one in due)
    return f"{proved:,} of {count(len(due), 'month')} proved by balances in {year}."


def what_to_do(account: AccountCalendar, year: int) -> None:
    """A sentence a problem of the year; statements without balances are told in one."""
    here = [one for one in account.problems if one.first_on.year <= year <= one.last_on.year]
    unproved = [one for one in here if one.trouble is Trouble.UNPROVED]
    others = [one for one in here if one.trouble is not Trouble.UNPROVED]
    lines = [(one.trouble, sentence(one, account.currency)) for one in others]
    if unproved:
        lines.append((Trouble.UNPROVED, without_balances(unproved)))
    if not lines:
        return
    st.markdown(f"**{plain(account.name)}**")
    for trouble, text in lines[:MOST_TOLD]:
        state, word = BADGES[trouble]
        st.markdown(f"{badge_text(state, word)} &ensp;{text}")
    if len(lines) > MOST_TOLD:
        st.caption(f"{len(lines) - MOST_TOLD:,} more of the year are left out here.")


def sentence(one: CalendarProblem, currency: str) -> str:
    """What is wrong, and what to do."""
    when, names = span(one.first_on, one.last_on), " and ".join(plain(name) for name in one.file_names)
    moved = plain(money(abs(one.amount_minor), currency, sign=True)) if one.amount_minor else ""
    match one.trouble:
        case Trouble.GAP if not one.days:
            return f"{when}: {names} do not meet, their balances differ by {moved}. One of the files is not whole."
        case Trouble.GAP:
            money_too = f", and the balance moved by {moved}" if moved else ""
            return f"{when}: no statement for {count(one.days, 'day')}{money_too}. Upload the file of these days."
        case Trouble.BEHIND:
            return f"{when}: no statement yet. Upload those through {day(one.last_on, year=True)}."
        case Trouble.OVERLAP:
            return f"{when}: {names} share {count(one.days, 'day')}. Lines in both are stored once; nothing to do."
        case Trouble.DIFFERENCE if one.lines:
            return (
                f"{when}: {count(one.lines, 'line')} of {names} are not in the books. Look at its proof on Reconcile."
            )
        case _:
            return f"{when}: {names} is {moved} off its closing balance. Look at its proof on Reconcile."


def without_balances(found: Sequence[CalendarProblem]) -> str:
    """One sentence for all statements that state no balance."""
    when = span(found[0].first_on, found[-1].last_on)
    files = count(len(found), "file states", "files state")
    return f"{when}: {files} no opening or closing balance. Type them in on Reconcile, from the bank's statement."
