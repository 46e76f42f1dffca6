"""What Posted shows: toolbar, the open line, the table, the bar with the decisions, the dialog that corrects."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import streamlit as st

from core.posting.late_effect import LedgerDiff
from core.posting.posted import Look, PostedLine, PostedPage
from core.posting.undoing import LastDecision
from models import Method, Outcome
from ui import posted_desk as desk
from ui.frame import refusals_shown
from ui.identity import Here
from ui.pickers import account_options, pick_account, pick_tax
from ui.posted_evidence import evidence_buttons, object_line, receipts_dialog, tag_filter, tags_dialog
from ui.review_desk import key_for
from ui.review_words import one_currency, sentence
from ui.tables import frame, height, table
from ui.words import NONE, count, day, money, percent, plain

HEIGHT = 460
BY = {Method.MATCH: "Match", Method.RULE: "Rule", Method.MODEL: "Model"}
CORRECTION = "correction"  # the dialog
LOOKS = {Look.NONE: NONE, Look.RIGHT: "Right", Look.CORRECTED: "Corrected", Look.REVIEWED: "Before posting"}


def toolbar(place: Here) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="tools_posted", gap="small"):
        st.segmented_control(
            "Lines", [desk.ALONE, desk.ALL], default=desk.ALONE, required=True, key=desk.WHICH,
            label_visibility="collapsed", on_change=desk.to_first_page,
        )  # fmt: skip
        st.text_input(
            "Search", placeholder="Search text, payee, amount", key=desk.WANTED, type="search",
            icon=":material/search:", label_visibility="collapsed", width=260, on_change=desk.to_first_page,
        )  # fmt: skip
        tag_filter(place)


def measured(page: PostedPage) -> str:
    """How many looks there are, and what they are for."""
    if not page.alone_count:
        return "No line was posted alone. “Right when booked alone” on Metrics is measured from looks at such lines."
    found = f", {page.right_count:,} right" if page.looked_count else ""
    return (
        f"{page.looked_count:,} of {count(page.alone_count, 'line')} posted alone looked at{found}. “Right when booked "
        "alone” on Metrics is measured from these looks, so look also at lines that seem right."
    )


def opened(sight: desk.Sight, line: PostedLine) -> None:
    """The open line: what the bank wrote, where it is booked, why."""
    with st.container(border=True, key="posted_line", gap="xsmall"):
        object_line(line)
        facts = [f"In the books: **{plain(', '.join(line.accounts))}**", _led_by(line)]
        if line.entry_on != line.booked_on:
            facts.append(f"booked on {day(line.entry_on, year=True)}")
        facts += [f"`#{name}`" for name in sight.tags.get(line.transaction_id, ())]
        st.markdown(" · ".join(facts))
        if line.reason:
            st.caption(plain(sentence(line.reason)))


def _led_by(line: PostedLine) -> str:
    sure = "" if line.confidence is None else f" {percent(line.confidence)}"
    return f"{BY.get(line.method, 'Person')}{sure}{', posted alone' if line.alone else ''}"


def listing(lines: Sequence[PostedLine]) -> None:
    """One row a line; a click anywhere in a row opens it."""
    currency = one_currency([line.currency for line in lines])
    rows = [
        (
            line.booked_on,
            line.payee,
            line.amount_minor if currency else f"{line.currency} {money(line.amount_minor, line.currency)}",
            _booked_to(line),
            BY.get(line.method, "Person"),
            None if line.confidence is None else round(line.confidence, 2),
            LOOKS[line.look],
        )
        for line in lines
    ]
    amount = st.column_config.NumberColumn if currency else st.column_config.TextColumn
    table(
        frame(rows, "Date", "Payee", "Amount", "Account", "By", "Sure", "Looked at"),
        ["Amount"] if currency else [],
        {
            "Date": st.column_config.DateColumn(width=104, format="MMM D, YYYY"),
            "Payee": st.column_config.TextColumn(width=250),
            "Amount": amount(width=104, alignment="right"),
            "Account": st.column_config.TextColumn(width=280),
            "By": st.column_config.TextColumn(width=72),
            "Sure": st.column_config.ProgressColumn(
                width=104, min_value=0, max_value=1, format="percent",
                help="For the model: calibrated, so of a hundred lines shown at 71%, about 71 are right. "
                "For a rule or a match: a stated figure, not measured.",
            ),
            "Looked at": st.column_config.TextColumn(width=110),
        },
        currency=currency or "USD", key=desk.LIST, height=min(HEIGHT, height(len(rows))),
        on_select=lambda: desk.picked(tuple(line.entry_id for line in lines)),
        selection_mode=["single-row-required", "single-cell"],
    )  # fmt: skip


def _booked_to(line: PostedLine) -> str:
    return line.accounts[0] if len(line.accounts) == 1 else f"Split over {len(line.accounts)} accounts"


def pager(page: PostedPage) -> None:
    if page.pages == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="posted_pager"):
        first = (page.number - 1) * desk.ROWS + 1
        st.caption(f"{first:,} to {first + len(page.lines) - 1:,} of {count(page.line_count, 'line')}", width="content")
        st.space("stretch")
        widget = f"posted_page_{page.number}"
        st.pagination(
            page.pages, default=page.number, key=widget, on_change=desk.turn_to, args=(widget,), width=230
        )  # fmt: skip


def bar(sight: desk.Sight) -> None:
    """Always the same buttons at the same places; what cannot be done now is disabled."""
    line, off = sight.line, sight.line is None or not sight.may_decide
    shown = str(line.entry_id) if line else ""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="xsmall"):
        st.button(
            "Looks right", key=key_for("posted_right", shown), shortcut=desk.shortcut("A"), type="primary",
            disabled=off or line is None or not line.may_be_confirmed, help=_why_not(line),
            on_click=desk.ask_for, args=("right", (line.entry_id,) if line else ()),
        )  # fmt: skip
        st.button(
            "Correct", key=key_for("posted_correct", shown), shortcut=desk.shortcut("E"), disabled=off,
            on_click=desk.open_dialog, args=(CORRECTION,),
        )  # fmt: skip
        evidence_buttons(sight, line)
        with st.container(key="posted_told"):
            st.caption(plain(_told(sight.last)) if sight.last else "", wrap=False, text_alignment="right")
        with st.container(horizontal=True, width="content", gap="xsmall", key="prevnext"):
            _way_back(sight)
            _step("Prev", "K", -1, sight)
            _step("Next", "J", 1, sight)
    asked = st.session_state.get(desk.DIALOG)
    if line is not None and asked:
        {CORRECTION: correction, "receipts": receipts_dialog, "tags": tags_dialog}[asked](sight, line)


def _why_not(line: PostedLine | None) -> str | None:
    if line is None or line.may_be_confirmed:
        return None
    return "Somebody looked at it already." if line.alone else "A person decided on it before it was posted."


def _way_back(sight: desk.Sight) -> None:
    ids = sight.last.review_ids if sight.last else ()
    st.button(
        "Undo", key=key_for("posted_undo", str(ids[0]) if ids else ""), type="tertiary", shortcut=desk.shortcut("Z"),
        disabled=not (ids and sight.may_decide), on_click=desk.ask_for, args=("undo", ids),
        help="Takes back your last step on this page. A correction taken back waits in Review.",
    )  # fmt: skip


def _step(label: str, letter: str, step: int, sight: desk.Sight) -> None:
    st.button(
        label, key=f"posted_{label.lower()}", shortcut=desk.shortcut(letter), type="tertiary",
        on_click=desk.move, args=(step, sight.page), disabled=sight.line is None,
    )  # fmt: skip


def _told(last: LastDecision) -> str:
    """adobe: right, or adobe → 6400 Travel."""
    payee = last.counterparty or "Line"
    return f"{payee}: right" if last.outcome is Outcome.APPROVED else f"{payee} → {last.account}"


@st.dialog("Correct a posted line", width="medium", icon=":material/edit:", on_dismiss=desk.close_dialog)
def correction(sight: desk.Sight, line: PostedLine) -> None:
    object_line(line)
    st.markdown(
        f"In the books: **{plain(', '.join(line.accounts))}**  \nThat entry is reversed, and a new one is posted to "
        "the account you choose. Both stay in the books, linked to each other."
    )
    chosen = pick_account("Account", account_options(sight.caller, sight.company_id), key="posted_account")
    tax = pick_tax(sight.caller, sight.company_id, key="posted_tax")
    if chosen is not None and sight.first_open_day(line) is not None:
        with refusals_shown():
            _effect(desk.effect(sight, line, chosen, tax))
    with st.form("posted_correct_form", border=False):
        booked_on = _day(sight, line)
        comment = st.text_area("Why", key="posted_comment", max_chars=1000, height="content")
        with st.container(horizontal=True, horizontal_alignment="right"):
            cancelled = st.form_submit_button("Cancel", type="tertiary", key="posted_correct_cancel")
            pressed = st.form_submit_button("Reverse and book anew", type="primary", key="posted_correct_go")
    if cancelled:
        _finish()
    if pressed:
        _correct(line, chosen, booked_on, comment, tax)


def _effect(diff: LedgerDiff | None) -> None:
    """The closed figures as they are and as they would be, so that nobody accepts a difference unseen."""
    if diff is None or not diff.accounts:
        return
    st.caption(
        f"The books stay closed through {day(diff.closed_through_on, year=True)}. Balances on that day, debit less "
        "credit, and what they would be with this correction:"
    )
    rows = [(each.account, each.closed_minor, each.corrected_minor, each.difference_minor) for each in diff.accounts]
    table(
        frame(rows, "Account", "Closed", "Would be", "Difference"),
        ["Closed", "Would be", "Difference"],
        {
            "Account": st.column_config.TextColumn(width=150),
            **{name: st.column_config.NumberColumn(width=88) for name in ("Closed", "Would be", "Difference")},
        },
        currency=diff.currency, key="posted_effect", height=height(len(rows)),
    )  # fmt: skip


def _day(sight: desk.Sight, line: PostedLine) -> date | None:
    """Asked only where the entry's own day is locked; None books on that day."""
    first = sight.first_open_day(line)
    if first is None:
        return None
    st.caption(f"{day(line.entry_on, year=True)} is in a closed period, so the correction is booked on a later day.")
    return st.date_input("Booked on", first, min_value=first, key="posted_day")


def _correct(
    line: PostedLine, chosen: UUID | None, booked_on: date | None, comment: str, tax_code_id: UUID | None
) -> None:
    if chosen is None:
        st.error("Choose the account first.", icon=":material/block:")
        return
    with refusals_shown("Nothing was changed"):
        desk.correct(line, chosen, booked_on, comment, tax_code_id)
        _finish()


def _finish() -> None:
    """Close the dialog and show what has become of the lines."""
    desk.close_dialog()
    st.rerun()
