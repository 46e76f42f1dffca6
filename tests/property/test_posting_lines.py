"""Whatever is split, every cent is placed."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.posting.lines import Part, allocate, entry_lines, parts_by_weight

BANK = UUID(int=1)
ACCOUNTS = [UUID(int=number) for number in range(2, 8)]
AMOUNTS = st.one_of(st.integers(-20, 20), st.integers(-(10**15), 10**15))
WEIGHTS = st.lists(st.integers(-50, 100), min_size=1, max_size=6).filter(lambda weights: sum(weights) != 0)
FIXED = st.integers(-1_000_000, 1_000_000).filter(bool)


def percentages(count: int) -> st.SearchStrategy[list[Decimal]]:
    """That many percentages with two digits that make 100."""
    cuts = st.lists(st.integers(1, 9_999), min_size=count - 1, max_size=count - 1, unique=True).map(sorted)
    return cuts.map(
        lambda inner: [Decimal(high - low).scaleb(-2) for low, high in zip([0, *inner], [*inner, 10_000], strict=True)]
    )


@given(AMOUNTS, WEIGHTS)
def test_allocated_shares_add_up_and_none_is_a_cent_off_its_proportion(amount, weights):
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(amount * weight, sum(weights))) < 1


@given(AMOUNTS, WEIGHTS)
def test_a_refund_is_allocated_as_the_mirror_image_of_its_payment(amount, weights):
    assert allocate(-amount, weights) == [-share for share in allocate(amount, weights)]


@given(AMOUNTS, st.lists(FIXED, max_size=3), st.integers(1, 4).flatmap(percentages))
def test_an_entry_split_by_amounts_and_percentages_sums_to_zero(amount, fixed, shares):
    parts = [Part(ACCOUNTS[0], amount_minor=part) for part in fixed]
    parts += [Part(ACCOUNTS[1], percent=share) for share in shares]
    lines = entry_lines(amount, BANK, parts, "USD")
    assert sum(line.amount_minor for line in lines) == 0
    assert lines[0].account_id == BANK
    assert lines[0].amount_minor == amount
    assert len(lines) >= 2
    assert sum(line.amount_minor for line in lines if line.account_id == ACCOUNTS[1]) == -(amount - sum(fixed))


@given(st.lists(FIXED, min_size=1, max_size=6))
def test_fixed_amounts_are_booked_exactly_as_given(fixed):
    parts = [Part(account, amount_minor=part) for account, part in zip(ACCOUNTS, fixed, strict=False)]
    lines = entry_lines(sum(fixed), BANK, parts, "USD")
    assert [-line.amount_minor for line in lines[1:]] == fixed


@given(AMOUNTS, st.lists(st.tuples(st.sampled_from(ACCOUNTS), FIXED), min_size=1, max_size=6))
def test_a_line_that_settles_several_items_goes_to_their_accounts_in_full(amount, items):
    parts = parts_by_weight(amount, items)
    assert sum(share for _, share in parts) == amount
    assert {account for account, _ in parts} <= {account for account, _ in items}
    assert len({account for account, _ in parts}) == len(parts)


@given(st.lists(st.tuples(st.sampled_from(ACCOUNTS), FIXED), min_size=1, max_size=6))
def test_items_paid_in_full_get_exactly_what_they_ask_for(items):
    amount = sum(weight for _, weight in items)
    asked: dict[UUID, int] = {}
    for account, weight in items:
        asked[account] = asked.get(account, 0) + weight
    if amount:
        assert dict(parts_by_weight(amount, items)) == {account: share for account, share in asked.items() if share}
