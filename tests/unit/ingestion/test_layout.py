import json

import pytest

from core.ingestion.layout import Column, Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement

GERMAN = (
    "Buchungstag;Verwendungszweck;Betrag;Saldo\n03.04.2024;Miete;-800,00;200,00\n05.04.2024;Gehalt;2.000,00;2.200,00\n"
)


def read(text: str, layout: Layout | None = None) -> Statement:
    return read_statement(RawFile("bank.csv", text.encode()), layout)


def amounts(statement: Statement) -> list[int]:
    return [line.amount_minor for line in statement.lines]


def test_a_layout_survives_json() -> None:
    layout = Layout(";", "cp1252", 3, "DMY", ",", "signed", True, "EUR", {"date": (Column(1, "Datum"),)})
    assert Layout.from_dict(json.loads(json.dumps(layout.to_dict()))) == layout


def test_an_empty_layout_decides_nothing() -> None:
    assert Layout.from_dict({}) == Layout()
    assert not Layout().complete


def test_the_layout_names_columns_by_their_header_words() -> None:
    layout = read(GERMAN).layout
    assert layout["columns"] == {
        "date": "Buchungstag",
        "amount": "Betrag",
        "balance": "Saldo",
        "description": ["Verwendungszweck"],
    }
    assert (layout["delimiter"], layout["date_order"], layout["decimal"], layout["header_row"]) == (";", "DMY", ",", 1)


def test_a_saved_layout_finds_its_columns_where_the_bank_has_moved_them() -> None:
    layout = Layout.from_dict(read(GERMAN).layout)
    moved = "Betrag;Neu;Buchungstag;Saldo;Verwendungszweck\n-7,50;x;09.04.2024;2.192,50;Kaffee\n"
    statement = read(moved, layout)
    assert amounts(statement) == [-750]
    assert statement.lines[0].description == "Kaffee"
    assert not statement.problems


def test_a_saved_layout_decides_what_one_file_alone_leaves_open() -> None:
    layout = Layout.from_dict(read("Date,Description,Amount\n13/04/2024,a,-1.00\n14/04/2024,b,2.00\n").layout)
    statement = read("Date,Description,Amount\n03/04/2024,a,-1.00\n", layout)
    assert statement.lines[0].booked_on.isoformat() == "2024-04-03"


def test_a_file_that_no_longer_follows_its_layout_is_read_afresh_with_a_warning() -> None:
    layout = Layout.from_dict(read(GERMAN).layout)
    statement = read("Date,Payee,Amount\n2024-04-09,Coffee,-7.50\n", layout)
    assert amounts(statement) == [-750]
    assert "no longer follows the saved layout" in statement.problems[0].message


def test_dates_that_the_saved_order_cannot_read_are_not_misread_in_silence() -> None:
    layout = Layout.from_dict(read("Date,Description,Amount\n13/04/2024,a,-1.00\n").layout)
    rows = "".join(f"04/{day:02d}/2024,a,-1.00\n" for day in range(1, 31))
    statement = read("Date,Description,Amount\n" + rows, layout)
    assert {line.booked_on.month for line in statement.lines} == {4}
    assert "no longer follows" in statement.problems[0].message


def test_a_balance_that_turns_round_unmasks_a_saved_sign_rule() -> None:
    def table(sign: int) -> str:
        balance, rows = 100, []
        for day, amount in enumerate([5, 7, -3, 11], 1):
            balance += amount
            rows.append(f"2024-01-{day:02d},x,{sign * amount}.00,{balance}.00")
        return "Date,Description,Amount,Balance\n" + "\n".join(rows) + "\n"

    layout = Layout.from_dict(read(table(1)).layout)
    assert layout.sign == "signed"
    statement = read(table(-1), layout)
    assert amounts(statement) == [500, 700, -300, 1100]
    assert statement.layout["sign"] == "inverted"


@pytest.mark.parametrize("word", ["positions", "labels", "cells"])
def test_a_layout_of_another_format_does_not_keep_a_table_from_being_read(word: str) -> None:
    other = Layout.from_dict({**read(GERMAN).layout, "delimiter": word, "encoding": word})
    assert amounts(read(GERMAN, other)) == amounts(read(GERMAN))
    assert amounts(read(GERMAN.replace("Betrag", "Summe"), other)) == amounts(read(GERMAN))
