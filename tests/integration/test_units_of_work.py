"""Sessions: all or nothing, one unchanging view for readers, and writers that wait for each other."""

from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from db.engine import snapshot, unit_of_work
from models import Company, JournalEntry
from tests import builders
from tests.builders import NOW
from tests.laws import raw


def slugs(session: Session) -> set[str]:
    return set(session.execute(select(col(Company.slug))).scalars())


def test_a_unit_of_work_that_fails_leaves_nothing(database: str) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:  # noqa: PT012
        builders.company(session, slug="gone")
        raise ZeroDivisionError
    with snapshot() as session:
        assert slugs(session) == set()


def test_a_savepoint_that_fails_takes_only_its_own_rows_back(database: str) -> None:
    with unit_of_work() as session:
        builders.company(session, slug="kept")
        with pytest.raises(ZeroDivisionError), session.begin_nested():  # noqa: PT012
            builders.company(session, slug="gone")
            raise ZeroDivisionError
        builders.company(session, slug="later")
    with snapshot() as session:
        assert slugs(session) == {"kept", "later"}


def test_a_snapshot_does_not_see_what_is_stored_meanwhile(database: str) -> None:
    with snapshot() as reading:
        assert slugs(reading) == set()
        with unit_of_work() as session:
            builders.company(session, slug="new")
        assert slugs(reading) == set()
    with snapshot() as reading:
        assert slugs(reading) == {"new"}


def test_writers_in_many_threads_lose_nothing(database: str) -> None:
    with unit_of_work() as session:
        company_id = builders.company(session, name="0").id

    def increase() -> None:
        with unit_of_work() as session:
            row = session.exec(select(Company).where(col(Company.id) == company_id).with_for_update()).scalar_one()
            row.name = str(int(row.name) + 1)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(increase) for _ in range(20)]:
            done.result()
    with snapshot() as session:
        assert session.get_one(Company, company_id).name == "20"


def test_a_line_added_while_its_entry_is_being_posted_is_refused(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        entry = builders.entry(session, books)

    def add() -> None:
        with unit_of_work() as session:
            builders.add_lines(session, entry, [(books.bank, 7)])

    assert_refused_after(add, "UPDATE journal_entries SET status = 'posted', posted_at = :now WHERE id = :id", entry.id)


def test_an_entry_for_a_bank_line_that_is_being_taken_back_is_refused(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        line = builders.transaction(session, books)

    def book() -> None:
        with unit_of_work() as session:
            builders.entry(session, books, transaction=line)

    assert_refused_after(book, "UPDATE transactions SET reverted_at = :now WHERE id = :id", line.id)
    with snapshot() as session:
        assert session.execute(select(func.count()).select_from(JournalEntry)).scalar_one() == 0


def assert_refused_after(late: object, first: str, key: UUID) -> None:
    """`late` starts while a statement that rules it out is done but not yet committed."""
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as session:
            assert raw(session, first, id=key, now=NOW) == 1
            waiting: Future[None] = pool.submit(late)  # type: ignore[arg-type]
            sleep(0.3)
            assert not waiting.done()
        with pytest.raises(IntegrityError, match=r"law \d: "):
            waiting.result()
