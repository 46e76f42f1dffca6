"""QIF: records, accounts, splits, and dates and amounts that only the whole file settles."""

import pytest

from core.errors import AmbiguousStatement, InvalidLines, UnknownFormat
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement


def read(text: str, layout: Layout | None = None, currency: str = "USD") -> Statement:
    return read_statement(RawFile("bank.qif", text.encode()), layout, currency)


def record(date: str = "01/31/2024", amount: str = "-5.00", *more: str) -> str:
    return "\n".join([f"D{date}", f"T{amount}", *more, "^", ""])


@pytest.mark.parametrize("kind", ["Bank", "CCard", "Cash", "Oth A", "Oth L", "bank", "Bank "])
def test_lines_of_every_kind_of_account_are_read(kind: str) -> None:
    statement = read(f"!Type:{kind}\n{record('01/31/2024', '-5.00', 'PShop', 'Mmilk', 'N101', 'LFood')}")
    (line,) = statement.lines
    assert (statement.format, line.amount_minor, line.currency, str(line.booked_on)) == (
        *("qif", -500, "USD", "2024-01-31"),
    )
    assert (line.counterparty, line.reference, line.description, line.row) == ("Shop", "101", "Shop milk Food", 2)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1/31'07", "2007-01-31"),
        ("1/31' 7", "2007-01-31"),
        (" 1/31'2007", "2007-01-31"),
        ("1-31-07", "2007-01-31"),
        ("31.12.2024", "2024-12-31"),
        ("31/12/24", "2024-12-31"),
        ("2024-12-31", "2024-12-31"),
        ("31 Dec 2024", "2024-12-31"),
    ],
)
def test_dates_are_read_as_programs_write_them(written: str, day: str) -> None:
    assert str(read(f"!Type:Bank\n{record(written)}").lines[0].booked_on) == day


def test_a_date_order_that_nothing_settles_is_asked_about_and_either_answer_gives_its_reading() -> None:
    text = f"!Type:Bank\n{record('03/04/2024')}{record('05/04/2024')}"
    with pytest.raises(AmbiguousStatement) as refused:
        read(text)
    first = [str(read(text, Layout.from_dict(each)).lines[0].booked_on) for each in refused.value.layouts]
    assert (refused.value.candidates[0], first) == (
        *("day first: from 2024-04-03 to 2024-04-05", ["2024-04-03", "2024-03-04"]),
    )


def test_an_answer_is_part_of_the_layout_and_used_again() -> None:
    statement = read(f"!Type:Bank\n{record('03/04/2024')}", Layout(date_order="MDY"))
    assert read(f"!Type:Bank\n{record('05/06/2024')}", Layout.from_dict(statement.layout)).lines[0].booked_on.month == 5


def test_one_day_above_twelve_settles_the_whole_file() -> None:
    assert [str(e.booked_on) for e in read(f"!Type:Bank\n{record('03/04/2024')}{record('13/04/2024')}").lines] == [
        "2024-04-03",
        "2024-04-13",
    ]


@pytest.mark.parametrize(
    ("written", "minor"),
    [("-1,234.56", -123456), ("1.234,56", 123456), ("1'234.56", 123456), ("-12,5", -1250), ("7", 700), ("$5.00", 500)],
)
def test_amounts_are_read_with_the_marks_that_the_file_proves(written: str, minor: int) -> None:
    assert read(f"!Type:Bank\n{record('31.12.2024', written)}").lines[0].amount_minor == minor


def test_a_lone_thousand_is_asked_about_unless_the_currency_has_no_three_decimals() -> None:
    text = f"!Type:Bank\n{record('12/31/2024', '1,234')}"
    assert read(text).lines[0].amount_minor == 123400
    with pytest.raises(AmbiguousStatement, match="thousand"):
        read(text, currency="")


def test_an_amount_may_stand_under_u() -> None:
    assert read("!Type:Bank\nD12/31/2024\nU-5.25\n^\n").lines[0].amount_minor == -525


def test_splits_are_kept_in_the_text_and_checked_against_the_whole() -> None:
    parts = ("PShop", "SFood", "Eapples", "$-3.00", "SHome", "$-2.00")
    statement = read(f"!Type:Bank\n{record('12/31/2024', '-5.00', *parts)}")
    assert statement.lines[0].description == "Shop Food apples -3.00 Home -2.00"
    assert statement.problems == ()
    wrong = read(f"!Type:Bank\n{record('12/31/2024', '-6.00', *parts)}")
    assert (wrong.lines[0].amount_minor, len(wrong.problems)) == (-600, 1)


def test_lists_of_the_program_are_passed_over_and_investments_are_named() -> None:
    lists = "!Type:Cat\nNFood\nDgroceries\n^\n!Type:Class\nNx\n^\n!Type:Security\nNy\n^\n!Type:Memorized\nT-1.00\n^\n"
    statement = read(f"{lists}!Type:Invst\nD1/31/2024\nNBuy\n^\n!Type:Bank\n{record()}")
    assert len(statement.lines) == 1
    assert ["invst" in problem.message for problem in statement.problems] == [True]


def test_accounts_of_one_file_are_kept_apart() -> None:
    accounts = "!Option:AutoSwitch\n!Account\nNChecking\nTBank\n^\nNVisa\nTCCard\n^\n!Clear:AutoSwitch\n"
    text = f"{accounts}!Account\nNChecking\n^\n!Type:Bank\n{record()}!Account\nNVisa\n^\n!Type:CCard\n{record()}"
    assert [(a.account_number, len(a.lines)) for a in read(text).accounts] == [("Checking", 1), ("Visa", 1)]
    alone = f"!Account\nNChecking\n^\n!Type:Bank\n{record()}"
    assert read(alone).accounts[0].account_number == ""
    assert read(alone.replace("Checking", "Checking 00123")).accounts[0].account_number == "Checking 00123"


def test_a_file_without_header_and_without_a_last_mark_is_read() -> None:
    assert len(read(record() + "D01/30/2024\nT1.00").lines) == 2


def test_an_opening_balance_with_money_is_pointed_out() -> None:
    statement = read(f"!Type:Bank\n{record('01/31/2024', '100.00', 'POpening Balance', 'L[Checking]')}{record()}")
    assert len(statement.lines) == 2
    assert [problem.row for problem in statement.problems] == [2]


def test_faulty_records_are_reported_beside_good_ones() -> None:
    statement = read(f"!Type:Bank\n{record()}D01/30/2024\nPno amount\n^\nT1.00\n^\n{record('13/13/2024')}")
    assert [(problem.row, problem.message) for problem in statement.problems] == [
        (5, "the amount is missing"),
        (8, "the date is missing"),
        (10, "the date “13/13/2024” is no date"),
    ]


def test_a_file_of_lists_alone_and_one_of_nothing_readable_are_refused() -> None:
    with pytest.raises(UnknownFormat, match="without records"):
        read("!Type:Cat\nNFood\n^\n")
    with pytest.raises(InvalidLines):
        read("!Type:Bank\nDsoon\nT1.00\n^\n")
