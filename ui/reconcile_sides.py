"""To match: bank lines left, what is open in the books right, suggestions between them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import streamlit as st

from core.ingestion.items.listing import Age
from core.reconciliation.listing import ListedItem, ListedLine, ListedMatch
from core.reconciliation.unmatched import Wanted
from models import DifferenceKind
from ui import reconcile_desk as desk
from ui.frame import answered, empty
from ui.reconcile_sight import Sight, list_key
from ui.reconcile_words import item_text, line_text, of_a_hundred, period_of, title_of
from ui.tables import frame, small_table, table
from ui.words import badge_text, count, day, money, plain

CARDS = 8  # suggestions at once
SURE = 0.85
ROWS = 17
MOST_NOTES = 5
AGE_WORDS = {
    Age.NOT_DUE: "not due", Age.TO_30: "1–30 days", Age.TO_60: "31–60 days", Age.TO_90: "61–90 days",
    Age.OVER_90: "over 90 days",
}  # fmt: skip
DIFFERENCES = {DifferenceKind.FEE: "Fee", DifferenceKind.ADJUSTMENT: "Written off"}


@dataclass(frozen=True)
class Chosen:
    """What is selected to be matched by hand; amounts in minor units of the statement's currency."""

    line_ids: tuple[UUID, ...] = ()
    item_ids: tuple[UUID, ...] = ()
    lines_minor: int = 0  # without lines in another currency
    items_minor: int = 0
    is_transfer: bool = False  # two lines of two own accounts
    exchanged: ListedLine | None = None  # its other side, where that is in another currency


def to_match(sight: Sight) -> Chosen:
    """Bank lines left, suggestions in the middle, open items right; what is selected at the sides."""
    left, middle, right = st.columns([0.31, 0.38, 0.31], gap="small")
    with middle:
        _cards(sight)
    with left:
        lines = _bank_side(sight)
    with right:
        owed, across = _book_side(sight)
    picked = [sight.lines_left.lines[row] for row in lines]
    is_transfer = len(picked) == len(across) == 1 and not owed
    return Chosen(
        tuple(line.transaction_id for line in (*picked, *across)),
        tuple(item.open_item_id for item in owed),
        sum(line.amount_minor for line in (*picked, *across) if line.currency == sight.one.currency),
        sum(item.amount_minor for item in owed),
        is_transfer,
        across[0] if is_transfer and across[0].currency != sight.one.currency else None,
    )


def _bank_side(sight: Sight) -> list[int]:
    page = sight.lines_left
    _heading("Bank, nothing explains it yet", page.count)
    if not page.lines:
        done = ":green[:material/task_alt:] Every line of this statement is booked or matched."
        st.caption("No line fits the filter." if desk.wanted() != Wanted() else done)
        return []
    rows = [(line.booked_on, line.description, line.amount_minor) for line in page.lines]
    chosen = _side(rows, "reconcile_bank", sight)
    pages(desk.LINES_PAGE, page.number, page.pages)
    by_id = {line.transaction_id: line for line in page.lines}
    for key, note in page.notes[:MOST_NOTES]:
        line = by_id[key]
        amount = money(line.amount_minor, line.currency)
        st.caption(f":orange[:material/content_copy:] {day(line.booked_on)}, {amount}: {note}")
    return chosen


def _book_side(sight: Sight) -> tuple[list[ListedItem], list[ListedLine]]:
    page = sight.items
    _heading("Books, open", page.count)
    _ages(sight)
    items: list[int] = []
    if page.items:
        rows = [(item.issued_on, item_text(item), item.amount_minor) for item in page.items]
        items = _side(rows, "reconcile_items", sight, most=ROWS if not sight.other_lines else 10, years=True)
        pages(desk.ITEMS_PAGE, page.number, page.pages)
    else:
        none = "No invoice, bill or payout is open. Upload, Open items takes them in."
        st.caption("No item fits the filter." if desk.wanted() != Wanted() else none)
    here = sight.one.currency
    others: list[ListedLine] = []
    for currency in sorted({line.currency for line in sight.other_lines}, key=lambda each: (each != here, each)):
        others += _other_accounts(sight, currency)
    return [page.items[row] for row in items], others


def _other_accounts(sight: Sight, currency: str) -> list[ListedLine]:
    """Lines of other own accounts in one currency, which may be the other side of a transfer; those selected."""
    lines = [line for line in sight.other_lines if line.currency == currency]
    here = currency == sight.one.currency
    _heading("Other own accounts" if here else f"Own accounts in {currency}", len(lines))
    rows = [(line.booked_on, line_text(line, named=True), line.amount_minor) for line in lines]
    name = "reconcile_others" if here else f"reconcile_others_{currency}"
    return [lines[row] for row in _side(rows, name, sight, most=6, currency=currency)]


def _ages(sight: Sight) -> None:
    """What is owed to the company and by it, by how long it is overdue."""
    for into, words in ((True, "To come in"), (False, "To go out")):
        sums = [one for one in sight.ages if one.is_money_in is into]
        if sums:
            told = " · ".join(f"{AGE_WORDS[one.age]}: {money(abs(one.minor), one.currency)}" for one in sums)
            st.caption(f"**{words}**, {told}")


def pages(name: str, number: int, pages: int) -> None:
    """The way to further pages, where there are any; a widget of its own for each, as in Review."""
    if pages > 1:
        widget = f"{name}_{number}"
        st.pagination(
            pages, default=number, max_visible_pages=5, key=widget, on_change=desk.turn_to, args=(name, widget)
        )  # fmt: skip


def _heading(title: str, number: int) -> None:
    st.markdown(f"**{title}** :gray[{number:,}]" if number else f"**{title}**")


def _side(
    rows: list[tuple[Any, str, int]],
    name: str,
    sight: Sight,
    most: int = ROWS,
    *,
    years: bool = False,
    currency: str = "",
) -> list[int]:
    """A list to select from, its amounts in this currency or the statement's; the rows that are selected."""
    narrow = 10 if len(rows) > most else 0  # the scroll bar takes that much
    chosen = table(
        frame(rows, "Date", "Text", "Amount"), ["Amount"],
        {
            "Date": st.column_config.DateColumn(format="MMM D, YYYY" if years else "MMM D", width=88 if years else 54),
            "Text": st.column_config.TextColumn(width=(144 if years else 178) - narrow),
            "Amount": st.column_config.NumberColumn(width=88, alignment="right"),
        },
        currency=currency or sight.one.currency, key=list_key(name, sight), most=most,
        on_select="rerun", selection_mode="multi-row",
    )  # fmt: skip
    return [row for row in chosen["selection"]["rows"] if row < len(rows)]


def _cards(sight: Sight) -> None:
    """The suggestion the keys act on first, then those that follow."""
    total = sight.suggested_count
    place = f"{sight.at + 1} of {total}" if total > 1 else str(total or "")
    st.markdown(f"**Probably belong together** :gray[{place}]")
    if not total:
        empty("link", "No suggestion waits here", "Select lines at the sides to match them by hand, or open All lines.")
        _elsewhere(sight)
    booked = {line.transaction_id: line.account for line in sight.lines if line.state == "posted"}
    for number, match in enumerate(sight.suggested[sight.at : sight.at + CARDS]):
        _card(match, number == 0, booked, sight.one.currency)
    if (rest := total - sight.at - CARDS) > 0:
        st.caption(f"{count(rest, 'more suggestion')} after these.")


def _elsewhere(sight: Sight) -> None:
    """The ways to statements where suggestions wait."""
    if not sight.elsewhere:
        return
    st.markdown("**They wait in other statements**")
    with st.container(key="choices", gap="xsmall"):
        for one, number in sight.elsewhere[:CARDS]:
            st.button(
                f"{plain(one.bank_account)}, {period_of(one)} :gray[{number:,}]", width="stretch",
                key=f"reconcile_go_{one.reconciliation_id.hex}", on_click=desk.choose_statement, args=(one,),
            )  # fmt: skip
        if (rest := len(sight.elsewhere) - CARDS) > 0:
            st.caption(f"And in {count(rest, 'more statement')}.")


def _card(match: ListedMatch, active: bool, booked: dict[UUID, str], currency: str) -> None:
    with st.container(border=True, key=f"{'active' if active else 'card'}_{match.match_id.hex}", gap="xsmall"):
        level = "likely" if match.score >= SURE else "unsure"
        answered(title_of(match), badge_text(level, f"{of_a_hundred(match.score)} alike were right"))
        several = len({line.bank_account_id for line in match.lines}) > 1
        rows = [(day(line.booked_on), line_text(line, named=several), line.amount_minor) for line in match.lines]
        rows += [(day(item.issued_on), item_text(item), item.amount_minor) for item in match.items]
        rows += [(day(one.on), one.text, one.whole_minor) for one in match.turned_back]
        rows += [("", f"{DIFFERENCES[one.kind]}, {one.account}", one.amount_minor) for one in match.differences]
        if len({line.currency for line in match.lines}) > 1:  # an exchange: each amount says its currency
            amounts = [money(line.amount_minor, line.currency, sign=True) for line in match.lines]
            said = [(*row[:2], amount) for row, amount in zip(rows, amounts, strict=True)]
            small_table(frame(said, "Date", "Text", "Amount"))
        else:
            small_table(frame(rows, "Date", "Text", "Amount"), ["Amount"], currency)
        st.caption(plain(match.reason))
        if account := next((booked[one.transaction_id] for one in match.lines if one.transaction_id in booked), ""):
            st.caption(f"Booked to {plain(account)} already; confirming marks the open item as paid.")
