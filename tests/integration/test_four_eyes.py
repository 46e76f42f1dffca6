"""Four eyes: above the limit nobody approves what they made or split, on any path, on both databases."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col

from core.access.audit import verify_chain
from core.categorization.company_policy import policy_of, set_policy
from core.categorization.policy import Policy
from core.errors import DecisionTakenBack, InvalidInput, PeriodClosed, SecondPersonNeeded, StatementClosed
from core.posting.bookings import WAITS_FOR_SECOND
from core.posting.correcting import correct_posted
from core.posting.last_action import last_action
from core.posting.line_history import line_history
from core.posting.lines import Part
from core.posting.prepared import LastPreparation, prepared_of
from core.posting.queue_filter import QueueFilter
from core.posting.reviewing import approve, change_account, reject, split, split_alike
from core.posting.undoing import LastDecision, undo
from core.posting.unpreparing import take_back_preparations
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.deciding import confirm_match
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import (
    AuditEvent,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    MatchKind,
    MatchStatus,
    Method,
    OpenItem,
    Preparation,
    Review,
    Role,
    TaxLine,
)
from tests import builders
from tests.integration.reviewing_cases import decide, one, queue, totals
from tests.laws import impossible, laws_suspended, raw, refused
from tests.unit.posting.cases import FEBRUARY, LATER, NOW, lines_of, live_entry, proposal_of, status_of

LIMIT = 1_000  # minor units; the lines of these tests are -1,250 unless said otherwise


@pytest.fixture
def books(database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, policy={"four_eyes_minor": LIMIT})


def reviewer(books, name: str, role: Role = Role.MANAGER):
    with unit_of_work() as session:
        person = builders.user(session, display_name=name)
    return builders.caller(books.company_id, role=role, user_id=person.id)


@pytest.fixture
def dana(books):
    return reviewer(books, "Dana")


@pytest.fixture
def omar(books):
    return reviewer(books, "Omar")


def live(entry: UUID) -> JournalEntry:
    """What stands for the line of this entry by now."""
    with snapshot() as session:
        found = live_entry(session, session.get_one(JournalEntry, entry).transaction_id)
        assert found is not None
        return found


def shown(entry: UUID) -> list[tuple[UUID, int]]:
    with snapshot() as session:
        return lines_of(session, entry)[1:]


def all_laws_hold(books, caller) -> None:
    with snapshot() as session:
        assert verify_chain(session, books.company_id.hex) == []
        assert verify_books(session, caller, [books.company_id]).violations == ()


def halves(books) -> list[Part]:
    return [Part(account.id, percent=Decimal(50)) for account in (books.expense, books.revenue)]


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


def test_a_correction_of_a_posted_entry_waits_for_a_second_person(books, dana, omar):
    entry = one(books, books.revenue)
    decide(approve, dana, books, [entry])
    made = decide(correct_posted, dana, books, entry, books.expense.id, now=LATER)
    waits = live(entry)
    assert (waits.status, waits.replaces_id, shown(waits.id)) == (
        EntryStatus.NEEDS_REVIEW, entry, [(books.expense.id, 1_250)],
    )  # fmt: skip
    with snapshot() as session:
        assert status_of(session, entry) == EntryStatus.REVERSED
        in_force = session.execute(select(Review).where(col(Review.undone_at).is_(None))).scalars().all()
        assert in_force == []
    decide(take_back_preparations, dana, books, made.preparation_ids)
    assert (live(entry).status, shown(live(entry).id)) == (EntryStatus.NEEDS_REVIEW, [(books.revenue.id, 1_250)])
    decide(approve, omar, books, [live(entry).id])
    decide(correct_posted, dana, books, live(entry).id, books.expense.id, now=LATER)
    decide(approve, omar, books, [live(entry).id])
    assert (live(entry).status, shown(live(entry).id)) == (EntryStatus.POSTED, [(books.expense.id, 1_250)])
    all_laws_hold(books, omar)


def test_a_correction_that_would_leave_a_closed_statement_open_is_refused(books, dana):
    entry = one(books, books.revenue)
    decide(approve, dana, books, [entry])
    with unit_of_work() as session:
        row = session.get_one(JournalEntry, entry)
        line = session.execute(text("SELECT statement_file_id FROM transactions")).scalar_one()
        file = session.get_one(builders.StatementFile, UUID(str(line)))
        builders.reconciliation(
            session, books, file, first_on=row.booked_on, last_on=row.booked_on, status="closed", closed_at=NOW
        )
    with pytest.raises(StatementClosed):
        decide(correct_posted, dana, books, entry, books.expense.id)


def test_whoever_matches_by_hand_does_not_post_it_above_the_limit(books, dana, omar):
    entry = one(books, amount_minor=10_000)
    with unit_of_work() as session:
        line = session.get_one(JournalEntry, entry).transaction_id
        item = builders.open_item(session, books)
    with unit_of_work() as session:
        match_by_hand(session, dana, books.company_id, [line], [item.id], write=write, now=NOW)
    waits = live(entry)
    assert (waits.status, waits.method) == (EntryStatus.NEEDS_REVIEW, Method.MATCH)
    with snapshot() as session:
        assert session.get_one(OpenItem, item.id).status == ItemStatus.SETTLED
        assert prepared_of(session, omar, books.company_id, [waits.id])[waits.id].name == "Dana"
        assert last_action(session, dana, books.company_id) is None
    with pytest.raises(SecondPersonNeeded):
        decide(approve, dana, books, [waits.id])
    made = decide(approve, omar, books, [waits.id])
    decide(undo, omar, books, made.review_ids)
    with pytest.raises(SecondPersonNeeded):
        decide(approve, dana, books, [live(entry).id])
    decide(approve, omar, books, [live(entry).id])
    all_laws_hold(books, omar)


def test_confirming_what_the_machine_matched_is_an_approval(books, dana):
    entry = one(books, amount_minor=10_000)
    with unit_of_work() as session:
        line = session.get_one(builders.Transaction, session.get_one(JournalEntry, entry).transaction_id)
        item = builders.open_item(session, books)
        match = builders.match(
            session, books, line, item, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED, reason="Same amount."
        )
    with unit_of_work() as session:
        confirm_match(session, dana, books.company_id, match.id, write=write, now=NOW)
    assert live(entry).status == EntryStatus.POSTED


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


# --- the database ------------------------------------------------------------------------------


def post(session: Session, entry: UUID, person: UUID | None, method: str = "manual") -> None:
    row = session.get_one(JournalEntry, entry)
    row.status, row.posted_at, row.posted_by, row.method = EntryStatus.POSTED, NOW, person, Method(method)
    session.flush()


def test_the_database_refuses_a_second_pair_of_eyes_that_is_the_first(books, dana, omar):
    entry = one(books)
    decide(change_account, dana, books, [entry], books.expense.id)
    waits = live(entry).id
    for person in (dana.user_id, None):
        for method in ("manual", "model"):
            with unit_of_work() as session, refused(session, 2):
                post(session, waits, person, method)
    for statement in (
        "UPDATE preparations SET prepared_by = NULL",
        "UPDATE preparations SET lines = '[]'",
        "DELETE FROM preparations",
        "UPDATE journal_entries SET proposal_id = NULL",
    ):
        with unit_of_work() as session, refused(session, 2):
            raw(session, statement)
    with unit_of_work() as session:
        post(session, waits, omar.user_id)


def test_the_database_refuses_what_was_made_by_hand_above_the_limit_and_not_prepared(books, dana):
    large, small = one(books, books.expense), one(books, books.expense, amount_minor=LIMIT)
    foreign = one(books, books.expense, amount_minor=5, currency="EUR")
    for entry in (large, foreign):
        with unit_of_work() as session, refused(session, 2):
            post(session, entry, dana.user_id)
    with unit_of_work() as session:
        post(session, small, dana.user_id)
        post(session, large, dana.user_id, "model")


def test_a_preparation_belongs_to_its_company(books, dana):
    decide(change_account, dana, books, [one(books)], books.expense.id)
    with unit_of_work() as session:
        others = builders.books(session)
        made = session.execute(select(Preparation)).scalar_one()
        keys = {"transaction_id": made.transaction_id, "proposal_id": uuid4(), "prepared_at": NOW}
        with impossible(session):
            session.add(Preparation(company_id=others.company_id, **keys))


def test_an_entry_that_one_person_prepared_and_posted_is_found(books, dana):
    entry = one(books)
    decide(change_account, dana, books, [entry], books.expense.id)
    waits = live(entry).id
    with laws_suspended() as session:
        post(session, waits, dana.user_id)
    with snapshot() as session:
        found = verify_books(session, dana, [books.company_id]).violations
    assert any(broken.law == 2 and waits.hex in broken.where for broken in found), found
