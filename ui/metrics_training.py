"""Training a company's model from the Metrics page: a button, what the job is doing, and what came of it."""

from datetime import UTC, datetime
from uuid import UUID

import streamlit as st

from core.access.roles import Action, Caller
from core.categorization.training import LEAST_ROWS, TrainingResult
from core.jobs.runners import Job, State, ThreadRunner
from core.jobs.tasks import train
from db.engine import snapshot, unit_of_work
from ui.review_words import sentence
from ui.words import plain

EVERY = 1.0  # seconds between two looks at a running job


@st.cache_resource
def runner() -> ThreadRunner:
    """The one runner of this process."""
    return ThreadRunner()


def training(caller: Caller, company_id: UUID) -> None:
    """The button for who may train; for everybody the progress of a training that runs."""
    job = runner().job(_key(company_id))
    if job is not None and job.state is State.RUNNING:
        _watched(company_id)
        return
    if job is not None:
        _ended(job)
    if caller.may(company_id, Action.TRAIN):
        st.button(
            "Train a new model", key="metrics_train", icon=":material/model_training:", on_click=_start,
            args=(caller, company_id),
            help=f"From what people decided, at least {LEAST_ROWS} lines. It takes over only if it is not worse than "
            "the model in use, on later lines that neither has seen.",
        )  # fmt: skip


def _key(company_id: UUID) -> tuple[str, UUID]:
    return "train", company_id


def _start(caller: Caller, company_id: UUID) -> None:
    runner().start(
        _key(company_id),
        lambda tell: train(
            caller, company_id, read=snapshot, write=unit_of_work, clock=lambda: datetime.now(UTC), tell=tell
        ),
    )


@st.fragment(run_every=EVERY)
def _watched(company_id: UUID) -> None:
    job = runner().job(_key(company_id))
    if job is None or job.state is not State.RUNNING:
        st.rerun()
    else:
        st.progress(0.9 if job.stage.startswith("Storing") else 0.4, text=job.stage or "Training begins")


def _ended(job: Job) -> None:
    if job.state is not State.DONE:
        st.error(plain(job.refusal), title="No model was trained", icon=":material/block:")
        return
    result: TrainingResult = job.result
    if result.version is None:
        st.info(plain(sentence(result.reason)), title="Nothing was trained", icon=":material/model_training:")
    elif result.activated:
        st.success(plain(sentence(result.reason)), title=f"Model {result.version} is in use", icon=":material/check:")
    else:
        st.info(
            plain(sentence(result.reason)), title=f"Model {result.version} was trained and not put to use",
            icon=":material/model_training:",
        )  # fmt: skip
