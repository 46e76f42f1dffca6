"""What a file leaves open is settled by evidence in it and around it, with a warning; else it is asked."""

from datetime import date

import pytest

from core.errors import AmbiguousStatement
from core.ingestion.formats.tabular.words import fold, header_roles
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement

OPEN = "Date,Description,Amount\n03/02/2024,shop,-5.00\n04/02/2024,market,-6.00\n"


def read(text: str, currency: str = "", name: str = "bank.csv", received_on: date | None = None) -> Statement:
    return read_statement(RawFile(name, text.encode(), received_on), currency=currency)


def days(statement: Statement) -> list[str]:
    return [line.booked_on.isoformat() for line in statement.lines]


def warnings(statement: Statement) -> str:
    return " ".join(problem.message for problem in statement.problems)


@pytest.mark.parametrize("currency", ["", "USD", "EUR"])
def test_a_currency_alone_leaves_the_order_open(currency: str) -> None:
    with pytest.raises(AmbiguousStatement):
        read(OPEN, currency)


def test_words_of_american_banks_mean_month_first_unless_the_currency_says_otherwise() -> None:
    american = OPEN.replace("Description", "Check Number,Description").replace(",shop", ",101,shop")
    american = american.replace(",market", ",102,market")
    assert days(read(american, "USD")) == ["2024-03-02", "2024-04-02"]
    with pytest.raises(AmbiguousStatement):
        read(american, "GBP")


def test_no_line_is_later_than_the_day_of_the_upload_or_the_day_in_the_files_name() -> None:
    assert days(read(OPEN, received_on=date(2024, 2, 6))) == ["2024-02-03", "2024-02-04"]
    assert days(read(OPEN, name="export_20240206.csv")) == ["2024-02-03", "2024-02-04"]
    with pytest.raises(AmbiguousStatement):
        read(OPEN, received_on=date(2024, 12, 6))


def test_of_two_columns_of_dates_that_no_header_tells_apart_the_one_that_runs_in_one_direction_is_the_bookings() -> (
    None
):
    text = (
        "2024-01-22,2024-01-22,a,-1.00,99.00\n2024-01-06,2024-01-17,b,-2.00,100.00\n"
        "2024-01-11,2024-01-15,c,-3.00,102.00\n2024-01-02,2024-01-03,d,-4.00,105.00\n"
    )
    assert days(read(text)) == ["2024-01-22", "2024-01-17", "2024-01-15", "2024-01-03"]


def test_a_payment_that_is_thanked_for_turns_the_signs_of_a_card_round() -> None:
    text = (
        "Date,Description,Amount\n2024-01-25,Zorp 17,23.45\n2024-01-13,PAYMENT - THANK YOU,-300.00\n"
        "2024-01-04,Quux,55.00\n"
    )
    statement = read(text)
    assert [line.amount_minor for line in statement.lines] == [-2345, 30000, -5500]
    assert "the sign was turned round" in warnings(statement)


def test_a_payment_that_is_thanked_for_tells_the_columns_of_a_card_without_header() -> None:
    text = "2024-01-25,Zorp 17,12.34,\n2024-01-24,PAYMENT THANK YOU/PAIEMENT MERCI,,100.00\n2024-01-23,Quux,1.00,\n"
    assert [line.amount_minor for line in read(text).lines] == [-1234, 10000, -100]


def test_payments_with_a_minus_in_the_column_for_money_in_are_money_in_and_the_layout_says_so() -> None:
    text = "Date,Description,Debit,Credit\n2024-01-23,Cafe,5.45,\n2024-01-11,Payment,,-120.00\n"
    statement = read(text)
    assert [line.amount_minor for line in statement.lines] == [-545, 12000]
    assert "Check one line" in warnings(statement)
    saved = Layout.from_dict(statement.layout)
    again = read_statement(RawFile("next.csv", text.encode()), saved)
    assert [line.amount_minor for line in again.lines] == [-545, 12000]


def test_the_running_balance_says_that_a_minus_in_the_column_for_money_in_takes_money_back() -> None:
    text = (
        "Date,Description,Debit,Credit,Balance\n2024-01-11,Start,10.00,,100.00\n2024-01-12,Taken back,,-20.00,80.00\n"
        "2024-01-13,Cafe,5.00,,75.00\n"
    )
    assert [line.amount_minor for line in read(text).lines] == [-1000, -2000, -500]


def test_a_column_of_nothing_but_zeros_is_not_the_amount() -> None:
    text = "Date,Text,Amount (total),Amount (tip)\n2024-01-23,Cafe,-5.45,0\n2024-01-24,Pay,10.00,0\n"
    assert [line.amount_minor for line in read(text).lines] == [-545, 1000]


def test_a_last_row_unlike_all_others_is_named() -> None:
    text = "05/01/2024;-12,34;Carte;;CARREFOUR;x\n24/01/2024;1000,00;Virement;;SALAIRE;x\n31/01/2024;987,66;;04000\n"
    assert "not like the others" in warnings(read(text))


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("출금액", "debit"), ("거래일자", "dated"), ("잔액", "balance"), ("支払い金額", "debit"), ("תאריך", "dated"),
        ("المبلغ", "amount"), ("Χρέωση", "debit"), ("Số dư", "balance"), ("ยอดคงเหลือ", "balance"),
        ("Gutschrift in CHF", "credit"), ("Débit euros", "debit"), ("金额（元）", "amount"), ("Upphæð", "amount"),
    ],
)  # fmt: skip
def test_header_words_are_known_in_many_scripts_and_with_a_currency_behind_them(header: str, role: str) -> None:
    assert header_roles(header)[role] == 4, fold(header)


@pytest.mark.parametrize(("encoding", "title"), [("cp1255", "תאריך"), ("cp1256", "التاريخ"), ("cp874", "วันที่")])
def test_hebrew_arabic_and_thai_files_are_decoded(encoding: str, title: str) -> None:
    words = {
        "cp1255": ("תיאור", "סכום", "סופר"),
        "cp1256": ("البيان", "المبلغ", "متجر"),
        "cp874": ("รายการ", "จำนวนเงิน", "ร้าน"),
    }
    text, amount, shop = words[encoding]
    content = f"{title},{text},{amount}\n2024-01-25,{shop},-5.00\n2024-01-26,{shop},7.00\n".encode(encoding)
    lines = read_statement(RawFile("bank.csv", content)).lines
    assert [(line.description, line.amount_minor) for line in lines] == [(shop, -500), (shop, 700)]


def test_a_delimiter_that_cuts_dates_apart_is_none() -> None:
    above = "".join(f"Line {number} of many, above the table\n" for number in range(20))
    text = (
        above + "When|What|Amount|Note|Balance\nFeb 1, 2024|shop|-5,25|a, b|94,75\nFeb 3, 2024|pay|10,50|c, d|105,25\n"
    )
    assert [line.amount_minor for line in read(text).lines] == [-525, 1050]


def test_texts_that_name_both_directions_tell_the_columns_of_a_file_without_header() -> None:
    rows = ["Abbuchung Strom;18,00;", "Muster;;22,00", "Gutschrift Lohn;;900,00", "Bezahlung Cafe;5,00;", "Quux;1,50;"]
    text = "".join(f"1{number}.01.2024;{row}\n" for number, row in enumerate(rows))
    assert [line.amount_minor for line in read(text).lines] == [-1800, 2200, 90000, -500, -150]
