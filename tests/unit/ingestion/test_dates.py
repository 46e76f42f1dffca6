from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ingestion.formats.tabular.dates import read_parts, to_date


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2019.04.19.", "YMD", "2019-04-19"),
        ("10-Nov-9", "DMY", "2009-11-10"),
        ("20091224120000[0:GMT]", "YMD", "2009-12-24"),
        ("28.06.2013 00:00:30:989", "DMY", "2013-06-28"),
        ("2021-09-06 6:11:59", "YMD", "2021-09-06"),
        ("2018-02-25 12:34:56 +0000", "YMD", "2018-02-25"),
        ("22.02.18", "DMY", "2018-02-22"),
        ("9/4/2018", "MDY", "2018-09-04"),
        ("Mon 12 Jan 2024", "DMY", "2024-01-12"),
        ("12. März 2024", "DMY", "2024-03-12"),
        ("12 janv. 2024", "DMY", "2024-01-12"),
        ("Jan 3, 2024", "MDY", "2024-01-03"),
        ("2024年1月2日", "YMD", "2024-01-02"),
        ("2024-01-05T10:00:00Z", "YMD", "2024-01-05"),
    ],
)
def test_dates_are_read_as_banks_write_them(text: str, order: str, day: str) -> None:
    parts = read_parts(text)
    assert parts is not None
    assert str(to_date(parts, order)) == day


@pytest.mark.parametrize("text", ["12.34", "123456", "1,234.56", "", "hello", "99/99", "12/2024", "+49 30 1234567"])
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    assert read_parts(text) is None


@pytest.mark.parametrize("text", ["31.02.2024", "2024-13-45", "00000000"])
def test_days_that_do_not_exist_are_no_dates(text: str) -> None:
    parts = read_parts(text)
    assert parts is None or all(to_date(parts, order) is None for order in ("DMY", "MDY", "YMD"))


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_every_day_is_read_back_in_every_order(day: date) -> None:
    for order, pattern in {"DMY": "%d.%m.%Y", "MDY": "%m/%d/%y", "YMD": "%Y%m%d"}.items():
        parts = read_parts(day.strftime(pattern))
        assert parts is not None
        assert to_date(parts, order) == day
