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
from core.assurance.tightening import loosen_by_evidence
from core.categorization.calibration import Calibration
from core.categorization.fitting import (
    Fitted,
    Labelled,
    cross_calibrated,
    fit,
    holdout_figures,
    predictions_by_month,
)
from core.categorization.gate import Tried, Verdict, judge
from core.categorization.history import Decisions, History
from core.categorization.lines import AccountOption
from core.categorization.model import Ranker
from core.categorization.policy import Policy
from core.categorization.proposing import account_options, active_version
from core.categorization.reviewed import decided_count, reviewed_lines
from core.categorization.starter import Starter, load_starter
from core.errors import ModelChanged, NotFound
from models import Company, ModelVersion

LEAST_ROWS = 100  # reviewed lines below which a model of one's own is worse than the starter with history
HELD_OUT = 0.3  # latest share of the lines, which neither model learns from
# Later lines below which a model keeps the starter's calibration. Few lines say little, and those that people decided
# are the hard ones, which waited because the model in use was unsure: alone they make the new one too unsure of all.
CALIBRATING_ROWS = 300
GROWTH = 1.25  # training is due again when there are so many times the lines of the last time


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


def is_training_due(session: Session, caller: Caller, company_id: UUID) -> bool:
    """Whether people decided enough since the last training, or at all, for another to be worth its time."""
    caller.require(company_id, Action.READ)
    last = session.execute(
        select(func.max(col(ModelVersion.reviewed_rows))).where(col(ModelVersion.company_id) == company_id)
    ).scalar_one()
    return decided_count(session, caller, company_id) >= max(LEAST_ROWS, GROWTH * (last or 0))


def train_company(session: Session, caller: Caller, company_id: UUID, *, now: datetime) -> TrainingResult:
    """Train on the earlier decided lines, compare with the model in use on the later ones, store the result.

    Raises: NotFound or AccessDenied by the caller's role, UnreadableModel.
    """
    prepared = prepare_training(session, caller, company_id)
    return keep_training(session, caller, prepared, now=now)


def prepare_training(session: Session, caller: Caller, company_id: UUID) -> "Prepared":
    """Everything that takes time, with nothing written: read what people decided, train, and compare.

    Raises: as train_company.
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
    in_use = 0 if champion is None else champion.number
    if len(rows) < LEAST_ROWS:
        return Prepared(company_id, company.slug, in_use, rows, None)
    target_error = Policy.from_dict(company.policy).target_error
    trial = compare(rows, accounts, load_starter(), champion, target_error)
    return Prepared(company_id, company.slug, in_use, rows, trial)


def keep_training(session: Session, caller: Caller, prepared: "Prepared", *, now: datetime) -> TrainingResult:
    """Store the trained model with its figures and the reason, and put it to use where it won.

    Raises:
        ModelChanged: another model was put to use since the two were compared.
        NotFound, AccessDenied.
    """
    company_id, trial = prepared.company_id, prepared.trial
    caller.require(company_id, Action.TRAIN)
    in_use = f"model {prepared.in_use}" if prepared.in_use else "starter"
    count = len(prepared.rows)
    if trial is None:
        reason = f"{count} decided lines are too few to learn from; {LEAST_ROWS} are needed"
        return TrainingResult(prepared.company, in_use, False, reason, count, {}, None, None, None)
    stored = _store(session, prepared, trial, now)
    if trial.wins and trial.fitted.threshold is not None:
        reason = f"model {stored.number} supports a threshold of its own"
        loosen_by_evidence(session, caller, company_id, reason, now=now)
    record(
        session, caller, company_id=company_id, action="model trained", subject="model", subject_id=stored.id, now=now,
        before={"active": in_use}, after={"number": stored.number, "active": stored.is_active, "reason": stored.reason},
    )  # fmt: skip
    active = f"model {stored.number}" if stored.is_active else in_use
    return TrainingResult(
        prepared.company, active, stored.is_active, stored.reason, count, trial.champion, trial.challenger,
        stored.threshold, stored.number,
    )  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A trained model before it is stored. `in_use` is the number of the model it was compared with, 0 for the
    starter; `trial` is None where there were too few rows."""

    company_id: UUID
    company: str
    in_use: int
    rows: Labelled
    trial: "Trial | None"


@dataclass(frozen=True)
class Trial:
    """A challenger against the champion on the same later lines."""

    fitted: Fitted
    champion: dict[str, Any]
    challenger: dict[str, Any]
    verdict: Verdict

    @property
    def wins(self) -> bool:
        return self.verdict.wins


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
    confidence = cross_calibrated(fitted.audited)
    if len(holdout) < CALIBRATING_ROWS:
        fitted = replace(fitted, ranker=replace(fitted.ranker, calibration=starter.ranker.calibration), threshold=None)
        confidence = fitted.ranker.calibration(fitted.audited.score, fitted.audited.seen, fitted.audited.evidence)
    new = Tried(confidence, fitted.audited.right, fitted.figures)
    return Trial(fitted, old.measured(target_error), new.measured(target_error), judge(old, new, target_error))


def _tried(
    ranker: Ranker, training: Labelled, holdout: Labelled, accounts: tuple[AccountOption, ...], prior: Decisions
) -> Tried:
    history = History(training.decisions(), prior)
    raw = replace(ranker, calibration=Calibration())
    result, _ = predictions_by_month(holdout, accounts, history, raw, feed=True, pooled=False)
    confidence = ranker.calibration(result.confidence, result.seen, result.evidence)
    return Tried(confidence, result.right, holdout_figures(result, confidence, len(training)))


def _store(session: Session, prepared: Prepared, trial: Trial, now: datetime) -> ModelVersion:
    company_id, rows = prepared.company_id, prepared.rows
    last = session.execute(select(func.max(ModelVersion.number)).where(col(ModelVersion.company_id) == company_id))
    champion = active_version(session, company_id)
    if (0 if champion is None else champion.number) != prepared.in_use:
        raise ModelChanged()
    if trial.wins and champion is not None:
        champion.is_active = False
        session.add(champion)
        session.flush()
    threshold = trial.fitted.threshold
    data = {"first_on": str(rows.lines.booked_on.min()), "last_on": str(rows.lines.booked_on.max())}
    version = ModelVersion(
        company_id=company_id,
        number=(last.scalar_one() or 0) + 1,
        trained_at=now,
        reviewed_rows=len(rows),
        figures={"challenger": trial.challenger, "champion": trial.champion, "data": data},
        threshold=None if threshold is None else threshold.threshold,
        artefact=trial.fitted.ranker.to_bytes(),
        is_active=trial.wins,
        reason=trial.verdict.reason,
    )
    session.add(version)
    session.flush()
    return version
