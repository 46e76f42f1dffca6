"""The posting policy of a company in the database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core.access.audit import record
from core.access.roles import Action, Caller
from core.categorization.policy import Policy
from core.errors import NotFound
from models import Company


def policy_of(session: Session, caller: Caller, company_id: UUID) -> Policy:
    """The policy in force. What the company has not set is as by default."""
    caller.require(company_id, Action.READ)
    return Policy.from_dict(_get(session, company_id).policy)


def set_policy(session: Session, caller: Caller, company_id: UUID, policy: Policy, *, now: datetime) -> None:
    """Put another policy in force for what is booked from now on. Policy itself refuses impossible values."""
    caller.require(company_id, Action.CONFIGURE)
    before, after = store_policy(session, company_id, policy)
    record(
        session, caller, company_id=company_id, action="policy changed", subject="company", subject_id=company_id,
        before=before, after=after, now=now,
    )  # fmt: skip


def store_policy(session: Session, company_id: UUID, policy: Policy) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the policy without asking who may or telling the audit log, which the caller does; before and after."""
    company = _get(session, company_id)
    before, after = Policy.from_dict(company.policy).to_dict(), policy.to_dict()
    company.policy = after
    session.add(company)
    session.flush()
    return before, after


def _get(session: Session, company_id: UUID) -> Company:
    company = session.exec(select(Company).where(col(Company.id) == company_id)).one_or_none()
    if company is None:
        raise NotFound("company", str(company_id))
    return company
