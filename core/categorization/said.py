"""What the model in use said of lines that people decided afterwards: the figures of a model never tried otherwise."""

from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.gate import Tried
from models import Method, Outcome, Proposal, Review, Transaction

LEAST_ROWS = 30  # decided lines below which no figure is made of them


def said_figures(
    session: Session, caller: Caller, company_id: UUID, version_id: UUID | None, target_error: float
) -> dict[str, Any] | None:
    """Accuracy, calibration and coverage of a model's proposals on lines decided since; None where there are too few.

    Most of these lines waited for a person because they were hard, so the model does better on all lines than here.

    Args:
        version_id: of the company's own model; None for the shipped starter.
    """
    caller.require(company_id, Action.READ)
    version = col(Proposal.model_version_id)
    rows = session.execute(
        select(col(Proposal.confidence), col(Review.outcome))
        .join(Review, col(Review.proposal_id) == col(Proposal.id))
        .join(Transaction, col(Transaction.id) == col(Review.transaction_id))
        .where(
            col(Proposal.company_id) == company_id,
            col(Proposal.method) == Method.MODEL,
            version.is_(None) if version_id is None else version == version_id,
            col(Proposal.confidence).is_not(None),
            col(Review.company_id) == company_id,
            col(Review.undone_at).is_(None),
            col(Review.outcome) != Outcome.REJECTED,
            col(Transaction.reverted_at).is_(None),
        )
    ).all()  # fmt: skip
    if len(rows) < LEAST_ROWS:
        return None
    right = np.array([outcome == Outcome.APPROVED for _, outcome in rows], np.bool_)
    confidence = np.array([float(sure) for sure, _ in rows], np.float64)
    figures = {"accuracy": round(float(right.mean()), 4), "holdout_rows": len(rows)}
    return Tried(confidence, right, figures).measured(target_error)
