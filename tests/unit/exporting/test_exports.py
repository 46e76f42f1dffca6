"""The words of each form: names, links, digits, escapes."""

from io import BytesIO

import pytest

from core.exporting import beancount, hledger
from core.exporting.beancount import write_beancount
from core.exporting.excel import write_excel
from core.exporting.gnucash import ACCOUNT_COLUMNS, write_gnucash, write_gnucash_accounts
from core.exporting.hledger import write_hledger
from core.exporting.texts import account_names, one_line
from models import AccountType
from tests.journal_tools import beancount_balances, gnucash_transactions, loaded_by_beancount, workbook_rows
from tests.unit.exporting import builders

BANK = builders.account("1010", "Checking", AccountType.ASSET)
SOFTWARE = builders.account("6300", "Software & Fees")


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("6300", "Software & Fees", "Expenses:6300-Software-Fees"),
        ("a1", "office: paper; pens", "Expenses:A1-office-paper-pens"),
        ("6.1", "Bücher", "Expenses:6-1-Bücher"),
        ("", "東京", "Expenses:X-東京"),
        ("", "  ", "Expenses:Account"),
        ("ß", "sharp", "Expenses:X-ß-sharp"),
    ],
)
def test_beancount_names_are_made_of_letters_digits_and_hyphens(code: str, name: str, expected: str) -> None:
    assert beancount.account_name(builders.account(code, name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Software  and\tFees", "expenses:6300 Software and Fees"),
        ("Paper; pens (old) | new", "expenses:6300 Paper pens old new"),
        ("Cost:Direct", "expenses:6300 Cost Direct"),
    ],
)
def test_hledger_names_have_single_spaces_and_no_sign_that_means_something(name: str, expected: str) -> None:
    assert hledger.account_name(builders.account("6300", name)) == expected


def test_accounts_that_would_be_called_the_same_get_a_number() -> None:
    chart = [builders.account(code, "Fees") for code in ("6-1", "6.1", "6-1-Fees-2")]
    names = account_names(chart, beancount.account_name)
    assert [names[one.id] for one in chart] == [
        "Expenses:6-1-Fees",
        "Expenses:6-1-Fees-2",
        "Expenses:6-1-Fees-2-Fees",
    ]


def test_texts_go_on_one_line_without_control_signs() -> None:
    assert one_line(" a\r\n\tb\x00\x1b[0m\u2028c\u200d ") == "a b[0m c"


def test_an_entry_says_where_it_comes_from_and_what_takes_it_back() -> None:
    taken_back = builders.entry((BANK, -1250), (SOFTWARE, 1250), text='SAY "HI" \\ ;', is_reversed=True)
    reversal = builders.entry((BANK, 1250), (SOFTWARE, -1250), reverses=taken_back.id)
    replacement = builders.entry((BANK, -1250), (SOFTWARE, 1250), replaces=taken_back.id)
    books = builders.ledger([BANK, SOFTWARE], [taken_back, reversal, replacement])
    found = {
        entry.meta["id"]: entry for entry in loaded_by_beancount("".join(write_beancount(books))) if "id" in entry.meta
    }
    assert found[taken_back.id].narration == 'SAY "HI" \\ ;'
    assert found[taken_back.id].meta["bank-line"] == taken_back.bank_line.id
    assert found[reversal.id].meta["reverses"] == taken_back.id
    assert {frozenset(entry.links) for entry in found.values()} == {frozenset({taken_back.id})}


def test_amounts_have_the_digits_of_their_currency() -> None:
    entries = [builders.entry((BANK, -1250), (SOFTWARE, 1250), currency=currency) for currency in ("USD", "JPY", "KWD")]
    text = "".join(write_hledger(builders.ledger([BANK, SOFTWARE], entries)))
    for directive in ("commodity 1000.00 USD", "commodity 1000. JPY", "commodity 1000.000 KWD"):
        assert f"{directive}\n" in text
    for amount in ("-12.50 USD", "-1250 JPY", "-1.250 KWD"):
        assert f"assets:1010 Checking  {amount}\n" in text


def test_beancount_refuses_the_journal_when_one_amount_was_changed_by_a_hundredth() -> None:
    books = builders.ledger([BANK, SOFTWARE], [builders.entry((BANK, -1250), (SOFTWARE, 1250))])
    text = "".join(write_beancount(books))
    assert len(beancount_balances(text)) == 2
    with pytest.raises(AssertionError):
        loaded_by_beancount(text.replace("  -12.50 USD", "  -12.51 USD").replace("  12.50 USD", "  12.51 USD"))


def test_empty_books_can_be_exported_in_every_form() -> None:
    for write in (write_beancount, write_hledger, write_gnucash):
        assert "".join(write(builders.ledger([BANK], [])))
    loaded_by_beancount("".join(write_beancount(builders.ledger([BANK], []))))
    target = BytesIO()
    write_excel(builders.ledger([BANK], []), target)
    assert workbook_rows(target.getvalue(), "Entries") == []


def test_gnucash_gets_a_row_a_split_and_the_tree_that_they_hang_on() -> None:
    entry = builders.entry((BANK, -1250), (SOFTWARE, 1250), text='A "quoted",\ntext')
    splits = gnucash_transactions("".join(write_gnucash(builders.ledger([BANK, SOFTWARE], [entry]))))
    assert [(name, str(amount)) for name, _, amount in splits[entry.id]] == [
        ("Assets:1010 Checking", "-12.50"),
        ("Expenses:6300 Software & Fees", "12.50"),
    ]
    tree = "".join(write_gnucash_accounts(builders.ledger([BANK, SOFTWARE], [entry]))).splitlines()
    assert tree[0] == ",".join(ACCOUNT_COLUMNS)
    assert (
        "EXPENSE,Expenses:6300 Software & Fees,6300 Software & Fees,6300,Software & Fees,,,USD,CURRENCY,F,F,F" in tree
    )


def test_a_workbook_goes_on_in_a_second_sheet_and_takes_no_text_for_a_formula() -> None:
    entries = [builders.entry((BANK, -1250), (SOFTWARE, 1250), memo="=1+1", text="\x07bell") for _ in range(3)]
    target = BytesIO()
    write_excel(builders.ledger([BANK, SOFTWARE], entries), target, sheet_rows=5)
    first, second = (workbook_rows(target.getvalue(), sheet) for sheet in ("Entries", "Entries 2"))
    assert (len(first), len(second)) == (4, 2)
    assert {(row["Memo"], row["Bank text"]) for row in first + second} == {("=1+1", "bell")}
    assert [(row["Debit"], row["Credit"]) for row in second] == [("", 12.5), (12.5, "")]
    trial = workbook_rows(target.getvalue(), "Trial balance")
    assert [(row["Account"], row["Debit"], row["Credit"]) for row in trial] == [("1010", "", 37.5), ("6300", 37.5, "")]
