"""What becomes of differences: the limit for writing off, and the accounts that they are booked to."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.categorization.company_policy import policy_of, set_policy
from core.money import Money, to_decimal
from core.posting.chart_keeping import list_accounts
from core.posting.default_accounts import default_accounts, name_default_account
from db.engine import snapshot, unit_of_work
from models import AccountPurpose, AccountRole
from ui.frame import refusals_shown, section
from ui.identity import Here

LABELS = {
    AccountPurpose.FEES: "Fees that processors keep are booked to",
    AccountPurpose.ADJUSTMENTS: "Small differences are booked to",
    AccountPurpose.EXCHANGE: "Exchange gains and losses are booked to",
}
NEVER = (AccountRole.BANK, AccountRole.SUSPENSE)


def differences(place: Here) -> None:
    """Kept together: who may change the one may change the others."""
    section("Differences when matching", "A person writes off up to the limit; payouts are booked with their fees.")
    currency = place.company.base_currency
    with snapshot() as session:
        policy = policy_of(session, place.caller, place.company_id)
        named = default_accounts(session, place.caller, place.company_id)
        chart = {
            account.id: f"{account.code} {account.name}"
            for account in list_accounts(session, place.caller, place.company_id, active_only=True)
            if account.role not in NEVER
        }
    with st.form("differences", border=True):
        columns = [*st.columns(2), *st.columns(2)]
        limit = columns[0].text_input(
            f"Write off at most, {currency}", f"{to_decimal(policy.adjustment_limit_minor, currency):,}",
            key="differences_limit",
        )  # fmt: skip
        chosen = {
            purpose: column.selectbox(
                LABELS[purpose], list(chart), format_func=chart.__getitem__, key=f"differences_{purpose}",
                index=list(chart).index(named[purpose]) if named.get(purpose) in chart else None,
                placeholder="Search code or name",
            )
            for purpose, column in zip(LABELS, columns[1:], strict=True)
        }  # fmt: skip
        saved = st.form_submit_button("Save", key="differences_save")
    if saved:
        with refusals_shown("Nothing was changed"):
            _save(place, limit, chosen)
            st.rerun()


def _save(place: Here, limit: str, chosen: dict[AccountPurpose, UUID | None]) -> None:
    now = datetime.now(UTC)
    minor = Money.parse(limit.replace(",", ""), place.company.base_currency).minor
    with unit_of_work() as session:
        policy = policy_of(session, place.caller, place.company_id)
        if policy.adjustment_limit_minor != minor:
            changed = replace(policy, adjustment_limit_minor=minor)
            set_policy(session, place.caller, place.company_id, changed, now=now)
        for purpose, account_id in chosen.items():
            if account_id is not None:
                name_default_account(session, place.caller, place.company_id, purpose, account_id, now=now)
