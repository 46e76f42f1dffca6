"""Layouts that a person draws, and layouts as files: obeyed to the letter, refused with a sentence."""

import json
from dataclasses import replace
from typing import Any

import pytest

from core.errors import InvalidLines, LayoutRefused, UnknownFormat
from core.ingestion.assigning import FileReader
from core.ingestion.layout import Column, Layout
from core.ingestion.layout_checks import check_layout
from core.ingestion.layout_files import read_layout_file, write_layout_file
from core.ingestion.raw_file import RawFile
from core.ingestion.raw_table import first_guess, head_of, is_table, read_raw_table, try_layout
from core.ingestion.reading import read_statement
from core.problems import Severity

ROWS = b"wann;was;wieviel\n01.02.2024;Miete;800,00\n03.02.2024;Kunde;-1.250,00\n"
ODD = RawFile("odd.txt", b"Account of Jane;;\n\n" + ROWS)
DRAWN = Layout(
    delimiter=";",
    encoding="utf-8",
    header_row=3,
    date_order="DMY",
    decimal=",",
    sign="inverted",
    columns={
        "date": (Column(0, "wann"),),
        "description": (Column(1, "was"),),
        "amount": (Column(2, "wieviel"),),
    },
)


def test_a_raw_table_shows_the_rows_as_the_file_has_them() -> None:
    raw = read_raw_table(ODD)
    assert [(row.row, row.cells) for row in raw.rows][:2] == [
        (1, ["Account of Jane", "", ""]), (3, ["wann", "was", "wieviel"]),
    ]  # fmt: skip
    assert (raw.delimiter, raw.encoding, raw.width, raw.is_whole) == (";", "utf-8", 3, True)


def test_a_raw_table_of_a_long_file_looks_at_its_beginning_alone() -> None:
    long = RawFile("long.csv", b"Date,Text,Amount\n" + b"2024-01-05,some shop in some town,-5.00\n" * 50_000)
    raw = read_raw_table(long)
    assert (len(raw.rows), raw.is_whole) == (30, False)
    assert len(head_of(long).content) < len(long.content) / 5
    assert head_of(long).content.endswith(b"-5.00\n")


def test_the_delimiter_and_the_encoding_are_those_that_a_person_says() -> None:
    raw = read_raw_table(RawFile("a.csv", "a,b;c\nä,1;2\n".encode("cp1250")), delimiter=",", encoding="cp1250")
    assert [row.cells for row in raw.rows] == [["a", "b;c"], ["ä", "1;2"]]
    assert raw.encoding == "cp1250"


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"<OFX><STMTRS></STMTRS></OFX>", b""])
def test_what_has_no_rows_and_columns_is_no_table(content: bytes) -> None:
    file = RawFile("x", content)
    assert not is_table(file)
    with pytest.raises(UnknownFormat):
        read_raw_table(file)


def test_a_guess_finds_header_date_and_text_and_leaves_the_rest_open() -> None:
    guess = first_guess(ODD, read_raw_table(ODD))
    assert guess.header_row == 3
    assert guess.columns["date"] == (Column(0, "wann"),)
    assert (guess.date_order, guess.decimal, guess.sign) == ("", "", "")


def test_a_drawn_layout_is_obeyed_where_detection_finds_otherwise() -> None:
    detected = read_statement(ODD)
    assert [line.amount_minor for line in detected.lines] == [80000, -125000]
    drawn = try_layout(ODD, DRAWN, "EUR")
    assert [line.amount_minor for line in drawn.lines] == [-80000, 125000]
    assert drawn.layout["sign"] == "inverted"


def test_a_drawn_layout_is_never_given_up_for_another_reading() -> None:
    months_first = replace(DRAWN, date_order="MDY", by_hand=True)
    file = RawFile("odd.txt", ODD.content.replace(b"03.02.2024", b"23.02.2024"))
    read = read_statement(file, months_first)
    assert [line.booked_on.isoformat() for line in read.lines] == ["2024-01-02"]
    (problem,) = [one for one in read.problems if one.severity is Severity.ERROR]
    assert (problem.row, problem.text) == (5, "23.02.2024 | Kunde | -1.250,00")


def test_a_drawn_layout_that_reads_no_row_says_so() -> None:
    with pytest.raises(InvalidLines):
        try_layout(RawFile("odd.txt", ROWS.replace(b"2024", b"24.1")), replace(DRAWN, header_row=1))


def test_what_a_drawn_layout_was_is_saved_as_any_other() -> None:
    read = try_layout(ODD, DRAWN)
    saved = Layout.from_dict(read.layout)
    assert not saved.by_hand
    assert [line.amount_minor for line in read_statement(ODD, saved).lines] == [-80000, 125000]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no date": ({"columns": {"amount": (Column(2, "wieviel"),)}}, "column with the date"),
    "no amount": ({"columns": {"date": (Column(0, "wann"),)}}, "column with the amount"),
    "no money columns": ({"sign": "separate"}, "money out and money in"),
    "no word column": ({"sign": "direction"}, "the word that says money in or money out"),
    "one column twice": (
        {"columns": {**DRAWN.columns, "balance": (Column(2, "wieviel"),)}},
        "cannot be both the amount and the balance",
    ),
    "no order of dates": ({"date_order": ""}, "order of dates"),
    "an unknown order": ({"date_order": "DDD"}, "order of dates"),
    "no decimal mark": ({"decimal": "x"}, "decimal mark"),
    "no delimiter": ({"delimiter": ""}, "sign between two columns"),
    "a line break between columns": ({"delimiter": "\n"}, "sign between two columns"),
    "a currency that is none": ({"currency": "ZZZ"}, "no currency"),
    "a role that is none": ({"columns": {**DRAWN.columns, "mood": (Column(1),)}}, "no single column"),
    "two dates": ({"columns": {**DRAWN.columns, "date": (Column(0), Column(1))}}, "no single column"),
    "a column far away": ({"columns": {**DRAWN.columns, "date": (Column(4000),)}}, "no column 4001"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_layout_that_cannot_read_anything_is_refused_with_what_to_choose(name: str) -> None:
    change, reason = WRONG[name]
    with pytest.raises(LayoutRefused, match=reason):
        check_layout(replace(DRAWN, **change))


def test_a_header_row_that_the_file_has_not_is_refused() -> None:
    with pytest.raises(LayoutRefused, match="no row 9"):
        try_layout(ODD, replace(DRAWN, header_row=9))
    with pytest.raises(LayoutRefused, match="not all of the chosen columns"):
        try_layout(ODD, replace(DRAWN, header_row=1))


def test_a_layout_survives_its_file() -> None:
    assert read_layout_file(write_layout_file("Sparkasse  Köln", DRAWN)) == ("Sparkasse Köln", DRAWN)


def test_a_file_of_a_layout_can_be_read_by_a_person() -> None:
    written = json.loads(write_layout_file("Sparkasse", DRAWN))
    assert written["bank"] == "Sparkasse"
    assert written["layout"]["columns"]["amount"] == "wieviel"


def changed(**change: Any) -> bytes:
    return json.dumps({**json.loads(write_layout_file("Bank", DRAWN)), **change}).encode()


def with_layout(**change: Any) -> bytes:
    written = json.loads(write_layout_file("Bank", DRAWN))
    return json.dumps({**written, "layout": {**written["layout"], **change}}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"nonsense", b"[" * 60_000, b"\xff\xfe\x00", b"x" * 200_000, b"{}", changed(ai_bookkeeper_layout=2),
        changed(bank=3), changed(layout=[]), changed(layout={"macro": "x"}), with_layout(positions={"date": [["0"]]}),
        with_layout(positions={"date": [[True, {}], 3]}), with_layout(positions=[1]), with_layout(header_row="three"),
        with_layout(delimiter=[","]), with_layout(positions={}), with_layout(currency={"a": 1}),
        with_layout(encoding=7), with_layout(date_order=["DMY"]), with_layout(newest_first="yes"),
    ],
    ids=range(21),
)  # fmt: skip
def test_a_file_that_is_no_layout_is_refused_and_nothing_of_it_used(content: bytes) -> None:
    with pytest.raises(LayoutRefused):
        read_layout_file(content)


def test_a_file_is_read_once_for_the_same_accounts_and_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, asked = FileReader(), []
    monkeypatch.setattr("core.ingestion.assigning.assign_file", lambda *given, **more: asked.append(given[3]))
    for layout in (None, None, DRAWN, DRAWN, None):
        reader.assign(ODD, (), None, layout, leave_out_faulty=False)
    assert asked == [None, DRAWN, None]
    reader.keep_only(set())
    reader.assign(ODD, (), None, None, leave_out_faulty=False)
    assert len(asked) == 4
