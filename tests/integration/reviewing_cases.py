"""A line that waits, the queue and a decision, each in its own unit of work."""

from uuid import UUID

from core.posting.queue import queue_totals, review_queue
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from tests.unit.posting.cases import (
    NOW,
    waiting,
)


def one(books, account=None, **given) -> UUID:
    with unit_of_work() as session:
        return waiting(session, books, account=account, **given).id


def queue(books, caller, **options):
    with snapshot() as session:
        return review_queue(session, caller, books.company_id, **options)


def totals(books, caller, **options):
    with snapshot() as session:
        return queue_totals(session, caller, books.company_id, **options)


def pages(books, caller, **options):
    """All pages of the queue, one after the other."""
    found = [queue(books, caller, **options)]
    while found[-1].following:
        found.append(queue(books, caller, after=found[-1].following, **options))
    return found


def decide(action, caller, books, *arguments, now=NOW, **options):
    with unit_of_work() as session:
        return action(session, caller, books.company_id, *arguments, write=write, now=now, **options)
