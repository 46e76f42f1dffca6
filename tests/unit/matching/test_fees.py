import random

from core.matching.fees import NONE, USUAL, FeeRule, learned_rule, round_half_even


def payouts(rule: FeeRule, count: int, seed: int = 7) -> list[tuple[list[int], int]]:
    draw = random.Random(seed)
    days = [[draw.randint(500, 30_000) for _ in range(draw.randint(1, 5))] for _ in range(count)]
    return [(sales, sum(sales) - sum(map(rule.of, sales))) for sales in days]


def test_the_fee_is_learned_from_payouts_even_where_others_disturb() -> None:
    for rule in (USUAL, FeeRule(140, 20), FeeRule(169, 0), FeeRule(349, 49), NONE):
        true = payouts(rule, 12)
        wrong = [(sales, paid - 137 * place) for place, (sales, paid) in enumerate(payouts(rule, 6, seed=8), 1)]
        assert learned_rule([*true, *wrong]) == rule


def test_too_few_payouts_teach_nothing() -> None:
    assert learned_rule(payouts(FeeRule(140, 20), 2)) == USUAL
    assert learned_rule([]) == USUAL


def test_halves_go_to_the_even_number() -> None:
    assert [round_half_even(part, 10) for part in (5, 15, 25, 26, -5, -15)] == [0, 2, 2, 3, 0, -2]
