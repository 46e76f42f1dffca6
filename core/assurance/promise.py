"""What re-reviews show of the promise on entries posted alone, and when they break it. Values in, values out."""

from dataclasses import dataclass

from scipy import special

from core.categorization.calibration import rows_needed, upper_error_bound
from core.metrics.rates import Rate

ALPHA = 0.05
_LIKELY_TIMES = 5  # the error rate expected of a broken promise, in multiples of the promised one
_LEAST_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class Support:
    """How far audited lines, drawn at random, support that at most `target` of all are wrong.

    `right` counts lines, or lines drawn by money, each of which stands for one unit of money.
    """

    right: Rate
    target: float

    @property
    def errors(self) -> int:
        return self.right.denominator - self.right.numerator

    @property
    def upper_bound(self) -> float | None:
        """The share of wrong ones that is ruled out with 95 % confidence (Clopper–Pearson); None without any line."""
        rows = self.right.denominator
        return upper_error_bound(self.errors, rows, ALPHA) if rows else None

    @property
    def needed(self) -> int | None:
        """How many lines support the target with the errors found so far; None where no number can."""
        return rows_needed(self.target, self.errors, ALPHA) if self.target >= _LEAST_SHARE else None

    @property
    def holds(self) -> bool:
        bound = self.upper_bound
        return bound is not None and bound <= self.target


def countdown(support: Support) -> str:
    """The state of the promise in a sentence: "211 of 299 audited lines; 88 more without an error support 1%"."""
    share = _percent(support.target)
    rows, needed, errors = support.right.denominator, support.needed, support.errors
    if needed is None:
        return f"No number of audited lines can support {share}."
    wrong = f", {errors:,} of them wrong" if errors else ""
    if support.holds:
        return (
            f"{rows:,} audited lines{wrong or ', none wrong'}: with 95% confidence at most "
            f"{_percent(support.upper_bound or 0.0)} are wrong."
        )
    return f"{rows:,} of {needed:,} audited lines{wrong}; {needed - rows:,} more without an error support {share}."


def _percent(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


def evidence_against(errors: int, rows: int, target: float) -> float:
    """How many times likelier these audited lines are under a broken promise than under a kept one.

    A Bayes factor of a Beta prior around five times the target against the kept promise at its worst. While the
    promise is kept it exceeds 1/α at any time with a chance of at most α, however often one looks (Ville's inequality;
    Robbins 1970, "Statistical methods related to the law of the iterated logarithm"), so that it may be asked after
    each single decision.
    """
    if not rows or errors / rows <= target:
        return 0.0
    if target <= 0:
        return float("inf")
    spread = max(1 / (_LIKELY_TIMES * target) - 1, 1.0)
    broken = special.betaln(1 + errors, spread + rows - errors) - special.betaln(1, spread)
    kept = special.xlogy(errors, target) + special.xlog1py(rows - errors, -target)
    return float(special.exp10(min(300.0, float(broken - kept) / 2.302585092994046)))


def is_broken(by_count: Support, by_money: Support) -> bool:
    """The promise is broken, by count and by money taken together: the mean of both e-values reaches 1/α."""
    found = [evidence_against(one.errors, one.right.denominator, one.target) for one in (by_count, by_money)]
    return sum(found) / len(found) >= 1 / ALPHA
