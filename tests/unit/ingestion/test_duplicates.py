"""Which lines of a file are in the books already."""

from collections.abc import Sequence
from datetime import date

from core.ingestion.doubts import Doubt
from core.ingestion.duplicates import KnownLines, sort_lines
from core.ingestion.line_facts import LineFacts, Source, identity_text, source_of

CSV = Source("csv", "description=['Text']")
OTHER_CSV = Source("csv", "description=['Payee']")
OFX = Source("ofx")
DAY = date(2024, 3, 4)


def line(amount: int, text: str = "coffee", *, day: int = 4, source: Source = CSV, **given: object) -> LineFacts:
    facts = {"bank_id": "", "balance_minor": None, **given}
    return LineFacts(date(2024, 3, day), amount, identity_text(text, ""), source=source, **facts)  # type: ignore[arg-type]


def chained(*amounts: int, start: int = 0, text: str = "coffee", day: int = 4) -> list[LineFacts]:
    """Lines with the running balances that a bank writes."""
    made, balance = [], start
    for amount in amounts:
        balance += amount
        made.append(line(amount, text, day=day, balance_minor=balance))
    return made


def store(known: KnownLines, lines: Sequence[LineFacts]) -> list[LineFacts]:
    """Import a file; its new lines, which are known from then on."""
    result = sort_lines(lines, known)
    new = [
        one._replace(fingerprint=mark)
        for one, mark, is_new in zip(lines, result.fingerprints, result.is_new, strict=True)
        if is_new
    ]
    known.add(new)
    return new


def count_new(*files: Sequence[LineFacts]) -> list[int]:
    """How many lines of each file were new, imported in this order."""
    known = KnownLines()
    return [len(store(known, file)) for file in files]


def test_equal_lines_of_one_file_are_all_kept_with_fingerprints_of_their_own() -> None:
    known = KnownLines()
    new = store(known, [line(-450), line(-450), line(-450)])
    assert len({one.fingerprint for one in new}) == 3
    assert all(len(one.fingerprint) == 32 for one in new)


def test_the_same_lines_again_are_duplicates_line_by_line() -> None:
    lines = [line(-450), line(-450), line(900, "sale")]
    assert count_new(lines, lines, list(reversed(lines))) == [3, 0, 0]


def test_a_file_with_one_more_equal_line_of_the_day_brings_just_that_one() -> None:
    assert count_new([line(-450)], [line(-450), line(-450)], [line(-450)]) == [1, 1, 0]


def test_overlapping_files_bring_their_own_days_only() -> None:
    january = [line(-100, day=1), line(-100, day=2), line(-100, day=3)]
    later = [line(-100, day=3), line(-100, day=4)]
    assert count_new(january, later) == [3, 1]
    assert count_new(later, january) == [2, 2]


def test_case_and_spaces_of_a_text_do_not_make_a_line_new() -> None:
    assert count_new([line(-450, "Blue  Bottle")], [line(-450, "BLUE BOTTLE ")]) == [1, 0]


def test_another_text_in_the_same_layout_is_a_new_line_and_is_pointed_out() -> None:
    known = KnownLines()
    store(known, [line(-450, "coffee")])
    result = sort_lines([line(-450, "parking")], known)
    assert result.is_new == [True]
    assert [(pair.number, pair.doubt, pair.is_new) for pair in result.doubtful] == [(0, Doubt.OTHER_TEXT, True)]


def test_lines_of_another_format_count_as_the_same_by_day_and_amount() -> None:
    ofx = [line(-450, "BLUE BOTTLE 8837", source=OFX, bank_id="a1"), line(900, "DEPOSIT", source=OFX, bank_id="a2")]
    csv = [line(-450, "Card purchase Blue Bottle"), line(900, "Counter deposit")]
    assert count_new(ofx, csv) == [2, 0]
    assert count_new(csv, ofx) == [2, 0]


def test_lines_of_another_layout_count_as_the_same_by_day_and_amount() -> None:
    assert count_new([line(-450, "coffee")], [line(-450, "Blue Bottle", source=OTHER_CSV)]) == [1, 0]


def test_of_several_lines_of_another_format_the_most_similar_text_is_the_duplicate() -> None:
    known = KnownLines()
    store(known, [line(-450, "BLUE BOTTLE COFFEE", source=OFX)])
    result = sort_lines([line(-450, "City parking"), line(-450, "Blue Bottle coffee 8837")], known)
    assert result.is_new == [True, False]


def test_a_day_that_came_in_two_formats_is_complete_for_both_of_them_afterwards() -> None:
    morning_ofx = [line(-450, "BLUE BOTTLE", source=OFX, bank_id="a1")]
    whole_csv = [line(-450, "blue bottle"), line(-450, "parking")]
    whole_ofx = [*morning_ofx, line(-450, "PARKING", source=OFX, bank_id="a2")]
    assert count_new(morning_ofx, whole_csv, whole_ofx, whole_csv) == [1, 1, 0, 0]


def test_ids_of_the_bank_keep_equal_lines_of_two_files_apart() -> None:
    first, second = line(-450, source=OFX, bank_id="a1"), line(-450, source=OFX, bank_id="a2")
    assert count_new([first], [second], [first, second]) == [1, 1, 0]


def test_a_line_with_the_same_id_is_the_same_although_the_bank_changed_its_text() -> None:
    assert count_new(
        [line(-450, "PENDING 1", source=OFX, bank_id="a1")], [line(-450, "COFFEE", source=OFX, bank_id="a1")]
    ) == [1, 0]


def test_ids_that_stand_for_two_lines_are_not_trusted() -> None:
    first = [line(-450, "coffee", source=OFX, bank_id="1"), line(-900, "rent", source=OFX, bank_id="2")]
    numbered_anew = [line(-900, "rent", source=OFX, bank_id="1"), line(-100, "bus", source=OFX, bank_id="2")]
    assert count_new(first, numbered_anew) == [2, 1]


def test_an_id_that_is_always_zero_does_not_swallow_lines() -> None:
    lines = [line(-450, "coffee", source=OFX, bank_id="0"), line(-450, "parking", source=OFX, bank_id="0")]
    assert count_new(lines[:1], lines, lines) == [1, 1, 0]


def test_running_balances_keep_equal_lines_of_a_day_apart_that_was_cut_in_two() -> None:
    whole = chained(-100, -100, -100)
    assert count_new(whole[:1], whole[1:], whole) == [1, 2, 0]
    assert count_new(whole[1:], whole[:2]) == [2, 1]


def test_the_same_balance_is_the_same_line_although_its_text_changed() -> None:
    assert count_new(chained(-100, text="authorised"), chained(-100, text="coffee")) == [1, 0]


def test_a_day_that_the_bank_sorted_anew_brings_only_what_is_new() -> None:
    known = KnownLines()
    store(known, [line(-500, "a", balance_minor=9500), line(-500, "b", balance_minor=9000)])
    again = [
        line(-500, "c", balance_minor=9500),
        line(-500, "a", balance_minor=9000),
        line(-500, "b", balance_minor=8500),
    ]
    assert sort_lines(again, known).is_new == [True, False, False]


def test_one_balance_for_the_whole_day_does_not_make_its_lines_new() -> None:
    morning = [line(-500, "a", balance_minor=9000), line(-500, "b", balance_minor=9000)]
    evening = [*(one._replace(balance_minor=8500) for one in morning), line(-500, "c", balance_minor=8500)]
    assert count_new(morning, evening) == [2, 1]


def test_a_fingerprint_that_is_in_use_is_never_given_again() -> None:
    known = KnownLines()
    first, second = store(known, [line(-450), line(-450)])
    without_first = KnownLines()
    without_first.add([second])
    (again,) = store(without_first, [line(-450), line(-450)])
    assert again.fingerprint == first.fingerprint


def test_twenty_thousand_equal_lines_of_one_day_are_sorted_without_losing_one() -> None:
    lines = chained(*([-100] * 20_000))
    assert count_new(lines[:15_000], lines[5_000:], lines) == [15_000, 5_000, 0]


def test_the_source_is_the_same_only_where_day_and_text_come_from_the_same_columns() -> None:
    columns = {"date": "Date", "amount": "Amount", "description": ["Text"]}
    assert source_of("csv", {"columns": columns, "header_row": 1}) == source_of("csv", {"columns": columns})
    assert source_of("csv", {"columns": columns}) != source_of("csv", {"columns": {**columns, "description": ["Memo"]}})
    assert source_of("ofx", {"encoding": "utf-8"}) == source_of("ofx", {"encoding": "cp1252"}) == OFX
