"""A rate is a fraction with both its numbers, in [0, 1] by construction; and how sure a measured one is."""

from bisect import bisect_left
from dataclasses import dataclass

from scipy import special

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """The bounds of a share, both in [0, 1]."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator` things of the same company and period.

    Raises:
        ValueError: it would lie outside [0, 1].
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is no rate")

    @property
    def value(self) -> float | None:
        """The share in [0, 1]; None where there is nothing to take a share of."""
        return self.numerator / self.denominator if self.denominator else None

    def __add__(self, other: "Rate") -> "Rate":
        """The rate over both: numbers are added, shares never averaged."""
        return Rate(self.numerator + other.numerator, self.denominator + other.denominator)

    def interval(self, confidence: float = CONFIDENCE) -> Interval | None:
        """Clopper–Pearson bounds of the share behind the sample: they hold at least as often as `confidence` says.

        None without a sample.
        """
        if not self.denominator:
            return None
        hits, misses, tail = self.numerator, self.denominator - self.numerator, (1 - confidence) / 2
        low = float(special.betaincinv(hits, misses + 1, tail)) if hits else 0.0
        high = float(special.betaincinv(hits + 1, misses, 1 - tail)) if misses else 1.0
        return Interval(low, high)


def checks_needed(errors: int, share: float, confidence: float = CONFIDENCE) -> int:
    """How many things have to be looked at, with so many found wrong, to say that at most `share` of all are wrong.

    Exact binomial: the fewest for which as few errors would turn up by chance at most 1 - confidence of the time if
    `share` were wrong. Without an error and for 1 %, 299.

    Raises:
        ValueError: `share` is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"{share} is no share that can be shown")

    def suffices(looked: int) -> bool:
        return float(special.bdtr(errors, looked, share)) <= 1 - confidence

    high = errors + 1
    while not suffices(high):
        high *= 2
    return bisect_left(range(high + 1), True, key=lambda looked: looked > errors and suffices(looked))
