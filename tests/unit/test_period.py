from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.period import Period


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_the_months_of_a_period_follow_each_other_and_cover_it(a: date, b: date) -> None:
    period = Period(min(a, b), max(a, b))
    months = period.months()
    assert period.first_on in months[0]
    assert period.last_on in months[-1]
    assert all((later.first_on - earlier.last_on).days == 1 for earlier, later in pairwise(months))


def test_february_of_a_leap_year_has_29_days() -> None:
    assert Period.month(2024, 2).last_on == date(2024, 2, 29)


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="lies before"):
        Period(date(2025, 2, 1), date(2025, 1, 31))
