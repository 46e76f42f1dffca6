"""Trial balances as other programs write them."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from core.errors import NoTable, StatementRefused
from core.ingestion.raw_file import RawFile
from core.money import decimal_text
from core.opening.reading import TrialBalanceFile, read_trial_balance
from core.opening.words import account_type
from models import AccountType


def read(text: str, currency: str = "USD") -> TrialBalanceFile:
    return read_trial_balance(RawFile("trial.csv", text.encode()), currency)


def rows(text: str, currency: str = "USD") -> list[tuple[str, str, int]]:
    found = read(text, currency)
    assert found.problems == ()
    return [(row.code, row.name, row.amount_minor) for row in found.rows]


TWO = [("1010", "Checking", 123_450), ("3000", "Owner", -123_450)]

DIALECTS = {
    "debit and credit": "Code,Name,Debit,Credit\n1010,Checking,1234.50,\n3000,Owner,,1234.50\n",
    "sums without a word": "Code,Name,Debit,Credit\n1010,Checking,1234.50,\n3000,Owner,,1234.50\n,,1234.50,1234.50\n",
    "titles and totals": "Acme Inc.\nTrial Balance\n\nAccount No,Account Name,Debit,Credit\n"
    "1010,Checking,\"1,234.50\",0.00\n3000,Owner,0.00,\"1,234.50\"\nTOTAL,,\"1,234.50\",\"1,234.50\"\n",
    "signed balance": "code;name;balance\n1010;Checking;1234.50\n3000;Owner;-1234.50\n",
    "German": "Konto Nr;Bezeichnung;Soll;Haben\n1010;Checking;1.234,50;\n3000;Owner;;1.234,50\n",
    "no name above the accounts": ",Debit,Credit\n1010 Checking,1234.50,\n3000 · Owner,,1234.50\n",
    "one column of accounts": "Account,Balance (USD)\n1010 - Checking,1234.50\n3000 - Owner,(1234.50)\n",
    "sides beside the amounts": "Code,Name,Balance\n1010,Checking,1234.50 Dr\n3000,Owner,1234.50 CR\n",
    "credits written negative": "Code,Name,Debit,Credit\n1010,Checking,1234.50,\n3000,Owner,,-1234.50\n",
    "accounts at zero and headings": "Code,Name,Debit,Credit\n,Assets,,\n1010,Checking,1234.50,\n1020,Savings,0,0\n"
    "3000,Owner,,1234.50\n",
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_balances(dialect: str) -> None:
    assert rows(DIALECTS[dialect]) == TWO


def test_a_workbook_is_read_as_a_table() -> None:
    book = Workbook()
    sheet = book.active
    for cells in (
        ["Acme"],
        ["Account", "Account name", "Debit", "Credit"],
        [1010, "Checking", 1234.5],
        [3000, "Owner", None, 1234.5],
    ):
        sheet.append(cells)
    book.create_sheet("Notes").append(["Nothing here"])
    target = BytesIO()
    book.save(target)
    found = read_trial_balance(RawFile("trial.xlsx", target.getvalue()), "USD")
    assert [(row.code, row.name, row.amount_minor) for row in found.rows] == TWO


def test_an_account_without_a_code_keeps_its_name() -> None:
    assert rows("Account,Debit,Credit\nChecking,5.00,\nOwner,,5.00\n") == [("", "Checking", 500), ("", "Owner", -500)]


def test_the_digits_of_the_currency_tell_a_lone_mark() -> None:
    text = "Code,Name,Balance\n1,A,1.234\n2,B,-1.234\n"
    assert rows(text) == [("1", "A", 123_400), ("2", "B", -123_400)]
    assert rows(text, "JPY") == [("1", "A", 1234), ("2", "B", -1234)]
    with pytest.raises(NoTable, match="two ways"):
        read(text, "KWD")


def test_what_cannot_be_read_is_named_by_its_row() -> None:
    found = read(
        "Code,Name,Debit,Credit,Currency\n1010,Checking,12x,,\n1020,Savings,1.005,,\n,,7.00,,\n1030,Euro,5.00,,EUR\n"
    )
    assert [(problem.row, problem.message) for problem in found.problems] == [
        (2, "“12x” is no amount"),
        (3, "“1.005” has more than the 2 digits after the point of USD"),
        (4, "it has an amount but no account"),
        (5, "it is in EUR; the books are kept in USD"),
    ]
    assert found.rows == ()


@pytest.mark.parametrize(
    "text", ["", "hello", "Date,Description,Amount\n2024-01-01,Coffee,5\n", "Code,Name,Debit,Credit\n1010,Checking,,\n"]
)
def test_a_file_without_balances_is_refused(text: str) -> None:
    with pytest.raises(NoTable):
        read(text)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Other Current Asset", AccountType.ASSET), ("Bank", AccountType.ASSET), ("Credit Card", AccountType.LIABILITY),
        ("Accounts payable (A/P)", AccountType.LIABILITY), ("Equity", AccountType.EQUITY),
        ("Other income", AccountType.REVENUE), ("Cost of Goods Sold", AccountType.EXPENSE),
        ("Aufwandskonto", AccountType.EXPENSE), ("purple", None), ("", None),
    ],
)  # fmt: skip
def test_types_are_known_by_the_words_of_other_programs(words: str, kind: AccountType | None) -> None:
    assert account_type(words) == kind


@given(
    content=st.binary(max_size=300) | st.text(alphabet="Code,Nam\n;Debit1.\"'\t=-(){}", max_size=120).map(str.encode)
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = read_trial_balance(RawFile("trial.csv", content), "USD")
    except StatementRefused:
        return
    assert found.rows or found.problems


@given(amounts=st.lists(st.integers(-(10**14), 10**14), max_size=8))
def test_balances_that_were_written_are_read_again(amounts: list[int]) -> None:
    amounts = [*amounts, 1]
    lines = [f"{1000 + i},Account {i},{decimal_text(amount, 'USD')}" for i, amount in enumerate(amounts)]
    found = read("Code,Name,Balance\n" + "\n".join(lines))
    assert found.problems == ()
    assert [row.amount_minor for row in found.rows] == [amount for amount in amounts if amount]
