"""The start page's parts: key figures, what needs a person, all companies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.metrics.attention import Need, NeedKind
from core.metrics.home import HomeRow
from core.metrics.quality import Precision
from core.metrics.rates import Rate
from core.money import Money
from ui.frame import figures, section
from ui.home_words import GOALS, open_company, page_for, sentence, sums, works_on
from ui.tables import frame, table
from ui.words import NONE, STATES, badge, count, day, money, percent, plain

SHOWN = 6  # needs at once; the others unfold
TABLE = "home_companies"
_CHIP_COLOURS = {kind.value: STATES[kind.value][:2] for kind in NeedKind} | {"closed": STATES["closed"][:2]}


def key_figures(rows: Sequence[HomeRow], precision: Precision | None, year_to: str) -> None:
    """The four figures over all companies, each with what it is measured on; `year_to` names the last of 12 months."""
    waiting = sum(row.to_review for row in rows)
    with_waiting = sum(row.to_review > 0 for row in rows)
    apart, accounts = sum(row.accounts_apart for row in rows), sum(row.accounts for row in rows)
    alone = sum((row.automatic for row in rows), Rate(0, 0))
    shown = [
        ("Lines to review", f"{waiting:,}", f"in {with_waiting} of {count(len(rows), 'company', 'companies')}"),
        (
            "Unreconciled",
            sums(_added(rows)) if apart else money(0, rows[0].base_currency, sign=True) if accounts else NONE,
            f"{apart} of {count(accounts, 'bank account')}" if accounts else "no balance stated yet",
        ),
        (
            f"Alone, year to {year_to}",
            percent(alone.value, 1),
            f"{alone.numerator:,} of {count(alone.denominator, 'line')}" if alone.denominator else "no lines yet",
        ),
        (
            "Right when booked alone",
            percent(precision.rate.value, 1) if precision else NONE,
            f"{percent(precision.interval.low, 1).rstrip('%')} to {percent(precision.interval.high, 1)} "
            f"of {precision.rate.denominator:,}"
            if precision
            else "none checked yet",
        ),
    ]
    figures(shown, "home_figures")


def _added(rows: Sequence[HomeRow]) -> tuple[Money, ...]:
    totals: dict[str, int] = {}
    for amount in (amount for row in rows for amount in row.unreconciled):
        totals[amount.currency] = totals.get(amount.currency, 0) + amount.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(totals.items(), key=lambda one: -one[1]))


def needs_you(caller: Caller, needs: Sequence[Need], today: date) -> None:
    """What waits for a person, each with the way to it; a click opens the company there."""
    section("Needs you")
    with st.container(border=True, gap="xsmall", key="needs"):
        if not needs:
            st.markdown(":green[:material/task_alt:] &ensp;Nothing. Every company is up to date.")
        for number, need in enumerate(needs[:SHOWN]):
            _need(caller, number, need, today)
        if len(needs) > SHOWN:
            with st.expander(f"{len(needs) - SHOWN} more", type="compact", key="more_needs"):
                for number, need in enumerate(needs[SHOWN:], start=SHOWN):
                    _need(caller, number, need, today)


def _need(caller: Caller, number: int, need: Need, today: date) -> None:
    label, page = GOALS[need.kind]
    with st.container(horizontal=True, vertical_alignment="center", key=f"need{number}"):
        with st.container(width=120, key=f"needstate{number}"):
            badge(need.kind.value)
        st.markdown(f"**{plain(need.company)}** &ensp;{sentence(need, today)}", width="stretch")
        if works_on(caller, need.company_id, need.kind):
            go = st.button(
                label, key=f"go{number}", type="tertiary", icon=":material/arrow_forward:", icon_position="right"
            )
            if go:
                open_company(need.company_id, page)


def all_companies(caller: Caller, rows: Sequence[HomeRow], needs: Sequence[Need], today: date) -> None:
    """A row a company; a click on it opens the company where it needs somebody."""
    about = (
        "A click opens it where it needs somebody." if len(rows) == 1 else "A click opens one where it needs somebody."
    )
    section("All companies", f"{count(len(rows), 'company', 'companies')}. {about}")
    kinds: dict[UUID, list[NeedKind]] = defaultdict(list)
    for need in needs:
        kinds[need.company_id].append(need.kind)
    plain_money = _one_currency(rows)
    lines = [_cells(row, kinds, plain_money, today) for row in rows]
    names = ("Company", "State", "To review", "To decide", "Unreconciled", "Automatic", "of lines", "12 months",
             "Last upload", "Locked through")  # fmt: skip
    chosen: Any = table(
        frame(lines, *names),
        (),
        _columns(plain_money is None),
        quiet=() if plain_money is None else ("To decide", "Unreconciled"),
        currency=plain_money or "USD",
        key=TABLE,
        on_select="rerun",
        selection_mode="single-cell",
    )
    if cells := chosen["selection"]["cells"]:
        company_id = rows[cells[0][0]].company_id
        open_company(company_id, page_for(caller, company_id, kinds[company_id]))


def _one_currency(rows: Sequence[HomeRow]) -> str | None:
    """The currency of all amounts shown; None where they differ, then each amount names its own."""
    used = {amount.currency for row in rows for amount in (*row.to_decide, *row.unreconciled)}
    return used.pop() if len(used) == 1 else None if used else "USD"


def _cells(row: HomeRow, kinds: Mapping[UUID, Sequence[NeedKind]], currency: str | None, today: date) -> list[Any]:
    pressing = [kind.value for kind in kinds.get(row.company_id, ())] or (["closed"] if _is_closed(row, today) else [])
    state = [STATES[name][0] for name in pressing[:1]]

    def amount(of: tuple[Money, ...]) -> Any:
        if currency is not None:
            return sum(one.minor for one in of)
        return ", ".join(f"{one.currency} {money(one.minor, one.currency)}" for one in of) or NONE

    share = row.automatic.value
    trend = [round(100 * month.value) for month in row.months if month.value is not None]
    return [
        row.name, state, row.to_review, amount(row.to_decide), amount(row.unreconciled),
        None if share is None else round(share, 2), row.automatic.denominator, trend,
        day(row.last_upload_at.date() if row.last_upload_at else None, year=_is_old(row, today)),
        f"{row.closed_through_on:%b %Y}" if row.closed_through_on else NONE,
    ]  # fmt: skip


def _is_closed(row: HomeRow, today: date) -> bool:
    """Locked through the end of the month before this one."""
    closed = row.closed_through_on
    return closed is not None and (closed.year, closed.month + 1) >= (today.year, today.month)


def _is_old(row: HomeRow, today: date) -> bool:
    return row.last_upload_at is not None and row.last_upload_at.year != today.year


def _columns(mixed: bool) -> dict[str, Any]:
    amount: Any = st.column_config.TextColumn if mixed else st.column_config.NumberColumn
    words, colours = zip(*_CHIP_COLOURS.values(), strict=True)
    return {
        "Company": st.column_config.TextColumn(width=190),
        "State": st.column_config.MultiselectColumn(width=96, options=list(words), color=list(colours)),
        "To review": st.column_config.NumberColumn(width=76),
        "To decide": amount(width=108, alignment="right"),
        "Unreconciled": amount(width=104, alignment="right"),
        "Automatic": st.column_config.ProgressColumn(
            width=120, min_value=0, max_value=1, format="percent", help="Lines booked without a person, last 12 months"
        ),
        "of lines": st.column_config.NumberColumn(width=68, format="localized"),
        "12 months": st.column_config.LineChartColumn(width=130, y_min=0, y_max=100, help="Automatic, month by month"),
        "Last upload": st.column_config.TextColumn(width=96),
        "Locked through": st.column_config.TextColumn(width=104),
    }
