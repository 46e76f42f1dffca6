"""A simulated reviewer, who knows the truth: makes the review history of a demo and of measurements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from core.period import Period
from core.simulation.drawing import Draw

K = TypeVar("K")

Outcome = Literal["approved", "corrected"]


@dataclass(frozen=True, slots=True)
class AwaitingReview(Generic[K]):
    """A proposal in the queue. `key` is whatever the caller knows the line by, `account_code` what is proposed."""

    key: K
    booked_on: date
    account_code: str


@dataclass(frozen=True, slots=True)
class Decision(Generic[K]):
    """What the reviewer decided: `account_code` is the proposed one if approved, the true one if corrected."""

    key: K
    outcome: Outcome
    account_code: str


def review_month(
    queue: Iterable[AwaitingReview[K]],
    true_account: Mapping[K, str],
    month: Period,
    slip_percent: int = 0,
    seed: int = 42,
) -> tuple[Decision[K], ...]:
    """Approve what is right and correct what is wrong among the proposals booked in `month`, in their order.

    Args:
        queue: proposals of any dates; those outside the month are left waiting.
        true_account: the true account code of each key in the queue.
        month: the days that are reviewed now.
        slip_percent: how often of a hundred the reviewer approves a wrong proposal, as people do.
        seed: of the slips.

    Raises:
        KeyError: a proposal of the month has no truth.
    """
    draw = Draw(seed, f"review {month.first_on}")
    decisions: list[Decision[K]] = []
    for proposal in queue:
        if proposal.booked_on not in month:
            continue
        truth = true_account[proposal.key]
        if proposal.account_code == truth or draw.chance(slip_percent):
            decisions.append(Decision(proposal.key, "approved", proposal.account_code))
        else:
            decisions.append(Decision(proposal.key, "corrected", truth))
    return tuple(decisions)
