import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching.subsets import MOST_FOUND, MOST_POOL, subsets_with_sum


@given(
    amounts=st.lists(st.sampled_from([100, 250, 250, 400, 999, 1500]), max_size=7),
    target=st.integers(1, 4000),
    most=st.integers(2, 6),
)
def test_exactly_the_sets_are_found_that_trying_all_finds(amounts: list[int], target: int, most: int) -> None:
    tried = [
        places
        for size in range(2, most + 1)
        for places in itertools.combinations(range(len(amounts)), size)
        if sum(amounts[place] for place in places) == target
    ]
    found = subsets_with_sum(amounts, target, most=most)
    if len(tried) <= MOST_FOUND:
        assert sorted(found) == sorted(tried)
    else:
        assert len(set(found)) == MOST_FOUND
        assert set(found) <= set(tried)


def test_a_full_pool_of_equal_amounts_is_cut_short() -> None:
    found = subsets_with_sum([500] * MOST_POOL, 3000, most=6)
    assert len(found) == MOST_FOUND
    assert all(len(places) == 6 for places in found)


def test_more_amounts_than_can_be_searched_are_refused() -> None:
    with pytest.raises(ValueError, match="25 amounts"):
        subsets_with_sum([100] * 25, 200, most=2)
