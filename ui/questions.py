"""Questions that reviewers asked about bank lines, where the bookkeeper sees and answers them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.posting.line_history import OpenQuestion, open_questions
from core.posting.line_notes import LONGEST, answer
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from ui.frame import refusals_shown, section
from ui.review_words import evidence
from ui.words import count, day, money, plain

SHOWN = 5  # at once; the others follow when these are answered
TOLD = "questions_told"


def questions(caller: Caller, companies: Mapping[UUID, str]) -> None:
    """The open questions of these companies (id → name), each with a field for the answer; nothing where none is."""
    with snapshot() as session:
        found = [
            (company_id, question)
            for company_id in companies
            if caller.may(company_id, Action.READ)
            for question in open_questions(session, caller, company_id)
        ]
    if told := st.session_state.pop(TOLD, None):
        st.success(told, icon=":material/check_circle:")
    if not found:
        return
    more = f"The oldest {SHOWN} of {len(found)}" if len(found) > SHOWN else count(len(found), "question")
    section("Questions about bank lines", f"{more}; with your answer the lines go back to the reviewer")
    for company_id, question in sorted(found, key=lambda each: each[1].asked_at)[:SHOWN]:
        _question(caller, company_id, companies[company_id] if len(companies) > 1 else "", question)


def _question(caller: Caller, company_id: UUID, company: str, question: OpenQuestion) -> None:
    key = question.thread_id.hex
    with st.container(border=True, key=f"question_{key}", gap="small"):
        with st.container(horizontal=True):
            st.markdown(f"**{plain(question.text)}**", width="stretch")
            amount = money(question.amount_minor, question.currency, sign=True)
            st.markdown(f"**{plain(amount)}**", width="content")
        more = f"the largest of {count(question.lines, 'line')}" if question.lines > 1 else ""
        facts = (
            company, day(question.booked_on, year=True), question.bank_account, more,
            f"asked by {question.asked_by}" if question.asked_by else "", day(question.asked_at.date()),
        )  # fmt: skip
        told = " · ".join(plain(fact) for fact in facts if fact)
        st.markdown(f"{evidence(question.description)}  \n:small[:gray[{told}]]")
        with st.form(f"answer_form_{key}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input("Answer", key=f"answer_{key}", max_chars=LONGEST)
            pressed = st.form_submit_button("Answer", key=f"answer_go_{key}")
        if pressed:
            _answered(caller, company_id, question, text)


def _answered(caller: Caller, company_id: UUID, question: OpenQuestion, text: str) -> None:
    with refusals_shown("Nothing was stored"):
        with unit_of_work() as session:
            answer(
                session, caller, company_id, question.thread_id, text, write=write_columns, now=datetime.now(UTC)
            )  # fmt: skip
        st.session_state[TOLD] = f"Answered. {count(question.lines, 'line')} went back to the reviewer."
        st.rerun()
