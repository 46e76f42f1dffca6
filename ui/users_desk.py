"""What the users' page shows: who may see the company, one of them opened, the dialog that adds somebody."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from core.access.roles import Caller
from core.access.users import UserRow, create_user, find_user, grant, set_active, set_password, withdraw
from core.errors import NotFound
from db.engine import unit_of_work
from models import Role
from ui.frame import refusals_shown
from ui.identity import Here
from ui.tables import frame, table
from ui.words import plain

ROLES = tuple(Role)
MAY = {
    Role.BOOKKEEPER: "uploads files, reconciles, reads reports",
    Role.REVIEWER: "also decides what waits for review",
    Role.MANAGER: "also changes rules, accounts and the policy, closes months",
    Role.ADMINISTRATOR: "also adds users and says who sees what",
}
ACTIVE, LOCKED, OFF = "Active", "Locked", "Switched off"
_COLORS = {ACTIVE: "green", LOCKED: "orange", OFF: "gray"}
_SAID = "users_said"
_NEW, _KNOWN = "New user", "Somebody with a username"


def said() -> None:
    """What the last change did, told once after the rerun that shows it."""
    if text := st.session_state.pop(_SAID, None):
        st.success(text, icon=":material/check_circle:")


def people(rows: list[UserRow], now: datetime) -> UserRow | None:
    """Everybody who may see the company; the one that was clicked, else none."""
    shown = [(row.display_name, row.username, row.role.capitalize(), [_state(row, now)], MAY[row.role]) for row in rows]
    column = st.column_config
    chosen = table(
        frame(shown, "Name", "Username", "Role", "State", "May"),
        columns={
            "Name": column.TextColumn(width=190),
            "Username": column.TextColumn(width=140),
            "Role": column.TextColumn(width=120),
            "State": column.MultiselectColumn(options=list(_COLORS), color=list(_COLORS.values()), width=110),
            "May": column.TextColumn(width=420),
        },
        key="users_rows",
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
    )
    st.caption("Click a name to change the role, set a password or take access away.")
    selected = chosen["selection"]
    at = selected["cells"][0][0] if selected["cells"] else next(iter(selected["rows"]), None)
    return rows[at] if at is not None and at < len(rows) else None


def _state(row: UserRow, now: datetime) -> str:
    if not row.is_active:
        return OFF
    return LOCKED if row.locked_until_at and row.locked_until_at > now else ACTIVE


def opened(place: Here, row: UserRow) -> None:
    """What can be done with one user."""
    caller, company_id, name = place.caller, place.company_id, plain(row.display_name)
    with st.container(border=True, key="users_opened", gap="small"):
        st.markdown(f"**{name}** :gray[{plain(row.username)}]")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            role = st.selectbox(
                "Role here", ROLES, ROLES.index(row.role), format_func=str.capitalize, width=180,
                key=f"users_role_{row.id}",
            )  # fmt: skip
            if st.button("Change the role", key="users_change_role", disabled=role == row.role):
                change = partial(grant, caller=caller, user_id=row.id, company_id=company_id, role=Role(role))
                _carry_out(change, f"{name} is now {role} here.")
            if st.button("Take access away", key="users_withdraw", icon=":material/person_remove:"):
                change = partial(withdraw, caller=caller, user_id=row.id, company_id=company_id)
                _carry_out(change, f"{name} does not see this company any more.")
            label, icon = ("Switch off", "block") if row.is_active else ("Switch on", "check_circle")
            if st.button(label, key="users_switch", icon=f":material/{icon}:"):
                change = partial(set_active, caller=caller, user_id=row.id, active=not row.is_active)
                _carry_out(change, f"{name} {'cannot sign in any more' if row.is_active else 'can sign in again'}.")
        _password(place.caller, row)


def _password(caller: Caller, row: UserRow) -> None:
    with st.form("users_password", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input("New password", type="password", autocomplete="new-password", width=280)
        if st.form_submit_button("Set the password"):
            change = partial(set_password, caller=caller, user_id=row.id, password=typed)
            _carry_out(change, f"{plain(row.display_name)} is signed out everywhere; the new password counts.")


def _carry_out(change: Callable[..., None], done: str) -> None:
    """Run one change of core in its own unit of work; told after the rerun, once it is committed."""
    with refusals_shown():
        with unit_of_work() as session:
            change(session, now=datetime.now(UTC))
        st.session_state[_SAID] = done
        st.rerun()


@st.dialog("Add a user", width="small", icon=":material/person_add:")
def add_user(place: Here) -> None:
    """Create somebody and let them see the company, or let somebody see it who exists already."""
    kind = st.segmented_control(
        "Who", [_NEW, _KNOWN], default=_NEW, required=True, key="users_kind", label_visibility="collapsed"
    )
    with st.form("users_add", border=False, enter_to_submit=False):
        username = st.text_input("Username", max_chars=64, autocomplete="off")
        name = st.text_input("Name", max_chars=120, autocomplete="off") if kind == _NEW else ""
        password = ""  # nosec B105
        if kind == _NEW:
            password = st.text_input(
                "First password", type="password", autocomplete="new-password",
                help="At least 12 characters. Tell it to them in person; they change it in the menu under their name.",
            )  # fmt: skip
        role = st.selectbox("Role here", ROLES, format_func=lambda role: f"{role.capitalize()}: {MAY[role]}")
        with st.container(horizontal=True, horizontal_alignment="right"):
            sent = st.form_submit_button("Add", type="primary")
    if not sent:
        return
    with refusals_shown():
        now = datetime.now(UTC)
        with unit_of_work() as session:
            if kind == _NEW:
                user = create_user(
                    session, place.caller, username=username, display_name=name, password=password, now=now
                )
            else:
                found = find_user(session, place.caller, username)
                if found is None:
                    raise NotFound("user", username)
                user = found
            grant(session, place.caller, user_id=user.id, company_id=place.company_id, role=Role(role), now=now)
        st.session_state[_SAID] = f"{plain(user.display_name)} sees this company now, as {role}."
        st.rerun()
