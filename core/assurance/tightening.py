"""Tightening by itself: where re-reviews show the promise to be broken, less is posted without a person."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.assurance.evidence import Drawn, decided_draws
from core.assurance.promise import Support, is_broken
from core.categorization.calibration import THRESHOLDS
from core.categorization.company_policy import policy_of, store_policy
from core.categorization.policy import Policy
from core.categorization.proposing import threshold_in_force
from core.errors import InvalidInput
from models import AuditEvent, Company, Method

TIGHTENED, LOOSENED = "policy tightened", "policy loosened"
POSTS_NOTHING = 1.0


@dataclass(frozen=True, slots=True)
class Tightening:
    """What was tightened, when, and why, in a sentence for a person."""

    at: datetime
    reason: str


def tighten_if_broken(session: Session, caller: Caller, company_id: UUID, *, now: datetime) -> Tightening | None:
    """Test the promise for each method apart, and tighten the policy where it is broken; None where it is not.

    The model's threshold rises to the next at which the evidence is not against it any more. Rules and matches have
    no scale to raise, so all of their entries wait until a manager lifts that.

    Raises: NotFound, AccessDenied.
    """
    caller.require(company_id, Action.REVIEW)
    policy = before = policy_of(session, caller, company_id)
    in_force = threshold_in_force(session, company_id, policy)
    reasons = []
    for method, drawn in sorted(decided_draws(session, caller, company_id, policy).items()):
        if method in policy.held_methods or not _is_broken(drawn, policy, in_force):
            continue
        found = drawn.rate(False, in_force) if drawn.rate(False, in_force).denominator else drawn.rate(True, in_force)
        wrong = f"{found.denominator - found.numerator} of {found.denominator} re-reviewed entries"
        if method is Method.MODEL:
            policy = replace(policy, tightened_to=_next(drawn, policy, in_force))
            reasons.append(
                f"{wrong} by the model were wrong where at most {policy.target_error:.1%} are promised; "
                f"it posts alone from {policy.tightened_to:.2%} confidence on"
            )
        else:
            policy = replace(policy, held_methods=(*policy.held_methods, str(method)))
            reasons.append(
                f"{wrong} by {method} were wrong where at most {policy.target_error:.1%} are promised; "
                f"what a {method} decides waits for a person"
            )
    if not reasons:
        return None
    reason = "; ".join(reasons)
    store_policy(session, company_id, policy)
    record(
        session, caller, company_id=company_id, action=TIGHTENED, subject="company", subject_id=company_id, now=now,
        before={"tightened_to": before.tightened_to, "held_methods": list(before.held_methods)},
        after={"tightened_to": policy.tightened_to, "held_methods": list(policy.held_methods), "reason": reason},
    )  # fmt: skip
    return Tightening(now, reason)


def loosen(session: Session, caller: Caller, company_id: UUID, reason: str, *, now: datetime) -> None:
    """Let the company's own threshold hold again, and every method post, as a manager decides.

    Raises:
        InvalidInput: nothing is tightened, or no reason is given.
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    policy = policy_of(session, caller, company_id)
    if not policy.is_tightened:
        raise InvalidInput("Nothing is tightened here.")
    if not reason.strip():
        raise InvalidInput("Say in a few words why the threshold may be loosened.")
    _loosen(session, caller, company_id, policy, replace(policy, tightened_to=None, held_methods=()), reason, now)


def loosen_by_evidence(session: Session, caller: Caller, company_id: UUID, reason: str, *, now: datetime) -> None:
    """Let the threshold hold that lines decided by people support for a newly trained model; methods stay held.

    Nothing happens where the threshold is not tightened. Raises NotFound, AccessDenied.
    """
    caller.require(company_id, Action.TRAIN)
    policy = policy_of(session, caller, company_id)
    if policy.tightened_to is not None:
        _loosen(session, caller, company_id, policy, replace(policy, tightened_to=None), reason, now)


def _loosen(
    session: Session, caller: Caller, company_id: UUID, before: Policy, after: Policy, reason: str, now: datetime
) -> None:
    store_policy(session, company_id, after)
    record(
        session, caller, company_id=company_id, action=LOOSENED, subject="company", subject_id=company_id, now=now,
        before={"tightened_to": before.tightened_to, "held_methods": list(before.held_methods)},
        after={
            "tightened_to": after.tightened_to, "held_methods": list(after.held_methods), "reason": reason.strip()
        },
    )  # fmt: skip


def standing_tightenings(session: Session, caller: Caller, company_ids: Collection[UUID]) -> dict[UUID, Tightening]:
    """Why less is posted alone than the company's own threshold would let through; companies where it holds only."""
    for company_id in company_ids:
        caller.require(company_id, Action.READ)
    policies = session.execute(select(col(Company.id), col(Company.policy)).where(col(Company.id).in_(company_ids)))
    tightened = [key for key, policy in policies if Policy.from_dict(policy).is_tightened]
    rows = session.execute(
        select(col(AuditEvent.company_id), col(AuditEvent.at), col(AuditEvent.after))
        .where(col(AuditEvent.company_id).in_(tightened), col(AuditEvent.action) == TIGHTENED)
        .order_by(col(AuditEvent.sequence))
    )
    return {company_id: Tightening(at, str((after or {}).get("reason", ""))) for company_id, at, after in rows}


def _is_broken(drawn: Drawn, policy: Policy, at_least: float) -> bool:
    by_count, by_money = (Support(drawn.rate(money, at_least), policy.target_error) for money in (False, True))
    return is_broken(by_count, by_money)


def _next(drawn: Drawn, policy: Policy, in_force: float) -> float:
    """The lowest stricter threshold above which the share found wrong is within the target in both samples."""
    for threshold in sorted(one for one in THRESHOLDS if one > in_force):
        rates = [drawn.rate(money, threshold) for money in (False, True)]
        if all(rate.denominator - rate.numerator <= policy.target_error * rate.denominator for rate in rates):
            return threshold
    return POSTS_NOTHING
