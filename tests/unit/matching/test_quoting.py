import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.matching.quoting import Quoted, Quotes
from core.matching.texts import is_marked

NUMBERS = st.text("012", min_size=1, max_size=5).map("RE1{}".format)


def quoted(said: list[list[str]], references: list[list[str]], i: list[int], j: list[int]) -> list[int]:
    quotes = Quotes.of(said, np.arange(len(said)), references)
    return quotes.of_pairs(np.array(i, np.int64), np.array(j, np.int64)).tolist()


def test_a_number_is_quoted_exactly_or_with_two_digits_swapped_or_another_one_is() -> None:
    said = [["INV91069"], ["INV19069"], ["INV50000"], ["50000"], []]
    assert quoted(said, [["INV-91069"]], [0, 1, 2, 3, 4], [0] * 5) == [
        Quoted.EXACT, Quoted.SWAPPED, Quoted.OTHER, Quoted.NOT, Quoted.NOT,
    ]  # fmt: skip


def test_of_two_numbers_of_an_item_the_better_quoted_one_counts() -> None:
    assert quoted([["INV91069", "PO4711"]], [["INV-19069", "PO4711"]], [0], [0]) == [Quoted.EXACT]


def test_a_number_that_many_items_have_names_none_of_them() -> None:
    quotes = Quotes.of([["INV4711"]], np.zeros(1, np.int64), [["INV4711"]] * 49)
    assert quotes.pairs(np.ones(1, np.bool_), np.ones(49, np.bool_))[0].tolist() == []
    few = np.arange(49) < 2
    assert quotes.pairs(np.ones(1, np.bool_), few)[1].tolist() == [0, 1]


@given(said=st.lists(st.lists(NUMBERS, max_size=3), max_size=4), held=st.lists(NUMBERS, max_size=4))
def test_quotes_are_those_that_comparing_every_swap_finds(said: list[list[str]], held: list[str]) -> None:
    pairs = [(i, j) for i in range(len(said)) for j in range(len(held))]
    expected = []
    for i, j in pairs:
        swaps = {n[:k] + n[k + 1] + n[k] + n[k + 2 :] for n in said[i] for k in range(3, len(n) - 1)}
        other = Quoted.OTHER if any(map(is_marked, said[i])) else Quoted.NOT
        known = len(held[j]) >= 5  # three digits and four signs
        swapped = Quoted.SWAPPED if known and held[j] in swaps else other
        expected.append(Quoted.EXACT if known and held[j] in said[i] else swapped)
    assert quoted(said, [[number] for number in held], [i for i, _ in pairs], [j for _, j in pairs]) == expected
