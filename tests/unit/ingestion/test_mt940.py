"""MT940 and MT942 in the dialects that banks write, proved by their own balances."""

import pytest

from core.errors import InvalidLines, UnknownFormat
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement, StatementLine

HEAD = ":20:STARTUMS\n:25:20070000/0123456\n:28C:1/1\n:60F:C240101EUR100,00\n"


def read(text: str, encoding: str = "utf-8") -> Statement:
    return read_statement(RawFile("bank.sta", text.encode(encoding)))


def line(field: str, information: str = "") -> StatementLine:
    (only,) = read(f"{HEAD}{field}\n{information}\n-\n").lines
    return only


@pytest.mark.parametrize(
    ("mark", "sign"), [("C", 1), ("D", -1), ("RC", -1), ("RD", 1), ("CR", 1), ("DR", -1), ("RCR", -1), ("RDR", 1)]
)
def test_a_reversal_moves_the_account_the_other_way_and_a_funds_code_moves_nothing(mark: str, sign: int) -> None:
    assert line(f":61:2401020102{mark}10,50NTRFNONREF").amount_minor == sign * 1050


@pytest.mark.parametrize(
    ("dates", "booked", "value"),
    [
        ("240102", "2024-01-02", "2024-01-02"),
        ("2401020103", "2024-01-03", "2024-01-02"),
        ("2312311", "", ""),
        ("2312310102", "2024-01-02", "2023-12-31"),
        ("2401021229", "2023-12-29", "2024-01-02"),
        ("20240102", "2024-01-02", "2024-01-02"),
        ("202312310102", "2024-01-02", "2023-12-31"),
        ("2402280229", "2024-02-29", "2024-02-28"),
    ],
)
def test_the_entry_date_is_the_booking_date_in_the_year_nearest_to_the_value_date(
    dates: str, booked: str, value: str
) -> None:
    if not booked:
        with pytest.raises(InvalidLines, match=dates):
            line(f":61:{dates}D1,00NTRFNONREF")
    else:
        read_line = line(f":61:{dates}D1,00NTRFNONREF")
        assert (str(read_line.booked_on), str(read_line.value_on)) == (booked, value)


def test_an_entry_date_that_is_none_falls_back_to_the_value_date_with_a_warning() -> None:
    statement = read(f"{HEAD}:61:2401029999D1,00NTRFNONREF\n:62F:C240102EUR99,00\n-\n")
    assert str(statement.lines[0].booked_on) == "2024-01-02"
    assert ["9999" in problem.message for problem in statement.problems] == [True]


@pytest.mark.parametrize(("written", "minor"), [("5,", 500), ("0005,5", 550), ("5.25", 525), ("1.234,56", 123456)])
def test_amounts_are_exact_however_they_are_padded(written: str, minor: int) -> None:
    assert line(f":61:240102C{written}NTRFNONREF").amount_minor == minor


@pytest.mark.parametrize("written", ["5,001", "1.234"])
def test_an_amount_that_is_not_exact_or_not_certain_is_refused(written: str) -> None:
    with pytest.raises(InvalidLines, match=r"amount"):
        line(f":61:240102C{written}NTRFNONREF")


def test_the_german_structure_gives_purpose_counterparty_and_reference() -> None:
    information = (
        ":86:106?00KARTENZAHLUNG?109262?20EREF+ORDER 17 MREF+M-1 SVWZ?21+Invoice 2024?22-001"
        "?30DRESDEFF430?31DE95430800830802029200?32ACME GmbH?33 & Co?34011"
    )
    made = line(":61:2401020102DR20,00N037NONREF", information)
    assert made.counterparty == "ACME GmbH & Co"
    assert "KARTENZAHLUNG" in made.description
    assert "Invoice 2024" in made.description


def test_the_german_structure_is_read_with_any_mark_and_across_broken_lines() -> None:
    made = line(":61:240102D15,70N000NONREF", ":86:000>100987654321\n>20RENT MAR\nCH>32Jo\nhn Doe")
    assert (made.description, made.counterparty) == ("RENT MARCH", "John Doe")


def test_the_dutch_structure_gives_name_remittance_and_reference() -> None:
    information = ":86:/TRTP/SEPA OVERBOEKING/IBAN/NL71RABO0123456789/NAME/J. Doe/REMI/Invoice 7/EREF/ABC-1"
    made = line(":61:240102D15,70NTRFNONREF", information)
    assert (made.counterparty, made.reference) == ("J. Doe", "ABC-1")
    assert made.description == "SEPA OVERBOEKING J. Doe Invoice 7"


def test_the_names_of_ing_stand_in_the_third_part() -> None:
    made = line(":61:240102D15,70NTRFEREF", ":86:/CNTP/NL32INGB0000012345/INGBNL2A/ING BANK///REMI/USTD//Fee/")
    assert (made.counterparty, made.description) == ("ING BANK", "ING BANK Fee")


def test_free_text_is_joined_where_a_full_line_was_cut_and_parted_where_one_ended() -> None:
    full = "PAYMENT OF THE INVOICE NUMBER 4711 FOR THE DELIVERY OF THE WOODEN"
    assert len(full) == 65
    made = line(":61:240102D15,70NTRFNONREF", f":86:{full}\nCHAIRS\nTHANK YOU")
    assert made.description == f"{full}CHAIRS THANK YOU"


def test_references_and_supplementary_details_are_kept() -> None:
    made = line(":61:240102C15,70NTRFINV-17//BANK99\nDETAILS OF THE BANK", ":86:Transfer")
    assert (made.reference, made.description) == ("INV-17", "Transfer DETAILS OF THE BANK")
    assert line(":61:240102C15,70NTRFNONREF//BANK99").reference == "BANK99"


def test_a_line_broken_inside_its_figures_is_read() -> None:
    assert line(":61:24010201\n02C15,70NTRFNONREF").amount_minor == 1570


@pytest.mark.parametrize(
    "text",
    [
        "{1:F01INGBNL2AXXXX00001}{2:I940INGBNL2AXXXN}{4:\n"
        + HEAD
        + ":61:240102D1,00NTRF\n:62F:C240102EUR99,00\n-}{5:}",
        "ABNANL2A\n940\nABNANL2A\n" + HEAD + ":61:240102D1,00NTRF\n:62F:C240102EUR99,00\n-\n",
        ("\n" + HEAD + ":61:240102D1,00NTRF\n:62F:C240102EUR99,00\n-").replace("\n", "\r\n"),
        ("@@" + HEAD + ":61:240102D1,00NTRF\n:62F:C240102EUR99,00\n-").replace("\n", "@@"),
        HEAD + ":61:240102D1,00NTRF\n:62F:C24010299,00\n:64:C240102EUR99,00\n:65:C240103EUR99,00\n:86:END\n-XXX",
    ],
)
def test_envelopes_line_ends_and_later_balances_change_nothing(text: str) -> None:
    statement = read(text)
    assert [each.amount_minor for each in statement.lines] == [-100]
    assert statement.accounts[0].proved is True
    assert statement.problems == ()


def test_pages_accounts_and_currencies_are_joined_to_one_statement_each() -> None:
    second = HEAD.replace("60F:C240101EUR100,00", "60M:C240102EUR99,00").replace(":28C:1/1", ":28C:1/2")
    other = HEAD.replace("EUR", "USD")
    statement = read(
        f"{HEAD}:61:240102D1,00NTRF\n:62M:C240102EUR99,00\n-\n{second}:61:240103C2,00NTRF\n:62F:C240103EUR101,00\n-\n"
        f"{other}:62F:C240101USD100,00\n-\n"
    )
    euro, dollar = statement.accounts
    assert (euro.currency, len(euro.lines), euro.opening_minor, euro.closing_minor) == ("EUR", 2, 10000, 10100)
    assert (dollar.currency, dollar.lines, dollar.proved) == ("USD", (), True)
    assert statement.problems == ()


def test_statements_with_the_newest_first_are_turned_round() -> None:
    older = f"{HEAD}:61:240102D1,00NTRF\n:62F:C240102EUR99,00\n-\n"
    newer = HEAD.replace("240101EUR100,00", "240102EUR99,00") + ":61:240103D9,00NTRF\n:62F:C240103EUR90,00\n-\n"
    statement = read(newer + older)
    assert statement.problems == ()
    assert (statement.accounts[0].opening_minor, statement.accounts[0].closing_minor) == (10000, 9000)


def test_a_statement_that_does_not_add_up_says_so_with_its_figures() -> None:
    (problem,) = read(f"{HEAD}:61:240102D1,00NTRF\n:62F:C240102EUR98,00\n-\n").problems
    assert ("99.00" in problem.message, "98.00" in problem.message, problem.row) == (True, True, 1)


def test_a_missing_statement_between_two_is_said() -> None:
    later = HEAD.replace("240101EUR100,00", "240105EUR70,00") + ":62F:C240105EUR70,00\n-\n"
    (problem,) = read(f"{HEAD}:62F:C240102EUR100,00\n-\n{later}").problems
    assert "70.00" in problem.message
    assert "100.00" in problem.message


def test_a_debit_balance_is_negative() -> None:
    account = read(f"{HEAD.replace('60F:C', '60F:D')}:62F:D240102EUR100,00\n-\n").accounts[0]
    assert (account.opening_minor, account.closing_minor) == (-10000, -10000)


def test_lines_behind_the_closing_balance_are_kept_and_warned_about() -> None:
    statement = read(f"{HEAD}:62F:C240102EUR100,00\n-\n:61:240103C1,00NTRF\n")
    assert len(statement.lines) == 1
    assert "behind the closing balance" in statement.problems[0].message


def test_a_faulty_line_is_reported_with_its_row_and_text_beside_the_good_ones() -> None:
    statement = read(f"{HEAD}:61:XX\n:61:240102D1,00NTRF\n:62F:C240102EUR99,00\n-\n")
    assert len(statement.lines) == 1
    assert [(problem.row, problem.text) for problem in statement.problems] == [(5, "XX")]


def test_an_interim_report_takes_its_currency_from_its_limit_and_checks_its_sums() -> None:
    head = ":20:X\n:25:123\n:28C:1\n:34F:EUR0,\n:13D:2401021200+0100\n:61:240102D1,00NTRF\n:86:Fee\n"
    good = read(f"{head}:90D:1EUR1,00\n:90C:0EUR0,00\n-\n")
    assert (good.lines[0].currency, good.accounts[0].proved, good.problems) == ("EUR", None, ())
    assert len(read(f"{head}:90D:2EUR3,00\n-\n").problems) == 1


def test_expected_lines_are_left_out_with_a_warning() -> None:
    statement = read(f"{HEAD}:61:240102EC5,00NTRF\n:61:240102D1,00NTRF\n:62F:C240102EUR99,00\n-\n")
    assert [each.amount_minor for each in statement.lines] == [-100]
    assert "expected" in statement.problems[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16"])
def test_umlauts_are_read_in_the_encodings_of_banks(encoding: str) -> None:
    text = f"{HEAD}:61:240102D1,00NTRF\n:86:106?00GEBÜHR?32Müller Bäckerei Schäfer\n:62F:C240102EUR99,00\n-\n"
    assert read(text, encoding).lines[0].counterparty == "Müller Bäckerei Schäfer"


def test_a_currency_without_cents_is_read_in_its_own_units() -> None:
    statement = read(f"{HEAD.replace('EUR100,00', 'JPY100,')}:61:240102D5,NTRF\n:62F:C240102JPY95,\n-\n")
    assert statement.lines[0].amount_minor == -5
    assert statement.accounts[0].proved is True


def test_the_currency_behind_an_account_number_is_no_part_of_it() -> None:
    assert read(HEAD.replace("20070000/0123456", "NL34RABO0142623393 EUR")).accounts[0].account_number == (
        "NL34RABO0142623393"
    )


def test_more_fields_than_a_statement_can_have_are_refused_at_once() -> None:
    with pytest.raises(UnknownFormat, match="too much"):
        read(HEAD + ":61:\n" * 1_000_001)


def test_lines_before_any_header_of_a_file_that_was_cut_are_read_too() -> None:
    cut = ":61:240101D5,00NTRFNONREF\n:86:Rent\n:62F:C240101EUR100,00\n-\n"
    statement = read(f"{cut}{HEAD}:61:240102C10,00NTRFNONREF\n:62F:C240102EUR110,00\n-\n")
    assert sorted(line.amount_minor for line in statement.lines) == [-500, 1000]
