"""Chart of accounts: where everything is booked to."""

import streamlit as st

from core.posting.chart_keeping import list_accounts
from db.engine import snapshot
from models import AccountType
from ui.chart_desk import ROLE_WORDS, change_account, new_account
from ui.frame import empty, open_page, refusals_shown
from ui.identity import here
from ui.tables import frame, table
from ui.tax_desk import tax_codes
from ui.words import count

ALL = "All"

actions = open_page("Chart of accounts", "Codes stay; names may change; nothing is ever deleted", "chart")
place = here("chart")
if actions.button("New account", icon=":material/add:", type="primary", key="chart_new"):
    new_account(place)
if actions.button("Tax codes", icon=":material/percent:", key="chart_taxes"):
    tax_codes(place)
with refusals_shown():
    with snapshot() as session:
        accounts = list_accounts(session, place.caller, place.company_id)
    with st.container(horizontal=True, vertical_alignment="center", key="tools_chart", gap="small"):
        kinds = {ALL: None} | {str(kind).capitalize(): kind for kind in AccountType}
        kind = st.segmented_control(
            "Type", list(kinds), default=ALL, required=True, key="chart_type", label_visibility="collapsed"
        )
        wanted = st.text_input(
            "Search", placeholder="Search code or name", key="chart_wanted", type="search", icon=":material/search:",
            label_visibility="collapsed", width=260,
        )  # fmt: skip
    shown = [
        account
        for account in accounts
        if kinds[kind] in (None, account.type) and wanted.casefold() in f"{account.code} {account.name}".casefold()
    ]
    if not shown:
        empty("account_tree", "No account fits", "Clear the search, or add a new account.")
        st.stop()
    st.caption(f"{count(len(shown), 'account')} of {len(accounts)}")
    rows = [
        (a.code, a.name, str(a.type).capitalize(), ROLE_WORDS[a.role] if a.role else "–",
         "Active" if a.is_active else "Off")
        for a in shown
    ]  # fmt: skip
    picked = table(
        frame(rows, "Code", "Name", "Type", "Used for", "State"),
        columns={
            "Code": st.column_config.TextColumn(width=70),
            "Name": st.column_config.TextColumn(width=260),
            "Type": st.column_config.TextColumn(width=100),
            "Used for": st.column_config.TextColumn(width=190),
            "State": st.column_config.TextColumn(width=80),
        },
        most=20, key="chart_list", on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    chosen = next((shown[at] for at in picked.selection.rows if at < len(shown)), None)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="bar", gap="xsmall"):
        if st.button("Change", key="chart_change", disabled=chosen is None, icon=":material/edit:") and chosen:
            change_account(place, chosen)
        if chosen is None:
            st.caption("Choose an account to rename it or to switch it off.", width="content")
