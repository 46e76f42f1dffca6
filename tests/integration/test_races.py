"""Eight people at once on the same lines: nothing is posted twice, no decision is lost, on both kinds of database."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from core.errors import DecisionTakenBack, EntryNotOpen, InvalidInput
from core.posting.correcting import correct_posted
from core.posting.reversing import reverse_entries
from core.posting.reviewing import Decision, approve, change_account
from core.posting.undoing import undo
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import AuditEvent, EntryStatus, JournalEntry, Review, Transaction
from tests import builders
from tests.unit.posting.cases import balances, waiting

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
PEOPLE, LINES, STEPS, BATCH = 8, 200, 20, 12
REFUSALS = (EntryNotOpen, DecisionTakenBack, InvalidInput)  # the last: it is booked to that account already


@dataclass
class Person:
    """What one person was told: decisions that happened, decisions taken back, refusals."""

    decided: list[Decision] = field(default_factory=list)
    taken_back: list[UUID] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def books(database: str) -> builders.Books:
    with unit_of_work() as session:
        owned = builders.books(session)
        for number in range(LINES):
            waiting(session, owned, account=owned.expense, amount_minor=-100 - number)
        return owned


def work(books, number, barrier) -> Person:
    """Choose among the lines as the screen showed them a moment ago, which others are deciding too."""
    draw, told = random.Random(number), Person()
    caller = builders.caller(books.company_id, name=f"person {number}")
    barrier.wait()
    for _ in range(STEPS):
        try:
            step(books, caller, draw, told)
        except REFUSALS as refusal:
            told.refused[type(refusal).__name__] += 1
    return told


def step(books, caller, draw, told) -> None:
    what = draw.choice(["approve", "approve", "change", "change", "undo", "correct"])
    where = {"write": write, "now": NOW}
    if what == "undo":
        if not told.decided:
            return
        decision = draw.choice(told.decided)
        with unit_of_work() as session:
            undo(session, caller, books.company_id, decision.review_ids, **where)
        told.taken_back += decision.review_ids
        return
    status = EntryStatus.POSTED if what == "correct" else EntryStatus.NEEDS_REVIEW
    chosen = seen(books, status, draw)
    if not chosen:
        return
    with unit_of_work() as session:
        if what == "approve":
            made = approve(session, caller, books.company_id, chosen, **where)
        elif what == "change":
            made = change_account(session, caller, books.company_id, chosen, books.revenue.id, **where)
        else:
            account = draw.choice([books.revenue, books.expense])
            made = correct_posted(session, caller, books.company_id, chosen[0], account.id, **where)
    told.decided.append(made)


def seen(books, status, draw) -> list[UUID]:
    with snapshot() as session:
        keys = session.execute(
            select(col(JournalEntry.id)).where(
                col(JournalEntry.company_id) == books.company_id,
                col(JournalEntry.status) == status,
                col(JournalEntry.transaction_id).is_not(None),
            )
        ).scalars()
        listed = sorted(keys)
    return draw.sample(listed, min(len(listed), BATCH))


def race(books) -> list[Person]:
    barrier = Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as pool:
        return [done.result() for done in [pool.submit(work, books, number, barrier) for number in range(PEOPLE)]]


def test_eight_people_on_the_same_lines_post_each_once_and_lose_no_decision(books):
    people = race(books)
    made = [key for person in people for decision in person.decided for key in decision.review_ids]
    taken_back = {key for person in people for key in person.taken_back}
    with snapshot() as session:
        live = session.execute(
            select(col(JournalEntry.transaction_id), func.count())
            .where(
                col(JournalEntry.status).in_([EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED]),
                col(JournalEntry.transaction_id).is_not(None),
            )
            .group_by(col(JournalEntry.transaction_id))
        ).all()
        reviews = {row.id: row for row in session.execute(select(Review)).scalars()}
        posted = session.execute(
            select(func.coalesce(func.sum(Transaction.amount_minor), 0))
            .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
            .where(col(JournalEntry.status) == EntryStatus.POSTED)
        ).scalar_one()
        ledger = balances(session, books.company_id)
        events = Counter(session.execute(select(col(AuditEvent.action))).scalars())
        found = verify_books(session, builders.caller(books.company_id), [books.company_id])
    assert [count for _, count in live] == [1] * LINES
    assert len(made) == len(set(made)) == len(reviews)
    assert set(made) == set(reviews)
    assert all(reviews[key].undone_at is not None for key in taken_back)
    assert ledger.get(books.bank.id, 0) == int(posted)
    assert sum(ledger.values()) == 0
    undone = sum(len(set(person.taken_back)) > 0 for person in people)
    assert (events["decisions taken back"] > 0) == (undone > 0)
    assert found.violations == ()
    assert sum(person.refused.total() for person in people) > 0, "nobody met anybody: the race did not happen"


def test_the_same_entry_approved_by_all_at_once_is_posted_by_one(books):
    with snapshot() as session:
        entry = session.execute(select(col(JournalEntry.id)).order_by(col(JournalEntry.id)).limit(1)).scalar_one()
    barrier = Barrier(PEOPLE)

    def press(what):
        barrier.wait()
        try:
            with unit_of_work() as session:
                caller = builders.caller(books.company_id)
                what(session, caller, books.company_id, [entry], write=write, now=NOW)
        except EntryNotOpen:
            return False
        return True

    with ThreadPoolExecutor(PEOPLE) as pool:
        assert sum(done.result() for done in [pool.submit(press, approve) for _ in range(PEOPLE)]) == 1
        assert sum(done.result() for done in [pool.submit(press, reverse_entries) for _ in range(PEOPLE)]) == 1
    with snapshot() as session:
        reversals = select(func.count()).where(col(JournalEntry.reverses_id) == entry)
        assert session.execute(reversals).scalar_one() == 1
        assert balances(session, books.company_id) == {}
