from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.categorization.policy import Hold, Policy, decide
from core.errors import InvalidInput

ROWS = st.lists(
    st.tuples(
        st.floats(0, 1) | st.just(float("nan")),
        st.integers(-10, 10),
        st.sampled_from(["", "owner", "loan", "tax", "payroll", "receivable"]),
        st.sampled_from(["6300", "6400"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=20,
)


def decided(policy: Policy, rows: list[tuple[Any, ...]]) -> Any:
    columns = list(zip(*rows, strict=True)) or [()] * 6
    return decide(
        policy,
        confidence=np.array(columns[0], np.float64),
        amount_minor=np.array(columns[1], np.int64),
        role=np.array(columns[2], dtype=object),
        code=np.array(columns[3], dtype=object),
        named_or_seen=np.array(columns[4], np.bool_),
        has_basis=np.array(columns[5], np.bool_),
        method=np.full(len(rows), "model", object),
    )


@given(ROWS, st.floats(0, 1), st.integers(0, 10))
def test_a_line_is_posted_alone_exactly_when_every_condition_holds(
    rows: list[tuple[Any, ...]], threshold: float, materiality: int
) -> None:
    policy = Policy(threshold=threshold, materiality_minor=materiality, always_review_codes=("6400",))
    held = decided(policy, rows)
    for row, auto, reason in zip(rows, held.auto.tolist(), held.reason.tolist(), strict=True):
        confidence, amount, role, code, known, basis = row
        allowed = (
            confidence >= threshold
            and abs(amount) <= materiality
            and role not in {"owner", "loan", "tax", "payroll"}
            and code != "6400"
            and known
            and basis
        )
        assert auto is allowed
        assert (reason == "") is allowed


def test_the_reason_told_is_the_one_that_no_confidence_would_lift() -> None:
    rows = [
        (0.5, 100, "", "1", True, False),
        (0.5, 10**9, "tax", "1", False, True),
        (0.5, 10**9, "", "1", False, True),
        (0.5, 1, "", "1", False, True),
        (0.5, 1, "", "1", True, True),
    ]
    assert decided(Policy(), rows).reason.tolist() == [
        Hold.NO_BASIS, Hold.ALWAYS_REVIEW, Hold.MATERIALITY, Hold.NEW_COUNTERPARTY, Hold.CONFIDENCE
    ]  # fmt: skip


def test_until_a_threshold_is_measured_the_stated_default_holds() -> None:
    assert Policy().threshold_in_force == 0.97
    assert Policy(threshold=0.9).threshold_in_force == 0.9


def test_the_smallest_integer_is_over_any_limit() -> None:
    rows = [(1.0, np.iinfo(np.int64).min, "", "1", True, True)]
    assert decided(Policy(), rows).reason.tolist() == [Hold.MATERIALITY]


def test_a_policy_survives_being_stored() -> None:
    policy = Policy(threshold=0.95, always_review_codes=("6300",), always_review_roles=("tax",))
    assert Policy.from_dict(policy.to_dict()) == policy
    assert Policy.from_dict({}) == Policy()


@pytest.mark.parametrize(
    "values",
    [
        {"target_error": 1.5},
        {"threshold": -0.1},
        {"default_threshold": float("nan")},
        {"audit_share": True},
        {"materiality_minor": -1},
        {"materiality_minor": 10.5},
        {"materialty_minor": 1},
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Policy.from_dict(values)


def test_a_standing_rule_decides_on_amount_and_account_only_where_the_company_says_so() -> None:
    def reasons(policy: Policy, **changes: Any) -> list[str]:
        columns: dict[str, Any] = {
            "confidence": np.array([0.995, 0.995, 0.995]),
            "amount_minor": np.array([-900_000, -900_000, -900_000]),
            "role": np.array(["payroll"] * 3, object),
            "code": np.array(["6000"] * 3, object),
            "named_or_seen": np.ones(3, np.bool_),
            "has_basis": np.ones(3, np.bool_),
            "method": np.array(["rule"] * 3, object),
            "standing": np.array([True, True, False]),
        }
        return decide(policy, **(columns | changes)).reason.tolist()  # type: ignore[no-any-return]

    always, method, confidence = Hold.ALWAYS_REVIEW.value, Hold.METHOD.value, Hold.CONFIDENCE.value
    assert reasons(Policy()) == [always] * 3
    assert reasons(Policy(standing_rules=True)) == ["", "", always]
    assert reasons(Policy(standing_rules=True, held_methods=("rule",))) == [method, method, always]
    assert reasons(Policy(standing_rules=True, tightened_to=0.999)) == [confidence, confidence, always]
    assert Policy.from_dict(Policy(standing_rules=True).to_dict()).standing_rules
    with pytest.raises(InvalidInput):
        Policy.from_dict({"standing_rules": "yes"})
