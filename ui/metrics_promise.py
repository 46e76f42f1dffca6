"""Whether the promise on what is posted alone is kept: audited lines by count and by money, by method, tightening."""

from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.assurance.promise import countdown
from core.assurance.tightening import Tightening, loosen
from core.metrics.rates import Rate
from db.engine import unit_of_work
from models import Method
from ui.frame import empty, refusals_shown, section
from ui.metrics_measured import Measured
from ui.navigation import LINKS
from ui.review_words import sentence
from ui.tables import frame, table
from ui.words import NONE, count, day, percent, plain

METHODS = {Method.MATCH: "Match", Method.RULE: "Rule", Method.MODEL: "Model"}


def promise(caller: Caller, measured: Measured) -> None:
    """What blind re-reviews found of the lines that would be posted alone today."""
    section(
        "Is the promise kept?",
        f"At most {percent(measured.target_error, 1)} of what is posted alone may be wrong. Lines are drawn at random "
        "and decided by somebody who does not see what was posted.",
    )
    for company_id, one in measured.tightenings.items():
        _tightened(caller, company_id, measured.names[company_id], one)
    by_count, by_money = measured.evidence.supports(measured.target_error)
    st.markdown(
        f"**By count:** {plain(countdown(by_count))}  \n**By money:** {plain(countdown(by_money))}",
        help="For money, lines are drawn in proportion to their amounts, so that each stands for one unit of money.",
    )
    if measured.evidence.methods:
        _by_method(measured)
    elif not measured.drawn:
        empty("visibility_off", "No line was re-reviewed yet", "Lines are drawn whenever the policy posts some.")
    if measured.drawn:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{count(measured.drawn, 'drawn line')} to decide", width="content")
            if any(caller.may(company_id, Action.REVIEW) for company_id in measured.names):
                st.page_link(LINKS["re_review"].path, label="Re-review", icon=":material/visibility_off:")


def _by_method(measured: Measured) -> None:
    rows = [
        (
            METHODS.get(method, str(method)),
            f"{rate.numerator:,} of {rate.denominator:,}",
            percent(rate.value, 1),
            _interval(rate),
        )
        for method, rate in measured.evidence.methods.items()
    ]
    table(
        frame(rows, "Posted by", "Found right", "Share", "True share, 95% interval"),
        columns={
            "Posted by": st.column_config.TextColumn(width=120),
            "Found right": st.column_config.TextColumn(width=120, alignment="right"),
            "Share": st.column_config.TextColumn(width=90, alignment="right"),
            "True share, 95% interval": st.column_config.TextColumn(width=190, alignment="right"),
        },
        key="metrics_promise",
    )  # fmt: skip


def _interval(rate: Rate) -> str:
    bounds = rate.interval()
    return NONE if bounds is None else f"{percent(bounds.low, 1)} to {percent(bounds.high, 1)}"


def _tightened(caller: Caller, company_id: UUID, name: str, one: Tightening) -> None:
    st.warning(
        f"{plain(name)}, {day(one.at.date(), year=True)}: {plain(sentence(one.reason))} It stays so until a manager "
        "loosens it or a newly trained model shows on reviewed lines that it keeps the promise.",
        title="Less is posted alone", icon=":material/gpp_maybe:",
    )  # fmt: skip
    if not caller.may(company_id, Action.CONFIGURE):
        return
    with (
        st.popover("Loosen", icon=":material/lock_open:", key=f"loosen_{company_id.hex}"),
        st.form(f"f{company_id.hex}", border=False),
    ):
        reason = st.text_input("Reason", key=f"loosen_reason_{company_id.hex}", help="It is kept in the audit log.")
        if st.form_submit_button("Let the company's own threshold hold again", key=f"loosen_go_{company_id.hex}"):
            with refusals_shown("Nothing was loosened"):
                with unit_of_work() as session:
                    loosen(session, caller, company_id, reason, now=datetime.now(UTC))
                st.rerun()
