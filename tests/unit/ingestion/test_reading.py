"""What is refused, what is reported, and what a person's answer settles."""

from itertools import pairwise

import pytest

from core.errors import AmbiguousStatement, InvalidLines, StatementRefused, UnknownFormat
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import FORMATS, read_statement
from core.ingestion.statement import Statement
from core.problems import Severity


def read(text: str, layout: Layout | None = None, currency: str = "") -> Statement:
    return read_statement(RawFile("bank.csv", text.encode()), layout, currency)


HOSTILE = {
    "empty": (b"", "empty"),
    "only blanks": (b" \r\n\t\n", "empty"),
    "one word": (b"hello", "no table"),
    "one line of numbers": (b"1,2,3\n", "dates"),
    "only a header": (b"Date,Description,Amount\n", "no lines"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "NUL bytes in text": (b"Date,Amount\n2024-01-01\0\0,1.00\n", "binary"),
    "ZIP": (b"PK\x03\x04" + bytes(100), "ZIP"),
    "PDF": (b"%PDF-1.7\n1 0 obj\n", "PDF"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "Excel"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
    "web page": (b"<!DOCTYPE html><html><body>Session expired, 01.01.2024, 5,00</body></html>", "web page"),
    "JSON": (b'{"transactions": [{"date": "2024-01-01", "amount": 5}]}', "JSON"),
    "other XML": (b'<?xml version="1.0"?><Document><Amt>5</Amt></Document>', "XML"),
    "QIF of lists": (b"!Type:Cat\nNFood\n^\n", "QIF"),
    "CAMT without a statement": (b"<Document><BkToCstmrStmt/></Document>", "CAMT"),
    "one endless cell": (b"Date,Amount\n2024-01-01," + b"9" * 300_000 + b"\n", "longer"),
    "one endless number": (b"Date,Amount\n2024-01-01," + b"9" * 90_000 + b"\n", "amount"),
    "OFX without a statement": (b"OFXHEADER:100\n\n<OFX><SIGNONMSGSRSV1></SIGNONMSGSRSV1></OFX>", "without a bank"),
    "half an OFX header": (b"OFXHEADER:100\nDATA:OFXSG", "without a bank"),
    "UTF-16 noise": (b"\xff\xfe\x00\xd8\x00\xd8", "no table"),
    "thousand quotes": (b'"' * 5000, "no table"),
    "thousand commas": (b"," * 5000 + b"\n", "no lines"),
    "thousand columns": (b"1,2,2024-01-01," * 5000 + b"\n", "400 cells"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_no_statement_is_refused_with_a_reason(name: str) -> None:
    content, reason = HOSTILE[name]
    with pytest.raises(StatementRefused) as refused:
        read_statement(RawFile("file.csv", content))
    assert reason in str(refused.value)


def test_the_content_decides_never_the_extension() -> None:
    ofx = "<OFX><STMTRS><CURDEF>EUR<STMTTRN><DTPOSTED>20240105<TRNAMT>5.00<FITID>1</STMTTRN></STMTRS></OFX>"
    assert read(ofx).format == "ofx"
    assert read_statement(RawFile("x.ofx", b"Date,Text,Amount\n2024-01-05,shop,-5.00\n")).format == "csv"


def test_no_two_formats_recognise_the_same_file() -> None:
    files = [RawFile("f", content) for content, _ in HOSTILE.values()] + [
        RawFile("f", b"Date,Amount\n2024-01-01,1.00\n")
    ]
    assert all(sum(form.recognises(file) for form in FORMATS) <= 1 for file in files)


def test_an_open_date_order_lists_the_readings_and_either_answer_gives_its_one() -> None:
    text = "Date,Description,Amount\n03/04/2024,shop,-10.00\n05/04/2024,refund,4.00\n"
    with pytest.raises(AmbiguousStatement) as refused:
        read(text)
    error = refused.value
    assert error.candidates == [
        "day first: from 2024-04-03 to 2024-04-05",
        "month first: from 2024-03-04 to 2024-05-04",
    ]
    first = [str(read(text, Layout.from_dict(answer)).lines[0].booked_on) for answer in error.layouts]
    assert first == ["2024-04-03", "2024-03-04"]


def test_an_open_sign_lists_the_readings_and_either_answer_gives_its_one() -> None:
    text = "2024-01-05,SHOP,7.80\n2024-01-06,OTHER,2.20\n"
    with pytest.raises(AmbiguousStatement) as refused:
        read(text)
    sums = [sum(line.amount_minor for line in read(text, Layout.from_dict(a)).lines) for a in refused.value.layouts]
    assert sums == [1000, -1000]


def test_a_whole_column_decides_the_date_order_not_a_cell() -> None:
    early = "".join(f"{month:02d}/05/2024,a,-1.00\n" for month in range(1, 13))
    statement = read("Date,Description,Amount\n" + early + "12/31/2024,a,-1.00\n")
    assert all(line.booked_on.day in (5, 31) for line in statement.lines)


def test_dates_of_both_orders_in_one_column_are_refused() -> None:
    with pytest.raises(AmbiguousStatement, match="some rows have the day first"):
        read("Date,Description,Amount\n13/04/2024,a,-1.00\n04/14/2024,b,-1.00\n")


def test_booking_and_transaction_date_lie_days_apart_not_months() -> None:
    text = "Transaction Date,Post Date,Description,Amount\n04/03/2024,04/05/2024,shop purchase,-1.00\n"
    assert str(read(text).lines[0].booked_on) == "2024-04-05"


def test_the_running_balance_decides_the_sign_against_the_look_of_the_amounts() -> None:
    rows = "2024-01-01,a,10.00,90.00\n2024-01-02,b,20.00,70.00\n2024-01-03,c,-5.00,75.00\n"
    text = "Date,Description,Amount,Balance\n" + rows
    statement = read(text)
    assert [line.amount_minor for line in statement.lines] == [-1000, -2000, 500]
    assert statement.accounts[0].opening_minor == 10000
    assert statement.accounts[0].proved


def test_a_missing_line_shows_as_a_jump_of_the_balance() -> None:
    rows = [(day, 1000) for day in range(1, 8)]
    balance, written = 0, []
    for day, minor in rows:
        balance += minor
        if day != 4:
            written.append(f"2024-01-{day:02d},x,{minor / 100:.2f},{balance / 100:.2f}")
    statement = read("Date,Description,Amount,Balance\n" + "\n".join(written) + "\n")
    assert statement.accounts[0].proved is False
    assert [p.row for p in statement.problems if "jumps" in p.message] == [5]


def test_a_bad_date_and_a_garbled_amount_are_errors_with_row_and_text() -> None:
    rows = "2024-01-05,shop,-1.00\n2024-02-31,ghost,-2.00\n2024-01-07,broken,12..34\n,nodate,-5.00\n2024-01-09,a,-4\n"
    text = "Date,Description,Amount\n" + rows
    statement = read(text)
    errors = {p.row: p for p in statement.problems if p.severity is Severity.ERROR}
    assert sorted(errors) == [3, 4, 5]
    assert "2024-02-31" in errors[3].message
    assert "ghost" in errors[3].text
    assert "12..34" in errors[4].message
    assert len(statement.lines) == 2


def test_a_file_whose_every_row_is_faulty_is_refused_with_the_rows() -> None:
    with pytest.raises(InvalidLines) as refused:
        read("Date,Description,Amount\n2024-01-05,a,1..2\n2024-01-06,b,1.50x\n2024-02-30,c,1.00\n")
    assert [row for row, _ in refused.value.rows] == [2, 3, 4]


def test_a_row_with_too_many_cells_is_not_trusted() -> None:
    rows = "".join(f"2024-01-{day:02d},shop,-1.00\n" for day in range(10, 20))
    statement = read("Date,Description,Amount\n2024-01-05,shop,12,-1.00\n" + rows)
    (error,) = [p for p in statement.problems if p.severity is Severity.ERROR]
    assert error.row == 2
    assert len(statement.lines) == 10


def test_pending_rows_are_left_out_and_named() -> None:
    text = "Date,Description,Amount,State\n2024-01-05,shop,-1.00,COMPLETED\n2024-01-06,hotel,-9.00,PENDING\n"
    statement = read(text)
    assert [line.amount_minor for line in statement.lines] == [-100]
    assert [(p.row, p.severity) for p in statement.problems if "pending" in p.message] == [(3, Severity.WARNING)]


def test_zero_and_equal_lines_are_kept() -> None:
    rows = "2024-01-05,atm withdrawal,-1.00\n2024-01-05,atm withdrawal,-1.00\n2024-01-06,note,0.00\n"
    text = "Date,Description,Amount\n" + rows
    assert [line.amount_minor for line in read(text).lines] == [-100, -100, 0]


def test_each_currency_and_account_becomes_its_own_statement() -> None:
    text = (
        "Date,Description,Amount,Currency,Account Number\n2024-01-05,shop,-1.00,EUR,A\n2024-01-06,salary,500,JPY,A\n"
        "2024-01-07,shop,-2.00,EUR,B\n"
    )
    found = {(a.account_number, a.currency): a.sum_minor for a in read(text).accounts}
    assert found == {("A", "EUR"): -100, ("A", "JPY"): 500, ("B", "EUR"): -200}


def test_the_currency_of_the_header_the_symbol_or_the_bank_account_is_taken() -> None:
    assert read("Date,Text,Amount (CHF)\n2024-01-05,shop,-1.00\n").accounts[0].currency == "CHF"
    assert read("Date,Text,Amount\n2024-01-05,shop,-£1.00\n").accounts[0].currency == "GBP"
    assert read("Date,Text,Amount\n2024-01-05,shop,-1.00\n").accounts[0].currency == ""
    assert read("Date,Text,Amount\n2024-01-05,shop,-1.00\n", currency="USD").accounts[0].currency == "USD"


def test_more_digits_than_the_currency_has_are_an_error_never_rounded() -> None:
    statement = read("Date,Text,Amount,Currency\n2024-01-05,a,-1.005,USD\n2024-01-06,b,-1.50,USD\n")
    assert [p.row for p in statement.problems if p.severity is Severity.ERROR] == [2]


def test_three_digits_after_the_only_mark_are_a_question_without_a_currency() -> None:
    text = 'Date,Text,Amount\n2024-01-05,shop,"-1,234"\n2024-01-06,salary,"5,678"\n'
    with pytest.raises(AmbiguousStatement, match="three decimals or a thousand"):
        read(text)
    assert [line.amount_minor for line in read(text, currency="JPY").lines] == [-1234, 5678]
    assert [line.amount_minor for line in read(text, Layout(decimal=","), "KWD").lines] == [-1234, 5678]


def test_rows_keep_their_physical_number_across_quoted_line_breaks() -> None:
    text = 'Report\n\nDate,Text,Amount\n2024-01-05,"two\nlines",-1.00\n2024-01-06,shop,-2.00\n'
    assert [(line.row, line.description) for line in read(text).lines] == [(4, "two lines"), (6, "shop")]


def test_opening_and_closing_follow_the_balance_in_either_direction_of_time() -> None:
    rows = ["2024-01-01,a,10.00,110.00", "2024-01-02,b,-4.00,106.00", "2024-01-03,c,1.00,107.00"]
    for order in (rows, rows[::-1]):
        account = read("Date,Text,Amount,Balance\n" + "\n".join(order) + "\n").accounts[0]
        assert (account.opening_minor, account.closing_minor) == (10000, 10700)
    days = [line.booked_on for line in read("Date,Text,Amount,Balance\n" + "\n".join(rows) + "\n").lines]
    assert all(a <= b for a, b in pairwise(days))


def test_a_sign_that_nothing_confirms_is_said() -> None:
    statement = read("Date,Text,Amount\n2024-01-05,aaa,-1.00\n2024-01-06,bbb,4.00\n")
    assert "Nothing in the file confirms" in statement.problems[0].message


def test_words_against_signs_are_refused() -> None:
    with pytest.raises(AmbiguousStatement, match="contradict"):
        read("Date,Text,Amount,Type\n2024-01-05,a,-1.00,credit\n2024-01-06,b,2.00,debit\n2024-01-07,c,5.00,credit\n")


def test_a_missing_file_kind_names_what_it_needs() -> None:
    with pytest.raises(UnknownFormat, match=r"bank\.csv is not a statement"):
        read("just a letter to the bank\nwith two lines\n")


def test_an_unclosed_quote_swallows_no_row_wherever_its_date_stands() -> None:
    rows = [f"|POS {n}|2019031{n}|SHOP {n}|-{n}.50|" for n in range(1, 6)]
    rows[3] = rows[3].replace("SHOP", '"SHOP')
    statement = read_statement(RawFile("bank.dat", ("K|text|day|shop|amount|\n" + "\n".join(rows) + "\n").encode()))
    assert [line.amount_minor for line in statement.lines] == [-150, -250, -350, -450, -550]
