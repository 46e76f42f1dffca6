"""What a match posts and how much of an item it settles: parts, fees, small differences; on both databases."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from core.categorization.policy import Policy
from core.errors import AccessDenied, AccountNotBookable, ItemNotOpen, MatchRefused
from core.ingestion.items.keeping import remove_item
from core.posting.default_accounts import default_accounts, name_default_account
from core.posting.named_accounts import default_account
from core.posting.reversing import release_lines
from core.reconciliation.by_hand import Rest, match_by_hand
from core.reconciliation.deciding import confirm_match, unmatch
from core.reconciliation.listing import list_matches
from core.reconciliation.undoing import take_back
from core.verifying import verify_books
from db.bulk import write_columns
from db.engine import unit_of_work
from models import (
    AccountPurpose,
    AuditEvent,
    DefaultAccount,
    EntryStatus,
    ItemKind,
    ItemStatus,
    Match,
    MatchDifference,
    MatchKind,
    MatchStatus,
    Method,
    OpenItem,
    Role,
    Transaction,
)
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company, founded
from tests.integration.test_reconciling import entries_of, invoice, item_status, live_entry, receipt, statuses
from tests.laws import refused

pytestmark = pytest.mark.usefixtures("database")

POSTED = (EntryStatus.POSTED, Method.MATCH)


@pytest.fixture
def session():
    with unit_of_work() as opened:
        yield opened


@pytest.fixture
def company(session: Session) -> Company:
    """With 6300 for fees and 6990 for small differences."""
    company = founded(session)
    small = builders.account(session, company.id, code="6990", name="Small differences")
    for purpose, account in ((AccountPurpose.FEES, company.books.expense), (AccountPurpose.ADJUSTMENTS, small)):
        builders.stored(session, DefaultAccount(company_id=company.id, purpose=purpose, account_id=account.id))
    return company


def by_hand(session: Session, company: Company, lines, items, rest: Rest = Rest.NONE) -> UUID:
    return match_by_hand(
        session, company.caller, company.id, [line.id for line in lines], [item.id for item in items],
        write=write_columns, now=NOW, rest=rest,
    )  # fmt: skip


def settled(session: Session, item: OpenItem) -> int:
    return session.exec(select(OpenItem.settled_minor).where(col(OpenItem.id) == item.id)).one()


def is_sound(session: Session, company: Company) -> None:
    assert verify_books(session, company.caller, [company.id]).violations == ()


# --- receivables ------------------------------------------------------------------------------


@pytest.mark.parametrize(("minor", "role", "code"), [(12_000, "receivable", "1100"), (-12_000, "payable", "2000")])
def test_an_item_in_the_books_is_settled_there_and_never_counts_as_income_again(session, company, minor, role, code):
    owed = builders.account(session, company.id, code=code, role=role, type="asset")
    item = builders.open_item(
        session, company.books, number="INV-2044", counterparty="Acme Ltd", amount_minor=minor, account_id=owed.id,
        issued_on=DAY - timedelta(days=5),
    )  # fmt: skip
    line = receipt(session, company, "ACME LTD INV-2044", minor)
    company.match(session)
    company.book(session)
    assert live_entry(session, line) == (*POSTED, [("1000", minor), (code, -minor)])
    assert item_status(session, item) is ItemStatus.SETTLED


# --- parts ------------------------------------------------------------------------------------


def test_a_part_payment_leaves_the_rest_open_until_another_line_pays_it(session, company):
    item = invoice(session, company, "INV-7", 10_000)
    first, second = receipt(session, company, "PART ONE", 6_000), receipt(session, company, "PART TWO", 4_000)
    company.book(session)
    by_hand(session, company, [first], [item], Rest.LEFT_OPEN)
    assert (settled(session, item), item_status(session, item)) == (6_000, ItemStatus.OPEN)
    assert live_entry(session, first) == (*POSTED, [("1000", 6_000), ("8000", -6_000)])
    last = by_hand(session, company, [second], [item])
    assert (settled(session, item), item_status(session, item)) == (10_000, ItemStatus.SETTLED)
    is_sound(session, company)
    unmatch(session, company.caller, company.id, last, write=write_columns, now=NOW)
    assert (settled(session, item), item_status(session, item)) == (6_000, ItemStatus.OPEN)
    is_sound(session, company)


def test_the_oldest_item_is_paid_first_and_an_item_left_without_a_part_is_refused(session, company):
    old, new = invoice(session, company, "A-1", 3_000), invoice(session, company, "A-2", 3_000)
    line = receipt(session, company, "ON ACCOUNT", 4_000)
    small = receipt(session, company, "ON ACCOUNT", 3_000)
    with pytest.raises(MatchRefused, match="nothing of the payment is left for A-2"):
        by_hand(session, company, [small], [old, new], Rest.LEFT_OPEN)
    by_hand(session, company, [line], [old, new], Rest.LEFT_OPEN)
    assert (settled(session, old), settled(session, new)) == (3_000, 1_000)


def test_a_payment_of_more_than_is_open_or_the_other_way_leaves_no_rest(session, company):
    item = invoice(session, company, "A-1", 3_000)
    more, out = receipt(session, company, "MORE", 3_100), receipt(session, company, "OUT", -1_000)
    with pytest.raises(MatchRefused, match="no rest to leave"):
        by_hand(session, company, [more], [item], Rest.LEFT_OPEN)
    with pytest.raises(MatchRefused, match="go the way of the bank lines"):
        by_hand(session, company, [out], [item], Rest.LEFT_OPEN)


def test_the_open_rest_of_an_item_is_what_matching_looks_for(session, company):
    item = invoice(session, company, "INV-2044", 10_000)
    first = receipt(session, company, "PART", 6_000)
    by_hand(session, company, [first], [item], Rest.LEFT_OPEN)
    rest = receipt(session, company, "ACH CREDIT ACME LTD INV-2044", 4_000)
    assert company.match(session).confirmed_settlements == 1
    company.book(session)
    assert live_entry(session, rest) == (*POSTED, [("1000", 4_000), ("8000", -4_000)])
    assert item_status(session, item) is ItemStatus.SETTLED
    with pytest.raises(ItemNotOpen):
        remove_item(session, company.caller, company.id, item.id, write=write_columns, now=NOW)


def test_a_suggestion_for_more_than_is_left_falls_with_the_part_payment_and_others_stay(session, company):
    item = invoice(session, company, "A-1", 10_000)
    part, whole, rest = (
        receipt(session, company, name, minor) for name, minor in (("P", 4_000), ("W", 10_000), ("R", 6_000))
    )
    stale = builders.match(session, company.books, whole, item, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED)
    by_hand(session, company, [part], [item], Rest.LEFT_OPEN)
    assert session.exec(select(Match.status).where(col(Match.id) == stale.id)).one() == MatchStatus.DISMISSED
    assert by_hand(session, company, [rest], [item])


def test_two_lines_of_odd_amounts_share_two_accounts_to_the_cent(session, company):
    second = builders.account(session, company.id, code="8100", type="revenue")
    items = [
        builders.open_item(session, company.books, number="A-1", amount_minor=3_334),
        builders.open_item(session, company.books, number="A-2", amount_minor=6_667, account_id=second.id),
    ]
    lines = [receipt(session, company, name, minor) for name, minor in (("A", 3_333), ("B", 3_335), ("C", 3_333))]
    by_hand(session, company, lines, items)
    booked: dict[str, int] = {}
    for line in lines:
        for code, minor in live_entry(session, line)[2]:
            booked[code] = booked.get(code, 0) + minor
    assert booked == {"1000": 10_001, "8000": -3_334, "8100": -6_667}


# --- fees -------------------------------------------------------------------------------------


def sales(session: Session, company: Company, *amounts: int) -> list[OpenItem]:
    return [
        builders.open_item(
            session, company.books, number=f"S-{number}", counterparty="Stripe", kind=ItemKind.PAYOUT,
            amount_minor=minor, issued_on=DAY - timedelta(days=2),
        )
        for number, minor in enumerate(amounts)
    ]  # fmt: skip


def test_a_payout_is_booked_gross_with_its_fee_to_the_account_for_fees(session, company):
    items = sales(session, company, 7_000, 3_000)
    line = receipt(session, company, "STRIPE TRANSFER ST-K2", 9_650)  # less 2.9 % and 0.30 each
    assert company.match(session).confirmed_settlements == 1
    company.book(session)
    assert live_entry(session, line) == (*POSTED, [("1000", 9_650), ("8000", -10_000), ("6300", 350)])
    assert {item_status(session, item) for item in items} == {ItemStatus.SETTLED}
    is_sound(session, company)
    (match,) = list_matches(session, company.caller, company.id, status=MatchStatus.CONFIRMED)
    unmatch(session, company.caller, company.id, match.match_id, write=write_columns, now=NOW)
    assert {item_status(session, item) for item in items} == {ItemStatus.OPEN}
    is_sound(session, company)


def test_a_payout_with_a_fee_of_a_plausible_size_is_suggested_and_booked_once_confirmed(session, company):
    sales(session, company, 7_000, 3_000)
    line = receipt(session, company, "STRIPE TRANSFER ST-K2", 9_777)
    assert company.match(session).suggested == 1
    (match,) = list_matches(session, company.caller, company.id)
    assert match.difference_minor == -223
    confirm_match(session, company.caller, company.id, match.match_id, write=write_columns, now=NOW)
    assert live_entry(session, line) == (*POSTED, [("1000", 9_777), ("8000", -10_000), ("6300", 223)])
    take_back(session, company.caller, company.id, match.match_id, write=write_columns, now=NOW)
    assert statuses(session, company) == [MatchStatus.SUGGESTED]
    is_sound(session, company)


def test_without_an_account_for_fees_a_payout_with_a_fee_is_left_to_a_person(session):
    company = founded(session)
    sales(session, company, 7_000, 3_000)
    receipt(session, company, "STRIPE TRANSFER ST-K2", 9_650)
    assert company.match(session).confirmed_settlements == 0
    assert statuses(session, company) == []


def test_an_item_that_came_net_of_its_fee_is_booked_gross(session, company):
    item = builders.open_item(
        session, company.books, number="PO-1", counterparty="Acme Ltd", kind=ItemKind.PAYOUT, amount_minor=9_650,
        total_minor=10_000, fee_minor=350, issued_on=DAY - timedelta(days=1),
    )  # fmt: skip
    line = receipt(session, company, "ACME LTD PO-1", 9_650)
    company.match(session)
    company.book(session)
    assert live_entry(session, line) == (*POSTED, [("1000", 9_650), ("8000", -10_000), ("6300", 350)])
    assert item_status(session, item) is ItemStatus.SETTLED


def test_a_person_names_a_fee_only_of_a_size_that_a_processor_keeps(session, company):
    items = sales(session, company, 7_000, 3_000)
    line, little = receipt(session, company, "PAYOUT", 9_650), receipt(session, company, "PAYOUT", 8_000)
    with pytest.raises(MatchRefused, match=r"20.00 USD is no fee"):
        by_hand(session, company, [little], items, Rest.FEE)
    by_hand(session, company, [line], items, Rest.FEE)
    assert live_entry(session, line) == (*POSTED, [("1000", 9_650), ("8000", -10_000), ("6300", 350)])


# --- small differences ------------------------------------------------------------------------


@pytest.mark.parametrize(("paid", "off"), [(11_950, -50), (12_050, 50)])
def test_a_small_difference_is_written_off_by_a_person_and_told_in_the_audit_log(session, company, paid, off):
    item, line = invoice(session, company), receipt(session, company, "WIRE", paid)
    match_id = by_hand(session, company, [line], [item], Rest.WRITTEN_OFF)
    assert live_entry(session, line) == (*POSTED, [("1000", paid), ("8000", -12_000), ("6990", -off)])
    assert item_status(session, item) is ItemStatus.SETTLED
    (event,) = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "matched by hand")).all()
    assert (event.after["difference"], event.after["difference_minor"]) == ("adjustment", off)
    is_sound(session, company)
    unmatch(session, company.caller, company.id, match_id, write=write_columns, now=NOW)
    assert EntryStatus.REVERSED in [status for status, *_ in entries_of(session, line)]
    assert item_status(session, item) is ItemStatus.OPEN
    is_sound(session, company)


def test_nothing_beyond_the_policy_is_written_off(session, company):
    item, line = invoice(session, company), receipt(session, company, "WIRE", 11_899)
    with pytest.raises(MatchRefused, match=r"write off 1.00 USD at the most"):
        by_hand(session, company, [line], [item], Rest.WRITTEN_OFF)
    company.books.company.policy = Policy(adjustment_limit_minor=200).to_dict()
    builders.stored(session, company.books.company)
    assert by_hand(session, company, [line], [item], Rest.WRITTEN_OFF)


def test_a_difference_is_not_booked_without_a_word_or_an_account_for_it(session):
    company = founded(session)
    item, line = invoice(session, company), receipt(session, company, "WIRE", 11_950)
    with pytest.raises(MatchRefused, match=r"differ by -0.50 USD"):
        by_hand(session, company, [line], [item])
    with pytest.raises(MatchRefused, match="named no account for adjustments"):
        by_hand(session, company, [line], [item], Rest.WRITTEN_OFF)
    assert session.exec(select(MatchDifference)).all() == []


# --- what else --------------------------------------------------------------------------------


def test_all_suggestions_of_a_line_that_leaves_the_books_fall(session, company):
    line = receipt(session, company, "DEPOSIT")
    for number in ("A-1", "A-2"):
        builders.match(
            session, company.books, line, invoice(session, company, number), kind=MatchKind.SETTLEMENT,
            status=MatchStatus.SUGGESTED, score=0.5,
        )  # fmt: skip
    release_lines(session, company.caller, company.id, [line.id], write=write_columns, now=NOW)
    assert statuses(session, company) == [MatchStatus.DISMISSED] * 2


def test_the_database_lets_nobody_settle_more_of_an_item_than_it_is(session, company):
    item = invoice(session, company, "A-1", 10_000)
    bill = builders.open_item(session, company.books, number="B-1", amount_minor=-500)
    for key, values in (
        (item.id, "settled_minor = 10001"), (item.id, "settled_minor = -1"), (item.id, "status = 'settled'"),
        (item.id, "settled_minor = 10000"), (bill.id, "settled_minor = 1"), (bill.id, "settled_minor = -501"),
    ):  # fmt: skip
        with refused(session, 4):
            session.execute(text(f"UPDATE open_items SET {values} WHERE id = :id"), {"id": stored_key(session, key)})


def stored_key(session: Session, key: UUID) -> object:
    return key.hex if session.get_bind().dialect.name == "sqlite" else key


def test_an_account_is_named_for_a_purpose_by_those_who_configure(session, company):
    caller = company.caller
    name_default_account(session, caller, company.id, AccountPurpose.FEES, company.books.revenue.id, now=NOW)
    assert default_accounts(session, caller, company.id)[AccountPurpose.FEES] == company.books.revenue.id
    name_default_account(session, caller, company.id, AccountPurpose.FEES, company.books.revenue.id, now=NOW)
    (event,) = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "default account named")).all()
    assert event.after == {"fees": str(company.books.revenue.id)}
    with pytest.raises(AccountNotBookable):
        name_default_account(session, caller, company.id, AccountPurpose.FEES, company.books.suspense.id, now=NOW)
    clerk = builders.caller(company.id, role=Role.BOOKKEEPER)
    with pytest.raises(AccessDenied):
        name_default_account(session, clerk, company.id, AccountPurpose.FEES, company.books.expense.id, now=NOW)
    company.books.revenue.is_active = False
    builders.stored(session, company.books.revenue)
    assert default_account(session, company.id, AccountPurpose.FEES) is None


def test_lines_and_items_taken_by_a_match_do_not_fit_into_another(session, company):
    item = invoice(session, company)
    line: Transaction = receipt(session, company, "WIRE")
    by_hand(session, company, [line], [item])
    other = invoice(session, company, "A-9")
    with pytest.raises(MatchRefused, match="take that apart first"):
        by_hand(session, company, [line], [other])
