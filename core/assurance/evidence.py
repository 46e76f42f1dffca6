"""What was found among the entries drawn for re-review, read from the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, case, or_, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.assurance.draw import money_interval
from core.assurance.promise import Support
from core.categorization.company_policy import policy_of
from core.categorization.policy import Policy
from core.categorization.proposing import threshold_in_force
from core.metrics.rates import Rate
from models import JournalEntry, Method, Outcome, Proposal, ReReview, Review, Transaction

NONE_YET = Rate(0, 0)


@dataclass(frozen=True)
class Drawn:
    """Decided re-reviews of one company and method, as columns (n,)."""

    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    by_count: NDArray[np.bool_]
    by_money: NDArray[np.bool_]  # and drawn at the money interval in force

    def rate(self, by_money: bool, at_least: float = 0.0) -> Rate:
        """Right of all, in one of the two samples."""
        counted = (self.by_money if by_money else self.by_count) & (self.confidence >= at_least)
        return Rate(int((self.right & counted).sum()), int(counted.sum()))


@dataclass(frozen=True)
class Evidence:
    """What re-reviews say of entries that would be posted alone today, that is at the threshold in force.

    `by_count` and `by_money` are over all methods, `methods` by count; rates are right of decided. `ever_decided`
    counts every decided re-review, also of what would wait by now.
    """

    by_count: Rate = NONE_YET
    by_money: Rate = NONE_YET
    methods: Mapping[Method, Rate] = field(default_factory=dict)
    ever_decided: int = 0

    def supports(self, target: float) -> tuple[Support, Support]:
        """By count and by money."""
        return Support(self.by_count, target), Support(self.by_money, target)

    def __add__(self, other: "Evidence") -> "Evidence":
        methods = {
            method: self.methods.get(method, NONE_YET) + other.methods.get(method, NONE_YET)
            for method in Method
            if method in self.methods or method in other.methods
        }
        return Evidence(
            self.by_count + other.by_count, self.by_money + other.by_money, methods,
            self.ever_decided + other.ever_decided,
        )  # fmt: skip


def evidence_of(session: Session, caller: Caller, company_ids: Sequence[UUID]) -> Evidence:
    """The evidence of these companies added up. Raises NotFound, AccessDenied."""
    return sum((_evidence(session, caller, company_id) for company_id in company_ids), Evidence())


def _evidence(session: Session, caller: Caller, company_id: UUID) -> Evidence:
    policy = policy_of(session, caller, company_id)
    in_force = threshold_in_force(session, company_id, policy)
    drawn = decided_draws(session, caller, company_id, policy)
    standing = {method: one for method, one in drawn.items() if method not in policy.held_methods}
    counted = {method: one.rate(False, in_force) for method, one in standing.items()}
    return Evidence(
        sum(counted.values(), NONE_YET),
        sum((one.rate(True, in_force) for one in standing.values()), NONE_YET),
        {method: rate for method, rate in counted.items() if rate.denominator},
        sum(len(one.right) for one in drawn.values()),
    )


def decided_draws(session: Session, caller: Caller, company_id: UUID, policy: Policy) -> dict[Method, Drawn]:
    """The decided re-reviews of a company by the method that led to the entry.

    A draw that was looked at openly before its turn counts too, else what struck somebody as wrong would drop out. A
    decision that stands on the line outweighs the blind one, which may have been taken back.
    """
    caller.require(company_id, Action.READ)
    right = case((col(Review.id).is_not(None), col(Review.outcome) == Outcome.APPROVED), else_=col(ReReview.agreed))
    rows = session.execute(
        select(
            col(JournalEntry.method), col(Proposal.confidence), right, col(ReReview.by_count), col(ReReview.by_money),
            col(ReReview.interval_minor),
        )
        .select_from(ReReview)
        .join(JournalEntry, col(JournalEntry.id) == col(ReReview.entry_id))
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .outerjoin(
            Review,
            and_(
                col(Review.company_id) == company_id,
                col(Review.transaction_id) == col(JournalEntry.transaction_id),
                col(Review.undone_at).is_(None),
            ),
        )
        .where(
            col(ReReview.company_id) == company_id,
            col(Transaction.reverted_at).is_(None),
            or_(col(Review.id).is_not(None), col(ReReview.agreed).is_not(None)),
        )
    ).all()  # fmt: skip
    interval = money_interval(policy)
    by_method: dict[Method, list[tuple[float, bool, bool, bool]]] = defaultdict(list)
    for method, confidence, was_right, by_count, by_money, drawn_at_interval in rows:
        sure = 1.0 if confidence is None else float(confidence)
        in_money = bool(by_money) and drawn_at_interval == interval
        by_method[Method(method)].append((sure, bool(was_right), bool(by_count), in_money))
    return {
        method: Drawn(
            np.array([one[0] for one in of], np.float64),
            *(np.array([one[column] for one in of], np.bool_) for column in (1, 2, 3)),
        )
        for method, of in by_method.items()
    }
