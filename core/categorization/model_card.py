"""The model that proposes for a company, with what is known of it: what it saw, and how it did on what it never saw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.company_policy import policy_of
from core.categorization.proposing import with_supported
from core.categorization.said import said_figures
from core.categorization.starter import load_starter
from models import ModelVersion


@dataclass(frozen=True)
class ModelCard:
    """`number` and the rest of the company's own version are None while the shipped starter proposes.

    `figures`: accuracy, top3_accuracy, log_loss, ece and holdout_rows of the company's version on its later lines,
    as they were measured when it was trained. `starter`: the statement shipped with the starter (what it was trained
    on, what was measured and how). `threshold`: the confidence from which lines may be posted alone now; `is_chosen`:
    it was derived from reviewed outcomes or set for the company, else it is the default. `data`: first and last day of
    the lines it learned from. `lived`: what the model said of lines that people decided afterwards (see said_figures),
    None while there are too few. `last_trial`: why the newest model was put to use or not, "" where none was trained.
    """

    number: int | None
    trained_at: datetime | None
    reviewed_rows: int | None
    figures: dict[str, Any] | None
    reason: str
    threshold: float
    is_chosen: bool
    target_error: float
    starter_version: str
    starter: dict[str, Any]
    data: dict[str, str]
    lived: dict[str, Any] | None
    last_trial: str


def model_card(session: Session, caller: Caller, company_id: UUID) -> ModelCard:
    """What is known of the model in use. Raises NotFound, AccessDenied, UnreadableModel."""
    caller.require(company_id, Action.READ)
    row = session.execute(
        select(
            col(ModelVersion.number), col(ModelVersion.trained_at), col(ModelVersion.reviewed_rows),
            col(ModelVersion.figures), col(ModelVersion.reason), col(ModelVersion.threshold), col(ModelVersion.id),
        ).where(col(ModelVersion.company_id) == company_id, col(ModelVersion.is_active).is_(True))
    ).one_or_none()  # fmt: skip
    newest = session.execute(
        select(col(ModelVersion.reason))
        .where(col(ModelVersion.company_id) == company_id)
        .order_by(col(ModelVersion.number).desc())
        .limit(1)
    ).scalar_one_or_none()
    starter = load_starter()
    policy = with_supported(policy_of(session, caller, company_id), None if row is None else row.threshold)
    return ModelCard(
        number=None if row is None else row.number,
        trained_at=None if row is None else row.trained_at,
        reviewed_rows=None if row is None else row.reviewed_rows,
        figures=None if row is None else row.figures.get("challenger"),
        reason="" if row is None else row.reason,
        threshold=policy.threshold_in_force,
        is_chosen=policy.threshold is not None,
        target_error=policy.target_error,
        starter_version=starter.version,
        starter=starter.statement,
        data={} if row is None else row.figures.get("data", {}),
        lived=said_figures(session, caller, company_id, None if row is None else row.id, policy.target_error),
        last_trial=newest or "",
    )
