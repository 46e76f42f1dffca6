"""Suggested rules that a person dismissed: not suggested again until that is taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.categorization.rule_findings import dismissed_keys
from core.categorization.rule_suggestions import RuleSuggestion
from core.errors import NotFound
from core.posting.open_entries import check_bookable
from models import Account, DismissedRule


def dismiss_suggestion(
    session: Session, caller: Caller, company_id: UUID, suggestion: RuleSuggestion, *, now: datetime
) -> None:
    """Do not suggest this again; what is dismissed already stays so. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.CONFIGURE)
    check_bookable(session, company_id, [suggestion.account_id])
    if suggestion.key in dismissed_keys(session, company_id):
        return
    session.add(
        DismissedRule(
            company_id=company_id, counterparty=suggestion.counterparty, money_in=suggestion.money_in,
            account_id=suggestion.account_id, dismissed_by=caller.user_id, dismissed_at=now,
        )
    )  # fmt: skip
    session.flush()
    _audit(session, caller, company_id, suggestion, "suggested rule dismissed", now)


def suggest_again(
    session: Session, caller: Caller, company_id: UUID, suggestion: RuleSuggestion, *, now: datetime
) -> None:
    """Take the dismissal back. Raises NotFound where there is none; AccessDenied."""
    caller.require(company_id, Action.CONFIGURE)
    if suggestion.key not in dismissed_keys(session, company_id):
        raise NotFound("dismissed suggestion", suggestion.counterparty)
    session.execute(
        delete(DismissedRule).where(
            col(DismissedRule.company_id) == company_id,
            col(DismissedRule.counterparty) == suggestion.counterparty,
            col(DismissedRule.money_in) == suggestion.money_in,
            col(DismissedRule.account_id) == suggestion.account_id,
        )
    )
    _audit(session, caller, company_id, suggestion, "suggested rule wanted again", now)


def dismissed_suggestions(session: Session, caller: Caller, company_id: UUID) -> list[RuleSuggestion]:
    """What was dismissed, the latest first; `decisions` is 0, since they are not counted."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(col(DismissedRule.counterparty), col(Account.id), col(Account.code), col(Account.name),
               col(DismissedRule.money_in))
        .join(Account, col(Account.id) == col(DismissedRule.account_id))
        .where(col(DismissedRule.company_id) == company_id)
        .order_by(col(DismissedRule.dismissed_at).desc(), col(DismissedRule.id))
    )  # fmt: skip
    return [RuleSuggestion(name, key, f"{code} {account}", 0, money_in) for name, key, code, account, money_in in rows]


def _audit(
    session: Session, caller: Caller, company_id: UUID, suggestion: RuleSuggestion, action: str, now: datetime
) -> None:
    record(
        session, caller, company_id=company_id, action=action, subject="rule", now=now,
        after={
            "counterparty": suggestion.counterparty, "money_in": suggestion.money_in,
            "account_id": str(suggestion.account_id),
        },
    )  # fmt: skip
