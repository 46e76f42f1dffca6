"""What runs as a job. A task opens its own views and units of work, which the edge hands in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.access.roles import Caller, Via
from core.categorization.training import TrainingResult, keep_training, prepare_training
from core.jobs.runners import Tell

Open = Callable[[], AbstractContextManager[Session]]


def train(
    caller: Caller, company_id: UUID, *, read: Open, write: Open, clock: Callable[[], datetime], tell: Tell
) -> TrainingResult:
    """Train a company's model with the rights of whoever asked; the books are locked only while it is stored.

    Args:
        read: opens an unchanging view; write: opens a unit of work that commits.
    """
    asked = replace(caller, via=Via.JOB, page="train_model")
    tell("Training on what people decided, and trying the new model on later lines")
    with read() as session:
        prepared = prepare_training(session, asked, company_id)
    tell("Storing the model and what was measured")
    with write() as session:
        return keep_training(session, asked, prepared, now=clock())
