"""Lines that turn up a few days beside a stored one that the file should hold but lacks."""

from datetime import date, timedelta
from time import process_time

from core.ingestion.doubts import MOVED_DAYS, moved_lines
from core.ingestion.line_facts import LineFacts, Source

DAY = date(2024, 3, 15)


def line(away: int, text: str = "fee") -> LineFacts:
    return LineFacts(DAY + timedelta(days=away), -100, text, "", None, Source("csv"))


def test_the_nearest_stored_line_of_the_same_amount_and_text_is_named() -> None:
    left = [line(4), line(-2), line(1, "rent"), line(MOVED_DAYS + 1)]
    assert moved_lines([line(0)], [0], left) == [(0, left[1])]
    assert moved_lines([line(0)], [0], [line(MOVED_DAYS + 1)]) == []


def test_many_equal_lines_beside_many_stored_ones_take_no_minutes() -> None:
    began = process_time()
    found = moved_lines([line(0)] * 20_000, range(20_000), [line(1)] * 20_000)
    assert process_time() - began < 4
    assert len(found) == 20_000
