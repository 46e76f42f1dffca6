from uuid import UUID

import pytest

from core.errors import UnbalancedEntry
from core.posting.writing import KEYS_AT_ONCE, LineColumns, check_balanced, in_portions, new_keys, one_line_each

A, B, C = (UUID(int=number) for number in range(3))


def test_new_keys_are_random_uuids_of_version_four():
    keys = new_keys(1_000)
    assert len(set(keys)) == 1_000
    assert {key.version for key in keys} == {4}
    assert {key.variant for key in keys} == {UUID(int=0x8000_0000_0000_0000).variant}
    assert new_keys(0) == []


def test_portions_cover_every_key_once():
    keys = new_keys(2 * KEYS_AT_ONCE + 1)
    portions = list(in_portions(keys))
    assert [len(portion) for portion in portions] == [KEYS_AT_ONCE, KEYS_AT_ONCE, 1]
    assert [key for portion in portions for key in portion] == keys


def test_each_bank_line_is_booked_against_its_account_and_split_ones_against_several():
    lines = one_line_each([A, A], [B, B], [-100, 70], {1: [(B, 100), (C, -30)]})
    rows = sorted(zip(lines.entry, lines.position, lines.account_id, lines.amount_minor, strict=True))
    assert rows == [(0, 1, A, -100), (0, 2, B, 100), (1, 1, A, 70), (1, 2, B, -100), (1, 3, C, 30)]
    check_balanced(2, lines, ["USD", "USD"])


@pytest.mark.parametrize(
    "amounts",
    [[5, -4], [2**62, 2**62], [2**62, 2**62, 2**62, 2**62], [-(2**63), -(2**63)], [2**32, -(2**32) + 1], [1 << 33, 0]],
)
def test_no_unbalanced_entry_gets_through_even_where_sums_would_wrap_around(amounts):
    count = len(amounts)
    lines = LineColumns([0] * count, list(range(count)), [A] * count, amounts)
    with pytest.raises(UnbalancedEntry) as refused:
        check_balanced(1, lines, ["USD"])
    assert refused.value.difference_minor == sum(amounts)


def test_large_amounts_that_cancel_out_are_balanced():
    top = 2**63 - 1
    check_balanced(1, LineColumns([0, 0], [1, 2], [A, B], [top, -top]), ["USD"])


def test_an_entry_needs_two_lines_even_where_one_sums_to_zero():
    with pytest.raises(UnbalancedEntry):
        check_balanced(2, LineColumns([0, 0, 1], [1, 2, 1], [A, B, A], [3, -3, 0]), ["USD", "USD"])
