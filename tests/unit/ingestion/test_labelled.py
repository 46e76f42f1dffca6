"""Statements as blocks of labelled lines."""

import pytest

from core.errors import UnknownFormat
from core.ingestion.formats.labelled import is_labelled
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement

TEXT = (
    "From: 01/02/2024 to 29/02/2024\n\nAccount: XXXX 1234\n\n"
    "Date:\xa028/02/2024\nDescription:\xa0CARD PAYMENT TO SHOP\n  ON 26-02-2024\n"
    "Amount:\xa0-10.00\nBalance:\xa0990.00\n\n"
    "Date:\xa015/02/2024\nDescription:\xa0RECEIPT REF: INV 1\nAmount:\xa01,500.00\nBalance:\xa01,000.00\n"
)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_each_block_is_a_line_and_a_line_without_label_goes_on(encoding: str) -> None:
    statement = read_statement(RawFile("bank.txt", TEXT.encode(encoding)))
    assert statement.format == "labelled"
    assert [(line.row, line.amount_minor, line.balance_minor) for line in statement.lines] == [
        (5, -1000, 99000),
        (11, 150000, 100000),
    ]
    assert [line.description for line in statement.lines] == [
        "CARD PAYMENT TO SHOP ON 26-02-2024",
        "RECEIPT REF: INV 1",
    ]
    again = read_statement(RawFile("bank.txt", TEXT.encode(encoding)), Layout.from_dict(statement.layout))
    assert (again.lines, again.problems) == (statement.lines, ())


def test_a_block_that_lacks_a_label_or_has_a_fault_is_a_problem_with_its_row() -> None:
    broken = (
        TEXT.replace("Amount:\xa01,500.00", "Amount:\xa0??")
        + "\nDate: 03/02/2024\nDescription: LATE FEE\nAmount: -1.00\n"
    )
    statement = read_statement(RawFile("bank.txt", broken.encode()))
    assert [line.amount_minor for line in statement.lines] == [-1000, -100]
    assert 11 in [problem.row for problem in statement.problems]


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VCARD\nN:Roe\nEND:VCARD\nBEGIN:VCARD\nN:Doe\nEND:VCARD\n",
        "BEGIN:VEVENT\nDTSTART:20240115\nSUMMARY:a\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20240116\nSUMMARY:b\nEND:VEVENT\n",
        "Date: today\nAmount: much\nDate: tomorrow\nAmount: more\n",
        "Date;Text;Amount\n2024-01-05;a: b;1,00\n2024-01-06;c: d;2,00\n",
    ],
)
def test_other_lines_with_colons_are_none(text: str) -> None:
    assert not is_labelled(text.encode())


def test_a_letter_is_no_statement() -> None:
    with pytest.raises(UnknownFormat):
        read_statement(RawFile("letter.txt", b"Dear Sir:\nas agreed: yes\nDate: 1 May\nyours: me\n"))
