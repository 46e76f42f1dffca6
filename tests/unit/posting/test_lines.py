from decimal import Decimal
from uuid import UUID

import pytest

from core.errors import InvalidAmount, InvalidInput, UnbalancedEntry
from core.posting.lines import Line, Part, allocate, entry_lines, parts_by_weight

BANK, SALES, FEES = UUID(int=1), UUID(int=2), UUID(int=3)


def test_the_odd_cents_go_to_the_largest_remainders_earlier_parts_first():
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(-100, [1, 1, 1]) == [-34, -33, -33]
    assert allocate(5, [10, 60, 30]) == [1, 3, 1]


def test_weights_that_cancel_out_are_refused():
    with pytest.raises(ValueError, match="sum to zero"):
        allocate(100, [1, -1])


def test_a_payout_net_of_fees_is_split_into_gross_sales_and_fees():
    parts = [Part(SALES, amount_minor=10_000), Part(FEES, amount_minor=-300)]
    assert entry_lines(9_700, BANK, parts, "USD") == [Line(BANK, 9_700), Line(SALES, -10_000), Line(FEES, 300)]


def test_percentages_share_what_the_fixed_amounts_leave():
    parts = [Part(FEES, amount_minor=-1_000), Part(SALES, percent=Decimal("25")), Part(BANK, percent=Decimal("75"))]
    lines = entry_lines(-5_000, BANK, parts, "USD")
    assert [line.amount_minor for line in lines] == [-5_000, 1_000, 1_000, 3_000]


def test_a_share_below_one_cent_gets_no_line():
    parts = [Part(SALES, percent=Decimal("99.5")), Part(FEES, percent=Decimal("0.5"))]
    assert entry_lines(10, BANK, parts, "USD") == [Line(BANK, 10), Line(SALES, -10)]


def test_a_bank_line_of_zero_still_has_two_lines():
    assert entry_lines(0, BANK, [Part(SALES, percent=Decimal(100))], "USD") == [Line(BANK, 0), Line(SALES, 0)]


def test_amounts_that_do_not_add_up_are_refused_with_the_difference():
    with pytest.raises(UnbalancedEntry) as refused:
        entry_lines(1_000, BANK, [Part(SALES, amount_minor=999)], "USD")
    assert refused.value.difference_minor == 1


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "at least one account"),
        ([Part(SALES)], "an amount or a percentage"),
        ([Part(SALES, amount_minor=1, percent=Decimal(1))], "an amount or a percentage"),
        ([Part(SALES, amount_minor=0)], "books nothing"),
        ([Part(SALES, percent=Decimal("33.33"))], "33.33"),
        ([Part(SALES, percent=Decimal(0))], "cannot be a percentage"),
        ([Part(SALES, percent=Decimal("NaN"))], "cannot be a percentage"),
        ([Part(SALES, percent=Decimal("101"))], "cannot be a percentage"),
        ([Part(SALES, percent=Decimal("1E-9999"))], "digits after the point"),
    ],
)
def test_parts_that_cannot_be_meant_are_refused_in_words(parts, words):
    with pytest.raises(InvalidInput, match=words):
        entry_lines(100, BANK, parts, "USD")


def test_a_part_that_no_column_can_hold_is_refused():
    with pytest.raises(InvalidAmount):
        entry_lines(0, BANK, [Part(SALES, amount_minor=2**63), Part(FEES, amount_minor=-(2**63))], "USD")


def test_items_that_cancel_out_leave_the_line_with_the_first_account():
    assert parts_by_weight(70, [(SALES, 50), (FEES, -50)]) == [(SALES, 70)]
    assert parts_by_weight(100, [(SALES, 50), (SALES, -50)]) == [(SALES, 100)]
