"""The five simulated companies: beancount, hledger, GnuCash's columns and Excel agree with our trial balance."""

import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from core.access.machine import script_caller
from core.exporting.formats import ExportFormat, export_ledger
from core.exporting.ledger import Ledger, read_ledger
from core.founding import companies_of
from core.metrics.statements import trial_balance
from core.money import to_decimal
from core.simulation.ingesting import equip_simulated, found_simulated, ingest_simulated
from core.simulation.simulate import simulate
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from tests import databases
from tests.journal_tools import (
    Balances,
    added_up,
    beancount_balances,
    beancount_names,
    booked,
    gnucash_names,
    gnucash_transactions,
    hledger_balances,
    hledger_names,
    run_hledger,
    workbook_rows,
)

SLUGS = [company.slug for company in simulate()]


@dataclass(frozen=True)
class Books:
    """One company's ledger, its files in every form, and its trial balance as the Reports page has it."""

    ledger: Ledger
    files: dict[ExportFormat, bytes]
    trial: dict[str, int]  # code → sum

    def text(self, form: ExportFormat) -> str:
        return self.files[form].decode()


@pytest.fixture(scope="module")
def simulated(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Books]:
    with databases.sqlite_copy(sqlite_template, tmp_path_factory.mktemp("simulated")):
        for company in simulate():
            with unit_of_work() as session:
                founded = found_simulated(session, script_caller(session, "test"), company)
                caller = script_caller(session, "test")
                equip_simulated(session, caller, founded.id, company, write=write_columns)
                ingest_simulated(
                    session, caller, founded.id, company.files, write=write_columns, now=datetime.now(UTC)
                )  # fmt: skip
        return exported()


def exported() -> dict[str, Books]:
    books: dict[str, Books] = {}
    with snapshot() as session:
        caller = script_caller(session, "test")
        for company in companies_of(session, caller):
            ledger = read_ledger(session, caller, company.id)
            kept = list(ledger.entries)
            files: dict[ExportFormat, bytes] = {}
            for form in ExportFormat:
                target = BytesIO()
                export_ledger(replace(ledger, entries=iter(kept)), form, target)
                files[form] = target.getvalue()
            assert ledger.last_on
            rows = trial_balance(session, caller, company.id, ledger.last_on).rows
            books[company.slug] = Books(ledger, files, {row.code: row.sum_minor for row in rows})
    return books


def ours(books: Books, names: dict[UUID, str]) -> Balances:
    """The trial balance under another program's account names."""
    of = {account.code: names[account.id] for account in books.ledger.accounts}
    return {(of[code], "USD"): to_decimal(minor, "USD") for code, minor in books.trial.items() if minor}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_trial_balance_is_what_the_ledger_closes_with(simulated: dict[str, Books], slug: str) -> None:
    books = simulated[slug]
    names = {account.id: account.code for account in books.ledger.accounts}
    assert len(books.trial) > 5
    assert booked(books.ledger, names) == ours(books, names)


@pytest.mark.parametrize("slug", SLUGS)
def test_bean_check_passes_and_beancount_agrees_on_every_account(
    simulated: dict[str, Books], slug: str, tmp_path: Path
) -> None:
    books, path = simulated[slug], tmp_path / "books.beancount"
    path.write_bytes(books.files[ExportFormat.BEANCOUNT])
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(path)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    assert beancount_balances(books.text(ExportFormat.BEANCOUNT)) == ours(books, beancount_names(books.ledger))


@pytest.mark.parametrize("slug", SLUGS)
def test_hledger_check_passes_and_hledger_agrees_on_every_account(
    simulated: dict[str, Books], slug: str, tmp_path: Path
) -> None:
    books, path = simulated[slug], tmp_path / "books.journal"
    path.write_bytes(books.files[ExportFormat.HLEDGER])
    run_hledger(path, "check", "--strict", "ordereddates")
    assert hledger_balances(path) == ours(books, hledger_names(books.ledger))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_rows_for_gnucash_balance_and_agree_on_every_account(simulated: dict[str, Books], slug: str) -> None:
    books = simulated[slug]
    found = gnucash_transactions(books.text(ExportFormat.GNUCASH_CSV))
    assert all(sum(amount for _, _, amount in splits) == 0 for splits in found.values())
    assert added_up(split for splits in found.values() for split in splits) == ours(books, gnucash_names(books.ledger))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_workbook_agrees_on_every_account(simulated: dict[str, Books], slug: str) -> None:
    books = simulated[slug]
    content = books.files[ExportFormat.XLSX]
    codes = {account.id: account.code for account in books.ledger.accounts}
    for sheet in ("Entries", "Trial balance"):
        rows = workbook_rows(content, sheet)
        sides = [
            (str(row["Account"]), str(row["Currency"]), cents(row["Debit"]) - cents(row["Credit"])) for row in rows
        ]
        assert added_up(sides) == ours(books, codes)


def cents(cell: object) -> Decimal:
    """A cell as exact hundredths; spreadsheets hold binary fractions."""
    return Decimal(str(cell or 0)).quantize(Decimal("0.01"))
