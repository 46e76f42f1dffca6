"""The database itself refuses what one person made and posted."""

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import Session

from core.posting.reviewing import change_account
from core.verifying import verify_books
from db.engine import snapshot, unit_of_work
from models import EntryStatus, JournalEntry, Method, Preparation
from tests import builders
from tests.integration.four_eyes.cases import LIMIT, live
from tests.integration.reviewing_cases import decide, one
from tests.laws import impossible, laws_suspended, raw, refused
from tests.unit.posting.cases import NOW


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
