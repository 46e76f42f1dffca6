"""The ledger in the database as exports have it: order, links, several currencies, whose books they are."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import NotFound
from core.exporting.beancount import write_beancount
from core.exporting.formats import ExportFormat, export_ledger
from core.exporting.ledger import LedgerEntry, read_ledger
from core.metrics.statements import trial_balance
from db.engine import snapshot, unit_of_work
from models import AccountType, AliasOrigin, CounterpartyAlias
from scripts.export_ledger import app
from tests import builders
from tests.builders import DAY, NOW, Books
from tests.journal_tools import (
    beancount_balances,
    beancount_names,
    booked,
    gnucash_transactions,
    loaded_by_beancount,
    workbook_rows,
)


def tell() -> Books:
    """A corrected bank line, two currencies more, an entry in review, and books of somebody else."""
    with unit_of_work() as session:
        books, others = builders.books(session, slug="acme", name='Acme "Inc"'), builders.books(session, slug="other")
        builders.account(session, books.company_id, code="7-1", name='Say "hi"; a  b', type=AccountType.EQUITY)
        line = builders.transaction(session, books, description='ADOBE "CC";\t1')
        taken_back = builders.entry(session, books, transaction=line, posted=True)
        builders.reversal(session, books, taken_back, [(books.bank, 1250), (books.expense, -1250)])
        builders.entry(session, books, transaction=line, posted=True, replaces_id=taken_back.id, memo="Creative Cloud")
        for currency in ("JPY", "KWD"):
            entry = builders.entry(session, books, lines=[], booked_on=DAY - timedelta(days=1))
            builders.add_lines(session, entry, [(books.bank, 5), (books.revenue, -5)], currency)
            builders.post(session, entry)
        builders.entry(session, books, transaction=builders.transaction(session, books))
        builders.entry(session, others, posted=True)
        alias = CounterpartyAlias(
            company_id=books.company_id, printed="adobe", shown="Adobe Inc.", origin=AliasOrigin.BY_HAND, changed_at=NOW
        )
        builders.stored(session, alias)
    return books


def entries_of(books: Books) -> list[LedgerEntry]:
    with snapshot() as session:
        return list(read_ledger(session, builders.caller(books.company_id), books.company_id).entries)


def test_the_ledger_has_what_is_posted_by_day_with_both_ends_of_every_link(database: str) -> None:
    entries = entries_of(tell())
    assert [entry.booked_on for entry in entries] == [DAY - timedelta(days=1)] * 2 + [DAY] * 3
    taken_back = next(entry for entry in entries if entry.is_reversed)
    reversal = next(entry for entry in entries if entry.reverses)
    replacement = next(entry for entry in entries if entry.replaces)
    assert taken_back.id.startswith("je_acme_")
    assert (taken_back.reversed_by, reversal.reverses, replacement.replaces) == (
        reversal.id, taken_back.id, taken_back.id,
    )  # fmt: skip
    assert (replacement.payee, replacement.memo) == ("Adobe Inc.", "Creative Cloud")
    assert replacement.bank_line == taken_back.bank_line
    assert replacement.bank_line.id.startswith("txn_acme_")
    assert [line.amount_minor for line in replacement.lines] == [-1250, 1250]


@pytest.mark.usefixtures("database")
def test_beancount_finds_the_trial_balance_of_each_currency() -> None:
    books = tell()
    caller = builders.caller(books.company_id)
    with snapshot() as session:
        ledger = read_ledger(session, caller, books.company_id)
        text = "".join(write_beancount(ledger))
        ours = {
            (row.code, currency): row.sum_minor
            for currency in ledger.currencies
            for row in trial_balance(session, caller, books.company_id, DAY, currency=currency).rows
        }
    assert ledger.currencies == ["USD", "JPY", "KWD"]
    codes = {account.id: account.code for account in ledger.accounts}
    assert {(codes[one.account_id], one.currency): one.amount_minor for one in ledger.balances} == ours
    assert beancount_balances(text) == booked(ledger, beancount_names(ledger))


def test_nobody_exports_a_company_that_they_cannot_see(sqlite_database: str) -> None:
    books = tell()
    with snapshot() as session, pytest.raises(NotFound):
        read_ledger(session, builders.caller(), books.company_id)


def test_every_form_counts_what_it_wrote(sqlite_database: str) -> None:
    books = tell()
    for form in ExportFormat:
        target = BytesIO()
        with snapshot() as session:
            ledger = read_ledger(session, builders.caller(books.company_id), books.company_id)
            exported = export_ledger(ledger, form, target)
        assert (exported.entries, exported.lines) == (5, 10)
        if form is ExportFormat.XLSX:
            assert len(workbook_rows(target.getvalue(), "Entries")) == 10
        if form is ExportFormat.GNUCASH_CSV:
            assert len(gnucash_transactions(target.getvalue().decode())) == 5


def run(*arguments: object) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_the_command_writes_the_file_and_says_what_is_in_it(sqlite_database: str, tmp_path: Path) -> None:
    tell()
    out = tmp_path / "ledger.beancount"
    code, answer = run("--company", "acme", "--format", "beancount", "--out", out)
    assert (code, answer["entries"], answer["lines"], answer["currencies"]) == (0, 5, 10, ["USD", "JPY", "KWD"])
    assert (answer["first_date"], answer["last_date"]) == ("2024-02-14", "2024-02-15")
    assert loaded_by_beancount(out.read_text())
    code, answer = run("--company", "acme", "--format", "gnucash-csv", "--out", tmp_path / "ledger.csv")
    assert code == 0
    assert Path(str(answer["accounts_file"])).read_text().startswith("Type,Full Account Name")
    assert sorted(path.name for path in tmp_path.glob("ledger*")) == [
        "ledger.accounts.csv", "ledger.beancount", "ledger.csv",
    ]  # fmt: skip


def test_the_command_refuses_an_unknown_company_and_a_place_that_is_not_there(
    sqlite_database: str, tmp_path: Path
) -> None:
    tell()
    code, answer = run("--company", "nobody", "--format", "xlsx", "--out", tmp_path / "ledger.xlsx")
    assert (code, "nobody" in str(answer["error"])) == (1, True)
    code, answer = run("--company", "acme", "--format", "xlsx", "--out", tmp_path / "no" / "ledger.xlsx")
    assert (code, "cannot be written" in str(answer["error"])) == (1, True)
    assert list(tmp_path.glob("ledger*")) == []
    assert CliRunner().invoke(app, ["--company", "acme", "--format", "ledger", "--out", "x"]).exit_code == 2
