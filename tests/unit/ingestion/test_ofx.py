"""OFX as banks write it: broken in every way that leaves one meaning."""

from collections.abc import Callable
from time import process_time

import pytest

from core.errors import InvalidLines
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement
from core.problems import Severity

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
LINE = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240105120000[-5:EST]<TRNAMT>-10.00<FITID>A1<NAME>SHOP<MEMO>SHOP 12</STMTTRN>"


def document(lines: str, currency: str = "USD", after: str = "") -> str:
    return (
        f"{HEADER}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><ACCTID>123</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20240101<DTEND>20240131{lines}</BANKTRANLIST>{after}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def read(text: str | bytes, currency: str = "") -> Statement:
    content = text if isinstance(text, bytes) else text.encode()
    return read_statement(RawFile("bank.ofx", content), currency=currency)


def test_a_transaction_gives_a_line_with_the_banks_id() -> None:
    (line,) = read(document(LINE)).lines
    assert (str(line.booked_on), line.amount_minor, line.currency, line.bank_id) == ("2024-01-05", -1000, "USD", "A1")
    assert (line.counterparty, line.description) == ("SHOP", "SHOP 12")


def test_the_ledger_balance_is_the_closing_balance_and_the_available_one_is_not() -> None:
    after = "<AVAILBAL><BALAMT>999.00</AVAILBAL><LEDGERBAL><BALAMT>90.00<DTASOF>20240131</LEDGERBAL>"
    (account,) = read(document(LINE, after=after)).accounts
    assert (account.account_number, account.closing_minor, account.opening_minor) == ("123", 9000, None)


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("-2000,00", -200000),
        ("+1 006,60", 100660),
        ("+ 1,006.60", 100660),
        ("1.234,5", 123450),
        ("-.5", -50),
        ("7", 700),
    ],
)
def test_amounts_with_either_mark_are_read(written: str, minor: int) -> None:
    assert read(document(LINE.replace("-10.00", written))).lines[0].amount_minor == minor


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", ""),
        lambda text: "\n\n" + text,
        lambda text: text.lower().replace("ofxheader", "OFXHEADER"),
        lambda text: text.replace("<MEMO>SHOP 12", "<MEMO/>"),
        lambda text: text.replace("</STMTTRN>", ""),
        lambda text: text.replace("<TRNTYPE>", "<BANK.OWN>x</BANK.OWN><TRNTYPE>"),
        lambda text: text.replace("<NAME>SHOP", "<NAME>SHOP & CO <3"),
        lambda text: text.replace("CHARSET:1252", "CHARSET:NONE"),
        lambda text: "<?xml version='1.0'?>\n" + text[len(HEADER) :],
        lambda text: text.replace("<OFX>", "<!-- <STMTTRN> --><OFX>"),
    ],
)
def test_deviations_from_the_letter_change_nothing(change: Callable[[str], str]) -> None:
    (line,) = read(change(document(LINE))).lines
    assert (str(line.booked_on), line.amount_minor) == ("2024-01-05", -1000)


def test_bytes_decide_the_character_set_where_the_header_is_wrong() -> None:
    text = document(LINE.replace("SHOP 12", "Café"))
    assert read(text.encode("utf-8")).lines[0].description == "SHOP Café"
    assert read(text.encode("cp1252")).lines[0].description == "SHOP Café"
    assert read(text.encode("utf-16")).lines[0].description == "SHOP Café"


def test_each_statement_of_a_file_is_an_account_and_rows_count_on() -> None:
    one, two = document(LINE), document(LINE, "EUR").replace("<ACCTID>123", "<ACCTID>456")
    statement = read(one + two)
    assert [(a.account_number, a.currency, len(a.lines)) for a in statement.accounts] == [
        ("123", "USD", 1),
        ("456", "EUR", 1),
    ]
    assert [line.row for line in statement.lines] == [1, 2]


def test_a_faulty_transaction_is_named_and_the_others_are_read() -> None:
    bad = LINE.replace("20240105120000[-5:EST]", "20240231").replace("A1", "A2")
    statement = read(document(LINE + bad))
    (problem,) = statement.problems
    assert (problem.row, problem.severity) == (2, Severity.ERROR)
    assert "20240231" in problem.message
    assert "FITID=A2" in problem.text
    assert len(statement.lines) == 1


def test_amounts_below_the_cent_are_refused_never_rounded() -> None:
    with pytest.raises(InvalidLines, match=r"-10\.001"):
        read(document(LINE.replace("-10.00", "-10.001")))


def test_without_a_currency_the_bank_accounts_own_is_taken() -> None:
    assert read(document(LINE, "")).accounts[0].currency == ""
    assert read(document(LINE, ""), "CAD").lines[0].currency == "CAD"


def test_a_month_without_transactions_is_a_statement_too() -> None:
    statement = read(document(""))
    assert statement.lines == ()
    assert statement.accounts[0].account_number == "123"


def test_pending_transactions_are_left_out_and_said() -> None:
    pending = LINE.replace("STMTTRN", "STMTTRNP")
    statement = read(document(LINE + pending))
    assert len(statement.lines) == 1
    assert "1 pending" in statement.problems[0].message


def test_comments_are_passed_over_and_marked_sections_read_as_text() -> None:
    (line,) = read(document("<!-- <STMTTRN> -->" + LINE.replace("<NAME>SHOP", "<NAME><![CDATA[A < B]]>"))).lines
    assert line.counterparty == "A < B"


@pytest.mark.parametrize("opened", ["<!--", "<![CDATA["])
def test_what_is_opened_over_and_over_and_never_closed_costs_no_time(opened: str) -> None:
    began = process_time()
    assert len(read(document(opened * 50_000 + LINE)).lines) == 1
    assert process_time() - began < 5  # minutes where each of them is searched to the end of the file


def test_trades_of_an_investment_account_are_counted_and_its_bank_lines_read() -> None:
    trade = "<BUYSTOCK><INVBUY><INVTRAN><FITID>9<DTTRADE>20240101</INVTRAN><TOTAL>-100.00</INVBUY></BUYSTOCK>"
    cash = "<INVBANKTRAN><STMTTRN><DTPOSTED>20240105<TRNAMT>-5.00<FITID>1</STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>"
    text = f"<OFX><INVSTMTRS><CURDEF>USD<INVACCTFROM><ACCTID>33</INVACCTFROM>{trade}{cash}</INVSTMTRS></OFX>"
    statement = read_statement(RawFile("broker.ofx", text.encode()))
    assert [line.amount_minor for line in statement.lines] == [-500]
    assert [problem.message for problem in statement.problems] == [
        "1 transactions in securities are no bank lines and were left out."
    ]
