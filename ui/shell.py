"""The frame around every page: style, company switch, navigation by role. Streamlit's main script."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.access.roles import Action, Caller
from core.founding import companies_of
from core.posting.queue import waiting_count
from db.engine import snapshot
from models import Company
from ui.identity import COMPANY, current_caller, remember_in_session_state

UI = Path(__file__).parent
PAGES = UI.parent / "pages"


@dataclass(frozen=True)
class Link:
    """A page in the navigation: its file, title, icon, heading of its group, and what a role must allow to see it."""

    name: str
    title: str
    icon: str
    group: str
    needs: Action | None


LINKS = (
    Link("home", "Companies", "domain", "", None),
    Link("upload", "Upload", "upload_file", "This month", Action.IMPORT),
    Link("review", "Review", "checklist", "This month", Action.REVIEW),
    Link("reconcile", "Reconcile", "balance", "This month", Action.RECONCILE),
    Link("metrics", "Metrics", "query_stats", "Trust", Action.READ),
    Link("reports", "Reports", "table_chart", "Trust", Action.READ),
    Link("audit", "Audit log", "history", "Trust", Action.CONFIGURE),
    Link("rules", "Rules", "rule", "Set-up", Action.CONFIGURE),
    Link("chart", "Chart of accounts", "account_tree", "Set-up", Action.CONFIGURE),
    Link("settings", "Settings", "settings", "Set-up", Action.CONFIGURE),
    Link("users", "Users", "group", "Set-up", Action.ADMINISTER),
)


def run() -> None:
    """Draw the sidebar and run the page that the address names."""
    st.set_page_config(
        page_title="AI Bookkeeper", page_icon=UI / "static/mark.svg", layout="wide", initial_sidebar_state=232
    )
    st.html(UI / "style.css")
    st.logo(UI / "static/sign.svg", icon_image=UI / "static/mark.svg", size="medium")
    caller = current_caller("shell")
    remember_in_session_state()
    with snapshot() as session:
        companies = companies_of(session, caller)
    with st.sidebar:
        company = _company_switch(companies)
    pages = {link: _page(link) for link in LINKS if _allowed(link, caller, company)}
    chosen = st.navigation(list(pages.values()), position="hidden")
    with st.sidebar:
        _links(pages, caller, company)
        _person(caller)
    chosen.run()


def _company_switch(companies: list[Company]) -> Company | None:
    if not companies:
        return None
    names = {company.id: company.name for company in companies}
    if st.session_state.get(COMPANY) not in names:
        st.session_state[COMPANY] = companies[0].id
    st.session_state["company_switch"] = st.session_state[COMPANY]
    st.selectbox(
        "Company",
        list(names),
        format_func=names.__getitem__,
        key="company_switch",
        label_visibility="collapsed",
        on_change=_switch,
    )
    return next(company for company in companies if company.id == st.session_state[COMPANY])


def _switch() -> None:
    st.session_state[COMPANY] = st.session_state["company_switch"]


def _allowed(link: Link, caller: Caller, company: Company | None) -> bool:
    if link.needs is None:
        return True
    return company is not None and caller.may(company.id, link.needs)


def _page(link: Link) -> StreamlitPage:
    return st.Page(
        PAGES / f"{link.name}.py",
        title=link.title,
        icon=f":material/{link.icon}:",
        url_path=link.name,
        default=link.name == "home",
    )


def _links(pages: dict[Link, StreamlitPage], caller: Caller, company: Company | None) -> None:
    waiting = 0
    if company is not None:
        with snapshot() as session:
            waiting = waiting_count(session, caller, company.id)
    with st.container(key="nav", gap="xsmall"):
        group = ""
        for link, page in pages.items():
            if link.group != group:
                group = link.group
                st.space("xxsmall")
                st.caption(group)
            label = f"{link.title} :gray[{waiting:,}]" if link.name == "review" and waiting else link.title
            st.page_link(page, label=label)


def _person(caller: Caller) -> None:
    with st.container(key="whoami"):
        asked = st.menu_button(caller.name, ["Sign out"], icon=":material/account_circle:", type="tertiary", key="me")
    if asked == "Sign out":
        st.logout()


run()
