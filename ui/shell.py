"""The frame around every page: style, company switch, navigation by role. Streamlit's main script."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.access.roles import Caller
from core.founding import companies_of
from core.posting.queue import waiting_count
from core.reconciliation.listing import suggested_count
from db.engine import snapshot
from models import Company
from ui.identity import COMPANY, current_caller, remember_in_session_state
from ui.navigation import Link, existing_links
from ui.words import plain

UI = Path(__file__).parent
NAME = "AI Bookkeeper"
KEYS = '<script src="app/static/keys.js"></script>'


def run() -> None:
    """Draw the sidebar and run the page that the address names."""
    st.set_page_config(page_title=NAME, page_icon=UI / "static/mark.svg", layout="wide", initial_sidebar_state=232)
    st.html(UI / "style.css")
    st.logo(UI / "static/sign.svg", icon_image=UI / "static/mark.svg", size="medium")
    caller = current_caller("shell")
    remember_in_session_state()
    with snapshot() as session:
        companies = companies_of(session, caller)
    # Every page is known, so that an address tells in words what a role may not see; the sidebar lists what it may.
    pages = {link: _page(link) for link in existing_links()}
    chosen = st.navigation(list(pages.values()), position="hidden")
    st.set_page_config(page_title=f"{chosen.title} · {NAME}")
    with st.sidebar:
        company = _company_switch(companies)
        _links({link: page for link, page in pages.items() if link.is_listed(caller, company)}, caller, company)
        _person(caller, pages)
        # At the end, where its empty place does not show. A constant: our pages run files of our own only.
        st.html(KEYS, unsafe_allow_javascript=True)
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


def _page(link: Link) -> StreamlitPage:
    icon = f":material/{link.icon}:"
    return st.Page(link.path, title=link.title, icon=icon, url_path=link.name, default=link.name == "home")


@st.fragment(key="nav")  # so that a page can bring the count up to date by st.rerun("nav") from a callback
def _links(pages: dict[Link, StreamlitPage], caller: Caller, company: Company | None) -> None:
    waiting = _waiting(caller, company) if company else {}
    with st.container(key="nav", gap="xsmall"):
        group = ""
        for link, page in pages.items():
            if link.group != group:
                group = link.group
                st.space("xxsmall")
                st.caption(group)
            number = waiting.get(link.name)
            st.page_link(page, label=f"{link.title} :gray[{number:,}]" if number else link.title)


def _waiting(caller: Caller, company: Company) -> dict[str, int]:
    """What waits for a person, by page."""
    with snapshot() as session:
        return {
            "review": waiting_count(session, caller, company.id),
            "reconcile": suggested_count(session, caller, company.id),
        }


def _person(caller: Caller, pages: dict[Link, StreamlitPage]) -> None:
    with st.container(key="whoami"):
        asked = st.menu_button(
            plain(caller.name),
            ["Your password", "Sign out"],
            icon=":material/account_circle:",
            type="tertiary",
            key="me",
        )
    if asked == "Sign out":
        st.logout()
    if asked == "Your password":
        st.switch_page(next(page for link, page in pages.items() if link.name == "password"))


run()
