"""Tags of bank lines: they change nothing that is posted, stay through corrections, and go into the exports."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from core.access.audit import verify_chain
from core.errors import AccessDenied, InvalidInput, NotFound
from core.exporting.beancount import write_beancount
from core.exporting.hledger import write_hledger
from core.exporting.ledger import read_ledger
from core.posting import tags as module
from core.posting.correcting import correct_posted
from core.posting.posted import posted_lines
from core.posting.reviewing import approve
from core.posting.tags import change_tags, list_tags, tag_name, tags_of
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import AuditEvent, Company, JournalEntry, LineTag, Role
from tests import builders
from tests.integration.reviewing_cases import decide, one
from tests.laws import impossible
from tests.unit.posting.cases import FEBRUARY, LATER, NOW


@pytest.fixture
def books(database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session)


@pytest.fixture
def caller(books):
    with unit_of_work() as session:
        person = builders.user(session)
    return builders.caller(books.company_id, role=Role.REVIEWER, user_id=person.id)


def line_of(entry):
    with snapshot() as session:
        return session.get_one(JournalEntry, entry).transaction_id


def change(caller, books, lines, *, add=(), remove=()):
    with unit_of_work() as session:
        change_tags(session, caller, books.company_id, lines, add=add, remove=remove, write=write, now=NOW)


def found(caller, books, *lines):
    with snapshot() as session:
        return tags_of(session, caller, books.company_id, lines)


def test_tags_are_put_on_and_taken_off_with_one_audit_event(books, caller):
    first, second = line_of(one(books)), line_of(one(books))
    change(caller, books, [first, second], add=["Road Show", "#q3", "q3"])
    change(caller, books, [second], add=["q3"], remove=["road-show", "unknown"])
    assert found(caller, books, first, second, uuid4()) == {first: ("q3", "road-show"), second: ("q3",)}
    with snapshot() as session:
        assert list(list_tags(session, caller, books.company_id)) == ["q3", "road-show"]
        events = session.execute(select(AuditEvent).order_by(AuditEvent.sequence)).scalars().all()
        assert [(event.action, event.row_count, event.after) for event in events] == [
            ("tags changed", 2, {"added": ["q3", "road-show"], "removed": []}),
            ("tags changed", 1, {"added": ["q3"], "removed": ["road-show", "unknown"]}),
        ]
        assert verify_chain(session, books.company_id.hex) == []


def test_a_posted_entry_stays_as_it_is_and_a_corrected_one_keeps_the_tags_of_its_line(books, caller):
    entry = one(books, books.expense)
    decide(approve, caller, books, [entry])
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).closed_through_on = FEBRUARY
    change(caller, books, [line_of(entry)], add=["shop"])
    with unit_of_work() as session:
        session.get_one(Company, books.company_id).closed_through_on = None
    decide(correct_posted, caller, books, entry, books.revenue.id, now=LATER)
    with snapshot() as session:
        ledger = read_ledger(session, caller, books.company_id)
        assert [each.tags for each in ledger.entries] == [("shop",)] * 3  # the entry, its reversal, the new one
        assert verify_books(session, caller, [books.company_id]).violations == ()
    with snapshot() as session:
        text = "".join(write_beancount(read_ledger(session, caller, books.company_id)))
    assert text.count(" #shop") == 3
    with snapshot() as session:
        text = "".join(write_hledger(read_ledger(session, caller, books.company_id)))
    assert text.count("    ; shop:\n") == 3


def test_posted_lines_are_found_by_tag(books, caller):
    marked, other = one(books, books.expense), one(books, books.expense)
    decide(approve, caller, books, [marked, other])
    change(caller, books, [line_of(marked)], add=["shop"])
    with snapshot() as session:
        key = list_tags(session, caller, books.company_id)["shop"]
        page = posted_lines(session, caller, books.company_id, alone_only=False, tag_id=key)
    assert ([line.entry_id for line in page.lines], page.line_count) == ([marked], 1)


@pytest.mark.parametrize("typed", ["", "#", "b\u00fcro", "a:b", "-x", "x" * 41])
def test_a_name_that_other_programs_do_not_take_is_refused(typed):
    with pytest.raises(InvalidInput, match="cannot be a tag"):
        tag_name(typed)


def test_lines_of_others_and_none_and_too_many_tags_are_refused(books, caller, monkeypatch):
    line = line_of(one(books))
    with unit_of_work() as session:
        others = builders.books(session)
    foreign = line_of(one(others))
    with pytest.raises(NotFound):
        change(caller, books, [line, foreign], add=["shop"])
    with pytest.raises(NotFound):
        change(caller, others, [foreign], add=["shop"])
    with pytest.raises(InvalidInput):
        change(caller, books, [], add=["shop"])
    with pytest.raises(AccessDenied):
        change(builders.caller(books.company_id, role=Role.BOOKKEEPER), books, [line], add=["shop"])
    monkeypatch.setattr(module, "MOST", 1)
    with pytest.raises(InvalidInput, match="at most 1 tags"):
        change(caller, books, [line], add=["shop", "fair"])
    assert found(caller, books, line) == {}


def test_a_line_has_a_tag_once(books, caller):
    line = line_of(one(books))
    change(caller, books, [line], add=["shop"])
    with unit_of_work() as session:
        key = list_tags(session, caller, books.company_id)["shop"]
        with impossible(session):
            session.add(LineTag(company_id=books.company_id, transaction_id=line, tag_id=key, set_at=NOW))
