"""Call the counterparty of the open group otherwise, see first what that joins, and take it back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.ingestion.aliases import LONGEST, preview_renaming, rename_counterparty, take_back_alias
from core.posting.group_detail import GroupDetail
from db.engine import snapshot, unit_of_work
from ui import review_desk as desk
from ui.frame import refusals_shown
from ui.review_dialogs import finish, object_line
from ui.words import count, plain


@st.dialog("This is …", icon=":material/badge:", on_dismiss=desk.close_dialog)
def name_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    object_line(detail)
    payee = detail.group.key.payee
    name = " ".join(st.text_input("This is", payee, max_chars=LONGEST, key="review_name").split())
    st.caption(_consequence(sight, payee, name))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", type="tertiary", key="review_name_cancel"):
            finish()
        pressed = st.button("Use this name", type="primary", key="review_name_go", disabled=name in ("", payee))
    if pressed:
        with refusals_shown("The name was not changed"):
            with unit_of_work() as session:
                change = rename_counterparty(
                    session, sight.caller, sight.company_id, payee, name, now=datetime.now(UTC)
                )
            desk.say(f"{plain(payee)} is called {plain(name)} from now on, on all its lines. The bank's text stays.")
            st.session_state[desk.NAMED] = change
            st.session_state[desk.OPEN] = replace(detail.group.key, payee=name).token
            finish()


def _consequence(sight: desk.Sight, payee: str, name: str) -> str:
    """What the name would join, or what to do."""
    if name in ("", payee):
        return "Write the name that you know this counterparty by. It holds for all its lines, also those to come."
    with snapshot() as session:
        found = preview_renaming(session, sight.caller, sight.company_id, payee, name)
    joined = f" They join {count(found.joins, 'line')} called so already." if found.joins else ""
    return f"{count(found.lines, 'line')} get this name.{joined} What is booked stays booked."


def renamed(sight: desk.Sight) -> None:
    """The way back, as long as the sentence about the new name stands."""
    if (change := st.session_state.get(desk.NAMED)) is not None:
        st.button(
            "Undo the name", key="review_name_undo", icon=":material/undo:", type="tertiary",
            on_click=_take_back, args=(sight, change),
        )  # fmt: skip


def _take_back(sight: desk.Sight, change: Any) -> None:
    with refusals_shown("The name was not changed"):
        with unit_of_work() as session:
            take_back_alias(session, sight.caller, sight.company_id, change, now=datetime.now(UTC))
        desk.say("The name is as it was before.")
        st.session_state.pop(desk.OPEN, None)
