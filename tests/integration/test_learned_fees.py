"""What a processor holds back is known from its payouts of the past, long after those have left the open lines."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from db.engine import unit_of_work
from models import AccountPurpose, DefaultAccount, DifferenceKind, Match, MatchDifference, MatchStatus
from tests import builders
from tests.builders import DAY
from tests.integration.reconciling_builders import Company, founded

pytestmark = pytest.mark.usefixtures("database")
GROSS = (12_345, 8_020, 30_000, 4_711, 9_999)


def company_with_fees(session: Session) -> Company:
    company = founded(session)
    fees = builders.account(session, company.id, code="6210", name="Processing fees")
    builders.stored(session, DefaultAccount(company_id=company.id, purpose=AccountPurpose.FEES, account_id=fees.id))
    return company


def sale_and_payout(session: Session, company: Company, number: int, gross: int, share: int) -> None:
    """A sale of one day and two days later its payout less a share in hundredths of a percent."""
    on = DAY + timedelta(days=4 * number)
    builders.open_item(
        session, company.books, number=f"S-{number}", kind="payout", counterparty="Bramblepay", amount_minor=gross,
        issued_on=on,
    )  # fmt: skip
    builders.transaction(
        session, company.books, amount_minor=gross - round(gross * share / 10_000), description="BRAMBLEPAY TRANSFER",
        counterparty="", booked_on=on + timedelta(days=2),
    )  # fmt: skip


def statuses(session: Session) -> list[MatchStatus]:
    return [match.status for match in session.exec(select(Match).order_by(col(Match.created_at))).all()]


def test_one_payout_a_month_is_certain_once_the_fee_is_known() -> None:
    with unit_of_work() as session:
        company = company_with_fees(session)
        for number, gross in enumerate(GROSS):
            sale_and_payout(session, company, number, gross, share=175)
        company.match(session)
        assert statuses(session) == [MatchStatus.CONFIRMED] * 5
        sale_and_payout(session, company, 20, 7_700, share=175)
        company.match(session)
        assert statuses(session) == [MatchStatus.CONFIRMED] * 6
        fees = session.exec(
            select(MatchDifference.amount_minor).where(MatchDifference.kind == DifferenceKind.FEE)
        ).all()
        assert min(fees) == -525
        before = statuses(session)
        assert company.match(session).confirmed_settlements == 0
        assert statuses(session) == before


def test_without_a_past_one_payout_tells_no_fee() -> None:
    with unit_of_work() as session:
        company = company_with_fees(session)
        sale_and_payout(session, company, 20, 7_700, share=175)
        company.match(session)
        assert MatchStatus.CONFIRMED not in statuses(session)


def test_a_fee_that_changed_is_learned_from_the_payouts_that_show_it() -> None:
    with unit_of_work() as session:
        company = company_with_fees(session)
        for number, gross in enumerate(GROSS):
            sale_and_payout(session, company, number, gross, share=175)
        company.match(session)
        for number, gross in enumerate((*GROSS, 6_001, 15_400, 2_222, 41_000, 3_303), 30):
            sale_and_payout(session, company, number, gross, share=240)
        company.match(session)
        assert statuses(session) == [MatchStatus.CONFIRMED] * 15
