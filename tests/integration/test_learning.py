"""Conflicting decisions, the figures of a model in use, and training as a job, on both databases."""

from datetime import date
from uuid import UUID

import pytest

from core.access.roles import Via
from core.categorization.conflicts import conflicting_decisions
from core.categorization.model_card import model_card
from core.categorization.proposing import load_proposer
from core.categorization.rule_book import add_rule
from core.categorization.said import LEAST_ROWS, said_figures
from core.errors import AccessDenied, ModelChanged, NotFound
from core.jobs.tasks import train
from core.posting.reviewing import change_account
from core.posting.undoing import undo
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import Method, ModelVersion, Outcome, Role
from tests import builders
from tests.integration.posting_cases import audit
from tests.unit.categorization.builders import lines_of
from tests.unit.categorization.test_company_models import reviewed_books
from tests.unit.posting.cases import LATER, NOW, waiting


def decided(books, payee: str, account_id: UUID, amount_minor=-3_000, **given) -> None:
    with unit_of_work() as session:
        line = builders.transaction(session, books, counterparty=payee, amount_minor=amount_minor, **given)
        builders.review(session, books, builders.entry(session, books, transaction=line), account_id=account_id)


def conflicts(books, caller):
    with snapshot() as session:
        return conflicting_decisions(session, caller, books.company_id)


def test_like_lines_with_several_accounts_are_a_conflict_and_unlike_ones_are_none(books, caller):
    for row in (1, 2):
        decided(books, "Costco", books.expense.id, row=row)
    decided(books, "Costco", books.revenue.id, -3_050, row=3, booked_on=date(2024, 2, 9))
    decided(books, "Costco", books.revenue.id, 3_000, row=4)  # money in
    decided(books, "Costco", books.revenue.id, -90_000, row=5)  # another size
    decided(books, "Target", books.expense.id, row=6)
    (found,) = conflicts(books, caller)
    assert (found.counterparty, found.money_in, found.least_minor, found.most_minor) == ("Costco", False, 3_000, 3_050)
    assert [(one.account_id, one.lines) for one in found.choices] == [(books.expense.id, 2), (books.revenue.id, 1)]
    assert found.choices[1].last_on == date(2024, 2, 9)


def test_a_conflict_ends_with_the_rule_that_its_conditions_make(books, caller):
    decided(books, "Costco", books.expense.id, row=1)
    decided(books, "Costco", books.revenue.id, row=2)
    (found,) = conflicts(books, caller)
    with unit_of_work() as session:
        add_rule(
            session, caller, books.company_id, name="Costco", conditions=found.conditions,
            account_id=books.expense.id, now=NOW,
        )  # fmt: skip
    assert conflicts(books, caller) == []


def test_conflicts_of_others_are_not_seen(books):
    with snapshot() as session, pytest.raises(NotFound):
        conflicting_decisions(session, builders.caller(), books.company_id)


def test_a_decision_is_in_the_history_at_once_and_out_of_it_when_taken_back(books, caller):
    with unit_of_work() as session:
        entry = waiting(session, books, account=books.expense, counterparty="Costco", description="COSTCO").id

    def known():
        with snapshot() as session:
            return load_proposer(session, caller, books.company_id).history.has_seen(lines_of(["COSTCO"]).keys)

    assert not known().any()
    with unit_of_work() as session:
        made = change_account(session, caller, books.company_id, [entry], books.revenue.id, write=write, now=LATER)
    assert known().all()
    with unit_of_work() as session:
        undo(session, caller, books.company_id, made.review_ids, write=write, now=LATER)
    assert not known().any()


def test_the_starter_is_measured_by_what_people_decided_after_it_proposed(books, caller):
    with unit_of_work() as session:
        for row in range(1, LEAST_ROWS + 1):
            line = builders.transaction(session, books, row=row)
            proposal = builders.proposal(session, books, line, method=Method.MODEL, confidence=0.9)
            entry = builders.entry(session, books, transaction=line, proposal_id=proposal.id)
            outcome = Outcome.CORRECTED if row <= 3 else Outcome.APPROVED
            builders.review(
                session, books, entry, proposal_id=proposal.id, account_id=books.expense.id, outcome=outcome
            )
            if row == LEAST_ROWS - 1:
                assert said_figures(session, caller, books.company_id, None, 0.01) is None
        card = model_card(session, caller, books.company_id)
    assert card.lived is not None
    assert (card.lived["holdout_rows"], card.lived["accuracy"], card.lived["ece"]) == (LEAST_ROWS, 0.9, 0.0)
    assert card.lived["reliability"] == [{"confidence": 0.9, "right": 0.9, "rows": LEAST_ROWS}]


def trained(caller, company_id, read=snapshot):
    said: list[str] = []
    result = train(caller, company_id, read=read, write=unit_of_work, clock=lambda: NOW, tell=said.append)
    return result, said


def test_training_runs_as_a_job_of_whoever_asked_and_says_what_it_does(sqlite_database: str):
    with unit_of_work() as session:
        books = reviewed_books(session, 150)
        person = builders.user(session)
    caller = builders.caller(books.company_id, user_id=person.id, role=Role.MANAGER)
    result, said = trained(caller, books.company_id)
    assert result.version == 1
    assert [stage.split()[0] for stage in said] == ["Training", "Storing"]
    (event,) = [one for one in audit(books.company_id) if one.action == "model trained"]
    assert (event.user_id, event.via.split(":")[0]) == (person.id, Via.JOB)
    with snapshot() as session:
        data = session.get_one(ModelVersion, event.subject_id).figures["data"]
    assert data["first_on"] < data["last_on"]


def test_a_model_compared_with_one_that_is_not_in_use_any_more_is_not_stored(sqlite_database: str):
    with unit_of_work() as session:
        books = reviewed_books(session, 120)
    caller = builders.caller(books.company_id)

    class Reading:
        """A view after which somebody else puts a model to use."""

        def __enter__(self):
            self.view = snapshot()
            return self.view.__enter__()

        def __exit__(self, *fault):
            self.view.__exit__(*fault)
            with unit_of_work() as session:
                builders.stored(session, ModelVersion(
                    company_id=books.company_id, number=1, trained_at=NOW, reviewed_rows=120, figures={},
                    is_active=True, artefact=b"", reason="by somebody else",
                ))  # fmt: skip

    with pytest.raises(ModelChanged):
        trained(caller, books.company_id, read=Reading)


def test_a_reviewer_does_not_train(books):
    with pytest.raises(AccessDenied):
        trained(builders.caller(books.company_id, role=Role.REVIEWER), books.company_id)
