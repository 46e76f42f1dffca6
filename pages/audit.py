"""Audit log: who did what to the books, and the proof that nothing of it was changed afterwards."""

import streamlit as st

from core.access.audit_reading import audit_page, may_read_installation
from db.engine import snapshot
from ui.audit_log import events_table, forget_proofs, opened, pager, proof
from ui.frame import answered, empty, open_page, refusals_shown
from ui.identity import Here, here

COMPANY, INSTALLATION = "This company", "Users and sign-ins"


def scope(place: Here) -> str:
    """What is looked at; the installation's own log is for those who administer every company."""
    with snapshot() as session:
        whole = may_read_installation(session, place.caller)
    if not whole:
        return COMPANY
    return st.segmented_control(
        "Log", [COMPANY, INSTALLATION], default=COMPANY, required=True, key="audit_scope", label_visibility="collapsed"
    )


def main(place: Here) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="tools_audit"):
        company_id = place.company_id if scope(place) == COMPANY else None
    key = f"audit_page_{company_id or 'installation'}"
    number = st.session_state.get(key, 1)
    with snapshot() as session:
        page = audit_page(session, place.caller, company_id, number)
    answered("Is the log whole?", proof(page))
    if not page.events:
        empty("history", "Nothing has happened here yet", "Each change will be listed here, with who made it and when.")
        return
    chosen = events_table(page, number)
    pager(page, key)
    if chosen:
        opened(chosen)


actions = open_page("Audit log", "Every change, the newest first; times in UTC", "audit")
actions.button("Prove again", icon=":material/verified:", key="audit_prove", on_click=forget_proofs)
with refusals_shown():
    main(here("audit"))
