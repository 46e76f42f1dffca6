"""What happened to a bank line since it came in: proposals, decisions, entries, what was said, and by whom."""

import streamlit as st

from core.posting.group_detail import GroupDetail, GroupLine
from core.posting.line_history import line_history
from db.engine import snapshot
from ui import review_desk as desk
from ui.frame import refusals_shown
from ui.review_dialogs import object_line
from ui.words import day, money, plain


@st.dialog("History", width="medium", icon=":material/history:", on_dismiss=desk.close_dialog)
def history_dialog(sight: desk.Sight, detail: GroupDetail) -> None:
    object_line(detail)
    line = one_line(detail, "review_history_of")
    with refusals_shown():
        with snapshot() as session:
            steps = line_history(session, sight.caller, sight.company_id, line.transaction_id)
        came = f"Came in with {plain(line.file_name)}, row {line.row}, to {plain(line.bank_account)}."
        st.markdown(f":small[{came}]")
        for step in steps:
            when = f"{day(step.at.date(), year=True)}, {step.at:%H:%M}"
            who = f" · {plain(step.who)}" if step.who else ""
            st.markdown(f"**{step.what}** {plain(step.detail)}  \n:small[:gray[{when} UTC{who}]]")


def one_line(detail: GroupDetail, key: str) -> GroupLine:
    """The line that a dialog is about: the only one, or the one chosen."""
    if len(detail.lines) == 1:
        return detail.lines[0]
    places = {each.entry_id: each for each in detail.lines}
    chosen = st.selectbox(
        "Line", list(places), key=key,
        format_func=lambda key: f"{day(places[key].booked_on)} · {money(places[key].amount_minor)} · "
        f"{places[key].description}",
    )  # fmt: skip
    return places[chosen]
