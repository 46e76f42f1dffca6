"""The bar under Review: what can be decided on the open group, and the way back."""

from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.posting.group_detail import GroupDetail
from core.posting.last_action import LastAction, LastNote
from core.posting.prepared import LastPreparation
from models import NoteKind, Outcome, QueueState
from ui import review_desk as desk
from ui.review_deciding import Asked, ask_for
from ui.review_dialogs import by_confidence, leave_out, other_account
from ui.review_evidence import receipts_dialog, tags_dialog
from ui.review_history import history_dialog
from ui.review_keys import keys_dialog
from ui.review_name import name_dialog
from ui.review_notes import ask_dialog, comment_dialog, later_dialog
from ui.review_rule import rule_dialog
from ui.review_split import split_dialog
from ui.words import count, day, money, plain

DIALOGS = {
    "name": name_dialog,
    "account": other_account,
    "split": split_dialog,
    "rule": rule_dialog,
    "comment": comment_dialog,
    "ask": ask_dialog,
    "later": later_dialog,
    "history": history_dialog,
    "receipts": receipts_dialog,
    "tags": tags_dialog,
    "reject": leave_out,
}


def bar(sight: desk.Sight) -> None:
    """Always the same buttons at the same places; what cannot be done now is disabled."""
    detail = sight.detail
    off = detail is None or not sight.may_decide
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="xsmall"):
        _approve(detail, off)
        _opens("Other account", "account", "E", off)
        _opens("Split", "split", "S", off)
        _opens("Rule", "rule", "M", off or not sight.may_configure, _why_no_rule(sight))
        _opens("Ask", "ask", "Q", off or sight.filters.state is QueueState.ASKED)
        _opens("Comment", "comment", "N", detail is None)
        _opens("Later", "later", "X", off or sight.filters.state is QueueState.DEFERRED)
        _opens("Leave out", "reject", "L", off)
        with st.container(key="review_told"):
            st.caption(plain(_told(sight.last)) if sight.last else "", wrap=False, text_alignment="right")
        with st.container(horizontal=True, width="content", gap="xsmall", key="prevnext"):
            _way_back(sight.last, sight.may_decide)
            _step("Prev", "K", -1, sight)
            _step("Next", "J", 1, sight)


def dialog(sight: desk.Sight) -> None:
    """The dialog that is asked for. Drawn last: keys go to it as soon as no button of the page has one."""
    asked = st.session_state.get(desk.DIALOG)
    if asked == "sure":
        by_confidence(sight)
    elif asked == "keys":
        keys_dialog()
    elif asked and sight.detail is not None:
        DIALOGS[asked](sight, sight.detail)


def _approve(detail: GroupDetail | None, off: bool) -> None:
    sure = detail is not None and bool(detail.group.account)
    label = "Approve"
    if detail is not None and sure and detail.group.lines > 1:
        total = plain(money(detail.group.sum_minor, detail.group.key.currency, sign=True))
        label = f"Approve {count(detail.group.lines, 'line')} · {total}"
    token = detail.group.key.token if detail else ""
    asked = (Asked("approve", detail.entry_ids, token),) if detail and sure else ()
    st.button(
        label, key=desk.key_for("review_approve", token), shortcut=desk.shortcut("A"), type="primary",
        disabled=off or not sure, on_click=ask_for, args=asked,
    )  # fmt: skip


def _opens(label: str, dialog: str, letter: str, off: bool, help_text: str | None = None) -> None:
    st.button(
        label, key=f"review_to_{dialog}", shortcut=desk.shortcut(letter), disabled=off, help=help_text,
        on_click=desk.open_dialog, args=(dialog,),
    )  # fmt: skip


def _why_no_rule(sight: desk.Sight) -> str | None:
    return None if sight.may_configure else "Rules are written by managers of the company."


def _step(label: str, letter: str, step: int, sight: desk.Sight) -> None:
    st.button(
        label, key=f"review_{label.lower()}", shortcut=desk.shortcut(letter), type="tertiary",
        on_click=desk.move, args=(step, sight.page), disabled=sight.detail is None,
    )  # fmt: skip


def _way_back(last: LastAction | None, may_decide: bool) -> None:
    what, ids = _undone(last)
    asked = (Asked(what, ids),) if ids else ()
    st.button(
        "Undo", key=desk.key_for("review_undo", str(ids[0]) if ids else ""), type="tertiary",
        shortcut=desk.shortcut("Z"), disabled=not (last and may_decide), on_click=ask_for, args=asked,
    )  # fmt: skip


def _undone(last: LastAction | None) -> tuple[str, tuple[UUID, ...]]:
    """What Undo asks for, and of which rows."""
    if last is None:
        return "", ()
    if isinstance(last, LastNote):
        return "unsay", (last.thread_id,)
    return ("unprepare", last.preparation_ids) if isinstance(last, LastPreparation) else ("undo", last.review_ids)


def _told(last: LastAction) -> str:
    """adobe → 6300 Software Subscriptions, 5 lines."""
    if isinstance(last, LastNote):
        lines = "" if last.lines == 1 else f", {count(last.lines, 'line')}"
        what = {NoteKind.QUESTION: "asked about", NoteKind.DEFERRAL: f"put off until {day(last.until_on)}"}
        return f"{last.counterparty or 'Line'} → {what.get(last.kind, 'comment')}{lines}"
    if isinstance(last, LastPreparation):
        lines = "" if len(last.preparation_ids) == 1 else f", {count(len(last.preparation_ids), 'line')}"
        return f"{last.counterparty or 'Line'} → {last.account or 'split'}, prepared{lines}"
    where = last.account or {Outcome.SPLIT: "split", Outcome.REJECTED: "left out"}.get(last.outcome, "several accounts")
    lines = "" if len(last.review_ids) == 1 else f", {count(len(last.review_ids), 'line')}"
    before = "" if last.decided_at.date() == datetime.now(UTC).date() else f", {day(last.decided_at.date())}"
    return f"{last.counterparty or 'Line'} → {where}{lines}{before}"
