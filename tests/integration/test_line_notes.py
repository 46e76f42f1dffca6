"""Comments, questions to the bookkeeper and deferrals on lines that wait, on both databases."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from core.errors import AccessDenied, EntryNotOpen, InvalidInput, NotFound, PeriodClosed, QuestionNotOpen
from core.posting.last_action import LastNote, last_action
from core.posting.line_history import line_history, notes_of, open_questions
from core.posting.line_notes import answer, ask, comment, defer, return_due, take_back_note
from core.posting.queue import waiting_count
from core.posting.queue_filter import QueueFilter
from core.posting.reviewing import approve
from core.posting.undoing import LastDecision, undo
from db.engine import snapshot, unit_of_work
from models import JournalEntry, NoteKind, QueueState, Role
from tests import builders
from tests.integration.reviewing_cases import decide, one, queue
from tests.unit.posting.cases import LATER, NOW, waiting

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def people(books):
    """A reviewer and a bookkeeper."""
    with unit_of_work() as session:
        users = [builders.user(session) for _ in range(2)]
    return tuple(
        builders.caller(books.company_id, role=role, user_id=user.id)
        for role, user in zip((Role.REVIEWER, Role.BOOKKEEPER), users, strict=True)
    )


def payees(books, caller, state=QueueState.OPEN):
    return [group.key.payee for group in queue(books, caller, filters=QueueFilter(state=state)).groups]


def counted(books, caller, state=QueueState.OPEN):
    with snapshot() as session:
        return waiting_count(session, caller, books.company_id, state=state)


def seen(function, caller, books, *arguments):
    with snapshot() as session:
        return function(session, caller, books.company_id, *arguments)


def line_of(entry_id):
    with snapshot() as session:
        return session.get(JournalEntry, entry_id).transaction_id


def test_a_line_asked_about_leaves_the_queue_and_returns_with_the_answer(books, people):
    reviewer, bookkeeper = people
    first, second = (one(books, counterparty="zelle", amount_minor=-amount) for amount in (900, 4_000))
    one(books, books.expense, counterparty="adobe")
    said = decide(ask, reviewer, books, [first, second], "  Whose rent is this? ")
    assert payees(books, reviewer) == ["adobe"]
    assert payees(books, reviewer, QueueState.ASKED) == ["zelle"]
    assert (counted(books, reviewer), counted(books, reviewer, QueueState.ASKED)) == (1, 2)
    (question,) = seen(open_questions, bookkeeper, books)
    assert (question.text, question.lines, question.amount_minor) == ("Whose rent is this?", 2, -4_000)
    decide(answer, bookkeeper, books, question.thread_id, "The annex, since May", now=LATER)
    assert sorted(payees(books, reviewer)) == ["adobe", "zelle"]
    assert seen(open_questions, bookkeeper, books) == []
    notes = seen(notes_of, reviewer, books, [line_of(first), line_of(second)])
    assert [(note.kind, note.text) for note in notes] == [
        (NoteKind.QUESTION, "Whose rent is this?"), (NoteKind.ANSWER, "The annex, since May"),
    ]  # fmt: skip
    with pytest.raises(QuestionNotOpen):
        decide(answer, bookkeeper, books, said.thread_id, "again")
    with pytest.raises(QuestionNotOpen):
        decide_back(reviewer, books, said.thread_id)


def decide_back(caller, books, thread_id, now=LATER):
    with unit_of_work() as session:
        return take_back_note(session, caller, books.company_id, thread_id, now=now)


def due(caller, books, today):
    with unit_of_work() as session:
        return return_due(session, caller, books.company_id, today=today, now=LATER)


def test_a_line_put_off_comes_back_on_its_day(books, people):
    reviewer, bookkeeper = people
    entry = one(books, counterparty="zelle")
    decide(defer, reviewer, books, [entry], TOMORROW, today=TODAY)
    assert payees(books, reviewer) == []
    assert payees(books, reviewer, QueueState.DEFERRED) == ["zelle"]
    assert due(bookkeeper, books, TODAY) == 0
    assert due(bookkeeper, books, TOMORROW) == 1
    assert payees(books, reviewer) == ["zelle"]


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_line_is_put_off_to_a_day_within_a_year(books, people, days):
    entry = one(books)
    with pytest.raises(InvalidInput, match="within a year"):
        decide(defer, people[0], books, [entry], TODAY + timedelta(days=days), today=TODAY)


def test_everything_said_can_be_taken_back_and_the_line_waits_as_before(books, people):
    reviewer, _ = people
    entry = one(books, counterparty="zelle")
    for say in (
        lambda: decide(ask, reviewer, books, [entry], "Whose?"),
        lambda: decide(defer, reviewer, books, [entry], TOMORROW, today=TODAY),
        lambda: decide(comment, reviewer, books, [entry], "seen"),
    ):
        said = say()
        last = seen(last_action, reviewer, books)
        assert isinstance(last, LastNote)
        assert (last.thread_id, last.kind, last.counterparty) == (said.thread_id, said.kind, "zelle")
        decide_back(reviewer, books, said.thread_id)
        assert payees(books, reviewer) == ["zelle"]
        assert seen(last_action, reviewer, books) is None
        with pytest.raises(QuestionNotOpen):
            decide_back(reviewer, books, said.thread_id)
    assert seen(notes_of, reviewer, books, [line_of(entry)]) == []


def test_undo_names_the_later_of_a_decision_and_a_note(books, people):
    reviewer, _ = people
    first, second = one(books, books.expense), one(books, books.expense)
    decide(approve, reviewer, books, [first])
    assert isinstance(seen(last_action, reviewer, books), LastDecision)
    decide(comment, reviewer, books, [second], "seen", now=LATER)
    assert isinstance(seen(last_action, reviewer, books), LastNote)


def test_a_line_decided_while_it_was_asked_about_waits_with_its_question_when_that_is_undone(books, people):
    reviewer, bookkeeper = people
    entry = one(books, books.expense, counterparty="adobe")
    decide(ask, reviewer, books, [entry], "Whose?")
    decision = decide(approve, reviewer, books, [entry])
    assert seen(open_questions, bookkeeper, books) == []
    decide(undo, reviewer, books, decision.review_ids)
    assert payees(books, reviewer, QueueState.ASKED) == ["adobe"]


def test_bookkeepers_answer_and_comment_but_neither_ask_nor_put_off(books, people):
    _, bookkeeper = people
    entry = one(books)
    decide(comment, bookkeeper, books, [entry], "I know this one")
    with pytest.raises(AccessDenied):
        decide(ask, bookkeeper, books, [entry], "Whose?")
    with pytest.raises(AccessDenied):
        decide(defer, bookkeeper, books, [entry], TOMORROW, today=TODAY)


def test_only_waiting_lines_of_the_own_company_are_spoken_of(books, people):
    reviewer, _ = people
    with unit_of_work() as session:
        foreign = waiting(session, builders.books(session)).id
    with pytest.raises(NotFound):
        decide(ask, reviewer, books, [foreign], "Whose?")
    with pytest.raises(NotFound):
        decide_back(reviewer, books, uuid4())
    with pytest.raises(NotFound):
        decide(answer, reviewer, books, uuid4(), "mine")
    posted = one(books, books.expense)
    decide(approve, reviewer, books, [posted])
    with pytest.raises(EntryNotOpen):
        decide(comment, reviewer, books, [posted], "late")
    with pytest.raises(InvalidInput, match="Write the comment first"):
        decide(comment, reviewer, books, [one(books)], "  ")
    assert seen(line_history, reviewer, books, line_of(foreign)) == []


def test_nothing_is_taken_back_in_a_closed_period(books, people):
    reviewer, _ = people
    entry = one(books, booked_on=date(2024, 1, 10))
    said = decide(comment, reviewer, books, [entry], "seen")
    with unit_of_work() as session:
        company = session.merge(books.company)
        company.closed_through_on = date(2024, 1, 31)
        session.add(company)
    with pytest.raises(PeriodClosed):
        decide_back(reviewer, books, said.thread_id)


def test_the_history_of_a_line_tells_each_step_with_its_person(books, people):
    reviewer, bookkeeper = people
    entry = one(books, books.expense, counterparty="adobe")
    question = decide(ask, reviewer, books, [entry], "Whose?", now=NOW)
    decide(answer, bookkeeper, books, question.thread_id, "Design", now=NOW + timedelta(minutes=1))
    decision = decide(approve, reviewer, books, [entry], comment="fine", now=NOW + timedelta(minutes=2))
    decide(undo, reviewer, books, decision.review_ids, now=NOW + timedelta(minutes=3))
    steps = seen(line_history, reviewer, books, line_of(entry))
    told = [(step.what, step.detail, bool(step.who)) for step in steps]
    assert told[0] == ("Proposed", "6300 Software Subscriptions: like earlier lines", False)
    assert told[1:3] == [("Question", "Whose?", True), ("Answer", "Design", True)]
    assert sorted(told[3:5]) == [
        ("Approved", "6300 Software Subscriptions: fine", True),
        ("Posted", "on 2024-02-15", True),
    ]
    assert sorted(told[5:]) == [("Decision taken back or replaced", "", False), ("Reversed", "on 2024-02-15", True)]
