"""Train a company's model on what people decided, and let it take over only if it is not worse than the one in use."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.categorization.calibration import Calibration
from core.categorization.fitting import Fitted, Labelled, fit, holdout_figures, predictions_by_month
from core.categorization.history import Decisions, History
from core.categorization.lines import AccountOption
from core.categorization.model import Ranker
from core.categorization.policy import Policy
from core.categorization.proposing import account_options, active_version
from core.categorization.reviewed import reviewed_lines
from core.categorization.starter import Starter, load_starter
from core.errors import NotFound
from models import Company, ModelVersion

LEAST_ROWS = 100  # reviewed lines below which a model of one's own is worse than the starter with history
HELD_OUT = 0.3  # latest share of the lines, which neither model learns from
LOG_LOSS_SLACK = 0.02


@dataclass(frozen=True)
class TrainingResult:
    """Which model is in use after training, and why.

    `champion` and `challenger` hold figures on the same held-out lines; `challenger` is None where there were too few
    lines to train. `version` is the number of the stored model, None where none was stored.
    """

    company: str
    active: str  # "starter" or "model N"
    activated: bool
    reason: str
    reviewed_rows: int
    champion: dict[str, Any]
    challenger: dict[str, Any] | None
    threshold: float | None
    version: int | None


def train_company(session: Session, caller: Caller, company_id: UUID, *, now: datetime) -> TrainingResult:
    """Train on the earlier decided lines, compare with the model in use on the later ones, store the result.

    Raises: NotFound or AccessDenied by the caller's role, UnreadableModel.
    """
    caller.require(company_id, Action.TRAIN)
    company = session.get(Company, company_id)
    if company is None:
        raise NotFound("company", str(company_id))
    accounts = account_options(session, company_id)
    known = {option.key for option in accounts}
    rows = reviewed_lines(session, caller, company_id)
    rows = rows.take(np.flatnonzero([key in known for key in rows.account]).astype(np.int64))
    champion = active_version(session, company_id)
    in_use = "starter" if champion is None else f"model {champion.number}"
    if len(rows) < LEAST_ROWS:
        reason = f"{len(rows)} decided lines are too few to learn from; {LEAST_ROWS} are needed"
        return TrainingResult(company.slug, in_use, False, reason, len(rows), {}, None, None, None)
    trial = compare(rows, accounts, load_starter(), champion, Policy.from_dict(company.policy).target_error)
    stored = _store(session, company_id, trial, champion, len(rows), now)
    record(
        session, caller, company_id=company_id, action="model trained", subject="model", subject_id=stored.id, now=now,
        before={"active": in_use}, after={"number": stored.number, "active": stored.is_active, "reason": stored.reason},
    )  # fmt: skip
    return TrainingResult(
        company.slug,
        f"model {stored.number}" if stored.is_active else in_use,
        stored.is_active,
        stored.reason,
        len(rows),
        trial.champion,
        trial.challenger,
        stored.threshold,
        stored.number,
    )


@dataclass(frozen=True)
class Trial:
    """A challenger against the champion on the same later lines."""

    fitted: Fitted
    champion: dict[str, Any]
    challenger: dict[str, Any]
    wins: bool
    reason: str


def compare(
    rows: Labelled,
    accounts: tuple[AccountOption, ...],
    starter: Starter,
    champion: ModelVersion | None,
    target_error: float,
) -> Trial:
    """Train a challenger on the earlier lines and try both on the later ones, each fed month by month."""
    cut = round(len(rows) * (1 - HELD_OUT))
    order = np.arange(len(rows))
    training, holdout = rows.take(order[:cut]), rows.take(order[cut:])
    prior = starter.prior_for(accounts)
    fitted = fit(training, holdout, accounts, starter.ranker, shared=prior, target_error=target_error)
    in_use = starter.ranker if champion is None else Ranker.from_bytes(champion.artefact, starter.ranker)
    old = _tried(in_use, training, holdout, accounts, prior)
    new = fitted.figures
    right = float(new["accuracy"] or 0) >= float(old["accuracy"] or 0)
    sure = float(new["log_loss"] or 0) <= float(old["log_loss"] or 0) + LOG_LOSS_SLACK
    words = (
        f"accuracy {new['accuracy']} against {old['accuracy']}, log loss {new['log_loss']} against {old['log_loss']}"
    )
    verdict = "not worse than the model in use" if right and sure else "worse than the model in use, which stays"
    return Trial(fitted, old, new, right and sure, f"{verdict} on {len(holdout)} later lines: {words}")


def _tried(
    ranker: Ranker, training: Labelled, holdout: Labelled, accounts: tuple[AccountOption, ...], prior: Decisions
) -> dict[str, Any]:
    history = History(training.decisions(), prior)
    raw = replace(ranker, calibration=Calibration())
    result, _ = predictions_by_month(holdout, accounts, history, raw, feed=True, pooled=False)
    return holdout_figures(result, ranker.calibration(result.confidence, result.seen), len(training))


def _store(
    session: Session, company_id: UUID, trial: Trial, champion: ModelVersion | None, rows: int, now: datetime
) -> ModelVersion:
    last = session.execute(select(func.max(ModelVersion.number)).where(col(ModelVersion.company_id) == company_id))
    if trial.wins and champion is not None:
        champion.is_active = False
        session.add(champion)
        session.flush()
    threshold = trial.fitted.threshold
    version = ModelVersion(
        company_id=company_id,
        number=(last.scalar_one() or 0) + 1,
        trained_at=now,
        reviewed_rows=rows,
        figures={"challenger": trial.challenger, "champion": trial.champion},
        threshold=None if threshold is None else threshold.threshold,
        artefact=trial.fitted.ranker.to_bytes(),
        is_active=trial.wins,
        reason=trial.reason,
    )
    session.add(version)
    session.flush()
    return version
