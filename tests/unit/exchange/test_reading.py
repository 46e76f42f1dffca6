"""Rates in files: which rows are read, and what is said of the others."""

from datetime import date

import pytest

from core.errors import NoTable
from core.exchange.keeping import NewRate
from core.exchange.rates import Rate
from core.exchange.reading import read_rates
from core.ingestion.raw_file import RawFile

EURO = NewRate("EUR", date(2024, 2, 15), Rate.parse("1.0832"))
POUND = NewRate("GBP", date(2024, 2, 15), Rate.parse("1.2547"))


@pytest.mark.parametrize(
    "text",
    [
        "Date,Currency,Rate\n2024-02-15,EUR,1.0832\n2024-02-15,gbp,1.2547\n",
        "ECB reference rates\n\nRate;Currency;Date\n1,0832;EUR;2024-02-15\n1,2547;GBP;2024-02-15\n",
        "date\tccy\texchange rate\tnote\n2024-02-15\tEUR\t1.0832\tx\n15 Feb 2024\tGBP\t1.2547\t\n",
    ],
)
def test_rates_are_read_whatever_order_and_marks_the_file_has(text: str) -> None:
    found = read_rates(RawFile("rates.csv", text.encode()))
    assert (found.rates, found.problems) == ((EURO, POUND), ())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("02/03/2024,EUR,1.08", "no certain date"),
        ("2024-02-15,EUX,1.08", "no currency"),
        ("2024-02-15,EUR,-1", "above zero"),
        ('2024-02-15,EUR,"1,0832"', "no exchange rate"),
        ("2024-02-15,EUR,", "no exchange rate"),
    ],
)
def test_a_row_that_is_not_certain_is_a_problem_and_the_others_are_read(row: str, said: str) -> None:
    found = read_rates(RawFile("rates.csv", f"Date,Currency,Rate\n{row}\n2024-02-15,EUR,1.0832\n".encode()))
    assert found.rates == (EURO,)
    assert [problem.row for problem in found.problems] == [2]
    assert said in found.problems[0].message


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Date,Currency,Rate\n", "Date,Rate\n2024-02-15,1.08\n"])
def test_a_file_without_a_table_of_rates_is_refused(text: str) -> None:
    with pytest.raises(NoTable):
        read_rates(RawFile("rates.csv", text.encode()))
