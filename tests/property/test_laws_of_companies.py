"""Law 5: rows of one company never refer to another's, on both databases, and no table can slip through."""

from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, select, update
from sqlalchemy import Table as SqlTable
from sqlmodel import Session, col

from db.engine import unit_of_work
from models import (
    AccountPurpose,
    DefaultAccount,
    DeletedLine,
    DifferenceKind,
    DismissedRule,
    Layout,
    LineNote,
    LineTag,
    MatchDifference,
    MatchRefund,
    ModelVersion,
    NoteKind,
    ReceiptSum,
    StatementFile,
    Table,
    Tag,
    TaxCode,
    TaxLine,
    Transaction,
)
from tests import builders
from tests.builders import NOW, Books
from tests.laws import impossible

NOT_OWNED = {"companies", "users", "user_sessions"}
KEPT_BY_TRIGGERS = {"waiting_groups", "waiting_lines"}
IN_OTHER_TESTS = {
    "match_members",
    "base_values",
}  # the latter in test_laws_of_base_values
OWNED = [table for table in Table.metadata.sorted_tables if table.name not in NOT_OWNED]


def references(table: SqlTable) -> list[ForeignKeyConstraint]:
    """The foreign keys of a table that lead to another company-owned table."""
    return [key for key in table.foreign_key_constraints if key.referred_table.name not in NOT_OWNED]


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_every_table_belongs_to_a_company_and_its_references_carry_the_company(table: SqlTable) -> None:
    assert "company_id" in table.columns
    assert table.c.company_id.nullable == (table.name == "audit_events")
    assert any(key.column_keys == ["company_id"] for key in table.foreign_key_constraints)
    for key in references(table):
        assert key.column_keys[1] == "company_id", key.name
        assert [element.column.name for element in key.elements] == ["id", "company_id"], key.name
        target = key.referred_table
        unique = [set(c.columns.keys()) for c in target.constraints if isinstance(c, UniqueConstraint)]
        assert {"id", "company_id"} in unique


def test_every_column_that_names_a_row_of_another_table_is_a_foreign_key() -> None:
    loose = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type.python_type, type) and column.type.python_type is UUID
        if column.name not in ("id", "company_id") and not column.foreign_keys
    }
    assert loose == {
        "audit_events.subject_id",  # may name a row of any table
        "line_notes.thread_id",  # names no row: notes that belong together share it
        # Copied by triggers from rows whose own references are checked.
        "waiting_lines.transaction_id", "waiting_lines.bank_account_id",
    }  # fmt: skip


def one_row_of_each(session: Session, books: Books) -> dict[str, Table]:
    """A row in every company-owned table, with every reference set that can be."""
    file = builders.statement_file(session, books, new_count=1, new_minor=-1250)
    line = builders.transaction(session, books, file=file)
    item = builders.open_item(session, books, statement_file_id=file.id)
    match = builders.match(session, books, line, item)
    facts = {"company_id": books.company_id, "account_id": books.expense.id}
    named = builders.stored(session, DefaultAccount(**facts, purpose=AccountPurpose.FEES))
    fee = builders.stored(
        session, MatchDifference(**facts, match_id=match.id, kind=DifferenceKind.FEE, amount_minor=-3)
    )
    back = builders.stored(
        session,
        MatchRefund(company_id=books.company_id, match_id=match.id, transaction_id=line.id, amount_minor=3),
    )
    rule = builders.rule(session, books)
    figures: dict[str, Any] = {
        "number": 1,
        "trained_at": NOW,
        "reviewed_rows": 0,
        "figures": {},
        "artefact": b"",
        "reason": "",
    }
    model = builders.stored(session, ModelVersion(company_id=books.company_id, **figures))
    layout = Layout(company_id=books.company_id, bank_account_id=books.checking.id, definition={}, saved_at=NOW)
    proposal = builders.proposal(session, books, line, rule_id=rule.id, match_id=match.id, model_version_id=model.id)
    entry = builders.entry(session, books, transaction=line, proposal_id=proposal.id, lines=[])
    [one] = builders.add_lines(session, entry, [(books.bank, 0)])
    alone = builders.entry(session, books, auto_approved=True, lines=[])
    drawn = builders.re_review(session, books, alone)
    drawn.decided_at, drawn.account_id, drawn.agreed = NOW, books.expense.id, True
    review = builders.review(session, books, entry, proposal_id=proposal.id, account_id=books.expense.id)
    rows = [file, line, item, match, rule, model, builders.stored(session, layout), proposal, entry, one, review]
    prepared = builders.preparation(session, books, line, proposal, before_id=entry.id)
    rows += [builders.stored(session, drawn), prepared, builders.opening_balances(session, books, alone)]
    rows += [
        named,
        fee,
        back,
        books.bank,
        books.checking,
        builders.reconciliation(session, books, file),
        *kept_facts(session, books, file),
    ]
    return {cast(Any, row).__tablename__: row for row in rows}


def kept_facts(session: Session, books: Books, file: StatementFile) -> list[Table]:
    """What an import, a deletion, a tax and a receipt leave behind."""
    part = ReceiptSum(company_id=books.company_id, statement_file_id=file.id, bank_account_id=books.checking.id)
    gone = builders.transaction(session, books, file=file, row=2)
    session.execute(update(Transaction).where(col(Transaction.id) == gone.id).values(reverted_at=NOW))
    deleted = DeletedLine(company_id=books.company_id, transaction_id=gone.id, reason="exported twice", deleted_at=NOW)
    said = LineNote(
        company_id=books.company_id, transaction_id=gone.id, thread_id=uuid4(), kind=NoteKind.COMMENT, text="twice",
        written_at=NOW, ended_at=NOW,
    )  # fmt: skip
    entry = builders.taxed_entry(session, books)
    tax = session.execute(select(TaxLine).where(col(TaxLine.entry_id) == entry.id)).scalar_one()
    paper = builders.attachment(session, books, gone)
    kept = [builders.stored(session, part), builders.stored(session, deleted), builders.stored(session, said), paper]
    dismissed = DismissedRule(
        company_id=books.company_id, counterparty="adobe", money_in=False, account_id=books.expense.id, dismissed_at=NOW
    )
    kept.append(builders.stored(session, dismissed))
    tag = builders.stored(session, Tag(company_id=books.company_id, name="shop"))
    marked = LineTag(company_id=books.company_id, transaction_id=gone.id, tag_id=tag.id, set_at=NOW)
    kept += [tag, builders.stored(session, marked)]
    return [*kept, tax, session.get_one(TaxCode, tax.tax_code_id)]


def test_no_reference_can_be_turned_to_another_company(database: str) -> None:
    tried = 0
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        own, foreign = one_row_of_each(session, books), one_row_of_each(session, others)
        for table in OWNED:
            for key in references(table):
                if table.name not in own:
                    continue
                row, target = cast(Any, own[table.name]), cast(Any, foreign[key.referred_table.name])
                with impossible(session):
                    change = {key.column_keys[0]: target.id}
                    session.execute(update(table).where(table.c.id == row.id).values(change))
                tried += 1
            if table.name in own and references(table):
                row = cast(Any, own[table.name])
                with impossible(session):
                    change = {"company_id": others.company_id}
                    session.execute(update(table).where(table.c.id == row.id).values(change))
    assert tried == sum(len(references(table)) for table in OWNED if table.name in own) >= 20
    assert {table.name for table in OWNED if references(table)} - set(own) == KEPT_BY_TRIGGERS | IN_OTHER_TESTS


def test_a_match_has_members_of_its_company_only(database: str) -> None:
    with unit_of_work() as session:
        books, others = builders.books(session), builders.books(session)
        with impossible(session):
            builders.match(session, books, builders.transaction(session, others))
        with impossible(session):
            builders.match(session, books, builders.open_item(session, others))
