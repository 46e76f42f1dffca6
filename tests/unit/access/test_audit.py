"""The audit log: chained, complete, and any damage to it is found."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core.access.audit import INSTALLATION, event_hash, record, rows_digest, verify_chain
from db.engine import snapshot, unit_of_work
from models import AuditEvent, EntryStatus
from tests import builders
from tests.builders import DAY, NOW, Books
from tests.laws import laws_suspended, raw, refused

EVENTS = AuditEvent.__table__  # type: ignore[attr-defined]

FACTS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def events(session: Session, books: Books, count: int = 3) -> list[AuditEvent]:
    """Some events in a row, with every column filled."""
    user = builders.user(session)
    caller = builders.caller(books.company_id, user_id=user.id, page="review")
    return [
        record(
            session,
            caller,
            company_id=books.company_id,
            action="approved",
            subject="entry",
            subject_id=uuid4(),
            before={"status": "needs_review", "n": number},
            after={"status": "posted"},
            row_count=2,
            rows_digest=rows_digest([(1, "a")]),
            now=NOW + timedelta(seconds=number, microseconds=7),
        )
        for number in range(count)
    ]


def test_events_are_numbered_and_each_carries_the_hash_of_the_one_before(database: str) -> None:
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        first, second, third = events(session, books)
        [alone] = events(session, others, 1)
    assert [first.sequence, second.sequence, third.sequence, alone.sequence] == [1, 2, 3, 1]
    assert [first.previous_hash, second.previous_hash, third.previous_hash] == ["", first.hash, second.hash]
    with snapshot() as session:
        assert verify_chain(session, books.company_id.hex) == []


def test_what_is_read_back_gives_the_recorded_hash(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)

        @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
        @given(FACTS, FACTS | st.none())
        def holds(before: dict[str, Any], after: dict[str, Any] | None) -> None:
            caller = builders.caller(books.company_id)
            given = {"action": "a", "subject": "s", "before": before, "after": after, "now": NOW}
            event = record(session, caller, company_id=books.company_id, **given)
            stored = session.execute(select(EVENTS).where(EVENTS.c.id == event.id)).mappings().one()
            assert event_hash(stored) == event.hash

        holds()


@pytest.mark.parametrize("page", ["", "x" * 100])
def test_ids_days_and_moments_among_the_facts_are_written_as_text(database: str, page: str) -> None:
    key = UUID(int=5)
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    with unit_of_work() as session:
        company_id = builders.books(session).company_id
        facts = {"key": key, "day": DAY, "at": elsewhere, "status": EntryStatus.POSTED, 3: [key]}
        caller = builders.caller(company_id, page=page)
        event = record(session, caller, company_id=company_id, action="a", subject="s", after=facts, now=elsewhere)
    assert event.after == {
        "key": key.hex,
        "day": "2024-02-15",
        "at": "2024-03-01T12:00:00.000000+00:00",
        "status": "posted",
        "3": [key.hex],
    }
    with snapshot() as session:
        assert verify_chain(session, company_id.hex) == []


def test_the_installation_has_a_chain_of_its_own(database: str) -> None:
    with unit_of_work() as session:
        event = record(session, builders.caller(), company_id=None, action="created", subject="user", now=NOW)
    assert (event.chain, event.sequence) == (INSTALLATION, 1)
    with snapshot() as session:
        assert verify_chain(session, INSTALLATION) == []


@pytest.mark.parametrize(
    "wrong",
    [{"sequence": 2}, {"sequence": 4}, {"previous_hash": ""}, {"previous_hash": "0" * 64}, {"chain": INSTALLATION}],
)
def test_an_event_that_does_not_continue_its_chain_is_refused(database: str, wrong: dict[str, Any]) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        last = events(session, books)[-1]
        right = {**last.model_dump(), "id": uuid4(), "sequence": 4, "previous_hash": last.hash}
        if "sequence" in wrong and wrong["sequence"] == 4:
            wrong = {"sequence": 5}
        with refused(session, 8):
            session.execute(EVENTS.insert().values({**right, **wrong}))
        session.execute(EVENTS.insert().values(right))


def test_the_log_is_append_only(database: str) -> None:
    with unit_of_work() as session:
        event = events(session, builders.books(session))[1]
        with refused(session, 8):
            raw(session, "UPDATE audit_events SET action = 'other' WHERE id = :id", id=event.id)
        with refused(session, 8):
            raw(session, "DELETE FROM audit_events WHERE id = :id", id=event.id)
        with refused(session, 8):
            session.delete(event)


@pytest.mark.parametrize("own_chain", [True, False])
def test_writers_at_the_same_time_never_fork_a_chain(database: str, own_chain: bool) -> None:
    with unit_of_work() as session:
        books = builders.books(session)

    def write(number: int) -> None:
        with unit_of_work() as session:
            builders.rule(session, books, position=number)  # its foreign key locks the company's row a little
            company_id = books.company_id if own_chain else None
            caller = builders.caller(books.company_id)
            record(session, caller, company_id=company_id, action="added", subject="rule", now=NOW)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(write, number) for number in range(24)]:
            done.result()
    chain = books.company_id.hex if own_chain else INSTALLATION
    with snapshot() as session:
        assert verify_chain(session, chain) == []
        assert session.execute(text("SELECT count(*) FROM audit_events")).scalar_one() == 24


def test_one_changed_character_anywhere_in_a_stored_event_is_found(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        keys = [event.id for event in events(session, books)]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
    @given(
        st.sampled_from(keys),
        st.sampled_from([column.name for column in EVENTS.columns]),
        st.integers(0, 200),
        st.sampled_from("0123456789abcdefxyz"),
    )
    def holds(key: UUID, column: str, place: int, character: str) -> None:
        old = stored_text(session, key, column)
        assume(old)
        place %= len(old)
        new = old[:place] + character + old[place + 1 :]
        point = session.begin_nested()
        before = typed(session, key, column)
        raw(session, f"UPDATE OR IGNORE audit_events SET {column} = :new WHERE id = :id", new=new, id=key)
        if column == "id":
            key = UUID(new) if is_uuid(new) else key
        changed = typed(session, key, column) != before
        found = broken(session, books)
        point.rollback()
        assert found or not changed  # another way to write the same value, such as T between date and time

    with laws_suspended() as session:
        holds()


def is_uuid(new: str) -> bool:
    return all(character in "0123456789abcdef" for character in new)


def stored_text(session: Session, key: UUID, column: str) -> str:
    found = session.execute(text(f"SELECT CAST({column} AS TEXT) FROM audit_events WHERE id = :id").bindparams(id=key))
    return str(found.scalar_one() or "")


def typed(session: Session, key: UUID, column: str) -> object:
    try:
        return session.execute(select(EVENTS.c[column]).where(EVENTS.c.id == key)).scalar_one_or_none()
    except (ValueError, DBAPIError):
        return "unreadable"


def broken(session: Session, books: Books) -> bool:
    """Whether the company's chain, or the lack of its three events, shows damage."""
    chain = books.company_id.hex
    present = session.execute(text("SELECT count(*) FROM audit_events WHERE chain = :c").bindparams(c=chain))
    return bool(verify_chain(session, chain)) or present.scalar_one() != 3


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_changed_value_in_any_column_is_found_on_both_databases(database: str, number: int) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        event = events(session, books)[number]
        other_user = builders.user(session).id
    changes: dict[str, Any] = {
        "id": uuid4(),
        "sequence": 9,
        "company_id": None,
        "at": NOW - timedelta(microseconds=1),
        "user_id": other_user,
        "via": "page:other",
        "action": "approve",
        "subject": "entries",
        "subject_id": None,
        "before": {"status": "needs_review", "n": 99},
        "after": None,
        "row_count": 3,
        "rows_digest": "",
        "previous_hash": "0" * 64,
        "hash": "0" * 64,
    }
    assert set(changes) == set(EVENTS.columns.keys()) - {"chain"}
    with laws_suspended() as session:
        for column, value in changes.items():
            point = session.begin_nested()
            session.execute(EVENTS.update().where(EVENTS.c.id == event.id).values({column: value}))
            assert [found.law for found in verify_chain(session, books.company_id.hex)] == [8], column
            point.rollback()


def test_a_removed_event_is_found_and_named(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        second = events(session, books)[1]
    with laws_suspended() as session:
        session.execute(EVENTS.delete().where(EVENTS.c.id == second.id))
    with snapshot() as session:
        [found] = verify_chain(session, books.company_id.hex)
    assert found.where == f"audit event 3 of chain {books.company_id.hex}"
    assert found.what == "event 2 is missing before it"


def test_a_digest_depends_on_every_row_value_and_the_order() -> None:
    key = uuid4()
    digest = rows_digest([(key, DAY, 1), (key, DAY, None)])
    assert digest == rows_digest([[key, DAY, 1], [key, DAY, None]])
    others = [
        [(key, DAY, None), (key, DAY, 1)],
        [(key, DAY, 1)],
        [(key, DAY, 1, key, DAY, None)],
        [(key, DAY, "1"), (key, DAY, None)],
    ]
    assert digest not in [rows_digest(rows) for rows in others]
    assert len(json.dumps(digest)) == 66
