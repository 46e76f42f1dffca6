"""What a company needs, as a sentence, and the page where it is done."""

from collections.abc import Sequence
from datetime import date
from typing import NoReturn
from uuid import UUID

import streamlit as st

from core.access.roles import Caller
from core.metrics.attention import Need, NeedKind
from core.money import Money
from core.reconciliation.statement_proof import Cause
from ui.identity import COMPANY
from ui.navigation import LINKS
from ui.words import NONE, count, day, money, plain

# kind -> (label of the button, page)
GOALS: dict[NeedKind, tuple[str, str]] = {
    NeedKind.DIFFERENCE: ("Reconcile", "reconcile"),
    NeedKind.REFUSED: ("Upload", "upload"),
    NeedKind.PROMISE: ("Metrics", "metrics"),
    NeedKind.REVIEW: ("Review", "review"),
    NeedKind.RE_REVIEW: ("Re-review", "re_review"),
    NeedKind.NO_FILE: ("Upload", "upload"),
    NeedKind.SETUP: ("Upload", "upload"),
}

_CAUSES: dict[str, str] = {
    Cause.OPENING: "Mostly the opening balance, which is not in the books yet.",
    Cause.LEFT_OUT: "Mostly lines that were left out of the books.",
    Cause.DELETED: "Mostly lines that were deleted on purpose.",
    Cause.OTHER_ENTRIES: "Mostly entries that no bank line led to.",
    Cause.OTHER_DAYS: "Mostly corrections booked on another day.",
    Cause.STATEMENTS: "Mostly statements that are missing in between or do not add up.",
    Cause.UNBOOKED: "Mostly lines without an entry.",
}


def sums(amounts: tuple[Money, ...]) -> str:
    """One amount a currency, as prose: $1,361.19 and €20.00."""
    return " and ".join(money(amount.minor, amount.currency, sign=True) for amount in amounts) or NONE


def sentence(need: Need, today: date) -> str:
    """The need in words, without the company's name; safe as Markdown."""
    return plain(_SENTENCES[need.kind](need, today))


def _difference(need: Need, today: date) -> str:  # noqa: ARG001
    where = f"{need.names[0]}, {need.on:%B %Y}" if need.count == 1 else f"{need.count} bank accounts"
    cause = _CAUSES.get(need.detail, "")
    return f"{where}: the ledger is {sums(need.amounts)} away from the statement. {cause}".rstrip()


def _refused(need: Need, today: date) -> str:  # noqa: ARG001
    if need.count == 1:
        return need.detail if need.names[0] in need.detail else f"{need.names[0]} was refused: {need.detail}"
    return f"{need.count} files were refused, the last one {need.names[0]}."


def _review(need: Need, today: date) -> str:
    waits = "line waits" if need.count == 1 else "lines wait"
    days = (today - need.on).days if need.on else 0
    oldest = f" The oldest is from {day(need.on, year=True)}." if days > 0 else ""
    return f"{need.count:,} {waits}, {sums(need.amounts)} to decide.{oldest}"


def _promise(need: Need, today: date) -> str:  # noqa: ARG001
    return f"Less is posted alone since {day(need.on, year=True)}: {need.detail}."


def _re_review(need: Need, today: date) -> str:  # noqa: ARG001
    waits = "line posted alone waits" if need.count == 1 else "lines posted alone wait"
    return f"{need.count:,} {waits} to be decided blind, which measures how often the machine is right."


def _no_file(need: Need, today: date) -> str:  # noqa: ARG001
    who = need.names[0] if need.count == 1 else f"{need.count} bank accounts"
    since = f"since {day(need.on, year=True)}" if need.on else "yet"
    return f"No statement for {who} {since}."


def _set_up(need: Need, today: date) -> str:  # noqa: ARG001
    if not need.names:
        return "No bank account yet, so no file can be taken in."
    return f"No statement yet for its {count(len(need.names), 'bank account')}."


_SENTENCES = {
    NeedKind.DIFFERENCE: _difference,
    NeedKind.REFUSED: _refused,
    NeedKind.PROMISE: _promise,
    NeedKind.REVIEW: _review,
    NeedKind.RE_REVIEW: _re_review,
    NeedKind.NO_FILE: _no_file,
    NeedKind.SETUP: _set_up,
}


def page_for(caller: Caller, company_id: UUID, kinds: Sequence[NeedKind]) -> str:
    """The page of the most pressing need that is the caller's work; the company's reports where there is none."""
    mine = (GOALS[kind][1] for kind in kinds if works_on(caller, company_id, kind))
    return next(mine, "reports")


def works_on(caller: Caller, company_id: UUID, kind: NeedKind) -> bool:
    """Whether this is the caller's work in the company."""
    link = LINKS[GOALS[kind][1]]
    needed = link.listed or link.needs
    return needed is None or caller.may(company_id, needed)


def open_company(company_id: UUID, page: str) -> NoReturn:
    """Choose the company and go to the page."""
    st.session_state[COMPANY] = company_id
    st.switch_page(LINKS[page].path)
