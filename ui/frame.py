"""What every page begins with, and the shapes that all pages share."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import AccessDenied, BookkeepingError
from ui import identity
from ui.navigation import LINKS
from ui.words import plain

log = logging.getLogger(__name__)

_OPERATORS = {"+": "plus", "−": "minus", "=": "equals"}


def open_page(title: str, about: str, key: str) -> DeltaGenerator:
    """Let only those in whose role opens the page; title and context on one line.

    Args:
        about: one caption: period, amount of work. A page about one company has its name put before.
        key: the page's name in `ui.navigation`.

    Returns:
        The container at the right for page actions. Whoever may not see the page gets a sentence, and the run ends.
    """
    company = _let_in(key)
    with st.container(horizontal=True, vertical_alignment="center", key=f"head_{key}", gap="small"):
        with st.container(gap=None, width="stretch", key=f"title_{key}"):
            st.title(title, anchor=False)
            st.caption(f"{plain(company)} · {about}" if company else about)
        return st.container(horizontal=True, horizontal_alignment="right", width="content", key=f"actions_{key}")


def _let_in(name: str) -> str:
    """The name of the company that the page is about, "" for a page about none."""
    needed = LINKS[name].needs
    if needed is None:
        identity.current_caller(name)
        return ""
    place = identity.here(name)
    if not place.caller.may(place.company_id, needed):
        st.error(str(AccessDenied(needed, place.caller.roles.get(place.company_id))), icon=":material/block:")
        st.stop()
    return place.company.name


@contextmanager
def refusals_shown(title: str = "") -> Iterator[None]:
    """A refusal becomes a sentence at this place; a bug an id that is also in the log. Nothing of either is stored."""
    try:
        yield
    except BookkeepingError as refusal:
        st.error(plain(str(refusal)), title=title or None, icon=":material/block:")
    except (st.runtime.scriptrunner.StopException, st.runtime.scriptrunner.RerunException):
        raise
    except Exception:
        fault = secrets.token_hex(4)
        log.exception("fault %s", fault)
        st.error(
            f"Something went wrong on our side and nothing was stored. Tell your administrator the number {fault}.",
            icon=":material/error:",
        )


def section(title: str, about: str | None = None) -> None:
    with st.container(gap=None):
        st.subheader(title, anchor=False)
        if about:
            st.caption(about)


def answered(question: str, badge: str) -> None:
    """A small heading that asks, with the answer as a badge beside it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{question}** &ensp;{badge}")


def equation(parts: Iterable[tuple[str, str, str]], key: str) -> None:
    """A sum read as a sentence: (sign, label, figure) …; the signs are metrics too, so they sit on the same line."""
    with st.container(horizontal=True, key=key, gap="small"):
        for sign, label, figure in parts:
            if sign:
                st.metric(_OPERATORS[sign], sign, label_visibility="hidden", width="content")
            st.metric(label, figure, width="content")


def empty(icon: str, title: str, text: str) -> None:
    """In the place of a table that has no rows: what is missing and what to do next."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f":gray[:material/{icon}:]", text_alignment="center")
        st.markdown(f"**{title}**", text_alignment="center")
        st.caption(text, text_alignment="center")
        st.space("small")


def figures(rows: Iterable[tuple[str, str, str]], key: str) -> None:
    """Key figures as cards: (label, figure, what it is measured on)."""
    with st.container(key=key), st.grid(4, min_column_width=165, gap="small"):
        for label, figure, basis in rows:
            options: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "border": True}
            st.metric(label, figure, basis or None, **options)
