"""What a payment processor holds back: a share of each sale and so much a sale, learned from its own payouts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations

USUAL_SHARE, USUAL_EACH = Decimal("0.029"), 30
MOST_SHARE, MOST_EACH = Decimal("0.06"), 100  # larger differences are no fee
_SEEN = 4  # payouts that a rule has to explain to the cent before it counts
_TRIED = 24  # payouts that propose rules, so that the search stays bounded
_STEP = Decimal("0.0005")  # shares are published in steps of 0.05 %


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A share of each sale and a fixed amount a sale, in minor units."""

    share: Decimal
    each: int

    def of(self, gross_minor: int) -> int:
        """The fee of one sale."""
        return int((self.share * gross_minor).quantize(Decimal(1), ROUND_HALF_EVEN)) + self.each


USUAL = FeeRule(USUAL_SHARE, USUAL_EACH)
Observed = tuple[Sequence[int], int]  # the sales that one payout may pay, and what it paid


def slack(count: int) -> int:
    """Minor units by which processors' rounding of `count` sales may differ from ours."""
    return max(1, count // 2)


def learned_rule(seen: Sequence[Observed]) -> FeeRule:
    """The rule that explains the most payouts to the cent; the usual one where none explains enough of them.

    Args:
        seen: payouts that may pay just these sales; some may be wrong.
    """
    plausible = [one for one in seen if 0 <= sum(one[0]) - one[1] <= MOST_SHARE * sum(one[0]) + MOST_EACH * len(one[0])]
    if not plausible:
        return USUAL
    rules = dict.fromkeys((USUAL, FeeRule(Decimal(0), 0), *_proposed(plausible)))
    best = max(rules, key=lambda rule: (_explained(rule, plausible), rule == USUAL, -rule.share, -rule.each))
    enough = max(_SEEN, len(plausible) // 2)
    return best if _explained(best, plausible) >= enough else USUAL


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
            share = Decimal((gross_a - paid_a) * len(b) - (gross_b - paid_b) * len(a)) / base
            share = (share / _STEP).quantize(Decimal(1), ROUND_HALF_EVEN) * _STEP
            each = round((gross_a - paid_a - share * gross_a) / len(a))
            if 0 <= share <= MOST_SHARE and 0 <= each <= MOST_EACH:
                yield FeeRule(share, each)
