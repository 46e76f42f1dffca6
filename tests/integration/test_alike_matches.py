"""Equal payments of one payer against equal invoices of it, on both databases."""

from datetime import timedelta

import pytest

from core.reconciliation.deciding import confirm_match
from core.reconciliation.listing import list_matches, match_page, suggested_days
from db.bulk import write_columns
from db.engine import unit_of_work
from models import MatchKind, MatchStatus
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import founded

pytestmark = pytest.mark.usefixtures("database")
ALIKE = 8  # so many that each pair alone is too faint to be asked about


def test_each_is_suggested_in_the_order_of_days_and_confirming_one_leaves_the_others() -> None:
    with unit_of_work() as session:
        company = founded(session)
        for place in range(ALIKE):
            builders.open_item(
                session, company.books, number=f"INV-{100 + place}", counterparty="Acme Ltd", amount_minor=12_000,
                issued_on=DAY - timedelta(days=20 - place),
            )  # fmt: skip
            builders.transaction(
                session, company.books, amount_minor=12_000, description="CREDIT ACME LTD", counterparty="Acme Ltd",
                booked_on=DAY - timedelta(days=place),
            )  # fmt: skip
        found = company.match(session)
        assert (found.suggested, found.confirmed_settlements) == (ALIKE, 0)
        company.book(session)
        suggested = list_matches(session, company.caller, company.id)
        by_day = sorted((one.lines[0].booked_on, one.items[0].number) for one in suggested)
        assert [number for _, number in by_day] == [f"INV-{100 + place}" for place in range(ALIKE)]
        assert {one.reason.partition(". ")[2] for one in suggested} == {
            f"{ALIKE} payments and {ALIKE} items are alike, paired in the order of their days."
        }
        confirm_match(session, company.caller, company.id, suggested[0].match_id, write=write_columns, now=NOW)
        assert company.match(session).suggested == 0
        left = list_matches(session, company.caller, company.id, status=MatchStatus.SUGGESTED)
        assert {one.match_id for one in left} == {one.match_id for one in suggested[1:]}


def test_matches_are_listed_page_by_page_and_every_one_is_on_one_of_them() -> None:
    with unit_of_work() as session:
        company = founded(session)
        for place in range(5):
            line = builders.transaction(session, company.books, amount_minor=100 + place)
            item = builders.open_item(session, company.books, number=f"INV-{place}", amount_minor=100 + place)
            builders.match(
                session, company.books, line, item, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED,
                score=0.5 + place / 10,
            )  # fmt: skip
        pages = [
            match_page(session, company.caller, company.id, status=MatchStatus.SUGGESTED, page=page, rows=2)
            for page in (1, 2, 3, 9)
        ]
        assert [(one.number, one.pages, one.count) for one in pages] == [(1, 3, 5), (2, 3, 5), (3, 3, 5), (3, 3, 5)]
        listed = [match.score for page in pages[:3] for match in page.matches]
        assert listed == sorted(listed, reverse=True)
        days = suggested_days(session, company.caller, company.id)
        ids = {match.match_id for page in pages for match in page.matches}
        assert ids == {match_id for match_id, _, _ in days}
        assert len(ids) == len(days) == 5
