from datetime import date
from uuid import UUID

import numpy as np
import pytest

from core.categorization.lines import AccountOption
from core.categorization.policy import Hold, Policy
from core.categorization.proposals import Proposals
from core.posting.bookings import WAITS_FOR_MATCH, UnbookedLines, book_matched, book_proposed, undecided
from core.posting.settling import LineMatch
from core.posting.tax import TaxRate
from models import MatchKind, MatchStatus, Method

BANK, SUSPENSE, CLEARING, SALES, LOAN = (UUID(int=number) for number in range(1, 6))
LINE, MATCH, PERSON, RULE, MODEL = (UUID(int=number) for number in range(11, 16))
VAT = TaxRate(UUID(int=21), "VAT20", 2_000, UUID(int=22))
ACCOUNTS = [
    AccountOption(str(CLEARING), "1090", "Transfers", role="transfer_clearing"),
    AccountOption(str(SALES), "4000", "Sales"),
    AccountOption(str(LOAN), "2500", "Loan", role="loan"),
]


def one_line(amount=10_000) -> UnbookedLines:
    return UnbookedLines([LINE], [amount], ["USD"], [date(2024, 2, 1)], [BANK], ["checking"], ["DEPOSIT 17"], ["acme"])


def match(**given) -> LineMatch:
    defaults = {
        "kind": MatchKind.SETTLEMENT, "status": MatchStatus.CONFIRMED, "items": [(SALES, 10_000)],
        "lines": [(LINE, 10_000)],
    }  # fmt: skip
    return LineMatch(
        **{"match_id": MATCH, "score": 0.9, "reason": "same amount", "decided_by": None, **defaults, **given}
    )


def matched(found, lines=None, policy=None):
    lines = lines or one_line()
    bookings = undecided(1, SUSPENSE)
    others = book_matched(
        bookings, lines, {LINE: found}, clearing_id=CLEARING, accounts=ACCOUNTS, policy=policy or Policy()
    )  # fmt: skip
    return bookings, others


def test_a_settled_line_goes_to_the_account_of_its_item_and_is_posted():
    bookings, others = matched(match())
    assert others == []
    assert (bookings.account_id, bookings.method, bookings.auto) == ([SALES], [Method.MATCH], [True])
    assert (bookings.confidence, bookings.reason, bookings.match_id) == ([0.9], ["same amount"], [MATCH])


def test_a_transfer_goes_to_the_clearing_account():
    bookings, _ = matched(match(kind=MatchKind.TRANSFER, items=[]))
    assert bookings.account_id == [CLEARING]


def test_a_part_payment_is_shared_by_the_amounts_of_the_items():
    bookings, _ = matched(match(items=[(SALES, 15_000), (LOAN, 5_000)]))
    assert bookings.parts == {0: [(SALES, 7_500), (LOAN, 2_500)]}


@pytest.mark.parametrize(
    ("found", "amount", "hold"),
    [
        (match(), 500_001, Hold.MATERIALITY),
        (match(items=[(SALES, 9_000), (LOAN, 1_000)]), 10_000, Hold.ALWAYS_REVIEW),
        (match(kind=MatchKind.TRANSFER, items=[]), -900_000, Hold.MATERIALITY),
    ],
)
def test_what_the_machine_matched_is_held_against_the_policy_account_by_account(found, amount, hold):
    bookings, _ = matched(found, one_line(amount))
    assert (bookings.auto, bookings.hold_reason) == ([False], [hold])


@pytest.mark.parametrize("found", [match(items=[(LOAN, 10_000)]), match(kind=MatchKind.TRANSFER, items=[])])
def test_where_standing_rules_decide_a_certain_match_states_account_and_amount_too(found):
    bookings, _ = matched(found, one_line(900_000), Policy(standing_rules=True))
    assert (bookings.auto, bookings.hold_reason) == ([True], [""])


def test_what_a_person_confirmed_is_not_held_again():
    bookings, _ = matched(match(decided_by=PERSON), one_line(900_000))
    assert (bookings.auto, bookings.confirmed_by, bookings.hold_reason) == ([False], [PERSON], [""])


@pytest.mark.parametrize("found", [match(status=MatchStatus.SUGGESTED), match(items=[])])
def test_a_suggested_match_or_one_without_items_books_nothing(found):
    bookings, others = matched(found)
    assert others == [0]
    assert bookings.account_id == [SUSPENSE]


def proposals(method="rule", *, auto=True, confidence=0.995, hold=Hold.CONFIDENCE) -> Proposals:
    return Proposals(
        np.array([str(SALES)], object), np.array([confidence]), np.array([method], object),
        np.array([0 if method == "rule" else -1], np.int32), np.array(["rule “Acme”"], object),
        np.array([[str(SALES), str(LOAN), ""]], object), np.array([[0.9, 0.05, 0.0]]), np.array([auto]),
        np.array(["" if auto else hold.value], object),
    )  # fmt: skip


def proposed(found=None, **given):
    bookings = undecided(1, SUSPENSE)
    matches = {LINE: found} if found else {}
    book_proposed(
        bookings, one_line(), [0], proposals(**given), matches, rule_ids=[RULE], model_version_id=MODEL,
        policy=Policy(), tax_rates={"VAT20": VAT},
    )  # fmt: skip
    return bookings


def test_a_proposal_is_kept_with_the_rule_or_the_model_that_made_it():
    by_rule, by_model = proposed(), proposed(method="model")
    assert (by_rule.rule_id, by_rule.model_version_id, by_rule.auto) == ([RULE], [None], [True])
    assert (by_model.rule_id, by_model.model_version_id) == ([None], [MODEL])
    assert by_rule.alternatives == [
        [{"account_id": str(SALES), "probability": 0.9}, {"account_id": str(LOAN), "probability": 0.05}]
    ]


def test_an_abstention_has_no_confidence():
    assert proposed(method="none", auto=False).confidence == [None]


@pytest.mark.parametrize("items", [[(LOAN, 1_000)], [(SALES, 600), (LOAN, 400)], []])
def test_a_suggested_match_that_may_lead_elsewhere_holds_even_what_a_rule_would_post(items):
    bookings = proposed(match(status=MatchStatus.SUGGESTED, items=items))
    assert (bookings.auto, bookings.hold_reason, bookings.match_id) == ([False], [WAITS_FOR_MATCH], [MATCH])
    assert bookings.method == [Method.RULE]


def test_what_is_posted_stays_so_where_the_suggested_match_leads_to_the_same_account():
    bookings = proposed(match(status=MatchStatus.SUGGESTED, items=[(SALES, 600), (SALES, 400)]))
    assert (bookings.auto, bookings.hold_reason, bookings.match_id) == ([True], [""], [MATCH])


SUGGESTED = match(status=MatchStatus.SUGGESTED, items=[(SALES, 10_000)])


def test_model_and_suggested_match_that_lead_to_one_account_have_to_be_wrong_both():
    bookings = proposed(SUGGESTED, method="model", auto=False, confidence=0.8)
    assert (bookings.auto, bookings.hold_reason) == ([True], [""])
    assert bookings.confidence == [pytest.approx(0.98)]
    assert "suggested match" in bookings.reason[0]


@pytest.mark.parametrize(
    ("found", "given"),
    [
        (SUGGESTED, {"confidence": 0.6}),
        (SUGGESTED, {"confidence": 0.8, "hold": Hold.MATERIALITY}),
        (SUGGESTED, {"confidence": 0.8, "hold": Hold.NEW_COUNTERPARTY}),
        (match(status=MatchStatus.SUGGESTED, items=[(LOAN, 10_000)]), {"confidence": 0.8}),
    ],
)
def test_a_suggested_match_helps_confidence_alone_and_only_its_own_account(found, given):
    bookings = proposed(found, method="model", auto=False, **given)
    assert (bookings.auto, bookings.hold_reason) == ([False], [WAITS_FOR_MATCH])
    assert bookings.confidence == [given["confidence"]]


def test_lines_are_handed_to_categorisation_in_the_order_asked_for():
    two = UnbookedLines(
        [LINE, MATCH], [1, -2], ["USD"] * 2, [date(2024, 2, 1), date(2024, 2, 2)], [BANK] * 2,
        ["checking", "card"], ["A", "B"], ["a", "b"],
    )  # fmt: skip
    lines = two.to_categorise([1, 0])
    assert (lines.description, lines.amount_minor.tolist(), lines.bank_account) == (
        ["B", "A"],
        [-2, 1],
        ["card", "checking"],
    )
