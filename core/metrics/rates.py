"""A rate is a fraction with both its numbers, in [0, 1] by construction; and how sure a measured one is."""

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
