"""The auto-approval policy: what is posted without a person, and why the rest waits.

A line is posted alone only if all four hold: its calibrated confidence reaches the threshold; its amount is at or
below the materiality limit; its account is not one a person always looks at; its counterparty was decided on before,
or a rule named it. A company may let its standing rules decide on the second and the third.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput

BOOL = NDArray[np.bool_]
LISTED = ("always_review_roles", "always_review_codes", "held_methods")


class Hold(StrEnum):
    """Why a line waits for a person; the first that applies is told."""

    NO_BASIS = "nothing known resembles this line"
    ALWAYS_REVIEW = "this account is always looked at by a person"
    MATERIALITY = "the amount is above the limit for posting alone"
    NEW_COUNTERPARTY = "nobody has decided on this counterparty before"
    SPLIT = "the fixed amounts of the rule do not fit this amount"
    TAX = "the tax code of the rule is not in use"
    METHOD = "too many re-reviewed entries of this kind were wrong, so all of them wait"
    CONFIDENCE = "the confidence is below the threshold"
    PAID_TWICE = "the same amount a few days apart, it may have been paid twice"
    ODD_AMOUNT = "the amount is far from this counterparty's usual"
    ODD_ACCOUNT = "this counterparty always went to another account"
    ODD_DAY = "a round sum on a weekend is new for this counterparty"


ODD = (Hold.PAID_TWICE, Hold.ODD_AMOUNT, Hold.ODD_ACCOUNT, Hold.ODD_DAY)  # found by core.categorization.anomalies


@dataclass(frozen=True)
class Policy:
    """A company's policy.

    `threshold` is what reviewed outcomes supported (see calibration.choose_threshold); None while there are too few,
    and then `default_threshold` holds. Roles are those of models.companies.AccountRole; `always_review_codes` adds
    single accounts.
    """

    target_error: float = 0.01  # share of wrong lines among those posted alone, kept with 95 % confidence
    threshold: float | None = None
    default_threshold: float = 0.97
    materiality_minor: int = 500_000
    always_review_roles: tuple[str, ...] = ("owner", "loan", "tax", "payroll")
    always_review_codes: tuple[str, ...] = field(default=())
    standing_rules: bool = False  # a rule that states the largest amount decides on amount and account for the person
    audit_share: float = 0.02  # of what was posted alone, the share to be re-reviewed; see core.assurance.draw
    abstain_below: float = 0.25  # confidence below which nothing is proposed but suspense
    adjustment_limit_minor: int = 100  # the largest difference that a person may write off when matching
    tightened_to: float | None = None  # threshold since re-reviews showed the promise broken; see core.assurance
    held_methods: tuple[str, ...] = field(default=())  # of which nothing is posted alone, for the same reason
    four_eyes_minor: int | None = None  # above it somebody else approves what a person made; None: nobody has to

    def __post_init__(self) -> None:
        """Raises InvalidInput for a policy that cannot be meant."""
        shares = {
            "target error": self.target_error,
            "default threshold": self.default_threshold,
            "audit share": self.audit_share,
            "abstention limit": self.abstain_below,
            "threshold": self.threshold if self.threshold is not None else self.default_threshold,
            "tightened threshold": self.tightened_to if self.tightened_to is not None else self.default_threshold,
        }
        for name, share in shares.items():
            if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
                raise InvalidInput(f"The {name} is a share between 0 and 1, not {share!r}.")
        if not isinstance(self.standing_rules, bool):
            raise InvalidInput(f"Whether standing rules decide is yes or no, not {self.standing_rules!r}.")
        limits = {"materiality": self.materiality_minor, "adjustment": self.adjustment_limit_minor}
        if self.four_eyes_minor is not None:
            limits["four-eyes"] = self.four_eyes_minor
        for name, limit in limits.items():
            if isinstance(limit, bool) or not isinstance(limit, int):
                raise InvalidInput(f"The {name} limit is a whole number of minor units, not {limit!r}.")
            if limit < 0:
                raise InvalidInput(f"The {name} limit is an amount without a sign.")

    @property
    def threshold_in_force(self) -> float:
        own = self.default_threshold if self.threshold is None else self.threshold
        return own if self.tightened_to is None else max(own, self.tightened_to)

    @property
    def is_tightened(self) -> bool:
        """Whether less is posted alone than the company's own threshold would let through."""
        return self.tightened_to is not None or bool(self.held_methods)

    def always_looks_at(self, role: str, code: str) -> bool:
        """Whether a person looks at every line to such an account."""
        return role in self.always_review_roles or code in self.always_review_codes

    def to_dict(self) -> dict[str, Any]:
        """As the database keeps it."""
        return asdict(self) | {name: list(getattr(self, name)) for name in LISTED}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Policy":
        """Read a stored policy; what it does not say is as by default. Raises InvalidInput."""
        unknown = set(values) - {column.name for column in fields(cls)}
        if unknown:
            raise InvalidInput(f"A policy has no {', '.join(sorted(unknown))}.")
        return cls(**{**values, **{name: tuple(values[name]) for name in LISTED if name in values}})


@dataclass(frozen=True)
class Held:
    """The policy's answer for n lines: posted alone or not, and for the others the reason ("" where auto)."""

    auto: BOOL
    reason: NDArray[np.object_]


def decide(
    policy: Policy,
    *,
    confidence: NDArray[np.float64],
    amount_minor: NDArray[np.int64],
    role: NDArray[np.object_],
    code: NDArray[np.object_],
    named_or_seen: BOOL,
    has_basis: BOOL,
    method: NDArray[np.object_],
    standing: BOOL | None = None,
) -> Held:
    """Hold n proposals against the policy. All arguments are columns (n,).

    `named_or_seen`: the counterparty was decided on before, or a rule or a match names the line. `has_basis`: the
    machine proposes an account at all. `method`: match, rule, model or none. `standing`: a rule decides that states
    the largest amount. A confidence that is not a number never passes.
    """
    guarded = np.ones(len(confidence), np.bool_) if standing is None or not policy.standing_rules else ~standing
    always = np.isin(role.astype(str), policy.always_review_roles) | np.isin(
        code.astype(str), policy.always_review_codes
    )
    checks = (
        (Hold.NO_BASIS, ~has_basis),
        (Hold.ALWAYS_REVIEW, guarded & always),
        (Hold.MATERIALITY, guarded & (np.abs(amount_minor.astype(np.float64)) > policy.materiality_minor)),
        (Hold.NEW_COUNTERPARTY, ~named_or_seen),
        (Hold.METHOD, np.isin(method.astype(str), policy.held_methods)),
        (Hold.CONFIDENCE, ~(confidence >= policy.threshold_in_force)),
    )
    reason = np.full(len(confidence), "", dtype=object)
    for hold, applies in reversed(checks):
        reason[applies] = hold.value
    return Held(np.asarray(reason == "", np.bool_), reason)
