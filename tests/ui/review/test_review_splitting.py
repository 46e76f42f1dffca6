"""What the rows of the split dialog stand for, and how text of others is written."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidAmount
from core.posting.lines import entry_lines
from ui.review_split import Typed, read_parts, typed_number
from ui.review_words import evidence, sentence
from ui.words import plain

FIRST, SECOND, BANK = uuid4(), uuid4(), uuid4()


def reading(*rows, unit="Amounts", amount_minor=-10_000, currency="USD"):
    return read_parts([Typed(account, text) for account, text in rows], unit, amount_minor, currency)


def test_amounts_are_typed_in_the_direction_of_the_bank_line():
    paid = reading((FIRST, "60"), (SECOND, "40.00"))
    assert [(p.account_id, p.amount_minor) for p in paid.parts] == [(FIRST, -6_000), (SECOND, -4_000)]
    payout = reading((FIRST, "100"), (SECOND, "−3"), amount_minor=9_700)
    assert [p.amount_minor for p in payout.parts] == [10_000, -300]
    assert (paid.problem, paid.left, payout.problem) == ("", 0, "")


def test_a_row_without_a_figure_takes_the_rest_and_a_row_without_anything_is_no_part():
    found = reading((FIRST, "60"), (SECOND, ""), (None, ""))
    assert [p.amount_minor for p in found.parts] == [-6_000, -4_000]
    assert [p.percent for p in reading((FIRST, "12.5%"), (SECOND, ""), unit="Percent").parts] == [
        Decimal("12.5"),
        Decimal("87.5"),
    ]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([(FIRST, "60"), (SECOND, "30")], "The parts do not make the whole line yet."),
        ([(FIRST, "60"), (None, "40")], "A part has no account yet."),
        ([(FIRST, "100"), (SECOND, "")], "A part has no figure yet."),
        ([(FIRST, ""), (SECOND, "")], "A part has no figure yet."),
        ([(FIRST, "100"), (None, "")], "A split needs at least two parts."),
        ([(FIRST, ""), (None, "")], "A part has no figure yet."),
        ([(None, ""), (None, "")], "The parts do not make the whole line yet."),
    ],
)
def test_what_cannot_be_booked_yet_says_why(rows, problem):
    assert reading(*rows).problem == problem


def test_the_rest_runs_in_the_unit_of_the_dialog():
    assert reading((FIRST, "60.01")).left == 3_999
    assert reading((FIRST, "60.01"), (None, "1")).left == 3_899
    assert reading((FIRST, "60"), (SECOND, "7"), amount_minor=-100, currency="JPY").left == 33
    assert reading((FIRST, "30"), (SECOND, "30"), unit="Percent").left == 40


@given(
    amount=st.integers(-(10**9), 10**9).filter(bool),
    first=st.decimals("0.01", "99999", places=2),
)
def test_parts_that_can_be_booked_always_make_a_balanced_entry(amount, first):
    found = reading((FIRST, str(first)), (SECOND, ""), amount_minor=amount)
    if not found.problem:
        lines = entry_lines(amount, BANK, found.parts, "USD")
        assert sum(line.amount_minor for line in lines) == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.50", "1234.50"), ("−3", "-3"), (" 40% ", "40"), ("$7", "7")],
)
def test_figures_are_read_as_people_write_them(text, number):
    assert typed_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "ten", "NaN", "Infinity", "1.2.3"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(InvalidAmount):
        typed_number(text)


def test_an_amount_with_too_many_digits_is_refused():
    with pytest.raises(InvalidAmount):
        reading((FIRST, "1.005"))


@given(st.text())
def test_code_type_keeps_the_text_and_its_fence_never_occurs_inside(text):
    shown = evidence(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))] if not text.startswith("`") else shown.split(" ")[0]
    assert text in shown
    assert fence not in text


def test_signs_of_markup_are_made_literal():
    assert plain("A*B_C [x](y) $5 :red[z]") == r"A\*B\_C \[x\](y) \$5 \:red\[z\]"
    assert plain("http://y.z www.y.z <b> ~~a~~ # b") == r"http\://y.z www\.y.z \<b\> \~\~a\~\~ # b"
    assert [plain(text) for text in ("# a", "- a", "1. a")] == [r"\# a", r"\- a", r"1\. a"]


def test_a_sentence_stays_as_it_is():
    assert plain("2025-10-31 falls in a period closed through 2025-11-01.") == (
        "2025-10-31 falls in a period closed through 2025-11-01."
    )


def test_a_reason_becomes_a_sentence():
    assert [sentence(text) for text in ("like earlier lines", "Done.", "")] == ["Like earlier lines.", "Done.", ""]
