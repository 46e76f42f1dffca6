"""What counts as news for the matching, and what a run without news does."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core.ingestion.deleting import delete_line, restore_line
from core.reconciliation import reconciling
from core.reconciliation.deciding import dismiss_match, unmatch
from core.reconciliation.reconciling import MatchingResult, match_company
from db.bulk import write_columns
from db.engine import unit_of_work
from models import Match, MatchingLook
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company, founded
from tests.integration.test_reconciling import invoice, receipt, transfer

pytestmark = pytest.mark.usefixtures("database")


class Watched:
    """The matching, with what it was asked to match."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[int] = []
        self._find = reconciling.find_matches
        monkeypatch.setattr(reconciling, "find_matches", self)

    def __call__(self, lines: Any, items: Any, **given: Any) -> Any:
        self.asked.append(len(lines))
        return self._find(lines, items, **given)

    def during(self, session: Session, company: Company) -> list[int]:
        """How many lines each round of a run looked at."""
        self.asked = []
        company.match(session)
        return self.asked


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def waiting(session: Session, company: Company) -> None:
    """Two lines that stay open, five hundred days apart."""
    receipt(session, company, "DEPOSIT BRAMBLE", 4_711)
    builders.transaction(
        session, company.books, amount_minor=815, description="DEPOSIT QUAY", booked_on=DAY - timedelta(days=500)
    )


def test_a_run_without_news_matches_nothing_and_tells_what_is_open(watched: Watched) -> None:
    with unit_of_work() as session:
        company = founded(session)
        waiting(session, company)
        invoice(session, company)
        assert watched.during(session, company) == [2]
        assert watched.during(session, company) == []
        assert company.match(session) == MatchingResult(open_lines=2, open_items=1)


def test_a_new_line_or_item_is_matched_with_what_lies_around_it_alone(watched: Watched) -> None:
    with unit_of_work() as session:
        company = founded(session)
        waiting(session, company)
        company.match(session)
        receipt(session, company, "DEPOSIT", 99)
        assert watched.during(session, company) == [2]
        builders.open_item(session, company.books, amount_minor=815, issued_on=DAY - timedelta(days=501))
        assert watched.during(session, company) == [1]
        assert [match.score for match in session.exec(select(Match)).all()]


def test_a_late_item_finds_the_line_that_waited_for_it() -> None:
    with unit_of_work() as session:
        company = founded(session)
        receipt(session, company, "ACH CREDIT ACME LTD INV-2044")
        assert company.match(session).open_lines == 1
        invoice(session, company)
        assert company.match(session) == MatchingResult(confirmed_settlements=1)


def test_what_a_person_changes_is_news(watched: Watched) -> None:
    with unit_of_work() as session:
        company = founded(session)
        item = invoice(session, company)
        line = builders.transaction(session, company.books, amount_minor=12_000, description="DEPOSIT", counterparty="")
        company.match(session)
        assert watched.during(session, company) == []
        suggested = session.exec(select(Match)).one()
        dismiss_match(session, company.caller, company.id, suggested.id, write=write_columns, now=NOW)
        assert watched.during(session, company) == [1]
        item.counterparty = "Bramble Vets"
        session.add(item)
        session.flush()
        assert watched.during(session, company) == [1]
        delete_line(session, company.caller, company.id, line.id, reason="twice", now=NOW, write=write_columns)
        assert watched.during(session, company) == []  # no line is left to match
        restore_line(session, company.caller, company.id, line.id, now=NOW)
        assert watched.during(session, company) == [1]
        assert watched.during(session, company) == []


def test_lines_of_a_match_taken_apart_are_looked_at_again(watched: Watched) -> None:
    with unit_of_work() as session:
        company = founded(session)
        transfer(session, company)
        company.match(session)
        assert watched.during(session, company) == []
        match_id = session.exec(select(Match.id)).one()
        unmatch(session, company.caller, company.id, match_id, write=write_columns, now=NOW)
        assert watched.during(session, company) == [2]
        assert watched.during(session, company) == []


def test_all_is_looked_at_in_a_new_month_after_the_accounts_changed_and_on_request(watched: Watched) -> None:
    with unit_of_work() as session:
        company = founded(session)
        waiting(session, company)
        company.match(session)
        later = NOW + timedelta(days=31)
        watched.asked = []
        match_company(session, company.caller, company.id, write=write_columns, now=later)
        assert watched.asked == [2]
        match_company(session, company.caller, company.id, write=write_columns, now=later)
        assert watched.asked == [2]
        match_company(session, company.caller, company.id, write=write_columns, now=later, everything=True)
        assert watched.asked == [2, 2]
        company.savings.number = "DE00 1234"
        session.add(company.savings)
        session.flush()
        match_company(session, company.caller, company.id, write=write_columns, now=later)
        assert watched.asked == [2, 2, 2]


def test_without_the_memory_of_the_last_look_all_is_matched_and_nothing_changes(watched: Watched) -> None:
    with unit_of_work() as session:
        company = founded(session)
        invoice(session, company), invoice(session, company, "INV-2045")
        receipt(session, company, "CREDIT ACME LTD")
        company.match(session)
        before = [(match.id, match.status, match.score) for match in session.exec(select(Match)).all()]
        session.delete(session.exec(select(MatchingLook)).one())
        session.flush()
        assert watched.during(session, company) == [1]
        assert [(match.id, match.status, match.score) for match in session.exec(select(Match)).all()] == before
