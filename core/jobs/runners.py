"""Where long work runs: on a thread of the process, one job a key at a time, its state to be asked for.

Jobs are not kept: a process that ends takes its running jobs with it. So a job writes in one unit of work at its end,
and whoever started it starts it again.
"""

import logging
import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock, Thread
from typing import Any

from core.errors import BookkeepingError

log = logging.getLogger(__name__)

Tell = Callable[[str], None]  # says what is being done now
Task = Callable[[Tell], Any]


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  # by the product's own rules
    FAILED = "failed"  # a fault of ours


@dataclass(frozen=True, slots=True)
class Job:
    """`stage` is what is being done; `result` what the task returned; `refusal` a sentence for a person."""

    state: State
    stage: str = ""
    result: Any = None
    refusal: str = ""


class ThreadRunner:
    """Runs tasks on threads of this process."""

    def __init__(self) -> None:
        self._jobs: dict[Hashable, Job] = {}
        self._guard = Lock()

    def start(self, key: Hashable, task: Task) -> Job:
        """Start the task unless a job of this key runs already; the job that runs now."""
        with self._guard:
            running = self._jobs.get(key)
            if running is not None and running.state is State.RUNNING:
                return running
            job = self._jobs[key] = Job(State.RUNNING)
        Thread(target=self._run, args=(key, task), name=f"job {key}", daemon=True).start()
        return job

    def job(self, key: Hashable) -> Job | None:
        """The running or last job of this key; None where none was started or it was forgotten."""
        with self._guard:
            return self._jobs.get(key)

    def forget(self, key: Hashable) -> None:
        """Drop what is known of a job that has ended; a running one stays."""
        with self._guard:
            if key in self._jobs and self._jobs[key].state is not State.RUNNING:
                del self._jobs[key]

    def _run(self, key: Hashable, task: Task) -> None:
        try:
            ended = Job(State.DONE, result=task(lambda stage: self._say(key, stage)))
        except BookkeepingError as refusal:
            ended = Job(State.REFUSED, refusal=str(refusal))
        except Exception:  # a thread has nobody above it who could tell the person
            fault = secrets.token_hex(4)
            log.exception("fault %s", fault)
            ended = Job(State.FAILED, refusal=f"Something went wrong on our side, number {fault}. Nothing was changed.")
        with self._guard:
            self._jobs[key] = ended

    def _say(self, key: Hashable, stage: str) -> None:
        with self._guard:
            self._jobs[key] = replace(self._jobs[key], stage=stage)
