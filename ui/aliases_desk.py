"""The names given to counterparties: what matches suggest, the list, and the dialog that gives or changes one."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st
from sqlmodel import Session

from core.access.roles import Action
from core.ingestion.alias_suggestions import AliasSuggestion, suggest_aliases
from core.ingestion.aliases import LONGEST, AliasRow, keep_printed, list_aliases, remove_alias, set_alias
from db.engine import snapshot, unit_of_work
from models import AliasOrigin
from ui.frame import empty, refusals_shown, section
from ui.identity import Here
from ui.tables import frame, table
from ui.words import badge_text, count, day, plain

LIST = "aliases_list"
MOST_SUGGESTED = 5
ORIGINS = {
    AliasOrigin.BY_HAND: "By hand",
    AliasOrigin.CORRECTION: "Corrected in Review",
    AliasOrigin.MATCH: "From matches",
}


def names_of_counterparties(place: Here) -> None:
    """The whole section: search, suggestions, list, and the bar for the chosen one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Search either name", key="aliases_search", width=260, icon=":material/search:")
        if st.button("New name", icon=":material/add:", key="aliases_new", disabled=not may_name(place)):
            name_form(place)
    with refusals_shown():
        with snapshot() as session:
            rows = list_aliases(session, place.caller, place.company_id, text=text)
            found = suggest_aliases(session, place.caller, place.company_id)
        if found:
            suggestions(place, found)
        if rows:
            change_or_remove(place, rows, aliases_table(rows))
        elif text.strip():
            empty("filter_alt", "No name has these letters", "Clear the search to see all names.")
        elif not found:
            empty(
                "badge",
                "Every counterparty is called as the bank prints it",
                "Give a name here, or press “This is …” at a group under Review; all its lines follow.",
            )


def may_name(place: Here) -> bool:
    return place.caller.may(place.company_id, Action.REVIEW)


def suggestions(place: Here, found: Sequence[AliasSuggestion]) -> None:
    """Names that confirmed matches speak for, each with the two answers to it."""
    section("Suggested by confirmed matches", "The bank prints one name, and what was settled is in another's.")
    for at, one in enumerate(found[:MOST_SUGGESTED]):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"alias_suggested_{at}"):
            st.markdown(
                f"{badge_text('suggested')} &ensp;**{plain(one.printed)}** is **{plain(one.shown)}** &ensp;"
                f":gray[{count(one.matches, 'match', 'matches')}]"
            )
            off = not may_name(place)
            kept = st.button("Use this name", key=f"alias_keep_{at}", disabled=off)
            turned_down = st.button("Not the same", type="tertiary", key=f"alias_drop_{at}", disabled=off)
        if kept or turned_down:
            _answer(place, one, keep=kept)
    if len(found) > MOST_SUGGESTED:
        st.caption(f"{len(found) - MOST_SUGGESTED:,} more when these are answered.")


def _answer(place: Here, one: AliasSuggestion, *, keep: bool) -> None:
    company_id, printed = place.company_id, one.printed
    if keep:
        origin = AliasOrigin.MATCH
        _carry_out(lambda s, now: set_alias(s, place.caller, company_id, printed, one.shown, origin=origin, now=now))
    else:
        _carry_out(lambda s, now: keep_printed(s, place.caller, company_id, printed, now=now))


def aliases_table(rows: Sequence[AliasRow]) -> int | None:
    """The names, one of which can be chosen; its position."""
    cells = [
        (row.shown or row.printed, row.printed if row.shown else "as printed", ORIGINS[row.origin],
         row.changed_by or "Script", day(row.changed_at.date(), year=True))
        for row in rows
    ]  # fmt: skip
    picked = table(
        frame(cells, "Called", "Printed by the bank", "How it came", "By", "When"),
        columns={
            "Called": st.column_config.TextColumn(width=260),
            "Printed by the bank": st.column_config.TextColumn(width=260),
            "How it came": st.column_config.TextColumn(width=150),
            "By": st.column_config.TextColumn(width=160),
            "When": st.column_config.TextColumn(width=110),
        },
        key=LIST, on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    return next((at for at in picked.selection.rows if at < len(rows)), None)


def change_or_remove(place: Here, rows: Sequence[AliasRow], at: int | None) -> None:
    """The bar for the chosen name."""
    row = None if at is None else rows[at]
    off = row is None or not may_name(place)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="xsmall"):
        if st.button("Change", key="aliases_change", disabled=off, icon=":material/edit:"):
            name_form(place, row)
        if st.button("Take away", key="aliases_remove", disabled=off, icon=":material/undo:") and row is not None:
            _carry_out(lambda session, now: remove_alias(
                session, place.caller, place.company_id, row.printed, now=now
            ))  # fmt: skip
        st.caption("Choose a name to change it." if row is None else plain(row.printed), width="content")


@st.dialog("Name of a counterparty", icon=":material/badge:")
def name_form(place: Here, row: AliasRow | None = None) -> None:
    """Asks for the two names; the printed one stands where a name is changed."""
    with st.form("alias_form", border=False):
        printed = row.printed if row else ""
        if row:
            st.markdown(f"Printed by the bank: **{plain(row.printed)}**")
        else:
            printed = st.text_input(
                "As the bank prints it", key="alias_printed", placeholder="SQ *BLUE BOTTLE 8837 OAKLAND CA",
                help="The text of a line, or the name that the workbench shows for it.",
            )  # fmt: skip
        shown = st.text_input("Call it", (row.shown or "") if row else "", max_chars=LONGEST, key="alias_shown")
        st.caption("All lines printed so take the name, also those to come. Take it away, and they are as before.")
        with st.container(horizontal=True, horizontal_alignment="right"):
            cancelled = st.form_submit_button("Cancel", type="tertiary", key="alias_cancel")
            pressed = st.form_submit_button("Use this name", type="primary", key="alias_go")
    if cancelled:
        st.rerun()
    if pressed:
        with refusals_shown("The name was not given"):
            _carry_out(lambda session, now: set_alias(
                session, place.caller, place.company_id, printed, shown, now=now
            ))  # fmt: skip


def _carry_out(change: Callable[[Session, datetime], object]) -> None:
    """Make the change, commit, and show the list as it is then."""
    with refusals_shown("The name was not changed"):
        with unit_of_work() as session:
            change(session, datetime.now(UTC))
        st.rerun()
