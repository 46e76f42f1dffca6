"""Whatever accounts are called and texts say, beancount and hledger take the journal and find our balances in it."""

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.exchange.rates import Rate, convert
from core.exporting.beancount import write_beancount
from core.exporting.gnucash import write_gnucash
from core.exporting.hledger import write_hledger
from core.exporting.ledger import EntryLine, Ledger, LedgerAccount, LedgerEntry
from models import AccountType
from tests.journal_tools import (
    added_up,
    beancount_balances,
    beancount_names,
    booked,
    gnucash_names,
    gnucash_transactions,
    hledger_balances,
    hledger_names,
    run_hledger,
)
from tests.unit.exporting import builders

# Signs that mean something in one of the journals, and a few words that do; then any text at all.
HOSTILE = st.text(alphabet=list("\"'\\;|:,()[]{}*!=@#^~<>% \t\n\r-+.&Aa1é東\u2028\u200b"), max_size=25)
WORDS = st.sampled_from(
    [
        "date:2024-13-45",
        "[2024-02-30]",
        "; type: Z",
        "\ninclude /etc/passwd",
        "a  b",
        "1/2",
        "tag:x, date:1",
        "end comment",
    ]
)
TEXTS = HOSTILE | WORDS | st.text(max_size=25)
ACCOUNTS = st.builds(
    builders.account, st.text(alphabet="0123456789.-aAzZ", min_size=1, max_size=4), TEXTS, st.sampled_from(AccountType)
)


@st.composite
def drawn_books(draw: st.DrawFn) -> tuple[list[LedgerAccount], list[LedgerEntry]]:
    accounts = draw(st.lists(ACCOUNTS, min_size=2, max_size=6, unique_by=lambda one: one.code))
    entries = []
    for _ in range(draw(st.integers(0, 4))):
        amounts = draw(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=3))
        amounts.append(-sum(amounts))
        of = draw(st.lists(st.sampled_from(accounts), min_size=len(amounts), max_size=len(amounts)))
        entry = builders.entry(
            *zip(of, amounts, strict=True), currency=draw(st.sampled_from(["USD", "JPY", "KWD"])),
            text=draw(TEXTS), payee=draw(TEXTS), memo=draw(TEXTS),
        )  # fmt: skip
        entries.append(replace(entry, tags=draw(TAGS)))
    return accounts, entries


@st.composite
def drawn_foreign_books(draw: st.DrawFn) -> tuple[list[LedgerAccount], list[LedgerEntry]]:
    """Entries that move money in another currency against accounts in base currency, at any rates."""
    bank, expense, gain = builders.account("1", kind=AccountType.ASSET), builders.account("2"), builders.account("3")
    entries = []
    for _ in range(draw(st.integers(1, 4))):
        currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
        rate = Rate(draw(st.integers(1, 10**6)), draw(st.integers(0, 5)))
        amount, gained = draw(st.integers(-(10**9), 10**9)), draw(st.integers(-99, 99))
        worth = convert(amount, rate, currency, "USD")
        lines = (
            EntryLine(bank.id, amount, currency, worth),
            EntryLine(expense.id, -worth - gained, "USD", facts={"booked": f"{amount} {currency}"}),
            EntryLine(gain.id, gained, "USD"),
        )
        entries.append(replace(builders.entry(text="abroad"), lines=lines))
    return [bank, expense, gain], entries


def made(books: tuple[list[LedgerAccount], list[LedgerEntry]], company: str) -> Ledger:
    return builders.ledger(*books, company=company)


TAGS = st.lists(st.sampled_from(["shop", "q3", "1", "id", "road-show-2024"]), unique=True).map(tuple)
SPLIT = [builders.account("1", 'a"b'), builders.account("1.", 'a"b')]


@given(books=drawn_books(), company=TEXTS)
@example(books=(SPLIT, [builders.entry((SPLIT[0], 5), (SPLIT[1], -5), text="x")]), company='"\\')
def test_beancount_takes_any_text_and_finds_our_balances(
    books: tuple[list[LedgerAccount], list[LedgerEntry]], company: str
) -> None:
    ledger = made(books, company)
    assert beancount_balances("".join(write_beancount(ledger))) == booked(ledger, beancount_names(ledger))


@given(books=drawn_books(), company=TEXTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hledger_takes_any_text_and_finds_our_balances(
    tmp_path: Path, books: tuple[list[LedgerAccount], list[LedgerEntry]], company: str
) -> None:
    ledger = made(books, company)
    path = tmp_path / "books.journal"
    path.write_text("".join(write_hledger(ledger)))
    run_hledger(path, "check", "--strict")
    assert hledger_balances(path) == booked(ledger, hledger_names(ledger))


@given(books=drawn_foreign_books())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_three_agree_on_money_in_other_currencies(
    tmp_path: Path, books: tuple[list[LedgerAccount], list[LedgerEntry]]
) -> None:
    texts = [write(made(books, "Acme")) for write in (write_beancount, write_hledger, write_gnucash)]
    journal, other, rows = ("".join(text) for text in texts)
    ledger = made(books, "Acme")
    assert beancount_balances(journal) == booked(ledger, beancount_names(ledger))
    path = tmp_path / "books.journal"
    path.write_text(other)
    run_hledger(path, "check", "--strict")
    assert hledger_balances(path) == booked(ledger, hledger_names(ledger))
    splits = [split for splits in gnucash_transactions(rows).values() for split in splits]
    assert added_up(splits) == booked(ledger, gnucash_names(ledger))


@given(books=drawn_books())
def test_every_gnucash_transaction_sums_to_zero_and_all_make_our_balances(
    books: tuple[list[LedgerAccount], list[LedgerEntry]],
) -> None:
    ledger = made(books, "Acme")
    found = gnucash_transactions("".join(write_gnucash(ledger)))
    assert list(found) == [entry.id for entry in books[1]]
    assert all(sum(amount for _, _, amount in splits) == 0 for splits in found.values())
    assert added_up(split for splits in found.values() for split in splits) == booked(ledger, gnucash_names(ledger))
