"""Equal payments of one payer against equal items: the oldest with the oldest, each suggested, never automatic."""

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching import interchangeable
from core.matching.interchangeable import _oldest_first
from core.matching.matching import find_matches
from core.matching.values import Decision, Matching
from tests.unit.matching.builders import bank_lines, item, line, open_items


def matched(
    paid: dict[str, int], issued: dict[str, int], excluded: tuple[tuple[str, str], ...] = ()
) -> tuple[list[tuple[str, str]], Matching]:
    """Pairs of keys in the order of the payments' days; payments and items are given by key and day."""
    lines = bank_lines([line(key, 12_000, "CREDIT ACME LTD", day) for key, day in paid.items()])
    items = open_items([item(key, 12_000, "Acme Ltd", f"INV-{key}", day) for key, day in issued.items()])
    found = find_matches(lines, items, excluded=[frozenset(pair) for pair in excluded])
    pairs = [(lines.key[one.lines[0]], items.key[one.items[0]]) for one in found.matches]
    assert all(one.decision is Decision.SUGGEST for one in found.matches)
    return sorted(pairs, key=lambda pair: (paid[pair[0]], pair)), found


def test_two_payments_and_two_invoices_are_paired_in_the_order_of_their_days() -> None:
    pairs, found = matched({"z": 13, "a": 16}, {"y": 0, "b": 1})
    assert pairs == [("z", "y"), ("a", "b")]
    assert {one.reason.partition(". ")[2] for one in found.matches} == {
        "2 payments and 2 items are alike, paired in the order of their days."
    }
    assert all(one.in_order for one in found.matches)


def test_three_against_three_too() -> None:
    pairs, _ = matched({"z": 13, "m": 16, "a": 18}, {"y": 0, "b": 1, "a1": 3})
    assert pairs == [("z", "y"), ("m", "b"), ("a", "a1")]


def test_of_more_invoices_than_payments_the_newest_stays_open() -> None:
    pairs, found = matched({"z": 23, "a": 26}, {"y": 5, "b": 11, "a1": 12})
    assert pairs == [("z", "y"), ("a", "b")]
    assert found.open_items == (2,)


def test_of_more_payments_than_invoices_the_last_stays_open_and_says_why() -> None:
    pairs, found = matched({"z": 13, "m": 16, "a": 18}, {"y": 0, "b": 1})
    assert pairs == [("z", "y"), ("m", "b")]
    assert found.notes[2].startswith("Perhaps paid twice")


def test_a_monthly_fee_that_once_stays_unpaid_does_not_shift_all_later_ones() -> None:
    pairs, found = matched(
        {f"p{month}": 30 * month + 20 for month in range(1, 12)}, {f"i{month}": 30 * month for month in range(12)}
    )
    assert pairs == [(f"p{month}", f"i{month}") for month in range(1, 12)]
    assert found.open_items == (0,)


def test_a_pair_that_a_person_dismissed_leaves_its_members_to_the_others() -> None:
    pairs, _ = matched({"z": 13, "a": 16}, {"y": 0, "b": 1}, excluded=(("z", "y"),))
    assert pairs == [("z", "b"), ("a", "y")]


def test_a_payment_that_quotes_its_invoice_is_no_longer_one_of_many() -> None:
    lines = bank_lines([line("z", 12_000, "CREDIT ACME LTD", 13), line("a", 12_000, "CREDIT ACME LTD INV-2044", 16)])
    items = open_items([item("y", 12_000, "Acme Ltd", "INV-2044"), item("b", 12_000, "Acme Ltd", "INV-2045", 1)])
    found = find_matches(lines, items)
    assert {(one.lines, one.items, one.decision) for one in found.matches if one.lines == (1,)} == {
        ((1,), (0,), Decision.AUTO)
    }


def test_fifty_against_fifty_take_no_time_and_each_is_suggested() -> None:
    started = time.perf_counter()
    pairs, _ = matched({f"p{49 - n:02}": n for n in range(50)}, {f"i{49 - n:02}": n for n in range(50)})
    assert time.perf_counter() - started < 1
    assert pairs == [(f"p{49 - n:02}", f"i{49 - n:02}") for n in range(50)]


def test_a_vast_crowd_is_paired_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchangeable, "CROWD", 1)
    pairs, _ = matched({"z": 13, "m": 16, "a": 18}, {"y": 0, "b": 1, "a1": 3})
    assert pairs == [("z", "y"), ("m", "b"), ("a", "a1")]


@given(allowed=st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 2)), st.booleans(), min_size=1))
def test_no_uncrossed_choice_has_more_pairs_or_more_usual_ones(allowed: dict[tuple[int, int], bool]) -> None:
    """Against trying all sets of pairs; what is left is paired on, so there may be more than uncrossed."""
    pairs = sorted(allowed)
    usual = np.array([allowed[pair] for pair in pairs])
    row, col = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
    taken = _oldest_first(row, col, usual).tolist()
    assert len({pairs[at][0] for at in taken}) == len({pairs[at][1] for at in taken}) == len(taken)
    best = max(
        (len(some), sum(allowed[pair] for pair in some))
        for size in range(4)
        for some in combinations(pairs, size)
        if all(a[0] < b[0] and a[1] < b[1] for a, b in combinations(some, 2))
    )
    assert (len(taken), int(usual[taken].sum())) >= best
