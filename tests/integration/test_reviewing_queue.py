"""The review queue and its open group, on both databases."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from core.errors import (
    NotFound,
)
from core.posting.group_detail import group_detail
from core.posting.queue import Order, QueueTotals, review_queue
from core.posting.queue_filter import Level, QueueFilter
from core.posting.reviewing import approve, change_account
from core.posting.undoing import undo
from core.verifying import verify_books
from db.engine import snapshot, unit_of_work
from models import Method, WaitingGroup, WaitingLine
from tests import builders
from tests.integration.reviewing_cases import decide, one, pages, queue, totals
from tests.unit.posting.cases import (
    waiting,
)


@pytest.fixture
def caller(reviewer):
    return reviewer


def test_like_lines_form_a_group_with_their_sum_and_their_doubt(books, caller):
    one(books, books.expense, counterparty="adobe", amount_minor=-1_000, confidence=0.9)
    one(books, books.expense, counterparty="adobe", amount_minor=-3_000, confidence=0.7, booked_on=date(2024, 2, 20))
    one(books, books.expense, counterparty="adobe", amount_minor=500, confidence=0.9)
    page = queue(books, caller)
    assert totals(books, caller) == QueueTotals(2, 3, {"USD": 4_500})
    group = page.groups[0]
    assert (group.key.payee, group.key.money_in, group.lines, group.sum_minor) == ("adobe", False, 2, -4_000)
    assert group.account == "6300 Software Subscriptions"
    assert (group.mean_confidence, group.level) == (0.8, Level.LIKELY)
    assert group.stake_minor == 800
    assert (group.first_on, group.last_on) == (builders.DAY, date(2024, 2, 20))


def test_the_most_at_stake_stands_first_and_no_basis_counts_in_full(books, caller):
    one(books, books.expense, counterparty="sure", amount_minor=-9_000, confidence=0.95)
    one(books, books.expense, counterparty="unsure", amount_minor=-2_000, confidence=0.6)
    one(books, counterparty="unknown", amount_minor=-1_000)
    page = queue(books, caller)
    assert [(g.key.payee, g.stake_minor) for g in page.groups] == [("unknown", 1_000), ("unsure", 800), ("sure", 450)]
    assert (page.groups[0].account, page.groups[0].mean_confidence) == ("", None)
    orders = {order: [g.key.payee for g in queue(books, caller, order=order).groups] for order in Order}
    assert orders[Order.AMOUNT] == ["sure", "unsure", "unknown"]
    assert orders[Order.PAYEE] == ["sure", "unknown", "unsure"]


def test_levels_filter_groups_by_their_mean_confidence(books, caller):
    for name, confidence in (("a", 0.8), ("b", 0.79), ("c", 0.6), ("d", 0.59)):
        one(books, books.expense, counterparty=name, confidence=confidence)
    one(books, counterparty="e")
    found = {
        level: [group.key.payee for group in queue(books, caller, filters=QueueFilter(level=level)).groups]
        for level in Level
    }
    assert {level: sorted(names) for level, names in found.items()} == {
        Level.LIKELY: ["a"], Level.UNSURE: ["b", "c"], Level.GUESS: ["d"], Level.NO_BASIS: ["e"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("adobe", {"Adobe"}),
        ("ADOBE", {"Adobe"}),
        ("4411", {"Adobe", "Café"}),
        ("café", {"Café"}),
        ("50%", {"Zoom"}),
        ("_", set()),
        ("1,250.00", {"Adobe"}),
        ("-1250", {"Adobe", "Café"}),
        ("1250.75", {"Café"}),
        ("7", {"Zoom"}),
        ("nothing of this", set()),
    ],
)
def test_the_search_finds_words_and_amounts(books, caller, text, found):
    one(books, counterparty="Adobe", description="CARD 4411 ADOBE", amount_minor=-125_000)
    one(books, counterparty="Café", description="CARD 4411 CAFE", amount_minor=125_075)
    one(books, counterparty="Zoom", description="ZOOM 50% OFF", amount_minor=-700)
    page = queue(books, caller, filters=QueueFilter(text=text))
    assert {group.key.payee for group in page.groups} == found


def test_lines_of_one_bank_account_can_be_looked_at_alone(books, caller):
    with unit_of_work() as session:
        ledger = builders.account(session, books.company_id, code="1020", type="asset")
        savings = builders.bank_account(session, ledger, code="savings")
        waiting(session, books, bank_account_id=savings.id, counterparty="interest")
    one(books, counterparty="adobe")
    page = queue(books, caller, filters=QueueFilter(bank_account_id=savings.id))
    assert [group.key.payee for group in page.groups] == ["interest"]


@pytest.mark.parametrize("order", list(Order))
def test_pages_neither_repeat_nor_lose_a_group(books, caller, order):
    for number in range(7):
        one(books, counterparty=f"payee {number % 4}", amount_minor=-100 - number // 6, description=f"text {number}")
    one(books, counterparty="", amount_minor=-100)
    seen = [group.key for page in pages(books, caller, order=order, rows=2) for group in page.groups]
    assert len(seen) == len(set(seen)) == 5
    assert seen == [group.key for group in queue(books, caller, order=order).groups]


def test_a_page_goes_on_where_the_last_one_ended_whatever_was_decided_meanwhile(books, caller):
    entries = [
        one(books, books.expense, counterparty=f"payee {number}", amount_minor=-9_000 + 1_000 * number)
        for number in range(6)
    ]
    first = queue(books, caller, rows=2)
    decide(approve, caller, books, entries[:2])
    following = queue(books, caller, rows=2, after=first.following)
    assert [group.key.payee for group in following.groups] == ["payee 2", "payee 3"]


def test_sums_of_different_currencies_are_never_mixed(books, caller):
    one(books, books.expense, amount_minor=-1_000)
    one(books, books.expense, amount_minor=-3_000, currency="EUR")
    assert totals(books, caller) == QueueTotals(2, 2, {"USD": 1_000, "EUR": 3_000})
    assert {group.key.currency for page in pages(books, caller, rows=1) for group in page.groups} == {"USD", "EUR"}


def test_an_empty_queue_is_one_empty_page(books, caller):
    page = queue(books, caller)
    assert (page.groups, page.following, totals(books, caller)) == ((), None, QueueTotals(0, 0, {}))


def test_filters_narrow_the_lines_of_a_group_and_its_sums(books, caller):
    one(books, books.expense, counterparty="adobe", amount_minor=-1_000, booked_on=date(2024, 2, 3))
    one(books, books.expense, counterparty="adobe", amount_minor=-9_000, booked_on=date(2024, 3, 4))
    one(books, counterparty="strange", amount_minor=-5_000, hold_reason="nothing known resembles this line")

    def found(**chosen):
        filters = QueueFilter(**chosen)
        groups = [(g.key.payee, g.lines, g.sum_minor) for g in queue(books, caller, filters=filters).groups]
        counted = totals(books, caller, filters=filters)
        assert (counted.groups, counted.lines) == (len(groups), sum(lines for _, lines, _ in groups))
        return groups

    assert found(first_on=date(2024, 3, 1), last_on=date(2024, 3, 31)) == [("adobe", 1, -9_000)]
    assert found(least_minor=2_000, most_minor=6_000) == [("strange", 1, -5_000)]
    assert found(method=Method.MODEL) == [("adobe", 2, -10_000)]
    assert found(hold_reason="nothing known resembles this line") == [("strange", 1, -5_000)]
    assert found(account_id=books.expense.id) == [("adobe", 2, -10_000)]
    assert found(account_id=books.expense.id, least_minor=10_000) == []


def test_a_line_without_counterparty_is_grouped_by_its_text(books, caller):
    one(books, counterparty="", description="CHECK 1042")
    one(books, counterparty="", description="CHECK 1043")
    assert {group.key.payee for group in queue(books, caller).groups} == {"CHECK 1042", "CHECK 1043"}


def test_nobody_sees_the_queue_of_a_company_that_is_not_theirs(books):
    with pytest.raises(NotFound), snapshot() as session:
        review_queue(session, builders.caller(uuid4()), books.company_id)


def detail(books, caller, **options):
    group = queue(books, caller, filters=options.get("filters")).groups[0]
    with snapshot() as session:
        return group_detail(session, caller, books.company_id, group.key, **options)


def test_an_open_group_shows_its_lines_and_three_accounts_to_choose_from(books, caller):
    with unit_of_work() as session:
        others = [builders.account(session, books.company_id, name=f"Other {i}") for i in range(3)]
    choices = [
        {"account_id": str(account.id), "probability": share}
        for account, share in zip([books.expense, *others], (0.7, 0.2, 0.1, 0.0), strict=True)
    ]
    small = one(books, books.expense, amount_minor=-100, alternatives=choices[:3])
    large = one(books, books.expense, amount_minor=-900, alternatives=choices[:3])
    opened = detail(books, caller)
    assert opened.entry_ids == (large, small)
    assert [line.amount_minor for line in opened.lines] == [-900, -100]
    assert opened.lines[0].bank_account == "Checking"
    assert opened.reason == "like earlier lines"
    assert [(option.account_id, round(option.probability, 6)) for option in opened.options] == [
        (books.expense.id, 0.7), (others[0].id, 0.2), (others[1].id, 0.1),
    ]  # fmt: skip
    assert detail(books, caller, limit=1).entry_ids == (large, small)
    assert len(detail(books, caller, limit=1).lines) == 1


def test_an_abstaining_machine_offers_its_ideas_but_never_suspense(books, caller):
    one(books, alternatives=[{"account_id": str(books.expense.id), "probability": 0.2}])
    opened = detail(books, caller)
    assert [option.account for option in opened.options] == ["6300 Software Subscriptions"]


def test_a_filter_narrows_what_the_open_group_would_approve(books, caller):
    one(books, books.expense, amount_minor=-100)
    large = one(books, books.expense, amount_minor=-900)
    assert detail(books, caller, filters=QueueFilter(text="9")).entry_ids == (large,)


def test_past_decisions_on_such_lines_are_counted_and_shown(books, caller):
    for account in (books.expense, books.expense, books.revenue):
        entry = one(books, books.expense, counterparty="uber trip")
        decide(change_account, caller, books, [entry], account.id)
    taken_back = decide(approve, caller, books, [one(books, books.expense, counterparty="uber trip")])
    decide(undo, caller, books, taken_back.review_ids)
    decide(approve, caller, books, [one(books, books.expense, counterparty="uber trip help", amount_minor=-777)])
    decide(approve, caller, books, [one(books, books.revenue, counterparty="uber trip", amount_minor=5_000)])
    opened = detail(books, caller)
    assert (opened.decided, opened.to_first) == (3, 2)
    assert [line.amount_minor for line in opened.past] == [-1_250, -1_250, -1_250, -777]
    assert opened.past[0].decided_by.startswith("User")


def test_a_group_that_was_decided_meanwhile_is_not_found(books, caller):
    entry = one(books, books.expense)
    group = queue(books, caller).groups[0]
    decide(approve, caller, books, [entry])
    with pytest.raises(NotFound), snapshot() as session:
        group_detail(session, caller, books.company_id, group.key)


def test_the_check_of_the_books_names_a_line_that_the_queue_forgot_and_sums_that_are_off(books, caller):
    _, lost = one(books, counterparty="adobe"), one(books, counterparty="zoom")

    def broken():
        with snapshot() as session:
            found = verify_books(session, caller, [books.company_id])
        return [each.what for each in found.violations if each.law == 4]

    assert broken() == []
    with unit_of_work() as session:
        session.execute(update(WaitingGroup).where(col(WaitingGroup.payee) == "adobe").values(total_minor=7))
        session.execute(delete(WaitingLine).where(col(WaitingLine.entry_id) == lost))
    assert broken() == [
        "it waits for review and the queue does not list it", "its sums are not those of its lines",
    ]  # fmt: skip
