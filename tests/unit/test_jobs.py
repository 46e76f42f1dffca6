"""Jobs on threads: one at a time for a key, and every end told."""

from threading import Event
from time import monotonic, sleep

from core.errors import InvalidInput
from core.jobs.runners import Job, State, ThreadRunner


def ended(runner: ThreadRunner, key: str) -> Job:
    until = monotonic() + 10
    while monotonic() < until:
        job = runner.job(key)
        if job is not None and job.state is not State.RUNNING:
            return job
        sleep(0.005)
    raise AssertionError("the job did not end")


def test_a_job_says_what_it_does_and_hands_over_its_result() -> None:
    runner, go, told = ThreadRunner(), Event(), Event()

    def task(tell):
        tell("counting")
        told.set()
        go.wait(10)
        return 42

    assert runner.start("a", task).state is State.RUNNING
    assert told.wait(10)
    assert runner.job("a") == Job(State.RUNNING, stage="counting")
    go.set()
    assert ended(runner, "a") == Job(State.DONE, result=42)


def test_a_second_start_while_one_runs_starts_nothing() -> None:
    runner, go, runs = ThreadRunner(), Event(), []

    def task(tell):
        runs.append(1)
        go.wait(10)

    runner.start("a", task)
    runner.start("a", task)
    runner.start("b", task)
    go.set()
    ended(runner, "a")
    ended(runner, "b")
    assert len(runs) == 2


def test_a_refusal_is_told_in_its_words_and_a_fault_by_a_number_that_is_in_the_log(caplog) -> None:
    runner = ThreadRunner()

    def refused(tell):
        raise InvalidInput("Too few lines.")

    def broken(tell):
        raise ZeroDivisionError

    runner.start("a", refused)
    runner.start("b", broken)
    assert ended(runner, "a") == Job(State.REFUSED, refusal="Too few lines.")
    fault = ended(runner, "b")
    assert fault.state is State.FAILED
    number = fault.refusal.partition("number ")[2].partition(".")[0]
    assert number
    assert f"fault {number}" in caplog.text


def test_an_ended_job_is_forgotten_and_a_running_one_is_not() -> None:
    runner, go = ThreadRunner(), Event()
    runner.start("a", lambda tell: go.wait(10))
    runner.forget("a")
    assert runner.job("a") is not None
    go.set()
    ended(runner, "a")
    runner.forget("a")
    assert runner.job("a") is None
    assert runner.job("never") is None
