from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reconciliation.statement_proof import AccountTotals, Cause, DayTotals, Proof, Stated, prove, prove_through

JAN = date(2024, 1, 1)


def day(number: int) -> date:
    """The n-th day of 2024, from 1."""
    return JAN + timedelta(days=number - 1)


def stated(
    first: int, last: int, opening: int | None, closing: int | None, lines: int, count: int = 1, key: UUID | None = None
) -> Stated:
    return Stated(key or uuid4(), day(first), day(last), opening, closing, lines, count)


def causes(proof: Proof) -> dict[Cause, tuple[int, int]]:
    return {share.cause: (share.amount_minor, share.count) for share in proof.causes}


def test_a_statement_whose_lines_lead_from_opening_to_closing_is_proved() -> None:
    totals = AccountTotals(posted=DayTotals({day(5): (-300, 2)}), ledger_of_lines=DayTotals({day(5): (-300, 2)}))
    (proof,) = prove([stated(1, 31, 1000, 700, -300, 2)], totals)
    assert proof.difference_minor == 0
    assert proof.is_proved
    assert (proof.stored_lines, proof.posted_lines) == (2, 2)


def test_a_statement_that_does_not_add_up_is_not_proved() -> None:
    (proof,) = prove([stated(1, 31, 1000, 701, -300)], AccountTotals(posted=DayTotals({day(5): (-300, 1)})))
    assert proof.difference_minor == -1
    assert not proof.is_proved


def test_lines_that_are_not_stored_any_more_break_the_proof() -> None:
    (proof,) = prove([stated(1, 31, 1000, 700, -300, 3)], AccountTotals(waiting=DayTotals({day(5): (-300, 2)})))
    assert proof.missing_lines == 1
    assert not proof.is_proved


def test_unknown_balances_leave_the_proof_open() -> None:
    (proof,) = prove([stated(1, 31, None, None, -300)], AccountTotals())
    assert proof.difference_minor is None
    assert proof.ledger_difference_minor is None
    assert proof.causes == ()
    assert not proof.is_proved


def test_a_missing_opening_is_the_closing_before() -> None:
    first, second = stated(1, 31, 0, 500, 500), stated(32, 60, None, 450, -50)
    totals = AccountTotals(posted=DayTotals({day(3): (500, 1), day(40): (-50, 1)}))
    proofs = prove([second, first], totals)
    assert [proof.stated for proof in proofs] == [first, second]
    assert proofs[1].opening_minor == 500
    assert proofs[1].opening_carried
    assert proofs[1].is_proved


def test_a_missing_opening_is_not_taken_from_an_overlapping_statement() -> None:
    proofs = prove([stated(1, 31, 0, 500, 500), stated(20, 60, None, 450, -50)], AccountTotals())
    assert proofs[1].opening_minor is None
    assert proofs[1].chain == ("It overlaps the statement through 2024-01-31 by 12 days.",)


def test_the_chain_shows_where_a_statement_is_missing() -> None:
    broken = prove([stated(1, 31, 0, 500, 500), stated(61, 90, 490, 480, -10)], AccountTotals())
    assert "a statement in between is missing" in broken[1].chain[0]
    unknown = prove([stated(1, 31, 0, None, 500), stated(61, 90, None, 480, -10)], AccountTotals())
    assert unknown[1].chain == ("29 days without any statement lie between 2024-01-31 and 2024-03-01.",)
    fitting = prove([stated(1, 31, 0, 500, 500), stated(61, 90, 500, 490, -10)], AccountTotals())
    assert fitting[1].chain == ()


def test_the_ledger_difference_is_listed_by_cause() -> None:
    totals = AccountTotals(
        posted=DayTotals({day(2): (-100, 1)}),
        waiting=DayTotals({day(3): (-20, 1)}),
        left_out=DayTotals({day(4): (-3, 1)}),
        unbooked=DayTotals({day(5): (50, 2)}),
        ledger_of_lines=DayTotals({day(2): (-100, 1)}),
        ledger_of_others=DayTotals({day(6): (-7, 1)}),
    )
    (proof,) = prove([stated(1, 31, 1000, 927, -73, 5)], totals)
    assert proof.is_proved
    assert proof.ledger_minor == -107
    assert proof.ledger_difference_minor == -107 - 927
    assert causes(proof) == {
        Cause.OPENING: (-1000, 0),
        Cause.WAITING: (20, 1),
        Cause.LEFT_OUT: (3, 1),
        Cause.UNBOOKED: (-50, 2),
        Cause.OTHER_ENTRIES: (-7, 1),
    }


def test_an_opening_entry_on_the_day_before_closes_the_gap() -> None:
    totals = AccountTotals(
        posted=DayTotals({day(2): (-100, 1)}),
        ledger_of_lines=DayTotals({day(2): (-100, 1)}),
        ledger_of_others=DayTotals({day(0): (1000, 1)}),
    )
    (proof,) = prove([stated(1, 31, 1000, 900, -100)], totals)
    assert proof.ledger_difference_minor == 0
    assert proof.causes == ()


def test_a_correction_booked_on_a_later_day_is_named() -> None:
    totals = AccountTotals(
        posted=DayTotals({day(2): (-100, 1)}), ledger_of_lines=DayTotals({day(2): (0, 2), day(40): (-100, 1)})
    )
    (proof,) = prove([stated(1, 31, 0, -100, -100)], totals)
    assert causes(proof) == {Cause.OTHER_DAYS: (100, 0)}


AMOUNTS = st.integers(-500, 500)
BY_DAY = st.dictionaries(st.integers(-5, 70).map(day), st.tuples(AMOUNTS, st.integers(1, 3)), max_size=6)
TOTALS = st.builds(AccountTotals, *(BY_DAY.map(DayTotals) for _ in range(6)))
BALANCE = st.none() | AMOUNTS
STATEMENTS = st.lists(
    st.builds(
        lambda first, length, opening, closing, lines: stated(first, first + length, opening, closing, lines),
        st.integers(1, 50), st.integers(0, 30), BALANCE, BALANCE, AMOUNTS,
    ),
    max_size=4,
)  # fmt: skip


@given(statements=STATEMENTS, totals=TOTALS)
def test_the_causes_always_add_up_to_the_ledger_difference(statements: list[Stated], totals: AccountTotals) -> None:
    for proof in prove(statements, totals):
        if proof.stated.closing_minor is not None:
            assert sum(share.amount_minor for share in proof.causes) == proof.ledger_difference_minor


@given(by_day=BY_DAY, first=st.integers(-5, 70), length=st.integers(0, 40))
def test_totals_within_days_equal_a_plain_sum(by_day: dict[date, tuple[int, int]], first: int, length: int) -> None:
    inside = [value for on, value in by_day.items() if day(first) <= on <= day(first + length)]
    expected = (sum(minor for minor, _ in inside), sum(count for _, count in inside))
    assert DayTotals(by_day).within(day(first), day(first + length)) == expected


def test_no_statements_have_no_proofs() -> None:
    assert prove([], AccountTotals()) == []


@pytest.mark.parametrize("shuffled", [False, True])
def test_statements_are_proved_in_the_order_of_their_days(shuffled: bool) -> None:
    statements = [stated(1, 31, 0, 5, 5), stated(32, 60, 5, 9, 4)]
    proofs = prove(statements[::-1] if shuffled else statements, AccountTotals())
    assert [proof.stated.first_on for proof in proofs] == [day(1), day(32)]


def test_a_day_inside_a_statement_has_the_opening_and_the_lines_through_that_day() -> None:
    moved = DayTotals({day(5): (-300, 1), day(20): (90, 1)})
    totals = AccountTotals(posted=moved, ledger_of_lines=moved)
    statements = [stated(1, 31, 1000, 790, -210, 2)]
    proof = prove_through(statements, totals, day(10))
    assert proof is not None
    assert (proof.stated.closing_minor, proof.stated.lines_minor, proof.stated.line_count) == (700, -300, 1)
    assert (proof.ledger_minor, causes(proof)) == (-300, {Cause.OPENING: (-1000, 0)})


def test_a_day_after_the_last_statement_begins_with_its_closing() -> None:
    moved = DayTotals({day(5): (-300, 1), day(40): (25, 1)})
    proof = prove_through([stated(1, 31, 1000, 700, -300)], AccountTotals(waiting=moved), day(60))
    assert proof is not None
    assert (proof.stated.closing_minor, causes(proof)[Cause.WAITING]) == (725, (275, 2))


def test_a_day_before_the_first_statement_has_no_proof() -> None:
    assert prove_through([stated(10, 31, 1000, 700, -300)], AccountTotals(), day(9)) is None


@given(statements=STATEMENTS, totals=TOTALS, number=st.integers(1, 90))
def test_on_any_day_the_causes_lead_from_the_bank_to_the_books(
    statements: list[Stated], totals: AccountTotals, number: int
) -> None:
    proof = prove_through(statements, totals, day(number))
    if proof is not None and proof.stated.closing_minor is not None:
        causes_minor = sum(share.amount_minor for share in proof.causes)
        assert proof.stated.closing_minor + causes_minor == proof.ledger_minor
        assert proof.stated.last_on == day(number)
