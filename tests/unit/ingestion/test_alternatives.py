"""The readings of an ambiguous file beside each other."""

import pytest

from core.errors import AmbiguousStatement
from core.ingestion.alternatives import Alternative, compare_readings, with_answer
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.period import Period

OPEN_DATES = "Date,Description,Amount\n10/03/2026,SQUARE,2140.90\n10/07/2026,COMCAST,-45.00\n03/10/2026,WEB,-318.55\n"


def alternatives(text: str) -> list[Alternative]:
    file = RawFile("bank.csv", text.encode())
    with pytest.raises(AmbiguousStatement) as refused:
        read_statement(file)
    return compare_readings(file, refused.value)


def test_each_reading_has_its_period_sums_and_lines() -> None:
    day_first, month_first = alternatives(OPEN_DATES)
    assert [str(one.period.first_on) for one in (day_first, month_first) if one.period] == ["2026-03-10", "2026-03-10"]
    assert (month_first.line_count, month_first.in_minor, month_first.out_minor) == (3, 214090, -36355)
    assert [line.booked_on.month for line in month_first.lines if line] == [10, 10, 3]


def test_rows_that_tell_the_readings_apart_go_before_rows_that_do_not() -> None:
    same = "".join(f"{month:02d}/{month:02d}/2026,SAME,{month}.00\n" for month in range(1, 10))
    day_first, month_first = alternatives(f"Date,Description,Amount\n{same}10/03/2026,A,1.00\n03/10/2026,B,2.00\n")
    assert [line.row for line in day_first.lines if line] == [2, 3, 4, 11, 12]
    assert [line.row for line in month_first.lines if line] == [2, 3, 4, 11, 12]


def test_an_answer_that_leaves_another_question_says_so() -> None:
    text = "Card,Date,Text,Amount\nx,10/03/2026,A,5.00\nx,03/10/2026,B,6.00\n"
    found = alternatives(text)
    assert any(isinstance(one.error, AmbiguousStatement) for one in found)


def test_a_later_answer_adds_to_the_earlier_ones() -> None:
    said = with_answer(with_answer(None, {"sign": "inverted"}), {"date_order": "DMY"})
    assert said == Layout(sign="inverted", date_order="DMY")
    chosen = with_answer(said, {"positions": {"amount": [[2, "Amount"]]}})
    assert chosen.position("amount") == 2


def test_an_amount_that_no_row_has_is_none_not_zero() -> None:
    assert Alternative("words", {}).closing_minor is None
    assert Alternative("words", {}).period is None
    assert isinstance(alternatives(OPEN_DATES)[0].period, Period)
