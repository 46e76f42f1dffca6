"""Which of the entries that the policy posts are decided anew by somebody who does not see what was posted.

Two samples are drawn. In the first every entry has the same chance: it measures the share of entries that are wrong. In
the second the chance of an entry is its amount over a fixed interval (monetary-unit sampling, AICPA Audit Guide "Audit
Sampling"): each drawn entry stands for one unit of money drawn at random, so that the share of wrong ones among them
measures the share of money that is wrong.

Nobody chooses: a keyed digest of the entry's random id decides, so a draw can be recomputed by whoever checks it.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from core.categorization.policy import Policy
from core.storage import WriteColumns
from models import ReReview

LARGEST_TIMES = 10  # how much likelier than by count an entry at the materiality limit is drawn by money
_STEPS = 2**64


def chance(company_id: UUID, entry_id: UUID, sample: str) -> float:
    """A number in [0, 1) that is as good as drawn at random for each entry, the same whenever it is asked for."""
    digest = blake2b(entry_id.bytes, key=company_id.bytes, person=sample.encode(), digest_size=8)
    return int.from_bytes(digest.digest()) / _STEPS


def money_interval(policy: Policy) -> int:
    """The amount, in minor units, of which one unit of money is drawn on average; 0 where nothing is drawn."""
    if not policy.audit_share or not policy.materiality_minor:
        return 0
    return max(1, round(policy.materiality_minor / min(1.0, LARGEST_TIMES * policy.audit_share)))


def draw_re_reviews(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    entry_ids: Sequence[UUID],
    amounts_minor: Sequence[int],
    policy: Policy,
    *,
    now: datetime,
) -> int:
    """Draw among entries that the policy has just posted, each to one account; how many were drawn.

    Args:
        amounts_minor: of their bank lines, in the order of `entry_ids`.
    """
    interval = money_interval(policy)
    if not interval:
        return 0
    drawn = [
        (entry_id, by_count, by_money)
        for entry_id, amount in zip(entry_ids, amounts_minor, strict=True)
        for by_count in [chance(company_id, entry_id, "by count") < policy.audit_share]
        for by_money in [chance(company_id, entry_id, "by money") < abs(amount) / interval]
        if by_count or by_money
    ]
    if drawn:
        columns: dict[str, Sequence[Any]] = {
            "id": [uuid4() for _ in drawn],
            "company_id": [company_id] * len(drawn),
            "entry_id": [entry_id for entry_id, _, _ in drawn],
            "by_count": [by_count for _, by_count, _ in drawn],
            "by_money": [by_money for _, _, by_money in drawn],
            "share": [policy.audit_share] * len(drawn),
            "interval_minor": [interval] * len(drawn),
            "drawn_at": [now] * len(drawn),
        }
        write(session, ReReview, columns)
    return len(drawn)
