"""Blind re-review on both databases: what is drawn, what a decision does to the books, what it shows of the promise."""

from dataclasses import fields, replace
from datetime import timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from core.assurance.draw import chance, draw_re_reviews
from core.assurance.evidence import evidence_of
from core.assurance.re_reviewing import CHOICES, BlindLine, decide_blind, pending_count, pending_lines
from core.assurance.tightening import loosen, standing_tightenings
from core.categorization.company_policy import policy_of, set_policy
from core.categorization.policy import Hold, Policy, decide
from core.errors import AccessDenied, InvalidInput, NotFound, ReReviewDecided
from core.metrics.rates import Rate
from core.posting.correcting import confirm_posted, correct_posted
from core.posting.undoing import undo
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import Company, EntryStatus, JournalEntry, Method, Outcome, ReReview, Review, Role
from tests import builders
from tests.integration.posting_cases import audit, posted_line
from tests.unit.posting.cases import LATER, NOW, lines_of, status_of


@pytest.fixture
def other(books) -> UUID:
    with unit_of_work() as session:
        return builders.account(session, books.company_id, code="6400").id


def drawn(books, **given) -> tuple[UUID, UUID]:
    """An automatic entry in the sample: (entry, re-review)."""
    facts = {name: given.pop(name) for name in ("by_count", "by_money", "interval_minor") if name in given}
    _, entry_id = posted_line(books, **{"confidence": 0.99, **given})
    with unit_of_work() as session:
        return entry_id, builders.re_review(session, books, session.get_one(JournalEntry, entry_id), **facts).id


def blind(books, caller, re_review_id, account_id, now=LATER):
    with unit_of_work() as session:
        return decide_blind(session, caller, books.company_id, re_review_id, account_id, write=write, now=now)


def looked_up(books, caller):
    with snapshot() as session:
        return evidence_of(session, caller, [books.company_id])


def policy(books, caller) -> Policy:
    with snapshot() as session:
        return policy_of(session, caller, books.company_id)


def test_the_list_shows_the_line_and_nothing_of_what_was_posted(books, caller):
    _, key = drawn(books, alternatives=[{"account_id": str(books.bank.id), "probability": 0.7}])
    with snapshot() as session:
        (line,) = pending_lines(session, caller, books.company_id)
        assert pending_count(session, caller, [books.company_id]) == {books.company_id: 1}
    assert line.re_review_id == key
    assert set(line.likely) == {books.expense.id, books.bank.id}
    assert {each.name for each in fields(BlindLine)}.isdisjoint({"account", "account_id", "method", "confidence"})


def test_where_the_machine_saw_no_alternative_usual_accounts_stand_beside_what_was_posted(books, caller):
    with unit_of_work() as session:
        usual = [builders.account(session, books.company_id, code=f"64{n}0") for n in range(6)]
        for row, account in enumerate(usual, start=50):
            line = builders.transaction(session, books, row=row)
            given = [(books.bank, line.amount_minor), (account, -line.amount_minor)]
            builders.entry(session, books, transaction=line, lines=given, posted=True)
    drawn(books)
    with snapshot() as session:
        (line,) = pending_lines(session, caller, books.company_id)
    assert len(line.likely) == CHOICES
    assert books.expense.id in line.likely
    assert set(line.likely) <= {books.expense.id, *(account.id for account in usual)}


def test_agreeing_leaves_the_books_and_counts_as_a_look(books, caller):
    entry_id, key = drawn(books)
    made = blind(books, caller, key, books.expense.id)
    assert (made.agreed, made.tightening) == (True, None)
    with snapshot() as session:
        assert status_of(session, entry_id) is EntryStatus.POSTED
        (review,) = session.execute(select(Review)).scalars()
        assert (review.outcome, review.was_automatic) == (Outcome.APPROVED, True)
        assert pending_lines(session, caller, books.company_id) == []
        kept = session.get_one(ReReview, key)
        assert (kept.agreed, kept.account_id, kept.decided_at) == (True, books.expense.id, LATER)
    assert audit(books.company_id)[-1].action == "re-review decided"
    assert looked_up(books, caller).methods == {Method.MODEL: Rate(1, 1)}


def test_another_choice_reverses_the_entry_and_books_the_line_anew(books, caller, other):
    entry_id, key = drawn(books)
    made = blind(books, caller, key, other)
    assert not made.agreed
    with snapshot() as session:
        assert status_of(session, entry_id) is EntryStatus.REVERSED
        new = session.execute(select(JournalEntry).where(col(JournalEntry.replaces_id) == entry_id)).scalar_one()
        assert lines_of(session, new.id) == [(books.bank.id, -1_250), (other, 1_250)]
    assert looked_up(books, caller).by_count == Rate(0, 1)


def test_a_correction_in_a_closed_month_is_booked_on_the_first_open_day(books, caller, other):
    entry_id, key = drawn(books)
    with unit_of_work() as session:
        booked_on = session.get_one(JournalEntry, entry_id).booked_on
        session.get_one(Company, books.company_id).closed_through_on = booked_on + timedelta(days=3)
    blind(books, caller, key, other)
    with snapshot() as session:
        new = session.execute(select(JournalEntry).where(col(JournalEntry.replaces_id) == entry_id)).scalar_one()
        assert new.booked_on == booked_on + timedelta(days=4)


def test_a_drawn_line_is_decided_once(books, caller):
    _, key = drawn(books)
    blind(books, caller, key, books.expense.id)
    with pytest.raises(ReReviewDecided):
        blind(books, caller, key, books.expense.id)


def test_a_look_that_came_before_the_blind_one_counts_and_ends_it(books, caller, other):
    (right, first), (wrong, _) = drawn(books, row=1), drawn(books, row=2)
    with unit_of_work() as session:
        confirm_posted(session, caller, books.company_id, [right], write=write, now=LATER)
        correct_posted(session, caller, books.company_id, wrong, other, write=write, now=LATER)
    with snapshot() as session:
        assert pending_lines(session, caller, books.company_id) == []
    with pytest.raises(ReReviewDecided):
        blind(books, caller, first, books.expense.id)
    assert looked_up(books, caller).by_count == Rate(1, 2)


def test_what_stands_at_the_end_counts_where_a_blind_correction_is_taken_back(books, caller, other):
    _, key = drawn(books)
    made = blind(books, caller, key, other)
    with unit_of_work() as session:
        undo(session, caller, books.company_id, made.review_ids, write=write, now=LATER)
    assert looked_up(books, caller).by_count == Rate(0, 1)


def test_a_bookkeeper_neither_sees_nor_decides_and_strangers_find_nothing(books, other):
    _, key = drawn(books)
    for outsider, refusal in (
        (builders.caller(books.company_id, role=Role.BOOKKEEPER), AccessDenied),
        (builders.caller(), NotFound),
    ):
        with pytest.raises(refusal):
            blind(books, outsider, key, other)
        with snapshot() as session, pytest.raises(refusal):
            pending_lines(session, outsider, books.company_id)


def test_a_re_review_of_another_company_is_not_found(books, caller, other):
    with unit_of_work() as session:
        theirs = builders.books(session)
    _, key = drawn(theirs)
    with pytest.raises(NotFound):
        blind(books, caller, key, other)


def test_repeated_errors_of_the_model_raise_the_threshold_and_say_why(books, caller, other):
    wrong = [drawn(books, row=row, confidence=0.975)[1] for row in range(1, 4)]
    for row in range(4, 8):
        blind(books, caller, drawn(books, row=row, confidence=0.999)[1], books.expense.id)
    before = policy(books, caller)
    said = [blind(books, caller, key, other).tightening for key in wrong]
    assert said[:2] == [None, None]
    tightened = said[2]
    assert "re-reviewed entries by the model were wrong" in tightened.reason
    after = policy(books, caller)
    assert after.threshold_in_force > before.threshold_in_force
    assert after.tightened_to == 0.98
    assert "policy tightened" in [event.action for event in audit(books.company_id)]
    with snapshot() as session:
        assert standing_tightenings(session, caller, [books.company_id])[books.company_id].reason == tightened.reason
    assert looked_up(books, caller).by_count == Rate(4, 4)


def test_repeated_errors_of_rules_hold_all_of_them(books, caller, other):
    for row in range(1, 4):
        blind(books, caller, drawn_by_rule(books, row), other)
    after = policy(books, caller)
    assert after.held_methods == ("rule",)
    held = decide(
        after, confidence=np.ones(2), amount_minor=np.ones(2, np.int64), role=np.array(["", ""], object),
        code=np.array(["", ""], object), named_or_seen=np.ones(2, np.bool_), has_basis=np.ones(2, np.bool_),
        method=np.array(["rule", "match"], object),
    )  # fmt: skip
    assert held.auto.tolist() == [False, True]
    assert held.reason[0] == Hold.METHOD


def drawn_by_rule(books, row) -> UUID:
    with unit_of_work() as session:
        line = builders.transaction(session, books, row=row)
        proposal = builders.proposal(session, books, line, method=Method.RULE, confidence=0.995)
        entry = builders.entry(
            session, books, transaction=line, proposal_id=proposal.id, method=Method.RULE, auto_approved=True,
            posted=True,
        )  # fmt: skip
        return builders.re_review(session, books, entry).id


def test_only_a_manager_with_a_reason_loosens(books, caller):
    with unit_of_work() as session:
        set_policy(session, caller, books.company_id, replace(Policy(), tightened_to=0.99), now=NOW)
    with unit_of_work() as session, pytest.raises(InvalidInput, match="few words"):
        loosen(session, caller, books.company_id, " ", now=NOW)
    reviewer = builders.caller(books.company_id, role=Role.REVIEWER)
    with unit_of_work() as session, pytest.raises(AccessDenied):
        loosen(session, reviewer, books.company_id, "the vendor is gone", now=NOW)
    with unit_of_work() as session:
        loosen(session, caller, books.company_id, "the vendor is gone", now=NOW)
    assert not policy(books, caller).is_tightened
    with unit_of_work() as session, pytest.raises(InvalidInput, match="Nothing is tightened"):
        loosen(session, caller, books.company_id, "again", now=NOW)


def test_the_draw_is_the_same_for_whoever_recomputes_it_and_takes_about_the_share(books, caller):
    entries = [posted_line(books, amount=-100_000, row=row)[1] for row in range(1, 61)]
    given = replace(Policy(), audit_share=0.5, materiality_minor=200_000)
    with unit_of_work() as session:
        count = draw_re_reviews(session, write, books.company_id, entries, [-100_000] * 60, given, now=NOW)
    with snapshot() as session:
        found = {row.entry_id: row for row in session.execute(select(ReReview)).scalars()}
        assert session.execute(select(func.count()).select_from(ReReview)).scalar_one() == count
    for entry_id in entries:
        by_count = chance(books.company_id, entry_id, "by count") < 0.5
        by_money = chance(books.company_id, entry_id, "by money") < 0.5  # half of the interval of 2,000.00
        row = found.get(entry_id)
        assert (row is not None and row.by_count, row is not None and row.by_money) == (by_count, by_money)
    assert 10 <= sum(row.by_count for row in found.values()) <= 50


def test_chances_are_spread_evenly_and_the_two_samples_apart(books):
    keys = [uuid4() for _ in range(4_000)]
    chances = [[chance(books.company_id, key, sample) for key in keys] for sample in ("by count", "by money")]
    for of in chances:
        assert 0.45 < sum(of) / len(of) < 0.55
        assert 40 < sum(one < 0.02 for one in of) < 130
    both = sum(one < 0.5 and two < 0.5 for one, two in zip(*chances, strict=True))
    assert 850 < both < 1150


def test_nothing_is_drawn_where_the_share_is_none(books, caller):
    _, entry_id = posted_line(books)
    given = replace(Policy(), audit_share=0.0)
    with unit_of_work() as session:
        assert draw_re_reviews(session, write, books.company_id, [entry_id], [-1_250], given, now=NOW) == 0


def taxed(books, row: int) -> UUID:
    """A drawn entry to the expense account with a line of tax beside it."""
    with unit_of_work() as session:
        line = builders.transaction(session, books, row=row, amount_minor=-1_190)
        proposal = builders.proposal(session, books, line, method=Method.MODEL, confidence=0.99)
        entry = builders.taxed_entry(
            session, books, transaction=line, proposal_id=proposal.id, method=Method.MODEL, auto_approved=True,
            posted=True,
        )  # fmt: skip
        return builders.re_review(session, books, entry).id


def test_the_account_decides_where_an_entry_has_a_line_of_tax_and_a_correction_keeps_the_tax(books, caller, other):
    assert blind(books, caller, taxed(books, 1), books.expense.id).agreed
    made = blind(books, caller, taxed(books, 2), other)
    assert not made.agreed
    with snapshot() as session:
        new = session.execute(select(JournalEntry).where(col(JournalEntry.replaces_id) == made.entry_id)).scalar_one()
        assert lines_of(session, new.id) == [(books.bank.id, -1_190), (other, 1_000), (books.expense.id, 190)]
