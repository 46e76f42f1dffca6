"""The dialogs of Review that decide: another account, leave out, approve by confidence."""

from uuid import UUID

import streamlit as st

from core.categorization.company_policy import policy_of
from core.categorization.policy import Policy
from core.posting.group_detail import GroupDetail
from core.posting.queue_filter import QueueFilter
from core.posting.reviewing import approve, change_account, reject
from core.posting.sure_lines import SureLines, sure_lines
from db.bulk import write_columns
from db.engine import snapshot
from ui import review_desk as desk
from ui.frame import refusals_shown
from ui.pickers import account_options, pick_account, pick_tax
from ui.review_deciding import decide
from ui.review_words import evidence, sizes, why_it_waits
from ui.tables import frame, table
from ui.words import count, money, percent, plain

SHARES = (0.6, 0.7, 0.8, 0.9, 0.95)


def bookable(sight: desk.Sight) -> dict[UUID, str]:
    """The accounts that a bank line can go to: id → code and name, in the order of the codes."""
    return account_options(sight.caller, sight.company_id)


def object_line(detail: GroupDetail) -> None:
    """The first line of a dialog: what it is about, and how much."""
    group = detail.group
    with st.container(horizontal=True):
        st.markdown(f"**{plain(group.key.payee)}**", width="stretch")
        st.markdown(f"**{plain(money(group.sum_minor, group.key.currency, sign=True))}**", width="content")
    st.markdown(f"{evidence(detail.lines[0].description)}  \n:small[:gray[{count(group.lines, 'line')}]]")


def finish() -> None:
    """Close the dialog and show what has become of the queue."""
    desk.forget_dialog()
    st.rerun()


def buttons(verb: str, key: str) -> bool:
    """Cancel and one primary verb at the right of a form; answers whether the verb was pressed."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.form_submit_button("Cancel", type="tertiary", key=f"{key}_cancel")
        pressed = st.form_submit_button(verb, type="primary", key=f"{key}_go", shortcut="Ctrl+Enter")
    if cancelled:
        finish()
    return pressed


@st.dialog("Another account", width="medium", icon=":material/account_tree:", on_dismiss=desk.close_dialog)
def other_account(sight: desk.Sight, detail: GroupDetail) -> None:
    object_line(detail)
    names = bookable(sight)
    with st.form("review_account_form", border=False, enter_to_submit=False):
        chosen = pick_account("Account", names, key="review_account")
        tax = pick_tax(sight.caller, sight.company_id, key="review_tax")
        pressed = buttons(f"Book {count(detail.group.lines, 'line')}", "review_account")
    if not pressed:
        return
    if chosen is None:
        st.error("Choose the account first.", icon=":material/block:")
        return
    token = detail.group.key.token
    with refusals_shown("Nothing was booked"):
        decide(
            token,
            lambda session, now: change_account(
                session, sight.caller, sight.company_id, detail.entry_ids, chosen,
                write=write_columns, now=now, tax_code_id=tax,
            ),
        )  # fmt: skip
        finish()


@st.dialog("Leave out of the books", icon=":material/block:", on_dismiss=desk.close_dialog)
def leave_out(sight: desk.Sight, detail: GroupDetail) -> None:
    object_line(detail)
    token = detail.group.key.token
    with st.form("review_reject_form", border=False, enter_to_submit=False):
        st.markdown(
            "The bank account will differ from the books by this amount until you take it back with Undo. "
            "The bank lines stay stored."
        )
        comment = st.text_area("Why", key="review_reject_why", max_chars=1000)
        pressed = buttons(f"Leave out {count(detail.group.lines, 'line')}", "review_reject")
    if pressed:
        with refusals_shown("Nothing was changed"):
            decide(
                token,
                lambda session, now: reject(
                    session, sight.caller, sight.company_id, detail.entry_ids, comment, write=write_columns, now=now
                ),
            )
            finish()


@st.dialog("Approve by confidence", width="medium", icon=":material/done_all:", on_dismiss=desk.close_dialog)
def by_confidence(sight: desk.Sight) -> None:
    """Shows what would be approved, account by account, before anything is."""
    chosen = st.segmented_control(
        "Confidence at or above", SHARES, default=0.8, required=True, format_func=percent, key="review_share"
    )
    with refusals_shown():
        searched = QueueFilter(text=sight.filters.text)
        with snapshot() as session:
            found = sure_lines(session, sight.caller, sight.company_id, at_least=chosen or 0.8, filters=searched)
            policy = policy_of(session, sight.caller, sight.company_id)
        _sure(sight, found, policy)


def _sure(sight: desk.Sight, found: SureLines, policy: Policy) -> None:
    searched = f" among those that match “{plain(sight.filters.text)}”" if sight.filters.text else ""
    lines = count(len(found.entry_ids), "line")
    if not found.entry_ids:
        st.markdown(f"No waiting line is that sure{searched}. Lower the confidence, or decide group by group.")
    else:
        st.markdown(f"**{lines} · {plain(sizes(found.sizes_minor))}**{searched}")
        _by_account(found)
        st.caption(
            "Each is posted as proposed, also where another reason than the confidence made it wait. Lines with a "
            f"suggested match are not among them. Alone, the policy posts from {percent(policy.threshold_in_force)}. "
            "Undo takes all of them back at once."
        )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", type="tertiary", key="review_sure_cancel"):
            finish()
        # A key of its own for these very lines: where others came in since they were shown, the press meets nothing.
        key = desk.key_for("review_sure_go", " ".join(key.hex for key in found.entry_ids))
        pressed = st.button(f"Approve {lines}", type="primary", key=key, disabled=not found.entry_ids)
    if pressed:
        decide(
            "",
            lambda session, now: approve(
                session, sight.caller, sight.company_id, found.entry_ids, write=write_columns, now=now
            ),
        )
        finish()


def _by_account(found: SureLines) -> None:
    mixed = len(found.sizes_minor) > 1
    rows = [
        (
            each.account,
            f"{each.currency} {money(each.sum_minor, each.currency)}" if mixed else each.sum_minor,
            each.lines,
            round(each.least_confidence, 2),
            ", ".join(why_it_waits(reason) for reason in each.hold_reasons),
        )
        for each in found.accounts
    ]
    amount = st.column_config.TextColumn if mixed else st.column_config.NumberColumn
    table(
        frame(rows, "Account", "Amount", "Lines", "Least sure", "Why they wait"),
        [] if mixed else ["Amount"],
        {
            "Account": st.column_config.TextColumn(width=206),
            "Amount": amount(width=100, alignment="right"),
            "Lines": st.column_config.NumberColumn(width=48),
            "Least sure": st.column_config.NumberColumn(width=78, format="percent"),
            "Why they wait": st.column_config.TextColumn(width=240),
        },
        currency=next(iter(found.sizes_minor)), most=8, key="review_sure_accounts",
    )  # fmt: skip
