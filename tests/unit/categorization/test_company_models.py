"""The database part: what is loaded for proposing, what a model learns from, when it takes over."""

from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import Session, select

from core.categorization import gate
from core.categorization.proposing import load_proposer
from core.categorization.reviewed import decided_count, reviewed_decisions, reviewed_lines
from core.categorization.training import LEAST_ROWS, is_training_due, train_company
from core.errors import AccessDenied, NotFound
from core.posting.correcting import confirm_posted
from db.bulk import write_columns
from db.engine import unit_of_work
from models import Account, AuditEvent, ModelVersion, Outcome, Role
from tests import builders
from tests.builders import NOW, Books
from tests.unit.categorization.builders import chart, company, lines_of


def decided(session: Session, books: Books, text: str, account: Account, **given: object) -> None:
    line = builders.transaction(session, books, description=text, counterparty=text.title())
    entry = builders.entry(session, books, transaction=line)
    builders.review(session, books, entry, account_id=account.id, **given)


def test_only_the_last_standing_decision_of_a_line_is_learned_from(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        line = builders.transaction(session, books, description="ADOBE", counterparty="Adobe")
        entry = builders.entry(session, books, transaction=line)
        builders.review(session, books, entry, account_id=books.revenue.id)
        later = NOW + timedelta(hours=1)
        builders.review(session, books, entry, account_id=books.expense.id, decided_at=later, outcome=Outcome.CORRECTED)
        undone = {"decided_at": later + timedelta(hours=1), "undone_at": later + timedelta(hours=2)}
        builders.review(session, books, entry, account_id=books.suspense.id, **undone)
        decided(session, books, "ADOBE", books.expense)
        split = builders.transaction(session, books, description="SPLIT", counterparty="Split")
        split_entry = builders.entry(session, books, transaction=split)
        builders.review(session, books, split_entry, account_id=None, outcome=Outcome.SPLIT)
        caller = builders.caller(books.company_id)
        rows = reviewed_lines(session, caller, books.company_id)
        groups = reviewed_decisions(session, caller, books.company_id)
        expected = str(books.expense.id)
    assert rows.account == [expected, expected]
    assert groups.account.tolist() == [expected]
    assert groups.count.tolist() == [2]


def test_grouped_decisions_say_the_same_as_single_ones(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        for text, account in (("ADOBE", books.expense), ("ADOBE", books.revenue), ("COMCAST", books.expense)):
            for _ in range(3):
                decided(session, books, text, account)
        caller = builders.caller(books.company_id)
        single = reviewed_lines(session, caller, books.company_id).decisions()
        grouped = reviewed_decisions(session, caller, books.company_id)
    count = {
        (text, key): int(n) for text, key, n in zip(grouped.keys.text, grouped.account, grouped.count, strict=True)
    }
    pairs = list(zip(single.keys.text, single.account, strict=True))
    assert count == {pair: pairs.count(pair) for pair in pairs}


def test_another_companys_decisions_stay_unknown(sqlite_database: str) -> None:
    with unit_of_work() as session:
        mine, theirs = builders.books(session), builders.books(session)
        decided(session, theirs, "SECRET VENDOR", theirs.expense)
        caller = builders.caller(mine.company_id)
        proposer = load_proposer(session, caller, mine.company_id)
        assert len(proposer.history.own) == 0
        with pytest.raises(NotFound):
            load_proposer(session, caller, theirs.company_id)


def test_rules_chart_and_policy_are_loaded_and_lead_to_proposals(database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session, policy={"materiality_minor": 100})
        condition = {"kind": "text", "test": "contains", "field": "text", "value": "adobe"}
        second = builders.rule(session, books, position=2, conditions=[condition], account_id=books.revenue.id)
        first = builders.rule(session, books, position=1, conditions=[condition], account_id=books.expense.id)
        builders.rule(session, books, position=0, conditions=[condition], is_active=False)
        proposer = load_proposer(session, builders.caller(books.company_id), books.company_id)
        found = proposer.propose(lines_of(["ADOBE 12"], [-1250]))
        assert proposer.rule_ids == (first.id, second.id)
        assert UUID(found.account[0]) == books.expense.id
    assert found.method[0] == "rule"
    assert not found.auto[0]
    assert proposer.policy.materiality_minor == 100
    assert proposer.model_version_id is None


def reviewed_books(session: Session, rows: int) -> Books:
    """A company whose first lines were all decided, on the template's chart."""
    books = builders.books(session, sector="food")
    known = {"9000": books.suspense, "8000": books.revenue, "6300": books.expense, "1000": books.bank}
    for option in chart():
        if option.code not in known and option.role not in {"bank", "transfer_clearing", "suspense"}:
            known[option.code] = builders.account(
                session,
                books.company_id,
                code=option.code,
                name=option.name,
                type=option.type,
                role=option.role or None,
            )
    labelled = company(seed=903).take(np.arange(rows))
    file = builders.statement_file(session, books)
    for i, (text, name, amount, day, code) in enumerate(
        zip(
            labelled.lines.description, labelled.lines.counterparty, labelled.lines.amount_minor.tolist(),
            labelled.lines.booked_on.tolist(), labelled.account, strict=True,
        )
    ):  # fmt: skip
        given = {"description": text, "counterparty": name, "booked_on": day, "row": i + 1}
        line = builders.transaction(session, books, file=file, amount_minor=amount, **given)
        entry = builders.entry(session, books, transaction=line)
        builders.review(session, books, entry, account_id=known[code].id)
    return books


def test_a_trained_model_is_stored_takes_over_and_is_used(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = reviewed_books(session, 400)
        caller = builders.caller(books.company_id)
        first = train_company(session, caller, books.company_id, now=NOW)
        again = train_company(session, caller, books.company_id, now=NOW)
        versions = session.exec(select(ModelVersion).order_by(ModelVersion.number)).all()
        proposer = load_proposer(session, caller, books.company_id)
        events = [event.action for event in session.exec(select(AuditEvent)).all()]
        active = [version for version in versions if version.is_active]
        assert proposer.model_version_id == (active[0].id if active else None)
    assert [version.number for version in versions] == [1, 2]
    assert len(active) <= 1
    assert first.reviewed_rows == 400
    assert first.challenger is not None
    assert first.activated == versions[0].reason.startswith("not worse")
    assert again.active in {"starter", "model 1", "model 2"}
    assert events.count("model trained") == 2
    assert proposer.propose(lines_of(["COMCAST BUSINESS 1"])).method[0] == "model"


def test_a_challenger_that_is_worse_does_not_take_over(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work() as session:
        books = reviewed_books(session, 150)
        monkeypatch.setattr(gate, "LOG_LOSS_SLACK", -10.0)
        result = train_company(session, builders.caller(books.company_id), books.company_id, now=NOW)
        stored = session.exec(select(ModelVersion)).one()
        assert not stored.is_active
        assert stored.reason.startswith("worse in log loss, so the model in use stays; on 45 later lines: accuracy ")
    assert (result.active, result.activated, result.version) == ("starter", False, 1)


def test_what_the_machine_posted_alone_never_trains(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        caller = builders.caller(books.company_id)
        for row in range(1, 4):
            line = builders.transaction(session, books, row=row, description="ADOBE", counterparty="adobe")
            proposal = builders.proposal(session, books, line, account_id=books.expense.id)
            given = {"transaction": line, "proposal_id": proposal.id, "auto_approved": True, "posted": True}
            entry = builders.entry(session, books, **given)
        assert len(reviewed_lines(session, caller, books.company_id)) == 0
        assert len(reviewed_decisions(session, caller, books.company_id)) == 0
        assert len(load_proposer(session, caller, books.company_id).history.own) == 0
        confirm_posted(session, caller, books.company_id, [entry.id], write=write_columns, now=NOW)
        assert reviewed_lines(session, caller, books.company_id).account == [str(books.expense.id)]
        assert decided_count(session, caller, books.company_id) == 1


def test_training_is_due_with_enough_decisions_and_again_after_a_quarter_more(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = reviewed_books(session, 160)
        caller = builders.caller(books.company_id)
        assert is_training_due(session, caller, books.company_id)
        for number, (rows, due) in enumerate(((128, True), (129, False)), start=1):
            builders.stored(session, ModelVersion(
                company_id=books.company_id, number=number, trained_at=NOW, reviewed_rows=rows, figures={},
                artefact=b"", reason="tried",
            ))  # fmt: skip
            assert is_training_due(session, caller, books.company_id) is due


def test_too_few_decisions_train_nothing_and_say_how_many_are_needed(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        decided(session, books, "ADOBE", books.expense)
        result = train_company(session, builders.caller(books.company_id), books.company_id, now=NOW)
        assert session.exec(select(ModelVersion)).all() == []
    assert (result.active, result.version, result.challenger) == ("starter", None, None)
    assert str(LEAST_ROWS) in result.reason


def test_a_reviewer_cannot_train(sqlite_database: str) -> None:
    with unit_of_work() as session:
        books = builders.books(session)
        with pytest.raises(AccessDenied):
            train_company(session, builders.caller(books.company_id, role=Role.REVIEWER), books.company_id, now=NOW)
