import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.metrics.rates import Rate, checks_needed

RATES = st.integers(0, 300).flatmap(lambda total: st.builds(Rate, st.integers(0, total), st.just(total)))


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 1), (-1, 1), (1, 0), (0, -1)])
def test_a_rate_outside_zero_to_one_cannot_be_made(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        Rate(numerator, denominator)


def test_a_share_of_nothing_is_unknown() -> None:
    assert Rate(0, 0).value is None
    assert Rate(0, 0).interval() is None


@given(left=RATES, right=RATES)
def test_rates_add_up_by_their_numbers_and_stay_rates(left: Rate, right: Rate) -> None:
    both = left + right
    assert (both.numerator, both.denominator) == (
        left.numerator + right.numerator,
        left.denominator + right.denominator,
    )
    assert both.value is None or 0 <= both.value <= 1


@given(rate=RATES.filter(lambda rate: rate.denominator > 0))
def test_the_interval_is_that_of_the_exact_binomial_test(rate: Rate) -> None:
    interval = rate.interval()
    expected = binomtest(rate.numerator, rate.denominator).proportion_ci(0.95, method="exact")
    assert interval is not None
    assert interval.low == pytest.approx(expected.low, abs=1e-9)
    assert interval.high == pytest.approx(expected.high, abs=1e-9)
    assert interval.low <= rate.value <= interval.high


@pytest.mark.parametrize(
    ("share", "needed"),
    [(0.05, [59, 93, 124, 153]), (0.02, [149, 236, 313, 386]), (0.01, [299, 473, 628, 773])],
)
def test_so_many_have_to_be_checked_to_show_a_promise(share: float, needed: list[int]) -> None:
    assert [checks_needed(errors, share) for errors in range(4)] == needed


@given(errors=st.integers(0, 8), share=st.floats(0.002, 0.6))
def test_one_check_fewer_would_not_show_it(errors: int, share: float) -> None:
    needed = checks_needed(errors, share)
    assert binomtest(errors, needed, share, alternative="less").pvalue <= 0.05 * (1 + 1e-9)
    if needed > errors + 1:
        assert binomtest(errors, needed - 1, share, alternative="less").pvalue > 0.05 * (1 - 1e-9)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_no_number_of_checks_shows_that_nothing_is_wrong(share: float) -> None:
    with pytest.raises(ValueError, match="is no share"):
        checks_needed(0, share)
