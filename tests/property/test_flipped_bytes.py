"""One flipped byte anywhere in an audit chain is found, and the event that it is in is named first."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.access.audit import record, verify_chain
from db.engine import snapshot, unit_of_work
from models import AuditEvent
from tests import builders
from tests.builders import NOW
from tests.laws import laws_suspended

EVENTS = 6
COLUMNS = [column.name for column in AuditEvent.__table__.columns if column.name not in ("sequence", "chain")]
MASKS = st.integers(1, 255)
PLACES = st.tuples(st.integers(1, EVENTS), st.sampled_from(COLUMNS), st.integers(0, 400), MASKS)


def recorded() -> str:
    """A chain of events of all shapes; its name."""
    with unit_of_work() as session:
        books, user = builders.books(session), builders.user(session)
        caller = builders.caller(books.company_id, user_id=user.id, page="review")
        for number in range(EVENTS):
            record(
                session, caller, company_id=books.company_id, action=f"step {number}", subject="entry",
                subject_id=user.id, now=NOW, before={"name": "Café", "was": None} if number % 2 else None,
                after={"comment": 'a "quoted" note', "count": number}, row_count=number,
                rows_digest="ab" * 32 if number % 3 else "",
            )  # fmt: skip
        return books.company_id.hex


def flipped(value: Any, place: int, mask: int) -> Any:
    if isinstance(value, int):
        return value ^ mask
    raw = bytearray(value.encode())
    raw[place % len(raw)] ^= mask
    return raw.decode("latin-1")


def test_any_flipped_byte_is_found_on_sqlite(sqlite_database: str) -> None:
    chain = recorded()
    with laws_suspended() as session:

        @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
        @given(PLACES)
        def found(where: tuple[int, str, int, int]) -> None:
            sequence, column, place, mask = where
            key = {"chain": chain, "sequence": sequence}
            query = f"SELECT {column} FROM audit_events WHERE chain = :chain AND sequence = :sequence"
            value = session.execute(text(query), key).scalar_one()
            if value is None or value == "":
                return
            change = f"UPDATE audit_events SET {column} = :new WHERE chain = :chain AND sequence = :sequence"
            point = session.begin_nested()
            session.execute(text(change), {**key, "new": flipped(value, place, mask)})
            violations = verify_chain(session, chain)
            point.rollback()
            assert [violation.where for violation in violations] == [f"audit event {sequence} of chain {chain}"]

        assert verify_chain(session, chain) == []
        found()


SPELLINGS = {
    "another space": "UPDATE audit_events SET after = CAST(replace(CAST(after AS TEXT), ', ', ',  ') AS {json})",
    "another word": "UPDATE audit_events SET after = CAST(replace(CAST(after AS TEXT), 'note', 'nota') AS {json})",
    "another action": "UPDATE audit_events SET action = 'stop 2'",
    "another number": "UPDATE audit_events SET row_count = row_count + 1",
    "another hash": "UPDATE audit_events SET hash = substr(hash, 2) || substr(hash, 1, 1)",
    "another link": "UPDATE audit_events SET previous_hash = substr(previous_hash, 2) || substr(previous_hash, 1, 1)",
}


def test_every_way_of_rewriting_an_event_is_found_on_both_databases(database: str) -> None:
    chain = recorded()
    json = "JSON" if database.startswith("postgresql") else "TEXT"
    missed = []
    with laws_suspended() as session:
        for name, statement in SPELLINGS.items():
            point = session.begin_nested()
            session.execute(text(f"{statement.format(json=json)} WHERE sequence = 4"))
            if [v.where for v in verify_chain(session, chain)] != [f"audit event 4 of chain {chain}"]:
                missed.append(name)
            point.rollback()
    assert missed == []


def test_a_missing_and_a_reordered_event_are_named(database: str) -> None:
    chain = recorded()
    with laws_suspended() as session:
        point = session.begin_nested()
        session.execute(text("DELETE FROM audit_events WHERE sequence = 3"))
        (gone,) = verify_chain(session, chain)
        point.rollback()
        session.execute(text("UPDATE audit_events SET sequence = sequence + 100 WHERE sequence IN (2, 3)"))
        session.execute(text("UPDATE audit_events SET sequence = 105 - sequence WHERE sequence > 100"))
        (moved,) = verify_chain(session, chain)
    assert (gone.where, gone.what) == (f"audit event 4 of chain {chain}", "event 3 is missing before it")
    assert moved.where == f"audit event 2 of chain {chain}"
    with snapshot() as session:
        assert len(verify_chain(session, chain)) == 1
