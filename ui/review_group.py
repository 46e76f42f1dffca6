"""The right half of Review: the open group with everything a decision needs."""

import streamlit as st

from core.posting.bookings import WAITS_FOR_MATCH, WAITS_FOR_SECOND
from core.posting.group_detail import GroupDetail, GroupLine, Option, PastLine
from ui import review_desk as desk
from ui.review_deciding import Asked, ask_for
from ui.review_evidence import evidence_buttons
from ui.review_four_eyes import second_person
from ui.review_notes import said
from ui.review_words import LEVEL_STATES, decided_by, evidence, measured, sentence, why_it_waits
from ui.tables import frame, table
from ui.words import badge, count, money, percent, plain, span


def opened(sight: desk.Sight, detail: GroupDetail) -> None:
    """Amount, level, bank text, the accounts to choose from, the reason."""
    group = detail.group
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(plain(group.key.payee), anchor=False, width="stretch")
        st.header(plain(money(group.sum_minor, group.key.currency, sign=True)), anchor=False, width="content")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if group.hold_reason != WAITS_FOR_SECOND:  # what a person chose has no confidence
            badge(LEVEL_STATES[group.level])
        st.badge(why_it_waits(group.hold_reason), color="gray", icon=":material/pan_tool:")
    _source(detail)
    with st.container(horizontal=True, gap="small"):
        _about(sight, detail)
    if group.hold_reason == WAITS_FOR_MATCH:
        st.markdown(":small[:material/link: It may settle an open item: confirm or dismiss that on Reconcile first.]")
    second_person(sight, detail)
    _choices(sight, detail)
    said(sight.notes)
    told = " ".join(part for part in (plain(sentence(detail.reason)), measured(detail)) if part)
    st.markdown(f":small[{told}]")


def neighbours(detail: GroupDetail) -> None:
    """What people decided on such lines, and the lines of the group themselves."""
    _past(detail.past)
    _members(detail)


def _about(sight: desk.Sight, detail: GroupDetail) -> None:
    """Quiet buttons: another name for the counterparty, what happened to the line so far, its receipts, its tags."""
    if detail.lines[0].counterparty:
        st.button(
            "This is …", key="review_to_name", type="tertiary", icon=":material/badge:", disabled=not sight.may_decide,
            on_click=desk.open_dialog, args=("name",), help="Call this counterparty by the name that you know it by.",
        )  # fmt: skip
    st.button(
        "History", key="review_to_history", type="tertiary", icon=":material/history:", shortcut=desk.shortcut("Y"),
        on_click=desk.open_dialog, args=("history",),
    )  # fmt: skip
    evidence_buttons(sight, detail)


def _source(detail: GroupDetail) -> None:
    group, first = detail.group, detail.lines[0]
    where = f"{first.bank_account} · {first.file_name}, row {first.row}"
    reference = f" · {first.reference}" if first.reference else ""
    facts = f"{count(group.lines, 'line')} · {span(group.first_on, group.last_on)} · {where}{reference}"
    st.markdown(f"{evidence(first.description)}  \n:small[:gray[{plain(facts)}]]")


def _choices(sight: desk.Sight, detail: GroupDetail) -> None:
    with st.container(key="choices", gap="xxsmall"):
        for number, option in enumerate(detail.options, 1):
            _choice(sight, detail, number, option)
        if not detail.options:
            st.info("The machine abstains. Choose an account with E.", icon=":material/info:")
        elif not detail.group.account:
            st.caption("Guesses only: the machine proposes none of them.")


def _choice(sight: desk.Sight, detail: GroupDetail, number: int, option: Option) -> None:
    asked = Asked("account", detail.entry_ids, detail.group.key.token, option.account_id)
    share = "" if option.probability is None else f" :gray[{percent(option.probability)}]"
    st.button(
        f"{plain(option.account)}{share}", key=desk.key_for(f"review_choice_{number}", asked.token), width="stretch",
        shortcut=desk.shortcut(str(number)), on_click=ask_for, args=(asked,), disabled=not sight.may_decide,
    )  # fmt: skip


def _past(past: tuple[PastLine, ...]) -> None:
    if not past:
        return
    st.markdown("**Most similar past lines**")
    rows = [
        (line.booked_on, line.account or "Several", line.amount_minor, decided_by(line), line.description)
        for line in past
    ]
    table(
        frame(rows, "Date", "Account", "Amount", "By", "Bank text"),
        ["Amount"],
        {
            "Date": st.column_config.DateColumn(format="MMM D, YYYY", width=94),
            "Account": st.column_config.TextColumn(width=148),
            "Amount": st.column_config.NumberColumn(width=78, alignment="right"),
            "By": st.column_config.TextColumn(width=108),
            "Bank text": st.column_config.TextColumn(width=240),
        },
        currency=past[0].currency,
        key="review_past",
    )


def _members(detail: GroupDetail) -> None:
    if detail.group.lines < 2:
        return
    shown, whole = len(detail.lines), detail.group.lines
    st.markdown(
        f"**The {whole} lines of this group**" if shown == whole else f"**The largest {shown} of {whole} lines**"
    )
    table(
        frame([_member(line) for line in detail.lines], "Date", "Bank text", "Amount", "Source"),
        ["Amount"],
        {
            "Date": st.column_config.DateColumn(format="MMM D, YYYY", width=94),
            "Bank text": st.column_config.TextColumn(width=172),
            "Amount": st.column_config.NumberColumn(width=80, alignment="right"),
            "Source": st.column_config.TextColumn(width=70),
        },
        currency=detail.group.key.currency, most=6, key="review_members",
    )  # fmt: skip


def _member(line: GroupLine) -> tuple[object, ...]:
    return line.booked_on, line.description, line.amount_minor, f"row {line.row}, {line.file_name}"
