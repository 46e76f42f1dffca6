from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.categorization.anomalies import Anomalies, Payments, find_anomalies
from core.categorization.policy import ODD, Hold

MONDAY = date(2024, 7, 1)
NAMES = {"6300": "6300 Rent", "6100": "6100 Software"}
Line = tuple[str, int, date]


def payments(lines: list[Line], account: str | list[str] = "6300", *, bank: str = "checking") -> Payments:
    accounts = [account] * len(lines) if isinstance(account, str) else account
    return Payments(
        [name for name, _, _ in lines], [minor for _, minor, _ in lines], ["USD"] * len(lines),
        [on for _, _, on in lines], [bank] * len(lines), accounts,
    )  # fmt: skip


def every(days: int, *sizes: int, name: str = "Acme", until: date = MONDAY) -> list[Line]:
    """Payments of these sizes, `days` apart, the last one so long before `until`."""
    return [(name, -size, until - timedelta(days=days * (len(sizes) - i))) for i, size in enumerate(sizes)]


def found(lines: Payments, past: Payments) -> Anomalies:
    return find_anomalies(lines, past, names=NAMES)


USUAL = every(28, 4_810, 4_790, 4_930, 5_120, 4_700, 4_880, 5_010)


@pytest.mark.parametrize(("minor", "odd"), [(-48_500, True), (-480, True), (-9_000, False), (-2_500, False)])
def test_an_amount_far_above_or_below_the_usual_is_odd(minor: int, odd: bool) -> None:
    got = found(payments([("ACME", minor, MONDAY)]), payments(USUAL))
    assert got.hold.tolist() == [Hold.ODD_AMOUNT if odd else ""]
    assert not odd or got.words[0].endswith(" USD, where 48.80 is the middle of 7 lines of this counterparty")


def test_an_amount_that_occurs_beside_the_usual_ones_is_not_odd() -> None:
    past = [*USUAL, ("Acme", -480, MONDAY - timedelta(days=60))]
    assert found(payments([("Acme", -490, MONDAY)]), payments(past)).hold.tolist() == [""]


@pytest.mark.parametrize(
    "past",
    [
        USUAL[:5],
        [(name, -minor, on) for name, minor, on in USUAL],
        [("Other", minor, on) for _, minor, on in USUAL],
    ],
)
def test_few_lines_the_other_direction_and_other_counterparties_say_nothing(past: list[Line]) -> None:
    assert found(payments([("Acme", -48_500, MONDAY)]), payments(past, "")).hold.tolist() == [""]


@pytest.mark.parametrize(("days", "odd"), [(0, True), (3, True), (7, False)])
def test_the_same_amount_soon_after_is_a_second_payment(days: int, odd: bool) -> None:
    past = [*USUAL, ("Acme", -4_850, MONDAY)]
    got = found(payments([("Acme", -4_850, MONDAY + timedelta(days=days))]), payments(past))
    assert got.hold.tolist() == [Hold.PAID_TWICE if odd else ""]
    assert got.words.tolist() == ["the same amount is there on 1 July 2024" if odd else ""]


def test_of_two_new_lines_with_the_same_amount_the_later_one_is_held_and_both_of_one_day() -> None:
    later = [("Acme", -4_850, MONDAY), ("Acme", -4_850, MONDAY + timedelta(days=2))]
    assert found(payments(later), payments(USUAL)).hold.tolist() == ["", Hold.PAID_TWICE]
    together = [("Acme", -4_850, MONDAY)] * 2
    assert found(payments(together), payments(USUAL)).hold.tolist() == [Hold.PAID_TWICE] * 2


def test_a_line_before_one_that_is_booked_already_is_held_too() -> None:
    past = [*USUAL, ("Acme", -4_850, MONDAY + timedelta(days=2))]
    assert found(payments([("Acme", -4_850, MONDAY)]), payments(past)).hold.tolist() == [Hold.PAID_TWICE]


def test_equal_daily_amounts_are_the_way_of_their_counterparty() -> None:
    new = [("Acme", -450, MONDAY + timedelta(days=day)) for day in range(5)]
    assert found(payments(new), payments(every(1, *[450] * 20))).hold.tolist() == [""] * 5


def test_the_same_amount_on_another_bank_account_is_another_payment() -> None:
    past = payments([*USUAL, ("Acme", -4_850, MONDAY)], bank="savings")
    assert found(payments([("Acme", -4_850, MONDAY)]), past).hold.tolist() == [""]


@pytest.mark.parametrize(
    ("decided", "odd"),
    [(["6300"] * 5 + ["", ""], True), (["6300"] * 4 + [""] * 3, False), (["6300"] * 6 + ["6100"], False)],
)
def test_an_account_is_odd_where_people_always_chose_another(decided: list[str], odd: bool) -> None:
    got = found(payments([("Acme", -4_900, MONDAY)], "6100"), payments(USUAL, decided))
    assert got.hold.tolist() == [Hold.ODD_ACCOUNT if odd else ""]
    assert got.words[0] == ("people booked this counterparty 5 times, always to 6300 Rent" if odd else "")


@pytest.mark.parametrize(
    ("minor", "day", "odd"), [(-60_000, 6, True), (-60_000, 4, False), (-61_234, 6, False), (-60_000, 5, True)]
)
def test_a_round_sum_on_a_weekend_is_odd_only_together(minor: int, day: int, odd: bool) -> None:
    past = payments(every(7, *range(55_001, 66_001, 1_000)))
    got = found(payments([("Acme", minor, MONDAY + timedelta(days=day))]), past)
    assert got.hold.tolist() == [Hold.ODD_DAY if odd else ""]
    weekends = payments([*every(7, *range(55_001, 66_001, 1_000)), ("Acme", -57_777, MONDAY - timedelta(days=1))])
    assert found(payments([("Acme", minor, MONDAY + timedelta(days=day))]), weekends).hold.tolist() == [""]


def test_everything_odd_is_in_the_words_and_the_gravest_holds() -> None:
    past = payments([*USUAL, ("Acme", -90_000, MONDAY)], "6300")
    got = found(payments([("Acme", -90_000, MONDAY)], "6100"), past)
    assert got.hold.tolist() == [Hold.PAID_TWICE]
    assert got.words[0].count("; ") == 1


def test_lines_without_counterparty_or_amount_are_never_odd() -> None:
    past = payments([*every(1, *[5_000] * 10, name=""), *USUAL])
    assert found(payments([("", -50_000, MONDAY), ("Acme", 0, MONDAY)]), past).hold.tolist() == ["", ""]


lines_ = st.lists(
    st.tuples(
        st.sampled_from(["Acme", "Bolt", ""]),
        st.integers(-3_000, 3_000) | st.sampled_from([-4_850, 4_850, -100_000]),
        st.dates(date(2024, 6, 1), date(2024, 7, 15)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(lines_, lines_, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(new: list[Line], past: list[Line], rng) -> None:
    got = found(payments(new), payments(past))
    order = rng.sample(range(len(new)), len(new))
    again = found(payments([new[i] for i in order]), payments(rng.sample(past, len(past))))
    assert again.hold.tolist() == [got.hold[i] for i in order]
    assert again.words.tolist() == [got.words[i] for i in order]
    assert set(got.hold) <= {"", *ODD}


@settings(max_examples=30, deadline=None)
@given(lines_)
def test_without_a_past_nothing_is_odd(new: list[Line]) -> None:
    assert set(found(payments(new), payments([])).hold) <= {""}


@settings(max_examples=60, deadline=None)
@given(lines_, lines_, st.integers(2, 5_000))
def test_the_same_amounts_in_a_smaller_unit_are_as_far_from_the_usual(
    new: list[Line], past: list[Line], factor: int
) -> None:
    def scaled(lines: list[Line]) -> Payments:
        return payments([(name, minor * factor, on) for name, minor, on in lines])

    got, again = found(payments(new), payments(past)), found(scaled(new), scaled(past))
    assert [" is the middle of " in words for words in again.words] == [
        " is the middle of " in words for words in got.words
    ]
