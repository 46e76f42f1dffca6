"""The sections of the settings page: posting policy, bank accounts, closing of periods."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

import streamlit as st

from core.access.roles import Action
from core.assurance.evidence import evidence_of
from core.assurance.promise import countdown
from core.categorization.company_policy import policy_of, set_policy
from core.categorization.model_card import ModelCard, model_card
from core.categorization.policy import Policy
from core.errors import InvalidAmount
from core.founding import add_bank_account, bank_accounts_of
from core.money import to_decimal, to_minor
from core.posting.chart_keeping import list_accounts
from core.posting.closing import ChecklistItem, close_period, closing_checklist, next_close, reopen_period
from db.engine import snapshot, unit_of_work
from models import AccountRole, BankAccountKind
from ui.frame import refusals_shown, section
from ui.identity import Here
from ui.tables import frame, table
from ui.words import badge_text, count, day, percent, plain

ROLES = {
    AccountRole.OWNER: "Owner's equity and draw",
    AccountRole.LOAN: "Loans and mortgages",
    AccountRole.TAX: "Taxes, licences and payroll liabilities",
    AccountRole.PAYROLL: "Wages and payroll taxes",
}


def posting_policy(place: Here) -> None:
    """What may be posted without a person."""
    section(
        "What is posted without a person", "All of these have to hold. A change applies to lines booked from now on."
    )
    currency = place.company.base_currency
    with snapshot() as session:
        policy = policy_of(session, place.caller, place.company_id)
        card = model_card(session, place.caller, place.company_id)
        by_count, by_money = evidence_of(session, place.caller, [place.company_id]).supports(policy.target_error)
        codes = {a.code: f"{a.code} {a.name}" for a in list_accounts(session, place.caller, place.company_id)}
    st.caption(
        f"Threshold in force: {percent(card.threshold, 1)}, {_source(policy, card)}.  \n"
        f"By count: {plain(countdown(by_count))}  \nBy money: {plain(countdown(by_money))}"
    )
    with st.form("policy", border=True):
        left, middle, right, last = st.columns(4, vertical_alignment="bottom")
        error = left.number_input(
            "Wrong among what is posted alone, at most %", 0.0, 100.0, policy.target_error * 100, 0.1,
            key="policy_error",
        )  # fmt: skip
        default = middle.number_input(
            "Default confidence threshold, %", 0.0, 100.0, policy.default_threshold * 100, 0.5, key="policy_threshold"
        )
        limit = right.text_input(
            f"Amount limit, {currency}", f"{to_decimal(policy.materiality_minor, currency):,}", key="policy_limit"
        )
        share = last.number_input(
            "Re-reviewed blind, %", 0.0, 100.0, policy.audit_share * 100, 0.5, key="policy_audit",
            help="Of the lines posted alone, drawn at random; about as many again in proportion to their amounts.",
        )  # fmt: skip
        roles = st.multiselect(
            "Accounts that a person always looks at", list(ROLES), format_func=ROLES.__getitem__, key="policy_roles",
            default=[role for role in ROLES if role in policy.always_review_roles],
        )  # fmt: skip
        single = st.multiselect(
            "Single accounts besides", sorted({*codes, *policy.always_review_codes}), key="policy_codes",
            format_func=lambda code: codes.get(code, code), default=list(policy.always_review_codes),
            placeholder="Search code or name",
        )  # fmt: skip
        standing = st.checkbox(
            "Standing rules: a rule that states the largest amount decides on these accounts, and above the limit",
            policy.standing_rules, key="policy_standing",
            help="Such a rule says whose payment and how much, as a standing order does. Its lines are drawn for "
            "re-review like all others; an amount above the rule's waits.",
        )  # fmt: skip
        saved = st.form_submit_button("Save the policy", key="policy_save")
    if saved:
        with refusals_shown("The policy was not changed"):
            changed = replace(
                policy,
                target_error=round(error / 100, 6),
                default_threshold=round(default / 100, 6),
                materiality_minor=_minor(limit, currency),
                audit_share=round(share / 100, 6),
                always_review_roles=(
                    *(str(role) for role in roles),
                    *(role for role in policy.always_review_roles if role not in ROLES),
                ),
                always_review_codes=tuple(single),
                standing_rules=standing,
            )
            with unit_of_work() as session:
                set_policy(session, place.caller, place.company_id, changed, now=datetime.now(UTC))
            st.rerun()


def _source(policy: Policy, card: ModelCard) -> str:
    if policy.tightened_to is not None and card.threshold <= policy.tightened_to:
        return "raised since re-reviewed lines broke the promise; Metrics says why"
    if policy.threshold is not None:
        return "chosen for this company"
    if card.is_chosen:
        return f"what reviewed outcomes of model {card.number} support"
    return "the stated default, until enough is reviewed"


def bank_accounts(place: Here) -> None:
    """The bank, card and processor accounts, and a form for another one."""
    section("Bank accounts", "Each feeds one account of the chart.")
    with snapshot() as session:
        banks = bank_accounts_of(session, place.caller, place.company_id)
        chart = {a.id: f"{a.code} {a.name}" for a in list_accounts(session, place.caller, place.company_id)}
    if banks:
        rows = [
            (b.name, b.code, str(b.kind).capitalize(), b.currency, b.number or "–", chart[b.account_id]) for b in banks
        ]
        table(frame(rows, "Name", "Code", "Kind", "Currency", "Number", "Ledger account"), columns={
            "Name": st.column_config.TextColumn(width=200), "Code": st.column_config.TextColumn(width=100),
            "Kind": st.column_config.TextColumn(width=90), "Currency": st.column_config.TextColumn(width=80),
            "Number": st.column_config.TextColumn(width=140),
            "Ledger account": st.column_config.TextColumn(width=240)})  # fmt: skip
    with (
        st.expander("Add a bank account", icon=":material/add:"),
        st.form("new_bank", border=False, clear_on_submit=True),
    ):
        left, right = st.columns(2)
        name = left.text_input("Name", placeholder="Chase Checking", key="bank_name")
        kind = right.selectbox(
            "Kind", [str(kind) for kind in BankAccountKind], format_func=str.capitalize, key="bank_kind"
        )
        left, middle, right = st.columns(3)
        code = left.text_input("Short code", placeholder="checking", key="bank_code")
        currency = middle.text_input("Currency", place.company.base_currency, max_chars=3, key="bank_currency")
        number = right.text_input("Number, as the bank writes it", key="bank_number")
        added = st.form_submit_button("Add the bank account", key="bank_add")
    if added:
        with refusals_shown("No bank account was added"):
            with unit_of_work() as session:
                add_bank_account(
                    session, place.caller, place.company_id, code=code, name=name, kind=BankAccountKind(kind),
                    currency=currency.upper(), number=number, now=datetime.now(UTC),
                )  # fmt: skip
            st.rerun()


def periods(place: Here, today: date) -> None:
    """The closing checklist of a month, and the buttons that close and reopen."""
    closed = place.company.closed_through_on
    section("Closed months", f"Closed through {day(closed, year=True)}." if closed else "No month is closed yet.")
    with snapshot() as session:
        proposed = next_close(session, place.caller, place.company_id)
    through = st.date_input(
        "Close through", proposed or today.replace(day=1) - timedelta(days=1), key=f"close_through_{closed}",
        format="MM/DD/YYYY", width=200,
    )  # fmt: skip
    if not isinstance(through, date):
        return
    with refusals_shown():
        with snapshot() as session:
            checks = closing_checklist(session, place.caller, place.company_id, through)
        _checklist(checks)
        blocking = [check for check in checks if check.state == "blocks"]
        with st.container(horizontal=True, vertical_alignment="center"):
            off = bool(blocking) or not place.caller.may(place.company_id, Action.CLOSE)
            label = f"Close through {day(through, year=True)}"
            pressed = st.button(label, key="close_now", disabled=off, icon=":material/lock:", type="primary")
            if closed:
                _reopening(place)
            if blocking:
                st.caption(f"{count(len(blocking), 'point')} in the way", width="content")
        if pressed:
            with refusals_shown("The month stays open"):
                with unit_of_work() as session:
                    close_period(session, place.caller, place.company_id, through, now=datetime.now(UTC))
                st.rerun()


def _checklist(checks: Sequence[ChecklistItem]) -> None:
    """One line a point; a list of several things below its point, one a line."""
    with st.container(border=True, gap="xsmall", key="closing_checks"):
        for check in checks:
            head = f"{badge_text(check.state)} &ensp;**{check.title}**"
            what, _, rest = check.detail.partition(": ")
            listed, _, advice = rest.rpartition(". ")
            several = listed.split("; ") if "; " in listed else []
            said = f"{what}. {advice}:" if several else check.detail
            st.markdown(f"{head} &ensp;:gray[{plain(said)}]" if said else head)
            if several:
                st.markdown("\n".join(f"- :gray[{plain(part)}]" for part in several))


def _reopening(place: Here) -> None:
    with st.popover("Reopen", icon=":material/lock_open:"), st.form("reopen", border=False):
        back = st.date_input("Keep closed through (empty: nothing)", None, key="reopen_back", format="MM/DD/YYYY")
        reason = st.text_input("Reason", key="reopen_reason")
        if st.form_submit_button("Reopen", key="reopen_go"):
            with refusals_shown("Nothing was reopened"):
                with unit_of_work() as session:
                    reopen_period(
                        session, place.caller, place.company_id,
                        closed_through_on=back if isinstance(back, date) else None, reason=reason,
                        now=datetime.now(UTC),
                    )  # fmt: skip
                st.rerun()


def _minor(text: str, currency: str) -> int:
    try:
        return to_minor(Decimal(text.replace(",", "").strip()), currency)
    except InvalidOperation:
        raise InvalidAmount(text) from None
