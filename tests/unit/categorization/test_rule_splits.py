"""Rules that split a line: nothing is lost, and what does not fit waits."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.categorization.rule_splits import split_amount
from core.categorization.rules import RulePart

SHARES = st.lists(st.integers(1, 99), min_size=1, max_size=4).map(
    lambda cuts: [b - a for a, b in zip([0, *sorted(set(cuts))], [*sorted(set(cuts)), 100], strict=True)]
)


@given(st.integers(-(10**9), 10**9), SHARES, st.lists(st.integers(-500, 500).filter(bool), max_size=3))
def test_the_parts_make_the_line_to_the_last_cent(amount: int, shares: list[int], fixed: list[int]) -> None:
    parts = [RulePart(f"f{i}", one) for i, one in enumerate(fixed)]
    parts += [RulePart(f"p{i}", percent=Decimal(one)) for i, one in enumerate(shares)]
    split = split_amount(amount, parts)
    assert sum(placed for _, placed in split.parts) == amount
    assert dict(split_amount(-amount, parts).parts) == {key: -placed for key, placed in split.parts} or amount == 0


def test_fixed_amounts_come_first_and_percentages_share_the_rest() -> None:
    parts = [
        RulePart("fee", -300),
        RulePart("sales", percent=Decimal("66.6667")),
        RulePart("tips", percent=Decimal("33.3333")),
    ]
    assert split_amount(9_700, parts).parts == (("fee", -300), ("sales", 6_667), ("tips", 3_333))
    assert split_amount(-9_700, parts).parts == (("fee", 300), ("sales", -6_667), ("tips", -3_333))


def test_fixed_amounts_larger_than_the_line_do_not_fit() -> None:
    parts = [RulePart("rent", 10_000), RulePart("heating", percent=Decimal(100))]
    assert not split_amount(-9_000, parts).fits
    assert split_amount(-10_000, parts).fits
    assert split_amount(-10_000, parts).parts == (("rent", -10_000),)
