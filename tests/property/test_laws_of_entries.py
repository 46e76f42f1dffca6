"""Laws 1, 2, 3 and 10 on entries: raw SQL and ORM try to break them on both databases."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from db.engine import unit_of_work
from db.restraints import as_owner
from models import EntryStatus, JournalEntry, JournalLine, Method
from tests import builders
from tests.builders import DAY, NOW, Books
from tests.laws import impossible, raw, refused

on_a_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)

AMOUNTS = st.sampled_from([-2, -1, 0, 1, 2])  # few, so that sums often meet
LINES = st.lists(
    st.tuples(st.sampled_from(["bank", "expense", "revenue", "suspense"]), AMOUNTS, st.sampled_from(["USD", "EUR"])),
    max_size=4,
)
POST = "UPDATE journal_entries SET status = 'posted', posted_at = :now WHERE id = :id"


def store(session: Session, books: Books, lines: Sequence[tuple[str, int, str]], **given: object) -> JournalEntry:
    entry = builders.entry(session, books, lines=[], **given)  # type: ignore[arg-type]
    for name, amount, currency in lines:
        builders.add_lines(session, entry, [(getattr(books, name), amount)], currency)
    return entry


def broken_laws(lines: Sequence[tuple[str, int, str]]) -> set[int]:
    sums: Counter[str] = Counter()
    for _, amount, currency in lines:
        sums[currency] += amount
    broken = {1} if len(lines) < 2 or any(sums.values()) else set()
    return broken | ({10} if any(name == "suspense" for name, _, _ in lines) else set())


def outcome(session: Session, statement: str, **values: object) -> int:
    """0 where the database let it pass, else the number of the law that refused."""
    point = session.begin_nested()
    try:
        raw(session, statement, **values)
    except IntegrityError as error:
        point.rollback()
        return int(re.findall(r"law (\d+): ", str(error))[0])
    point.commit()
    return 0


def test_an_entry_is_posted_exactly_if_its_lines_are_two_balanced_and_not_in_suspense(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)

        @on_a_database
        @given(LINES)
        def holds(lines: list[tuple[str, int, str]]) -> None:
            entry = store(session, books, lines)
            refusing, expected = outcome(session, POST, id=entry.id, now=NOW), broken_laws(lines)
            assert refusing in expected if expected else refusing == 0

        holds()


CHANGES = ["none", "order", "amount", "account", "halved", "missing"]
PAIRS = st.tuples(st.sampled_from(["bank", "expense"]), st.sampled_from([-2, -1, 1, 2]))


@given(lines=st.lists(PAIRS, min_size=1, max_size=3), change=st.sampled_from(CHANGES))
@on_a_database
def test_a_reversal_is_posted_exactly_if_its_lines_are_the_opposite_ones(
    sqlite_database: str, lines: list[tuple[str, int]], change: str
) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        check_reversal(session, books, lines, change)


@pytest.mark.parametrize("change", CHANGES)
def test_a_reversal_with_other_lines_is_refused_on_both_databases(database: str, change: str) -> None:
    with unit_of_work() as session:
        check_reversal(session, builders.books(session), [("bank", -2), ("expense", 2)], change)


def check_reversal(session: Session, books: Books, lines: list[tuple[str, int]], change: str) -> None:
    rest = -sum(amount for _, amount in lines)
    own = [*lines, ("revenue", rest)]
    entry = builders.post(session, store(session, books, [(name, amount, "USD") for name, amount in own]))
    back = reversed_lines(own, change)
    reversal = store(session, books, [(*line, "USD") for line in back], reverses_id=entry.id, method=Method.REVERSAL)
    exact = Counter(back) == Counter((name, -amount) for name, amount in own)
    refusing = outcome(session, POST, id=reversal.id, now=NOW)
    assert refusing == 0 if exact else refusing in (1, 2)


def reversed_lines(own: list[tuple[str, int]], change: str) -> list[tuple[str, int]]:
    """The opposite lines, with something changed that still sums to zero wherever possible."""
    back = [(name, -amount) for name, amount in own]
    match change:
        case "order":
            return back[::-1]
        case "amount":
            return [(name, 2 * amount) for name, amount in back]
        case "account":
            return [("expense" if name == "bank" else "bank", amount) for name, amount in back]
        case "halved":
            return [*((name, 0) for name, _ in back), *back]
        case "missing":
            return back[:-1]
    return back


STEP = "UPDATE journal_entries SET status = :step WHERE id = :id"
STEP_TO_POSTED = "UPDATE journal_entries SET status = :step, posted_at = coalesce(posted_at, :now) WHERE id = :id"
STATUSES = [status.value for status in EntryStatus]
ALLOWED = {
    ("needs_review", "posted"),
    ("needs_review", "rejected"),
    ("rejected", "needs_review"),
    *((status, status) for status in STATUSES),
}


def test_an_entry_takes_only_the_steps_of_its_life(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)

        @on_a_database
        @given(st.lists(st.sampled_from([*STATUSES, "reversal"]), max_size=6))
        def holds(steps: list[str]) -> None:
            entry = builders.entry(session, books)
            status, has_reversal = "needs_review", False
            for step in steps:
                if step == "reversal":
                    if status == "posted" and not has_reversal:
                        back = [(books.bank, 1250), (books.expense, -1250)]
                        taking = builders.entry(
                            session, books, lines=back, reverses_id=entry.id, method=Method.REVERSAL
                        )
                        builders.post(session, taking)
                        has_reversal = True
                    continue
                allowed = (status, step) in ALLOWED or (has_reversal and (status, step) == ("posted", "reversed"))
                moment = {"now": NOW} if step == "posted" else {}
                refusing = outcome(session, STEP_TO_POSTED if moment else STEP, step=step, id=entry.id, **moment)
                assert refusing == (0 if allowed else 2), (status, step)
                status = step if allowed else status

        holds()


@pytest.mark.parametrize("status", ["posted", "rejected", "reversed"])
def test_no_entry_begins_anywhere_but_in_review(database: str, status: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        with refused(session, 2):
            builders.entry(session, books, status=EntryStatus(status), lines=[], posted_at=NOW)


@pytest.mark.parametrize("state", ["posted", "reversed", "rejected"])
def test_lines_are_added_changed_and_removed_only_while_their_entry_is_in_review(database: str, state: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        free = builders.entry(session, books)
        entry = builders.entry(session, books, posted=state != "rejected")
        if state == "rejected":
            raw(session, "UPDATE journal_entries SET status = 'rejected' WHERE id = :id", id=entry.id)
        if state == "reversed":
            builders.reversal(session, books, entry, [(books.bank, 1250), (books.expense, -1250)])
        with refused(session, 2):
            builders.add_lines(session, entry, [(books.bank, 1), (books.expense, -1)])
        for change in ("amount_minor = amount_minor * 2", "account_id = :other", "currency = 'EUR'", "position = 9"):
            values = {"other": books.revenue.id} if ":other" in change else {}
            with refused(session, 2):
                raw(session, f"UPDATE journal_lines SET {change} WHERE entry_id = :id", id=entry.id, **values)
        with refused(session, 2):
            raw(session, "UPDATE journal_lines SET entry_id = :id WHERE entry_id = :free", id=entry.id, free=free.id)
        with refused(session, 2):
            raw(session, "UPDATE journal_lines SET entry_id = :free WHERE entry_id = :id", id=entry.id, free=free.id)
        with refused(session, 2):
            raw(session, "DELETE FROM journal_lines WHERE entry_id = :id", id=entry.id)
        assert raw(session, "DELETE FROM journal_lines WHERE entry_id = :id", id=free.id) == 2


@pytest.mark.parametrize("state", ["posted", "reversed"])
def test_what_was_posted_is_never_deleted_nor_replaced(database: str, state: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        entry = builders.entry(session, books, posted=True)
        if state == "reversed":
            builders.reversal(session, books, entry, [(books.bank, 1250), (books.expense, -1250)])
        with refused(session, 2):
            raw(session, "DELETE FROM journal_entries WHERE id = :id", id=entry.id)
        with refused(session, 2):
            session.delete(entry)
        if database.startswith("sqlite"):
            with refused(session, 2):
                raw(
                    session,
                    "INSERT OR REPLACE INTO journal_entries SELECT id, company_id, transaction_id, proposal_id,"
                    " booked_on, 'changed', 'needs_review', method, auto_approved, reverses_id, replaces_id,"
                    " created_at, NULL, NULL FROM journal_entries WHERE id = :id",
                    id=entry.id,
                )


def test_a_rejected_or_waiting_entry_without_lines_may_go(database: str) -> None:
    with unit_of_work() as session:
        entry = builders.entry(session, builders.books(session), lines=[])
        as_owner(session.connection())  # no law is against it; the app has no right to do it, since it never does
        assert raw(session, "DELETE FROM journal_entries WHERE id = :id", id=entry.id) == 1


def test_an_entry_is_reversed_once_and_a_reversal_never(database: str) -> None:
    back = lambda books: [(books.bank, 1250), (books.expense, -1250)]  # noqa: E731
    with unit_of_work() as session:
        books = builders.books(session)
        entry = builders.entry(session, books, posted=True)
        reversal = builders.reversal(session, books, entry, back(books))
        with impossible(session):
            builders.entry(session, books, lines=back(books), reverses_id=entry.id, method=Method.REVERSAL)
        again = builders.entry(session, books, reverses_id=reversal.id, method=Method.REVERSAL)
        with refused(session, 2):
            raw(session, POST, id=again.id, now=NOW)
        waiting = builders.entry(session, books)
        too_soon = builders.entry(session, books, lines=back(books), reverses_id=waiting.id, method=Method.REVERSAL)
        with refused(session, 2):
            raw(session, POST, id=too_soon.id, now=NOW)


def test_an_entry_says_when_it_was_posted(database: str) -> None:
    with unit_of_work() as session:
        entry = builders.entry(session, builders.books(session))
        with refused(session, 2):
            raw(session, "UPDATE journal_entries SET status = 'posted' WHERE id = :id", id=entry.id)


@pytest.mark.parametrize(("days", "law"), [(-1, 3), (0, 3), (1, None)])
def test_nothing_is_posted_on_or_before_the_last_closed_day(database: str, days: int, law: int | None) -> None:
    with unit_of_work() as session:
        books = builders.books(session, closed_through_on=DAY)
        entry = builders.entry(session, books, booked_on=DAY + timedelta(days=days))
        assert outcome(session, POST, id=entry.id, now=NOW) == (law or 0)


def test_a_reversal_cannot_be_booked_into_a_closed_period_but_after_it(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        entry = builders.entry(session, books, posted=True)
        raw(session, "UPDATE companies SET closed_through_on = :day WHERE id = :id", day=DAY, id=books.company_id)
        back = [(books.bank, 1250), (books.expense, -1250)]
        with refused(session, 3):
            builders.reversal(session, books, entry, back)
        later = builders.entry(
            session,
            books,
            lines=back,
            reverses_id=entry.id,
            method=Method.REVERSAL,
            booked_on=DAY + timedelta(days=1),
        )
        builders.post(session, later)
        raw(session, "UPDATE journal_entries SET status = 'reversed' WHERE id = :id", id=entry.id)


def test_an_account_in_use_keeps_its_type_and_role(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        builders.entry(session, books)
        for change in ("type = 'revenue'", "role = 'suspense'", "role = 'bank'"):
            with refused(session, 2):
                raw(session, f"UPDATE accounts SET {change} WHERE id = :id", id=books.expense.id)
        assert raw(session, "UPDATE accounts SET name = 'Tools', code = '6301' WHERE id = :id", id=books.expense.id)
        assert raw(session, "UPDATE accounts SET type = 'equity' WHERE id = :id", id=books.revenue.id)


def test_a_line_needs_an_account_of_the_entrys_company(database: str) -> None:
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        entry = builders.entry(session, books, lines=[])
        with impossible(session):
            builders.add_lines(session, entry, [(others.bank, 1)])
        with impossible(session):
            line = JournalLine(
                company_id=others.company_id,
                entry_id=entry.id,
                position=1,
                account_id=others.bank.id,
                amount_minor=1,
                currency="USD",
            )
            builders.stored(session, line)
        with impossible(session):
            raw(session, "UPDATE journal_entries SET reverses_id = :other WHERE id = :id", id=entry.id, other=uuid4())


def test_many_entries_of_which_one_is_broken_are_refused_together(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        entries = [builders.entry(session, books) for _ in range(5)]
        builders.add_lines(session, entries[3], [(books.bank, 1)])
        with refused(session, 1):
            raw(session, "UPDATE journal_entries SET status = 'posted', posted_at = :now", now=NOW)
        assert raw(session, "UPDATE journal_entries SET memo = 'x' WHERE status = 'needs_review'") == 5
