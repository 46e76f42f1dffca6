"""What Re-review shows: the line and the question, then what came of the answer."""

import streamlit as st

from core.assurance.re_reviewing import BlindLine
from ui import re_review_desk as desk
from ui.pickers import pick_account
from ui.review_words import evidence, sentence
from ui.words import day, money, plain


def asked(sight: desk.Sight, line: BlindLine) -> None:
    """One line at a time: what the bank wrote, and the account asked for."""
    with st.container(border=True, key="re_review_line", gap="small"):
        with st.container(horizontal=True):
            st.markdown(f"**{plain(line.payee)}** &ensp;:gray[{day(line.booked_on, year=True)}]", width="stretch")
            st.markdown(f"**{plain(money(line.amount_minor, line.currency, sign=True))}**", width="content")
        st.markdown(evidence(line.description))
        st.caption(plain(line.bank_account))
        likely = sorted((key for key in line.likely if key in sight.accounts), key=sight.accounts.__getitem__)
        st.radio(
            "Where would you book it?", likely, index=None, key=desk.widget("likely", line),
            format_func=sight.accounts.__getitem__,
            help="What was posted is among them, in the order of the chart. Any other account may be right.",
        )  # fmt: skip
        with st.container(width=420):
            pick_account("Or another account", sight.accounts, key=desk.widget("other", line))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Book it there", type="primary", key=desk.widget("answer", line), on_click=desk.answer, args=(line,)
            )
            st.button(
                "Later", key=desk.widget("later", line), on_click=desk.put_off, args=(line,),
                disabled=sight.waiting < 2, help="Ask another line first; this one stays in the list.",
            )  # fmt: skip


def outcome(sight: desk.Sight) -> None:
    """What came of the answer before, once."""
    if sight.said is None:
        return
    show = st.success if sight.said.agreed else st.info
    show(sight.said.text, icon=":material/check:" if sight.said.agreed else ":material/undo:")
    if sight.said.warning:
        st.warning(
            plain(sentence(sight.said.warning)), title="Less is posted alone from now on", icon=":material/gpp_maybe:"
        )
