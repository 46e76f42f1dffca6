"""Above the limit what one made or split waits for another, on both databases."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.categorization.company_policy import policy_of, set_policy
from core.categorization.policy import Policy
from core.errors import SecondPersonNeeded
from core.posting.bookings import WAITS_FOR_SECOND
from core.posting.line_history import line_history
from core.posting.lines import Part
from core.posting.prepared import prepared_of
from core.posting.queue_filter import QueueFilter
from core.posting.reviewing import approve, change_account, reject, split, split_alike
from core.posting.undoing import undo
from db.engine import snapshot, unit_of_work
from models import AuditEvent, EntryStatus, Method, TaxLine
from tests import builders
from tests.integration.four_eyes.cases import LIMIT, all_laws_hold, halves, live, reviewer, shown
from tests.integration.reviewing_cases import decide, one, queue, totals
from tests.unit.posting.cases import LATER, NOW, proposal_of


def test_what_one_books_by_hand_above_the_limit_waits_for_another(books, dana, omar):
    entry = one(books)
    made = decide(change_account, dana, books, [entry], books.expense.id, comment="licence")
    waits = live(entry)
    assert (made.review_ids, made.held_ids, len(made.preparation_ids)) == ((), (entry,), 1)
    assert (waits.status, waits.method) == (EntryStatus.NEEDS_REVIEW, Method.MANUAL)
    assert shown(waits.id) == [(books.expense.id, 1_250)]
    with snapshot() as session:
        proposal = proposal_of(session, waits.id)
        assert (proposal.account_id, proposal.hold_reason) == (books.expense.id, WAITS_FOR_SECOND)
        (told,) = prepared_of(session, omar, books.company_id, [waits.id]).values()
        assert (told.name, told.is_split, told.comment) == ("Dana", False, "licence")
    with pytest.raises(SecondPersonNeeded, match="you prepared it, so someone else has to approve it"):
        decide(approve, dana, books, [waits.id])
    with pytest.raises(SecondPersonNeeded):
        decide(change_account, dana, books, [waits.id], books.expense.id)
    decide(approve, omar, books, [waits.id], now=LATER)
    assert (live(entry).status, live(entry).posted_by) == (EntryStatus.POSTED, omar.user_id)
    all_laws_hold(books, omar)


def test_what_one_splits_above_the_limit_waits_with_its_parts_and_taxes(books, dana, omar):
    with unit_of_work() as session:
        code = builders.tax_code(session, books, rate_bp=2_500)
    entry = one(books)
    parts = [Part(books.expense.id, -1_000, tax_code_id=code.id), Part(books.revenue.id, -250)]
    decide(split, dana, books, entry, parts)
    waits = live(entry)
    with_tax = [(books.expense.id, 800), (books.expense.id, 200), (books.revenue.id, 250)]
    assert shown(waits.id) == with_tax
    with snapshot() as session:
        assert prepared_of(session, omar, books.company_id, [waits.id])[waits.id].is_split
    with pytest.raises(SecondPersonNeeded):
        decide(approve, dana, books, [waits.id])
    made = decide(approve, omar, books, [waits.id])
    assert made.account_id is None
    decide(undo, omar, books, made.review_ids, now=LATER)
    again = live(entry)
    assert (again.status, shown(again.id)) == (EntryStatus.NEEDS_REVIEW, with_tax)
    with snapshot() as session:
        taxes = session.execute(select(TaxLine).where(col(TaxLine.entry_id) == again.id)).scalars().all()
        assert [(tax.net_minor, tax.tax_minor) for tax in taxes] == [(800, 200)]
    with pytest.raises(SecondPersonNeeded):
        decide(approve, dana, books, [again.id])
    all_laws_hold(books, omar)


def test_up_to_the_limit_and_as_proposed_one_person_is_enough(books, dana):
    small, proposed = one(books, amount_minor=-LIMIT), one(books, books.expense)
    decide(approve, dana, books, [proposed])
    decide(change_account, dana, books, [small], books.expense.id)
    assert {live(entry).status for entry in (small, proposed)} == {EntryStatus.POSTED}
    all_laws_hold(books, dana)


def test_without_a_limit_nothing_waits_for_a_second_person(database):
    with unit_of_work() as session:
        books = builders.books(session)
    dana, entry = reviewer(books, "Dana"), one(books)
    assert decide(change_account, dana, books, [entry], books.expense.id).held_ids == ()
    assert live(entry).status == EntryStatus.POSTED


def test_a_line_in_another_currency_always_needs_two(books, dana):
    entry = one(books, amount_minor=-100, currency="EUR")
    assert decide(change_account, dana, books, [entry], books.expense.id).held_ids == (entry,)


def test_whoever_changes_what_was_prepared_prepares_it_anew(books, dana, omar):
    entry = one(books)
    decide(change_account, dana, books, [entry], books.expense.id)
    decide(change_account, omar, books, [live(entry).id], books.revenue.id, now=LATER)
    waits = live(entry)
    assert shown(waits.id) == [(books.revenue.id, 1_250)]
    with pytest.raises(SecondPersonNeeded):
        decide(approve, omar, books, [waits.id])
    decide(approve, dana, books, [waits.id])
    assert live(entry).posted_by == dana.user_id
    all_laws_hold(books, omar)


def test_approving_a_group_leaves_what_one_prepared_and_posts_the_rest(books, dana):
    mine, proposed = one(books), one(books, books.expense)
    decide(change_account, dana, books, [mine], books.expense.id)
    made = decide(approve, dana, books, [live(mine).id, proposed])
    assert (made.entry_ids, made.held_ids) == ((proposed,), (live(mine).id,))
    assert (live(mine).status, live(proposed).status) == (EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED)


def test_a_change_of_many_prepares_the_large_ones_and_posts_the_small(books, dana, omar):
    large, small, proposed = one(books), one(books, amount_minor=-5), one(books, books.expense)
    made = decide(change_account, dana, books, [large, small, proposed], books.expense.id)
    assert (set(made.entry_ids), made.held_ids) == ({small, proposed}, (large,))
    (event,) = events("entries prepared for a second person")
    assert (event.row_count, event.user_id) == (1, dana.user_id)
    split_off = [one(books), one(books, amount_minor=-6)]
    made = decide(split_alike, omar, books, split_off, halves(books))
    assert (made.entry_ids, made.held_ids) == ((split_off[1],), (split_off[0],))
    all_laws_hold(books, omar)


def events(action: str) -> list[AuditEvent]:
    with snapshot() as session:
        return list(session.execute(select(AuditEvent).where(col(AuditEvent.action) == action)).scalars())


def test_a_limit_that_is_lifted_does_not_free_what_waits(books, dana, omar):
    entry = one(books)
    decide(change_account, dana, books, [entry], books.expense.id)
    with unit_of_work() as session:
        set_policy(session, dana, books.company_id, Policy(), now=NOW)
        assert policy_of(session, dana, books.company_id).four_eyes_minor is None
    with pytest.raises(SecondPersonNeeded):
        decide(approve, dana, books, [live(entry).id])
    made = decide(change_account, dana, books, [live(entry).id], books.revenue.id)
    assert made.held_ids
    decide(change_account, omar, books, [live(entry).id], books.expense.id)
    assert (live(entry).status, live(entry).posted_by) == (EntryStatus.POSTED, omar.user_id)
    all_laws_hold(books, omar)


def test_the_queue_lists_what_waits_for_a_second_person(books, dana):
    mine, other = one(books), one(books)
    decide(change_account, dana, books, [mine], books.expense.id)
    second = QueueFilter(hold_reason=WAITS_FOR_SECOND)
    assert totals(books, dana, filters=second).lines == 1
    (group,) = queue(books, dana, filters=second).groups
    assert (group.account, group.mean_confidence) == ("6300 Software Subscriptions", None)
    decide(reject, dana, books, [live(mine).id, other], "private")
    assert totals(books, dana, filters=second).lines == 0


def test_the_history_of_a_line_names_who_prepared_and_who_approved(books, dana, omar):
    entry = one(books)
    decide(change_account, dana, books, [entry], books.expense.id)
    decide(approve, omar, books, [live(entry).id], now=LATER)
    with snapshot() as session:
        steps = line_history(session, dana, books.company_id, live(entry).transaction_id)
    told = [(step.what, step.who) for step in steps]
    assert ("Prepared", "Dana") in told
    assert ("Approved", "Omar") in told
