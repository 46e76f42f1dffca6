"""What a table leaves in doubt row by row: statuses, fees, sums, and columns that only seem to say something."""

import pytest

from core.errors import AmbiguousStatement
from core.ingestion.formats.tabular.summing_up import summed_up
from core.ingestion.formats.tabular.words import direction_of, header_currency, may_be_sum, states_balance, status_kind
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement


def read(text: str) -> Statement:
    return read_statement(RawFile("bank.csv", text.encode()))


def amounts(statement: Statement) -> list[int]:
    return [line.amount_minor for line in statement.lines]


def warnings(statement: Statement) -> str:
    return " ".join(problem.message for problem in statement.problems)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("not yet booked", "unbooked"),
        ("noch nicht gebucht", "unbooked"),
        ("NON CONTABILIZZATO", "unbooked"),
        ("unposted", "unbooked"),
        ("Booked", ""),
        ("gebucht", ""),
        ("CONTABILIZZATO", ""),
        ("Vorgemerkt", "pending"),
        ("Declined", "void"),
    ],
)
def test_a_word_for_booked_that_is_denied_is_not_booked(word: str, kind: str) -> None:
    assert status_kind(word) == kind


def test_an_unknown_status_that_no_balance_counts_is_left_out_and_named() -> None:
    text = "Date;Text;Amount;Balance;Status\n2024-01-03;a;-1,00;9,00;xx\n2024-01-04;b;-2,00;7,00;xx\n"
    statement = read(text + "2024-01-05;c;-4,00;;yy\n")
    assert amounts(statement) == [-100, -200]
    assert "running balance does not count it" in warnings(statement)
    # Where rows of the same status have none either, the bank does not state it for every line.
    assert amounts(read(text + "2024-01-05;c;-4,00;;xx\n")) == [-100, -200, -400]


def test_a_column_of_nothing_but_no_says_neither_in_nor_out() -> None:
    statement = read("Fecha;Texto;Imagen;Importe;Saldo\n31/01/2024;a;No;-1,00;9,00\n30/01/2024;b;No;10,00;10,00\n")
    assert amounts(statement) == [-100, 1000]
    assert not warnings(statement)
    assert direction_of("No") == -1  # which in Vietnamese it does


def test_a_balance_of_two_rows_that_follows_is_not_said_not_to() -> None:
    text = "Date;Text;Credit/Debit Amount;Balance\n2024-01-03;a;-1,00;9,00\n2024-01-04;b;5,00;14,00\n"
    assert not warnings(read(text))


def test_a_fee_that_nothing_shows_to_be_taken_off_is_named() -> None:
    text = "Date,Text,Amount,Fee\n2024-01-03,shop,-5.00,1.00\n2024-01-04,salary,9.00,0.00\n"
    assert amounts(read(text)) == [-500, 900]
    assert "“Fee” has to be taken off" in warnings(read(text))
    assert "Fee" not in warnings(read(text.replace("1.00", "0.00")))


def test_a_fee_beside_money_out_is_taken_off_where_the_balance_counts_it() -> None:
    text = (
        "Date,Text,Money In,Money Out,Fee,Balance\n2024-01-05,c,,3.00,1.00,91.00\n2024-01-04,b,,2.00,0.50,95.00\n"
        "2024-01-03,a,100.00,,2.50,97.50\n"
    )
    statement = read(text)
    assert amounts(statement) == [-400, -250, 9750]
    assert statement.accounts[0].opening_minor == 0
    assert not warnings(statement)


def test_an_exchange_rate_is_never_the_amount() -> None:
    text = "ID,Direction,Created on,Source amount (after fees),Source currency,Exchange rate,Reference\n"
    rows = "1,OUT,2024-03-01,100.00,EUR,1.0,Inv 1\n2,IN,2024-03-05,250.00,EUR,1.0,Inv 7\n"
    assert amounts(read(text + rows)) == [-10000, 25000]


def test_the_status_paid_says_nothing_of_the_direction() -> None:
    text = "Date,Currency,Amount,Status\n2024-01-15,EUR,100.00,Paid\n2024-01-03,EUR,50.00,Paid\n"
    assert amounts(read(text)) == [10000, 5000]


@pytest.mark.parametrize(
    "text", ["S A L D O", "Lõppsaldo", "Käive", "Likutis pradžiai", "Saldo", "Saldo Anterior", "B/F"]
)
def test_names_of_balances_and_turnovers_are_known(text: str) -> None:
    assert states_balance(text) or may_be_sum(text)


def test_a_balance_as_the_means_of_payment_states_none() -> None:
    assert not states_balance("Balance")
    text = "Date,Name,Payment method,Amount\n2024-01-03,,Balance,-5.00\n2024-01-13,,Balance,9.00\n"
    assert amounts(read(text)) == [-500, 900]


def test_a_last_amount_that_sums_up_the_others_is_named_and_kept() -> None:
    assert summed_up([1000, -200, 300, 1100], None)  # an opening balance, two lines, the closing balance
    assert summed_up([1000, -200, 300, 300, -200, 1100], None)  # with what came in and went out between
    assert not summed_up([1000, -200, 300, 1100], True)
    assert not summed_up([1000, -200, 300, 1101], None)
    assert not summed_up([1000, -1000, 0], None)
    statement = read(
        "Päev;Selgitus;Summa\n03.01.2024;aa;10,00\n04.01.2024;bb;-2,00\n05.01.2024;cc;3,00\n31.01.2024;dd;11,00\n"
    )
    assert len(statement.lines) == 4
    assert "is the sum of the amounts above it" in warnings(statement)


def test_thousands_without_decimals_are_asked_about_only_where_money_may_have_three() -> None:
    assert amounts(read("Fecha,Texto,Importe\n15/01/2024,a,100.000\n16/01/2024,b,-2.345\n")) == [10000000, -234500]
    with pytest.raises(AmbiguousStatement):
        read("Date,Text,Amount\n15/01/2024,a,100.000\n16/01/2024,b,-2.345\n")


@pytest.mark.parametrize(
    ("header", "code"), [("Montant operation en euro", "EUR"), ("Määrä EUROA", "EUR"), ("Europe", ""), ("Amount", "")]
)
def test_a_header_names_the_euro_in_words(header: str, code: str) -> None:
    assert header_currency(header, frozenset({"EUR", "USD"})) == code


def test_two_lines_of_both_directions_turn_the_signs_of_a_card_round() -> None:
    text = "Date,Description,Type,Amount\n2024-01-14,UBER TRIP,Purchase,12.50\n2024-01-12,ACH DEPOSIT,Payment,-100.00\n"
    statement = read(text)
    assert amounts(statement) == [-1250, 10000]
    assert "turned round" in warnings(statement)


def test_a_balance_before_each_line_does_not_turn_the_signs_round() -> None:
    text = (
        "Date,Text,Balance before,Xyzzy,Quax\n2024-01-15,a,976.55,1000.00,1976.55\n"
        "2024-01-03,b,1000.00,-23.45,976.55\n2024-01-02,c,1500.00,-500.00,1000.00\n"
    )
    assert amounts(read(text)) == [100000, -2345, -50000]


def test_a_column_of_signs_says_the_direction() -> None:
    text = "Date,Sign,Amount,Text\n2024-01-15,+,1000.00,a\n2024-01-03,-,23.45,b\n"
    assert amounts(read(text)) == [100000, -2345]


def test_whole_cents_are_read_as_cents_where_the_header_says_so() -> None:
    assert amounts(read("date,text,amount_cents\n2024-01-15,a,100000\n2024-01-03,b,-2345\n")) == [100000, -2345]
    assert amounts(read("date,text,amount (cents)\n2024-01-15,a,1000.00\n2024-01-03,b,-23.45\n")) == [100000, -2345]


def test_lines_that_are_one_quoted_cell_are_cut_at_the_delimiter_in_it() -> None:
    text = '"Date,Text,Amount"\n"2024-01-15,Salary,1000.00"\n"2024-01-03,""Shop, late"",-23.45"\n'
    assert amounts(read(text)) == [100000, -2345]


def test_a_status_is_known_by_its_words_below_a_header_that_is_not() -> None:
    text = "Date,Text,Amount,Xyzzy\n2024-01-15,a,10.00,Posted\n2024-01-16,b,-1.00,Posted\n2024-01-17,c,-9.00,Pending\n"
    statement = read(text)
    assert amounts(statement) == [1000, -100]
    assert "pending" in warnings(statement)


def test_columns_of_zeros_are_no_gross_fee_and_net() -> None:
    text = (
        "Date,Charges,Refunds,Adjustments,Reserved,Fees,Retried,Total,Currency\n"
        "2024-01-15,1000.00,-20.00,0.00,0.00,-29.30,0.00,950.70,USD\n"
        "2024-01-03,100.00,0.00,0.00,0.00,-3.20,0.00,96.80,USD\n"
    )
    assert amounts(read(text)) == [95070, 9680]


BEFORE = (
    "03-01-2024,NL00,klant bv,EUR,1000.00,EUR,100.00,8801\n15-01-2024,NL00,albert heijn,EUR,1100.00,EUR,-12.50,8802\n"
    "16-01-2024,NL00,shell,EUR,1087.50,EUR,-50.00,8803\n"
)


def test_a_balance_before_each_line_is_told_by_the_direction_of_the_dates() -> None:
    statement = read(BEFORE)
    assert amounts(statement) == [10000, -1250, -5000]
    assert statement.accounts[0].closing_minor is None  # the last balance is not that after the last line


def test_amounts_that_a_balance_proves_turned_round_stay_so_where_the_dates_run_with_it() -> None:
    text = (
        "Date,Text,Amount,Balance\n2024-01-03,a,100.00,900.00\n2024-01-04,b,50.00,850.00\n2024-01-05,c,-9.00,859.00\n"
    )
    assert amounts(read(text)) == [-10000, -5000, 900]


def test_a_balance_of_what_is_owed_is_asked_about_and_the_answer_holds() -> None:
    text = (
        "Date,Description,Amount,Balance\n2024-01-15,AMAZON,23.45,23.45\n2024-01-16,PAYMENT THANK YOU,-20.00,3.45\n"
        "2024-01-17,SHELL,10.00,13.45\n"
    )
    with pytest.raises(AmbiguousStatement, match="opposite signs") as asked:
        read(text)
    for layout in asked.value.layouts:
        answered = read_statement(RawFile("bank.csv", text.encode()), Layout.from_dict(layout))
        again = read_statement(RawFile("bank.csv", text.encode()), Layout.from_dict(answered.layout))
        assert amounts(again) == amounts(answered)
        assert abs(sum(amounts(answered))) == 1345
    assert {layout["sign"] for layout in asked.value.layouts} == {"signed", "inverted"}


def test_named_columns_for_money_out_and_in_beat_an_amount_of_the_opposite_sign() -> None:
    text = (
        "Einkaufsdatum;Text;Betrag;Belastung;Gutschrift;Buchung\n02.01.2024;Laden;23.45;23.45;;03.01.2024\n"
        "15.01.2024;Zahlung;-1000.00;;1000.00;15.01.2024\n"
    )
    assert amounts(read(text)) == [-2345, 100000]


def test_a_year_above_the_table_serves_every_row() -> None:
    text = "Account;1\nJanuary 2024;\nDate;Text;Amount\n'03 Jan';a;-5.00\n'15 Jan';b;9.00\n"
    assert [line.booked_on.isoformat() for line in read(text).lines] == ["2024-01-03", "2024-01-15"]


@pytest.mark.parametrize("encoding", ["iso-8859-15", "utf-16-le", "utf-16-be", "utf-16"])
def test_the_euro_sign_and_letters_of_any_language_survive_their_encoding(encoding: str) -> None:
    words = "Größe" if encoding == "iso-8859-15" else "Пятёрочка Сбербанк Онлайн"
    text = f"Datum;Text;Betrag (€)\n03.01.2024;{words};-5,00 €\n13.01.2024;{words};9,00 €\n"
    (line, _) = read_statement(RawFile("bank.csv", text.encode(encoding))).lines
    assert (line.description, line.amount_minor, line.currency) == (words, -500, "EUR")


def test_what_is_called_total_is_a_shop_unless_the_lines_add_up_to_it() -> None:
    text = "Date,Description,Amount\n2024-01-03,Total,-50.00\n2024-01-13,Salary,90.00\n2024-01-14,Rent,-20.00\n"
    statement = read(text)
    assert amounts(statement) == [-5000, 9000, -2000]
    assert "is called “Total”" in warnings(statement)
    summed = read(text.replace("Total,-50.00", "Total,70.00"))
    assert amounts(summed) == [9000, -2000]
    assert "the sum of others" in warnings(summed)


def test_a_line_is_no_second_row_of_the_header() -> None:
    text = "Date,Desc,Amount\n20240115,Acme deposit,1000.00\n20240116,Amazon purchase,-23.45\n"
    assert amounts(read(text)) == [100000, -2345]


@pytest.mark.parametrize("day", ["15/01/2567", "R6.1.15", "15-01-2567"])
def test_years_of_other_calendars_are_those_that_they_are(day: str) -> None:
    (line,) = read(f"Date,Text,Amount\n{day},Shop,-5.00\n").lines
    assert line.booked_on.isoformat() == "2024-01-15"


def test_texts_below_info_are_no_status() -> None:
    text = "Date,Info,Amount\n2024-01-03,Pending order,-5.00\n2024-01-13,Salary,9.00\n"
    assert amounts(read(text)) == [-500, 900]


def test_descriptions_that_give_the_direction_are_named() -> None:
    statement = read("Date,Memo,Amount\n2024-01-03,Withdrawal,5.00\n2024-01-13,Deposit,9.00\n")
    assert amounts(statement) == [-500, 900]
    assert "“Memo” were read as money in and out" in warnings(statement)


@pytest.mark.parametrize("word", ["offen", "Reserverat", "Pending"])
def test_a_word_for_pending_in_place_of_the_date_leaves_the_line_out(word: str) -> None:
    text = f"Buchungstag;Valuta;Text;Betrag\n{word};16.01.2024;a;-50,00\n16.01.2024;16.01.2024;b;-1,00\n"
    statement = read(text)
    assert amounts(statement) == [-100]
    assert [problem.severity.value for problem in statement.problems if problem.row == 2] == ["warning"]


def test_the_same_code_in_every_row_is_the_currency_unless_its_header_names_another() -> None:
    text = "account\tmutationcode\tdate\tamount\ttext\n1\tEUR\t20240115\t1000,00\ta\n1\tEUR\t20240116\t-23,45\tb\n"
    assert read(text).accounts[0].currency == "EUR"
    assert read(text.replace("mutationcode", "Original currency")).accounts[0].currency == ""
