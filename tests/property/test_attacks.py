"""Attacks with SQL on the application's own connection, on both databases: refused, every one of them.

On PostgreSQL the stronger case is tried too: a login that is no more than a member of the app's role, so that not
even RESET ROLE gives it anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core.access.audit import record
from core.verifying import verify_books
from db.engine import current_url, engine, forget, open_engine, snapshot, unit_of_work
from db.restraints import APP_ROLE, KEPT, REPLACED, restrain
from models import JournalEntry, Table
from tests import builders
from tests.builders import DAY, NOW, Books
from tests.databases import spoil
from tests.laws import raw

WEB = "books_web"  # a login that only belongs to the app's role


@pytest.fixture(params=["sqlite", "postgres", "postgres as a member of the role"])
def app(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Engine]:
    """The application's engine, on books with a posted entry, its reversal and a second company."""
    request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")
    with unit_of_work() as session:
        fill(session)
    if "member" not in request.param:
        yield engine()
        return
    owner = open_engine(current_url())
    with owner.begin() as connection:
        exists = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": WEB})
        if not exists:
            connection.execute(text(f"CREATE ROLE {WEB} LOGIN IN ROLE {APP_ROLE}"))
    owner.dispose()
    member = restrain(create_engine(make_url(current_url()).set(username=WEB)))
    yield member
    member.dispose()


def fill(session: Session) -> None:
    for slug in ("acme", "other"):
        books = builders.books(session, slug=slug)
        caller = builders.caller(books.company_id)
        for action in ("founded", "looked", "looked again"):
            record(session, caller, company_id=books.company_id, action=action, subject="company", now=NOW)
        entry = builders.entry(session, books, transaction=builders.transaction(session, books), posted=True)
        builders.reversal(session, books, entry, [(books.bank, 1250), (books.expense, -1250)])
        builders.taxed_entry(session, books, transaction=builders.transaction(session, books, amount_minor=-1190),
                             posted=True)  # fmt: skip
        builders.euro_entry(session, books, posted=True)
        waiting = builders.entry(session, books, transaction=builders.transaction(session, books))
        builders.review(session, books, waiting)
        builders.attachment(session, books, builders.transaction(session, books))
        line, person = builders.transaction(session, books), builders.user(session)
        proposal = builders.proposal(session, books, line)
        builders.preparation(session, books, line, proposal, prepared_by=person.id)
        builders.entry(session, books, transaction=line, proposal_id=proposal.id, memo="prepared")
        books.company.policy = {"four_eyes_minor": 1}


@contextmanager
def attempt(app: Engine) -> Iterator[Session]:
    """The block has to be refused; afterwards the books are as they were."""
    with Session(app) as session:
        with pytest.raises(DBAPIError):
            yield session
        session.rollback()


ONE = "(SELECT id FROM journal_entries WHERE status = 'posted' AND reverses_id IS NULL LIMIT 1)"
OTHERS = "(SELECT id FROM {} WHERE company_id = (SELECT id FROM companies WHERE slug = 'other') LIMIT 1)"
ACME = "(SELECT id FROM companies WHERE slug = 'acme')"

POST_AS = "UPDATE journal_entries SET status = 'posted', posted_at = '2024-03-01 00:00:00', posted_by ="
PREPARED = "WHERE memo = 'prepared'"

ATTACKS = {
    "edit an amount": "UPDATE journal_lines SET amount_minor = amount_minor + 1",
    "edit one amount": f"UPDATE journal_lines SET amount_minor = 0 WHERE entry_id = {ONE}",
    "move an amount to another account": f"UPDATE journal_lines SET account_id = {OTHERS.format('accounts')}",
    "delete the lines of an entry": f"DELETE FROM journal_lines WHERE entry_id = {ONE}",
    "delete an entry": f"DELETE FROM journal_entries WHERE id = {ONE}",
    "put an entry back into review": f"UPDATE journal_entries SET status = 'needs_review' WHERE id = {ONE}",
    "take an entry out without a reversal": f"UPDATE journal_entries SET status = 'reversed' WHERE id = {ONE}",
    "redate an entry": f"UPDATE journal_entries SET booked_on = '2020-01-01' WHERE id = {ONE}",
    "rewrite a memo": f"UPDATE journal_entries SET memo = 'nothing to see' WHERE id = {ONE}",
    "say that somebody else posted it": f"UPDATE journal_entries SET posted_at = NULL WHERE id = {ONE}",
    "unlink a reversal": "UPDATE journal_entries SET reverses_id = NULL WHERE reverses_id IS NOT NULL",
    "hide the tax": "UPDATE tax_lines SET tax_minor = 0",
    "delete the tax": "DELETE FROM tax_lines",
    "change a rate": "UPDATE tax_codes SET rate_bp = 1",
    "change an exchange rate": "UPDATE exchange_rates SET units = units + 1",
    "delete an exchange rate": "DELETE FROM exchange_rates",
    "change what a line is worth": "UPDATE base_values SET base_minor = 0",
    "delete what a line is worth": "DELETE FROM base_values",
    "keep the books in another currency": "UPDATE companies SET base_currency = 'EUR'",
    "change a bank line": "UPDATE transactions SET amount_minor = 1",
    "delete a bank line": "DELETE FROM transactions",
    "change the bytes of a file": "UPDATE statement_files SET content = NULL",
    "delete a file": "DELETE FROM statement_files",
    "change a receipt": "UPDATE attachments SET name = 'x'",
    "delete a receipt": "DELETE FROM attachments",
    "rewrite a decision": "UPDATE reviews SET outcome = 'rejected'",
    "delete a decision": "DELETE FROM reviews",
    "change who prepared an entry": "UPDATE preparations SET prepared_by = NULL",
    "forget who prepared an entry": "DELETE FROM preparations",
    "another proposal than the prepared one": f"UPDATE journal_entries SET proposal_id = NULL {PREPARED}",
    "post what one prepared oneself": f"{POST_AS} (SELECT prepared_by FROM preparations LIMIT 1) {PREPARED}",
    "post what was prepared without a person": f"{POST_AS} NULL {PREPARED}",
    "post by hand what nobody prepared": f"{POST_AS} (SELECT id FROM users LIMIT 1) WHERE memo = ''"
    " AND method = 'manual' AND status = 'needs_review'",
    "rewrite the audit log": "UPDATE audit_events SET action = 'nothing'",
    "cut the audit log at its end": "DELETE FROM audit_events WHERE sequence = 3",
    "cut the audit log in the middle": "DELETE FROM audit_events WHERE sequence = 2",
    "reorder the audit log": "UPDATE audit_events SET sequence = 5 - sequence",
    "move an event to another chain": f"UPDATE audit_events SET company_id = {ACME}",
    "rename a company's chain": "UPDATE companies SET slug = 'x'",
    "delete a company": "DELETE FROM companies",
    "an account of another company": f"UPDATE reviews SET account_id = {OTHERS.format('accounts')}",
    "an entry of another company": f"UPDATE reviews SET entry_id = {OTHERS.format('journal_entries')}",
    "drop a table": "DROP TABLE journal_lines",
    "add a column": "ALTER TABLE journal_entries ADD COLUMN x INTEGER",
    "rename a table": "ALTER TABLE audit_events RENAME TO y",
    "a table that stands before the books": "CREATE TEMP TABLE journal_lines AS SELECT * FROM audit_events",
    "drop an index": "DROP INDEX uq_journal_entries_live",
    "say that another schema is in force": "UPDATE alembic_version SET version_num = '0001'",
}  # fmt: skip
ON_SQLITE = {
    "drop a trigger": "DROP TRIGGER law_entry_frozen",
    "a trigger that swallows audit events": (
        "CREATE TEMP TRIGGER t BEFORE INSERT ON main.audit_events BEGIN SELECT RAISE(IGNORE); END"
    ),
    "write the schema": "PRAGMA writable_schema = ON",
    "forget foreign keys": "PRAGMA foreign_keys = OFF",
    "forget checks": "PRAGMA ignore_check_constraints = ON",
    "replace without triggers": "PRAGMA recursive_triggers = OFF",
    "replace a line": f"INSERT OR REPLACE INTO journal_lines SELECT id, company_id, entry_id, position, account_id, 7,"
    f" currency FROM journal_lines WHERE entry_id = {ONE}",
    "attach the file under another name": "ATTACH 'books.db' AS again",
    "a view before the books": "CREATE TEMP VIEW journal_lines AS SELECT 1",
}  # fmt: skip
ON_POSTGRES = {
    "switch a trigger off": "ALTER TABLE journal_entries DISABLE TRIGGER law_entry_frozen",
    "switch all triggers off": "ALTER TABLE journal_lines DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER law_entry_frozen ON journal_entries",
    "drop a function with its triggers": "DROP FUNCTION law_refuse CASCADE",
    "replace a function": (
        "CREATE OR REPLACE FUNCTION law_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    ),
    "replay without triggers": "SET session_replication_role = replica",
    "a rule instead": "CREATE RULE r AS ON INSERT TO audit_events DO INSTEAD NOTHING",
    "take a table over": "ALTER TABLE journal_lines OWNER TO CURRENT_USER",
    "the rights of the owner": f"GRANT app TO {APP_ROLE}",
    "merge into the lines": (
        "MERGE INTO journal_lines l USING journal_entries e ON e.id = l.entry_id WHEN MATCHED THEN"
        " UPDATE SET amount_minor = 0"
    ),
}  # fmt: skip


def attacks(app: Engine) -> dict[str, str]:
    if app.dialect.name == "sqlite":
        return ATTACKS | ON_SQLITE
    emptied = {f"empty {table}": f"TRUNCATE {table} CASCADE" for table in Table.metadata.tables}
    return ATTACKS | ON_POSTGRES | emptied


def fingerprint(app: Engine) -> dict[str, list[Any]]:
    """Every row of the books, to be compared."""
    with Session(app) as session:
        return {
            table.name: sorted(map(str, session.execute(table.select()).all()))
            for table in Table.metadata.sorted_tables
        }


def test_no_sql_of_the_app_changes_what_is_posted_or_recorded(app: Engine) -> None:
    before = fingerprint(app)
    let_through = []
    for name, statement in attacks(app).items():
        with Session(app) as session:
            try:
                session.execute(text(statement.replace(":", "\\:")))
                session.commit()
            except DBAPIError:
                continue
            let_through.append(name)
    assert let_through == [], " | ".join(let_through)
    app.dispose()
    assert fingerprint(app) == before


def test_a_member_of_the_role_gains_nothing_by_leaving_it(app: Engine) -> None:
    if app.url.username != WEB:
        return
    for leaving in ("RESET ROLE", "SET ROLE NONE", "SET SESSION AUTHORIZATION DEFAULT"):
        for statement in attacks(app).values():
            with attempt(app) as session:
                session.execute(text(leaving))
                session.execute(text(statement.replace(":", "\\:")))
                session.commit()


def test_an_entry_that_does_not_balance_is_not_posted(app: Engine) -> None:
    with attempt(app) as session:
        books = new_books(session)
        entry = builders.entry(session, books, lines=[(books.bank, -5), (books.expense, 4)])
        builders.post(session, entry)


def test_nothing_is_posted_into_a_locked_period(app: Engine) -> None:
    with attempt(app) as session:
        books = new_books(session)
        entry = builders.entry(session, books)
        raw(session, "UPDATE companies SET closed_through_on = :day WHERE id = :id", day=DAY, id=books.company_id)
        builders.post(session, entry)


def test_no_line_comes_into_a_locked_period_or_leaves_it(app: Engine) -> None:
    for statement in (
        "UPDATE transactions SET reverted_at = :now WHERE company_id = :id",
        "INSERT INTO transactions SELECT * FROM transactions WHERE company_id = :id",
    ):
        with attempt(app) as session:
            books = new_books(session)
            builders.transaction(session, books)
            raw(session, "UPDATE companies SET closed_through_on = :day WHERE id = :id", day=DAY, id=books.company_id)
            now = {"now": NOW} if ":now" in statement else {}
            raw(session, statement, id=books.company_id, **now)


def test_a_posted_entry_takes_no_further_line_and_none_of_another_company(app: Engine) -> None:
    with attempt(app) as session:
        books = new_books(session)
        entry = builders.entry(session, books, posted=True)
        builders.add_lines(session, entry, [(books.bank, 0)])
    with attempt(app) as session:
        books, others = new_books(session), new_books(session)
        builders.entry(session, books, lines=[(books.bank, -5), (others.expense, 5)])


def test_an_entry_is_reversed_once(app: Engine) -> None:
    with attempt(app) as session:
        books = new_books(session)
        entry = builders.entry(session, books, posted=True)
        opposite = [(books.bank, 1250), (books.expense, -1250)]
        builders.reversal(session, books, entry, opposite)
        builders.entry(session, books, lines=opposite, reverses_id=entry.id)


@pytest.mark.parametrize("change", [{"sequence": 9}, {"previous_hash": "0" * 64}, {"sequence": 3}])
def test_an_event_that_does_not_continue_its_chain_is_refused(app: Engine, change: dict[str, Any]) -> None:
    with attempt(app) as session:
        books = new_books(session)
        caller = builders.caller(books.company_id)
        for action in ("founded", "looked", "looked again"):
            last = record(session, caller, company_id=books.company_id, action=action, subject="company", now=NOW)
        facts = {column.name: getattr(last, column.name) for column in type(last).__table__.columns}
        facts |= {"id": uuid4(), "sequence": 4, "previous_hash": last.hash, **change}
        session.add(type(last)(**facts))
        session.flush()


def new_books(session: Session) -> Books:
    return builders.books(session)


def test_the_app_works_as_its_role_and_the_rights_of_the_role_are_the_stated_ones(postgres_database: str) -> None:
    with engine().connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == APP_ROLE
        for table in Table.metadata.sorted_tables:
            rights = {
                right
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
                if connection.scalar(text(f"SELECT has_table_privilege('{table.name}', '{right}')"))
            }
            columns = {
                column.name
                for column in table.columns
                if connection.scalar(text(f"SELECT has_column_privilege('{table.name}', '{column.name}', 'UPDATE')"))
            }
            kept = table.name in KEPT
            assert columns == (set(KEPT[table.name]) if kept else set(table.columns.keys())), table.name
            assert ("DELETE" in rights) == (not kept or table.name in REPLACED), table.name
            assert rights - {"UPDATE", "DELETE"} == {"SELECT", "INSERT"}


def test_a_login_outside_the_role_works_as_itself(postgres_database: str) -> None:
    owner = open_engine(postgres_database)
    with owner.begin() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = 'books_alone'")):
            connection.execute(text("CREATE ROLE books_alone LOGIN"))
        connection.execute(text("GRANT SELECT ON companies TO books_alone"))
    owner.dispose()
    alone = restrain(create_engine(make_url(postgres_database).set(username="books_alone")))
    with alone.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == "books_alone"
        assert connection.scalar(text("SELECT count(*) FROM companies")) == 0
    alone.dispose()


def test_what_the_owner_of_a_file_changes_past_the_laws_is_found(sqlite_database: str) -> None:
    """A file belongs to whoever may write it: nothing inside can refuse him, but the check of the books finds it."""
    with unit_of_work() as session:
        fill(session)
        companies = dict(session.execute(text("SELECT slug, id FROM companies")).all())
    spoil(current_url())
    forget(current_url())
    intruder = open_engine(sqlite_database)
    with intruder.begin() as connection:
        connection.execute(text("DROP TRIGGER law_lines_changed"))
        connection.execute(text(f"UPDATE journal_lines SET amount_minor = amount_minor - 1 WHERE entry_id = {ONE}"))
    intruder.dispose()
    with snapshot() as session:
        ids = [key for (key,) in session.execute(Table.metadata.tables["companies"].select().with_only_columns(
            Table.metadata.tables["companies"].c.id))]  # fmt: skip
        found = verify_books(session, builders.caller(*ids), ids).violations
        assert session.get(JournalEntry, uuid4()) is None
    assert len(companies) == 2
    assert {violation.law for violation in found} >= {1}
