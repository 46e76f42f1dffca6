"""The simulated reviewer decides by the truth, for one month at a time."""

from datetime import date

import pytest

from core.period import Period
from core.simulation.reviewer import AwaitingReview, Decision, review_month

MARCH = Period.month(2025, 3)


def awaiting(key: str, account: str, day: int = 5, month: int = 3) -> AwaitingReview[str]:
    return AwaitingReview(key, date(2025, month, day), account)


def test_a_right_proposal_is_approved_and_a_wrong_one_corrected() -> None:
    decisions = review_month([awaiting("a", "6300"), awaiting("b", "6400")], {"a": "6300", "b": "6320"}, MARCH)
    assert decisions == (Decision("a", "approved", "6300"), Decision("b", "corrected", "6320"))


def test_an_abstention_to_suspense_is_corrected() -> None:
    assert review_month([awaiting("a", "9000")], {"a": "5200"}, MARCH) == (Decision("a", "corrected", "5200"),)


def test_other_months_are_left_waiting() -> None:
    queue = [awaiting("before", "6300", 28, 2), awaiting("first", "6300", 1), awaiting("last", "6300", 31)]
    decisions = review_month(queue, {"first": "6300", "last": "6300"}, MARCH)
    assert [decision.key for decision in decisions] == ["first", "last"]


def test_a_reviewer_who_slips_approves_some_wrong_proposals_and_the_same_ones_each_time() -> None:
    queue = [awaiting(str(number), "6300") for number in range(400)]
    truth = {str(number): "6400" for number in range(400)}
    decisions = review_month(queue, truth, MARCH, slip_percent=10)
    slips = [decision for decision in decisions if decision.outcome == "approved"]
    assert 15 <= len(slips) <= 70
    assert {decision.account_code for decision in slips} == {"6300"}
    assert decisions == review_month(queue, truth, MARCH, slip_percent=10)
    assert decisions != review_month(queue, truth, MARCH, slip_percent=10, seed=43)


def test_slips_never_spoil_a_right_proposal() -> None:
    queue = [awaiting(str(number), "6300") for number in range(50)]
    decisions = review_month(queue, {str(number): "6300" for number in range(50)}, MARCH, slip_percent=100)
    assert {decision.outcome for decision in decisions} == {"approved"}


def test_a_proposal_without_truth_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        review_month([awaiting("a", "6300")], {}, MARCH)
