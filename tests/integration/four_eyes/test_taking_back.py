"""What was prepared for a second person can be taken back, on both databases."""

from datetime import timedelta

import pytest

from core.errors import DecisionTakenBack, InvalidInput, PeriodClosed
from core.posting.last_action import last_action
from core.posting.prepared import LastPreparation
from core.posting.reviewing import approve, change_account, split
from core.posting.undoing import LastDecision, undo
from core.posting.unpreparing import take_back_preparations
from db.engine import snapshot, unit_of_work
from tests.integration.four_eyes.cases import all_laws_hold, halves, live, shown
from tests.integration.reviewing_cases import decide, one
from tests.laws import raw
from tests.unit.posting.cases import FEBRUARY, LATER


def test_what_was_prepared_can_be_taken_back_until_somebody_decided(books, dana, omar):
    entry = one(books, books.revenue)
    made = decide(change_account, dana, books, [entry], books.expense.id)
    with snapshot() as session:
        last = last_action(session, dana, books.company_id)
        assert isinstance(last, LastPreparation)
        assert (last.preparation_ids, last.account) == (made.preparation_ids, "6300 Software Subscriptions")
        assert last_action(session, omar, books.company_id) is None
    assert decide(take_back_preparations, dana, books, made.preparation_ids) == (entry,)
    assert (live(entry).id, shown(entry)) == (entry, [(books.revenue.id, 1_250)])
    with pytest.raises(DecisionTakenBack):
        decide(take_back_preparations, dana, books, made.preparation_ids)
    decide(approve, dana, books, [entry])
    again = one(books)
    made = decide(split, dana, books, again, halves(books), now=LATER)
    approved = decide(approve, omar, books, [live(again).id], now=LATER + timedelta(minutes=1))
    with pytest.raises(DecisionTakenBack):
        decide(take_back_preparations, dana, books, made.preparation_ids)
    with snapshot() as session:
        assert isinstance(last_action(session, dana, books.company_id), LastDecision)
    decide(undo, omar, books, approved.review_ids)
    with snapshot() as session:
        assert isinstance(last_action(session, dana, books.company_id), LastPreparation)
    decide(take_back_preparations, dana, books, made.preparation_ids)
    assert live(again).id == again
    with pytest.raises(InvalidInput):
        decide(take_back_preparations, dana, books, ())
    all_laws_hold(books, omar)


def test_in_a_closed_period_nothing_prepared_is_taken_back(books, dana):
    made = decide(change_account, dana, books, [one(books)], books.expense.id)
    with unit_of_work() as session:
        raw(session, "UPDATE companies SET closed_through_on = :day", day=FEBRUARY)
    with pytest.raises(PeriodClosed):
        decide(take_back_preparations, dana, books, made.preparation_ids)
