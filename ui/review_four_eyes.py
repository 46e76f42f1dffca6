"""What Review says of lines that wait for a second person."""

import streamlit as st

from core.posting.bookings import WAITS_FOR_SECOND
from core.posting.group_detail import GroupDetail
from core.posting.prepared import Prepared, prepared_of
from db.engine import snapshot
from ui import review_desk as desk
from ui.pickers import account_options
from ui.words import count, day, money, plain


def second_person(sight: desk.Sight, detail: GroupDetail) -> None:
    """Who prepared which of the shown lines, and what is to do now; nothing where nobody did."""
    waiting = [line.entry_id for line in detail.lines if line.hold_reason == WAITS_FOR_SECOND]
    if not waiting:
        return
    with snapshot() as session:
        prepared = prepared_of(session, sight.caller, sight.company_id, waiting)
    own = [made for made in prepared.values() if made.prepared_by == sight.caller.user_id]
    others = [made for made in prepared.values() if made.prepared_by != sight.caller.user_id]
    several = detail.group.lines > 1
    if own:
        st.markdown(_sentence(f"{_which(len(own), several)} for a second pair of eyes: {_told('you', own)}, so someone "
                              "else has to approve"))  # fmt: skip
    if others:
        who = plain(others[0].name or "a script")
        st.markdown(_sentence(f"{_which(len(others), several)} for a second pair of eyes: {_told(who, others)}"))
    if splits := [made for made in prepared.values() if made.is_split]:
        _parts(sight, detail.group.key.currency, splits)


def _parts(sight: desk.Sight, currency: str, splits: list[Prepared]) -> None:
    """The accounts of each split, since the buttons below name but one."""
    names = account_options(sight.caller, sight.company_id, bookable=False)
    told = [
        ", ".join(
            f"{names.get(account_id, '')} {money(minor, currency, sign=True)}" for account_id, minor in made.parts
        )
        for made in splits
    ]
    st.markdown("\n".join(f"- :small[{plain(parts)}]" for parts in told))


def _which(waiting: int, several: bool) -> str:
    if not several:
        return "Waits"
    return f"{count(waiting, 'line')} here {'waits' if waiting == 1 else 'wait'}"


def _told(who: str, made: list[Prepared]) -> str:
    first = made[0]
    if any(each.prepared_by != first.prepared_by for each in made):
        return "several people prepared them"
    what = "split it" if first.is_split else "booked it by hand"
    if len(made) > 1:
        what = "split them" if all(each.is_split for each in made) else "booked them by hand"
    said = f": “{plain(first.comment)}”" if first.comment and len(made) == 1 else ""
    return f"{who} {what} on {day(first.prepared_at.date())}{said}"


def _sentence(text: str) -> str:
    return f":small[:material/group: {text}.]"
