"""Opening balances on the settings page: what is in force, and a trial balance seen before it is booked."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from core.access.roles import Action
from core.ingestion.raw_file import RawFile
from core.opening.planning import OpeningPlan, plan_opening
from core.opening.posting import post_opening
from core.opening.standing import StandingOpening, day_before_lines, opening_file, standing_opening
from core.problems import Severity
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown, section
from ui.identity import Here
from ui.tables import frame, table
from ui.words import count, day, money, plain

BOOKED = "opening_booked"  # in session_state: how many files were booked, so that the next starts with an empty field
_PROBLEMS_SHOWN = 8


def opening_balances(place: Here, today: date) -> None:
    """What the books start from, and the way to a start from another program's trial balance."""
    section("Opening balances", "Coming from another program? Start from its trial balance, CSV or Excel.")
    with snapshot() as session:
        standing = standing_opening(session, place.caller, place.company_id)
        before_lines = day_before_lines(session, place.caller, place.company_id)
    if standing is not None:
        _in_force(place, standing)
    if not place.caller.may(place.company_id, Action.CONFIGURE):
        st.caption("A manager can book opening balances.")
        return
    with st.expander("Replace them" if standing else "Book opening balances", icon=":material/upload_file:"):
        usual = standing.booked_on if standing else before_lines or date(today.year, 1, 1) - timedelta(days=1)
        _upload(place, usual)


def _in_force(place: Here, standing: StandingOpening) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="opening_standing"):
        st.markdown(
            f":material/check: Booked at the end of **{day(standing.booked_on, year=True)}** "
            f":gray[from {plain(standing.file_name)}]",
            width="stretch",
        )
        st.download_button(
            "The file", lambda: _kept(place, standing), standing.file_name, key="opening_file", on_click="ignore",
            icon=":material/download:", type="tertiary",
        )  # fmt: skip


def _kept(place: Here, standing: StandingOpening) -> bytes:
    with snapshot() as session:
        return opening_file(session, place.caller, place.company_id, standing.id).content


def _upload(place: Here, usual: date) -> None:
    number = st.session_state.get(BOOKED, 0)
    left, right = st.columns([1, 2])
    booked_on = left.date_input(
        "Balances at the end of", usual, key=f"opening_on_{number}", format="MM/DD/YYYY",
        help="The last day that the other program holds. Bank lines are booked from the next day on.",
    )  # fmt: skip
    given = right.file_uploader(
        "Trial balance", type=["csv", "txt", "tsv", "xlsx", "xls", "xlsb", "ods"], key=f"opening_upload_{number}",
        help="One row names the columns: code and name, debit and credit or balance, and type for new accounts.",
    )  # fmt: skip
    if given is None or not isinstance(booked_on, date):
        return
    file = RawFile(given.name, given.getvalue())
    with refusals_shown("This file cannot be booked"):
        with snapshot() as session:
            plan = plan_opening(session, place.caller, place.company_id, file, booked_on)
        show_plan(plan)
        _book(place, plan, file, number)


def show_plan(plan: OpeningPlan) -> None:
    """Each account with its balance, what is booked of it already, and whether it is new; then what is wrong."""
    rows = [
        (
            f"{line.code} {line.name}",
            max(line.balance_minor, 0),
            max(-line.balance_minor, 0),
            line.in_books_minor,
            f"new {line.type}" if line.account_id is None else "",
        )
        for line in plan.lines
    ]
    rows.append(("Total", plan.debit_minor, plan.credit_minor, sum(line.in_books_minor for line in plan.lines), ""))
    names = ["Account", "Debit", "Credit", "Booked already", "In the chart"]
    table(
        frame(rows, *names), (),
        {
            "Account": st.column_config.TextColumn(width=250),
            **{name: st.column_config.NumberColumn(width=112, alignment="right") for name in names[1:4]},
            "In the chart": st.column_config.TextColumn(width=96),
        },
        quiet=names[1:4], currency=plan.currency, totals=(len(rows) - 1,), most=15, width="content",
        key="opening_plan",
    )  # fmt: skip
    for severity, show in ((Severity.ERROR, st.error), (Severity.WARNING, st.warning)):
        said = [
            f"Row {problem.row}: {plain(problem.message)}." if problem.row else f"{plain(problem.message)}."
            for problem in plan.problems
            if problem.severity is severity
        ]
        if said:
            more = [f"… and {len(said) - _PROBLEMS_SHOWN} more"] if len(said) > _PROBLEMS_SHOWN else []
            show("\n\n".join([*said[:_PROBLEMS_SHOWN], *more]))
    if plan.difference_minor:
        st.error(f"Debits and credits differ by {plain(money(abs(plan.difference_minor), plan.currency))}.")


def _book(place: Here, plan: OpeningPlan, file: RawFile, number: int) -> None:
    new = sum(line.account_id is None for line in plan.lines)
    changes = sum(bool(line.amount_minor) for line in plan.lines)
    stops = bool(plan.errors or plan.difference_minor or not changes)
    with st.container(horizontal=True, vertical_alignment="center"):
        label = "Reverse the old ones and book these" if plan.replaces else "Book the opening balances"
        pressed = st.button(label, type="primary", key="opening_book", disabled=stops, icon=":material/check:")
        made = f", {count(new, 'account')} added to the chart" if new else ""
        told = f"One entry on {day(plan.booked_on, year=True)} over {count(changes, 'account')}{made}"
        st.caption("The books hold these balances already." if not changes else told, width="content")
    if pressed:
        with unit_of_work() as session:
            post_opening(
                session, place.caller, place.company_id, file, plan.booked_on, replace=plan.replaces is not None,
                write=write_columns, now=datetime.now(UTC),
            )  # fmt: skip
        st.session_state[BOOKED] = number + 1
        st.toast("The opening balances are booked", icon=":material/check:")
        st.rerun()
