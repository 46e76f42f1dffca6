"""What is written in bulk reads back as if the ORM had written it, on both databases."""

import string
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, cast, insert, select
from sqlmodel import Session

from db.bulk import write_columns
from db.engine import unit_of_work
from models import EntryStatus, JournalEntry, JournalLine, Layout, Method, ModelVersion, Proposal, Rule, Transaction
from tests import builders
from tests.builders import NOW, Books
from tests.laws import refused

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12) | st.sampled_from(
    ["", "\\N", "\\.", "a\n\\.\nb", "\\", "\t", "\r\n", '"', ",", "NULL", "'", " x ", "é漢😀", "\x1f", "\\t"]
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-11)), timezone(timedelta(hours=5, minutes=45))])
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001
DAYS = st.dates(date(1970, 1, 1), date(2200, 1, 1))
BIG = st.integers(-(2**63), 2**63 - 1)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(string.printable + "é漢", max_size=6)
    | st.just(0.1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab\\\n\t", max_size=2), inner, max_size=3),
    max_leaves=5,
)
LINE = st.fixed_dictionaries(
    {
        "row": st.integers(0, 2**31 - 1),
        "booked_on": DAYS,
        "value_on": st.none() | DAYS,
        "amount_minor": BIG,
        "balance_minor": st.none() | BIG,
        "description": TEXT,
        "counterparty": TEXT,
        "reference": TEXT,
        "reverted_at": st.none() | MOMENTS,
    }
)
PROPOSAL = st.fixed_dictionaries(
    {
        "confidence": st.none() | st.floats(0, 1),
        "method": st.sampled_from(Method),
        "reason": TEXT,
        "alternatives": st.lists(JSON_VALUES, max_size=2),
        "policy": st.dictionaries(TEXT, JSON_VALUES, max_size=2),
        "created_at": MOMENTS,
    }
)
RULE = st.fixed_dictionaries(
    {
        "position": st.integers(0, 99),
        "name": TEXT,
        "is_active": st.booleans(),
        "conditions": st.just([]),
        "created_at": MOMENTS,
    }
)
MODEL = st.fixed_dictionaries(
    {
        "artefact": st.binary(max_size=20),
        "figures": st.dictionaries(TEXT, JSON_VALUES, max_size=2),
        "trained_at": MOMENTS,
        "threshold": st.none() | st.floats(0, 1),
        "reason": TEXT,
    }
)


def check(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    """The same rows through the ORM and in bulk: equal values, and the same form in the database."""
    ids = [uuid4() for _ in rows], [uuid4() for _ in rows]
    fixed = [{**row, **unique(table, i)} for i, row in enumerate(rows)]
    point = session.begin_nested()
    session.add_all(table(id=key, **row) for key, row in zip(ids[0], fixed, strict=True))
    session.flush()
    by_orm = stored(session, table, ids[0])
    point.rollback()
    session.expunge_all()
    columns = {name: [row[name] for row in fixed] for name in fixed[0]}
    point = session.begin_nested()
    write_columns(session, table, {**columns, "id": ids[1]})
    in_bulk = stored(session, table, ids[1])
    point.rollback()
    assert in_bulk == by_orm


def unique(table: Any, number: int) -> dict[str, Any]:
    return {Transaction: {"fingerprint": f"{number}"}, ModelVersion: {"number": number}}.get(table, {})


def stored(session: Session, table: Any, ids: list[Any]) -> list[Any]:
    """Typed values and the raw texts of all columns but the key, in the order of the keys."""
    columns = [column for column in table.__table__.columns if column.name != "id"]
    texts = [cast(column, String).label(f"{column.name}_text") for column in columns if column.name != "artefact"]
    query = select(table.id, *columns, *texts)
    found = {row[0]: tuple(row[1:]) for row in session.execute(query.where(table.id.in_(ids)))}
    return [found[key] for key in ids]


CASES = {
    "lines": (Transaction, LINE),
    "proposals": (Proposal, PROPOSAL),
    "rules": (Rule, RULE),
    "models": (ModelVersion, MODEL),
}


@pytest.mark.parametrize("staged_from", [1, 1000])
@pytest.mark.parametrize("case", CASES)
def test_bulk_rows_equal_those_of_the_orm(
    database: str, case: str, staged_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.bulk._STAGED_FROM", staged_from)
    table, rows = CASES[case]
    with unit_of_work() as session:
        keys = keys_of(session, table, builders.books(session))

        @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
        @given(st.lists(rows, min_size=1, max_size=4))
        def holds(drawn: list[dict[str, Any]]) -> None:
            check(session, table, [{**keys, **row} for row in drawn])

        holds()


def keys_of(session: Session, table: Any, books: Books) -> dict[str, Any]:
    company = {"company_id": books.company_id}
    if table is Transaction:
        file = builders.statement_file(session, books)
        return company | {"bank_account_id": books.checking.id, "statement_file_id": file.id, "currency": "USD"}
    if table is Proposal:
        return company | {"transaction_id": builders.transaction(session, books).id, "account_id": books.expense.id}
    return company | ({"account_id": books.expense.id} if table is Rule else {"reviewed_rows": 1})


def test_missing_columns_get_the_defaults_of_the_table(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        keys = [uuid4(), uuid4()]
        given = {"id": keys, "company_id": [books.company_id] * 2, "booked_on": [NOW.date()] * 2}
        given |= {"status": [EntryStatus.NEEDS_REVIEW] * 2, "method": [Method.NONE] * 2, "created_at": [NOW] * 2}
        write_columns(session, JournalEntry, given)
        for key in keys:
            row = session.get_one(JournalEntry, key)
            assert (row.memo, row.auto_approved, row.transaction_id, row.posted_at) == ("", False, None, None)


def test_what_the_session_holds_is_written_before_the_rows_that_need_it(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        file = builders.statement_file(session, books)
        session.add(
            layout := Layout(
                company_id=books.company_id, bank_account_id=books.checking.id, saved_at=NOW, definition={}
            )
        )
        line = {"id": uuid4(), "company_id": books.company_id, "bank_account_id": books.checking.id, "row": 1}
        line |= {"statement_file_id": file.id, "booked_on": NOW.date(), "amount_minor": 1, "currency": "USD"}
        line |= {"description": "", "counterparty": "", "fingerprint": "f"}
        write_columns(session, Transaction, {name: [value] for name, value in line.items()})
        assert layout not in session.new


def test_faulty_columns_are_refused_before_anything_is_written(sqlite_database: str) -> None:
    with unit_of_work() as session:
        company_id = builders.books(session).company_id
        for columns, why in (
            ({}, "no columns"),
            ({"id": [uuid4()], "company_id": []}, "different lengths"),
            ({"id": [uuid4()], "surname": ["x"]}, "unknown columns: surname"),
            ({"company_id": [company_id]}, "keys must be given"),
            ({"id": [uuid4()], "company_id": [company_id]}, "no values for"),
        ):
            with pytest.raises(ValueError, match=why):
                write_columns(session, Rule, columns)  # type: ignore[arg-type]
        write_columns(session, Rule, {"id": [], "company_id": []})
        naive = {"position": [1], "name": ["n"], "conditions": [[]], "created_at": [datetime(2024, 1, 1)]}  # noqa: DTZ001
        keys = {"id": [uuid4()], "company_id": [company_id], "account_id": [uuid4()]}
        with pytest.raises(ValueError, match="time zone"):
            write_columns(session, Rule, {**keys, **naive})
        assert session.execute(select(Rule)).all() == []


@pytest.mark.parametrize("staged_from", [1, 1000])
def test_a_law_that_refuses_a_bulk_write_leaves_the_unit_of_work_usable(
    database: str, staged_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.bulk._STAGED_FROM", staged_from)
    with unit_of_work() as session:
        books = builders.books(session)
        entry = builders.entry(session, books, posted=True)
        line = {"id": uuid4(), "company_id": books.company_id, "entry_id": entry.id, "position": 3}
        line |= {"account_id": books.bank.id, "amount_minor": 1, "currency": "USD"}
        with refused(session, 2):
            write_columns(session, JournalLine, {name: [value] for name, value in line.items()})
        line["entry_id"] = builders.entry(session, books).id
        write_columns(session, JournalLine, {name: [value] for name, value in line.items()})


def test_inserting_rows_through_core_gives_the_same_form(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        rule = {"company_id": books.company_id, "position": 1, "name": "n", "account_id": books.expense.id}
        rule |= {"conditions": [{"a": 1}], "is_active": True, "created_at": NOW, "created_by": None}
        first, second = uuid4(), uuid4()
        session.execute(insert(Rule).values(id=first, **rule))
        write_columns(session, Rule, {name: [value] for name, value in {"id": second, **rule}.items()})
        assert stored(session, Rule, [first]) == stored(session, Rule, [second])
