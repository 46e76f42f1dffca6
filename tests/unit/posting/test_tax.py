from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.posting.lines import Line
from core.posting.tax import TaxRate, tax_in, with_tax

COST, VAT, CODE = UUID(int=1), UUID(int=2), UUID(int=3)
GROSS, RATES = st.integers(-(10**15), 10**15), st.integers(1, 10_000)


def test_the_tax_in_a_gross_amount():
    assert tax_in(11_900, 1_900) == 1_900
    assert tax_in(-10_000, 2_000) == -1_667  # 1,666.67
    assert tax_in(0, 1_900) == 0


def test_half_a_cent_goes_away_from_zero():
    assert tax_in(1, 10_000) == 1
    assert tax_in(-1, 10_000) == -1
    assert tax_in(3, 2_000) == 1


@given(GROSS, RATES)
def test_net_and_tax_are_the_gross_and_the_tax_is_nearest_to_its_share(gross, rate):
    tax = tax_in(gross, rate)
    assert abs(2 * tax * (10_000 + rate) - 2 * gross * rate) <= 10_000 + rate
    assert tax_in(-gross, rate) == -tax
    lines = with_tax([Line(COST, gross, CODE)], {CODE: TaxRate(CODE, "T", rate, VAT)})
    assert sum(line.amount_minor for line in lines) == gross
    assert [line.account_id for line in lines] == ([COST, VAT] if tax else [COST])


def test_lines_without_a_tax_stay_as_they_are():
    lines = [Line(COST, 5), Line(VAT, -5)]
    assert with_tax(lines, {}) == lines
