"""What a payment processor holds back: a share of each sale and so much a sale, learned from its own payouts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

WHOLE = 10_000  # shares are in hundredths of a percent
MOST_SHARE, MOST_EACH = 600, 100  # larger differences are no fee
_SEEN = 4  # payouts that a rule has to explain to the cent before it counts
_TRIED = 24  # payouts that propose rules, so that the search stays bounded
_LOOKED_AT = 200  # payouts on which rules are tried
_STEPS = (1, 5)  # shares are published in steps of 0.01 %, mostly of 0.05 %


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A share of each sale, in hundredths of a percent, and a fixed amount a sale, in minor units."""

    share: int
    each: int

    def of(self, gross_minor: int) -> int:
        """The fee of one sale."""
        return round_half_even(self.share * gross_minor, WHOLE) + self.each


USUAL = FeeRule(290, 30)  # 2.9 % and 30 cents
NONE = FeeRule(0, 0)
Observed = tuple[Sequence[int], int]  # the sales that one payout may pay, and what it paid


def slack(count: int) -> int:
    """Minor units by which processors' rounding of `count` sales may differ from ours."""
    return max(1, count // 2)


def learned_rule(seen: Sequence[Observed]) -> FeeRule:
    """The rule that explains the most payouts to the cent; the usual one where none explains enough of them.

    Args:
        seen: payouts that may pay just these sales; some may be wrong.
    """
    plausible = [one for one in seen if can_be_fee(sum(one[0]) - one[1], one[0])][:_LOOKED_AT]
    if not plausible:
        return USUAL
    rules = dict.fromkeys((USUAL, NONE, *_proposed(plausible)))
    best = max(rules, key=lambda rule: (_explained(rule, plausible), rule == USUAL, -rule.share, -rule.each))
    enough = max(_SEEN, len(plausible) // 2)
    return best if _explained(best, plausible) >= enough else USUAL


def can_be_fee(difference: int, sales: Sequence[int]) -> bool:
    """The difference is of a size that a processor may hold back."""
    return 0 <= difference * WHOLE <= MOST_SHARE * sum(sales) + MOST_EACH * len(sales) * WHOLE


def round_half_even(dividend: int, divisor: int) -> int:
    """The quotient of integers (divisor > 0), halves to the even one."""
    whole, rest = divmod(dividend, divisor)
    return whole + (rest * 2 > divisor or (rest * 2 == divisor and whole % 2 == 1))


def explains(rule: FeeRule, sales: Sequence[int], paid: int) -> bool:
    """The payout is these sales less their fees, to the cent."""
    return abs(sum(sales) - paid - sum(map(rule.of, sales))) <= slack(len(sales))


def _explained(rule: FeeRule, seen: Iterable[Observed]) -> int:
    return sum(explains(rule, sales, paid) for sales, paid in seen)


def _proposed(seen: Sequence[Observed]) -> Iterable[FeeRule]:
    """Rules that explain two of the payouts."""
    for (a, paid_a), (b, paid_b) in combinations(sorted(seen, key=lambda one: (len(one[0]), one[1]))[:_TRIED], 2):
        gross_a, gross_b = sum(a), sum(b)
        base = gross_a * len(b) - gross_b * len(a)
        if base:
            sign = 1 if base > 0 else -1
            held = sign * WHOLE * ((gross_a - paid_a) * len(b) - (gross_b - paid_b) * len(a))
            for step in _STEPS:
                share = step * round_half_even(held, sign * base * step)
                each = round_half_even((gross_a - paid_a) * WHOLE - share * gross_a, len(a) * WHOLE)
                if 0 <= share <= MOST_SHARE and 0 <= each <= MOST_EACH:
                    yield FeeRule(share, each)
