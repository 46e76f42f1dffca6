"""What needs a person: each kind of need appears when its reason does, and goes when that goes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.access.roles import Role
from core.assurance.re_reviewing import decide_blind
from core.assurance.tightening import loosen
from core.errors import NotFound
from core.metrics.attention import Need, NeedKind, last_line_on, missing_month, needs_of
from core.metrics.home import home_rows
from core.money import Money
from core.period import Period
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import FileStatus, JournalEntry, Method
from tests import builders

TODAY = date(2024, 3, 20)
UPLOADED = datetime(2024, 3, 18, 12, tzinfo=UTC)


def needs(*owners: builders.Books, today: date = TODAY) -> list[Need]:
    caller = builders.caller(*(owner.company_id for owner in owners))
    with snapshot() as session:
        return needs_of(session, caller, home_rows(session, caller, today), today)


def kinds(*owners: builders.Books, today: date = TODAY) -> list[NeedKind]:
    return [need.kind for need in needs(*owners, today=today)]


@pytest.fixture
def covered(database: str) -> builders.Books:
    """A company whose checking account has its February statement, and nothing to do."""
    with unit_of_work() as session:
        owner = builders.books(session, name="Alder")
        file = builders.statement_file(session, owner, uploaded_at=UPLOADED)
        builders.reconciliation(session, owner, file, last_on=date(2024, 2, 28))
    return owner


def test_a_company_that_is_up_to_date_needs_nobody(covered) -> None:
    assert kinds(covered) == []


def test_a_company_without_any_statement_is_being_set_up(database: str) -> None:
    with unit_of_work() as session:
        owner = builders.books(session, name="Alder")
    assert needs(owner) == [Need(NeedKind.SETUP, owner.company_id, "Alder", 1, ("Checking",))]


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2024, 3, 5), Period.month(2024, 1)),
        (date(2024, 3, 6), Period.month(2024, 2)),
        (date(2024, 1, 3), Period.month(2023, 11)),
    ],
)
def test_a_month_is_missed_once_its_days_of_grace_are_over(today: date, month: Period) -> None:
    assert missing_month(today) == month


def test_an_account_without_last_months_statement_is_named(covered) -> None:
    (need,) = needs(covered, today=date(2024, 4, 20))
    assert (need.kind, need.names, need.on) == (NeedKind.NO_FILE, ("Checking",), date(2024, 2, 28))


def test_waiting_lines_are_counted_with_their_sizes_and_the_oldest_day(covered) -> None:
    with unit_of_work() as session:
        for amount, day in ((-1250, date(2024, 2, 3)), (3000, date(2024, 2, 9))):
            line = builders.transaction(session, covered, amount_minor=amount, booked_on=day)
            builders.entry(session, covered, transaction=line)
    (need,) = needs(covered)
    assert (need.kind, need.count, need.amounts, need.on) == (
        NeedKind.REVIEW, 2, (Money(4250, "USD"),), date(2024, 2, 3),
    )  # fmt: skip


def test_a_refused_file_is_told_until_it_comes_again_or_two_weeks_are_over(covered) -> None:
    with unit_of_work() as session:
        builders.statement_file(
            session, covered, name="mar.csv", status=FileStatus.REFUSED, refusal="Row 3 is no date.",
            uploaded_at=UPLOADED,
        )  # fmt: skip
    (need,) = needs(covered)
    assert (need.kind, need.names, need.detail) == (NeedKind.REFUSED, ("mar.csv",), "Row 3 is no date.")
    assert NeedKind.REFUSED not in kinds(covered, today=TODAY + timedelta(days=14))
    with unit_of_work() as session:
        builders.statement_file(session, covered, name="mar.csv", uploaded_at=UPLOADED + timedelta(hours=1))
    assert kinds(covered) == []


def test_a_difference_is_told_only_when_no_line_waits(covered) -> None:
    with unit_of_work() as session:
        file = builders.statement_file(session, covered, uploaded_at=UPLOADED, new_count=1, new_minor=-1250)
        builders.reconciliation(
            session, covered, file, first_on=date(2024, 2, 29), last_on=date(2024, 3, 5), opening_minor=0,
            closing_minor=-9670, lines_minor=-1250, line_count=1,
        )  # fmt: skip
        line = builders.transaction(session, covered, file=file, booked_on=date(2024, 3, 1))
        entry = builders.entry(session, covered, transaction=line)
    assert kinds(covered) == [NeedKind.REVIEW]
    with unit_of_work() as session:
        builders.post(session, session.merge(entry))
    (need,) = needs(covered)
    assert (need.kind, need.names, need.amounts) == (NeedKind.DIFFERENCE, ("Checking",), (Money(8420, "USD"),))
    assert need.on == date(2024, 3, 5)


def test_the_most_pressing_kind_comes_first_and_others_companies_never_show(covered) -> None:
    with unit_of_work() as session:
        other, hidden = builders.books(session, name="Birch"), builders.books(session, name="Hidden")
        for owner in (other, hidden):
            line = builders.transaction(session, owner)
            builders.entry(session, owner, transaction=line)
        builders.statement_file(session, covered, status=FileStatus.REFUSED, refusal="No.", uploaded_at=UPLOADED)
    found = needs(covered, other)
    assert [(need.kind, need.company) for need in found] == [
        (NeedKind.REFUSED, "Alder"), (NeedKind.REVIEW, "Birch"), (NeedKind.SETUP, "Birch"),
    ]  # fmt: skip
    with snapshot() as session:
        rows = home_rows(session, builders.caller(hidden.company_id), TODAY)
        with pytest.raises(NotFound):
            needs_of(session, builders.caller(covered.company_id), rows, TODAY)


def test_the_last_line_is_that_of_companies_the_caller_sees(covered) -> None:
    with unit_of_work() as session:
        hidden = builders.books(session)
        builders.transaction(session, covered, booked_on=date(2024, 2, 3))
        builders.transaction(session, covered, booked_on=date(2024, 2, 9), reverted_at=UPLOADED)
        builders.transaction(session, hidden, booked_on=date(2024, 2, 28))
    with snapshot() as session:
        assert last_line_on(session, builders.caller(covered.company_id, role=Role.BOOKKEEPER)) == date(2024, 2, 3)
        assert last_line_on(session, builders.caller()) is None


def alone(session, owner: builders.Books) -> JournalEntry:
    """An entry that the policy posted by the model, on a line of the covered month."""
    line = builders.transaction(session, owner)
    proposal = builders.proposal(session, owner, line, method=Method.MODEL, confidence=0.98)
    given = {"transaction": line, "proposal_id": proposal.id, "method": Method.MODEL}
    return builders.entry(session, owner, auto_approved=True, posted=True, **given)


def test_drawn_lines_need_somebody_until_they_are_decided(covered) -> None:
    with unit_of_work() as session:
        drawn = builders.re_review(session, covered, alone(session, covered))
    (found,) = [need for need in needs(covered) if need.kind is NeedKind.RE_REVIEW]
    assert (found.company, found.count) == ("Alder", 1)
    caller = builders.caller(covered.company_id)
    with unit_of_work() as session:
        decide_blind(
            session, caller, covered.company_id, drawn.id, covered.expense.id, write=write_columns, now=UPLOADED
        )
    assert NeedKind.RE_REVIEW not in kinds(covered)


def test_a_broken_promise_is_told_with_its_reason_until_it_is_loosened(covered) -> None:
    caller = builders.caller(covered.company_id)
    for _ in range(3):
        with unit_of_work() as session:
            drawn = builders.re_review(session, covered, alone(session, covered)).id
        with unit_of_work() as session:
            decide_blind(
                session, caller, covered.company_id, drawn, covered.revenue.id, write=write_columns, now=UPLOADED
            )
    (found,) = [need for need in needs(covered) if need.kind is NeedKind.PROMISE]
    assert found.on == UPLOADED.date()
    assert "re-reviewed entries by the model were wrong" in found.detail
    with unit_of_work() as session:
        loosen(session, caller, covered.company_id, "the vendor is gone", now=UPLOADED)
    assert NeedKind.PROMISE not in kinds(covered)
